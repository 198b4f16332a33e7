//! Finds what Redmine leaves alone: the tags `pre`, `code`, `kbd` and `notextile`, which are taken out of a text before
//! anything else is looked at.

use super::syntax::{HIDDEN, VERBATIM, tag_end, verbatim_tag};
use pm_markdown::Code;

/// A piece of text between verbatim tags.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verbatim<'a> {
    pub(super) name: &'static str,
    /// Where it begins, with its tag.
    pub(super) start: usize,
    /// Where it ends, with its tag.
    pub(super) end: usize,
    /// The tag that opens it.
    pub(super) tag: &'a str,
    pub(super) content: &'a str,
}

/// Finds verbatim pieces in one text, from the front to the back, each place at most once.
#[derive(Debug)]
pub(super) struct Finder<'a> {
    text: &'a str,
    /// The tags that nothing closes any more: looked for once.
    unclosed: [bool; VERBATIM.len()],
}

impl<'a> Finder<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, unclosed: [false; VERBATIM.len()] }
    }

    /// The verbatim piece that begins at `at`, where a `<` is.
    pub(super) fn at(&mut self, at: usize) -> Option<Verbatim<'a>> {
        let rest = &self.text[at..];
        let (name, _) = verbatim_tag(rest).filter(|_| !rest.starts_with("</"))?;
        let kind = VERBATIM.iter().position(|known| *known == name)?;
        if self.unclosed[kind] {
            return None;
        }
        let opened = at + tag_end(rest)?;
        let Some((closing, end)) = self.closing(name, opened) else {
            self.unclosed[kind] = true;
            return None;
        };
        let (tag, content) = (&self.text[at..opened], &self.text[opened..closing]);
        Some(Verbatim { name, start: at, end, tag, content })
    }

    fn closing(&self, name: &str, from: usize) -> Option<(usize, usize)> {
        let mut at = from;
        loop {
            at += self.text[at..].find("</")?;
            let rest = &self.text[at..];
            match verbatim_tag(rest) {
                Some((found, length)) if found == name && rest[length..].starts_with('>') => {
                    return Some((at, at + length + 1));
                }
                _ => at += 2,
            }
        }
    }

    /// The next verbatim piece from `from` on.
    pub(super) fn next(&mut self, from: usize) -> Option<Verbatim<'a>> {
        let mut at = from;
        loop {
            at += self.text[at..].find('<')?;
            if let Some(found) = self.at(at) {
                return Some(found);
            }
            at += 1;
        }
    }
}

/// Splits a text into lines; what stands between verbatim tags stays on one.
pub(super) fn lines(text: &str) -> Vec<&str> {
    if !text.contains('<') {
        return text.split('\n').collect();
    }
    let mut finder = Finder::new(text);
    let mut lines = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(step) = text[at..].find(['<', '\n']) {
        at += step;
        if text[at..].starts_with('\n') {
            lines.push(&text[start..at]);
            start = at + 1;
            at = start;
        } else {
            at = finder.at(at).map_or(at + 1, |found| found.end);
        }
    }
    lines.push(&text[start..]);
    lines
}

/// The code block that a `pre` is.
pub(super) fn code(found: Verbatim<'_>) -> Code {
    let mut finder = Finder::new(found.content);
    let inner = finder.at(0).filter(|inner| inner.name == "code" && found.content[inner.end..].trim().is_empty());
    let (tag, content) = inner.map_or(("", found.content), |inner| (inner.tag, inner.content));
    let content = content.strip_prefix('\n').unwrap_or(content);
    let content = content.strip_suffix('\n').unwrap_or(content);
    Code::new(class(tag), show_tags(content))
}

fn class(tag: &str) -> &str {
    let Some((_, value)) = tag.split_once("class=") else { return "" };
    let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return "" };
    value[1..].split(quote).next().unwrap_or_default()
}

/// Takes away what hides tags in code.
pub(super) fn show_tags(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        done.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let bare = rest.trim_start_matches(HIDDEN);
        let named: String = std::iter::once('<').chain(bare.chars().take(MOST_OF_A_TAG)).collect();
        if bare.len() < rest.len() && verbatim_tag(&named).is_some() {
            rest = &rest[HIDDEN.len_utf8()..];
        }
    }
    done + rest
}

/// Puts a character without width into each tag that would end or change the code.
pub(super) fn hide_tags(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        done.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let bare = rest.trim_start_matches(HIDDEN);
        let named: String = std::iter::once('<').chain(bare.chars().take(MOST_OF_A_TAG)).collect();
        if verbatim_tag(&named).is_some() {
            done.push(HIDDEN);
        }
    }
    done + rest
}

/// Enough of a text to tell a verbatim tag.
const MOST_OF_A_TAG: usize = 12;
