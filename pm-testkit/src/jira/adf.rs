//! Whether a document is one: the Atlassian Document Format, structurally.
//!
//! Nodes, their children, marks and attributes: <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>
//! and the vendor's schema (npm `@atlaskit/adf-schema`, `full.json`). What the vendor's server checks beyond or short of
//! its schema is unverified.

use serde_json::{Map, Value};

const BLOCKS: &[&str] = &[
    "blockCard",
    "blockquote",
    "bodiedExtension",
    "bulletList",
    "codeBlock",
    "decisionList",
    "embedCard",
    "expand",
    "extension",
    "heading",
    "layoutSection",
    "mediaGroup",
    "mediaSingle",
    "orderedList",
    "panel",
    "paragraph",
    "rule",
    "table",
    "taskList",
];
const IN_CELLS: &[&str] = &[
    "blockCard",
    "blockquote",
    "bulletList",
    "codeBlock",
    "decisionList",
    "embedCard",
    "extension",
    "heading",
    "mediaGroup",
    "mediaSingle",
    "nestedExpand",
    "orderedList",
    "panel",
    "paragraph",
    "rule",
    "taskList",
];
const IN_PANELS: &[&str] = &[
    "blockCard",
    "bulletList",
    "codeBlock",
    "decisionList",
    "extension",
    "heading",
    "mediaGroup",
    "mediaSingle",
    "orderedList",
    "paragraph",
    "rule",
    "taskList",
];
const IN_NESTED_EXPANDS: &[&str] = &[
    "blockquote",
    "bulletList",
    "codeBlock",
    "decisionList",
    "extension",
    "heading",
    "mediaGroup",
    "mediaSingle",
    "orderedList",
    "panel",
    "paragraph",
    "rule",
    "taskList",
];
const IN_EXPANDS: &[&str] = &[
    "blockCard",
    "blockquote",
    "bodiedExtension",
    "bulletList",
    "codeBlock",
    "decisionList",
    "embedCard",
    "extension",
    "heading",
    "mediaGroup",
    "mediaSingle",
    "nestedExpand",
    "orderedList",
    "panel",
    "paragraph",
    "rule",
    "table",
    "taskList",
];
const IN_QUOTES: &[&str] =
    &["bulletList", "codeBlock", "extension", "mediaGroup", "mediaSingle", "orderedList", "paragraph"];
const IN_ITEMS: &[&str] =
    &["bulletList", "codeBlock", "extension", "mediaSingle", "orderedList", "paragraph", "taskList"];
const INLINE: &[&str] = &[
    "date",
    "emoji",
    "hardBreak",
    "inlineCard",
    "inlineExtension",
    "mediaInline",
    "mention",
    "placeholder",
    "status",
    "text",
];

/// What may be inside a node.
struct Rule {
    children: &'static [&'static str],
    /// Whether there must be a child.
    filled: bool,
}

/// The rule of a type of node; `None` for an unknown one.
fn rule(kind: &str) -> Option<Rule> {
    let (children, filled): (&'static [&'static str], bool) = match kind {
        "doc" => (BLOCKS, false),
        "paragraph" | "heading" | "taskItem" | "decisionItem" | "caption" => (INLINE, false),
        "codeBlock" => (&["text"], false),
        "blockquote" => (IN_QUOTES, true),
        "bulletList" | "orderedList" => (&["listItem"], true),
        "listItem" => (IN_ITEMS, true),
        "taskList" => (&["taskItem", "taskList", "blockTaskItem"], true),
        "decisionList" => (&["decisionItem"], true),
        "panel" => (IN_PANELS, true),
        "expand" | "bodiedExtension" | "layoutColumn" => (IN_EXPANDS, true),
        "nestedExpand" | "blockTaskItem" => (IN_NESTED_EXPANDS, true),
        "layoutSection" => (&["layoutColumn"], true),
        "table" => (&["tableRow"], true),
        "tableRow" => (&["tableCell", "tableHeader"], false),
        "tableCell" | "tableHeader" => (IN_CELLS, true),
        "mediaSingle" => (&["media", "caption"], true),
        "mediaGroup" => (&["media"], true),
        "rule" | "media" | "blockCard" | "embedCard" | "extension" => (&[], false),
        kind if INLINE.contains(&kind) => (&[], false),
        _ => return None,
    };
    Some(Rule { children, filled })
}

/// Why a value is no valid document; the place of the first mistake, as `doc/paragraph/text`.
pub(super) fn check(document: &Value) -> Result<(), String> {
    let object = document.as_object().ok_or("doc")?;
    if object.get("type") != Some(&Value::from("doc")) || object.get("version") != Some(&Value::from(1)) {
        return Err("doc".to_owned());
    }
    if !object.get("content").is_some_and(Value::is_array) {
        return Err("doc/content".to_owned());
    }
    node(object, "doc", "doc")
}

/// Whether a value looks like a document at all, valid or not.
pub(super) fn is_document(value: &Value) -> bool {
    value["type"] == "doc" && value["content"].is_array()
}

fn node(object: &Map<String, Value>, kind: &str, place: &str) -> Result<(), String> {
    let rule = rule(kind).ok_or(place)?;
    let members = ["type", "content", "attrs", "marks", "text", "version"];
    let strays = object.keys().any(|name| !members.contains(&name.as_str()));
    if strays || !attributes(kind, object.get("attrs")) || object.contains_key("text") != (kind == "text") {
        return Err(place.to_owned());
    }
    if kind == "text" && object["text"].as_str().is_none_or(str::is_empty) {
        return Err(format!("{place} (empty)"));
    }
    marks(object, kind, place)?;
    let content = match object.get("content") {
        None => &Vec::new(),
        Some(Value::Array(content)) => content,
        Some(_) => return Err(format!("{place}/content")),
    };
    if rule.filled && content.is_empty() || rule.children.is_empty() && object.contains_key("content") {
        return Err(format!("{place}/content"));
    }
    children(content, kind, &rule, place)
}

fn children(content: &[Value], kind: &str, rule: &Rule, place: &str) -> Result<(), String> {
    for (number, child) in content.iter().enumerate() {
        let child_kind = child["type"].as_str().unwrap_or("?");
        let inside = format!("{place}/{child_kind}");
        let object = child.as_object().ok_or_else(|| inside.clone())?;
        // A list item begins with text, code, a picture or tasks, not with another list; a task list with a task.
        let bad_start = number == 0
            && (kind == "listItem" && matches!(child_kind, "bulletList" | "orderedList" | "extension")
                || kind == "taskList" && child_kind == "taskList"
                || kind == "mediaSingle" && child_kind != "media");
        let marked_code =
            kind == "codeBlock" && object.get("marks").is_some_and(|marks| marks != &Value::Array(vec![]));
        if !rule.children.contains(&child_kind) || bad_start || marked_code {
            return Err(inside);
        }
        node(object, child_kind, &inside)?;
    }
    Ok(())
}

fn attributes(kind: &str, attributes: Option<&Value>) -> bool {
    let nothing = Value::Null;
    let get = |name: &str| attributes.map_or(&nothing, |attributes| &attributes[name]);
    let text = |name: &str| get(name).as_str().is_some_and(|text| !text.is_empty());
    let one_of = |name: &str, values: &[&str]| get(name).as_str().is_some_and(|value| values.contains(&value));
    if attributes.is_some_and(|attributes| !attributes.is_object()) {
        return false;
    }
    match kind {
        "heading" => get("level").as_u64().is_some_and(|level| (1..=6).contains(&level)),
        "orderedList" => get("order").is_null() || get("order").as_u64().is_some(),
        "codeBlock" => get("language").is_null() || get("language").is_string(),
        "panel" => one_of("panelType", &["info", "note", "tip", "warning", "error", "success", "custom"]),
        "taskList" | "decisionList" => get("localId").is_string(),
        "taskItem" | "blockTaskItem" => get("localId").is_string() && one_of("state", &["TODO", "DONE"]),
        "decisionItem" => get("localId").is_string() && get("state").is_string(),
        "mention" => text("id"),
        "emoji" => text("shortName"),
        "date" => text("timestamp"),
        "status" => text("text") && get("color").is_string(),
        "inlineCard" | "blockCard" => text("url") || get("data").is_object(),
        "embedCard" => text("url") && get("layout").is_string(),
        "media" => match get("type").as_str() {
            Some("external") => text("url"),
            Some("file" | "link") => text("id") && get("collection").is_string(),
            _ => false,
        },
        "mediaInline" => text("id") && get("collection").is_string(),
        "extension" | "inlineExtension" | "bodiedExtension" => text("extensionKey") && text("extensionType"),
        "layoutColumn" => get("width").is_number(),
        _ => true,
    }
}

/// Marks on text, and the few that whole blocks can have. Code goes with links and annotations alone.
fn marks(object: &Map<String, Value>, kind: &str, place: &str) -> Result<(), String> {
    let Some(marks) = object.get("marks") else { return Ok(()) };
    let marks = marks.as_array().ok_or_else(|| format!("{place}/marks"))?;
    let names: Vec<&str> = marks.iter().map(|mark| mark["type"].as_str().unwrap_or("?")).collect();
    let has_code = names.contains(&"code");
    for (number, (mark, name)) in marks.iter().zip(&names).enumerate() {
        let attribute = |name: &str| mark["attrs"][name].as_str().is_some_and(|text| !text.is_empty());
        let valid = match *name {
            "strong" | "em" | "strike" | "underline" | "code" => kind == "text",
            "link" => attribute("href"),
            "subsup" => kind == "text" && matches!(mark["attrs"]["type"].as_str(), Some("sub" | "sup")),
            "textColor" | "backgroundColor" => kind == "text" && attribute("color"),
            "annotation" => attribute("id"),
            "alignment" | "indentation" => matches!(kind, "paragraph" | "heading"),
            "breakout" => matches!(kind, "codeBlock" | "expand" | "layoutSection"),
            "border" => matches!(kind, "media" | "mediaInline"),
            "fragment" | "dataConsumer" => !matches!(kind, "text" | "paragraph"),
            _ => false,
        };
        let alone = !has_code || matches!(*name, "code" | "link" | "annotation");
        if !valid || !alone || names[..number].contains(name) {
            return Err(format!("{place}/marks/{name}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::needless_pass_by_value, reason = "what `json!` makes is handed over")]

    use serde_json::{Value, json};

    use super::check;

    fn doc(content: Value) -> Value {
        json!({ "version": 1, "type": "doc", "content": content })
    }

    fn text(text: &str) -> Value {
        json!({ "type": "text", "text": text })
    }

    fn paragraph(content: Value) -> Value {
        json!({ "type": "paragraph", "content": content })
    }

    #[test]
    fn documents_with_known_nodes_in_their_places_are_valid() {
        let marked = json!({ "type": "text", "text": "x", "marks": [
            { "type": "code" }, { "type": "link", "attrs": { "href": "https://example.com" } }
        ] });
        let list = json!({ "type": "bulletList", "content": [{ "type": "listItem", "content": [
            paragraph(json!([text("a"), { "type": "hardBreak" }])),
            { "type": "orderedList", "attrs": { "order": 3 }, "content": [
                { "type": "listItem", "content": [{ "type": "codeBlock", "content": [text("b")] }] }
            ] }
        ] }] });
        let table = json!({ "type": "table", "content": [{ "type": "tableRow", "content": [
            { "type": "tableHeader", "content": [paragraph(json!([marked]))] }
        ] }] });
        let tasks = json!({ "type": "taskList", "attrs": { "localId": "1" }, "content": [
            { "type": "taskItem", "attrs": { "localId": "2", "state": "TODO" }, "content": [text("do")] }
        ] });
        let rest = json!([{ "type": "rule" }, { "type": "heading", "attrs": { "level": 2 }, "content": [text("h")] }]);
        let content: Vec<Value> =
            [list, table, tasks].into_iter().chain(rest.as_array().cloned().unwrap_or_default()).collect();
        assert_eq!(check(&doc(content.into())), Ok(()));
        assert_eq!(check(&doc(json!([]))), Ok(()));
    }

    #[test]
    fn the_first_mistake_is_named() {
        let wrong = [
            (json!("text"), "doc"),
            (json!({ "type": "doc", "version": 1 }), "doc/content"),
            (doc(json!([text("bare")])), "doc/text"),
            (doc(json!([paragraph(json!([text("")]))])), "doc/paragraph/text (empty)"),
            (doc(json!([paragraph(json!([paragraph(json!([]))]))])), "doc/paragraph/paragraph"),
            (doc(json!([{ "type": "bulletList", "content": [] }])), "doc/bulletList/content"),
            (
                doc(json!([{ "type": "bulletList", "content": [{ "type": "listItem", "content": [
                { "type": "heading", "attrs": { "level": 1 } }] }] }])),
                "doc/bulletList/listItem/heading",
            ),
            (doc(json!([{ "type": "heading", "attrs": { "level": 7 }, "content": [] }])), "doc/heading"),
            (doc(json!([{ "type": "mystery" }])), "doc/mystery"),
            (
                doc(json!([paragraph(json!([{ "type": "text", "text": "x",
                "marks": [{ "type": "code" }, { "type": "strong" }] }]))])),
                "doc/paragraph/text/marks/strong",
            ),
            (doc(json!([{ "type": "blockquote", "content": [{ "type": "rule" }] }])), "doc/blockquote/rule"),
        ];
        for (document, place) in wrong {
            assert_eq!(check(&document), Err(place.to_owned()), "{document}");
        }
    }
}
