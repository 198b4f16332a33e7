//! Answers that are kept, and only asked about the next time.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderValue};

/// How much all kept answers may take, if nothing else is said.
const MOST: usize = 8 * 1024 * 1024;
/// One answer may take this part of it: a few large ones are not worth all the others.
const SHARE: usize = 4;

/// An answer that is kept.
pub(crate) struct Kept {
    pub(crate) tag: HeaderValue,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The kept answers of one client, by address; those that were not used for longest go first.
pub(crate) struct Shelf {
    most: usize,
    rows: Mutex<Rows>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self::new(MOST)
    }
}

#[derive(Default)]
struct Rows {
    rows: HashMap<String, (u64, Arc<Kept>)>,
    bytes: usize,
    uses: u64,
}

impl Shelf {
    /// Keeps so many bytes at most.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, rows: Mutex::default() }
    }

    pub(crate) fn get(&self, address: &str) -> Option<Arc<Kept>> {
        let mut shelf = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.uses += 1;
        let now = shelf.uses;
        let (used, kept) = shelf.rows.get_mut(address)?;
        *used = now;
        Some(Arc::clone(kept))
    }

    pub(crate) fn put(&self, address: String, kept: Kept) {
        let size = weight(&address, &kept);
        let mut shelf = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.remove(&address);
        if size > self.most / SHARE {
            return;
        }
        shelf.uses += 1;
        shelf.bytes += size;
        let used = shelf.uses;
        shelf.rows.insert(address, (used, Arc::new(kept)));
        while shelf.bytes > self.most {
            let Some(oldest) = shelf.oldest() else { break };
            shelf.remove(&oldest);
        }
    }

    /// Another credential may be shown other things.
    pub(crate) fn clear(&self) {
        *self.rows.lock().unwrap_or_else(PoisonError::into_inner) = Rows::default();
    }
}

impl Rows {
    fn remove(&mut self, address: &str) {
        if let Some((_, kept)) = self.rows.remove(address) {
            self.bytes -= weight(address, &kept);
        }
    }

    fn oldest(&self) -> Option<String> {
        self.rows.iter().min_by_key(|(_, (used, _))| *used).map(|(address, _)| address.clone())
    }
}

/// The headers count by guess: they are small beside any body worth keeping.
fn weight(address: &str, kept: &Kept) -> usize {
    address.len() + kept.body.len() + 64 * kept.headers.len()
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shelf = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Shelf").field("answers", &shelf.rows.len()).field("bytes", &shelf.bytes).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(bytes: usize) -> Kept {
        Kept { tag: HeaderValue::from_static("\"1\""), headers: HeaderMap::new(), body: vec![0; bytes].into() }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let shelf = Shelf::default();
        for number in 0..9 {
            shelf.put(format!("/{number}"), kept(1_000_000));
            assert!(shelf.get("/0").is_some(), "used all the time");
        }
        assert!(shelf.get("/1").is_none());
        assert!(shelf.get("/8").is_some());
        assert!(shelf.rows.lock().unwrap_or_else(PoisonError::into_inner).bytes <= MOST);
    }

    #[test]
    fn the_same_address_is_kept_once_and_large_answers_never() {
        let shelf = Shelf::default();
        for _ in 0..100 {
            shelf.put("/".to_owned(), kept(500_000));
        }
        assert_eq!(shelf.rows.lock().unwrap_or_else(PoisonError::into_inner).bytes, 500_001);
        shelf.put("/".to_owned(), kept(MOST / SHARE));
        assert!(shelf.get("/").is_none(), "what it was before is no longer right");
        let large = Shelf::new(4 * MOST);
        large.put("/".to_owned(), kept(MOST / SHARE));
        assert!(large.get("/").is_some(), "a larger shelf has room for it");
        shelf.put("/".to_owned(), kept(1));
        shelf.clear();
        assert!(shelf.get("/").is_none());
        assert_eq!(shelf.rows.lock().unwrap_or_else(PoisonError::into_inner).bytes, 0);
    }
}
