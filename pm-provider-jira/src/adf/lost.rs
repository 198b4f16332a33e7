//! What a change takes away that Markdown has no words for.

use std::fmt;

use serde_json::Value;

use super::read::{DEEPEST, attribute, content, kind};
use super::read_inline::{card_url, media_name, said};

/// The nodes of a document that a change would take away, by what they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LostNodes {
    groups: Vec<Group>,
}

/// Nodes of one sort, with the names that they have.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    word: String,
    names: Vec<String>,
}

impl LostNodes {
    /// Tells whether nothing is lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// How many nodes are lost.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.names.len()).sum()
    }

    /// What a document has and a later one has not.
    pub(super) fn between(old: &Value, new: &Value) -> Self {
        let (mut groups, mut kept) = (Self::default(), Self::default());
        groups.collect(old, false, 0);
        kept.collect(new, false, 0);
        for group in &mut groups.groups {
            let mut there = kept.counts(&group.word);
            group.names.retain(|name| match there.get_mut(name) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            });
        }
        groups.groups.retain(|group| !group.names.is_empty());
        groups
    }

    fn counts(&self, word: &str) -> std::collections::HashMap<&String, usize> {
        let mut counts = std::collections::HashMap::new();
        for name in self.groups.iter().filter(|group| group.word == word).flat_map(|group| &group.names) {
            *counts.entry(name).or_default() += 1;
        }
        counts
    }

    fn collect(&mut self, node: &Value, in_cell: bool, depth: usize) {
        if let Some((word, name)) = special(node) {
            self.push(word, name);
        } else if in_cell && is_block_of_cell(node) {
            self.push(&format!("{} in a cell", kind(node)), String::new());
        }
        for mark in node["marks"].as_array().into_iter().flatten() {
            if let Some(word) = mark_word(kind(mark)) {
                self.push(word, String::new());
            }
        }
        let in_cell = in_cell || matches!(kind(node), "tableCell" | "tableHeader");
        if depth < 2 * DEEPEST {
            content(node).iter().for_each(|inner| self.collect(inner, in_cell, depth + 1));
        }
    }

    fn push(&mut self, word: &str, name: String) {
        match self.groups.iter_mut().find(|group| group.word == word) {
            Some(group) => group.names.push(name),
            None => self.groups.push(Group { word: word.to_owned(), names: vec![name] }),
        }
    }
}

/// The word for a node that Markdown cannot make again, and its name.
fn special(node: &Value) -> Option<(&str, String)> {
    let words = || said(node).unwrap_or_default();
    let own = |name: &str| attribute(node, name).to_owned();
    Some(match kind(node) {
        "mention" => ("mention", words()),
        "emoji" => ("emoji", words()),
        "date" => ("date", words()),
        "status" => ("status", words()),
        "placeholder" => ("placeholder", words()),
        "inlineCard" | "blockCard" | "embedCard" => ("card", card_url(node).to_owned()),
        "media" | "mediaInline" if attribute(node, "url").is_empty() => ("media", media_name(node).to_owned()),
        "media" => ("media", own("url")),
        "extension" | "bodiedExtension" | "inlineExtension" | "multiBodiedExtension" => {
            ("extension", own("extensionKey"))
        }
        "panel" => ("panel", String::new()),
        "expand" | "nestedExpand" => ("expand", String::new()),
        "layoutSection" => ("layout", String::new()),
        "decisionItem" => ("decision", String::new()),
        "tableCell" | "tableHeader" if spans(node) => ("merged cell", String::new()),
        plain if PLAIN.contains(&plain) => return None,
        unknown => (unknown, String::new()),
    })
}

/// What Markdown makes again, and what only holds what counts itself.
const PLAIN: [&str; 22] = [
    "",
    "doc",
    "paragraph",
    "heading",
    "text",
    "hardBreak",
    "bulletList",
    "orderedList",
    "listItem",
    "codeBlock",
    "blockquote",
    "rule",
    "table",
    "tableRow",
    "tableCell",
    "tableHeader",
    "taskList",
    "taskItem",
    "mediaSingle",
    "mediaGroup",
    "layoutColumn",
    "caption",
];

fn spans(cell: &Value) -> bool {
    ["colspan", "rowspan"].into_iter().any(|name| cell["attrs"][name].as_u64().is_some_and(|cells| cells > 1))
}

/// Cells hold one text in Markdown.
fn is_block_of_cell(node: &Value) -> bool {
    matches!(
        kind(node),
        "heading"
            | "bulletList"
            | "orderedList"
            | "codeBlock"
            | "blockquote"
            | "rule"
            | "taskList"
            | "decisionList"
            | "table"
    )
}

fn mark_word(mark: &str) -> Option<&str> {
    match mark {
        "textColor" => Some("coloured text"),
        "backgroundColor" => Some("highlighted text"),
        "annotation" => Some("comment on text"),
        _ => None,
    }
}

/// How many names are told.
const MOST_NAMES: usize = 5;

impl fmt::Display for LostNodes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, group) in self.groups.iter().enumerate() {
            let between = if at > 0 { ", " } else { "" };
            let count = group.names.len();
            write!(formatter, "{between}{count} {}", plural(&group.word, count))?;
            let names: Vec<_> = group.names.iter().filter(|name| !name.is_empty()).collect();
            if !names.is_empty() {
                let told: Vec<_> = names.iter().take(MOST_NAMES).map(|name| name.as_str()).collect();
                let more = if names.len() > MOST_NAMES { ", …" } else { "" };
                write!(formatter, " ({}{more})", told.join(", "))?;
            }
        }
        Ok(())
    }
}

fn plural(word: &str, count: usize) -> String {
    match word {
        word if count == 1 => word.to_owned(),
        "media" | "coloured text" | "highlighted text" => word.to_owned(),
        "status" => "statuses".to_owned(),
        "comment on text" => "comments on text".to_owned(),
        word => match word.strip_suffix(" in a cell") {
            Some(kind) => format!("{kind}s in cells"),
            None => format!("{word}s"),
        },
    }
}
