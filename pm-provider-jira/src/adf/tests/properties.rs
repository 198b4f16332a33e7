//! What holds for every document.

use pm_markdown::testing::{documents, models, soup};
use pm_markdown::{Block, plain_text, read, write};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::fold::fold;
use super::super::{from_markdown, to_markdown, update};

/// A document comes back as what ADF can hold of it, and a document that has come back is left as it is.
fn survives(markdown: &str) -> Result<(), TestCaseError> {
    let stored = from_markdown(markdown);
    let expected = fold(read(markdown));
    let shown = to_markdown(&stored);
    prop_assert_eq!(read(&shown), expected.clone(), "stored: {}", stored);
    prop_assert_eq!(&write(&expected), &shown);
    prop_assert_eq!(from_markdown(&shown), stored.clone());
    prop_assert!(update(&stored, &shown).is_none());
    prop_assert!(update(&stored, markdown).is_none());
    Ok(())
}

/// The letters that a document shows, without those of HTML, addresses and titles.
fn letters(blocks: &[Block]) -> String {
    let mut text = String::new();
    blocks.iter().for_each(|block| push_text(block, &mut text));
    text.retain(char::is_alphanumeric);
    text
}

fn push_text(block: &Block, text: &mut String) {
    match block {
        Block::Paragraph(inlines) | Block::Heading(_, inlines) => text.push_str(&plain_text(inlines)),
        Block::Quote(inner) | Block::Alert(_, inner) => inner.iter().for_each(|block| push_text(block, text)),
        Block::Code(code) => text.push_str(&code.text),
        Block::List(list) => list.items.iter().flat_map(|item| &item.blocks).for_each(|block| push_text(block, text)),
        Block::Table(table) => {
            table.head.iter().chain(table.rows.iter().flatten()).for_each(|cell| text.push_str(&plain_text(cell)));
        }
        Block::Html(_) | Block::Rule => {}
    }
}

fn node() -> impl Strategy<Value = Value> {
    let kinds = prop::sample::select(vec![
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
        "panel",
        "table",
        "tableRow",
        "tableCell",
        "tableHeader",
        "taskList",
        "taskItem",
        "blockTaskItem",
        "decisionList",
        "decisionItem",
        "mediaSingle",
        "mediaGroup",
        "media",
        "caption",
        "mention",
        "emoji",
        "date",
        "status",
        "inlineCard",
        "blockCard",
        "expand",
        "nestedExpand",
        "layoutSection",
        "layoutColumn",
        "extension",
        "bodiedExtension",
        "inlineExtension",
        "placeholder",
        "new",
        "",
    ]);
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z@\\[\\] <>*_`|#\n]{0,8}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "text",
        "level",
        "order",
        "url",
        "href",
        "id",
        "state",
        "localId",
        "colspan",
        "rowspan",
        "timestamp",
        "title",
        "language",
        "panelType",
        "alt",
        "data",
    ]);
    let attributes = prop::collection::hash_map(names, scalar.clone(), 0..4).prop_map(|map| json!(map));
    let marks = prop::collection::vec(
        (
            prop::sample::select(vec![
                "strong",
                "em",
                "code",
                "link",
                "strike",
                "subsup",
                "textColor",
                "alignment",
                "new",
            ]),
            attributes.clone(),
        )
            .prop_map(|(kind, attributes)| json!({"type": kind, "attrs": attributes})),
        0..3,
    );
    let leaf = (kinds.clone(), attributes.clone(), marks.clone(), scalar.clone()).prop_map(
        |(kind, attributes, marks, text)| json!({"type": kind, "attrs": attributes, "marks": marks, "text": text}),
    );
    prop_oneof![5 => leaf, 1 => scalar].prop_recursive(5, 40, 5, move |inner| {
        (kinds.clone(), attributes.clone(), marks.clone(), prop::collection::vec(inner, 0..5))
            .prop_map(|(kind, attributes, marks, content)| json!({"type": kind, "attrs": attributes, "marks": marks, "content": content}))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_markdown_says_survives(markdown in documents()) {
        let stored = from_markdown(&markdown);
        prop_assert_eq!(read(&to_markdown(&stored)), fold(read(&markdown)), "stored: {}", stored);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_word_is_lost(markdown in documents()) {
        let written = to_markdown(&from_markdown(&markdown));
        let shown = letters(&read(&written));
        let mut found = shown.chars();
        for letter in letters(&read(&markdown)).chars() {
            prop_assert!(found.any(|other| other == letter), "`{}` is not in {}", letter, written);
        }
    }

    #[test]
    fn what_came_back_stays(markdown in documents()) {
        survives(&markdown)?;
    }

    #[test]
    fn any_markdown_survives(markdown in soup()) {
        survives(&markdown)?;
    }

    #[test]
    fn any_model_survives(document in models()) {
        survives(&write(&document))?;
    }

    #[test]
    fn any_json_is_read(value in node()) {
        let shown = to_markdown(&value);
        prop_assert!(update(&value, &shown).is_none(), "shown: {}", shown);
        let changed = update(&value, &format!("{shown}\n\nMore.")).unwrap();
        prop_assert!(to_markdown(&changed.document).ends_with("More."));
    }

    #[test]
    fn an_update_says_what_is_wanted(old in documents(), new in documents()) {
        let stored = from_markdown(&old);
        if let Some(changed) = update(&stored, &new) {
            prop_assert_eq!(read(&to_markdown(&changed.document)), fold(read(&new)));
        }
    }

    #[test]
    fn any_json_is_changed_to_what_is_wanted(old in node(), new in documents()) {
        let stored = json!({"type": "doc", "version": 1, "content": [old]});
        if let Some(changed) = update(&stored, &new) {
            prop_assert_eq!(fold(read(&to_markdown(&changed.document))), fold(read(&new)), "{}", changed.document);
        }
    }
}
