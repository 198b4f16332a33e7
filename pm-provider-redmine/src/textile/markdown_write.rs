//! Writes canonical blocks as Markdown.

use super::markdown_write_inline::{Place, inlines};
use super::model::{Alignment, Block, Code, Inline, List, Table};

/// Writes a document.
pub(super) fn write(read: &[Block]) -> String {
    blocks(read).join("\n")
}

/// The lines of blocks that follow one another.
fn blocks(read: &[Block]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut other_marker = false;
    for (at, block) in read.iter().enumerate() {
        if at > 0 {
            lines.push(String::new());
        }
        // Lists that touch are one to Markdown, unless their markers differ.
        other_marker = !other_marker && at > 0 && same_lists(&read[at - 1], block);
        lines.extend(block_lines(block, other_marker));
    }
    lines
}

fn same_lists(before: &Block, block: &Block) -> bool {
    matches!((before, block), (Block::List(before), Block::List(list)) if before.ordered == list.ordered)
}

fn block_lines(block: &Block, other_marker: bool) -> Vec<String> {
    match block {
        Block::Paragraph(text) => split(&inlines(text, Place::Paragraph)),
        Block::Heading(level, text) => {
            vec![format!("{} {}", "#".repeat(usize::from(*level)), inlines(text, Place::Heading))]
        }
        Block::Quote(inner) => {
            let quoted = |line: String| if line.is_empty() { ">".to_owned() } else { format!("> {line}") };
            blocks(inner).into_iter().map(quoted).collect()
        }
        Block::Code(read) => code(read),
        Block::List(read) => list(read, other_marker),
        Block::Table(read) => table(read),
        Block::Rule => vec!["---".to_owned()],
    }
}

fn split(text: &str) -> Vec<String> {
    text.split('\n').map(str::to_owned).collect()
}

fn code(read: &Code) -> Vec<String> {
    let fence = "`".repeat(longest_run(&read.text).max(2) + 1);
    let mut lines = vec![format!("{fence}{}", read.language)];
    lines.extend(split(&read.text));
    lines.push(fence);
    lines
}

/// The longest run of backticks in a text.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

fn list(read: &List, other_marker: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, item) in read.items.iter().enumerate() {
        let marker = match (read.ordered, other_marker) {
            (true, false) => format!("{}. ", at + 1),
            (true, true) => format!("{}) ", at + 1),
            (false, false) => "- ".to_owned(),
            (false, true) => "* ".to_owned(),
        };
        let indent = " ".repeat(marker.len());
        for (number, line) in item_lines(item).into_iter().enumerate() {
            let start = if number == 0 { &marker } else { &indent };
            let line = if line.is_empty() { start.trim_end().to_owned() } else { format!("{start}{line}") };
            lines.push(line);
        }
    }
    lines
}

/// The lines of an item: no empty one between its blocks, except before a list that would not be seen without.
fn item_lines(item: &[Block]) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, block) in item.iter().enumerate() {
        match block {
            Block::List(inner) if at == 0 || begins_empty(inner) => lines.push(String::new()),
            _ => {}
        }
        lines.extend(block_lines(block, false));
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

fn begins_empty(list: &List) -> bool {
    list.items.first().is_none_or(|item| matches!(item.first(), None | Some(Block::List(_))))
}

fn table(read: &Table) -> Vec<String> {
    let empty = vec![Vec::new(); read.alignments.len()];
    let head = if read.head.is_empty() { &empty } else { &read.head };
    let mut rule = String::from("|");
    for alignment in &read.alignments {
        rule.push_str(match alignment {
            Alignment::None => " --- |",
            Alignment::Left => " :-- |",
            Alignment::Center => " :-: |",
            Alignment::Right => " --: |",
        });
    }
    let mut lines = vec![row(head), rule];
    lines.extend(read.rows.iter().map(|cells| row(cells)));
    lines
}

fn row(cells: &[Vec<Inline>]) -> String {
    let mut row = String::from("|");
    for cell in cells {
        let cell = inlines(cell, Place::Cell);
        row.push_str(if cell.is_empty() { "" } else { " " });
        row.push_str(&cell);
        row.push_str(" |");
    }
    row
}
