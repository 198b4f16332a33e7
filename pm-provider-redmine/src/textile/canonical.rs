//! Brings a document into the form that both formats can say, so that going from one to the other and back changes
//! nothing more.

use super::canonical_inline::canonical;
use pm_markdown::{AlertKind, Alignment, Block, Code, DEEPEST, Inline, Item, Lines, List, Mark, Table};

/// Brings blocks into canonical form.
pub(super) fn blocks(read: Vec<Block>) -> Vec<Block> {
    at_depth(read, 0)
}

fn at_depth(read: Vec<Block>, depth: usize) -> Vec<Block> {
    let mut done = Vec::new();
    for block in read {
        match block {
            Block::Paragraph(inlines) => push_text(&mut done, inlines, Lines::Many, Block::Paragraph),
            Block::Heading(level, inlines) => {
                push_text(&mut done, inlines, Lines::One, |inlines| Block::Heading(level.clamp(1, 6), inlines));
            }
            Block::Quote(inner) => {
                let inner = at_depth(inner, depth + 1);
                if depth >= DEEPEST {
                    done.extend(inner);
                } else if !inner.is_empty() {
                    done.push(Block::Quote(inner));
                }
            }
            Block::Alert(kind, inner) => {
                done.extend(at_depth(vec![Block::Quote(alert(kind, inner))], depth));
            }
            Block::Html(text) => done.extend(at_depth(html_paragraphs(&text).collect(), depth)),
            Block::Code(code) => done.push(Block::Code(canonical_code(code))),
            Block::List(read) => {
                if let Some(list) = list(read, 1) {
                    done.push(Block::List(list));
                }
            }
            Block::Table(read) => {
                if let Some(table) = table(read) {
                    done.push(Block::Table(table));
                }
            }
            Block::Rule => done.push(Block::Rule),
        }
    }
    done
}

fn push_text(done: &mut Vec<Block>, inlines: Vec<Inline>, lines: Lines, block: impl FnOnce(Vec<Inline>) -> Block) {
    let inlines = canonical(inlines, lines);
    if !inlines.is_empty() {
        done.push(block(inlines));
    }
}

/// A quote that begins with the word of the alert: what Markdown without alerts reads.
fn alert(kind: AlertKind, mut blocks: Vec<Block>) -> Vec<Block> {
    let word = Inline::Text(format!("[!{}]", kind.word()));
    match blocks.first_mut() {
        Some(Block::Paragraph(inlines)) => drop(inlines.splice(0..0, [word, Inline::Soft])),
        _ => blocks.insert(0, Block::Paragraph(vec![word])),
    }
    blocks
}

/// HTML is text to us: a blank line ends a paragraph, as in any text.
fn html_paragraphs(html: &str) -> impl Iterator<Item = Block> {
    let mut paragraphs = vec![Vec::new()];
    for line in html.lines() {
        if line.trim().is_empty() {
            paragraphs.push(Vec::new());
        } else if let Some(paragraph) = paragraphs.last_mut() {
            paragraph.extend([Inline::text(line), Inline::Soft]);
        }
    }
    paragraphs.into_iter().map(Block::Paragraph)
}

/// Redmine highlights code whose language is made of word characters only.
fn canonical_code(code: Code) -> Code {
    let first = code.language().trim_start_matches(['{', '.']);
    let language = match first.to_ascii_lowercase().as_str() {
        "c++" => "cpp".to_owned(),
        "c#" => "csharp".to_owned(),
        _ => first.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect(),
    };
    Code { info: language, text: code.text }
}

/// What an item is made of: its text and code first, then the lists inside it.
#[derive(Default)]
struct Parts {
    body: Vec<Block>,
    lists: Vec<List>,
}

fn list(read: List, depth: usize) -> Option<List> {
    let mut done = List { start: read.start.map(|_| 1), items: Vec::new() };
    for item in read.items {
        let Parts { mut body, lists } = parts(item, depth);
        if depth >= DEEPEST {
            done.items.push(Item::new(body));
            done.items.extend(lists.into_iter().flat_map(|inner| inner.items));
        } else {
            body.extend(lists.into_iter().map(Block::List));
            done.items.push(Item::new(body));
        }
    }
    (!done.items.is_empty()).then_some(done)
}

/// The box of a task is text.
fn parts(item: Item, depth: usize) -> Parts {
    let mut parts = Parts::default();
    let mut blocks = item.blocks;
    if let Some(task) = item.task {
        let mark = if task { "[x]" } else { "[ ]" };
        match blocks.first_mut() {
            Some(Block::Paragraph(inlines)) => inlines.insert(0, Inline::Text(format!("{mark} "))),
            _ => blocks.insert(0, Block::Paragraph(vec![Inline::text(mark)])),
        }
    }
    blocks.into_iter().for_each(|block| parts.take(block, depth));
    parts
}

impl Parts {
    /// Takes one block of an item: Textile's items hold text, code and lists alone.
    fn take(&mut self, block: Block, depth: usize) {
        match block {
            Block::Paragraph(inlines) => self.text(inlines),
            Block::Heading(_, inlines) => self.text(vec![Inline::Span(Mark::Strong, inlines)]),
            Block::Quote(inner) => inner.into_iter().for_each(|block| self.take(block, depth)),
            Block::Alert(kind, inner) => alert(kind, inner).into_iter().for_each(|block| self.take(block, depth)),
            Block::Html(text) => html_paragraphs(&text).for_each(|block| self.take(block, depth)),
            Block::Code(code) => self.body.push(Block::Code(canonical_code(code))),
            Block::List(read) => self.list(list(read, depth + 1)),
            Block::Table(read) => {
                let rows = std::iter::once(read.head).chain(read.rows);
                rows.for_each(|cells| self.text(cells.join(&Inline::Text(" | ".to_owned()))));
            }
            Block::Rule => self.text(vec![Inline::Text("---".to_owned())]),
        }
    }

    fn text(&mut self, inlines: Vec<Inline>) {
        let mut inlines = canonical(inlines, Lines::Many);
        if inlines.is_empty() {
            return;
        }
        if let Some(Block::Paragraph(before)) = self.body.last_mut() {
            before.push(Inline::Hard);
            before.append(&mut inlines);
        } else {
            self.body.push(Block::Paragraph(inlines));
        }
    }

    /// Two lists of one sort that follow one another inside an item are one list.
    fn list(&mut self, list: Option<List>) {
        let Some(mut list) = list else { return };
        match self.lists.last_mut() {
            Some(before) if before.is_ordered() == list.is_ordered() => before.items.append(&mut list.items),
            _ => self.lists.push(list),
        }
    }
}

fn table(read: Table) -> Option<Table> {
    let columns = read.rows.iter().map(Vec::len).chain([read.head.len()]).max().unwrap_or_default();
    if columns == 0 {
        return None;
    }
    let mut alignments = read.alignments;
    alignments.resize(columns, Alignment::None);
    let mut head = row(read.head, columns);
    if head.iter().all(Vec::is_empty) {
        head.clear();
    }
    let rows: Vec<_> = read.rows.into_iter().map(|cells| row(cells, columns)).collect();
    // Nothing but empty headings: Textile would have no line for it.
    (!head.is_empty() || !rows.is_empty()).then_some(Table { alignments, head, rows })
}

fn row(cells: Vec<Vec<Inline>>, columns: usize) -> Vec<Vec<Inline>> {
    let mut row: Vec<_> = cells.into_iter().map(|cell| canonical(cell, Lines::Cell)).collect();
    row.resize(columns, Vec::new());
    row
}
