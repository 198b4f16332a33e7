//! What changes seldom is remembered for a short while: statuses, types, schemas.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pm_provider::Result;

/// How long something is remembered: an administrator's change shows within a minute.
const LIFE: Duration = Duration::from_secs(60);
/// How many keys a map remembers before it begins anew.
const MOST: usize = 2_000;

/// One remembered answer. Several who ask at once share one request.
pub(crate) struct Cached<T>(tokio::sync::Mutex<Option<(Instant, Arc<T>)>>);

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(tokio::sync::Mutex::new(None))
    }
}

impl<T> Cached<T> {
    /// The remembered answer, else a new one. An error is not remembered.
    pub(crate) async fn get(&self, fetch: impl Future<Output = Result<T>>) -> Result<Arc<T>> {
        let mut kept = self.0.lock().await;
        if let Some((since, value)) = kept.as_ref()
            && since.elapsed() < LIFE
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(fetch.await?);
        *kept = Some((Instant::now(), Arc::clone(&value)));
        Ok(value)
    }

    /// Forgets the answer.
    pub(crate) async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

/// Remembered answers by key.
pub(crate) struct CachedMap<K, T>(Mutex<HashMap<K, Arc<Cached<T>>>>);

impl<K, T> Default for CachedMap<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, T> CachedMap<K, T> {
    /// The place of a key.
    pub(crate) fn of(&self, key: K) -> Arc<Cached<T>> {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() > MOST {
            map.clear();
        }
        Arc::clone(map.entry(key).or_default())
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
    }
}
