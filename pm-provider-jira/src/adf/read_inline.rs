//! Reads ADF's text and what stands in it.

use chrono::DateTime;
use pm_markdown::{Inline, Lines, Target};
use serde_json::Value;

use super::read::{attribute, content, file, kind};
use super::runs::{Marks, Piece, Run, Script, inlines, joined, pictured};

/// Reads nodes that stand in a line.
pub(super) fn text(nodes: &[Value], lines: Lines) -> Vec<Inline> {
    let mut runs = Vec::new();
    nodes.iter().for_each(|node| push(node, 0, &mut runs));
    inlines(&joined(runs), lines)
}

fn push(node: &Value, depth: usize, runs: &mut Vec<Run>) {
    match kind(node) {
        "text" => runs.push(pictured(Run { piece: piece(node), marks: marks(node) })),
        "hardBreak" => runs.push(Run { piece: Piece::Break, marks: Marks::default() }),
        "media" => runs.push(media(node, &Value::Null)),
        "inlineCard" | "blockCard" | "embedCard" => {
            let url = card_url(node);
            let link = if is_address(url) { Some(Target::new(url)) } else { None };
            runs.push(Run { piece: Piece::Text(url.to_owned()), marks: Marks { link, ..Marks::default() } });
        }
        _ => match said(node) {
            Some(said) => runs.push(Run { piece: Piece::Text(said), marks: marks(node) }),
            // Unknown nodes are what they hold.
            None if depth < super::read::DEEPEST => {
                content(node).iter().for_each(|inner| push(inner, depth + 1, runs));
            }
            None => {}
        },
    }
}

fn piece(node: &Value) -> Piece {
    let text = node["text"].as_str().unwrap_or_default().to_owned();
    if is_code(node) { Piece::Code(text) } else { Piece::Text(text) }
}

/// The marks of a text that Markdown has as well.
pub(super) fn marks(node: &Value) -> Marks {
    let mut marks = Marks::default();
    for mark in node["marks"].as_array().into_iter().flatten() {
        match kind(mark) {
            "strong" => marks.strong = true,
            "em" => marks.emphasis = true,
            "strike" => marks.deleted = true,
            "underline" => marks.underlined = true,
            "subsup" => {
                marks.script = Some(if attribute(mark, "type") == "sub" { Script::Below } else { Script::Above });
            }
            "link" if !attribute(mark, "href").is_empty() => {
                marks.link = Some(Target::new(attribute(mark, "href")).titled(attribute(mark, "title")));
            }
            _ => {}
        }
    }
    if is_code(node) { Marks { link: marks.link, ..Marks::default() } } else { marks }
}

fn is_code(node: &Value) -> bool {
    node["marks"].as_array().is_some_and(|marks| marks.iter().any(|mark| kind(mark) == "code"))
}

/// What a node of a line that is neither text nor card says in words.
pub(super) fn said(node: &Value) -> Option<String> {
    let own = |name: &str| Some(attribute(node, name)).filter(|text| !text.is_empty());
    match kind(node) {
        "mention" => {
            let name = own("text").or(own("id")).unwrap_or("unknown");
            Some(format!("@{}", name.strip_prefix('@').unwrap_or(name)))
        }
        "emoji" => own("text").or(own("shortName")).map(str::to_owned),
        "date" => Some(date(node)),
        "status" | "placeholder" => own("text").map(str::to_owned),
        "inlineExtension" => {
            Some(own("text").map_or_else(|| format!("[{}]", own("extensionKey").unwrap_or("extension")), str::to_owned))
        }
        "mediaInline" => Some(file(node)),
        "text" => None,
        _ => node["text"].as_str().or(own("text")).map(str::to_owned),
    }
}

/// A day; it is stored in milliseconds, as a text or as a number.
fn date(node: &Value) -> String {
    let stored = &node["attrs"]["timestamp"];
    let milliseconds = stored.as_str().map_or_else(|| stored.as_i64(), |text| text.parse().ok());
    let day = milliseconds.and_then(DateTime::from_timestamp_millis).map(|time| time.format("%Y-%m-%d").to_string());
    day.unwrap_or_else(|| stored.as_str().unwrap_or_default().to_owned())
}

/// The link that a card is.
pub(super) fn card(node: &Value) -> Vec<Inline> {
    let mut runs = Vec::new();
    push(node, 0, &mut runs);
    inlines(&runs, Lines::Many)
}

/// What a card leads to: an address, or what linked data says of it.
pub(super) fn card_url(node: &Value) -> &str {
    let attributes = &node["attrs"];
    let told =
        [&attributes["url"], &attributes["data"]["url"], &attributes["data"]["@id"], &attributes["data"]["name"]];
    told.into_iter().find_map(Value::as_str).unwrap_or("card")
}

fn is_address(url: &str) -> bool {
    !url.contains(char::is_whitespace) && (url.contains(':') || url.starts_with('/'))
}

/// What a picture or file in a block is, with the link that it or the block has.
pub(super) fn media(node: &Value, around: &Value) -> Run {
    let own = marks(node);
    let marks = if own.link.is_some() { own } else { marks(around) };
    let link = Marks { link: marks.link, ..Marks::default() };
    let url = attribute(node, "url");
    if url.is_empty() {
        return Run { piece: Piece::Text(file(node)), marks: link };
    }
    let alt = attribute(node, "alt").split_whitespace().collect::<Vec<_>>().join(" ");
    Run { piece: Piece::Image(Target::new(url), alt), marks: link }
}

/// The best name that a file has.
pub(super) fn media_name(node: &Value) -> &str {
    let names = ["alt", "__fileName", "name", "id"].into_iter().map(|name| attribute(node, name));
    names.into_iter().find(|name| !name.trim().is_empty()).unwrap_or("file")
}
