//! What bodies hold, and what they hold instead of what was expected.

use pm_provider::{Error, ErrorKind, Result};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Larger bodies than this are no answer of a project-management system.
pub(crate) const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Separates, in the message of an error, what is wrong from where inside of an item.
pub(crate) const INSIDE: char = '\u{1f}';
/// How much of a foreign page's title is repeated.
const TITLE_CHARACTERS: usize = 80;

/// Reads JSON; an error names the path inside of it, and repeats nothing of its values.
///
/// Keeping track of the path costs more than the reading: only a body that cannot be read is read again with it.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).or_else(|_| json_with_path(body))
}

fn json_with_path<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let outer = error.path().to_string();
        refuse(&outer, error.inner())
    })?;
    deserializer.end().map_err(|error| refuse(".", &error))?;
    Ok(value)
}

fn refuse(path: &str, error: &serde_json::Error) -> Error {
    let text = describe(error);
    let (what, inner) = text.split_once(INSIDE).unwrap_or((&text, "."));
    let path: Vec<_> = [path, inner].into_iter().filter(|part| *part != ".").collect();
    let message = if path.is_empty() {
        format!("the answer cannot be understood: {what}")
    } else {
        format!("the answer cannot be understood: at `{}`: {what}", path.join("."))
    };
    Error::new(ErrorKind::InvalidResponse, message)
}

/// What is wrong with a JSON text, without the values that it holds: they may be anybody's secret.
pub(crate) fn describe(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => "it ends too early".to_owned(),
        Category::Syntax => format!("it is no JSON (line {}, column {})", error.line(), error.column()),
        Category::Io => "it cannot be read".to_owned(),
        Category::Data => without_value(&error.to_string()),
    }
}

fn without_value(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(before, _)| before);
    if message.contains(INSIDE) || message.starts_with("missing field `") || message.starts_with("duplicate field `") {
        return message.to_owned();
    }
    let expected = message.rsplit_once(", expected ").map(|(_, expected)| expected);
    let found = message.strip_prefix("invalid type: ").and_then(|rest| rest.split([' ', ',']).next());
    match (found, expected) {
        (Some(found), Some(expected)) => format!("expected {expected}, found {found}"),
        (None, Some(expected)) => format!("expected {expected}"),
        _ => "a value of another form".to_owned(),
    }
}

/// Says whether a body is a page for people.
pub(crate) fn is_html(content_type: Option<&str>, body: &[u8]) -> bool {
    let named = content_type.is_some_and(|kind| {
        let kind = kind.trim_start().to_ascii_lowercase();
        kind.starts_with("text/html") || kind.starts_with("application/xhtml")
    });
    named || is_html_text(body)
}

fn is_html_text(body: &[u8]) -> bool {
    let start: String = lossy(body, 64).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// The title of a page for people: cut, on one line, without control characters.
pub(crate) fn title(body: &[u8]) -> Option<String> {
    let page = lossy(body, 64 * 1024);
    // Lower-casing ASCII alone keeps every byte in its place.
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = clean(&page[start..end], TITLE_CHARACTERS);
    (!title.is_empty()).then_some(title)
}

/// Makes foreign text fit for a message: one line, no control characters, cut.
pub(crate) fn clean(text: &str, most: usize) -> String {
    let words: Vec<_> = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn lossy(body: &[u8], most: usize) -> String {
    String::from_utf8_lossy(&body[..body.len().min(most)]).into_owned()
}

/// What to call a page for people in a message: `a page called “Sign in”`.
pub(crate) fn page_name(body: &[u8]) -> String {
    match title(body) {
        Some(title) => format!("a web page (`{title}`)"),
        None => "a web page".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Raw;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Issue {
        id: u64,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        Bug,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Issues {
        issues: Vec<Raw<Issue>>,
    }

    fn refusal(body: &str) -> String {
        json::<Issues>(body.as_bytes()).unwrap_err().message().to_owned()
    }

    #[test]
    fn the_path_is_named_and_no_value_repeated() {
        let message = refusal(r#"{"issues": [{"id": 1}, {"id": "hidden"}]}"#);
        assert_eq!(message, "the answer cannot be understood: at `issues[1].id`: expected u64, found string");
        let message = refusal(r#"{"issues": [{"id": 1, "kind": "hidden"}]}"#);
        assert!(message.contains("at `issues[0].kind") && !message.contains("hidden"), "{message}");
        assert!(refusal(r#"{"issues": [{}]}"#).ends_with("at `issues[0]`: missing field `id`"));
        assert!(
            refusal(r#"{"issues": "hidden, expected"}"#).ends_with("at `issues`: expected a sequence, found string")
        );
    }

    #[test]
    fn texts_that_are_no_json_are_named() {
        assert!(refusal(r#"{"issues": ["#).ends_with("it ends too early"));
        assert!(refusal("").ends_with("it ends too early"));
        assert!(refusal(r#"{"issues": []} x"#).contains("it is no JSON (line 1, column 16)"));
    }

    #[test]
    fn pages_are_known_by_type_or_looks() {
        assert!(is_html(Some("Text/HTML; charset=utf-8"), b"x"));
        assert!(is_html(Some("application/json"), b"\xef\xbb\xbf \n<!DOCTYPE html>"));
        assert!(!is_html(Some("application/json"), b"{}"));
        assert!(!is_html(None, b"\xff\xfe"));
    }

    #[test]
    fn titles_are_cut_and_cleaned() {
        assert_eq!(title(b"<html><TITLE lang=en>\n Sign\x1b[1m   in\t</TITLE>").unwrap(), "Sign [1m in");
        assert_eq!(title(b"<title></title>"), None);
        assert_eq!(title(b"<title>never closed"), None);
        let long = format!("<title>{}</title>", "ä".repeat(500));
        assert_eq!(title(long.as_bytes()).unwrap().chars().count(), TITLE_CHARACTERS + 1);
    }
}
