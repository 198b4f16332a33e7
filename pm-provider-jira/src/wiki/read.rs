//! Reads Jira's wiki markup into the model: the blocks.

use super::macros::{Finder, Macro, code, lines};
use super::model::{Block, DEEPEST, Inline, List, Mark, Table};
use super::read_inline::{image_end, inlines, link_end};
use super::syntax::{BLANK, LineStart, line_start, tag};

/// Reads a document; what comes out is not canonical yet.
pub(super) fn read(wiki: &str) -> Vec<Block> {
    let mut done = Vec::new();
    blocks(wiki, &mut done);
    done
}

fn blocks(text: &str, done: &mut Vec<Block>) {
    let lines = lines(text);
    let mut rest = lines.as_slice();
    while let Some(first) = rest.first() {
        let length = match line_start(first) {
            _ if is_blank(first) => 1,
            LineStart::Heading(level, text) => prefixed(text, |text| Block::Heading(level, text), done),
            LineStart::Quote(text) => prefixed(text, |text| Block::Quote(vec![Block::Paragraph(text)]), done),
            LineStart::Rule => {
                done.push(Block::Rule);
                1
            }
            LineStart::Row => {
                let (table, length) = table(rest);
                done.push(Block::Table(table));
                length
            }
            LineStart::Item(..) => {
                let length = rest.iter().take_while(|line| !is_blank(line)).count();
                let items = items_of(&rest[..length]);
                done.extend(build(&items, &mut 0, 1).into_iter().map(Block::List));
                length
            }
            LineStart::Text => {
                let text = |line: &&&str| !is_blank(line) && line_start(line) == LineStart::Text;
                let length = rest.iter().take_while(text).count();
                paragraphs(&rest[..length].join("\n"), done);
                length
            }
        };
        rest = &rest[length..];
    }
}

fn is_blank(line: &str) -> bool {
    line.trim_matches([' ', '\t', '\r']).is_empty()
}

/// Reads what one line begins; macros in it are blocks of their own. Tells how many lines that was.
fn prefixed(text: &str, block: impl Fn(Vec<Inline>) -> Block, done: &mut Vec<Block>) -> usize {
    let mut read = Vec::new();
    paragraphs(text, &mut read);
    done.extend(read.into_iter().map(|read| match read {
        Block::Paragraph(text) => block(text),
        other => other,
    }));
    1
}

/// Reads text and the macros in it.
fn paragraphs(text: &str, done: &mut Vec<Block>) {
    let mut finder = Finder::new(text);
    let (mut start, mut at) = (0, 0);
    while let Some(found) = finder.next(at) {
        push_text(&text[start..found.start], done);
        push_macro(found, done);
        at = found.end;
        start = at;
    }
    push_text(&text[start..], done);
}

fn push_text(text: &str, done: &mut Vec<Block>) {
    let text = text.trim_matches(['\n', ' ', '\t']);
    if !text.is_empty() {
        done.push(Block::Paragraph(inlines(text)));
    }
}

fn push_macro(found: Macro<'_>, done: &mut Vec<Block>) {
    let mut inner = Vec::new();
    match found.name {
        "quote" => {
            blocks(found.body, &mut inner);
            done.push(Block::Quote(inner));
        }
        "panel" => {
            blocks(found.body, &mut inner);
            done.push(Block::Panel(found.args.to_owned(), inner));
        }
        _ => done.push(Block::Code(code(found))),
    }
}

/// An item of a list before it has its place.
struct Item {
    level: usize,
    ordered: bool,
    text: String,
}

fn items_of(lines: &[&str]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for line in lines {
        match (line_start(line), items.last_mut()) {
            (LineStart::Item(marker, text), _) => items.push(Item {
                level: marker.len().min(DEEPEST),
                ordered: marker.ends_with('#'),
                text: text.to_owned(),
            }),
            (_, Some(item)) => {
                item.text.push('\n');
                item.text.push_str(line);
            }
            (_, None) => {}
        }
    }
    items
}

/// Builds the lists of one level from the items at `at` and after.
fn build(items: &[Item], at: &mut usize, level: usize) -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    while let Some(item) = items.get(*at).filter(|item| item.level >= level) {
        let above = lists.last_mut().and_then(|list| list.items.last_mut()).filter(|_| item.level > level);
        if let Some(above) = above {
            above.extend(build(items, at, level + 1).into_iter().map(Block::List));
            continue;
        }
        let mut blocks = Vec::new();
        paragraphs(&item.text, &mut blocks);
        match lists.last_mut() {
            Some(list) if list.ordered == item.ordered => list.items.push(blocks),
            _ => lists.push(List { ordered: item.ordered, items: vec![blocks] }),
        }
        *at += 1;
    }
    lists
}

/// Reads the rows that the lines begin with: a row goes on until a line ends with its mark, or the next begins with one.
fn table(lines: &[&str]) -> (Table, usize) {
    let mut rows: Vec<String> = Vec::new();
    let mut open = false;
    let mut length = 0;
    for line in lines {
        let starts = line_start(line) == LineStart::Row;
        if is_blank(line) || !(open || starts) {
            break;
        }
        match rows.last_mut().filter(|_| open && !starts) {
            Some(row) => {
                row.push('\n');
                row.push_str(line);
            }
            None => rows.push((*line).to_owned()),
        }
        open = !line.trim_end_matches(BLANK).ends_with('|');
        length += 1;
    }
    let mut rows: Vec<_> = rows.iter().map(|row| cells(row.trim_matches(BLANK))).collect();
    let headed = rows.first().is_some_and(|row| row.iter().all(|(heading, _)| *heading));
    let head = if headed { rows.remove(0) } else { Vec::new() };
    let head = head.into_iter().map(|(_, text)| cell_inlines(text)).collect();
    (Table { head, rows: rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect() }, length)
}

/// A heading among the rows is strong text: Markdown has headings in the first row alone.
fn cell((heading, text): (bool, &str)) -> Vec<Inline> {
    let text = cell_inlines(text);
    if heading { vec![Inline::Span(Mark::Strong, text)] } else { text }
}

/// The text of a cell; blocks in it are text with line breaks.
fn cell_inlines(text: &str) -> Vec<Inline> {
    let mut read = Vec::new();
    paragraphs(text, &mut read);
    let mut done = Vec::new();
    for block in read {
        if !done.is_empty() {
            done.push(Inline::Hard);
        }
        flatten(block, &mut done);
    }
    done
}

fn flatten(block: Block, done: &mut Vec<Inline>) {
    match block {
        Block::Paragraph(text) | Block::Heading(_, text) => done.extend(text),
        Block::Code(code) => {
            for (at, line) in code.text.split('\n').enumerate() {
                done.extend((at > 0).then_some(Inline::Hard));
                done.push(Inline::Code(line.to_owned()));
            }
        }
        Block::Quote(inner) | Block::Panel(_, inner) => inner.into_iter().for_each(|block| separate(block, done)),
        Block::List(list) => list.items.into_iter().flatten().for_each(|block| separate(block, done)),
        Block::Table(table) => {
            let cells = table.head.into_iter().chain(table.rows.into_iter().flatten());
            cells.for_each(|cell| separate(Block::Paragraph(cell), done));
        }
        Block::Rule => done.push(Inline::Text("----".to_owned())),
    }
}

fn separate(block: Block, done: &mut Vec<Inline>) {
    if !matches!(done.last(), None | Some(Inline::Hard)) {
        done.push(Inline::Hard);
    }
    flatten(block, done);
}

/// Splits a row into cells, each with whether it is a heading; what stands in links, images and tags parts nothing.
fn cells(row: &str) -> Vec<(bool, &str)> {
    let mut finder = Finder::new(row);
    let mut cells = Vec::new();
    let mut heading = row.starts_with("||");
    let mut start = if heading { 2 } else { 1 }.min(row.len());
    let mut at = start;
    while let Some(step) = row[at..].find(['|', '[', '!', '{', '\\']) {
        at += step;
        let rest = &row[at..];
        match row.as_bytes()[at] {
            b'|' => {
                cells.push((heading, &row[start..at]));
                heading = rest.starts_with("||");
                at += if heading { 2 } else { 1 };
                start = at;
            }
            b'[' => at = link_end(row, at).map_or(at + 1, |end| end + 1),
            b'!' => at = image_end(row, at).map_or(at + 1, |end| end + 1),
            b'{' => {
                let whole = finder.at(at).map(|found| found.end);
                at = whole.or_else(|| tag(rest).map(|found| at + found.length)).unwrap_or(at + 1);
            }
            _ => at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        }
    }
    if start < row.len() {
        cells.push((heading, &row[start..]));
    }
    cells
}
