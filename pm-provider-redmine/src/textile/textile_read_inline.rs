//! Reads what stands inside Textile's lines.
//!
//! As in Redmine, code, images and verbatim text are found first, marks and links in what is left. Each search that can
//! fail looks into a list made once, so that no text takes longer than its length times the depth of its marks.

use super::syntax::{MARKS, attributes, entity, is_word, may_close_before, may_open_after};
use super::target::link_start;
use super::verbatim::{Finder, Verbatim, show_tags};
use pm_markdown::{DEEPEST, Inline, Mark, Target};

/// Reads inlines; line ends in the text are breaks.
pub(super) fn inlines(text: &str) -> Vec<Inline> {
    let mut done = Vec::new();
    if !has_special(text) {
        push_plain(text, &mut done);
        return done;
    }
    let scanner = Scanner::new(text);
    scanner.range(0, text.len(), 0, &mut done);
    done
}

/// A part of the text that nothing looks into.
struct Opaque {
    start: usize,
    end: usize,
    inline: Inline,
}

struct Scanner<'a> {
    text: &'a str,
    opaque: Vec<Opaque>,
    /// Where marked text may end, for each character of [`READ`].
    closers: [Vec<usize>; READ.len()],
    quotes: Vec<usize>,
}

/// The marks that Markdown has as well.
const READ: [(u8, Mark); 3] = [(b'*', Mark::Strong), (b'_', Mark::Emphasis), (b'-', Mark::Deleted)];

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        let opaque = find_opaque(text);
        let mut scanner = Self { text, opaque, closers: Default::default(), quotes: Vec::new() };
        let mut hidden = 0;
        for (at, byte) in text.bytes().enumerate() {
            while scanner.opaque.get(hidden).is_some_and(|part| part.end <= at) {
                hidden += 1;
            }
            if scanner.opaque.get(hidden).is_some_and(|part| part.start <= at) {
                continue;
            }
            if byte == b'"' {
                scanner.quotes.push(at);
            } else if let Some(mark) = READ.iter().position(|(known, _)| *known == byte) {
                let ends = before(text, at).is_some_and(|c| !c.is_ascii_whitespace());
                if ends && may_close_before(after(text, at + 1)) {
                    scanner.closers[mark].push(at);
                }
            }
        }
        scanner
    }

    fn range(&self, start: usize, end: usize, depth: usize, done: &mut Vec<Inline>) {
        let mut at = start;
        let mut plain = start;
        while let Some(step) = self.text[at..end].find(SPECIAL) {
            at += step;
            match self.special(at, start, end, depth) {
                Some((inline, next)) => {
                    push_plain(&self.text[plain..at], done);
                    done.extend(inline);
                    at = next;
                    plain = next;
                }
                None => at += 1,
            }
        }
        push_plain(&self.text[plain..end], done);
    }

    /// What begins at `at`, and where the text goes on.
    fn special(&self, at: usize, start: usize, end: usize, depth: usize) -> Option<(Vec<Inline>, usize)> {
        match self.text.as_bytes()[at] {
            b'\n' => {
                let meant = before(self.text, at) != Some(' ');
                Some((vec![if meant { Inline::Hard } else { Inline::Soft }], at + 1))
            }
            b'&' => {
                let (decoded, length) = entity(&self.text[at..end])?;
                Some((vec![Inline::Text(decoded.to_string())], at + length))
            }
            b'"' if depth < DEEPEST => self.link(at, end, depth),
            b'*' | b'_' | b'-' if depth < DEEPEST => self.span(at, start, end, depth),
            _ => {
                let found = self.opaque.binary_search_by_key(&at, |part| part.start).ok()?;
                let part = &self.opaque[found];
                (part.end <= end).then(|| (vec![part.inline.clone()], part.end))
            }
        }
    }

    fn span(&self, at: usize, start: usize, end: usize, depth: usize) -> Option<(Vec<Inline>, usize)> {
        let byte = self.text.as_bytes()[at];
        let (index, (_, mark)) = READ.iter().enumerate().find(|(_, (known, _))| *known == byte)?;
        let previous = before(self.text, at);
        let marked = previous
            .filter(|c| MARKS.contains(*c))
            .is_some_and(|c| may_open_after(before(self.text, at - c.len_utf8())));
        let doubled = self.text.as_bytes().get(at + 1) == Some(&byte);
        if !(at == start || marked || may_open_after(previous)) || (doubled && *mark == Mark::Deleted) {
            return None;
        }
        let width = 1 + usize::from(doubled);
        let content = at + width;
        let closer = self.closer(index, content, end, doubled)?;
        let text = &self.text[content..closer];
        let one = text.chars().nth(1).is_none();
        if text.starts_with(|c: char| c.is_ascii_whitespace()) || (one && !text.chars().all(is_word)) || adorned(text) {
            return None;
        }
        let mut inner = Vec::new();
        self.range(content, closer, depth + 1, &mut inner);
        Some((vec![Inline::Span(*mark, inner)], closer + width))
    }

    /// Where marked text ends that begins at `content`.
    fn closer(&self, mark: usize, content: usize, end: usize, doubled: bool) -> Option<usize> {
        let closers = &self.closers[mark];
        let first = closers.partition_point(|closer| *closer <= content);
        if !doubled {
            return closers.get(first).copied().filter(|closer| *closer < end);
        }
        // The first of the two may stand before the second, which the list holds as well.
        let pair = closers[first..].windows(2).take(FURTHEST).find(|pair| pair[0] + 1 == pair[1])?;
        (pair[1] < end).then_some(pair[0])
    }

    fn link(&self, at: usize, end: usize, depth: usize) -> Option<(Vec<Inline>, usize)> {
        let next = self.quotes.partition_point(|quote| *quote <= at);
        let quote = self.quotes.get(next).copied().filter(|quote| *quote < end)?;
        let rest = self.text[quote + 1..end].strip_prefix(':')?;
        let start = link_start(rest)?;
        let text = &self.text[at + 1..quote];
        if text.trim_matches([' ', '\t']).is_empty() || text.contains('\n') || adorned(text) {
            return None;
        }
        let url = target(rest);
        url.get(start..)?.chars().nth(1)?;
        let (shown, title) = split_title(text);
        let mut inner = Vec::new();
        self.range(at + 1, at + 1 + shown.len(), depth + 1, &mut inner);
        Some((vec![Inline::Link(Target::new(url).titled(title), inner)], quote + 2 + url.len()))
    }
}

/// How many ends of marked text are looked at for one that is doubled.
const FURTHEST: usize = 64;

const SPECIAL: [char; 10] = ['\n', '&', '"', '*', '_', '-', '@', '!', '<', '='];

/// Looks at every byte, which the processor does many at a time: most texts are prose.
fn has_special(text: &str) -> bool {
    let is_special =
        |byte| SPECIAL.iter().fold(false, |found, special| found | (u32::from(*special) == u32::from(byte)));
    text.bytes().fold(false, |found, byte| found | is_special(byte))
}

fn before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

fn after(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}

fn push_plain(text: &str, done: &mut Vec<Inline>) {
    if !text.is_empty() {
        done.push(Inline::Text(text.to_owned()));
    }
}

/// Classes, styles and languages are not known here: what has them stays text.
fn adorned(text: &str) -> bool {
    let most = text.char_indices().map(|(at, _)| at).nth(LONGEST_ATTRIBUTES).unwrap_or(text.len());
    text.starts_with(['(', '{', '[']) && (2..text.len()).contains(&attributes(&text[..most]))
}

const LONGEST_ATTRIBUTES: usize = 256;

/// The target that `rest` begins with, without the punctuation after it.
fn target(rest: &str) -> &str {
    let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '<').unwrap_or(rest.len());
    let belongs = |c: char| c.is_alphanumeric() || "_=/;()-".contains(c);
    let url = rest[..end].trim_end_matches(|c| !belongs(c));
    let open = url.matches('(').count() < url.matches(')').count();
    url.strip_suffix(')').filter(|_| open).unwrap_or(url)
}

/// Splits `text(title)`.
fn split_title(text: &str) -> (&str, &str) {
    let split = text.strip_suffix(')').and_then(|rest| {
        let from = rest.rfind(')').map_or(0, |at| at + 1);
        let open = from + rest[from..].find('(')?;
        (open > 0 && open + 1 < rest.len()).then(|| (rest[..open].trim_end(), &rest[open + 1..]))
    });
    split.filter(|(shown, _)| !shown.is_empty()).unwrap_or((text, ""))
}

fn find_opaque(text: &str) -> Vec<Opaque> {
    let ends: Vec<_> = text.match_indices('@').map(|(at, _)| at).filter(|at| ends_code(text, *at)).collect();
    let lines: Vec<_> = text.match_indices('\n').map(|(at, _)| at).collect();
    let mut finder = Finder::new(text);
    let mut verbatim = finder.next(0);
    let mut done = Vec::new();
    let mut at = 0;
    while let Some(step) = text[at..].find(['@', '!', '<', '=']) {
        at += step;
        let limit = verbatim.map_or(text.len(), |found| found.start);
        let found = match text.as_bytes()[at] {
            b'@' => code(text, at, &ends, &lines),
            b'!' => image(text, at),
            b'=' => untouched(text, at, &lines),
            _ => verbatim.filter(|found| found.start == at).map(|found| {
                verbatim = finder.next(found.end);
                (verbatim_inline(text, found), found.end)
            }),
        };
        // Verbatim text comes first: nothing else reaches into it.
        match found.filter(|(_, end)| *end <= limit || at == limit) {
            Some((inline, end)) => {
                done.push(Opaque { start: at, end, inline });
                at = end;
            }
            None => at += 1,
        }
    }
    done
}

fn verbatim_inline(text: &str, found: Verbatim<'_>) -> Inline {
    match found.name {
        "notextile" => Inline::Text(found.content.to_owned()),
        "kbd" => Inline::Text(text[found.start..found.end].to_owned()),
        _ => Inline::Code(show_tags(found.content)),
    }
}

fn ascii_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn ends_code(text: &str, at: usize) -> bool {
    !ascii_word(after(text, at + 1))
}

fn line_end(text: &str, at: usize, lines: &[usize]) -> usize {
    lines.get(lines.partition_point(|line| *line < at)).copied().unwrap_or(text.len())
}

fn code(text: &str, at: usize, ends: &[usize], lines: &[usize]) -> Option<(Inline, usize)> {
    if ascii_word(before(text, at)) {
        return None;
    }
    let end = ends.get(ends.partition_point(|end| *end < at + 2)).copied()?;
    (end < line_end(text, at, lines)).then(|| (Inline::Code(decode(&text[at + 1..end])), end + 1))
}

fn decode(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        done.push_str(&rest[..at]);
        let (decoded, length) = entity(&rest[at..]).unwrap_or(('&', 1));
        done.push(decoded);
        rest = &rest[at + length..];
    }
    done + rest
}

/// Reads `==text==`, which Redmine leaves alone.
fn untouched(text: &str, at: usize, lines: &[usize]) -> Option<(Inline, usize)> {
    let opens = before(text, at).is_none_or(|c| c.is_ascii_whitespace());
    let inner = text[at..].strip_prefix("==").filter(|rest| opens && !rest.starts_with(['=', '\n']))?;
    let end = at + 2 + inner.find("==").filter(|end| *end > 0)?;
    (end < line_end(text, at, lines)).then(|| (Inline::Text(text[at + 2..end].to_owned()), end + 2))
}

/// Reads `!source(text)!:link`.
fn image(text: &str, at: usize) -> Option<(Inline, usize)> {
    if !before(text, at).is_none_or(|c| c.is_ascii_whitespace() || c == '>') {
        return None;
    }
    let rest = &text[at + 1..];
    let length = rest.find(|c: char| c.is_ascii_whitespace() || c == '(' || c == '!')?;
    let source = &rest[..length];
    if source.is_empty() || source.starts_with(['<', '>', '=', '{', '[']) {
        return None;
    }
    let rest = rest[length..].strip_prefix(' ').unwrap_or(&rest[length..]);
    let (told, rest) = image_text(rest).unwrap_or(("", rest));
    let rest = rest.strip_prefix('!')?;
    let link = rest.strip_prefix(':').map(target).filter(|url| link_start(url).is_some());
    let end = text.len() - rest.len() + link.map_or(0, |url| url.len() + 1);
    let shown = Inline::Image(Target::new(source), told.to_owned());
    Some((if let Some(url) = link { Inline::Link(Target::new(url), vec![shown]) } else { shown }, end))
}

fn image_text(rest: &str) -> Option<(&str, &str)> {
    let inner = rest.strip_prefix('(')?;
    let mut depth = 0_usize;
    for (at, c) in inner.char_indices().take(LONGEST_IMAGE_TEXT) {
        match c {
            '\n' => return None,
            '(' => depth += 1,
            ')' if depth == 0 => return (at > 0).then_some((&inner[..at], &inner[at + 1..])),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

const LONGEST_IMAGE_TEXT: usize = 2000;
