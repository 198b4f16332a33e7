//! No text takes longer than its length allows.

use std::time::{Duration, Instant};

use super::super::{to_markdown, to_textile};

/// The limits are far above what texts of these sizes take, and below what they take when time grows with the square.
fn is_quick(part: &str, size: usize, longest: Duration) {
    let text = part.repeat(size / part.len());
    for convert in [to_textile, to_markdown] {
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
        "@",
        "@a ",
        "@a\n",
        "\"",
        "\"a\":",
        "\"a\":/b",
        "\"a\":http://x.org ",
        "<",
        "<pre>",
        "</pre>",
        "<pre><code>",
        "<code>a",
        "<!--",
        "[",
        "![",
        "](",
        "!a(",
        " !a",
        "!a! ",
        "== ",
        " ==a",
        "&#",
        "&",
        "`",
        "` ",
        "|",
        "|a",
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
        "A1(",
        "a[1",
        "\\",
        "~",
        "~~a ",
        "\n",
        "\n ",
        "a\n\n  b\n\n",
        "http://",
        "<a@b>",
        "*a**b*_c_",
        "<notextile></notextile>",
        "{",
        "(a{b[",
        "日",
    ];
    for part in parts {
        is_quick(part, 40_000, Duration::from_secs(5));
    }
}
