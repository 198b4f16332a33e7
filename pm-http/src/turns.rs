//! One writer per item.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use tokio::sync::{Mutex, MutexGuard};

/// How many items can be written side by side: two items may share a place, and wait for each other.
const PLACES: usize = 64;

/// Lets one write of ours at an item at a time: backends with locks let the later one fail, those with limits per item
/// slow it down.
pub struct Turns([Mutex<()>; PLACES]);

impl Turns {
    /// Waits until nobody else holds the turn of this item.
    ///
    /// Whoever holds one turn must not wait for another: the two may share a place, or somebody else may hold the second
    /// and wait for the first. A change of two items takes both turns at once, by [`of_both`](Turns::of_both).
    pub async fn of(&self, item: impl Hash) -> MutexGuard<'_, ()> {
        self.0[place(item)].lock().await
    }

    /// Waits until nobody else holds the turn of either item, which may be one and the same.
    pub async fn of_both(&self, one: impl Hash, other: impl Hash) -> Both<'_> {
        let (one, other) = (place(one), place(other));
        // All take them in the same order, so that nobody waits for one who waits for them.
        let first = self.0[one.min(other)].lock().await;
        let second = if one == other { None } else { Some(self.0[one.max(other)].lock().await) };
        Both { _first: first, _second: second }
    }
}

/// The turns of two items, until it is dropped.
#[derive(Debug)]
#[must_use = "the turns end when this is dropped"]
pub struct Both<'a> {
    _first: MutexGuard<'a, ()>,
    _second: Option<MutexGuard<'a, ()>>,
}

fn place(item: impl Hash) -> usize {
    let mut hasher = DefaultHasher::new();
    item.hash(&mut hasher);
    usize::try_from(hasher.finish() % PLACES as u64).unwrap_or_default()
}

impl Default for Turns {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::new(())))
    }
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.0.iter().filter(|place| place.try_lock().is_err()).count();
        f.debug_struct("Turns").field("held", &held).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn an_item_has_one_writer_at_a_time() {
        let turns = Turns::default();
        let held = turns.of("12").await;
        assert!(tokio::time::timeout(Duration::from_millis(20), turns.of("12")).await.is_err());
        let mut others = 0;
        for item in 0..10 {
            others += usize::from(tokio::time::timeout(Duration::from_millis(5), turns.of(item)).await.is_ok());
        }
        assert!(others >= 8, "{others} of ten others need not wait");
        drop(held);
        drop(turns.of("12").await);
    }

    #[tokio::test]
    async fn two_items_of_one_place_do_not_wait_for_each_other() {
        let turns = Turns::default();
        let twin = (1..10_000).find(|item| place(item) == place(0)).unwrap_or_default();
        assert_eq!((place(twin), twin > 0), (place(0), true));
        let both = tokio::time::timeout(Duration::from_secs(5), turns.of_both(0, twin)).await;
        assert!(both.is_ok());
        assert!(tokio::time::timeout(Duration::from_millis(20), turns.of(twin)).await.is_err(), "it is held");
        drop(both);
        drop(turns.of(twin).await);
    }

    #[tokio::test]
    async fn turns_of_two_are_taken_in_one_order() {
        let turns = Turns::default();
        let one = async {
            for _ in 0..200 {
                let _both = turns.of_both(1, 2).await;
                tokio::task::yield_now().await;
            }
        };
        let other = async {
            for _ in 0..200 {
                let _both = turns.of_both(2, 1).await;
                tokio::task::yield_now().await;
            }
        };
        let all = tokio::time::timeout(Duration::from_secs(10), async { tokio::join!(one, other) }).await;
        assert!(all.is_ok(), "nobody waits for ever");
    }
}
