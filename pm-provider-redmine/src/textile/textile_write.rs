//! Writes canonical blocks as Redmine's Textile.

use super::syntax::{is_rule, prefix};
use super::textile_write_inline::{Place, inlines, item as inlines_of_item};
use super::verbatim::hide_tags;
use pm_markdown::{Alignment, Block, Code, Inline, List, Table};

/// Writes a document.
pub(super) fn write(blocks: &[Block]) -> String {
    blocks.iter().map(block).collect::<Vec<_>>().join("\n\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(text) => paragraph(text),
        Block::Heading(level, text) => format!("h{level}. {}", inlines(text, Place::Text)),
        Block::Quote(inner) => quote(inner),
        Block::Code(read) => code(read),
        Block::List(read) => {
            let mut lines = String::new();
            list(read, "", &mut lines);
            lines
        }
        Block::Table(read) => table(read),
        Block::Rule => "---".to_owned(),
        // Canonical documents have none.
        Block::Alert(..) | Block::Html(_) => String::new(),
    }
}

/// A paragraph that looks like something else loses the look: an entity stands for the character that makes it.
fn paragraph(text: &[Inline]) -> String {
    let mut written = inlines(text, Place::Text);
    if let Some(found) = prefix(&written) {
        written.replace_range(found.dot..=found.dot, "&#46;");
    } else if is_rule(&written) {
        let entity = format!("&#{};", u32::from(written.remove(0)));
        written.insert_str(0, &entity);
    }
    written
}

/// One paragraph is quoted with `bq.`, anything else with `>` before each line.
fn quote(blocks: &[Block]) -> String {
    if let [Block::Paragraph(text)] = blocks {
        return format!("bq. {}", inlines(text, Place::Text));
    }
    let mut done = String::new();
    for (at, inner) in blocks.iter().enumerate() {
        if at > 0 {
            done.push_str("\n>\n");
        }
        let written = block(inner);
        let mut verbatim = false;
        for (number, line) in written.split('\n').enumerate() {
            if number > 0 {
                done.push('\n');
            }
            // The lines of code follow their tag as they are: Redmine takes code out before it looks at lines.
            if !verbatim {
                done.push_str("> ");
            }
            verbatim = (verbatim || line.contains("<pre>")) && !line.contains("</pre>");
            done.push_str(line);
        }
    }
    done
}

fn code(read: &Code) -> String {
    let text = hide_tags(&read.text);
    if read.info.is_empty() {
        return format!("<pre>\n{text}\n</pre>");
    }
    format!("<pre><code class=\"{}\">\n{text}\n</code></pre>", read.info)
}

fn list(read: &List, marker: &str, lines: &mut String) {
    let marker = format!("{marker}{}", if read.is_ordered() { '#' } else { '*' });
    for item in &read.items {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(&marker);
        lines.push(' ');
        let text = inlines_of_item(&item.blocks, code);
        lines.push_str(if text.is_empty() { NOTHING } else { &text });
        for block in &item.blocks {
            if let Block::List(inner) = block {
                list(inner, &marker, lines);
            }
        }
    }
}

/// A space that no one takes away.
const NOTHING: &str = "&#32;";

fn table(read: &Table) -> String {
    let head = (!read.head.is_empty()).then(|| row(&read.head, &read.alignments, true));
    let rows = read.rows.iter().map(|cells| row(cells, &read.alignments, false));
    head.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn row(cells: &[Vec<Inline>], alignments: &[Alignment], heading: bool) -> String {
    let mut done = String::from("|");
    for (cell, alignment) in cells.iter().zip(alignments) {
        let alignment = match alignment {
            Alignment::None => "",
            Alignment::Left => "<",
            Alignment::Center => "=",
            Alignment::Right => ">",
        };
        if heading || !alignment.is_empty() {
            done.push_str(if heading { "_" } else { "" });
            done.push_str(alignment);
            done.push('.');
        }
        let written = inlines(cell, Place::Cell);
        done.push(' ');
        done.push_str(&written);
        done.push_str(if written.is_empty() { "|" } else { " |" });
    }
    done
}
