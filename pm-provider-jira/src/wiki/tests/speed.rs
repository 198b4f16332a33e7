//! No text takes longer than its length allows.

use std::time::{Duration, Instant};

use super::super::{to_markdown, to_wiki};

/// The limits are far above what texts of these sizes take, and below what they take when time grows with the square.
fn is_quick(part: &str, size: usize, longest: Duration) {
    let text = part.repeat(size / part.len());
    for convert in [to_wiki, to_markdown] {
        let start = Instant::now();
        let done = convert(&text);
        let took = start.elapsed();
        assert!(took < longest, "{part:?} took {took:?} to become {} bytes", done.len());
    }
}

#[test]
fn a_million_stars_are_quick() {
    is_quick("*", 1_000_000, Duration::from_secs(30));
}

#[test]
fn repeated_marks_are_quick() {
    let parts = [
        "_",
        "*a ",
        "_a",
        "-a_ ",
        "*(",
        "**a ",
        "*a* ",
        "{*}a",
        "??",
        "??a",
        "[",
        "[a",
        "[~",
        "[a|",
        "[a|b] ",
        "![",
        "](",
        "!a.png",
        "!a.png! ",
        " !a",
        "{",
        "{{",
        "{{a",
        "}}",
        "{a",
        "{a:",
        "{code}",
        "{code:java}",
        "{quote}a",
        "{panel}",
        "{quote}{panel}",
        "{color:red}",
        "{color:red}a{color}",
        "{color}",
        "{anchor:a}",
        "<",
        "<ins>",
        "<font color=red>",
        "</font>",
        "<!-- {panel:a} -->\n\n",
        "<!--",
        "&#",
        "&",
        "&amp;",
        "`",
        "` ",
        "|",
        "|a",
        "||",
        "\n|",
        "> ",
        ">",
        ">\n",
        "* ",
        "* a\n",
        "** a\n* b\n",
        "- ",
        "- a\n",
        "#",
        "1. ",
        "(",
        "a(n)",
        "a[1",
        "\\",
        "\\\\",
        "\\\\a",
        "\\*",
        "~",
        "~~a ",
        "----\n",
        "h1. ",
        "\n",
        "\n ",
        "a\n\n  b\n\n",
        "http://",
        "http://a ",
        "mailto:a",
        "<a@b>",
        "*a**b*_c_",
        "*a\n",
        "日",
    ];
    for part in parts {
        is_quick(part, 40_000, Duration::from_secs(5));
    }
}
