//! What Jira takes for wiki markup: the facts that the reader and the writer share.

use super::model::Mark;

/// Stands between two characters that must not see each other; Jira shows nothing for it.
pub(super) const SEPARATOR: &str = "&#8203;";

/// Hides a tag inside code, where nothing can be escaped: shown with no width.
pub(super) const HIDDEN: char = '\u{200b}';

/// The marks with their characters, in the order in which tables here list them.
pub(super) const MARKS: [(char, Mark); 7] = [
    ('*', Mark::Strong),
    ('_', Mark::Emphasis),
    ('-', Mark::Deleted),
    ('+', Mark::Inserted),
    ('^', Mark::Superscript),
    ('~', Mark::Subscript),
    ('?', Mark::Citation),
];

/// Where citations are in [`MARKS`]: their mark is two characters long.
pub(super) const CITATION: usize = 6;

/// Where a mark is in [`MARKS`].
pub(super) fn mark_index(mark: Mark) -> usize {
    MARKS.iter().position(|(_, known)| *known == mark).unwrap_or_default()
}

/// Where a marking character is in [`MARKS`].
pub(super) fn char_index(c: char) -> Option<usize> {
    MARKS.iter().position(|(known, _)| *known == c)
}

/// The characters of a mark.
pub(super) fn delimiter(mark: usize) -> &'static str {
    ["*", "_", "-", "+", "^", "~", "??"].get(mark).copied().unwrap_or_default()
}

/// Tells whether a backslash takes the meaning from a character.
pub(super) fn is_escapable(c: char) -> bool {
    "-#*_+?^~|%{}[]()!@".contains(c)
}

/// Tells whether a letter or digit keeps a mark beside it from being seen.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric()
}

/// The macros whose bodies are blocks.
pub(super) const BLOCKS: [&str; 4] = ["code", "noformat", "quote", "panel"];

/// Tells whether Jira has a macro of a name itself, in any case of letters.
pub(super) fn is_known(name: &str) -> bool {
    BLOCKS.iter().chain(&["color", "anchor"]).any(|known| known.eq_ignore_ascii_case(name))
}

/// A tag of a macro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) args: &'a str,
    /// How long the tag is with its braces.
    pub(super) length: usize,
}

/// The tag that `text` begins with.
pub(super) fn tag(text: &str) -> Option<Tag<'_>> {
    let inner = text.strip_prefix('{')?;
    let end = inner.find(['}', '{', '\\', '\n']).filter(|end| inner[*end..].starts_with('}'))?;
    let (name, args) = inner[..end].split_once(':').unwrap_or((&inner[..end], ""));
    // Jira sees no tag where braces come in pairs.
    let after = &inner[end..];
    let braces = after.len() - after.trim_start_matches('}').len();
    let paired = braces % 2 == 0 && braces < after.len();
    let named = !name.trim().is_empty() && !name.starts_with('$') && !paired;
    named.then_some(Tag { name, args, length: end + 2 })
}

/// How long the tag is that `text` begins with, when it is none of Jira's own macros: Jira shows it as it is, or a
/// plug-in knows it.
pub(super) fn foreign_tag(text: &str) -> Option<usize> {
    let found = tag(text)?;
    let named = found.name.starts_with(|c: char| c.is_ascii_alphabetic())
        && found.name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let plain = !found.args.contains(['[', ']', '|', '!', '&', '<', '>', '\u{200b}']);
    (named && plain && !is_known(found.name)).then_some(found.length)
}

/// Tells whether `text` begins as marks that work anywhere do: `{*}`, and the index of the mark.
pub(super) fn forced(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('{')?;
    (0..MARKS.len()).find(|mark| inner.strip_prefix(delimiter(*mark)).is_some_and(|rest| rest.starts_with('}')))
}

/// Tells whether the macro parser of Jira passes over the brace that `text` begins with.
pub(super) fn is_passed_over(text: &str) -> bool {
    text.strip_prefix('{').is_some_and(|rest| rest.starts_with(['{', '*', '?', '^', '_', '-', '+', '~']))
}

const PROTOCOLS: [&str; 9] =
    ["http://", "https://", "ftp://", "ftps://", "mailto:", "nntp://", "news://", "irc://", "file:"];

/// Tells whether a target begins as addresses do.
pub(super) fn has_protocol(target: &str) -> bool {
    PROTOCOLS.iter().any(|protocol| target.len() > protocol.len() && target.starts_with(protocol))
}

/// How long the address is that `text` begins with and that Jira links by itself, and how long with the punctuation
/// after it.
pub(super) fn url(text: &str, before: Option<char>) -> Option<(usize, usize)> {
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || "\"[|'!\\".contains(c)) || !has_protocol(text) {
        return None;
    }
    let belongs = |c: char| c.is_ascii_alphanumeric() || "-_.!~*';/?:@#&=%+$,()".contains(c);
    let long = text.find(|c| !belongs(c)).unwrap_or(text.len());
    let short = text[..long].trim_end_matches(['.', ',', ')', ';', '\'', '!']).len();
    has_protocol(&text[..short]).then_some((short, long))
}

/// What a line begins with to be something else than text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineStart<'a> {
    /// A heading of a level, and its text.
    Heading(u8, &'a str),
    /// A quote of one line, and its text.
    Quote(&'a str),
    /// An item: its marker and its text.
    Item(&'a str, &'a str),
    /// A row of a table.
    Row,
    Rule,
    Text,
}

/// Tells what a line is.
pub(super) fn line_start(line: &str) -> LineStart<'_> {
    let line = line.trim_start_matches(BLANK);
    if line.starts_with('|') {
        return LineStart::Row;
    }
    if let Some((level, text)) = heading(line) {
        return LineStart::Heading(level, text.trim_start_matches(BLANK));
    }
    if let Some(text) = line.strip_prefix("bq.") {
        return LineStart::Quote(text.trim_start_matches(BLANK));
    }
    if let Some((marker, text)) = item(line) {
        return LineStart::Item(marker, text);
    }
    let dashes = line.trim_end_matches(BLANK);
    if (4..=5).contains(&dashes.len()) && dashes.bytes().all(|byte| byte == b'-') {
        return LineStart::Rule;
    }
    LineStart::Text
}

/// White space within a line.
pub(super) const BLANK: [char; 2] = [' ', '\t'];

fn heading(line: &str) -> Option<(u8, &str)> {
    let rest = line.strip_prefix('h')?;
    let level = rest.bytes().next().filter(|byte| (b'1'..=b'6').contains(byte))? - b'0';
    Some((level, rest.get(1..)?.strip_prefix('.')?))
}

fn item(line: &str) -> Option<(&str, &str)> {
    let length = line.bytes().take_while(|byte| matches!(byte, b'*' | b'#' | b'-')).count();
    let (marker, rest) = line.split_at(length);
    let dashes = marker.starts_with("--");
    (length > 0 && !dashes && rest.starts_with(BLANK)).then(|| (marker, rest.trim_start_matches(BLANK)))
}

/// The signs in parentheses that Jira draws, without the parentheses.
pub(super) const SIGNS: [&str; 20] = [
    "y", "n", "i", "/", "x", "!", "+", "-", "?", "on", "off", "*", "*r", "*g", "*b", "*y", "flag", "flagoff", "*R",
    "flagon",
];

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
    (length > 1 && rest[length..].starts_with(';')).then_some(length + 2)
}

/// Jira leaves entities of up to eight characters alone.
const LONGEST_ENTITY: usize = 8;

const NAMED: [(&str, char); 30] = [
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
    ("middot", '·'),
    ("rarr", '→'),
    ("larr", '←'),
    ("uarr", '↑'),
    ("darr", '↓'),
    ("euro", '€'),
    ("pound", '£'),
    ("times", '×'),
    ("deg", '°'),
    ("para", '¶'),
    ("sect", '§'),
];
