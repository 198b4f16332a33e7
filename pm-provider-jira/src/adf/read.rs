//! Reads ADF's blocks.

use pm_markdown::{AlertKind, Block, Code, Inline, Item, Lines, List, Mark};
use serde_json::Value;

use super::details;
use super::fold::boxed;
use super::read_inline::{card, media_name, text};
use super::read_table::table;
use super::runs::{Piece, Run, inlines};

/// What stands deeper than this is left out: a document of the editor never is.
pub(super) const DEEPEST: usize = 40;

/// What a node holds.
pub(super) fn content(node: &Value) -> &[Value] {
    node["content"].as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn kind(node: &Value) -> &str {
    node["type"].as_str().unwrap_or_default()
}

/// An attribute that is a text.
pub(super) fn attribute<'a>(node: &'a Value, name: &str) -> &'a str {
    node["attrs"][name].as_str().unwrap_or_default()
}

/// Reads nodes; whatever they are, something comes out that says what they say.
pub(super) fn blocks(nodes: &[Value], depth: usize) -> Vec<Block> {
    let mut done = Vec::new();
    let mut line: Vec<Value> = Vec::new();
    for node in nodes {
        if is_inline(node) {
            line.push(node.clone());
            continue;
        }
        push_line(&mut line, &mut done);
        if depth < DEEPEST {
            block(node, depth + 1, &mut done);
        }
    }
    push_line(&mut line, &mut done);
    done
}

/// Text that stands where blocks belong is a paragraph.
fn push_line(line: &mut Vec<Value>, done: &mut Vec<Block>) {
    if !line.is_empty() {
        done.push(Block::Paragraph(text(&std::mem::take(line), Lines::Many)));
    }
}

fn is_inline(node: &Value) -> bool {
    matches!(
        kind(node),
        "text"
            | "hardBreak"
            | "mention"
            | "emoji"
            | "date"
            | "status"
            | "inlineCard"
            | "placeholder"
            | "inlineExtension"
            | "mediaInline"
    )
}

fn block(node: &Value, depth: usize, done: &mut Vec<Block>) {
    let inner = || blocks(content(node), depth);
    match kind(node) {
        "paragraph" => done.push(Block::Paragraph(text(content(node), Lines::Many))),
        "heading" => {
            let level = node["attrs"]["level"].as_u64().map_or(1, |level| level.clamp(1, 6));
            done.push(Block::Heading(u8::try_from(level).unwrap_or(1), text(content(node), Lines::One)));
        }
        "blockquote" => done.push(Block::Quote(inner())),
        "panel" => done.push(Block::Alert(alert(node), inner())),
        "codeBlock" => done.push(Block::Code(Code::new(attribute(node, "language"), plain(node)))),
        "rule" => done.push(Block::Rule),
        "bulletList" => done.push(Block::List(List { start: None, items: items(node, depth) })),
        "orderedList" => {
            let start = node["attrs"]["order"].as_u64().unwrap_or(1);
            done.push(Block::List(List { start: Some(start), items: items(node, depth) }));
        }
        "taskList" => done.push(Block::List(List { start: None, items: tasks(node, depth) })),
        "decisionList" => done.push(Block::List(List { start: None, items: decisions(node) })),
        "table" => done.push(Block::Table(table(node, depth))),
        "expand" | "nestedExpand" => {
            done.push(details::opened(attribute(node, "title")));
            done.append(&mut inner());
            done.push(details::closed());
        }
        "mediaSingle" | "mediaGroup" | "media" => media(node, done),
        "blockCard" | "embedCard" => done.push(Block::Paragraph(card(node))),
        _ => other(node, depth, done),
    }
}

/// The alert for each sort of panel.
pub(super) fn alert(node: &Value) -> AlertKind {
    match attribute(node, "panelType") {
        "success" | "tip" => AlertKind::Tip,
        "note" => AlertKind::Important,
        "warning" => AlertKind::Warning,
        "error" => AlertKind::Caution,
        _ => AlertKind::Note,
    }
}

fn plain(node: &Value) -> String {
    content(node).iter().map(|inner| inner["text"].as_str().unwrap_or_default()).collect()
}

fn items(node: &Value, depth: usize) -> Vec<Item> {
    content(node).iter().map(|item| boxed(Item::new(blocks(filled(within(item)), depth + 1)))).collect()
}

/// What stands after empty paragraphs.
pub(super) fn filled(nodes: &[Value]) -> &[Value] {
    let empty = |node: &&Value| kind(node) == "paragraph" && content(node).is_empty();
    &nodes[nodes.iter().take_while(empty).count()..]
}

/// What an item holds; a block that stands in a list without an item is one.
fn within(item: &Value) -> &[Value] {
    if kind(item) == "listItem" { content(item) } else { std::slice::from_ref(item) }
}

fn tasks(node: &Value, depth: usize) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for inner in content(node) {
        let task = Some(attribute(inner, "state") == "DONE");
        match (kind(inner), items.last_mut()) {
            ("taskItem", _) => {
                items.push(Item { task, blocks: vec![Block::Paragraph(text(content(inner), Lines::Many))] });
            }
            ("blockTaskItem", _) => items.push(Item { task, blocks: blocks(content(inner), depth + 1) }),
            // Tasks below a task stand beside it.
            ("taskList", Some(item)) if depth < DEEPEST => block(inner, depth + 1, &mut item.blocks),
            _ => items.push(Item::new(blocks(within(inner), depth + 1))),
        }
    }
    items
}

fn decisions(node: &Value) -> Vec<Item> {
    let decision = |inner: &Value| {
        let mark = Inline::Span(Mark::Strong, vec![Inline::text("Decision:")]);
        let said = text(content(inner), Lines::Many);
        Item::new(vec![Block::Paragraph([vec![mark, Inline::text(" ")], said].concat())])
    };
    content(node).iter().map(decision).collect()
}

/// An image that anybody can load is one; of a file that Jira stores only the name can be said.
fn media(node: &Value, done: &mut Vec<Block>) {
    let parts = if kind(node) == "media" { std::slice::from_ref(node) } else { content(node) };
    let caption = parts.iter().find(|part| kind(part) == "caption").map(|part| text(content(part), Lines::One));
    let mut runs: Vec<Run> = Vec::new();
    for part in parts.iter().filter(|part| kind(part) != "caption") {
        if !runs.is_empty() {
            runs.push(Run { piece: Piece::Break, marks: super::runs::Marks::default() });
        }
        runs.push(super::read_inline::media(part, node));
    }
    match (runs.as_slice(), caption) {
        ([Run { piece: Piece::Image(target, alt), marks }], caption) => {
            let title = caption.as_ref().map(|caption| pm_markdown::plain_text(caption)).unwrap_or_default();
            let image = Inline::Image(target.clone().titled(title), alt.clone());
            done.push(Block::Paragraph(match &marks.link {
                Some(link) => vec![Inline::Link(link.clone(), vec![image])],
                None => vec![image],
            }));
        }
        (runs, caption) => {
            done.push(Block::Paragraph(inlines(runs, Lines::Many)));
            done.extend(caption.map(Block::Paragraph));
        }
    }
}

/// Extensions say what they are; of unknown nodes the content is read, or whatever text they have.
fn other(node: &Value, depth: usize, done: &mut Vec<Block>) {
    let key = ["text", "extensionKey", "title", "url"]
        .into_iter()
        .map(|name| attribute(node, name))
        .find(|text| !text.is_empty());
    let said = match (kind(node), key) {
        ("extension" | "bodiedExtension" | "multiBodiedExtension" | "syncBlock" | "bodiedSyncBlock", key) => {
            Some(format!("[{}]", key.unwrap_or(kind(node))))
        }
        (_, key) => key.filter(|_| content(node).is_empty()).or(node["text"].as_str()).map(str::to_owned),
    };
    done.extend(said.map(|said| Block::Paragraph(vec![Inline::Text(said)])));
    done.append(&mut blocks(content(node), depth));
}

/// The name of a file in text.
pub(super) fn file(node: &Value) -> String {
    format!("\u{1f4ce} {}", media_name(node))
}
