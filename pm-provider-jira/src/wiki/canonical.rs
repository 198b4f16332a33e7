//! Brings a document into the form that both formats can say, so that going from one to the other and back changes
//! nothing more.

use super::canonical_inline::{Lines, canonical};
use super::macros::canonical_info;
use super::model::{Block, Code, DEEPEST, Inline, List, Mark, Table};

/// Brings blocks into canonical form.
pub(super) fn blocks(read: Vec<Block>) -> Vec<Block> {
    inside(read, Around::default())
}

/// What blocks stand in: a macro cannot stand in one of its own kind.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    quote: bool,
    panel: bool,
}

fn inside(read: Vec<Block>, around: Around) -> Vec<Block> {
    let mut done = Vec::new();
    for block in read {
        match block {
            Block::Paragraph(inlines) => push_text(&mut done, inlines, Lines::Many, Block::Paragraph),
            Block::Heading(level, inlines) => {
                push_text(&mut done, inlines, Lines::One, |inlines| Block::Heading(level.clamp(1, 6), inlines));
            }
            Block::Quote(inner) => quote(&mut done, inner, around),
            Block::Panel(args, inner) => panel(&mut done, &args, inner, around),
            Block::Code(code) => done.push(Block::Code(canonical_code(code))),
            Block::List(read) => done.extend(list(read, 1, around).map(Block::List)),
            Block::Table(read) => done.extend(table(read).map(Block::Table)),
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

/// A quote in a quote is one line, or no quote.
fn quote(done: &mut Vec<Block>, inner: Vec<Block>, around: Around) {
    let inner = inside(inner, Around { quote: true, ..around });
    if around.quote && !is_line(&inner) {
        done.extend(inner);
    } else if !inner.is_empty() {
        done.push(Block::Quote(inner));
    }
}

/// Tells whether blocks are what `bq.` can say: one paragraph of one line.
pub(super) fn is_line(blocks: &[Block]) -> bool {
    let breaks = |inline: &Inline| matches!(inline, Inline::Soft | Inline::Hard);
    matches!(blocks, [Block::Paragraph(text)] if !text.iter().any(breaks))
}

fn panel(done: &mut Vec<Block>, args: &str, inner: Vec<Block>, around: Around) {
    let inner = inside(inner, Around { panel: true, ..around });
    if around.panel {
        done.extend(inner);
    } else if !inner.is_empty() {
        done.push(Block::Panel(canonical_args(args), inner));
    }
}

/// Parameters without what would end their tag, or the comment that they become in Markdown.
pub(super) fn canonical_args(args: &str) -> String {
    let kept: String = args.chars().filter(|c| !"{}\\<>\u{200b}".contains(*c) && !c.is_control()).collect();
    let mut kept = kept.trim().to_owned();
    while kept.contains("--") {
        kept = kept.replace("--", "-");
    }
    kept.trim_end_matches('-').to_owned()
}

fn canonical_code(code: Code) -> Code {
    Code { info: canonical_info(&code.info), text: code.text }
}

/// What an item is made of: the lists inside it come last.
#[derive(Default)]
struct Item {
    body: Vec<Block>,
    lists: Vec<List>,
}

fn list(read: List, depth: usize, around: Around) -> Option<List> {
    let mut done = List { ordered: read.ordered, items: Vec::new() };
    for blocks in read.items {
        let mut item = Item::default();
        for block in blocks {
            item.take(block, depth, around);
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
    /// Takes one block of an item: Jira's items hold text, macros and lists.
    fn take(&mut self, block: Block, depth: usize, around: Around) {
        match block {
            Block::Paragraph(inlines) => self.text(inlines),
            Block::Heading(_, inlines) => self.text(vec![Inline::Span(Mark::Strong, inlines)]),
            Block::Quote(_) | Block::Panel(..) => {
                for block in inside(vec![block], around) {
                    match block {
                        Block::Quote(_) | Block::Panel(..) => self.body.push(block),
                        other => self.take(other, depth, around),
                    }
                }
            }
            Block::Code(code) => self.body.push(Block::Code(canonical_code(code))),
            Block::List(read) => self.list(list(read, depth + 1, around)),
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
    let mut head = row(read.head, columns);
    if head.iter().all(Vec::is_empty) {
        head.clear();
    }
    let rows: Vec<_> = read.rows.into_iter().map(|cells| row(cells, columns)).collect();
    // Nothing but empty headings: wiki markup would have no line for it.
    (!head.is_empty() || !rows.is_empty()).then_some(Table { head, rows })
}

fn row(cells: Vec<Vec<Inline>>, columns: usize) -> Vec<Vec<Inline>> {
    let mut row: Vec<_> = cells.into_iter().map(|cell| canonical(cell, Lines::Cell)).collect();
    row.resize(columns, Vec::new());
    row
}
