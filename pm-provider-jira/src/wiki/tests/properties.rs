//! What holds for every text.

use proptest::prelude::*;

use super::super::model::{Block, Inline};
use super::super::{canonical, from_markdown, read, to_markdown, to_wiki, write};

/// The normal form of a document.
fn normal(markdown: &str) -> String {
    to_markdown(&to_wiki(markdown))
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
        "----",
        "+",
        "^",
        "~",
        "~~",
        "?",
        "??",
        "`",
        "``",
        "\"",
        "http://x.org/a_b",
        "mailto:a@b.de",
        "(",
        ")",
        "[",
        "]",
        "](",
        "!",
        "![",
        "[~",
        "[~bob]",
        "<",
        ">",
        "<br>",
        "<ins>",
        "</ins>",
        "<sub>",
        "</sub>",
        "<font color=\"red\">",
        "</font>",
        "<a name=\"x\">",
        "</a>",
        "<!-- -->",
        "<!-- {panel:title=x} -->",
        "<!-- {panel} -->",
        "&",
        "&#42;",
        "&amp;",
        "&#8203;",
        ";",
        "|",
        "||",
        "|-|",
        "#",
        "\\",
        "\\\\",
        "=",
        ".",
        "h1. ",
        "bq. ",
        "1. ",
        "* ",
        "- ",
        "# ",
        "** ",
        "#* ",
        "> ",
        "{",
        "}",
        "{{",
        "}}",
        "{*}",
        "{_}",
        "{id}",
        "{a:b}",
        "{code}",
        "{code:java}",
        "{noformat}",
        "{quote}",
        "{panel}",
        "{panel:title=x}",
        "{color:red}",
        "{color}",
        "{anchor:x}",
        "(x)",
        "(n)",
        ":)",
        "[ ] ",
        "[x] ",
        "!a.png!",
        "!a.png|width=3!",
        "|http://x.org]",
        "日本",
        "\u{200b}",
        "\u{a0}",
        "😀",
        "<!--",
        "-->",
        "\t",
        "^file.txt",
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
        1 => "[a-z]{1,5}".prop_map(|name| format!("[~{name}] {{{name}}}")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|text| format!("**{text}**")),
            inner.clone().prop_map(|text| format!("_{text}_")),
            inner.clone().prop_map(|text| format!("*{text}*")),
            inner.clone().prop_map(|text| format!("~~{text}~~")),
            inner.clone().prop_map(|text| format!("<ins>{text}</ins>")),
            inner.clone().prop_map(|text| format!("x<sub>{text}</sub>")),
            inner.clone().prop_map(|text| format!("<font color=\"red\">{text}</font>")),
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
        1 => "[a-z <>/&*{}\n`]{0,30}".prop_map(|text| format!("~~~rust\n{text}\n~~~")),
        1 => (line(), line(), line()).prop_map(|(a, b, c)| format!("| {a} | b |\n|---|:-:|\n| {b} | {c} |")),
        1 => Just("---".to_owned()),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|blocks| blocks.join("\n\n")),
            inner.clone().prop_map(|text| indented(&text, "> ", "> ")),
            inner.clone().prop_map(|text| format!("<!-- {{panel:title=x}} -->\n\n{text}\n\n<!-- {{panel}} -->")),
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
    prop_assert_eq!(&normal(&first), &first, "wiki: {}", to_wiki(markdown));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_document_has_one_normal_form(markdown in document()) {
        stays_normal(&markdown)?;
    }

    #[test]
    fn wiki_markup_says_what_the_canonical_document_says(markdown in document()) {
        let document = canonical::blocks(from_markdown::read(&markdown));
        let wiki = write::write(&document);
        prop_assert_eq!(&canonical::blocks(read::read(&wiki)), &document, "wiki: {}", wiki);
    }

    #[test]
    fn any_markdown_has_one_normal_form(markdown in soup("\n")) {
        stays_normal(&markdown)?;
    }

    #[test]
    fn any_wiki_markup_has_one_normal_form(wiki in soup("\n")) {
        let markdown = to_markdown(&wiki);
        prop_assert_eq!(&normal(&markdown), &markdown, "wiki: {}", to_wiki(&markdown));
    }

    #[test]
    fn any_wiki_markup_is_written_as_it_was_understood(text in soup("\n")) {
        let document = canonical::blocks(read::read(&text));
        let wiki = write::write(&document);
        prop_assert_eq!(&canonical::blocks(read::read(&wiki)), &document, "wiki: {}", wiki);
    }

    #[test]
    fn plain_text_stays_plain(text in soup(" ")) {
        let text = text.replace('\t', " ");
        let text = text.trim_matches(' ');
        if !text.is_empty() {
            let plain = vec![Block::Paragraph(vec![Inline::Text(text.to_owned())])];
            let wiki = write::write(&plain);
            prop_assert_eq!(&canonical::blocks(read::read(&wiki)), &plain, "wiki: {}", wiki);
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
        let _ = (to_wiki(&text), to_markdown(&text));
    }
}
