//! The marks that idempotency keys leave in texts which may be left out.

use pm_http::Marker;

/// A text with the mark of a key at its end, where there is a key; whatever looks like a mark in the text is none then.
pub(crate) fn marked(text: Option<&str>, marker: Option<&Marker>) -> Option<String> {
    let is_there = text.is_some() || marker.is_some();
    is_there.then(|| pm_http::marked(text.unwrap_or_default(), marker))
}

/// ClickUp takes an empty text for none at all, and leaves what is there: a blank one empties it.
pub(crate) fn blank(text: String) -> String {
    if text.is_empty() { " ".to_owned() } else { text }
}
