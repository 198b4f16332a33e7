//! Reads what stands inside the lines of wiki markup.
//!
//! As in Jira, macros, links, images and addresses are found first, marks in what is left. A mark ends at the next of
//! its characters or nowhere, so that no text takes longer than its length.

use super::html::is_anchor;
use super::model::Inline;
use super::syntax::{
    BLANK, CITATION, MARKS, SEPARATOR, char_index, delimiter, entity, forced, foreign_tag, has_protocol, is_escapable,
    is_word, tag, url,
};
use super::target::is_file;

/// Reads inlines; line ends in the text are breaks.
pub(super) fn inlines(text: &str) -> Vec<Inline> {
    let units = Lexer::new(text).units();
    let ends = ends(&units);
    let mut done = Vec::new();
    marked(&units, &ends, 0, units.len(), &mut done);
    done
}

/// What one step of the lexer finds.
enum What {
    /// A character that may be a mark.
    Char(char),
    /// A character that means itself.
    Literal(char),
    /// A mark in braces, which works anywhere.
    Forced(usize),
    /// Nothing to be seen.
    Nothing,
    Inline(Inline),
}

/// A step of the lexer, with the first and the last character of what it stood for.
struct Unit {
    what: What,
    first: char,
    last: char,
}

impl Unit {
    fn ends_line(&self) -> bool {
        self.first == '\n'
    }

    /// The mark that the unit is, and whether it works anywhere.
    fn mark(&self) -> Option<(usize, bool)> {
        match &self.what {
            What::Char(c) => char_index(*c).map(|mark| (mark, false)),
            What::Forced(mark) => Some((*mark, true)),
            _ => None,
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    /// Where `{color}` stands.
    color_ends: Vec<usize>,
    /// Where backslashes stand that escape nothing.
    backslashes: Vec<usize>,
    /// Where monospaced text may end: at closing braces, and with the line.
    braces: Vec<usize>,
    units: Vec<Unit>,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str) -> Self {
        let color_ends = text.match_indices("{color}").map(|(at, _)| at).filter(|at| !text[..*at].ends_with('\\'));
        let color_ends = color_ends.collect();
        let escapes = |at: usize| text[at + 1..].starts_with(is_escapable) && !text[..at].ends_with('\\');
        let backslashes = text.match_indices('\\').map(|(at, _)| at).filter(|at| !escapes(*at)).collect();
        let braces = text.match_indices(['}', '\n']).map(|(at, _)| at).collect();
        Self { text, color_ends, backslashes, braces, units: Vec::new() }
    }

    fn units(mut self) -> Vec<Unit> {
        let mut at = 0;
        while let Some(c) = self.text[at..].chars().next() {
            let end = self.special(at, c).unwrap_or_else(|| {
                self.push(What::Char(c), at, at + c.len_utf8());
                at + c.len_utf8()
            });
            at = end;
        }
        self.units
    }

    fn push(&mut self, what: What, start: usize, end: usize) {
        let part = &self.text[start..end];
        let (first, last) = (part.chars().next().unwrap_or(' '), part.chars().next_back().unwrap_or(' '));
        self.units.push(Unit { what, first, last });
    }

    fn literals(&mut self, start: usize, end: usize) -> usize {
        for (at, c) in self.text[start..end].char_indices() {
            self.push(What::Literal(c), start + at, start + at + c.len_utf8());
        }
        end
    }

    fn before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }

    /// Reads what begins at `at`, and tells where the text goes on.
    fn special(&mut self, at: usize, c: char) -> Option<usize> {
        let rest = &self.text[at..];
        match c {
            '\n' => {
                let meant = self.before(at) != Some(' ');
                self.push(What::Inline(if meant { Inline::Hard } else { Inline::Soft }), at, at + 1);
                Some(at + 1)
            }
            '\\' => Some(self.backslash(at)),
            '&' if rest.starts_with(SEPARATOR) => {
                self.push(What::Nothing, at, at + SEPARATOR.len());
                Some(at + SEPARATOR.len())
            }
            '&' => {
                let (decoded, length) = entity(rest)?;
                self.push(What::Literal(decoded), at, at + length);
                Some(at + length)
            }
            '{' => self.brace(at),
            '[' => self.link(at),
            '!' => self.image(at),
            'h' | 'f' | 'm' | 'n' | 'i' => {
                let (short, _) = url(rest, self.before(at))?;
                Some(self.literals(at, at + short))
            }
            _ => None,
        }
    }

    fn backslash(&mut self, at: usize) -> usize {
        let rest = &self.text[at + 1..];
        if let Some(c) = rest.chars().next().filter(|c| is_escapable(*c) && self.before(at) != Some('\\')) {
            self.push(What::Literal(c), at, at + 1 + c.len_utf8());
            return at + 1 + c.len_utf8();
        }
        if rest.starts_with('\\') && self.before(at) != Some('\\') && self.breaks(at) {
            self.push(What::Inline(Inline::Hard), at, at + 2);
            return at + 2;
        }
        self.literals(at, at + 1)
    }

    /// Tells whether two backslashes break the line: not in what looks like the path of a file.
    fn breaks(&self, at: usize) -> bool {
        let next = self.backslashes.partition_point(|backslash| *backslash < at + 2);
        let Some(next) = self.backslashes.get(next) else { return true };
        self.text[at + 2..*next].contains(|c: char| c.is_ascii_whitespace())
    }

    fn brace(&mut self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        if rest.starts_with("{{") {
            let close = self.braces.partition_point(|brace| *brace < at);
            let (text, end) = monospaced(self.text, at, *self.braces.get(close)?)?;
            self.push(What::Inline(Inline::Code(text)), at, end);
            return Some(end);
        }
        if let Some(mark) = forced(rest) {
            let end = at + delimiter(mark).len() + 2;
            self.push(What::Forced(mark), at, end);
            return Some(end);
        }
        if let Some(length) = foreign_tag(rest) {
            return Some(self.literals(at, at + length));
        }
        let found = tag(rest)?;
        let end = at + found.length;
        match found.name {
            "color" if !found.args.is_empty() => {
                let next = self.color_ends.partition_point(|close| *close < end);
                let Some(close) = self.color_ends.get(next).copied() else { return Some(self.tag(at, end)) };
                let inner = inlines(&self.text[end..close]);
                let end = close + "{color}".len();
                self.push(What::Inline(Inline::Colored(found.args.to_owned(), inner)), at, end);
                Some(end)
            }
            "color" => Some(self.tag(at, end)),
            "anchor" if is_anchor(found.args) => Some(self.tag(at, end)),
            _ => None,
        }
    }

    fn tag(&mut self, start: usize, end: usize) -> usize {
        self.push(What::Inline(Inline::Tag(self.text[start..end].to_owned())), start, end);
        end
    }

    fn link(&mut self, at: usize) -> Option<usize> {
        let end = link_end(self.text, at)?;
        let body = &self.text[at + 1..end];
        // The bars of an image part nothing.
        let image = if body.starts_with('!') { image_end(body, 0).unwrap_or_default() } else { 0 };
        let inline = match body[image..].find('|').map(|bar| body.split_at(image + bar)) {
            Some((text, target)) => aliased(text, &target[1..])?,
            None => short(body)?,
        };
        self.push(What::Inline(inline), at, end + 1);
        Some(end + 1)
    }

    fn image(&mut self, at: usize) -> Option<usize> {
        let end = image_end(self.text, at)?;
        let (source, others) = self.text[at + 1..end].split_once('|').unwrap_or((&self.text[at + 1..end], ""));
        let (alt, others): (Vec<&str>, Vec<&str>) = others.split(',').partition(|part| part.trim().starts_with("alt="));
        let alt = alt.first().map(|alt| alt.trim()[4..].to_owned()).unwrap_or_default();
        self.push(What::Inline(Inline::Image(source.to_owned(), alt, others.join(","))), at, end + 1);
        Some(end + 1)
    }
}

/// Reads `{{text}}` that ends at `close`.
fn monospaced(text: &str, at: usize, close: usize) -> Option<(String, usize)> {
    let before = text[..at].chars().next_back();
    if !text[close..].starts_with("}}") {
        return None;
    }
    let (inner, end) = (text.get(at + 2..close)?, close + 2);
    let edges = inner.starts_with(|c: char| c.is_ascii_whitespace() || c == '{') || inner.ends_with(BLANK);
    let touched = before.is_some_and(|c| is_word(c) || c == '\\') || text[end..].starts_with(is_word);
    let escaped = inner.ends_with('\\');
    (!inner.is_empty() && !edges && !touched && !escaped).then(|| (decoded(inner), end))
}

/// The text that escapes and entities stand for.
fn decoded(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '&']) {
        done.push_str(&rest[..at]);
        rest = &rest[at..];
        let escape = rest[1..].chars().next().filter(|c| rest.starts_with('\\') && is_escapable(*c));
        let (c, length) = match (escape, entity(rest)) {
            (Some(c), _) => (c, 2),
            (None, Some(found)) => found,
            (None, None) => (if rest.starts_with('&') { '&' } else { '\\' }, 1),
        };
        done.push(c);
        rest = &rest[length..];
    }
    done + rest
}

/// Where the link ends that begins at `at`: its `]`.
pub(super) fn link_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at + 1..];
    if rest.starts_with(|c: char| c.is_ascii_whitespace() || c == ']') {
        return None;
    }
    let mut from = 0;
    loop {
        from += rest[from..].find(['[', ']', '\n', '\\'])?;
        match rest.as_bytes()[from] {
            b']' => return Some(at + 1 + from),
            b'\\' => from += 1 + rest[from + 1..].chars().next().map_or(0, char::len_utf8),
            _ => return None,
        }
    }
}

/// Where the image ends that begins at `at`: its second `!`.
pub(super) fn image_end(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].chars().next_back();
    let rest = &text[at + 1..];
    let length = rest.find(['!', '\n']).filter(|end| rest[*end..].starts_with('!'))?;
    let inner = &rest[..length];
    let end = at + 1 + length;
    let touched = before.is_some_and(|c| is_word(c) || c == '\\') || text[end + 1..].starts_with(is_word);
    let source = inner.split('|').next().unwrap_or_default();
    let plain = !inner.contains(['[', ']', '{', '}', '\\']) && !inner.ends_with(BLANK);
    (!touched && plain && is_file(source)).then_some(end)
}

/// Reads `text|target|title`.
fn aliased(text: &str, target: &str) -> Option<Inline> {
    let (target, title) = target.split_once('|').unwrap_or((target, ""));
    if target.trim().is_empty() || text.trim_matches(BLANK).is_empty() {
        return None;
    }
    Some(Inline::Link(target.trim().to_owned(), title.trim().to_owned(), inlines(text)))
}

/// Reads a link without a text of its own.
fn short(body: &str) -> Option<Inline> {
    if let Some(name) = body.strip_prefix('~') {
        return is_user(name).then(|| Inline::Mention(name.to_owned()));
    }
    let shown = match body.strip_prefix("mailto:").or_else(|| body.strip_prefix(['#', '^'])) {
        Some(shown) => shown,
        None if has_protocol(body) => body,
        None => return None,
    };
    let whole = !shown.is_empty() && !body.contains(['\\', '{', '}']) && !body.contains(char::is_whitespace);
    whole.then(|| Inline::Link(body.to_owned(), String::new(), vec![Inline::Text(shown.to_owned())]))
}

/// Tells whether a name can be a user's that both formats take as it is.
pub(super) fn is_user(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "._-@:+".contains(c);
    !name.is_empty() && name.chars().all(plain) && name.starts_with(char::is_alphanumeric)
}

/// For each unit that is a mark, where the next of its sort is on the line.
fn ends(units: &[Unit]) -> Vec<usize> {
    let mut ends = vec![units.len(); units.len()];
    let mut next = [units.len(); MARKS.len()];
    for (at, unit) in units.iter().enumerate().rev() {
        if unit.ends_line() {
            next = [units.len(); MARKS.len()];
        }
        if let Some((mark, _)) = unit.mark().filter(|_| width(units, at) > 0) {
            ends[at] = next[mark];
            next[mark] = at;
        }
    }
    ends
}

/// How many units the mark at `at` is made of; none when it is only half of one.
fn width(units: &[Unit], at: usize) -> usize {
    match units[at].mark() {
        Some((CITATION, false)) => {
            let doubled = units.get(at + 1).is_some_and(|next| matches!(next.what, What::Char('?')));
            if doubled { 2 } else { 0 }
        }
        Some(_) => 1,
        None => 0,
    }
}

fn marked(units: &[Unit], ends: &[usize], start: usize, end: usize, done: &mut Vec<Inline>) {
    let mut at = start;
    while at < end {
        if let Some((mark, inner, close)) = span(units, ends, at, end) {
            let mut content = Vec::new();
            marked(units, ends, inner, close, &mut content);
            done.push(Inline::Span(MARKS[mark].1, content));
            at = close + width(units, close);
            continue;
        }
        match &units[at].what {
            What::Char(c) | What::Literal(c) => push_char(done, *c),
            What::Forced(mark) => {
                let text = ["{", delimiter(*mark), "}"].concat();
                text.chars().for_each(|c| push_char(done, c));
            }
            What::Nothing => {}
            What::Inline(inline) => done.push(inline.clone()),
        }
        at += 1;
    }
}

fn push_char(done: &mut Vec<Inline>, c: char) {
    if let Some(Inline::Text(text)) = done.last_mut() {
        text.push(c);
    } else {
        done.push(Inline::Text(c.to_string()));
    }
}

/// The marked text that begins at `at`: the mark, where its content begins and where it ends.
fn span(units: &[Unit], ends: &[usize], at: usize, end: usize) -> Option<(usize, usize, usize)> {
    let (mark, anywhere) = units[at].mark()?;
    let inner = at + width(units, at);
    let close = ends[at];
    if inner == at || close >= end || close <= inner {
        return None;
    }
    let opens = anywhere || at == 0 || !(is_word(units[at - 1].last) || units[at - 1].last == '\\');
    let (first, last) = (&units[inner], &units[close - 1]);
    let filled = !first.first.is_ascii_whitespace() && !last.last.is_ascii_whitespace() && last.last != '\\';
    let after = units.get(close + width(units, close));
    let closes = units[close].mark()?.1 || after.is_none_or(|after| !is_word(after.first));
    (opens && filled && closes).then_some((mark, inner, close))
}
