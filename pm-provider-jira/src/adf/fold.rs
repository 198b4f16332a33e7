//! Brings a Markdown document into the form that ADF can hold.

use pm_markdown::{AlertKind, Alignment, Block, Code, Inline, Item, Lines, List, Mark, Table, tidy};

use super::details::{self, Section, sections};
use super::runs::settled;

/// Where blocks stand, which decides what they may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Top,
    /// In an expand at the top.
    Expand,
    /// In an expand in an expand.
    Nested,
    Panel,
    Quote,
    Item,
}

impl Place {
    fn takes_headings(self) -> bool {
        !matches!(self, Place::Quote | Place::Item)
    }

    fn takes_quotes(self) -> bool {
        matches!(self, Place::Top | Place::Expand | Place::Nested)
    }

    fn takes_tables(self) -> bool {
        matches!(self, Place::Top | Place::Expand)
    }

    fn takes_tasks(self) -> bool {
        self != Place::Quote
    }

    /// Where blocks in a section stand that stands here; none: a section cannot.
    pub(super) fn section(self) -> Option<Self> {
        match self {
            Place::Top => Some(Place::Expand),
            Place::Expand => Some(Place::Nested),
            _ => None,
        }
    }
}

/// Brings a document into the form that ADF can hold; doing so again changes nothing.
pub(super) fn fold(blocks: Vec<Block>) -> Vec<Block> {
    fold_at(blocks, Place::Top)
}

/// Brings blocks that stand somewhere into the form that they can have there.
pub(super) fn fold_at(blocks: Vec<Block>, place: Place) -> Vec<Block> {
    tidy(at(blocks, place))
}

fn at(blocks: Vec<Block>, place: Place) -> Vec<Block> {
    let mut done = Vec::new();
    let Some(inside) = place.section() else {
        blocks.into_iter().for_each(|inner| block(inner, place, &mut done));
        return done;
    };
    for section in sections(blocks) {
        match section {
            Section::Block(inner) => block(inner, place, &mut done),
            Section::Details(title, inner) => {
                done.push(details::opened(&title));
                done.extend(at(inner, inside));
                done.push(details::closed());
            }
        }
    }
    done
}

fn block(block: Block, place: Place, done: &mut Vec<Block>) {
    match block {
        Block::Paragraph(text) => done.push(Block::Paragraph(paragraph(text))),
        Block::Heading(level, text) if place.takes_headings() => {
            done.push(Block::Heading(level, settled(&text, Lines::One)));
        }
        Block::Heading(_, text) => done.push(strong(text)),
        Block::Quote(inner) if place.takes_quotes() => done.push(Block::Quote(at(inner, Place::Quote))),
        Block::Quote(inner) => done.extend(at(inner, place)),
        Block::Alert(kind, inner) if place.takes_quotes() => done.push(Block::Alert(kind, at(inner, Place::Panel))),
        Block::Alert(kind, inner) => {
            done.push(strong(vec![Inline::text(name(kind))]));
            done.extend(at(inner, place));
        }
        Block::Code(code) => done.push(Block::Code(Code { info: code.language().to_owned(), text: code.text })),
        Block::Html(_) => html(&block, place, done),
        Block::List(read) => done.push(Block::List(list(read, place))),
        Block::Table(read) if place.takes_tables() => done.extend(table(read).map(Block::Table)),
        Block::Table(read) => done.push(Block::Paragraph(settled(&rows(read), Lines::Many))),
        Block::Rule if place.takes_headings() => done.push(Block::Rule),
        Block::Rule => done.push(Block::Paragraph(vec![Inline::text("---")])),
    }
}

fn strong(text: Vec<Inline>) -> Block {
    Block::Paragraph(settled(&[Inline::Span(Mark::Strong, text)], Lines::Many))
}

/// The name of an alert where it can only be text.
fn name(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Note => "Note",
        AlertKind::Tip => "Tip",
        AlertKind::Important => "Important",
        AlertKind::Warning => "Warning",
        AlertKind::Caution => "Caution",
    }
}

/// An image alone in a paragraph, linked or not, is a block of its own in ADF.
fn paragraph(text: Vec<Inline>) -> Vec<Inline> {
    if is_picture(&text) { text } else { settled(&text, Lines::Many) }
}

/// Tells whether a paragraph is nothing but an image that a browser can load from anywhere.
pub(super) fn is_picture(text: &[Inline]) -> bool {
    let image = match text {
        [Inline::Link(link, inner)] if !link.url.is_empty() => inner.as_slice(),
        text => text,
    };
    matches!(image, [Inline::Image(target, _)] if target.url.starts_with("https://") || target.url.starts_with("http://"))
}

/// HTML is text, line by line; what opens a section where none can be is its title.
fn html(block: &Block, place: Place, done: &mut Vec<Block>) {
    let Block::Html(text) = block else { return };
    if place.section().is_none() {
        if details::is_close(block) {
            return;
        }
        if let Some(title) = details::title_of(block) {
            done.push(strong(vec![Inline::Text(title)]));
            return;
        }
    }
    let mut paragraph = Vec::new();
    for line in text.lines().chain([""]) {
        if line.trim().is_empty() {
            done.push(Block::Paragraph(settled(&std::mem::take(&mut paragraph), Lines::Many)));
        } else {
            paragraph.extend([Inline::text(line), Inline::Hard]);
        }
    }
}

fn list(read: List, place: Place) -> List {
    let inner = if place == Place::Quote { Place::Quote } else { Place::Item };
    // What is empty goes first: a box may stand behind it.
    let blocks = |item: Vec<Block>| tidy(at(item, inner));
    let items = read.items.into_iter().map(|item| boxed(Item { task: item.task, blocks: blocks(item.blocks) }));
    List { start: read.start, items: items.collect() }
}

/// Tells whether a list can be one of tasks to ADF, whose tasks hold one text and further tasks.
pub(super) fn is_task_list(list: &List, place: Place) -> bool {
    let simple = |item: &Item| {
        let lists = match item.blocks.split_first() {
            Some((Block::Paragraph(text), lists)) if !matches!(text.as_slice(), [Inline::Link(..)] if is_picture(text)) => {
                lists
            }
            _ => item.blocks.as_slice(),
        };
        item.task.is_some() && lists.iter().all(|block| matches!(block, Block::List(list) if is_task_list(list, place)))
    };
    place.takes_tasks() && !list.is_ordered() && list.items.iter().all(simple)
}

const BOXES: [(&str, bool); 3] = [("[ ]", false), ("[x]", true), ("[X]", true)];

/// The text that makes a task of an item where ADF has none.
pub(super) fn box_of(done: bool) -> &'static str {
    if done { "[x]" } else { "[ ]" }
}

/// Takes the box at the start of an item for what it says.
pub(super) fn boxed(mut item: Item) -> Item {
    if item.task.is_none()
        && let Some(Block::Paragraph(inlines)) = item.blocks.first_mut()
        && let Some(Inline::Text(text)) = inlines.first_mut()
    {
        let alone = BOXES.iter().any(|(mark, _)| mark == text);
        item.task = BOXES.into_iter().find_map(|(mark, done)| {
            let rest = text.strip_prefix(mark).filter(|rest| rest.is_empty() || rest.starts_with(' '))?;
            *text = rest.trim_start_matches(' ').to_owned();
            Some(done)
        });
        if alone && inlines.len() == 1 {
            item.blocks.remove(0);
        }
    }
    item
}

/// A table says nothing without rows. Columns at the left are as those that do not tell.
fn table(read: Table) -> Option<Table> {
    let cell = |cell: Vec<Inline>| settled(&cell, Lines::Cell);
    let row = |cells: Vec<Vec<Inline>>| cells.into_iter().map(cell).collect::<Vec<_>>();
    let alignment = |read: Alignment| if read == Alignment::Left { Alignment::None } else { read };
    let head = row(read.head);
    let rows: Vec<_> = read.rows.into_iter().map(row).collect();
    let alignments = read.alignments.into_iter().map(alignment).collect();
    (!head.is_empty() || !rows.is_empty()).then_some(Table { alignments, head, rows })
}

/// The rows of a table as lines.
fn rows(read: Table) -> Vec<Inline> {
    let mut lines = Vec::new();
    for cells in std::iter::once(read.head).chain(read.rows).filter(|cells| !cells.is_empty()) {
        lines.extend(cells.join(&Inline::text(" | ")));
        lines.push(Inline::Hard);
    }
    lines
}
