//! Documents of the editor, with every node and every mark that the published schema knows.

use serde_json::{Value, json};

use super::super::{to_markdown, update};
use super::adf::{doc, para, text};

/// Each node, and what is said of it.
fn corpus() -> Vec<(Value, &'static str)> {
    let file = json!({"type": "media", "attrs": {"type": "file", "id": "6e7", "collection": "c", "alt": "plan.pdf"}});
    let inline = |node: Value| para(json!([text("a "), node, text(" b")]));
    vec![
        (inline(json!({"type": "mention", "attrs": {"id": "5b1", "text": "@Ann Lee"}})), "a @Ann Lee b"),
        (inline(json!({"type": "mention", "attrs": {"id": "5b1"}})), "a @5b1 b"),
        (inline(json!({"type": "emoji", "attrs": {"shortName": ":smile:", "text": "😄"}})), "a 😄 b"),
        (inline(json!({"type": "emoji", "attrs": {"shortName": ":shipit:"}})), "a :shipit: b"),
        (inline(json!({"type": "date", "attrs": {"timestamp": "1795046400000"}})), "a 2026-11-19 b"),
        (inline(json!({"type": "status", "attrs": {"text": "IN PROGRESS", "color": "blue"}})), "a IN PROGRESS b"),
        (inline(json!({"type": "inlineCard", "attrs": {"url": "https://x.org/WEB-1"}})), "a <https://x.org/WEB-1> b"),
        (inline(json!({"type": "inlineCard", "attrs": {"data": {"name": "Plan"}}})), "a Plan b"),
        (inline(json!({"type": "placeholder", "attrs": {"text": "who?"}})), "a who? b"),
        (
            inline(json!({"type": "mediaInline", "attrs": {"id": "1", "collection": "c", "alt": "x.zip"}})),
            "a 📎 x.zip b",
        ),
        (
            inline(json!({"type": "inlineExtension", "attrs": {"extensionKey": "jql", "extensionType": "com.x"}})),
            "a [jql] b",
        ),
        (inline(json!({"type": "hardBreak"})), "a  \nb"),
        (inline(json!({"type": "somethingNew", "attrs": {"text": "new"}})), "a new b"),
        (
            json!({"type": "panel", "attrs": {"panelType": "custom", "panelIcon": ":x:"}, "content": [para(json!([text("p")]))]}),
            "> [!NOTE]\n> p",
        ),
        (
            json!({"type": "expand", "attrs": {"title": "More"}, "content": [
            para(json!([text("in")])), {"type": "nestedExpand", "attrs": {"title": ""}, "content": [para(json!([text("deep")]))]}]}),
            "<details>\n<summary>More</summary>\n\nin\n\n<details>\n\ndeep\n\n</details>\n\n</details>",
        ),
        (
            json!({"type": "layoutSection", "content": [
            {"type": "layoutColumn", "attrs": {"width": 50}, "content": [para(json!([text("left")]))]},
            {"type": "layoutColumn", "attrs": {"width": 50}, "content": [para(json!([text("right")]))]}]}),
            "left\n\nright",
        ),
        (
            json!({"type": "decisionList", "attrs": {"localId": "d"}, "content": [
            {"type": "decisionItem", "attrs": {"localId": "e", "state": "DECIDED"}, "content": [text("go")]}]}),
            "- **Decision:** go",
        ),
        (
            json!({"type": "taskList", "attrs": {"localId": "t"}, "content": [
            {"type": "taskItem", "attrs": {"localId": "u", "state": "DONE"}, "content": [text("x")]},
            {"type": "blockTaskItem", "attrs": {"localId": "v", "state": "TODO"}, "content": [para(json!([text("y")]))]}]}),
            "- [x] x\n- [ ] y",
        ),
        (
            json!({"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [file.clone(),
            {"type": "caption", "content": [text("The plan")]}]}),
            "📎 plan.pdf\n\nThe plan",
        ),
        (json!({"type": "mediaGroup", "content": [file.clone(), file]}), "📎 plan.pdf  \n📎 plan.pdf"),
        (json!({"type": "blockCard", "attrs": {"url": "https://x.org"}}), "<https://x.org>"),
        (json!({"type": "embedCard", "attrs": {"url": "https://x.org", "layout": "wide"}}), "<https://x.org>"),
        (json!({"type": "extension", "attrs": {"extensionKey": "toc", "extensionType": "com.x"}}), "[toc]"),
        (
            json!({"type": "bodiedExtension", "attrs": {"extensionKey": "box", "extensionType": "com.x"},
            "content": [para(json!([text("in")]))]}),
            "[box]\n\nin",
        ),
        (json!({"type": "syncBlock", "attrs": {"resourceId": "r", "localId": "s"}}), "[syncBlock]"),
        (
            json!({"type": "bodiedSyncBlock", "attrs": {"resourceId": "r", "localId": "s"}, "content": [para(json!([text("in")]))]}),
            "[bodiedSyncBlock]\n\nin",
        ),
        (json!({"type": "somethingNew", "content": [para(json!([text("kept")]))]}), "kept"),
        (json!({"type": "blockquote", "content": [para(json!([text("q")]))]}), "> q"),
        (
            json!({"type": "codeBlock", "attrs": {"language": "sql"}, "content": [text("select 1")]}),
            "```sql\nselect 1\n```",
        ),
        (
            json!({"type": "heading", "attrs": {"level": 2}, "content": [text("T")], "marks": [{"type": "indentation", "attrs": {"level": 1}}]}),
            "## T",
        ),
        (json!({"type": "rule"}), "---"),
        (
            json!({"type": "orderedList", "attrs": {"order": 3}, "content": [{"type": "listItem", "content": [para(json!([text("c")]))]}]}),
            "3. c",
        ),
        (wide_table(), "| A | | |\n| --- | --- | --- |\n| **r** | 1 | • x<br>• y |\n| | 2 | `z` |"),
        (marked(), "col high note <u>und</u> H<sub>2</sub>"),
        (
            json!({"type": "paragraph", "content": [text("mid")], "marks": [{"type": "alignment", "attrs": {"align": "center"}}]}),
            "mid",
        ),
    ]
}

fn wide_table() -> Value {
    let cell =
        |kind: &str, attributes: Value, content: Value| json!({"type": kind, "attrs": attributes, "content": content});
    let item = |said: &str| json!({"type": "listItem", "content": [para(json!([text(said)]))]});
    json!({"type": "table", "attrs": {"isNumberColumnEnabled": true}, "content": [
        {"type": "tableRow", "content": [cell("tableHeader", json!({"colspan": 3}), json!([para(json!([text("A")]))]))]},
        {"type": "tableRow", "content": [
            cell("tableHeader", json!({"rowspan": 2}), json!([para(json!([text("r")]))])),
            cell("tableCell", json!({"background": "#ffffff"}), json!([para(json!([text("1")]))])),
            cell("tableCell", json!({}), json!([{"type": "bulletList", "content": [item("x"), item("y")]}]))]},
        {"type": "tableRow", "content": [
            cell("tableCell", json!({}), json!([para(json!([text("2")]))])),
            cell("tableCell", json!({}), json!([{"type": "codeBlock", "content": [text("z")]}]))]}
    ]})
}

fn marked() -> Value {
    let with = |said: &str, marks: Value| json!({"type": "text", "text": said, "marks": marks});
    para(json!([
        with("col", json!([{"type": "textColor", "attrs": {"color": "#ff0000"}}])),
        text(" "),
        with("high", json!([{"type": "backgroundColor", "attrs": {"color": "#ffff00"}}])),
        text(" "),
        with("note", json!([{"type": "annotation", "attrs": {"id": "n", "annotationType": "inlineComment"}}])),
        text(" "),
        with("und", json!([{"type": "underline"}])),
        text(" H"),
        with("2", json!([{"type": "subsup", "attrs": {"type": "sub"}}]))
    ]))
}

#[test]
fn every_node_is_said() {
    for (node, said) in corpus() {
        assert_eq!(to_markdown(&doc(json!([node]))), said, "{node}");
    }
}

#[test]
fn what_is_not_touched_is_not_written() {
    for (node, said) in corpus() {
        assert_eq!(update(&doc(json!([node])), said), None, "{node}");
    }
    let all = doc(corpus().into_iter().map(|(node, _)| node).collect());
    assert_eq!(update(&all, &to_markdown(&all)), None);
}

#[test]
fn what_stands_beside_a_change_stays() {
    for (node, said) in corpus() {
        let stored = doc(json!([para(json!([text("before")])), node, para(json!([text("after")]))]));
        let changed = update(&stored, &format!("before!\n\n{said}\n\nafter!\n\nand more")).unwrap();
        let content = changed.document["content"].as_array().unwrap();
        assert!(content.contains(&node), "{node} is not in {}", changed.document);
        assert!(changed.lost.is_empty(), "{}", changed.lost);
    }
}

#[test]
fn junk_is_survived() {
    for junk in [
        json!(null),
        json!(7),
        json!("plain *text*"),
        json!([]),
        json!({}),
        json!({"type": "doc", "content": 7}),
        json!([[[]]]),
    ] {
        let _ = to_markdown(&junk);
        assert!(update(&junk, "x").is_some());
    }
    assert_eq!(to_markdown(&json!("plain *text*")), "plain *text*");
    let mut deep = text("x");
    for _ in 0..120 {
        deep = json!({"type": "blockquote", "content": [deep]});
    }
    let _ = update(&doc(json!([deep])), "x");
}
