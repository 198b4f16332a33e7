//! The keys of a run, in few bytes each.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher;

use pm_core::RawData;

/// What is known of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sighting {
    First,
    /// The very same row came before.
    Same,
    /// Another row with this key stands on that line.
    Other(u32),
}

/// In parts, because a map that grows is there twice for a moment.
const PARTS: usize = 16;

/// Which keys came, on which lines, with what rows: hashes alone, so that memory does not grow with the rows' size.
#[derive(Default)]
pub(super) struct Seen {
    hasher: RandomState,
    /// By the key's hash: a part of the row's hash, and the line.
    keys: [HashMap<u64, (u32, u32)>; PARTS],
}

impl Seen {
    pub(super) fn has(&self, key: &str) -> bool {
        let key = self.hasher.hash_one(key);
        self.keys[part(key)].contains_key(&key)
    }

    pub(super) fn note(&mut self, key: &str, line: u64, raw: &RawData) -> Sighting {
        let (key, row) = (self.hasher.hash_one(key), self.hasher.hash_one(raw.as_str()));
        // Half of it does: it only tells apart rows of one key.
        let row = u32::try_from(row >> 32).unwrap_or_default();
        match self.keys[part(key)].entry(key) {
            Entry::Vacant(place) => {
                place.insert((row, u32::try_from(line).unwrap_or(u32::MAX)));
                Sighting::First
            }
            Entry::Occupied(place) if place.get().0 == row => Sighting::Same,
            Entry::Occupied(place) => Sighting::Other(place.get().1),
        }
    }
}

fn part(key: u64) -> usize {
    usize::try_from(key % PARTS as u64).unwrap_or_default()
}
