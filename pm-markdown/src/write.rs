//! Writes blocks as Markdown.

use std::borrow::Cow;

use crate::model::{Alignment, Block, Code, Inline, Item, List, Table};
use crate::source::{longest_run, push_escaped};
use crate::tidy::tidy;
use crate::write_inline::{Place, inlines};

/// Writes a document.
///
/// Reading what is written gives the document [tidied](crate::tidy), whatever it says: what Markdown would take for a
/// mark is written with a backslash or as an entity.
#[must_use]
pub fn write<'a>(document: impl Into<Cow<'a, [Block]>>) -> String {
    blocks(&tidy(document.into().into_owned()), false, false).join("\n")
}

/// The lines of blocks that follow one another.
fn blocks(read: &[Block], nested: bool, followed: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut other_marker = false;
    for (at, block) in read.iter().enumerate() {
        if at > 0 {
            lines.push(String::new());
        }
        // Lists that touch are one to Markdown, unless their markers differ.
        other_marker = !other_marker && at > 0 && same_lists(&read[at - 1], block);
        let followed = followed && at + 1 == read.len();
        lines.extend(block_lines(block, Context { nested, in_item: false, other_marker, followed }));
    }
    lines
}

fn same_lists(before: &Block, block: &Block) -> bool {
    matches!((before, block), (Block::List(before), Block::List(list)) if before.is_ordered() == list.is_ordered())
}

#[derive(Clone, Copy)]
struct Context {
    /// Whether the block stands in another one.
    nested: bool,
    /// Whether the block stands in an item directly.
    in_item: bool,
    /// Whether a list needs another marker than the one before it.
    other_marker: bool,
    /// Whether something follows in an item around the block.
    followed: bool,
}

fn block_lines(block: &Block, context: Context) -> Vec<String> {
    match block {
        Block::Paragraph(text) if context.nested => split(&inlines(text, Place::Nested)),
        Block::Paragraph(text) => split(&inlines(text, Place::Paragraph)),
        Block::Heading(level, text) => {
            let line = format!("{} {}", "#".repeat(usize::from(*level)), inlines(text, Place::Heading));
            vec![line.trim_end_matches(' ').to_owned()]
        }
        Block::Quote(inner) => quoted(blocks(inner, true, context.followed)),
        Block::Alert(kind, inner) => {
            let mut lines = vec![format!("[!{}]", kind.word())];
            if inner.first().is_some_and(|block| matches!(block, Block::List(list) if !may_follow_text(list))) {
                lines.push(String::new());
            }
            lines.extend(blocks(inner, true, context.followed));
            quoted(lines)
        }
        Block::Code(read) => code(read),
        Block::Html(text) => split(text),
        Block::List(read) => list(read, context),
        Block::Table(read) => table(read),
        // After the marker of an item `---` would be part of a rule that the marker begins.
        Block::Rule => vec![if context.in_item { "___" } else { "---" }.to_owned()],
    }
}

fn quoted(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") }).collect()
}

fn split(text: &str) -> Vec<String> {
    text.split('\n').map(str::to_owned).collect()
}

fn code(read: &Code) -> Vec<String> {
    // An info string with a backtick cannot follow backticks.
    let mark = if read.info.contains('`') { '~' } else { '`' };
    let fence = mark.to_string().repeat(longest_run(&read.text, mark).max(2) + 1);
    let mut first = fence.clone();
    if read.info.starts_with(mark) {
        first.push(' ');
    }
    push_escaped(&read.info, &[], &mut first);
    let mut lines = vec![first];
    lines.extend(split(&read.text));
    lines.push(fence);
    lines
}

fn list(read: &List, context: Context) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, item) in read.items.iter().enumerate() {
        let marker = match (read.start, context.other_marker) {
            (Some(start), false) => format!("{}. ", start + at as u64),
            (Some(start), true) => format!("{}) ", start + at as u64),
            (None, false) => "- ".to_owned(),
            (None, true) => "* ".to_owned(),
        };
        let indent = " ".repeat(marker.len());
        for (number, line) in item_lines(item, context.followed && at + 1 == read.items.len()).into_iter().enumerate() {
            let start = if number == 0 { &marker } else { &indent };
            let line = if line.is_empty() { start.trim_end().to_owned() } else { format!("{start}{line}") };
            lines.push(line);
        }
    }
    lines
}

/// The lines of an item: no empty one between its blocks where Markdown sees them without.
fn item_lines(item: &Item, followed: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut other_marker = false;
    for (at, block) in item.blocks.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &item.blocks[before]);
        match (before, block) {
            (None, Block::List(_)) if item.task.is_none() => lines.push(String::new()),
            (Some(before), _) if !touches(before, block) => lines.push(String::new()),
            _ => {}
        }
        other_marker = !other_marker && before.is_some_and(|before| same_lists(before, block));
        let start = lines.len();
        let followed = followed || at + 1 < item.blocks.len();
        lines.extend(block_lines(block, Context { nested: true, in_item: true, other_marker, followed }));
        if let (0, Some(done), Block::Paragraph(_)) = (at, item.task, block) {
            lines[start].insert_str(0, if done { "[x] " } else { "[ ] " });
        }
    }
    if !matches!(item.blocks.first(), Some(Block::Paragraph(_)))
        && let Some(done) = item.task
    {
        lines.insert(0, if done { "[x]" } else { "[ ]" }.to_owned());
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    // An empty line after an empty item ends the item around it to the parser.
    if followed && item.blocks.is_empty() {
        let space = if lines[0].is_empty() { "&#32;" } else { " &#32;" };
        lines[0].push_str(space);
    }
    lines
}

/// Tells whether a block may stand on the line after another.
fn touches(before: &Block, block: &Block) -> bool {
    let follows = match block {
        Block::Code(_) => true,
        Block::List(list) => may_follow_text(list),
        _ => return false,
    };
    let other_list = matches!(block, Block::List(_)) && matches!(before, Block::List(_)) && !same_lists(before, block);
    follows && (other_list || matches!(before, Block::Paragraph(_) | Block::Code(_)))
}

/// Tells whether a list is seen right after text: one that begins with an empty item or another number than 1 is not.
fn may_follow_text(list: &List) -> bool {
    let is_empty = |item: &Item| item.task.is_none() && matches!(item.blocks.first(), None | Some(Block::List(_)));
    list.start.is_none_or(|start| start == 1) && list.items.first().is_some_and(|item| !is_empty(item))
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
