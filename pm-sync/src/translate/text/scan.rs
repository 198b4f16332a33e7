//! Finding what means something.

use std::ops::Range;

use super::code::code;
use super::dialect::{Looked, Rules};
use super::marks;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Plain text.
    Body,
    /// A title.
    Title,
    /// A code span.
    InlineCode,
    /// A fenced block.
    FencedCode,
}

/// What means something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Where it begins.
    pub(super) start: usize,
    /// Where it is pulled apart: the invisible characters that stand there, or where they would.
    pub(super) marks: Range<usize>,
    /// Where it ends, as far as that matters.
    pub(super) end: usize,
    /// What it is.
    pub(super) what: What,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// It calls people, or refers to something in a way that is never rewritten.
    Call,
    /// A reference that may be rewritten: `#12`, `WEB-12`.
    Name,
    /// An address.
    Link,
}

/// What means something in a text, in order.
pub(super) fn tokens(text: &str, rules: &Rules, place: Place) -> Vec<Token> {
    let mut scanner = Scanner { text, rules, found: Vec::new() };
    if place == Place::Title {
        scanner.part(0..text.len(), Place::Title);
        return scanner.found;
    }
    let mut at = 0;
    for (range, place) in code(text) {
        scanner.part(at..range.start, Place::Body);
        scanner.part(range.clone(), place);
        at = range.end;
    }
    scanner.part(at..text.len(), Place::Body);
    scanner.found
}

/// The project and the number of a key.
pub(super) fn key_parts(key: &str) -> Option<(&str, &str)> {
    let (project, number) = key.rsplit_once('-')?;
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let named =
        project.len() > 1 && project.starts_with(|c: char| c.is_ascii_uppercase()) && project.bytes().all(upper);
    let numbered = number.starts_with(|c: char| ('1'..='9').contains(&c)) && number.bytes().all(|b| b.is_ascii_digit());
    (named && numbered).then_some((project, number))
}

/// Whether a reference stands alone, and behind no word that does something with what it refers to.
pub(super) fn stands_alone(text: &str, token: &Token) -> bool {
    let before = text[..token.start].chars().next_back();
    let after = text[token.end..].chars().next();
    let free_before = before.is_none_or(|c| c.is_whitespace() || "([,\"'".contains(c));
    let free_after = after.is_none_or(|c| c.is_whitespace() || ")],;:\"'.!?".contains(c));
    free_before && free_after && !acts(&text[..token.start])
}

/// Words before a reference that make GitHub do something with the item: close it
/// (<https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue>),
/// or mark one as a duplicate of it.
const ACTING: [&str; 10] =
    ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved", "duplicate of"];

fn acts(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches(':').trim_end();
    ACTING.iter().any(|word| {
        let Some(at) = before.len().checked_sub(word.len()) else { return false };
        let found = before.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(word));
        found && !before[..at].ends_with(is_word)
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

struct Scanner<'a> {
    text: &'a str,
    rules: &'a Rules,
    found: Vec<Token>,
}

impl Scanner<'_> {
    fn part(&mut self, range: Range<usize>, place: Place) {
        let looked = self.rules.within(place);
        let mut at = range.start;
        while at < range.end {
            at = match self.token(at, range.end, looked) {
                Some(token) => {
                    let next = token.end.max(token.marks.end);
                    self.found.push(token);
                    next
                }
                None => at + self.text[at..].chars().next().map_or(1, char::len_utf8),
            };
        }
    }

    fn before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }

    fn is_escaped(&self, at: usize) -> bool {
        let before = &self.text[..at];
        (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
    }

    fn token(&mut self, at: usize, end: usize, looked: Looked) -> Option<Token> {
        let rest = &self.text[at..end];
        match rest.as_bytes().first()? {
            b'@' | b'&' | b'#' => self.sigil(at, rest, looked),
            b'[' if looked.wiki => self.split(at, 1, rest, |rest| rest.starts_with('~'), What::Call),
            b'h' | b'H' if looked.links || looked.macros => self.link(at, rest, looked),
            b'd' | b'u' if looked.macros => self.macro_of_people(at, rest),
            b'A'..=b'Z' | b'g' => self.key(at, rest, looked),
            _ => None,
        }
    }

    /// `user:"ann"`, `data-id="4"`.
    fn macro_of_people(&self, at: usize, rest: &str) -> Option<Token> {
        let word = ["data-id", "user"].into_iter().find(|word| rest.starts_with(word))?;
        if word == "user" && self.before(at).is_some_and(is_word) {
            return None;
        }
        let follows = if word == "user" { ":\"" } else { "=\"" };
        self.split(at, word.len(), rest, |rest| rest.starts_with(follows), What::Call)
    }

    /// A token that begins with so many bytes, then invisible characters, then what must follow.
    fn split(&self, at: usize, length: usize, rest: &str, follows: impl Fn(&str) -> bool, what: What) -> Option<Token> {
        let behind = rest.get(length..)?;
        let marked = behind.trim_start_matches(marks::is_one);
        let marks = at + length..at + length + (behind.len() - marked.len());
        follows(marked).then_some(Token { start: at, end: marks.end, marks, what })
    }

    /// `@name` and `#12`, also where the sign is written as an entity of HTML.
    fn sigil(&self, at: usize, rest: &str, looked: Looked) -> Option<Token> {
        let (sign, length) = character(rest).filter(|(_, length)| *length == 1 || !self.is_escaped(at))?;
        match sign {
            // Behind `_` emphasis may have ended, and then nothing stands before the sign.
            '@' if looked.at && !self.before(at).is_some_and(|c| c.is_ascii_alphanumeric()) => {
                self.split(at, length, rest, begins_name, What::Call)
            }
            '#' => self.hash(at, length, rest, looked),
            _ => None,
        }
    }

    fn hash(&self, at: usize, length: usize, rest: &str, looked: Looked) -> Option<Token> {
        let names_people = looked.macros && ["user", "group"].iter().any(|word| self.text[..at].ends_with(word));
        if !looked.hash && !names_people {
            return None;
        }
        let numbered = |rest: &str| {
            let first = character(rest).map(|(first, _)| first);
            first.is_some_and(|first| first.is_ascii_digit()) || (looked.hash_keys && begins_key(rest))
        };
        let mut token = self.split(at, length, rest, numbered, What::Name)?;
        let behind = &self.text[token.marks.end..at + rest.len()];
        let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        // `&#12;` is a character.
        if length == 1
            && self.text[..at].ends_with('&')
            && !self.is_escaped(at - 1)
            && behind[digits..].starts_with(';')
        {
            return None;
        }
        if digits == 0 {
            token.what = What::Call;
        }
        token.end += digits;
        Some(token)
    }

    /// `WEB-12`, `GH-12`.
    fn key(&self, at: usize, rest: &str, looked: Looked) -> Option<Token> {
        if self.before(at).is_some_and(|c| is_word(c) || c == '-') {
            return None;
        }
        let name = rest.len() - rest.trim_start_matches(is_word).len();
        let project = &rest[..name];
        let github = looked.gh && project.eq_ignore_ascii_case("GH");
        let upper = project.len() > 1 && !project.bytes().any(|byte| byte.is_ascii_lowercase());
        let known = looked.keys && upper && self.rules.is_key_of(project);
        if !github && !known {
            return None;
        }
        let numbered =
            |rest: &str| rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let what = if github { What::Call } else { What::Name };
        let mut token = self.split(at, name, rest, numbered, what)?;
        let behind = &self.text[token.marks.end + 1..at + rest.len()];
        let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        token.end += 1 + digits;
        Some(token)
    }

    /// An address: nothing in it means anything, but to servers that look at nothing but characters.
    fn link(&mut self, at: usize, rest: &str, looked: Looked) -> Option<Token> {
        let scheme = ["https://", "http://"]
            .into_iter()
            .find(|scheme| rest.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)))?;
        let length = length_of_link(rest);
        let begins = match self.before(at) {
            None => true,
            Some('<') => rest[length..].starts_with('>'),
            // What makes an address of it without angle brackets (GFM 6.9).
            Some(c) => c.is_whitespace() || "*_~(".contains(c),
        };
        if !begins {
            return None;
        }
        let seen = self.seen_in_link(at + scheme.len()..at + length, &self.text[..at + rest.len()], looked);
        match seen {
            // The rest of the address is looked at in turn.
            Some(token) => Some(token),
            None if looked.links => Some(Token { start: at, marks: at..at, end: at + length, what: What::Link }),
            None => None,
        }
    }

    /// `https://example.org/@ann`, `https://example.org/user#4`.
    fn seen_in_link(&self, range: Range<usize>, text: &str, looked: Looked) -> Option<Token> {
        let raw = Looked { at: looked.at_in_links, hash: false, ..looked };
        text[range.clone()].char_indices().find_map(|(index, c)| {
            let at = range.start + index;
            let rest = &text[at..range.end];
            match c {
                '@' => self.sigil(at, rest, raw).filter(|token| ends_like_login(&text[token.marks.end..])),
                '#' => self.sigil(at, rest, raw),
                'd' | 'u' if looked.macros => self.macro_of_people(at, &text[at..]),
                _ => None,
            }
        })
    }
}

/// Where an address ends: also where emphasis around it may end.
fn length_of_link(rest: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || "<>\"'`()[]{}|\\*".contains(c);
    let alone = |at: usize| !rest[at + 1..].starts_with(char::is_alphanumeric);
    let mut found = rest.char_indices().filter(|(at, c)| ends(*c) || ("_~".contains(*c) && alone(*at)));
    found.next().map_or(rest.len(), |(at, _)| at)
}

/// Whether what follows `@` in an address is all of a login for Redmine, whose logins end before whitespace, the end of a
/// line, or punctuation that neither a letter nor a slash follows.
fn ends_like_login(rest: &str) -> bool {
    let rest: String = rest.chars().filter(|c| !marks::is_one(*c)).collect();
    let run = rest.len() - rest.trim_start_matches(|c: char| is_word(c) || "-@.".contains(c)).len();
    (1..=run).any(|end| {
        let mut behind = rest[end..].chars();
        match (behind.next(), behind.next()) {
            (Some(first), _) if first.is_whitespace() => true,
            (Some(first), second) => {
                !first.is_ascii_alphanumeric() && second.is_none_or(|second| !is_word(second) && second != '/')
            }
            (None, _) => true,
        }
    })
}

/// Whether a name begins here: also one whose first letter is escaped or written as an entity.
fn begins_name(rest: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "_-.@".contains(c);
    match character(rest) {
        Some(('\\', _)) => rest[1..].starts_with(plain),
        Some((first, _)) => plain(first),
        None => false,
    }
}

fn begins_key(rest: &str) -> bool {
    let behind = rest.trim_start_matches(is_word).trim_start_matches(marks::is_one);
    rest.starts_with(|c: char| c.is_ascii_uppercase()) && behind.starts_with('-')
}

/// The first character of a text and its length there, which is more where it is written as an entity of HTML.
fn character(text: &str) -> Option<(char, usize)> {
    let first = text.chars().next()?;
    let plain = Some((first, first.len_utf8()));
    let Some((entity, _)) =
        text.strip_prefix('&').and_then(|rest| rest.split_once(';')).filter(|(name, _)| name.len() < 10)
    else {
        return plain;
    };
    let meant = match entity {
        "commat" => Some('@'),
        "num" => Some('#'),
        "lowbar" => Some('_'),
        _ => numeric(entity),
    };
    meant.map_or(plain, |meant| Some((meant, entity.len() + 2)))
}

fn numeric(entity: &str) -> Option<char> {
    let digits = entity.strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    };
    code.and_then(char::from_u32)
}
