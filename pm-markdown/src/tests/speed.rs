//! No text takes longer than its length allows.

use std::time::{Duration, Instant};

use crate::normal;

#[test]
fn repeated_marks_are_quick() {
    let parts = [
        "*",
        "_",
        "*a ",
        "_a",
        "~~a ",
        "**a ",
        "*a**b*",
        "***a",
        "`",
        "` ",
        "[",
        "![",
        "](",
        "[a](",
        "[a](b) ",
        "<",
        "<b>",
        "<a@b>",
        "<!--",
        "&",
        "&#",
        "|",
        "|a",
        "\n|",
        "> ",
        ">",
        ">\n",
        "> [!NOTE]\n",
        "- ",
        "- a\n",
        "- [ ] ",
        "1. ",
        "\\",
        "\n",
        "a\n\n  b\n\n",
        "[^1]",
        "\n[^1]: ",
        "http://",
        "<https://x.org> ",
        "日",
        "<details>\n\n",
    ];
    for part in parts {
        let text = part.repeat(20_000 / part.len());
        let start = Instant::now();
        let done = normal(&text);
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{part:?} took {:?} to become {} bytes",
            start.elapsed(),
            done.len()
        );
    }
}
