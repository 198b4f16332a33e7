//! Finds the macros whose bodies are blocks: Jira takes them out of a text before it looks at anything else.

use super::model::Code;
use super::syntax::{BLOCKS, HIDDEN, Tag, is_passed_over, tag};

/// A macro with its body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Macro<'a> {
    /// One of [`BLOCKS`].
    pub(super) name: &'static str,
    pub(super) args: &'a str,
    /// Where it begins, with its tag.
    pub(super) start: usize,
    /// Where it ends, with its tag.
    pub(super) end: usize,
    pub(super) body: &'a str,
}

/// Finds macros in one text, from the front to the back, each place at most once.
#[derive(Debug)]
pub(super) struct Finder<'a> {
    text: &'a str,
    /// The macros that nothing closes any more: looked for once.
    unclosed: [bool; BLOCKS.len()],
}

impl<'a> Finder<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, unclosed: [false; BLOCKS.len()] }
    }

    /// The macro that begins at `at`, where a `{` is.
    pub(super) fn at(&mut self, at: usize) -> Option<Macro<'a>> {
        let opening = tag(&self.text[at..])?;
        let kind = BLOCKS.iter().position(|known| known.eq_ignore_ascii_case(opening.name))?;
        if self.unclosed[kind] {
            return None;
        }
        let from = at + opening.length;
        let Some((closing, end)) = closing(self.text, from, BLOCKS[kind]) else {
            self.unclosed[kind] = true;
            return None;
        };
        let body = &self.text[from..closing];
        Some(Macro { name: BLOCKS[kind], args: opening.args, start: at, end, body })
    }

    /// The next macro from `from` on.
    pub(super) fn next(&mut self, from: usize) -> Option<Macro<'a>> {
        let mut at = from;
        loop {
            at = next_brace(self.text, at)?;
            if let Some(found) = self.at(at) {
                return Some(found);
            }
            at += 1;
        }
    }
}

/// The next `{` from `at` on that may begin a tag.
pub(super) fn next_brace(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text[at..].find(['\\', '{'])?;
        if text[at..].starts_with('\\') {
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
        } else if is_passed_over(&text[at..]) {
            at += 2;
        } else {
            return Some(at);
        }
    }
}

/// Where the tag begins and ends that closes a macro whose body begins at `from`.
fn closing(text: &str, from: usize, name: &str) -> Option<(usize, usize)> {
    let closes = |found: &Tag<'_>| found.name.eq_ignore_ascii_case(name) && found.args.is_empty();
    let mut at = from;
    loop {
        at += text[at..].find(['\\', '{'])?;
        if text[at..].starts_with('\\') {
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        if let Some(found) = tag(&text[at..]).filter(closes) {
            return Some((at, at + found.length));
        }
        at += 1;
    }
}

/// Splits a text into lines; a macro stays on one with its body.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut finder = Finder::new(text);
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut found = finder.next(0);
    while let Some(step) = text[at..].find('\n') {
        let end = at + step;
        if let Some(inside) = found.filter(|found| found.start < end) {
            at = inside.end;
            found = finder.next(at);
        } else {
            lines.push(&text[start..end]);
            start = end + 1;
            at = start;
        }
    }
    lines.push(&text[start..]);
    lines
}

/// The code that a macro is.
pub(super) fn code(found: Macro<'_>) -> Code {
    let body = found.body.strip_prefix('\n').unwrap_or(found.body);
    let body = body.strip_suffix('\n').unwrap_or(body);
    Code { info: info(found.name, found.args), text: show_tags(body) }
}

/// The info string of code in Markdown: the language first, then Jira's other parameters as they are.
fn info(name: &str, args: &str) -> String {
    if name == "noformat" {
        return if args.is_empty() { String::new() } else { format!("noformat {args}") };
    }
    let (language, others) = args.split_once('|').unwrap_or((args, ""));
    if language.contains('=') {
        return args.to_owned();
    }
    [language, others].join(" ").trim().to_owned()
}

/// The name and the parameters of the macro that shows code with an info string.
pub(super) fn code_tag(info: &str) -> (&'static str, String) {
    let kept: String = info.chars().filter(|c| !"{}\\`&<>\u{200b}~".contains(*c) && !c.is_control()).collect();
    let kept = kept.trim();
    let (first, others) = kept.split_once(char::is_whitespace).unwrap_or((kept, ""));
    if first.contains('=') {
        return ("code", kept.to_owned());
    }
    let language: String = first.chars().filter(|c| *c != '|').collect();
    let others = others.trim();
    match (language.as_str(), others) {
        ("", "") => ("noformat", String::new()),
        ("noformat", others) => ("noformat", others.to_owned()),
        (language, "") => ("code", language.to_owned()),
        (language, others) => ("code", format!("{language}|{others}")),
    }
}

/// The info string as it comes back from Jira.
pub(super) fn canonical_info(told: &str) -> String {
    let (name, args) = code_tag(told);
    info(name, &args)
}

/// Puts a character without width into each tag that would end code of a macro, or what the code stands in.
pub(super) fn hide_tags(text: &str, ends: &[&str]) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        done.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        if is_end(rest, ends) || (rest.starts_with(HIDDEN) && is_end(rest, &BLOCKS)) {
            done.push(HIDDEN);
        }
    }
    done + rest
}

/// Takes away what hides tags in code.
fn show_tags(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        done.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        if rest.starts_with(HIDDEN) && is_end(rest, &BLOCKS) {
            rest = &rest[HIDDEN.len_utf8()..];
        }
    }
    done + rest
}

/// Tells whether a tag without its first brace would be one of the `ends` but for what hides it.
fn is_end(rest: &str, ends: &[&str]) -> bool {
    let bare = rest.trim_start_matches(HIDDEN);
    ends.iter().any(|name| {
        let named = bare.get(..name.len()).is_some_and(|read| read.eq_ignore_ascii_case(name));
        named && bare[name.len()..].trim_start_matches(':').starts_with('}')
    })
}
