//! Documents as people and programs write them.

use proptest::prelude::*;

/// Words, marks and what Markdown and the languages that it is translated to take for something, in any order.
pub fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PARTS), 0..24).prop_map(|parts| parts.concat())
}

const PARTS: &[&str] = &[
    "a",
    "Zoë",
    "42",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "*",
    "**",
    "***",
    "_",
    "__",
    "-",
    "--",
    "---",
    "+",
    "^",
    "~",
    "~~",
    "%",
    "?",
    "??",
    "@",
    "`",
    "``",
    "```\n",
    "\"",
    "\":",
    "http://x.org/a_b",
    "(",
    ")",
    "[",
    "]",
    "](",
    "](/u \"t\")",
    "!",
    "![",
    "<",
    ">",
    "</",
    "code>",
    "<br>",
    "<b>",
    "</b>",
    "<div>",
    "<u>",
    "</u>",
    "<!--",
    "-->",
    "<?",
    "&",
    "&#42;",
    "&#10;",
    "&#32;",
    "&nbsp;",
    "&amp;",
    ";",
    "|",
    "\n|-|\n",
    "\n--|:-:\n",
    "#",
    "#12",
    "@user",
    "\\",
    "\\\n",
    "  \n",
    "=",
    "\n===\n",
    ".",
    "1. ",
    "7) ",
    "\n2. ",
    "* ",
    "- ",
    "\n- ",
    "  - ",
    "# ",
    "> ",
    "\n> ",
    "- [ ] ",
    "[x]",
    "\n- [x] ",
    "> [!NOTE]\n",
    "[!TIP]",
    "[^1]",
    "\n[^1]: ",
    "[ref]",
    "\n[ref]: /r \"t\"\n",
    "{",
    "}",
    "{{toc}}",
    "{code}",
    "{*}",
    "[[p|t]]",
    "日本",
    "\u{200b}",
    "\u{a0}",
    "😀",
    ":smile:",
    "\t",
    "mailto:a@b.de",
    "<me@x.org>",
    "<http://x.org>",
    "www.x.org",
    "h1. ",
    "bq. ",
    "!a.png!",
    "||",
    "----",
    "    ",
    "  ",
    "<details>",
    "</details>",
    "\n<summary>x</summary>\n",
];

/// Markdown documents that use everything that GFM has, in more than one way each.
pub fn documents() -> impl Strategy<Value = String> {
    prop::collection::vec(block(), 1..4).prop_map(|blocks| blocks.join("\n\n"))
}

/// Some of these characters; regular expressions would be read anew for each text.
fn of(characters: &str, lengths: std::ops::Range<usize>) -> impl Strategy<Value = String> + use<> {
    let characters: Vec<char> = characters.chars().collect();
    prop::collection::vec(prop::sample::select(characters), lengths).prop_map(|text| text.into_iter().collect())
}

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => of("abcdefghijkXYZ0123456789äß日,.'-", 1..8),
        1 => of(r#"*_@#|"!:()<>&;~^+%?=\[]{}$/x1-"#, 1..6).prop_map(|text| escaped(&text)),
        1 => of("*_@#|\"!:()<>&;~^+%?={}$x1-", 1..5),
        1 => prop::sample::select(vec!["2024.", "e.g.", "C++", "snake_case", "5*3", "https://x.org/a_b?c=d&e#f", "@ann",
            "#12", "&amp;", "&copy;", "&#42;", "\\[x\\]", "a\u{a0}b", "😀", "-", "1.", "#", ">", "|", "[ ]", "[1]", "{x}"])
            .prop_map(str::to_owned),
    ]
}

fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_ascii_punctuation() { vec!['\\', c] } else { vec![c] }).collect()
}

fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 1..4).prop_map(|words| words.join(" "))
}

fn url() -> impl Strategy<Value = String> {
    let tail =
        prop_oneof![3 => Just(String::new()), 1 => of("abc0189&_=", 0..6).prop_map(|text| format!("?a={text}#b"))];
    prop_oneof![
        3 => (of(LETTERS, 1..6), of("abcxyz019_()%-", 0..8), tail)
            .prop_map(|(host, path, tail)| format!("https://{host}.org/{path}{tail}")),
        2 => prop::sample::select(vec![
            "/issues/12", "a.png", "#part", "mailto:a@b.org", "<b c>", "a\\)b", "x:y", "../z?a=1&amp;b", "http://x.org/a.png",
        ])
        .prop_map(str::to_owned),
    ]
}

fn title() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        1 => of("abcz \\(", 1..8).prop_map(|title| format!(" \"{title}\"")),
        1 => of("abcz \"", 1..8).prop_map(|title| format!(" '{title}'")),
        1 => of("abcz<&|", 1..8).prop_map(|title| format!(" ({title})")),
    ]
}

fn image() -> impl Strategy<Value = String> {
    (words(), url(), title()).prop_map(|(text, url, title)| format!("![{text}]({url}{title})"))
}

fn inline() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        6 => words(),
        1 => of("abcz@*|&<> ", 1..8).prop_map(|text| format!("`{text}`")),
        1 => of("abcz`", 1..6).prop_map(|text| format!("``` {text} ```")),
        1 => image(),
        1 => prop::sample::select(vec!["<https://x.org/a_b>", "<me@x.org>", "<u>under</u>", "H<sub>2</sub>O", "x<sup>2</sup>",
            "<kbd>A</kbd>", "<!-- c -->", "a<br>b", "a<br />b", "a  \nb", "a\\\nb", "a\nb", "a\n  b", "[^1]"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        let inner = prop::collection::vec(inner, 1..3).prop_map(|parts| parts.join(" "));
        prop_oneof![
            (inner.clone(), prop::sample::select(vec!["*", "_", "**", "__", "~~", "~", "***"]))
                .prop_map(|(text, mark)| format!("{mark}{text}{mark}")),
            (inner.clone(), prop::sample::select(vec!["*", "**", "~~"]))
                .prop_map(|(text, mark)| format!("x{mark}{text}{mark}y")),
            (inner, url(), title()).prop_map(|(text, url, title)| format!("[{text}]({url}{title})")),
        ]
    })
}

/// Text with what stands in lines, on one or more of them.
fn text() -> impl Strategy<Value = String> {
    (prop::collection::vec(inline(), 1..3), prop::sample::select(vec![" ", " ", " ", "\n", "", "  \n"]))
        .prop_map(|(parts, between)| parts.join(between))
}

/// Text on one line.
fn line() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace("\\\n", " ").replace('\n', " "))
}

fn table() -> impl Strategy<Value = String> {
    let rule = prop::collection::vec(prop::sample::select(vec!["---", ":--", ":-:", "--:"]), 3);
    let cell = prop_oneof![1 => Just(String::new()), 4 => line().prop_map(|text| text.replace('|', "\\|"))];
    (1_usize..4, rule, prop::collection::vec(prop::collection::vec(cell, 3), 1..4)).prop_map(|(width, rule, rows)| {
        let mut lines: Vec<_> = rows.iter().map(|cells| format!("| {} |", cells[..width].join(" | "))).collect();
        lines.insert(1, format!("| {} |", rule[..width].join(" | ")));
        lines.join("\n")
    })
}

/// Puts a marker before the first line, and something before all others that are not empty.
fn indented(text: &str, marker: &str, indent: &str) -> String {
    let lines = text.lines().enumerate().map(|(at, line)| match (at, line.is_empty()) {
        (0, _) => format!("{marker}{line}"),
        (_, true) => indent.trim_end().to_owned(),
        (_, false) => format!("{indent}{line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn leaf_block() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => text(),
        1 => (1_usize..7, line()).prop_map(|(level, text)| format!("{} {text}", "#".repeat(level))),
        1 => (line(), prop::sample::select(vec!["===", "---"])).prop_map(|(text, rule)| format!("{text}\n{rule}")),
        1 => (of("abcz+#", 0..5), prop::sample::select(vec!["", "", " title=\"x\""]), prop::collection::vec(of("abcz<>*|`@ {}~", 0..8), 0..3)).prop_map(|(info, rest, lines)| {
            let text: String = lines.into_iter().map(|line| line + "\n").collect();
            format!("````{info}{rest}\n{text}````")
        }),
        1 => (of("abc`", 0..4), of("abc ", 0..8)).prop_map(|(info, text)| format!("~~~{info}\n{text}\n~~~")),
        1 => prop::collection::vec(of(LETTERS, 1..6), 1..3).prop_map(|lines| format!("    {}", lines.join("\n    "))),
        1 => table(),
        1 => prop::sample::select(vec!["---", "***", "* * *", "___"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["<div>\nx *y*\n</div>", "<!-- a\n\nb -->", "<pre>\na\n\nb</pre>", "<hr>", "<b>\nx\n</b>", "<script>",
            "<details>\n<summary>More</summary>\n\ninside\n\n</details>", "[^1]: a note", "[r]: /x\n[r]", "<img src=\"a.png\">"])
            .prop_map(str::to_owned),
    ]
}

fn block() -> impl Strategy<Value = String> {
    leaf_block().prop_recursive(3, 8, 3, |inner| {
        let blocks = prop::collection::vec(inner, 1..3).prop_map(|blocks| blocks.join("\n\n"));
        let items =
            || prop::collection::vec((blocks.clone(), prop::sample::select(vec!["", "", "[ ] ", "[x] "])), 1..4);
        let list = |marker: &'static str, indent: &'static str| {
            (items(), prop::sample::select(vec!["\n", "\n\n"])).prop_map(move |(items, between)| {
                let items = items.iter().map(|(item, task)| indented(&format!("{task}{item}"), marker, indent));
                items.collect::<Vec<_>>().join(between)
            })
        };
        prop_oneof![
            blocks.clone().prop_map(|text| indented(&text, "> ", "> ")),
            (blocks.clone(), prop::sample::select(vec!["NOTE", "tip", "IMPORTANT", "Warning", "CAUTION"]))
                .prop_map(|(text, kind)| indented(&format!("[!{kind}]\n{text}"), "> ", "> ")),
            list("- ", "  "),
            list("* ", "  "),
            list("1. ", "   "),
            list("7) ", "   "),
        ]
    })
}
