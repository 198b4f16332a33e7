//! The answers of one kind.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::future::Cache;
use pm_provider::{Error, ErrorKind, Page, ProjectSchema, Result};
use serde::Serialize;

use super::forget::Generations;
use super::{CacheKind, CacheLayer, is_fresh_wanted};

/// How much room an answer takes, in items.
pub(super) trait Room {
    fn items(&self) -> usize {
        1
    }
}

impl<T> Room for Page<T> {
    fn items(&self) -> usize {
        self.items.len().max(1)
    }
}

impl Room for Arc<ProjectSchema> {}
impl Room for pm_provider::PMProject {}
impl Room for pm_provider::PMTask {}
impl Room for pm_provider::PMSprint {}
impl Room for pm_provider::PMUser {}
impl Room for pm_provider::Comment {}

/// An answer, and when and under which number it was asked for.
#[derive(Clone)]
struct Held<T> {
    answer: Arc<T>,
    asked: Instant,
    generation: u64,
}

/// Answers of one kind and one type, by what was asked.
#[derive(Clone)]
pub(super) struct Shelf<T> {
    held: Cache<String, Held<T>>,
    generations: Arc<Generations>,
    kind: CacheKind,
    life: Duration,
    stale: Duration,
}

impl<T: Room + Clone + Send + Sync + 'static> Shelf<T> {
    pub(super) fn new(kind: CacheKind, layer: &CacheLayer, generations: &Arc<Generations>) -> Self {
        let (life, most) = (layer.life(kind), layer.size(kind));
        let held = Cache::builder()
            .max_capacity(most)
            .weigher(|_: &String, held: &Held<T>| u32::try_from(held.answer.items()).unwrap_or(u32::MAX))
            .time_to_live(life.saturating_add(layer.stale))
            .build();
        // Nothing is kept where no time or no room is given.
        let life = if most == 0 { Duration::ZERO } else { life };
        Self { held, generations: Arc::clone(generations), kind, life, stale: layer.stale }
    }

    /// Answers from memory, or asks and remembers.
    pub(super) async fn answer(&self, asked: String, ask: impl Future<Output = Result<T>> + Send) -> Result<T> {
        if self.life.is_zero() {
            return ask.await;
        }
        let held = self.held.get(&asked).await.filter(|held| held.generation == self.generations.of(self.kind));
        if let Some(held) = held.as_ref().filter(|held| !is_fresh_wanted() && held.asked.elapsed() < self.life) {
            return Ok(T::clone(&held.answer));
        }
        // The number is taken before the question: what is written meanwhile may not be in the answer.
        let (generation, now) = (self.generations.of(self.kind), Instant::now());
        match ask.await {
            Ok(answer) => {
                let held = Held { answer: Arc::new(answer.clone()), asked: now, generation };
                self.held.insert(asked, held).await;
                Ok(answer)
            }
            Err(error) => self.instead(&asked, held, error).await,
        }
    }

    /// What is old serves better than nothing, where that was wished for; what is gone is no longer remembered.
    async fn instead(&self, asked: &str, held: Option<Held<T>>, error: Error) -> Result<T> {
        let is_away = matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::RateLimited);
        let limit = self.life.saturating_add(self.stale);
        let usable = |held: &Held<T>| {
            let unchanged = held.generation == self.generations.of(self.kind);
            is_away && !self.stale.is_zero() && !is_fresh_wanted() && unchanged && held.asked.elapsed() < limit
        };
        match held.filter(usable) {
            Some(held) => {
                let age = held.asked.elapsed().as_secs();
                tracing::warn!(kind = ?self.kind, age, error = ?error.kind(), "a stale answer, for the backend is away");
                Ok(T::clone(&held.answer))
            }
            None => {
                if !is_away {
                    self.held.invalidate(asked).await;
                }
                Err(error)
            }
        }
    }
}

impl<T> fmt::Debug for Shelf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").field("kind", &self.kind).field("life", &self.life).finish_non_exhaustive()
    }
}

/// What was asked, as a key; a query that cannot be written as JSON is one that nobody asks twice.
pub(super) fn key(query: &impl Serialize, cursor: Option<&pm_provider::Cursor>) -> Option<String> {
    let query = serde_json::to_string(query).ok()?;
    Some(match cursor {
        Some(cursor) => format!("{query}{}", cursor.as_str()),
        None => query,
    })
}
