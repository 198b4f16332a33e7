//! Creates: what was made, and the marks that idempotency keys leave.

use chrono::{DateTime, Utc};
use pm_http::{Marker, Raw};
use pm_provider::Entity;

use crate::body::comparable;
use crate::dto::HasId;

/// The mark of a key. Keys of different kinds of items have different ones.
pub(crate) fn marker(entity: Entity, key: &str) -> Marker {
    Marker::of(entity.word(), key)
}

/// A text with the mark of a key at its end, where there is a key; whatever looks like a mark in the text is none then.
pub(crate) fn marked(text: Option<&str>, marker: Option<&Marker>) -> Option<String> {
    match marker {
        Some(marker) => Some(marker.append(text.unwrap_or_default())),
        None => text.map(|text| Marker::neutralise(text).into_owned()),
    }
}

/// What a create made, with its id as text.
#[derive(Debug)]
pub(crate) struct Made<T> {
    pub(crate) id: String,
    pub(crate) row: Raw<T>,
}

impl<T: HasId> From<Raw<T>> for Made<T> {
    fn from(row: Raw<T>) -> Self {
        Self { id: row.item.id().to_string(), row }
    }
}

/// What a create is recognised by: kind and key, else kind, place and texts.
///
/// Two creates that a look-up could take for each other are of one identity, and wait for each other: it is no finer than
/// what `find` compares.
pub(crate) fn identity(entity: Entity, key: Option<&str>, place: &str, texts: [Option<&str>; 2]) -> String {
    match key {
        Some(key) => format!("{entity} by key {key}"),
        None => {
            let [title, text] = texts.map(|text| comparable(text.unwrap_or_default()));
            format!("{entity} in {place}: {title:?} {text:?}")
        }
    }
}

/// Keeps the oldest of several items that answer to one key: the others are copies that people made.
pub(crate) fn oldest<T: HasId>(rows: Vec<Raw<T>>, created: fn(&T) -> Option<DateTime<Utc>>) -> Option<Raw<T>> {
    rows.into_iter().min_by_key(|row| (created(&row.item), row.item.id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_no_finer_than_what_is_compared() {
        let of = |title, text| identity(Entity::Task, None, "3", [Some(title), text]);
        assert_eq!(of("Paint ", None), of("Paint", Some("")));
        assert_eq!(of("Paint", Some("a\r\nb\n")), of("Paint", Some("a\nb")));
        assert_ne!(of("Paint", Some("a")), of("Paint", Some("b")));
        assert_ne!(of("Paint", None), identity(Entity::Task, None, "4", [Some("Paint"), None]));
    }

    #[test]
    fn what_people_write_is_no_mark_when_it_is_stored() {
        let (planted, ours) = (marker(Entity::Task, "k"), marker(Entity::Task, "l"));
        let text = planted.append("copied");
        for stored in [marked(Some(&text), None), marked(Some(&text), Some(&ours))] {
            assert!(!stored.unwrap_or_default().contains(&planted.line()));
        }
    }
}
