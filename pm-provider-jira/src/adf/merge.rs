//! Puts the nodes of a stored document in the place of new ones that say the same.

mod align;
mod line;

use pm_markdown::Block;
use serde_json::{Map, Value};

use super::fold::{Place, fold_at};
use super::read::{self, alert, content, kind};
use super::write;

/// Merges blocks that stand in one place.
pub(super) fn blocks(old: &[Value], new: Vec<Value>, place: Place) -> Vec<Value> {
    let shown: Vec<_> = old.iter().map(|node| canonical(node, place)).collect();
    sequence(old, &shown, new, place)
}

/// What Markdown makes of a node: what new nodes are compared with.
fn canonical(node: &Value, place: Place) -> Vec<Value> {
    let read: Vec<Block> = read::blocks(std::slice::from_ref(node), 0);
    write::nodes(fold_at(pm_markdown::read(&pm_markdown::write(&read)), place), place)
}

/// Merges nodes; `shown` has what Markdown makes of each of the old ones.
fn sequence(old: &[Value], shown: &[Vec<Value>], new: Vec<Value>, place: Place) -> Vec<Value> {
    let kept = align::kept(shown, &new);
    let mut done = Vec::with_capacity(new.len());
    let mut rest = new.into_iter().enumerate().peekable();
    let mut next = 0;
    for (index, start) in kept {
        let before = take_until(&mut rest, start);
        gap(&old[next..index], &shown[next..index], before, place, &mut done);
        done.push(old[index].clone());
        take_until(&mut rest, start + shown[index].len());
        next = index + 1;
    }
    let last = rest.map(|(_, node)| node).collect();
    gap(&old[next..], &shown[next..], last, place, &mut done);
    done
}

fn take_until(rest: &mut std::iter::Peekable<impl Iterator<Item = (usize, Value)>>, end: usize) -> Vec<Value> {
    std::iter::from_fn(|| rest.next_if(|(at, _)| *at < end).map(|(_, node)| node)).collect()
}

/// Merges nodes none of which is the same; such as show nothing at the edges stay.
fn gap(old: &[Value], shown: &[Vec<Value>], new: Vec<Value>, place: Place, done: &mut Vec<Value>) {
    let is_empty = |at: &usize| shown[*at].is_empty();
    let first = (0..old.len()).take_while(is_empty).count();
    let last = old.len() - (first..old.len()).rev().take_while(is_empty).count();
    done.extend_from_slice(&old[..first]);
    let old_middle = &old[first..last];
    let partners = align::partners(old_middle, &new);
    for (node, partner) in new.into_iter().zip(partners) {
        done.push(match partner {
            Some(partner) => merged(&old_middle[partner], node, place),
            None => node,
        });
    }
    done.extend_from_slice(&old[last..]);
}

/// Merges a new node with the old one that it stands for.
fn merged(old: &Value, mut new: Value, place: Place) -> Value {
    let known = content(old);
    let inner = match new.get_mut("content").map(Value::take) {
        Some(Value::Array(inner)) => inner,
        _ => Vec::new(),
    };
    let inner = match kind(&new) {
        "paragraph" | "heading" | "taskItem" => line::restored(known, inner),
        "bulletList" | "orderedList" | "taskList" | "table" | "tableRow" => children(old, inner, place),
        "blockquote" => blocks(known, inner, Place::Quote),
        "panel" => blocks(known, inner, Place::Panel),
        "expand" => blocks(known, inner, Place::Expand),
        "nestedExpand" => blocks(known, inner, Place::Nested),
        "listItem" => {
            blocks(read::filled(known), inner, if place == Place::Quote { Place::Quote } else { Place::Item })
        }
        "tableCell" | "tableHeader" => cell(known, inner),
        _ => inner,
    };
    if kind(old) == kind(&new) {
        keep_attributes(old, &mut new);
    }
    if !inner.is_empty() {
        new["content"] = Value::Array(inner);
    } else if let Some(node) = new.as_object_mut() {
        node.remove("content");
    }
    new
}

/// Merges what a list or a table holds: its children mean nothing alone, so that what Markdown makes of them is taken
/// from what it makes of the whole.
fn children(old: &Value, new: Vec<Value>, place: Place) -> Vec<Value> {
    let whole = match kind(old) {
        "tableRow" => canonical(&serde_json::json!({"type": "table", "content": [old]}), Place::Top)
            .first()
            .and_then(|table| content(table).first().cloned()),
        _ => canonical(old, place).into_iter().next(),
    };
    let known = content(old);
    let shown = whole.as_ref().map(content).unwrap_or_default();
    let inner = if kind(old) == "taskList" { Place::Item } else { place };
    if shown.len() == known.len() {
        let shown: Vec<_> = shown.iter().map(|node| vec![node.clone()]).collect();
        sequence(known, &shown, new, inner)
    } else {
        let shown = vec![vec![Value::Null]; known.len()];
        sequence(known, &shown, new, inner)
    }
}

/// A cell with one paragraph keeps it; one with more gets the new text.
fn cell(old: &[Value], mut new: Vec<Value>) -> Vec<Value> {
    match (old, new.as_slice()) {
        ([old], [text]) if kind(old) == "paragraph" && kind(text) == "paragraph" => {
            vec![merged(old, new.remove(0), Place::Top)]
        }
        _ => new,
    }
}

/// The attributes that Markdown says: those of the new node count.
const SAID: [&str; 6] = ["order", "level", "language", "title", "state", "url"];

/// Gives a node the attributes and marks of the old one that Markdown says nothing of.
fn keep_attributes(old: &Value, new: &mut Value) {
    let mut attributes: Map<String, Value> = old["attrs"].as_object().cloned().unwrap_or_default();
    attributes.retain(|name, _| !SAID.contains(&name.as_str()));
    let same_panel = kind(old) == "panel" && alert(old) == alert(new);
    if kind(old) == "panel" && !same_panel {
        attributes.retain(|name, _| !name.starts_with("panel"));
    }
    for (name, value) in new["attrs"].as_object().into_iter().flatten() {
        let is_known = (name == "localId" && attributes.contains_key(name)) || (same_panel && name == "panelType");
        if !is_known {
            attributes.insert(name.clone(), value.clone());
        }
    }
    if !attributes.is_empty() {
        new["attrs"] = Value::Object(attributes);
    }
    // The alignment of a column is said; other marks of blocks are not.
    let is_said = |mark: &&Value| kind(mark) == "alignment";
    let old_marks = old["marks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let in_cell = new["marks"].is_array();
    let mut marks: Vec<Value> = old_marks.iter().filter(|mark| !(in_cell && is_said(mark))).cloned().collect();
    marks.extend(new["marks"].as_array().into_iter().flatten().cloned());
    if !marks.is_empty() && kind(new) != "text" {
        new["marks"] = Value::Array(marks);
    }
}
