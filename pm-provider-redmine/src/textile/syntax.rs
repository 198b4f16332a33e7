//! What Redmine takes for Textile: the facts that the reader and the writer share.
//!
//! Source: Redmine's own formatter, `lib/redmine/wiki_formatting/textile` of redmine/redmine (5.0), and the help page
//! <https://www.redmine.org/projects/redmine/wiki/RedmineTextFormattingTextile>.

use pm_markdown::Mark;

/// Stands between two characters that must not see each other; Redmine shows nothing for it.
pub(super) const SEPARATOR: &str = "<notextile></notextile>";

/// Hides a tag inside code, where nothing can be escaped: shown with no width.
pub(super) const HIDDEN: char = '\u{200b}';

/// The characters that mark text.
pub(super) const MARKS: &str = "*_-+^~%?";

/// The character of a mark.
pub(super) fn mark_char(mark: Mark) -> char {
    match mark {
        Mark::Strong => '*',
        Mark::Emphasis => '_',
        Mark::Deleted => '-',
    }
}

/// A letter or digit of any script, or `_`.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Tells whether a marking character may begin marked text after `before` (nothing: the block begins).
pub(super) fn may_open_after(before: Option<char>) -> bool {
    before.is_none_or(|c| c.is_ascii_whitespace() || c == '>' || c == '(')
}

/// Tells whether marked text may end before `after`.
pub(super) fn may_close_before(after: Option<char>) -> bool {
    after.is_none_or(|c| c.is_ascii_whitespace() || c.is_ascii_punctuation() || is_general_punctuation(c))
}

fn is_general_punctuation(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '«' | '»' | '¡' | '¿' | '·')
}

/// The tags whose content Redmine leaves alone.
pub(super) const VERBATIM: [&str; 4] = ["pre", "code", "notextile", "kbd"];

/// The verbatim tag that `text` begins with: its name, and how long it is with the `<` or `</`.
pub(super) fn verbatim_tag(text: &str) -> Option<(&'static str, usize)> {
    let inner = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    let start = text.len() - inner.len();
    VERBATIM.into_iter().find_map(|name| {
        let named = inner.get(..name.len()).is_some_and(|read| read.eq_ignore_ascii_case(name));
        let ends = !inner.get(name.len()..)?.starts_with(is_word);
        (named && ends).then_some((name, start + name.len()))
    })
}

/// Where the tag sits whose text begins with `<`, counted to after its `>`.
pub(super) fn tag_end(text: &str) -> Option<usize> {
    text.find(['>', '\n']).filter(|end| text.as_bytes().get(*end) == Some(&b'>')).map(|end| end + 1)
}

/// What a paragraph begins with to be something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix<'a> {
    /// `p`, `bq`, `h1` to `h6`, or `fn` and a number.
    pub(super) tag: &'a str,
    /// Where the dot is.
    pub(super) dot: usize,
    /// Where the content begins.
    pub(super) content: usize,
    /// Whether there is more than tag and dot (attributes, a citation).
    pub(super) adorned: bool,
}

/// Reads the prefix of a paragraph.
pub(super) fn prefix(text: &str) -> Option<Prefix<'_>> {
    let letters = text.bytes().take_while(u8::is_ascii_lowercase).count();
    let digits = text[letters..].bytes().take_while(u8::is_ascii_digit).count();
    let tag = &text[..letters + digits];
    let known = match (&text[..letters], digits) {
        ("p" | "bq", 0) => true,
        ("h", 1) => matches!(text.as_bytes()[letters], b'1'..=b'6'),
        ("fn", _) => true,
        _ => false,
    };
    if !known {
        return None;
    }
    let dot = tag.len() + attributes(&text[tag.len()..]);
    let rest = text.get(dot..)?.strip_prefix('.')?;
    let citation = if rest.starts_with(':') { rest.find(' ').unwrap_or(rest.len()) } else { 0 };
    let content = dot + 1 + citation + 1;
    rest[citation..].starts_with(' ').then_some(Prefix { tag, dot, content, adorned: dot > tag.len() || citation > 0 })
}

/// How long the attributes are that `text` begins with: alignment, class, style and language.
pub(super) fn attributes(text: &str) -> usize {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let closing = match c {
            '<' | '>' | '=' | '-' | '^' | '~' | ')' => {
                at += 1;
                continue;
            }
            '(' => ')',
            '{' => '}',
            '[' => ']',
            _ => break,
        };
        match text[at..].find([closing, '\n', '"']).filter(|end| text[at + end..].starts_with(closing)) {
            Some(end) => at += end + 1,
            None if c == '(' => at += 1,
            None => break,
        }
    }
    at
}

/// Tells whether a line alone is a horizontal rule.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.strip_prefix(' ').unwrap_or(line);
    ['*', '-', '_'].into_iter().any(|mark| {
        let marks = line.chars().filter(|c| *c == mark).count();
        marks >= 3 && line.starts_with(mark) && !line.contains("  ") && line.chars().all(|c| c == mark || c == ' ')
    })
}

/// The marker of a list item that a line begins with, and where the item's text begins.
pub(super) fn list_marker(line: &str) -> Option<(&str, usize)> {
    let length = line.bytes().take_while(|byte| matches!(byte, b'*' | b'#')).count();
    let content = line.as_bytes().get(length) == Some(&b' ');
    (length > 0 && content).then_some((&line[..length], length + 1))
}

/// The character that an entity at the start of `text` stands for, and how long the entity is.
pub(super) fn entity(text: &str) -> Option<(char, usize)> {
    let length = entity_length(text)?;
    let name = &text[1..length - 1];
    let decoded = match name.strip_prefix('#') {
        Some(number) => {
            let hexadecimal = number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
            char::from_u32(hexadecimal.unwrap_or_else(|| number.parse()).ok()?)?
        }
        None => NAMED.into_iter().find(|(known, _)| *known == name)?.1,
    };
    (!decoded.is_control()).then_some((decoded, length))
}

/// How long the entity is that `text` begins with, known or not.
pub(super) fn entity_length(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('&')?;
    let length = rest.bytes().take(LONGEST_ENTITY).take_while(|b| *b == b'#' || b.is_ascii_alphanumeric()).count();
    (length > 0 && rest[length..].starts_with(';')).then_some(length + 2)
}

const LONGEST_ENTITY: usize = 32;

const NAMED: [(&str, char); 22] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("hellip", '…'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bull", '•'),
    ("rarr", '→'),
    ("larr", '←'),
    ("euro", '€'),
];
