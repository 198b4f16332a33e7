//! Who wrote a comment and when, where the backend has no room for it: a line above the body.
//!
//! The line is for people; what makes it a header is an invisible sign before and behind it, which nobody types. It is
//! taken off again on the way back, so an edit of the body over there comes home without it.

use chrono::{DateTime, Utc};
use pm_provider::{Capabilities, Entity, Field};

/// Who wrote something, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The author's name.
    pub author: Option<String>,
    /// The time, RFC 3339.
    pub at: Option<String>,
}

/// U+2064, which shows nothing: no other text begins a line with two of them.
const SIGN: &str = "\u{2064}\u{2064}";
const SHOWN: &str = "%Y-%m-%d %H:%M:%S UTC";
/// What stands between author and time.
const BETWEEN: &str = " · ";
const BELOW: &str = "\n\n";

/// Whether a backend keeps who wrote a comment and when, if it is told.
#[must_use]
pub fn holds(capabilities: &Capabilities) -> bool {
    let comments = capabilities.entity(Entity::Comment);
    let takes = |field: Field| comments.field(field).on_create.is_possible();
    takes(Field::AuthorName) && takes(Field::CreatedAt)
}

/// A body below the line that says where it comes from. Nothing is known: the body as it is.
#[must_use]
pub fn join(origin: &Origin, body: &str) -> String {
    match line(origin) {
        Some(line) => format!("{SIGN}{line}{SIGN}{BELOW}{body}"),
        None => body.to_owned(),
    }
}

/// Takes the line off, if there is one.
#[must_use]
pub fn split(text: &str) -> (Option<Origin>, &str) {
    let found = text.trim_start().strip_prefix(SIGN).and_then(|rest| rest.split_once(SIGN));
    let Some((line, body)) = found.filter(|(line, _)| !line.contains('\n')) else { return (None, text) };
    (Some(read(line)), body.strip_prefix(BELOW).unwrap_or_else(|| body.trim_start_matches(['\r', '\n'])))
}

fn line(origin: &Origin) -> Option<String> {
    let author = origin.author.as_deref().map(shown_name).filter(|name| !name.is_empty());
    let at = origin.at.as_deref().and_then(time).map(|at| at.format(SHOWN).to_string());
    match (author, at) {
        (Some(author), Some(at)) => Some(format!("{author}{BETWEEN}{at}")),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => None,
    }
}

fn read(line: &str) -> Origin {
    let (author, at) = match line.rsplit_once(BETWEEN) {
        Some((author, at)) if shown_time(at).is_some() => (Some(author), Some(at)),
        _ if shown_time(line).is_some() => (None, Some(line)),
        _ => (Some(line), None),
    };
    let at = at.and_then(shown_time).map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
    Origin { author: author.map(str::to_owned), at }
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc))
}

fn shown_time(text: &str) -> Option<DateTime<Utc>> {
    chrono::NaiveDateTime::parse_from_str(text.trim(), SHOWN).ok().map(|at| at.and_utc())
}

/// A name as it can stand in a line of any markup: what would mean something there is a blank.
fn shown_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-.'’,()&".contains(c) { c } else { ' ' };
    let name: String = name.chars().map(plain).collect();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
