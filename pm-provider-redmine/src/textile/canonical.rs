//! Brings a document into the form that both formats can say, so that going from one to the other and back changes
//! nothing more.

use super::canonical_inline::{Lines, canonical};
use super::model::{Alignment, Block, Code, DEEPEST, Inline, List, Mark, Table};

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

/// Redmine highlights code whose language is made of word characters only.
fn canonical_code(code: Code) -> Code {
    let first = code.language.split_whitespace().next().unwrap_or_default();
    let first = first.trim_start_matches(['{', '.']);
    let language = match first.to_ascii_lowercase().as_str() {
        "c++" => "cpp".to_owned(),
        "c#" => "csharp".to_owned(),
        _ => first.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect(),
    };
    Code { language, text: code.text }
}

/// What an item is made of: its text and code first, then the lists inside it.
#[derive(Default)]
struct Item {
    body: Vec<Block>,
    lists: Vec<List>,
}

fn list(read: List, depth: usize) -> Option<List> {
    let mut done = List { ordered: read.ordered, items: Vec::new() };
    for blocks in read.items {
        let mut item = Item::default();
        for block in blocks {
            item.take(block, depth);
        }
        let Item { mut body, lists } = item;
        if depth >= DEEPEST {
            done.items.push(body);
            done.items.extend(lists.into_iter().flat_map(|inner| inner.items));
        } else {
            body.extend(lists.into_iter().map(Block::List));
            done.items.push(body);
        }
    }
    (!done.items.is_empty()).then_some(done)
}

impl Item {
    /// Takes one block of an item: Textile's items hold text, code and lists alone.
    fn take(&mut self, block: Block, depth: usize) {
        match block {
            Block::Paragraph(inlines) => self.text(inlines),
            Block::Heading(_, inlines) => self.text(vec![Inline::Span(Mark::Strong, inlines)]),
            Block::Quote(inner) => inner.into_iter().for_each(|block| self.take(block, depth)),
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
            Some(before) if before.ordered == list.ordered => before.items.append(&mut list.items),
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
