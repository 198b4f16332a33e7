//! Answers that are kept, and only asked about the next time.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderValue};

/// How much all kept answers may take, if nothing else is said.
const MOST: usize = 8 * 1024 * 1024;
/// One answer may take this part of it: a few large ones are not worth all the others.
const SHARE: usize = 4;

/// Whatever was used so lately stays: a long listing would else drive out its own first pages by its last ones, which are
/// as long gone when it is read again, and the memory that it takes would be in pieces.
const SETTLED: Duration = Duration::from_secs(60);

/// An answer that is kept.
pub(crate) struct Kept {
    pub(crate) tag: HeaderValue,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The kept answers of one client, by address; those that were not used for longest make room for others.
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
    rows: HashMap<String, (Instant, Arc<Kept>)>,
    bytes: usize,
}

impl Shelf {
    /// Keeps so many bytes at most.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, rows: Mutex::default() }
    }

    pub(crate) fn get(&self, address: &str) -> Option<Arc<Kept>> {
        self.get_at(address, Instant::now())
    }

    /// Keeps an answer if there is room for it, or something that was not used for a while.
    pub(crate) fn put(&self, address: String, kept: Kept) {
        self.put_at(address, kept, Instant::now());
    }

    fn get_at(&self, address: &str, now: Instant) -> Option<Arc<Kept>> {
        let mut shelf = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let (used, kept) = shelf.rows.get_mut(address)?;
        *used = now;
        Some(Arc::clone(kept))
    }

    fn put_at(&self, address: String, kept: Kept, now: Instant) {
        let size = weight(&address, &kept);
        let mut shelf = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.remove(&address);
        if size <= self.most / SHARE && shelf.make_room(self.most - size, now) {
            shelf.bytes += size;
            shelf.rows.insert(address, (now, Arc::new(kept)));
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

    /// Drops what was not used for longest, until no more than so much is kept; says whether that could be done.
    fn make_room(&mut self, most: usize, now: Instant) -> bool {
        while self.bytes > most {
            match self.oldest() {
                Some((used, oldest)) if now.saturating_duration_since(used) >= SETTLED => self.remove(&oldest),
                _ => return false,
            }
        }
        true
    }

    fn oldest(&self) -> Option<(Instant, String)> {
        let oldest = self.rows.iter().min_by_key(|(_, (used, _))| *used);
        oldest.map(|(address, (used, _))| (*used, address.clone()))
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

    fn bytes(shelf: &Shelf) -> usize {
        shelf.rows.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let (shelf, start) = (Shelf::default(), Instant::now());
        for number in 0..9 {
            let now = start + SETTLED * number;
            shelf.put_at(format!("/{number}"), kept(1_000_000), now);
            assert!(shelf.get_at("/0", now).is_some(), "used all the time");
        }
        assert!(shelf.get("/1").is_none());
        assert!(shelf.get("/8").is_some());
        assert!(bytes(&shelf) <= MOST);
    }

    #[test]
    fn a_long_listing_leaves_its_own_first_pages_alone() {
        let (shelf, start) = (Shelf::default(), Instant::now());
        for number in 0..100 {
            shelf.put_at(format!("/{number}"), kept(1_000_000), start);
        }
        assert!((0..8).all(|number| shelf.get_at(&format!("/{number}"), start).is_some()));
        assert!(shelf.get("/8").is_none() && bytes(&shelf) <= MOST);
        shelf.put_at("/later".to_owned(), kept(1_000_000), start + SETTLED);
        assert!(shelf.get("/later").is_some() && bytes(&shelf) <= MOST);
    }

    #[test]
    fn the_same_address_is_kept_once_and_large_answers_never() {
        let shelf = Shelf::default();
        for _ in 0..100 {
            shelf.put("/".to_owned(), kept(500_000));
        }
        assert_eq!(bytes(&shelf), 500_001);
        shelf.put("/".to_owned(), kept(MOST / SHARE));
        assert!(shelf.get("/").is_none(), "what it was before is no longer right");
        let large = Shelf::new(4 * MOST);
        large.put("/".to_owned(), kept(MOST / SHARE));
        assert!(large.get("/").is_some(), "a larger shelf has room for it");
        shelf.put("/".to_owned(), kept(1));
        shelf.clear();
        assert!(shelf.get("/").is_none());
        assert_eq!(bytes(&shelf), 0);
    }
}
