//! Documents of Atlassian's format, whose structure the description leaves open.
//!
//! The rules are facts of the published schema: <http://go.atlassian.com/adf-json-schema> (`json-schema/v1/full.json` of
//! `@atlaskit/adf-schema`, 57.7), without what no backend writes: sizes, layouts, and which extension takes which parameters.

use serde_json::{Map, Value};

/// What may stand in a line of text.
const INLINE: &[&str] = &[
    "text",
    "hardBreak",
    "mention",
    "emoji",
    "date",
    "status",
    "inlineCard",
    "placeholder",
    "mediaInline",
    "inlineExtension",
];
/// What may stand in a cell of a table.
const CELL: &[&str] = &[
    "paragraph",
    "panel",
    "blockquote",
    "orderedList",
    "bulletList",
    "rule",
    "heading",
    "codeBlock",
    "mediaSingle",
    "mediaGroup",
    "decisionList",
    "taskList",
    "blockCard",
    "embedCard",
    "extension",
    "nestedExpand",
];
/// What may stand within what cannot be nested itself.
const WITHIN: &[&str] = &[
    "paragraph",
    "panel",
    "blockquote",
    "orderedList",
    "bulletList",
    "rule",
    "heading",
    "codeBlock",
    "mediaSingle",
    "mediaGroup",
    "decisionList",
    "taskList",
    "table",
    "blockCard",
    "embedCard",
    "extension",
    "nestedExpand",
];
/// What may stand in a document.
const TOP: &[&str] = &[
    "paragraph",
    "panel",
    "blockquote",
    "orderedList",
    "bulletList",
    "rule",
    "heading",
    "codeBlock",
    "mediaSingle",
    "mediaGroup",
    "decisionList",
    "taskList",
    "table",
    "blockCard",
    "embedCard",
    "extension",
    "expand",
    "bodiedExtension",
    "layoutSection",
    "syncBlock",
    "bodiedSyncBlock",
];
const PANEL: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "blockCard",
    "mediaGroup",
    "mediaSingle",
    "codeBlock",
    "taskList",
    "rule",
    "decisionList",
    "extension",
];
const ITEM: &[&str] = &["paragraph", "bulletList", "orderedList", "taskList", "mediaSingle", "codeBlock", "extension"];
const QUOTE: &[&str] =
    &["paragraph", "orderedList", "bulletList", "codeBlock", "mediaSingle", "mediaGroup", "extension"];
const NOTHING: &[&str] = &[];

/// The marks that go together with code.
const BESIDE_CODE: [&str; 3] = ["code", "link", "annotation"];

/// What a node holds: the kinds of its children, how many it needs, and the attributes it cannot be without.
struct Rule {
    children: &'static [&'static str],
    least: usize,
    attributes: &'static [&'static str],
}

const fn rule(children: &'static [&'static str], least: usize, attributes: &'static [&'static str]) -> Rule {
    Rule { children, least, attributes }
}

fn rule_of(node: &str) -> Option<Rule> {
    Some(match node {
        "doc" => rule(TOP, 0, &[]),
        "paragraph" | "caption" => rule(INLINE, 0, &[]),
        "heading" => rule(INLINE, 0, &["level"]),
        "bulletList" | "orderedList" => rule(&["listItem"], 1, &[]),
        "listItem" => rule(ITEM, 1, &[]),
        "taskList" => rule(&["taskItem", "taskList", "blockTaskItem"], 1, &["localId"]),
        "taskItem" => rule(INLINE, 0, &["localId", "state"]),
        "blockTaskItem" => rule(&["paragraph", "extension"], 1, &["localId", "state"]),
        "decisionList" => rule(&["decisionItem"], 1, &["localId"]),
        "decisionItem" => rule(INLINE, 0, &["localId", "state"]),
        "codeBlock" => rule(&["text"], 0, &[]),
        "blockquote" => rule(QUOTE, 1, &[]),
        "panel" => rule(PANEL, 1, &["panelType"]),
        "table" => rule(&["tableRow"], 1, &[]),
        "tableRow" => rule(&["tableHeader", "tableCell"], 0, &[]),
        "tableHeader" | "tableCell" => rule(CELL, 1, &[]),
        "expand" | "bodiedExtension" => rule(WITHIN, 1, &[]),
        "nestedExpand" => rule(CELL, 1, &["title"]),
        "mediaSingle" => rule(&["media", "caption"], 1, &[]),
        "mediaGroup" => rule(&["media"], 1, &[]),
        "layoutSection" => rule(&["layoutColumn"], 1, &[]),
        "layoutColumn" => rule(TOP, 1, &["width"]),
        "bodiedSyncBlock" => rule(TOP, 1, &["resourceId", "localId"]),
        "mention" => rule(NOTHING, 0, &["id"]),
        "emoji" => rule(NOTHING, 0, &["shortName"]),
        "date" => rule(NOTHING, 0, &["timestamp"]),
        "status" => rule(NOTHING, 0, &["text", "color"]),
        "placeholder" => rule(NOTHING, 0, &["text"]),
        "media" | "mediaInline" | "inlineCard" | "blockCard" | "text" | "hardBreak" | "rule" => rule(NOTHING, 0, &[]),
        "embedCard" => rule(NOTHING, 0, &["url", "layout"]),
        "extension" | "inlineExtension" => rule(NOTHING, 0, &["extensionKey", "extensionType"]),
        "syncBlock" => rule(NOTHING, 0, &["resourceId", "localId"]),
        _ => return None,
    })
}

/// The marks that text may have, with the attribute that each cannot be without.
fn mark_needs(mark: &str) -> Option<Option<&'static str>> {
    Some(match mark {
        "strong" | "em" | "strike" | "underline" | "code" => None,
        "link" => Some("href"),
        "subsup" => Some("type"),
        "textColor" | "backgroundColor" => Some("color"),
        "annotation" => Some("id"),
        _ => return None,
    })
}

/// What is wrong with a document: a place within it, and what.
pub(super) fn check(document: &Value) -> Vec<(String, String)> {
    let mut look = Look(Vec::new());
    if document["type"] != "doc" || document["version"] != 1 || !document["content"].is_array() {
        look.wrong("", "a document has `type` `doc`, `version` 1, and a list as its `content`");
    } else {
        look.node(document, "", &["version"]);
    }
    look.0
}

struct Look(Vec<(String, String)>);

impl Look {
    fn wrong(&mut self, place: &str, what: impl Into<String>) {
        self.0.push((place.to_owned(), what.into()));
    }

    fn node(&mut self, node: &Value, place: &str, further: &[&str]) {
        let kind = node["type"].as_str().unwrap_or_default();
        let Some(rule) = rule_of(kind) else {
            return self.wrong(place, format!("`{kind}` is no kind of node"));
        };
        self.members(node, kind, place, further);
        for name in rule.attributes.iter().filter(|name| node["attrs"][**name].is_null()) {
            self.wrong(place, format!("`{kind}` needs the attribute `{name}`"));
        }
        self.values(node, kind, place);
        self.children(node, kind, place, &rule);
    }

    fn members(&mut self, node: &Value, kind: &str, place: &str, further: &[&str]) {
        let is_known = |name: &str| {
            matches!(name, "type" | "attrs" | "content" | "marks")
                || (name == "text" && kind == "text")
                || further.contains(&name)
        };
        for name in node.as_object().into_iter().flat_map(Map::keys).filter(|name| !is_known(name)) {
            self.wrong(place, format!("`{kind}` has no member `{name}`"));
        }
    }

    fn values(&mut self, node: &Value, kind: &str, place: &str) {
        let attributes = &node["attrs"];
        match kind {
            "text" => self.text(node, place),
            "heading" if !attributes["level"].as_u64().is_some_and(|level| (1..=6).contains(&level)) => {
                self.wrong(place, "a heading has a level of 1 to 6");
            }
            "taskItem" | "blockTaskItem" if attributes["state"] != "TODO" && attributes["state"] != "DONE" => {
                self.wrong(place, "a task is `TODO` or `DONE`");
            }
            "orderedList" if !attributes["order"].is_null() && attributes["order"].as_u64().is_none() => {
                self.wrong(place, "a list begins with a number from 0");
            }
            "inlineCard" | "blockCard"
                if attributes["url"].is_null()
                    && attributes["data"].is_null()
                    && attributes["datasource"].is_null() =>
            {
                self.wrong(place, format!("`{kind}` needs the attribute `url` or `data`"));
            }
            _ => {}
        }
    }

    fn text(&mut self, node: &Value, place: &str) {
        if node["text"].as_str().is_none_or(str::is_empty) {
            self.wrong(place, "a text node has a text, which is not empty");
        }
        let marks: Vec<&Value> = node["marks"].as_array().into_iter().flatten().collect();
        let names: Vec<&str> = marks.iter().map(|mark| mark["type"].as_str().unwrap_or_default()).collect();
        for (mark, name) in marks.iter().zip(&names) {
            match mark_needs(name) {
                None => self.wrong(place, format!("`{name}` is no mark")),
                Some(Some(attribute)) if mark["attrs"][attribute].is_null() => {
                    self.wrong(place, format!("the mark `{name}` needs the attribute `{attribute}`"));
                }
                Some(_) => {}
            }
        }
        if names.contains(&"code") && names.iter().any(|name| !BESIDE_CODE.contains(name)) {
            self.wrong(place, "the mark `code` goes with `link` and `annotation` alone");
        }
        if (1..names.len()).any(|at| names[..at].contains(&names[at])) {
            self.wrong(place, "a mark stands twice");
        }
    }

    fn children(&mut self, node: &Value, kind: &str, place: &str, rule: &Rule) {
        let children: Vec<&Value> = node["content"].as_array().into_iter().flatten().collect();
        if children.len() < rule.least {
            self.wrong(place, format!("`{kind}` must not be empty"));
        }
        for (number, child) in children.into_iter().enumerate() {
            let place = format!("{place}/content/{number}");
            let name = child["type"].as_str().unwrap_or_default();
            if rule.children.contains(&name) {
                self.node(child, &place, &[]);
            } else {
                self.wrong(&place, format!("`{name}` cannot stand in `{kind}`"));
            }
            if kind == "codeBlock" && !child["marks"].is_null() && child["marks"] != Value::Array(Vec::new()) {
                self.wrong(&place, "text in a code block has no marks");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn doc(content: &Value) -> Vec<String> {
        let found = check(&json!({"version": 1, "type": "doc", "content": content}));
        found.into_iter().map(|(place, what)| format!("{place}: {what}")).collect()
    }

    #[test]
    fn a_good_document_passes() {
        let content = json!([
            {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Title"}]},
            {"type": "paragraph", "content": [
                {"type": "text", "text": "a", "marks": [{"type": "strong"}, {"type": "em"}]}, {"type": "hardBreak"},
                {"type": "text", "text": "c", "marks": [{"type": "code"}, {"type": "link", "attrs": {"href": "https://x.example"}}]},
                {"type": "mention", "attrs": {"id": "5b10"}}]},
            {"type": "bulletList", "content": [{"type": "listItem", "content": [
                {"type": "paragraph"}, {"type": "orderedList", "attrs": {"order": 3}, "content": [
                    {"type": "listItem", "content": [{"type": "codeBlock", "attrs": {"language": "rust"}}]}]}]}]},
            {"type": "taskList", "attrs": {"localId": "l"}, "content": [
                {"type": "taskItem", "attrs": {"localId": "i", "state": "TODO"}, "content": [{"type": "text", "text": "x"}]}]},
            {"type": "table", "content": [{"type": "tableRow", "content": [
                {"type": "tableHeader", "content": [{"type": "paragraph"}]}]}]},
            {"type": "panel", "attrs": {"panelType": "info"}, "content": [{"type": "paragraph"}]}, {"type": "rule"},
        ]);
        assert_eq!(doc(&content), Vec::<String>::new());
    }

    #[test]
    fn each_rule_is_told_when_it_is_broken() {
        let text = |node: Value| json!([{"type": "paragraph", "content": [node]}]);
        for (content, expected) in [
            (text(json!({"type": "text", "text": ""})), "not empty"),
            (text(json!({"type": "text", "text": "x", "marks": [{"type": "bold"}]})), "`bold` is no mark"),
            (text(json!({"type": "text", "text": "x", "marks": [{"type": "link"}]})), "`href`"),
            (
                text(json!({"type": "text", "text": "x", "marks": [{"type": "code"}, {"type": "em"}]})),
                "`code` goes with",
            ),
            (text(json!({"type": "text", "text": "x", "marks": [{"type": "em"}, {"type": "em"}]})), "twice"),
            (text(json!({"type": "paragraph"})), "cannot stand in"),
            (json!([{"type": "text", "text": "x"}]), "cannot stand in `doc`"),
            (json!([{"type": "bulletList", "content": []}]), "must not be empty"),
            (json!([{"type": "heading", "attrs": {"level": 7}}]), "1 to 6"),
            (json!([{"type": "panel", "content": [{"type": "paragraph"}]}]), "`panelType`"),
            (
                json!([{"type": "taskList", "content": [{"type": "taskItem", "attrs": {"localId": "i", "state": "TODO"}}]}]),
                "`localId`",
            ),
            (
                json!([{"type": "codeBlock", "content": [{"type": "text", "text": "x", "marks": [{"type": "em"}]}]}]),
                "no marks",
            ),
            (json!([{"type": "paragraph", "children": []}]), "no member `children`"),
        ] {
            let wrong = doc(&content);
            assert!(wrong.len() == 1 && wrong[0].contains(expected), "{content}: {wrong:?}");
        }
    }

    #[test]
    fn a_document_says_what_it_is() {
        for document in
            [json!({}), json!({"type": "doc", "content": []}), json!({"version": 1, "type": "doc"}), json!([])]
        {
            assert_eq!(check(&document).len(), 1, "{document}");
        }
    }
}
