//! Writes folded blocks as ADF.

use pm_markdown::{AlertKind, Alignment, Block, Inline, Item, List, Table};
use serde_json::{Map, Value, json};

use super::details::{Section, sections};
use super::fold::{Place, box_of, is_picture, is_task_list};
use super::runs::runs;
use super::write_inline::{link_mark, text_nodes};

/// Writes blocks; tasks get their ids later.
pub(super) fn nodes(blocks: Vec<Block>, place: Place) -> Vec<Value> {
    let Some(inside) = place.section() else {
        return blocks.into_iter().map(|inner| block(inner, place)).collect();
    };
    let section = |section| match section {
        Section::Block(inner) => block(inner, place),
        Section::Details(title, inner) => {
            let kind = if place == Place::Top { "expand" } else { "nestedExpand" };
            json!({"type": kind, "attrs": {"title": title}, "content": filled(nodes(inner, inside))})
        }
    };
    sections(blocks).into_iter().map(section).collect()
}

/// What may not be empty gets an empty paragraph.
fn filled(mut nodes: Vec<Value>) -> Vec<Value> {
    if nodes.is_empty() {
        nodes.push(json!({"type": "paragraph"}));
    }
    nodes
}

fn block(block: Block, place: Place) -> Value {
    match block {
        Block::Paragraph(text) if is_picture(&text) => picture(&text),
        Block::Paragraph(text) => paragraph(&text),
        Block::Heading(level, text) => {
            json!({"type": "heading", "attrs": {"level": level}, "content": text_nodes(&runs(&text))})
        }
        Block::Quote(inner) => json!({"type": "blockquote", "content": filled(nodes(inner, Place::Quote))}),
        Block::Alert(kind, inner) => json!({
            "type": "panel", "attrs": {"panelType": panel_type(kind)}, "content": filled(nodes(inner, Place::Panel))
        }),
        Block::Code(code) => {
            let mut node = json!({"type": "codeBlock"});
            if !code.info.is_empty() {
                node["attrs"] = json!({"language": code.info});
            }
            if !code.text.is_empty() {
                node["content"] = json!([{"type": "text", "text": code.text}]);
            }
            node
        }
        Block::List(read) if is_task_list(&read, place) => task_list(read),
        Block::List(read) => list(read, place),
        Block::Table(read) => table(&read),
        Block::Rule => json!({"type": "rule"}),
        // Folded documents have none but sections, which are nodes by now.
        Block::Html(html) => paragraph(&[Inline::Text(html)]),
    }
}

fn paragraph(text: &[Inline]) -> Value {
    json!({"type": "paragraph", "content": text_nodes(&runs(text))})
}

/// The panel for each kind of alert; both have five.
pub(super) fn panel_type(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Note => "info",
        AlertKind::Tip => "success",
        AlertKind::Important => "note",
        AlertKind::Warning => "warning",
        AlertKind::Caution => "error",
    }
}

fn picture(text: &[Inline]) -> Value {
    let (link, image) = match text {
        [Inline::Link(link, inner)] => (Some(link), inner.first()),
        text => (None, text.first()),
    };
    let Some(Inline::Image(target, alt)) = image else { return paragraph(text) };
    let mut media = json!({"type": "media", "attrs": {"type": "external", "url": target.url}});
    if !alt.is_empty() {
        media["attrs"]["alt"] = json!(alt);
    }
    if let Some(link) = link {
        media["marks"] = json!([link_mark(link)]);
    }
    let mut content = vec![media];
    if !target.title.is_empty() {
        content.push(json!({"type": "caption", "content": [{"type": "text", "text": target.title}]}));
    }
    json!({"type": "mediaSingle", "attrs": {"layout": "center"}, "content": content})
}

fn list(read: List, place: Place) -> Value {
    let inner = if place == Place::Quote { Place::Quote } else { Place::Item };
    let kind = if read.is_ordered() { "orderedList" } else { "bulletList" };
    let mut node = json!({"type": kind});
    if let Some(start) = read.start.filter(|start| *start != 1) {
        node["attrs"] = json!({"order": start});
    }
    node["content"] = read.items.into_iter().map(|entry| item(entry, inner)).collect();
    node
}

/// An item begins with text: older servers refuse one that begins with a list.
fn item(mut item: Item, place: Place) -> Value {
    if let Some(done) = item.task {
        match item.blocks.first_mut() {
            Some(Block::Paragraph(text)) if !is_picture(text) => {
                text.insert(0, Inline::Text(format!("{} ", box_of(done))));
            }
            _ => item.blocks.insert(0, Block::Paragraph(vec![Inline::text(box_of(done))])),
        }
    }
    let mut content = nodes(item.blocks, place);
    if content
        .first()
        .is_none_or(|first| matches!(first["type"].as_str(), Some("bulletList" | "orderedList" | "taskList")))
    {
        content.insert(0, json!({"type": "paragraph"}));
    }
    json!({"type": "listItem", "content": content})
}

fn task_list(read: List) -> Value {
    let mut content = Vec::new();
    for item in read.items {
        let state = if item.task == Some(true) { "DONE" } else { "TODO" };
        let mut blocks = item.blocks.into_iter().peekable();
        let text = blocks.next_if(|block| matches!(block, Block::Paragraph(_)));
        let mut node = json!({"type": "taskItem", "attrs": {"localId": "", "state": state}});
        if let Some(Block::Paragraph(text)) = text {
            node["content"] = json!(text_nodes(&runs(&text)));
        }
        content.push(node);
        content.extend(
            blocks.filter_map(|block| if let Block::List(inner) = block { Some(task_list(inner)) } else { None }),
        );
    }
    json!({"type": "taskList", "attrs": {"localId": ""}, "content": content})
}

fn table(read: &Table) -> Value {
    let head = (!read.head.is_empty()).then(|| row(&read.head, &read.alignments, "tableHeader"));
    let rows = read.rows.iter().map(|cells| row(cells, &read.alignments, "tableCell"));
    json!({"type": "table", "content": head.into_iter().chain(rows).collect::<Vec<_>>()})
}

fn row(cells: &[Vec<Inline>], alignments: &[Alignment], kind: &str) -> Value {
    let cell = |(text, alignment): (&Vec<Inline>, &Alignment)| {
        let mut paragraph = paragraph(text);
        if let Some(align) = align(*alignment) {
            paragraph["marks"] = json!([{"type": "alignment", "attrs": {"align": align}}]);
        }
        json!({"type": kind, "content": [paragraph]})
    };
    json!({"type": "tableRow", "content": cells.iter().zip(alignments).map(cell).collect::<Vec<_>>()})
}

fn align(alignment: Alignment) -> Option<&'static str> {
    match alignment {
        Alignment::None | Alignment::Left => None,
        Alignment::Center => Some("center"),
        Alignment::Right => Some("end"),
    }
}

/// Gives an id to each task that has none: the first numbers that no node of the document has.
pub(super) fn number_tasks(document: &mut Value) {
    let mut taken = std::collections::HashSet::new();
    collect_ids(document, &mut taken);
    let mut next = 1_u64;
    give_ids(document, &taken, &mut next);
}

fn collect_ids(node: &Value, taken: &mut std::collections::HashSet<String>) {
    if let Some(id) = node["attrs"]["localId"].as_str() {
        taken.insert(id.to_owned());
    }
    node["content"].as_array().into_iter().flatten().for_each(|inner| collect_ids(inner, taken));
}

fn give_ids(node: &mut Value, taken: &std::collections::HashSet<String>, next: &mut u64) {
    let is_task = matches!(node["type"].as_str(), Some("taskList" | "taskItem"));
    if is_task && node["attrs"]["localId"] == "" {
        while taken.contains(&next.to_string()) {
            *next += 1;
        }
        node["attrs"]["localId"] = Value::String(next.to_string());
        *next += 1;
    }
    if let Some(content) = node.get_mut("content").and_then(Value::as_array_mut) {
        content.iter_mut().for_each(|inner| give_ids(inner, taken, next));
    }
}

/// Puts nodes into a document.
pub(super) fn document(content: Vec<Value>) -> Value {
    let mut document = Map::new();
    document.insert("type".to_owned(), json!("doc"));
    document.insert("version".to_owned(), json!(1));
    document.insert("content".to_owned(), Value::Array(content));
    Value::Object(document)
}
