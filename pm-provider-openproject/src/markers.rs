//! The marks that idempotency keys leave in texts which may be left out.

use chrono::{DateTime, Utc};
use pm_http::{Made, Marker, Raw, creating};

use crate::dto::HasId;

/// A text with the mark of a key at its end, where there is a key; whatever looks like a mark in the text is none then.
pub(crate) fn marked(text: Option<&str>, marker: Option<&Marker>) -> Option<String> {
    let is_there = text.is_some() || marker.is_some();
    is_there.then(|| pm_http::marked(text.unwrap_or_default(), marker))
}

/// What a create made.
pub(crate) fn made<T: HasId>(row: Raw<T>) -> Made<T> {
    Made::new(row.item.id(), row)
}

/// Keeps the oldest of several items that answer to one key.
pub(crate) fn oldest<T: HasId>(rows: Vec<Raw<T>>, created: fn(&T) -> Option<DateTime<Utc>>) -> Option<Raw<T>> {
    creating::oldest(rows, |row| (created(row), row.id()))
}

#[cfg(test)]
mod tests {
    use pm_provider::Entity;

    use super::*;

    #[test]
    fn a_text_that_is_left_out_is_so_unless_there_is_a_key() {
        let marker = Marker::of_key(Entity::Task, Some("k"));
        assert_eq!(marked(None, None), None);
        assert_eq!(marked(Some(""), None).as_deref(), Some(""));
        assert_eq!(marked(None, marker.as_ref()), marker.map(|marker| marker.line()));
    }
}
