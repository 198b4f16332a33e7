//! Creates that never happen twice: each kind of item, as the plumbing needs it.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use pm_http::{Create, Marker, Raw};
use pm_provider::{Effect, Error, Result};

/// What was created, with its id as text.
#[derive(Debug)]
pub(crate) struct Made<D> {
    pub(crate) id: String,
    pub(crate) item: Raw<D>,
}

impl<D> Made<D> {
    pub(crate) fn new(id: u64, item: Raw<D>) -> Self {
        Self { id: id.to_string(), item }
    }
}

type Send<'a, D> = Box<dyn Fn() -> BoxFuture<'a, Result<Made<D>>> + std::marker::Send + Sync + 'a>;
type Find<'a, D> =
    Box<dyn Fn(Option<DateTime<Utc>>) -> BoxFuture<'a, Result<Vec<Made<D>>>> + std::marker::Send + Sync + 'a>;

/// One create.
pub(crate) struct Creating<'a, D> {
    pub(crate) identity: String,
    pub(crate) marker: Option<Marker>,
    /// Where a person can look.
    pub(crate) place: String,
    pub(crate) send: Send<'a, D>,
    pub(crate) find: Find<'a, D>,
    sent: AtomicBool,
}

impl<'a, D> Creating<'a, D> {
    pub(crate) fn new(
        identity: String,
        marker: Option<Marker>,
        place: String,
        send: Send<'a, D>,
        find: Find<'a, D>,
    ) -> Self {
        Self { identity, marker, place, send, find, sent: AtomicBool::new(false) }
    }

    /// Whether the item comes from this create, not from an earlier one with the same key.
    pub(crate) fn is_new(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }
}

impl<D> fmt::Debug for Creating<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Creating").field("marker", &self.marker).field("place", &self.place).finish_non_exhaustive()
    }
}

#[async_trait]
impl<D: std::marker::Send + Sync> Create for Creating<'_, D> {
    type Item = Made<D>;

    fn identity(&self) -> String {
        self.identity.clone()
    }

    fn id<'b>(&self, item: &'b Made<D>) -> &'b str {
        &item.id
    }

    fn is_keyed(&self) -> bool {
        self.marker.is_some()
    }

    async fn send(&self) -> Result<Made<D>> {
        self.sent.store(true, Ordering::Relaxed);
        (self.send)().await
    }

    async fn find(&self, since: Option<DateTime<Utc>>) -> Result<Vec<Made<D>>> {
        (self.find)(since).await
    }

    fn place(&self) -> String {
        self.place.clone()
    }
}

/// When a lost create is looked for: at once, and twice more, because the server may still be at it.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3)];

/// Looks for what a create made whose answer was lost, where something else than a time tells it apart: servers without
/// a web server in front of them send no `Date`.
pub(crate) async fn or_found<D, F, Answer>(sent: Result<Made<D>>, find: F) -> Result<Made<D>>
where
    F: Fn() -> Answer,
    Answer: Future<Output = Result<Vec<Made<D>>>>,
{
    let lost = match sent {
        Err(error) if *error.effect() == Effect::Unknown => error,
        other => return other,
    };
    for pause in LOOKS {
        tokio::time::sleep(pause).await;
        let Ok(mut found) = find().await else { continue };
        match (found.pop(), found.is_empty()) {
            (Some(made), true) => return Ok(made),
            (Some(_), false) => return Err(lost),
            (None, _) => {}
        }
    }
    Err(lost)
}

/// The mark of an idempotency key, where there is one.
pub(crate) fn marker(kind: &str, key: Option<&str>) -> Option<Marker> {
    key.map(|key| Marker::of(kind, key))
}

/// The identity of a create: its mark, or else what it is looked for by. Two creates that a look could take for each other
/// have the same one.
pub(crate) fn identity(kind: &str, marker: Option<&Marker>, content: &str) -> String {
    match marker {
        Some(marker) => format!("{kind} marked {}", marker.as_str()),
        None => format!("{kind} {content}"),
    }
}

/// A text with the mark at its end, and with no other mark in it.
pub(crate) fn marked(text: &str, marker: Option<&Marker>) -> String {
    marker.map_or_else(|| Marker::neutralise(text).into_owned(), |marker| marker.append(text))
}

/// The error for a filter that the server does not know, and ignores: what has the mark cannot be found then, and would
/// be created a second time.
pub(crate) fn ignored(filter: &str) -> Error {
    let message =
        format!("the server ignores the filter `{filter}`, so that a create with a key cannot be found again");
    Error::unsupported(message).hint("it is older than Redmine 5.0; create without an idempotency key")
}

/// Whether something was created at a time or later.
pub(crate) fn is_since(created: Option<DateTime<Utc>>, since: Option<DateTime<Utc>>) -> bool {
    match (created, since) {
        (Some(created), Some(since)) => created >= since,
        _ => true,
    }
}
