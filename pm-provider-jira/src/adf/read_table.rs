//! Reads ADF's tables, whose cells hold blocks and span others, as Markdown's, whose cells hold one text.

use pm_markdown::{Alignment, Block, Inline, Item, Mark, Table};
use serde_json::Value;

use super::read::{attribute, blocks, content, kind};

/// Wider than this no cell is taken for.
const WIDEST: u64 = 64;

pub(super) fn table(node: &Value, depth: usize) -> Table {
    let rows: Vec<&Value> = content(node).iter().filter(|row| kind(row) == "tableRow").collect();
    let headed = rows.first().is_some_and(|row| !content(row).is_empty() && content(row).iter().all(is_heading));
    let alignments = rows.first().map(|row| content(row).iter().map(alignment).collect()).unwrap_or_default();
    let mut spanned = Vec::new();
    let mut read = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        read.push(cells(row, headed && at == 0, depth, &mut spanned));
    }
    let head = if headed { read.remove(0) } else { Vec::new() };
    Table { alignments, head, rows: read }
}

fn is_heading(cell: &Value) -> bool {
    kind(cell) == "tableHeader"
}

fn alignment(cell: &Value) -> Alignment {
    let marks = content(cell).first().and_then(|paragraph| paragraph["marks"].as_array());
    let mark = marks.and_then(|marks| marks.iter().find(|mark| kind(mark) == "alignment"));
    match mark.map(|mark| attribute(mark, "align")) {
        Some("center") => Alignment::Center,
        Some("end") => Alignment::Right,
        _ => Alignment::None,
    }
}

/// Reads a row; `spanned` tells for each column how many rows more a cell above takes.
fn cells(row: &Value, is_head: bool, depth: usize, spanned: &mut Vec<u64>) -> Vec<Vec<Inline>> {
    let mut done = Vec::new();
    for cell in content(row) {
        skip_spanned(&mut done, spanned);
        let width = cell["attrs"]["colspan"].as_u64().unwrap_or(1).clamp(1, WIDEST);
        let height = cell["attrs"]["rowspan"].as_u64().unwrap_or(1).max(1);
        let mut text = cell_text(cell, depth);
        // A heading among the rows is strong: Markdown has headings in the first row alone.
        if !is_head && is_heading(cell) {
            text = vec![Inline::Span(Mark::Strong, text)];
        }
        for part in 0..width {
            done.push(if part == 0 { std::mem::take(&mut text) } else { Vec::new() });
            spanned.resize(spanned.len().max(done.len()), 0);
            spanned[done.len() - 1] = height - 1;
        }
    }
    skip_spanned(&mut done, spanned);
    done
}

fn skip_spanned(done: &mut Vec<Vec<Inline>>, spanned: &mut [u64]) {
    while let Some(rows) = spanned.get_mut(done.len()).filter(|rows| **rows > 0) {
        *rows -= 1;
        done.push(Vec::new());
    }
}

fn cell_text(cell: &Value, depth: usize) -> Vec<Inline> {
    let mut lines = Vec::new();
    for block in blocks(content(cell), depth + 1) {
        push_lines(block, "", &mut lines);
    }
    let lines: Vec<_> = lines.into_iter().filter(|line: &Vec<Inline>| !line.is_empty()).collect();
    lines.join(&Inline::Hard)
}

/// Says blocks line by line.
fn push_lines(block: Block, start: &str, lines: &mut Vec<Vec<Inline>>) {
    let mut line = |mut text: Vec<Inline>| {
        if !start.is_empty() {
            text.insert(0, Inline::text(start));
        }
        lines.push(text);
    };
    match block {
        Block::Paragraph(text) => line(text),
        Block::Heading(_, text) => line(vec![Inline::Span(Mark::Strong, text)]),
        Block::Code(code) => code.text.lines().for_each(|text| line(vec![Inline::Code(text.to_owned())])),
        Block::Html(_) => {
            if let Some(title) = super::details::title_of(&block) {
                line(vec![Inline::Span(Mark::Strong, vec![Inline::Text(title)])]);
            }
        }
        Block::Rule => line(vec![Inline::text("---")]),
        Block::Quote(inner) | Block::Alert(_, inner) => {
            inner.into_iter().for_each(|block| push_lines(block, start, lines));
        }
        Block::List(list) => {
            for (at, item) in list.items.into_iter().enumerate() {
                let marker =
                    list.start.map_or("•".to_owned(), |first| format!("{}.", first.saturating_add(at as u64)));
                push_item(item, &format!("{start}{marker} "), lines);
            }
        }
        Block::Table(table) => {
            for cells in std::iter::once(table.head).chain(table.rows).filter(|cells| !cells.is_empty()) {
                lines.push(cells.join(&Inline::text(" ")));
            }
        }
    }
}

fn push_item(item: Item, marker: &str, lines: &mut Vec<Vec<Inline>>) {
    let mark = item.task.map_or(String::new(), |done| format!("{} ", super::fold::box_of(done)));
    let mut start = format!("{marker}{mark}");
    for block in item.blocks {
        push_lines(block, &start, lines);
        start = "\u{2003}".to_owned();
    }
}
