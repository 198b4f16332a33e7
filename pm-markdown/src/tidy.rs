//! Brings blocks into the form that reading gives.

use crate::html;
use crate::model::{Alignment, Block, Code, Inline, Item, List, Table};
use crate::tidy_inline::{Lines, tidy_inlines};

/// Brings a document into the form that reading gives: writing and reading a tidy document changes nothing.
///
/// - Text is in one piece, marks are neither empty nor inside marks of their sort, white space at the edges of marks
///   stands outside them, at the edges of lines nowhere.
/// - Empty paragraphs, quotes, lists and HTML are left out; empty headings, alerts, items and cells stay.
/// - Each row of a table has as many cells as there are columns; headings that are all empty are none.
/// - Line ends in headings and cells are spaces; addresses are percent-encoded where something would end them.
#[must_use]
pub fn tidy(blocks: Vec<Block>) -> Vec<Block> {
    let mut done: Vec<Block> = blocks.into_iter().filter_map(block).collect();
    // HTML that nothing closes takes in everything after it, unless it comes last.
    let last = done.len().saturating_sub(1);
    for block in done.iter_mut().take(last) {
        if let Block::Html(text) = block
            && html::is_unclosed(text)
        {
            *block = Block::Paragraph(tidy_inlines(lines_of(text), Lines::Many));
        }
    }
    done
}

fn block(block: Block) -> Option<Block> {
    match block {
        Block::Paragraph(inlines) => {
            let inlines = tidy_inlines(inlines, Lines::Many);
            (!inlines.is_empty()).then_some(Block::Paragraph(inlines))
        }
        Block::Heading(level, inlines) => Some(Block::Heading(level.clamp(1, 6), tidy_inlines(inlines, Lines::One))),
        Block::Quote(inner) => {
            let inner = tidy(inner);
            (!inner.is_empty()).then_some(Block::Quote(inner))
        }
        Block::Alert(kind, inner) => Some(Block::Alert(kind, tidy(inner))),
        Block::Code(read) => Some(Block::Code(code(&read))),
        Block::Html(text) => {
            let text = text.trim_matches('\n').trim_start();
            (!text.is_empty()).then(|| Block::Html(text.to_owned()))
        }
        Block::List(read) => list(read).map(Block::List),
        Block::Table(read) => table(read).map(Block::Table),
        Block::Rule => Some(Block::Rule),
    }
}

fn code(read: &Code) -> Code {
    let info: String = read.info.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = read.text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
    Code { info: info.trim().to_owned(), text }
}

/// The lines of a text that is no block of its own.
fn lines_of(text: &str) -> Vec<Inline> {
    let lines: Vec<_> =
        text.lines().filter(|line| !line.trim().is_empty()).map(|line| vec![Inline::text(line)]).collect();
    lines.join(&Inline::Soft)
}

const LARGEST_NUMBER: u64 = 999_999_999;

fn list(read: List) -> Option<List> {
    let item = |item: Item| Item { task: item.task, blocks: tidy(item.blocks) };
    let items: Vec<_> = read.items.into_iter().map(item).collect();
    let most = LARGEST_NUMBER.saturating_sub(items.len() as u64);
    (!items.is_empty()).then(|| List { start: read.start.map(|start| start.min(most)), items })
}

fn table(read: Table) -> Option<Table> {
    let columns =
        read.rows.iter().map(Vec::len).chain([read.head.len(), read.alignments.len()]).max().unwrap_or_default();
    if columns == 0 {
        return None;
    }
    let mut alignments = read.alignments;
    alignments.resize(columns, Alignment::None);
    let mut head = row(read.head, columns);
    if head.iter().all(Vec::is_empty) {
        head.clear();
    }
    let rows = read.rows.into_iter().map(|cells| row(cells, columns)).collect();
    Some(Table { alignments, head, rows })
}

fn row(cells: Vec<Vec<Inline>>, columns: usize) -> Vec<Vec<Inline>> {
    let mut row: Vec<_> = cells.into_iter().map(|cell| tidy_inlines(cell, Lines::Cell)).collect();
    row.resize(columns, Vec::new());
    row
}
