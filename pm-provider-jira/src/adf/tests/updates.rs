//! What a change leaves alone, and what it tells to be lost.

use serde_json::{Value, json};

use super::super::update;
use super::adf::{doc, para, text};

fn mention(name: &str) -> Value {
    json!({"type": "mention", "attrs": {"id": name, "text": format!("@{name}")}})
}

fn panel(said: &str) -> Value {
    json!({"type": "panel", "attrs": {"panelType": "custom", "panelColor": "#abcdef"}, "content": [para(json!([text(said)]))]})
}

fn media() -> Value {
    json!({"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [
        {"type": "media", "attrs": {"type": "file", "id": "m", "collection": "c", "alt": "plan.pdf"}}]})
}

#[test]
fn what_is_lost_is_told() {
    let stored = doc(json!([
        panel("careful"),
        para(json!([text("ask "), mention("Ann"), text(" or "), mention("Bob")])),
        media(),
        para(json!([text("end")]))
    ]));
    let changed = update(&stored, "ask somebody\n\nend").unwrap();
    assert_eq!(changed.lost.to_string(), "1 panel, 2 mentions (@Ann, @Bob), 1 media (plan.pdf)");
    assert_eq!(changed.lost.len(), 4);
    let changed = update(&stored, "ask @Bob\n\nend").unwrap();
    assert_eq!(changed.lost.to_string(), "1 panel, 1 mention (@Ann), 1 media (plan.pdf)");
    assert_eq!(changed.document["content"][0]["content"][1], mention("Bob"));
}

#[test]
fn a_changed_panel_keeps_what_it_is() {
    let stored = doc(json!([panel("careful"), para(json!([text("x")]))]));
    let changed = update(&stored, "> [!NOTE]\n> very careful\n\nx").unwrap();
    let mut expected = panel("very careful");
    assert_eq!(changed.document["content"][0], expected);
    assert!(changed.lost.is_empty());
    let changed = update(&stored, "> [!WARNING]\n> careful\n\nx").unwrap();
    expected = json!({"type": "panel", "attrs": {"panelType": "warning"}, "content": [para(json!([text("careful")]))]});
    assert_eq!(changed.document["content"][0], expected);
}

#[test]
fn nodes_in_a_changed_line_are_put_back() {
    let card = json!({"type": "inlineCard", "attrs": {"url": "https://x.org/1"}});
    let date = json!({"type": "date", "attrs": {"timestamp": "1795046400000"}});
    let red = json!({"type": "text", "text": "red", "marks": [{"type": "textColor", "attrs": {"color": "#ff0000"}}]});
    let emoji = json!({"type": "emoji", "attrs": {"shortName": ":tada:", "text": "🎉"}});
    let stored = doc(json!([para(json!([
        text("by "),
        date,
        text(" see "),
        card,
        text(" "),
        red,
        text(" "),
        emoji,
        text(" "),
        mention("Ann"),
        text("!")
    ]))]));
    let changed = update(&stored, "until 2026-11-19 look at <https://x.org/1> in red 🎉 @Ann and @Anna").unwrap();
    let expected = json!([
        text("until "),
        date,
        text(" look at "),
        card,
        text(" in "),
        red,
        text(" "),
        emoji,
        text(" "),
        mention("Ann"),
        text(" and @Anna")
    ]);
    assert_eq!(changed.document["content"][0]["content"], expected);
    assert!(changed.lost.is_empty());
    let changed = update(&stored, "by 2026-11-20 see <https://x.org/1> 🎉 @Anna").unwrap();
    assert_eq!(changed.lost.to_string(), "1 date (2026-11-19), 1 coloured text, 1 mention (@Ann)");
}

#[test]
fn a_changed_item_leaves_the_others() {
    let item = |content: Value| json!({"type": "listItem", "attrs": {"localId": "i"}, "content": [para(content)]});
    let stored = doc(json!([{"type": "bulletList", "attrs": {"localId": "l"}, "content": [
        item(json!([mention("Ann")])), item(json!([text("two")])), item(json!([mention("Bob")]))]}]));
    let changed = update(&stored, "- @Ann\n- zero\n- two times\n- @Bob").unwrap();
    let list = &changed.document["content"][0];
    assert_eq!(list["attrs"]["localId"], "l");
    assert_eq!(list["content"][0], item(json!([mention("Ann")])));
    assert_eq!(list["content"][1], json!({"type": "listItem", "content": [para(json!([text("zero")]))]}));
    assert_eq!(list["content"][2], item(json!([text("two times")])));
    assert_eq!(list["content"][3], item(json!([mention("Bob")])));
    assert!(changed.lost.is_empty());
}

#[test]
fn a_task_that_is_done_keeps_its_id() {
    let task = |state: &str| json!({"type": "taskItem", "attrs": {"localId": "u", "state": state}, "content": [mention("Ann")]});
    let list = |content: Value| json!({"type": "taskList", "attrs": {"localId": "t"}, "content": content});
    let stored = doc(json!([list(json!([task("TODO")]))]));
    let changed = update(&stored, "- [x] @Ann\n- [ ] more").unwrap();
    let more = json!({"type": "taskItem", "attrs": {"localId": "1", "state": "TODO"}, "content": [text("more")]});
    assert_eq!(changed.document, doc(json!([list(json!([task("DONE"), more]))])));
}

#[test]
fn a_changed_cell_leaves_the_table() {
    let cell =
        |kind: &str, content: Value| json!({"type": kind, "attrs": {"background": "#eeeeee"}, "content": content});
    let rich =
        json!([{"type": "bulletList", "content": [{"type": "listItem", "content": [para(json!([text("x")]))]}]}]);
    let row = |second: Value| json!({"type": "tableRow", "content": [cell("tableCell", rich.clone()), cell("tableCell", second)]});
    let head = json!({"type": "tableRow", "content": [
        cell("tableHeader", json!([para(json!([text("h")]))])), cell("tableHeader", json!([para(json!([text("i")]))]))]});
    let table = |rows: Value| json!({"type": "table", "attrs": {"layout": "wide"}, "content": rows});
    let stored = doc(json!([table(json!([head, row(json!([para(json!([text("1"), mention("Ann")]))]))]))]));
    let changed = update(&stored, "| h | i |\n| --- | --- |\n| • x | 2 @Ann |").unwrap();
    let expected = doc(json!([table(json!([head, row(json!([para(json!([text("2 "), mention("Ann")]))]))]))]));
    assert_eq!(changed.document, expected);
    let changed = update(&stored, "| h | i |\n| --- | --- |\n| • z | 1@Ann |").unwrap();
    assert_eq!(changed.lost.to_string(), "1 bulletList in a cell");
}

#[test]
fn a_paragraph_keeps_its_alignment_and_moves_with_its_text() {
    let centred = |said: &str| json!({"type": "paragraph", "content": [text(said)], "marks": [{"type": "alignment", "attrs": {"align": "center"}}]});
    let stored = doc(json!([centred("one two"), para(json!([mention("Ann"), text(" three")]))]));
    let changed = update(&stored, "one two four").unwrap();
    assert_eq!(changed.document, doc(json!([centred("one two four")])));
    let changed = update(&stored, "## @Ann three").unwrap();
    let heading = json!({"type": "heading", "attrs": {"level": 2}, "content": [mention("Ann"), text(" three")]});
    assert_eq!(changed.document, doc(json!([heading])));
}

#[test]
fn a_layout_is_kept_while_nothing_in_it_changes() {
    let column =
        |said: &str| json!({"type": "layoutColumn", "attrs": {"width": 50}, "content": [para(json!([text(said)]))]});
    let layout = json!({"type": "layoutSection", "content": [column("left"), column("right")]});
    let stored = doc(json!([layout, para(json!([text("x")]))]));
    let changed = update(&stored, "left\n\nright\n\ny").unwrap();
    assert_eq!(changed.document["content"][0], layout);
    let changed = update(&stored, "left!\n\nright\n\nx").unwrap();
    assert_eq!(changed.lost.to_string(), "1 layout");
}

#[test]
fn long_documents_are_quick() {
    let paragraphs =
        |from: usize| (from..from + 3000).map(|at| para(json!([text(&format!("paragraph {at}"))]))).collect::<Vec<_>>();
    let stored = doc(json!(paragraphs(0)));
    let wanted: Vec<_> = (0..3000).map(|at| format!("paragraph {}", at + at % 7)).collect();
    let start = std::time::Instant::now();
    let changed = update(&stored, &wanted.join("\n\n")).unwrap();
    assert!(start.elapsed() < std::time::Duration::from_secs(60));
    assert_eq!(changed.document["content"].as_array().unwrap().len(), 3000);
}
