//! The mark that an idempotency key leaves in a text, where a backend has no field for it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use pm_provider::Entity;
use sha2::{Digest, Sha256};

const OPEN: &str = "<!-- pm-core:";
const CLOSE: &str = "-->";
/// 128 bits: enough that no two keys ever meet.
const DIGITS: usize = 32;

/// What an idempotency key leaves behind: a hash of it, in a comment that Markdown does not show, on the last line of a
/// text. The key itself may hold names of another system, and stays out.
///
/// People edit such texts in a browser, and add paragraphs below the mark: it counts wherever it has a line of its own, and
/// in a text of one line wherever it stands, because a one-line field of a browser takes the line breaks out
/// (<https://html.spec.whatwg.org/multipage/input.html#text-(type=text)-state-and-search-state-(type=search)>). The last
/// one of several is the one that counts: that is where [`append`](Marker::append) puts it.
/// ```
/// use pm_http::Marker;
/// let marker = Marker::of("task", "import:1");
/// let stored = marker.append("Text of the issue.");
/// let (text, found) = Marker::split(&stored);
/// assert_eq!((text, found), ("Text of the issue.", Some(marker)));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Marker(String);

impl Marker {
    /// Makes the marker of a key; each kind of item (`task`) has keys of its own.
    #[must_use]
    pub fn of(kind: &str, key: &str) -> Self {
        let hash = Sha256::digest(format!("{kind}\n{key}"));
        Self(hash.iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect())
    }

    /// The marker of an idempotency key, where there is one.
    #[must_use]
    pub fn of_key(entity: Entity, key: Option<&str>) -> Option<Self> {
        key.map(|key| Self::of(entity.word(), key))
    }

    /// The hash: what a text search looks for.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The line as it stands in a text.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{OPEN}{} {CLOSE}", self.0)
    }

    /// Puts the marker at the end of a text; whatever looks like one in the text itself is
    /// [neutralised](Marker::neutralise).
    #[must_use]
    pub fn append(&self, text: &str) -> String {
        let text = Self::neutralise(text);
        if text.is_empty() { self.line() } else { format!("{text}\n\n{}", self.line()) }
    }

    /// Says whether this is the marker of a text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        Self::split(text).1.as_ref() == Some(self)
    }

    /// Separates what people wrote from the marker at its end, if there is one.
    ///
    /// Line breaks of any kind and blanks that a backend put around the marker go with it. Where people wrote on below the
    /// marker, it is found, and the text is left as it is: [`take_out`](Marker::take_out) takes it out there too.
    #[must_use]
    pub fn split(text: &str) -> (&str, Option<Self>) {
        match Self::take_out(text) {
            (Cow::Borrowed(without), marker) => (without, marker),
            (Cow::Owned(_), marker) => (text, marker),
        }
    }

    /// Takes the markers out of a text, wherever in it they count; says which one is that of the text.
    ///
    /// ```
    /// use pm_http::Marker;
    /// let marker = Marker::of("task", "import:1");
    /// let edited = format!("{}\n\nAdded by hand.", marker.append("Text of the issue."));
    /// let (text, found) = Marker::take_out(&edited);
    /// assert_eq!((text.as_ref(), found), ("Text of the issue.\n\nAdded by hand.", Some(marker)));
    /// ```
    #[must_use]
    pub fn take_out(text: &str) -> (Cow<'_, str>, Option<Self>) {
        let mut counting: Vec<_> = marks(text).collect();
        if counting.is_empty() {
            return (Cow::Borrowed(text), None);
        }
        let is_one_line = !text.trim().contains(['\n', '\r']);
        counting.retain(|mark| is_one_line || is_alone(text, mark));
        let marker = counting.last().map(|mark| Self(hash_of(text, mark).to_owned()));
        let without = counting.iter().rev().fold(Cow::Borrowed(text), without);
        (without, marker)
    }

    /// Makes what people write safe to store: nothing in it is a marker afterwards, wherever it stands.
    ///
    /// A marker that somebody copied, or planted, would make another item answer to a key. It stays a comment that is not
    /// shown, with a blank that no marker has.
    ///
    /// ```
    /// use pm_http::Marker;
    /// let copied = Marker::of("task", "import:1").append("Text of the issue.");
    /// assert_eq!(Marker::split(&Marker::neutralise(&copied)).1, None);
    /// assert_eq!(Marker::neutralise("Text of the issue."), "Text of the issue.");
    /// ```
    #[must_use]
    pub fn neutralise(text: &str) -> Cow<'_, str> {
        let mut neutral = Cow::Borrowed(text);
        for mark in marks(text).collect::<Vec<_>>().iter().rev() {
            neutral.to_mut().insert(mark.start + OPEN.len(), ' ');
        }
        neutral
    }
}

/// A text as it is stored: with the mark of a key at its end, where there is a key, and with no other one in it.
#[must_use]
pub fn marked(text: &str, marker: Option<&Marker>) -> String {
    marker.map_or_else(|| Marker::neutralise(text).into_owned(), |marker| marker.append(text))
}

/// Whatever in a text looks like a marker.
fn marks(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    // By its first character: that search is many times as fast, and every text that is read goes through it.
    text.match_indices('<').filter_map(|(start, _)| {
        let rest = text[start..].strip_prefix(OPEN)?;
        let after = rest.get(..DIGITS).filter(|hash| is_hash(hash)).map(|_| &rest[DIGITS..])?;
        let after = after.trim_start_matches(BLANKS).strip_prefix(CLOSE)?;
        Some(start..text.len() - after.len())
    })
}

fn hash_of<'a>(text: &'a str, mark: &Range<usize>) -> &'a str {
    &text[mark.start + OPEN.len()..][..DIGITS]
}

const BLANKS: [char; 2] = [' ', '\t'];

/// Whether nothing else is on the line.
fn is_alone(text: &str, mark: &Range<usize>) -> bool {
    let before = text[..mark.start].trim_end_matches(BLANKS);
    let after = text[mark.end..].trim_start_matches(BLANKS);
    (before.is_empty() || before.ends_with(['\n', '\r'])) && (after.is_empty() || after.starts_with(['\n', '\r']))
}

fn without<'a>(text: Cow<'a, str>, mark: &Range<usize>) -> Cow<'a, str> {
    let end = without_separator(text[..mark.start].trim_end_matches(BLANKS)).len();
    let after = &text[mark.end..];
    let after = Some(after.trim_start_matches(BLANKS)).filter(|rest| rest.starts_with(['\n', '\r'])).unwrap_or(after);
    match text {
        _ if !after.trim().is_empty() => {
            let after = if end == 0 { after.trim_start_matches(['\n', '\r']) } else { after };
            Cow::Owned(format!("{}{after}", &text[..end]))
        }
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}

/// Takes off the one empty line that `append` puts before the marker, and no more of the text.
fn without_separator(text: &str) -> &str {
    let mut text = text;
    for _ in 0..2 {
        text = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(text);
    }
    text
}

fn is_hash(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl fmt::Debug for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Marker({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was() {
        let marker = Marker::of("task", "k");
        for text in ["", "one", "two\nlines\n", "ends with blanks  ", "\n", "a\r\nb", "<!-- pm-core:x -->"] {
            let stored = marker.append(text);
            assert_eq!(Marker::split(&stored), (text, Some(marker.clone())), "{text:?}");
            assert!(marker.matches(&stored));
        }
    }

    #[test]
    fn backends_may_change_line_breaks_and_trim() {
        let marker = Marker::of("task", "k");
        let stored = marker.append("one\ntwo").replace('\n', "\r\n");
        assert_eq!(Marker::split(&format!("{stored}\r\n")), ("one\r\ntwo", Some(marker)));
    }

    #[test]
    fn what_only_looks_like_a_marker_is_text() {
        let marker = Marker::of("task", "k");
        for text in [
            "plain".to_owned(),
            format!("{} and more\non two lines", marker.line()),
            format!("quoted\n> {}", marker.line()),
            "<!-- pm-core:123 -->".to_owned(),
            marker.line().to_uppercase(),
            format!("{OPEN}{}", "ü".repeat(16)),
        ] {
            assert_eq!(Marker::split(&text), (text.as_str(), None));
        }
    }

    #[test]
    fn people_may_write_on_below_it() {
        let marker = Marker::of("task", "k");
        for (stored, text) in [
            (format!("one\n\n{}\n\nadded", marker.line()), "one\n\nadded"),
            (format!("one\r\n\r\n{}  \r\nadded", marker.line()), "one\r\nadded"),
            (format!("{}\nadded\n", marker.line()), "added\n"),
            (format!("{}\n\n{}\n\nadded", Marker::of("task", "l").line(), marker.line()), "added"),
            (format!("one\n\n{}\n\n{}", Marker::of("task", "l").line(), marker.line()), "one"),
        ] {
            assert_eq!(Marker::take_out(&stored), (text.into(), Some(marker.clone())), "{stored:?}");
            assert!(marker.matches(&stored) && Marker::split(&stored).1 == Some(marker.clone()));
            assert_eq!(Marker::split(&marker.append(text)), (text, Some(marker.clone())), "the next write");
        }
    }

    #[test]
    fn a_field_of_one_line_pulls_it_up() {
        let marker = Marker::of("sprint", "k");
        for (stored, text) in [
            (format!("goal{}", marker.line()), "goal"),
            (format!("goal {}\n", marker.line()), "goal"),
            (format!("goal {} and more", marker.line()), "goal and more"),
        ] {
            assert_eq!(Marker::take_out(&stored), (text.into(), Some(marker.clone())), "{stored:?}");
        }
    }

    #[test]
    fn what_people_write_never_is_one() {
        let (planted, ours) = (Marker::of("task", "k"), Marker::of("task", "l"));
        for text in [
            planted.line(),
            planted.append("a"),
            format!("a{}", planted.line().replace(" -->", "-->")),
            format!("{}\n{}\nb", planted.line(), planted.line()),
        ] {
            let neutral = Marker::neutralise(&text);
            assert_eq!(Marker::take_out(&neutral), (neutral.clone(), None), "{text:?}");
            assert_eq!(Marker::neutralise(&neutral), neutral, "once is enough");
            let stored = ours.append(&text);
            assert_eq!(Marker::take_out(&stored), (neutral, Some(ours.clone())));
            assert!(!planted.matches(&stored));
        }
        assert!(matches!(Marker::neutralise("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn what_is_stored_has_our_mark_or_none() {
        let (planted, ours) = (Marker::of("task", "k"), Marker::of_key(Entity::Task, Some("l")));
        let text = planted.append("copied");
        for marker in [None, ours.as_ref()] {
            let stored = marked(&text, marker);
            assert!(!stored.contains(&planted.line()));
            assert_eq!(Marker::split(&stored).1.as_ref(), marker);
        }
        assert_eq!(Marker::of_key(Entity::Task, None), None);
    }

    #[test]
    fn kinds_and_keys_have_markers_of_their_own() {
        let markers = [Marker::of("task", "k"), Marker::of("task", "l"), Marker::of("sprint", "k")];
        assert!(markers[0] != markers[1] && markers[0] != markers[2] && markers[1] != markers[2]);
        assert!(!markers[0].as_str().contains('k'));
    }
}
