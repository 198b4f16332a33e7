//! Writes canonical blocks as Jira's wiki markup.

use super::canonical::is_line;
use super::macros::{code_tag, hide_tags};
use super::model::{Block, Code, Inline, List, Table};
use super::syntax::SEPARATOR;
use super::write_inline::{Place, inlines};

/// Writes a document.
pub(super) fn write(read: &[Block]) -> String {
    blocks(read, &[])
}

/// Writes blocks inside the macros of some names.
fn blocks(read: &[Block], around: &[&str]) -> String {
    read.iter().map(|read| block(read, around)).collect::<Vec<_>>().join("\n\n")
}

fn block(read: &Block, around: &[&str]) -> String {
    match read {
        Block::Paragraph(text) => inlines(text, Place::Line),
        Block::Heading(level, text) => format!("h{level}. {}", inlines(text, Place::Rest)),
        Block::Quote(inner) if is_line(inner) => quoted_line(inner),
        Block::Quote(inner) => enclosed("quote", "", inner, around),
        Block::Panel(args, inner) => enclosed("panel", args, inner, around),
        Block::Code(read) => code(read, around),
        Block::List(read) => {
            let mut lines = String::new();
            list(read, "", around, &mut lines);
            lines
        }
        Block::Table(read) => table(read),
        Block::Rule => "----".to_owned(),
    }
}

fn quoted_line(inner: &[Block]) -> String {
    let text = inner.iter().map(|block| match block {
        Block::Paragraph(text) => inlines(text, Place::Rest),
        _ => String::new(),
    });
    format!("bq. {}", text.collect::<String>())
}

fn enclosed(name: &str, args: &str, inner: &[Block], around: &[&str]) -> String {
    let inner = blocks(inner, &[around, &[name]].concat());
    let colon = if args.is_empty() { "" } else { ":" };
    format!("{{{name}{colon}{args}}}\n{inner}\n{{{name}}}")
}

fn code(read: &Code, around: &[&str]) -> String {
    let (name, args) = code_tag(&read.info);
    let text = hide_tags(&read.text, &[around, &[name]].concat());
    let colon = if args.is_empty() { "" } else { ":" };
    format!("{{{name}{colon}{args}}}\n{text}\n{{{name}}}")
}

fn list(read: &List, marker: &str, around: &[&str], lines: &mut String) {
    let marker = format!("{marker}{}", if read.ordered { '#' } else { '*' });
    for item in &read.items {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(&marker);
        lines.push(' ');
        let body: Vec<_> = item.iter().filter(|block| !matches!(block, Block::List(_))).collect();
        let body: Vec<_> = body.into_iter().map(|read| in_item(read, around)).collect();
        lines.push_str(if body.is_empty() { SEPARATOR } else { "" });
        lines.push_str(&body.join("\n"));
        for block in item {
            if let Block::List(inner) = block {
                list(inner, &marker, around, lines);
            }
        }
    }
}

/// A quote in an item is a macro always: what follows a line of `bq.` would be no quote.
fn in_item(read: &Block, around: &[&str]) -> String {
    match read {
        Block::Quote(inner) => enclosed("quote", "", inner, around),
        other => block(other, around),
    }
}

fn table(read: &Table) -> String {
    let head = (!read.head.is_empty()).then(|| row(&read.head, "||"));
    head.into_iter().chain(read.rows.iter().map(|cells| row(cells, "|"))).collect::<Vec<_>>().join("\n")
}

fn row(cells: &[Vec<Inline>], mark: &str) -> String {
    let mut done = String::new();
    for cell in cells {
        done.push_str(mark);
        let written = inlines(cell, Place::Cell);
        done.push_str(if written.is_empty() { " " } else { &written });
    }
    done + mark
}
