//! What changes seldom is remembered for a short while: statuses, types, schemas, who we are.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pm_provider::Result;
use tokio::time::Instant;

/// How long something is remembered if nothing else is said: an administrator's change shows within a minute.
const LIFE: Duration = Duration::from_secs(60);
/// How many keys a map remembers before it begins anew.
const MOST: usize = 2_000;

/// One remembered answer. Several who ask at once share one request.
///
/// ```
/// # use pm_http::Cached;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> pm_provider::Result<()> {
/// let cached = Cached::default();
/// assert_eq!(*cached.get(async { Ok(7) }).await?, 7);
/// assert_eq!(*cached.get(async { Ok(8) }).await?, 7);
/// # Ok(())
/// # }
/// ```
pub struct Cached<T> {
    life: Duration,
    kept: tokio::sync::Mutex<Option<(Instant, Arc<T>)>>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self::new(LIFE)
    }
}

impl<T> Cached<T> {
    /// Remembers for so long.
    #[must_use]
    pub fn new(life: Duration) -> Self {
        Self { life, kept: tokio::sync::Mutex::new(None) }
    }

    /// The remembered answer, else a new one. An error is not remembered.
    ///
    /// # Errors
    /// Whatever the request ends with.
    pub async fn get(&self, fetch: impl Future<Output = Result<T>>) -> Result<Arc<T>> {
        let mut kept = self.kept.lock().await;
        if let Some((since, value)) = kept.as_ref()
            && since.elapsed() < self.life
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(fetch.await?);
        *kept = Some((Instant::now(), Arc::clone(&value)));
        Ok(value)
    }

    /// The remembered answer, where there is one; asks nobody.
    pub async fn known(&self) -> Option<Arc<T>> {
        let kept = self.kept.lock().await;
        let (_, value) = kept.as_ref().filter(|(since, _)| since.elapsed() < self.life)?;
        Some(Arc::clone(value))
    }

    /// Remembers what came by another way. Not from within [`get`](Cached::get), which waits for its own answer.
    pub async fn put(&self, value: T) {
        *self.kept.lock().await = Some((Instant::now(), Arc::new(value)));
    }

    /// Forgets the answer.
    pub async fn forget(&self) {
        *self.kept.lock().await = None;
    }
}

impl<T> fmt::Debug for Cached<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached").field("life", &self.life).finish_non_exhaustive()
    }
}

/// Remembered answers by key.
pub struct CachedMap<K, T> {
    life: Duration,
    kept: Mutex<HashMap<K, Arc<Cached<T>>>>,
}

impl<K, T> Default for CachedMap<K, T> {
    fn default() -> Self {
        Self::new(LIFE)
    }
}

impl<K, T> CachedMap<K, T> {
    /// Remembers each answer for so long.
    #[must_use]
    pub fn new(life: Duration) -> Self {
        Self { life, kept: Mutex::new(HashMap::new()) }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl<K: Eq + Hash, T> CachedMap<K, T> {
    /// The place of a key.
    pub fn of(&self, key: K) -> Arc<Cached<T>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() > MOST {
            kept.clear();
        }
        Arc::clone(kept.entry(key).or_insert_with(|| Arc::new(Cached::new(self.life))))
    }
}

impl<K, T> fmt::Debug for CachedMap<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.kept.lock().unwrap_or_else(PoisonError::into_inner).len();
        f.debug_struct("CachedMap").field("life", &self.life).field("keys", &keys).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicUsize, Ordering};

    use pm_provider::Error;

    use super::*;

    #[tokio::test]
    async fn those_who_ask_at_once_share_one_request() {
        let (cached, asked) = (Cached::default(), AtomicUsize::new(0));
        let ask = || {
            cached.get(async {
                asked.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok(7)
            })
        };
        let (one, two) = tokio::join!(ask(), ask());
        assert_eq!((*one.unwrap(), *two.unwrap(), asked.load(Ordering::SeqCst)), (7, 7, 1));
    }

    #[tokio::test]
    async fn an_error_is_not_remembered() {
        let map: CachedMap<u8, u8> = CachedMap::default();
        assert!(map.of(1).get(async { Err(Error::invalid_input("no")) }).await.is_err());
        assert_eq!(*map.of(1).get(async { Ok(3) }).await.unwrap(), 3);
        assert_eq!(*map.of(1).get(async { Ok(4) }).await.unwrap(), 3);
        map.of(1).forget().await;
        assert_eq!(*map.of(1).get(async { Ok(4) }).await.unwrap(), 4);
        map.clear();
        assert_eq!(map.of(1).known().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_old_is_asked_for_again() {
        let cached = Cached::new(Duration::from_secs(10));
        cached.put(1).await;
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(cached.known().await.as_deref(), Some(&1));
        assert_eq!(*cached.get(async { Ok(2) }).await.unwrap(), 1);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(cached.known().await, None);
        assert_eq!(*cached.get(async { Ok(2) }).await.unwrap(), 2);
    }
}
