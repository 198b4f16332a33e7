//! A ready-made [`Create`], and what all creates are told by.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use pm_provider::{Entity, Result};

use crate::{Create, Marker, Raw};

/// What a create made, with its id as text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Made<T> {
    /// The id.
    pub id: String,
    /// The item, as the backend shows it.
    pub row: Raw<T>,
}

impl<T> Made<T> {
    /// Takes an item and its id.
    #[expect(clippy::needless_pass_by_value, reason = "ids are numbers or texts at hand")]
    pub fn new(id: impl ToString, row: Raw<T>) -> Self {
        Self { id: id.to_string(), row }
    }
}

type Sending<'a, I> = Box<dyn Fn() -> BoxFuture<'a, Result<I>> + Send + Sync + 'a>;
type Finding<'a, I> = Box<dyn Fn(Option<DateTime<Utc>>) -> BoxFuture<'a, Result<Vec<I>>> + Send + Sync + 'a>;

/// One create, made of two functions: how it is sent, and how its result is found.
pub struct Creating<'a, T> {
    identity: String,
    is_keyed: bool,
    is_new_key: bool,
    place: String,
    send: Sending<'a, Made<T>>,
    find: Finding<'a, Made<T>>,
    sent: AtomicBool,
}

impl<'a, T> Creating<'a, T> {
    /// Makes a create of what it is recognised by ([`identity`]), the mark of its key, and where a person can look.
    ///
    /// `send` sends one request of [`Repeat::Never`](crate::Repeat::Never); `find` is [`Create::find`].
    pub fn new<S, F>(
        identity: String,
        marker: Option<&Marker>,
        place: String,
        send: impl Fn() -> S + Send + Sync + 'a,
        find: impl Fn(Option<DateTime<Utc>>) -> F + Send + Sync + 'a,
    ) -> Self
    where
        S: Future<Output = Result<Made<T>>> + Send + 'a,
        F: Future<Output = Result<Vec<Made<T>>>> + Send + 'a,
    {
        let (send, find) = (Box::new(move || send().boxed()), Box::new(move |since| find(since).boxed()));
        let sent = AtomicBool::new(false);
        Self { identity, is_keyed: marker.is_some(), is_new_key: false, place, send, find, sent }
    }

    /// Says whether the key was never sent before: then it is not looked for before anything is sent.
    #[must_use]
    pub fn new_key(mut self, is_new: bool) -> Self {
        self.is_new_key = is_new;
        self
    }

    /// Says whether the item comes from this create, not from an earlier one with the same key: what was there before
    /// may have been changed since, and that is right.
    pub fn is_new(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }
}

impl<T> fmt::Debug for Creating<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Creating");
        shown.field("is_keyed", &self.is_keyed).field("is_new_key", &self.is_new_key);
        shown.field("place", &self.place).finish_non_exhaustive()
    }
}

#[async_trait]
impl<T: Send + Sync> Create for Creating<'_, T> {
    type Item = Made<T>;

    fn identity(&self) -> String {
        self.identity.clone()
    }

    fn id<'b>(&self, item: &'b Made<T>) -> &'b str {
        &item.id
    }

    fn is_keyed(&self) -> bool {
        self.is_keyed
    }

    fn looks_first(&self) -> bool {
        self.is_keyed && !self.is_new_key
    }

    async fn send(&self) -> Result<Made<T>> {
        self.sent.store(true, Ordering::Relaxed);
        (self.send)().await
    }

    async fn find(&self, since: Option<DateTime<Utc>>) -> Result<Vec<Made<T>>> {
        (self.find)(since).await
    }

    fn place(&self) -> String {
        self.place.clone()
    }
}

/// What a create is recognised by: kind and mark, else kind, place and texts.
///
/// Two creates that a look-up could take for each other are of one identity, and wait for each other: it is no finer than
/// what [`Create::find`] may compare, trimmed texts with one kind of line breaks ([`comparable`]).
#[must_use]
pub fn identity(entity: Entity, marker: Option<&Marker>, place: impl fmt::Display, texts: &[&str]) -> String {
    match marker {
        Some(marker) => format!("{entity} marked {}", marker.as_str()),
        None => {
            let texts: Vec<_> = texts.iter().map(|text| comparable(text)).collect();
            format!("{entity} in {place}: {texts:?}")
        }
    }
}

/// A text as backends may leave it: trimmed, with one kind of line breaks.
#[must_use]
pub fn comparable(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

/// Keeps the oldest of several items that answer to one key: the others are copies that people made.
///
/// `age` is the time of an item's creation with its id, say.
pub fn oldest<T, A: Ord>(rows: impl IntoIterator<Item = Raw<T>>, age: impl Fn(&T) -> A) -> Option<Raw<T>> {
    rows.into_iter().min_by_key(|row| age(&row.item))
}

/// Whether something was created at a time or later. Where either is not known, it may have been.
#[must_use]
pub fn is_since(created: Option<DateTime<Utc>>, since: Option<DateTime<Utc>>) -> bool {
    created.zip(since).is_none_or(|(created, since)| created >= since)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Row {
        id: u64,
        at: Option<u64>,
    }

    fn row(id: u64, at: Option<u64>) -> Raw<Row> {
        serde_json::from_str(&serde_json::json!({ "id": id, "at": at }).to_string()).unwrap()
    }

    #[test]
    fn an_identity_is_no_finer_than_what_is_compared() {
        let of = |texts: &[&str]| identity(Entity::Task, None, 3, texts);
        assert_eq!(of(&["Paint ", ""]), of(&["Paint", " "]));
        assert_eq!(of(&["Paint", "a\r\nb\n"]), of(&["Paint", "a\nb"]));
        assert_ne!(of(&["Paint", "a"]), of(&["Paint", "b"]));
        assert_ne!(of(&["a\", \"b"]), of(&["a", "b"]), "no text can pass for two");
        assert_ne!(of(&["Paint"]), identity(Entity::Task, None, 4, &["Paint"]));
        assert_ne!(of(&["Paint"]), identity(Entity::Comment, None, 3, &["Paint"]));
    }

    #[test]
    fn a_key_counts_and_nothing_else() {
        let (one, other) = (Marker::of("task", "k"), Marker::of("task", "l"));
        let of = |marker, text| identity(Entity::Task, Some(marker), 3, &[text]);
        assert_eq!(of(&one, "Paint"), of(&one, "Repaint"));
        assert_ne!(of(&one, "Paint"), of(&other, "Paint"));
    }

    #[test]
    fn copies_are_younger() {
        let rows = vec![row(9, Some(1)), row(3, Some(2)), row(4, Some(1))];
        assert_eq!(oldest(rows, |row| (row.at, row.id)).unwrap().item.id, 4);
        assert!(oldest(Vec::new(), |row: &Row| row.id).is_none());
    }

    #[test]
    fn what_tells_no_time_may_be_new() {
        let at = |second| DateTime::from_timestamp(second, 0);
        assert!(is_since(at(2), at(2)) && !is_since(at(1), at(2)));
        assert!(is_since(None, at(2)) && is_since(at(1), None));
    }

    #[test]
    fn a_key_is_looked_for_first_unless_it_is_new() {
        let marker = Marker::of("task", "k");
        let creating = || -> Creating<'_, Row> {
            let (send, find) = (|| async { Ok(Made::new(12, row(12, None))) }, |_| async { Ok(Vec::new()) });
            Creating::new("k".to_owned(), Some(&marker), "the list".to_owned(), send, find)
        };
        assert!(creating().looks_first() && creating().new_key(false).looks_first());
        let new = creating().new_key(true);
        assert!(new.is_keyed() && !new.looks_first());
    }

    #[tokio::test]
    async fn what_was_found_is_not_new() {
        let creating = Creating::new(
            identity(Entity::Task, None, 3, &["Paint"]),
            None,
            "the list".to_owned(),
            || async { Ok(Made::new(12, row(12, None))) },
            |_| async { Ok(vec![Made::new(7, row(7, None))]) },
        );
        assert_eq!(creating.find(None).await.unwrap()[0].id, "7");
        assert!(!creating.is_new() && !creating.is_keyed() && !creating.looks_first());
        let made = creating.send().await.unwrap();
        assert_eq!((creating.id(&made), creating.is_new()), ("12", true));
    }
}
