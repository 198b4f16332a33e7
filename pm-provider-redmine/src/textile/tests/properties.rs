//! What holds for every text.

use proptest::prelude::*;

use super::super::{canonical, textile_read, textile_write, to_markdown, to_textile};
use pm_markdown::{Block, Inline};

/// The normal form of a document.
fn normal(markdown: &str) -> String {
    to_markdown(&to_textile(markdown))
}

/// Words, marks and what the two formats take for something.
fn soup(lines: &'static str) -> impl Strategy<Value = String> {
    let parts = vec![
        "a",
        "Zoë",
        "42",
        " ",
        " ",
        lines,
        "*",
        "**",
        "_",
        "__",
        "-",
        "--",
        "+",
        "^",
        "~",
        "~~",
        "%",
        "?",
        "??",
        "@",
        "`",
        "\"",
        "\":",
        "http://x.org/a_b",
        "(",
        ")",
        "[",
        "]",
        "](",
        "!",
        "![",
        "<",
        ">",
        "</",
        "code>",
        "pre>",
        "<br>",
        "&",
        "&#42;",
        "&amp;",
        ";",
        "|",
        "|-|",
        "#",
        "#12",
        "@user",
        "\\",
        "=",
        "==",
        ".",
        "h1. ",
        "bq. ",
        "p(x). ",
        "1. ",
        "* ",
        "- ",
        "# ",
        "> ",
        "HTML(",
        "API",
        "{",
        "}",
        "{{toc}}",
        "x%x%",
        ":redsh#1:",
        "[1]",
        "[[p|t]]",
        "日本",
        "\u{200b}",
        "\u{a0}",
        "😀",
        "<!--",
        "-->",
        "notextile>",
        "\t",
        "mailto:a@b.de",
        "www.x.org",
        "!a.png!",
        "|_. ",
        "    ",
    ];
    prop::collection::vec(prop::sample::select(parts), 0..24).prop_map(|parts| parts.concat())
}

/// Text on one line with what stands in lines.
fn line() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => "[a-zA-Z0-9äß ,.'-]{1,12}",
        1 => r#"[*_@#|"!:()<>&;~^+%?=\\ \[\]{}x1]{1,6}"#.prop_map(|text| {
            text.chars().flat_map(|c| if c.is_ascii_punctuation() { vec!['\\', c] } else { vec![c] }).collect()
        }),
        1 => "[a-z@*|&<> ]{1,8}".prop_map(|text| format!("`{text}`")),
        1 => "[a-z]{1,5}".prop_map(|name| format!("![{name}]({name}.png)")),
        1 => "[a-z]{1,5}".prop_map(|name| format!("@{name} #12")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|text| format!("**{text}**")),
            inner.clone().prop_map(|text| format!("_{text}_")),
            inner.clone().prop_map(|text| format!("*{text}*")),
            inner.clone().prop_map(|text| format!("~~{text}~~")),
            (inner.clone(), "[a-z_/-]{1,9}").prop_map(|(text, path)| format!("[{text}](https://x.org/{path} \"t\")")),
            prop::collection::vec(inner, 1..4).prop_map(|parts| parts.join(" ")),
        ]
    })
}

fn indented(text: &str, first: &str, other: &str) -> String {
    let lines: Vec<_> = text.split('\n').collect();
    format!("{first}{}", lines.join(&format!("\n{other}")))
}

/// A document.
fn document() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => prop::collection::vec(line(), 1..4).prop_map(|lines| lines.join("\n")),
        1 => (1..7_usize, line()).prop_map(|(level, text)| format!("{} {text}", "#".repeat(level))),
        1 => "[a-z <>/&*\n`]{0,30}".prop_map(|text| format!("~~~rust\n{text}\n~~~")),
        1 => (line(), line(), line()).prop_map(|(a, b, c)| format!("| {a} | b |\n|---|:-:|\n| {b} | {c} |")),
        1 => Just("---".to_owned()),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|blocks| blocks.join("\n\n")),
            inner.clone().prop_map(|text| indented(&text, "> ", "> ")),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|items| {
                items.iter().map(|item| indented(item, "- ", "  ")).collect::<Vec<_>>().join("\n")
            }),
            prop::collection::vec(inner, 1..4).prop_map(|items| {
                items.iter().map(|item| indented(item, "1. ", "   ")).collect::<Vec<_>>().join("\n")
            }),
        ]
    })
}

fn stays_normal(markdown: &str) -> Result<(), TestCaseError> {
    let first = normal(markdown);
    prop_assert_eq!(&normal(&first), &first, "textile: {}", to_textile(markdown));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_document_has_one_normal_form(markdown in document()) {
        stays_normal(&markdown)?;
    }

    #[test]
    fn textile_says_what_the_canonical_document_says(markdown in document()) {
        let read = canonical::blocks(pm_markdown::read(&markdown));
        let textile = textile_write::write(&read);
        let back = canonical::blocks(textile_read::read(&textile));
        prop_assert_eq!(pm_markdown::write(&back), pm_markdown::write(&read), "textile: {}", textile);
    }

    #[test]
    fn any_markdown_has_one_normal_form(markdown in soup("\n")) {
        stays_normal(&markdown)?;
    }

    #[test]
    fn any_textile_has_one_normal_form(textile in soup("\n")) {
        let markdown = to_markdown(&textile);
        prop_assert_eq!(&normal(&markdown), &markdown, "textile: {}", to_textile(&markdown));
    }

    #[test]
    fn plain_text_stays_plain(text in soup(" ")) {
        let text = text.replace(['\t'], " ");
        let text = text.trim_matches(' ');
        if !text.is_empty() {
            let plain = vec![Block::Paragraph(vec![Inline::Text(text.to_owned())])];
            let textile = textile_write::write(&plain);
            prop_assert_eq!(&canonical::blocks(textile_read::read(&textile)), &plain, "textile: {}", textile);
            let markdown = pm_markdown::write(&plain);
            prop_assert_eq!(&canonical::blocks(pm_markdown::read(&markdown)), &plain, "markdown: {}", markdown);
        }
    }

    #[test]
    fn prose_is_the_same_to_the_letter(
        text in "[a-zA-Zäöü日本😀][a-zA-Zäöü日本😀0-9,.;:'/() -]{0,20}[a-z](\n\n?[a-zA-Z][a-zA-Z0-9,.;:'/() ]{0,20}[a-z]){0,3}"
    ) {
        prop_assert_eq!(normal(&text), text);
    }

    #[test]
    fn nothing_panics(text in any::<String>()) {
        let _ = (to_textile(&text), to_markdown(&text));
    }
}
