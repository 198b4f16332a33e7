//! Reads Redmine's Textile into the model: the blocks.

use super::syntax::{Prefix, is_rule, list_marker, prefix};
use super::textile_read_inline::inlines;
use super::verbatim::{Finder, code, lines};
use pm_markdown::{Alignment, Block, DEEPEST, Inline, Item as ListItem, List, Mark, Table};

/// Reads a document; what comes out is not canonical yet.
pub(super) fn read(textile: &str) -> Vec<Block> {
    let mut done = Vec::new();
    blocks(&lines(textile), 0, &mut done);
    done
}

fn blocks(lines: &[&str], depth: usize, done: &mut Vec<Block>) {
    let quotes = |line: &str| depth < DEEPEST && line.starts_with('>');
    let mut rest = lines;
    let mut plain = false;
    while let Some(first) = rest.first() {
        if is_blank(first) {
            rest = &rest[1..];
            continue;
        }
        let quoted = quotes(first);
        let same = |line: &&&str| quotes(line) == quoted && (quoted || !is_blank(line));
        let (block, others) = rest.split_at(rest.iter().take_while(same).count());
        if quoted {
            let inner: Vec<_> = block.iter().map(|line| line[1..].trim_start_matches(' ')).collect();
            let mut quote = Vec::new();
            blocks(&inner, depth + 1, &mut quote);
            done.push(Block::Quote(quote));
        } else if first.starts_with(' ') && plain {
            indented(block, done);
        } else {
            chunk(block, done);
        }
        plain = !quoted && list_marker(first).is_none();
        rest = others;
    }
}

fn is_blank(line: &str) -> bool {
    line.trim_matches([' ', '\t']).is_empty()
}

/// Lines that are indented after text are code, or a list that someone indented.
fn indented(lines: &[&str], done: &mut Vec<Block>) {
    let indent = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let least = lines.iter().map(indent).min().unwrap_or_default();
    let lines: Vec<_> = lines.iter().map(|line| &line[least..]).collect();
    let first = lines.first().copied().unwrap_or_default();
    if list_marker(first).is_some() || first.starts_with('|') || prefix(first).is_some() || first.contains("<pre") {
        chunk(&lines, done);
    } else {
        done.push(Block::Code(pm_markdown::Code::new("", lines.join("\n"))));
    }
}

/// Reads lines that no empty line parts.
fn chunk(lines: &[&str], done: &mut Vec<Block>) {
    if let [line] = lines
        && is_rule(line.trim_end())
        && list_marker(line).is_none()
    {
        done.push(Block::Rule);
        return;
    }
    let first = lines.first().copied().unwrap_or_default().trim_start_matches(' ');
    let found = prefix(first).filter(|found| !found.adorned && !found.tag.starts_with("fn"));
    let is_table = lines.last().is_some_and(|line| line.trim_end().ends_with('|'));
    let special = |line: &&str| list_marker(line).is_some() || (is_table && line.starts_with('|'));
    let start = lines.iter().take_while(|line| !special(line)).count();
    let (text, rest) = lines.split_at(start);
    let mut text: Vec<_> = text.to_vec();
    if let (Some(line), Some(found)) = (text.first_mut(), &found) {
        *line = &first[found.content..];
    }
    prefixed(&text.join("\n"), found, done);
    let list = rest.iter().take_while(|line| !is_table || !line.starts_with('|')).count();
    let (items, rows) = rest.split_at(list);
    done.extend(build(&items_of(items), &mut 0, 1).into_iter().map(Block::List));
    if !rows.is_empty() {
        done.push(Block::Table(table(rows)));
    }
}

/// Reads text with what stood before it; code in it is a block of its own.
fn prefixed(text: &str, found: Option<Prefix<'_>>, done: &mut Vec<Block>) {
    let mut blocks = Vec::new();
    paragraphs(text, &mut blocks);
    match found.map(|found| found.tag) {
        Some("bq") => done.push(Block::Quote(blocks)),
        Some(heading) if heading.starts_with('h') => {
            let level = heading.as_bytes().last().map_or(1, |digit| digit.saturating_sub(b'0'));
            done.extend(blocks.into_iter().map(|block| match block {
                Block::Paragraph(text) => Block::Heading(level, text),
                other => other,
            }));
        }
        _ => done.append(&mut blocks),
    }
}

fn paragraphs(text: &str, done: &mut Vec<Block>) {
    let mut finder = Finder::new(text);
    let mut start = 0;
    let mut at = 0;
    while let Some(found) = finder.next(at) {
        at = found.end;
        if found.name == "pre" {
            done.push(Block::Paragraph(inlines(&text[start..found.start])));
            done.push(Block::Code(code(found)));
            start = at;
        }
    }
    if start < text.len() {
        done.push(Block::Paragraph(inlines(&text[start..])));
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
        match (list_marker(line), items.last_mut()) {
            (None, Some(item)) => {
                item.text.push('\n');
                item.text.push_str(line);
            }
            (marker, _) => {
                let (marker, content) = marker.unwrap_or_default();
                let text = line[content..].to_owned();
                items.push(Item { level: marker.len().min(DEEPEST), ordered: marker.ends_with('#'), text });
            }
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
            above.blocks.extend(build(items, at, level + 1).into_iter().map(Block::List));
            continue;
        }
        let mut blocks = Vec::new();
        paragraphs(&item.text, &mut blocks);
        match lists.last_mut() {
            Some(list) if list.is_ordered() == item.ordered => list.items.push(ListItem::new(blocks)),
            _ => lists.push(List { start: item.ordered.then_some(1), items: vec![ListItem::new(blocks)] }),
        }
        *at += 1;
    }
    lists
}

/// A cell: whether it is a heading, how it is aligned, its text.
type Cell<'a> = (bool, Alignment, &'a str);

fn table(lines: &[&str]) -> Table {
    let text = lines.join("\n");
    let mut rows = Vec::new();
    let mut start = 0;
    for (end, _) in text.match_indices('\n').chain([(text.len(), "")]) {
        if text[start..end].trim_end().ends_with('|') && end > start {
            rows.push(cells(text[start..end].trim_end()));
            start = end + 1;
        }
    }
    let alignments = rows.first().map(|row| row.iter().map(|cell| cell.1).collect()).unwrap_or_default();
    let headed = rows.first().is_some_and(|row| row.iter().all(|cell| cell.0));
    let mut rows = rows.into_iter();
    let head = if headed { rows.next() } else { None };
    let head = head.unwrap_or_default().into_iter().map(|(_, _, text)| inlines(text)).collect();
    Table { alignments, head, rows: rows.map(|row| row.into_iter().map(cell).collect()).collect() }
}

/// A heading among the rows is strong text: Markdown has headings in the first row alone.
fn cell((heading, _, text): Cell<'_>) -> Vec<Inline> {
    let text = inlines(text);
    if heading { vec![Inline::Span(Mark::Strong, text)] } else { text }
}

fn cells(row: &str) -> Vec<Cell<'_>> {
    let mut finder = Finder::new(row);
    let mut cells = Vec::new();
    let mut start = usize::from(row.starts_with('|'));
    let mut at = start;
    while let Some(step) = row[at..].find(['|', '[', '<']) {
        at += step;
        match row.as_bytes()[at] {
            b'|' => {
                cells.push(modified(&row[start..at]));
                start = at + 1;
                at = start;
            }
            b'<' => at = finder.at(at).map_or(at + 1, |found| found.end),
            _ => at += wiki_link(&row[at..]).unwrap_or(1),
        }
    }
    cells
}

/// How long the link to a wiki page is that `text` begins with: its `|` parts no cells.
fn wiki_link(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("[[")?;
    let page = rest.find(['|', ']', '\n'])?;
    let title = rest[page..].strip_prefix('|')?;
    let end = title.find(['|', ']', '\n'])?;
    title[end..].starts_with("]]").then_some(2 + page + 1 + end + 2)
}

fn modified(cell: &str) -> Cell<'_> {
    let heading = cell.starts_with('_');
    let rest = cell.strip_prefix('_').unwrap_or(cell);
    let (alignment, rest) = match rest.as_bytes().first() {
        Some(b'<') => (Alignment::Left, &rest[1..]),
        Some(b'=') => (Alignment::Center, &rest[1..]),
        Some(b'>') => (Alignment::Right, &rest[1..]),
        _ => (Alignment::None, rest),
    };
    match rest.strip_prefix('.') {
        Some(text) if heading || alignment != Alignment::None => (heading, alignment, text),
        _ => (false, Alignment::None, cell),
    }
}
