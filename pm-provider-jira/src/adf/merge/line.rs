//! Puts mentions, emojis, dates, cards and coloured texts back where a changed text still says them.

use serde_json::Value;

use crate::adf::read::{attribute, kind};
use crate::adf::read_inline::{card_url, marks, said};

/// The nodes of a changed line, with those of the old line that it still says.
pub(super) fn restored(old: &[Value], new: Vec<Value>) -> Vec<Value> {
    let mut line = Line { nodes: new.into_iter().map(|node| (node, false)).collect(), next: 0 };
    let mut missed = 0;
    for node in old {
        let Some(shown) = special(node) else { continue };
        if missed < MOST_MISSED && !line.put_back(node, &shown) {
            missed += 1;
        }
    }
    line.nodes.into_iter().map(|(node, _)| node).collect()
}

/// After so many nodes that a line does not say any more no others are looked for.
const MOST_MISSED: usize = 100;

/// What a node shows that Markdown cannot make again.
fn special(node: &Value) -> Option<String> {
    let shown = match kind(node) {
        "text" if has_other_marks(node) => node["text"].as_str()?.to_owned(),
        "text" | "hardBreak" => return None,
        "inlineCard" => card_url(node).to_owned(),
        _ => said(node)?,
    };
    let shown = shown.trim().to_owned();
    (!shown.is_empty()).then_some(shown)
}

fn has_other_marks(node: &Value) -> bool {
    let known = ["strong", "em", "strike", "underline", "subsup", "link", "code"];
    node["marks"].as_array().is_some_and(|marks| marks.iter().any(|mark| !known.contains(&kind(mark))))
}

struct Line {
    /// The nodes, and whether each was put back.
    nodes: Vec<(Value, bool)>,
    /// Where to look for the next one: old nodes mostly stay in order.
    next: usize,
}

impl Line {
    fn put_back(&mut self, node: &Value, shown: &str) -> bool {
        let all = (self.next..self.nodes.len()).chain(0..self.next);
        let mut found = all.filter_map(|at| Some((at, self.place(at, node, shown)?)));
        let Some((at, place)) = found.next() else { return false };
        let (text, _) = self.nodes[at].clone();
        let written = text["text"].as_str().unwrap_or_default();
        let mut parts = Vec::new();
        push_part(&text, &written[..place], &mut parts);
        parts.push((node.clone(), true));
        let next = at + parts.len();
        push_part(&text, &written[place + shown.len()..], &mut parts);
        self.nodes.splice(at..=at, parts);
        self.next = next;
        true
    }

    /// Where a text says what a node shows.
    fn place(&self, at: usize, node: &Value, shown: &str) -> Option<usize> {
        let (text, restored) = &self.nodes[at];
        if *restored || kind(text) != "text" || !may_hold(text, node) {
            return None;
        }
        let written = text["text"].as_str()?;
        written.match_indices(shown).map(|(place, _)| place).take(MOST_MISSED).find(|place| {
            let joins = |inner: Option<char>, outer: Option<char>| {
                inner.is_some_and(char::is_alphanumeric) && outer.is_some_and(char::is_alphanumeric)
            };
            let (before, after) = (&written[..*place], &written[place + shown.len()..]);
            !joins(shown.chars().next(), before.chars().next_back())
                && !joins(shown.chars().next_back(), after.chars().next())
        })
    }
}

/// Tells whether a node can be part of a text that is marked in this way.
fn may_hold(text: &Value, node: &Value) -> bool {
    let is_code =
        |node: &Value| node["marks"].as_array().is_some_and(|marks| marks.iter().any(|mark| kind(mark) == "code"));
    match kind(node) {
        "text" => marks(text) == marks(node) && is_code(text) == is_code(node),
        "inlineCard" => !is_code(text) && marks(text).link.is_none_or(|link| link.url == card_url(node)),
        _ => !is_code(text) && marks(text).link.is_none_or(|_| !attribute(node, "url").is_empty()),
    }
}

fn push_part(text: &Value, part: &str, parts: &mut Vec<(Value, bool)>) {
    if !part.is_empty() {
        let mut node = text.clone();
        node["text"] = Value::String(part.to_owned());
        parts.push((node, false));
    }
}
