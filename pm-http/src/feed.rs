//! What change feeds by time have in common: they read a little twice, and tell nothing twice.

use std::collections::BTreeSet;

use pm_provider::RawData;
use serde::{Deserialize, Serialize};

/// What a change feed told of late.
///
/// Backends tell times by the millisecond or by the second, and a write has the time at which it began, not the one at
/// which it shows. So each read begins a little before the last one ended; this is what it leaves out then: an item at its
/// time, as it looked. The cursor of the feed holds it.
///
/// ```
/// use pm_http::feed::Told;
/// let mut told = Told::default();
/// assert!(told.insert(12, 1_700_000_000, 0), "new");
/// assert!(!told.insert(12, 1_700_000_000, 0), "read again");
/// assert!(told.insert(12, 1_700_000_000, 1), "changed within the same second");
/// told.forget_before(1_700_000_001);
/// assert!(told.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Told(BTreeSet<(u64, i64, u64)>);

impl Told {
    /// Notes an item, its time, and how it looked: a version, or its [`look`]. Says whether it is new.
    pub fn insert(&mut self, id: u64, time: i64, look: u64) -> bool {
        self.0.insert((id, time, look))
    }

    /// Says whether an item was told of at this time, and looked like this.
    #[must_use]
    pub fn contains(&self, id: u64, time: i64, look: u64) -> bool {
        self.0.contains(&(id, time, look))
    }

    /// Forgets what is older than a time from which on the next read begins.
    pub fn forget_before(&mut self, time: i64) {
        self.0.retain(|(_, at, _)| *at >= time);
    }

    /// The latest time of all.
    #[must_use]
    pub fn latest(&self) -> Option<i64> {
        self.0.iter().map(|(_, time, _)| *time).max()
    }

    /// The ids, in their order.
    pub fn ids(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter().map(|(id, _, _)| *id)
    }

    /// How much is remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Says whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How an item looks, for backends without a version of it: FNV-1a of its text.
#[must_use]
pub fn look(raw: &RawData) -> u64 {
    let text = raw.as_str().unwrap_or_default();
    u64::from(text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_long_past_is_forgotten() {
        let mut told = Told::default();
        for (id, time) in [(1, 10), (2, 20), (3, 20)] {
            assert!(told.insert(id, time, 0));
        }
        assert_eq!((told.latest(), told.len()), (Some(20), 3));
        told.forget_before(20);
        assert_eq!(told.ids().collect::<Vec<_>>(), [2, 3], "the moment itself is read again");
        assert!(told.contains(2, 20, 0) && !told.contains(1, 10, 0));
    }

    #[test]
    fn a_cursor_can_hold_it() {
        let mut told = Told::default();
        told.insert(12, -5, u64::MAX);
        let text = serde_json::to_string(&told).unwrap();
        assert_eq!(text, "[[12,-5,18446744073709551615]]");
        assert_eq!(serde_json::from_str::<Told>(&text).unwrap(), told);
    }

    #[test]
    fn looks_differ_with_the_text() {
        let raw = |text: &str| RawData::from_json(text).unwrap();
        assert_eq!(look(&raw(r#"{"a":1}"#)), look(&raw(r#"{"a":1}"#)));
        assert_ne!(look(&raw(r#"{"a":1}"#)), look(&raw(r#"{"a":2}"#)));
    }
}
