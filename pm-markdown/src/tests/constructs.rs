//! Each construct: how it reads, and how it is written.

use crate::{AlertKind, Block, Code, Inline, Item, List, Mark, Target, normal, read, write};

/// Asserts that a text is its own normal form.
fn stays(markdown: &str) {
    assert_eq!(normal(markdown), markdown);
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![Inline::text(text)])
}

#[test]
fn lists_have_numbers_and_tasks() {
    let item = |task, text| Item { task, blocks: vec![paragraph(text)] };
    let list = |start, items| Block::List(List { start, items });
    assert_eq!(read("7. a\n8. b"), [list(Some(7), vec![item(None, "a"), item(None, "b")])]);
    assert_eq!(read("* [ ] a\n* [X] b"), [list(None, vec![item(Some(false), "a"), item(Some(true), "b")])]);
    assert_eq!(read("- [ ]"), [list(None, vec![Item { task: Some(false), blocks: vec![] }])]);
    stays("7. a\n8. b");
    stays("- [ ] a\n- [x] b\n- \\[ ] c");
    stays("- a\n\n* b\n\n- c");
    stays("- a\n\n  b\n\n  > c\n\n  | d |\n  | --- |\n\n  - e");
    assert_eq!(normal("- ***\n- a\n\n\n- b"), "- ___\n- a\n- b");
}

#[test]
fn alerts() {
    for kind in AlertKind::ALL {
        let written = format!("> [!{}]\n> a", kind.word());
        assert_eq!(read(&written), [Block::Alert(kind, vec![paragraph("a")])]);
        stays(&written);
    }
    stays("> \\[!NOTE]\n> a");
    stays("> [!NOTE]");
}

#[test]
fn html_stays_what_it_is() {
    assert_eq!(
        read("<div>\n\na <b>c</b>"),
        [
            Block::Html("<div>".to_owned()),
            Block::Paragraph(vec![
                Inline::text("a "),
                Inline::Html("<b>".to_owned()),
                Inline::text("c"),
                Inline::Html("</b>".to_owned())
            ])
        ]
    );
    stays("<div>\nx\n</div>\n\na <b>c</b>\n\n\\<div> d");
    assert_eq!(normal("a<br>b"), "a  \nb");
}

#[test]
fn links_and_images_have_titles() {
    let target = Target::new("https://x.org").titled("a \"t\"");
    assert_eq!(
        read("[x](https://x.org 'a \"t\"')"),
        [Block::Paragraph(vec![Inline::Link(target.clone(), vec![Inline::text("x")])])]
    );
    assert_eq!(read("![x](https://x.org 'a \"t\"')"), [Block::Paragraph(vec![Inline::Image(target, "x".to_owned())])]);
    stays("[x](https://x.org \"a \\\"t\\\"\") <https://x.org> <me@x.org> [![a](b.png)](c)");
    assert_eq!(normal("[x][1]\n\n[1]: /a_b 'c'"), "[x](/a_b \"c\")");
}

#[test]
fn marks_are_seen_wherever_they_stand() {
    stays("un**believ**able _em_ ~~del~~ **_both_**");
    let span = |text: &str| Inline::Span(Mark::Strong, vec![Inline::text(text)]);
    let document = vec![Block::Paragraph(vec![Inline::text("a"), span("(b)"), Inline::text("c")])];
    assert_eq!(write(&document), "&#97;**(b)**&#99;");
    assert_eq!(read(&write(&document)), document);
}

#[test]
fn code_keeps_its_info() {
    assert_eq!(read("```rust ignore\nx\n```"), [Block::Code(Code::new("rust ignore", "x"))]);
    assert_eq!(Code::new("rust ignore", "").language(), "rust");
    stays("```rust ignore\nx\n```");
    stays("````\n```\n````");
    stays("~~~ a`b\nx\n~~~".replace("~~~ ", "~~~").as_str());
}

#[test]
fn footnotes_stay_footnotes() {
    stays("a[^1]\n\n[^1]: b");
    assert_eq!(read("a[^1]\n\n[^1]: b"), [paragraph("a[^1]"), paragraph("[^1]: b")]);
}

#[test]
fn deep_documents_are_flattened() {
    for start in ["> ", "- ", "1. ", "> - "] {
        let deep = format!("{}x", start.repeat(3000));
        assert!(normal(&deep).ends_with('x'), "{start}");
        assert_eq!(normal(&normal(&deep)), normal(&deep));
    }
}
