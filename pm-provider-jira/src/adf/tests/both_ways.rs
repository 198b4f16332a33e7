//! Each construct of Markdown, and what it is in ADF.

use serde_json::{Value, json};

use super::super::{from_markdown, to_markdown};

/// Asserts what a Markdown text is in ADF, and that it comes back as it was.
fn both_ways(markdown: &str, content: &Value) {
    let document = from_markdown(markdown);
    assert_eq!(document, json!({"type": "doc", "version": 1, "content": content}), "{markdown}");
    assert_eq!(to_markdown(&document), markdown);
}

/// Asserts what comes back of a text that ADF cannot hold as it is.
fn becomes(markdown: &str, expected: &str) {
    assert_eq!(to_markdown(&from_markdown(markdown)), expected, "{markdown}");
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn marked(text: &str, marks: &[&str]) -> Value {
    let marks: Vec<_> = marks.iter().map(|mark| json!({"type": mark})).collect();
    json!({"type": "text", "text": text, "marks": marks})
}

fn paragraph(content: &Value) -> Value {
    json!({"type": "paragraph", "content": content})
}

#[test]
fn text_and_breaks() {
    both_ways("", &json!([]));
    both_ways("One.\n\nTwo.", &json!([paragraph(&json!([text("One.")])), paragraph(&json!([text("Two.")]))]));
    both_ways("a  \nb", &json!([paragraph(&json!([text("a"), {"type": "hardBreak"}, text("b")]))]));
    becomes("a line\nand another", "a line and another");
    becomes("\\*no mark\\*", "\\*no mark\\*");
}

#[test]
fn marks() {
    both_ways(
        "**a** _b_ ~~c~~ `d` **_e_**",
        &json!([paragraph(&json!([
            marked("a", &["strong"]),
            text(" "),
            marked("b", &["em"]),
            text(" "),
            marked("c", &["strike"]),
            text(" "),
            marked("d", &["code"]),
            text(" "),
            marked("e", &["strong", "em"])
        ]))]),
    );
    let script =
        |kind: &str| json!({"type": "text", "text": "2", "marks": [{"type": "subsup", "attrs": {"type": kind}}]});
    both_ways(
        "H<sub>2</sub>O x<sup>2</sup> <u>u</u>",
        &json!([paragraph(&json!([
            text("H"),
            script("sub"),
            text("O x"),
            script("sup"),
            text(" "),
            marked("u", &["underline"])
        ]))]),
    );
    becomes("**a `b` c**", "**a** `b` **c**");
    becomes("<u>a <b>x</b>", "\\<u>a \\<b>x\\</b>");
}

#[test]
fn links() {
    let link = |text: &str, attributes: Value| json!({"type": "text", "text": text, "marks": [{"type": "link", "attrs": attributes}]});
    both_ways(
        "[a](https://x.org \"t\") <https://y.org> <me@x.org>",
        &json!([paragraph(&json!([
            link("a", json!({"href": "https://x.org", "title": "t"})),
            text(" "),
            link("https://y.org", json!({"href": "https://y.org"})),
            text(" "),
            link("me@x.org", json!({"href": "mailto:me@x.org"}))
        ]))]),
    );
    becomes("[](https://x.org) [a](javascript:x) [b]()", "<https://x.org> a (javascript:x) b");
}

#[test]
fn headings_rules_and_code() {
    for level in 1..=6 {
        let heading = json!([{"type": "heading", "attrs": {"level": level}, "content": [text("T")]}]);
        both_ways(&format!("{} T", "#".repeat(level)), &heading);
    }
    both_ways("---", &json!([{"type": "rule"}]));
    both_ways(
        "```rust\nlet x;\n\ny\n```",
        &json!([{"type": "codeBlock", "attrs": {"language": "rust"}, "content": [text("let x;\n\ny")]}]),
    );
    both_ways("```\n\n```", &json!([{"type": "codeBlock"}]));
    becomes("```rust ignore\nx\n```", "```rust\nx\n```");
}

#[test]
fn lists() {
    let item = |content: Value| json!({"type": "listItem", "content": content});
    let line = |said: &str| paragraph(&json!([text(said)]));
    both_ways(
        "- a\n  - b\n- c",
        &json!([{"type": "bulletList", "content": [
            item(json!([line("a"), {"type": "bulletList", "content": [item(json!([line("b")]))]}])), item(json!([line("c")]))
        ]}]),
    );
    both_ways("7. a", &json!([{"type": "orderedList", "attrs": {"order": 7}, "content": [item(json!([line("a")]))]}]));
    both_ways("1. a", &json!([{"type": "orderedList", "content": [item(json!([line("a")]))]}]));
    both_ways("-", &json!([{"type": "bulletList", "content": [item(json!([{"type": "paragraph"}]))]}]));
    becomes("- # h\n\n  > q\n\n  ---", "- **h**\n\n  q\n\n  \\---");
}

#[test]
fn tasks() {
    let task = |id: &str, state: &str, said: &str| json!({"type": "taskItem", "attrs": {"localId": id, "state": state}, "content": [text(said)]});
    both_ways(
        "- [ ] a\n  - [x] b\n- [x] c",
        &json!([{"type": "taskList", "attrs": {"localId": "1"}, "content": [
            task("2", "TODO", "a"),
            {"type": "taskList", "attrs": {"localId": "3"}, "content": [task("4", "DONE", "b")]},
            task("5", "DONE", "c")
        ]}]),
    );
    let stored = from_markdown("1. [x] a\n2. b").to_string();
    assert!(stored.contains("[x] a") && !stored.contains("taskItem"), "{stored}");
    becomes("1. [x] a\n2. b", "1. [x] a\n2. b");
    becomes("- [ ]\n- [x] a\n\n  b", "- [ ]\n- [x] a\n\n  b");
    becomes("- |  |\n  | --- |\n\n  [ ]", "- [ ]");
}

#[test]
fn quotes_and_alerts() {
    both_ways("> a", &json!([{"type": "blockquote", "content": [paragraph(&json!([text("a")]))]}]));
    for (word, panel) in
        [("NOTE", "info"), ("TIP", "success"), ("IMPORTANT", "note"), ("WARNING", "warning"), ("CAUTION", "error")]
    {
        both_ways(
            &format!("> [!{word}]\n> a"),
            &json!([{"type": "panel", "attrs": {"panelType": panel}, "content": [paragraph(&json!([text("a")]))]}]),
        );
    }
    becomes("> a\n>\n> > b", "> a\n>\n> b");
    becomes("- > [!TIP]\n  > a", "- **Tip**\n\n  a");
}

#[test]
fn images() {
    both_ways(
        "![alt](https://x.org/a.png \"t\")",
        &json!([{"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [
            {"type": "media", "attrs": {"type": "external", "url": "https://x.org/a.png", "alt": "alt"}},
            {"type": "caption", "content": [text("t")]}
        ]}]),
    );
    both_ways(
        "[![](https://x.org/a.png)](https://y.org)",
        &json!([{"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [
            {"type": "media", "attrs": {"type": "external", "url": "https://x.org/a.png"},
             "marks": [{"type": "link", "attrs": {"href": "https://y.org"}}]}
        ]}]),
    );
    both_ways(
        "See ![it](a.png).",
        &json!([paragraph(&json!([
            text("See "), {"type": "text", "text": "🖼 it", "marks": [{"type": "link", "attrs": {"href": "a.png"}}]}, text(".")
        ]))]),
    );
    becomes("[a ![b](c.png)](https://x.org)", "[a b](https://x.org)");
}

#[test]
fn tables() {
    let cell = |kind: &str, said: &str, align: Option<&str>| {
        let mut paragraph = paragraph(&json!([text(said)]));
        if let Some(align) = align {
            paragraph["marks"] = json!([{"type": "alignment", "attrs": {"align": align}}]);
        }
        json!({"type": kind, "content": [paragraph]})
    };
    both_ways(
        "| a | b | c |\n| --- | :-: | --: |\n| 1 | 2 | 3 |",
        &json!([{"type": "table", "content": [
            {"type": "tableRow", "content": [
                cell("tableHeader", "a", None), cell("tableHeader", "b", Some("center")), cell("tableHeader", "c", Some("end"))]},
            {"type": "tableRow", "content": [
                cell("tableCell", "1", None), cell("tableCell", "2", Some("center")), cell("tableCell", "3", Some("end"))]}
        ]}]),
    );
    becomes("| | |\n| --- | --- |\n| 1 | x<br>y |", "| | |\n| --- | --- |\n| 1 | x<br>y |");
    becomes("- | a | b |\n  | --- | --- |\n  | 1 | 2 |", "- a | b  \n  1 | 2");
}

#[test]
fn sections() {
    both_ways(
        "<details>\n<summary>More &amp; more</summary>\n\ninside\n\n</details>",
        &json!([{"type": "expand", "attrs": {"title": "More & more"}, "content": [paragraph(&json!([text("inside")]))]}]),
    );
    becomes("<div>\nx\n</div>", "\\<div>  \nx  \n\\</div>");
}
