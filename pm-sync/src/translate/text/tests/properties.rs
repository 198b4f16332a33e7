use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::oracles::{on_github, on_openproject, on_redmine};
use super::*;

const PROVIDERS: [&str; 7] = ["internal", "github", "redmine", "openproject", "jira", "clickup", "acme"];

/// What texts are made of that is hard: signs, code, HTML, tables, escapes.
const PIECES: [&str; 60] = [
    "@bob",
    "@",
    "#12",
    "#3",
    "#13",
    "WEB-3",
    "OPS-13",
    "WEB-99",
    "octo/web#7",
    "GH-7",
    "fixes ",
    "duplicate of ",
    "[~bob]",
    "user#4",
    "group#5",
    "user:\"bob\"",
    "<mention data-id=\"4\" data-type=\"user\">",
    "&#64;bob",
    "&commat;",
    "&#35;12",
    "&",
    ";",
    "`",
    "``",
    "```",
    "```\n",
    "\n```\n",
    "~~~\n",
    "````\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "    ",
    "- ",
    "> ",
    "1. ",
    "# ",
    "\n- ",
    "\n> ",
    "|",
    "|-|-|\n",
    "\\",
    "<!--",
    "-->",
    "<a title=\"",
    "\">",
    "</a>",
    "<",
    ">",
    "*",
    "**",
    "_",
    "[a](",
    ")",
    "https://example.org/@bob",
    "é",
    "a",
];

fn text() -> impl Strategy<Value = String> {
    vec(select(&PIECES[..]), 0..24).prop_map(|pieces| pieces.concat())
}

fn with_marks() -> impl Strategy<Value = String> {
    let marks = ["\u{2060}", "\u{2063}", "@\u{2060}bob", "#\u{2063}12"];
    let piece = prop_oneof![4 => select(&PIECES[..]), 1 => select(marks.to_vec())];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn providers() -> impl Strategy<Value = (&'static str, &'static str)> {
    (select(&PROVIDERS[..]), select(&PROVIDERS[..]))
}

fn cases(default: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(default), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_text_comes_back_exactly((a, b) in providers(), text in text(), twin_known: bool) {
        let texts = texts(a, b);
        let known = |side| if twin_known { twins(a, b, side) } else { References::new() };
        for side in Side::BOTH {
            let over = texts.carry(side, &text, &known(side), None);
            prop_assert_eq!(&texts.carry(side.other(), &over, &known(side.other()), None), &text, "{:?}", over);
        }
    }

    #[test]
    fn a_text_with_invisible_characters_comes_back_exactly((a, b) in providers(), text in with_marks()) {
        let texts = texts(a, b);
        for side in Side::BOTH {
            let over = texts.carry(side, &text, &References::new(), None);
            prop_assert_eq!(&texts.carry(side.other(), &over, &References::new(), None), &text, "{:?}", over);
            let title = texts.carry_title(side, &text);
            prop_assert_eq!(&texts.carry_title(side.other(), &title), &text);
        }
    }

    #[test]
    fn nobody_is_called_on_github(text in text()) {
        let over = texts("internal", "github").carry(Side::A, &text, &References::new(), None);
        prop_assert_eq!(on_github(&over), Vec::<String>::new(), "{:?}", over);
    }

    #[test]
    fn nobody_is_called_on_redmine(text in text()) {
        let over = texts("internal", "redmine").carry(Side::A, &text, &References::new(), None);
        prop_assert_eq!(on_redmine(&over), Vec::<String>::new(), "{:?}", over);
    }

    #[test]
    fn nobody_is_called_on_openproject(text in text()) {
        let texts = texts("internal", "openproject");
        let over = texts.carry(Side::A, &text, &References::new(), None);
        prop_assert_eq!(on_openproject(&over), Vec::<String>::new(), "{:?}", over);
        let title = texts.carry_title(Side::A, &text);
        prop_assert_eq!(on_openproject(&title), Vec::<String>::new(), "{:?}", title);
    }
}

#[test]
fn the_oracles_see_what_is_there() {
    assert_eq!(on_github("see @bob, `@x` and &#64;ann (#12)").len(), 3);
    assert_eq!(on_redmine("see @bob. `@x` https://x.org/@ann\n```\n@no\n```"), ["@bob", "@x", "@ann"]);
    assert_eq!(on_openproject("user#4 xuser#4 user:\"a\" <mention data-id=\"4\">").len(), 3);
}
