//! Work, in the order in which it is done.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::item::{ItemKey, Kind, Side};
use crate::store::Work;

/// The work of one mapping.
#[derive(Debug, Default)]
pub(super) struct Queue {
    rows: BTreeMap<(Side, ItemKey), Work>,
    /// So that the most pressing are found without a look at all.
    order: BTreeMap<Place, (Side, ItemKey)>,
    /// The last generation that any work got. None is given twice: a row that was cleared and written down again is
    /// never taken for the one before.
    generation: i64,
}

/// Priority, kind, generation.
type Place = (i32, Kind, i64);

fn place(work: &Work) -> Place {
    (work.priority, work.item.kind, work.generation)
}

impl Queue {
    pub(super) fn from_rows(rows: Vec<Work>) -> Self {
        let mut queue = Self::default();
        for work in rows {
            queue.generation = queue.generation.max(work.generation);
            queue.insert(work);
        }
        queue
    }

    /// Writes work down under a new generation, its failures forgotten; a row that is there loses no urgency by it.
    pub(super) fn put(&mut self, mut work: Work) {
        self.generation += 1;
        (work.generation, work.attempts) = (self.generation, 0);
        if let Some(known) = self.remove(&(work.side, work.item.clone())) {
            work.priority = work.priority.min(known.priority);
        }
        self.insert(work);
    }

    /// Takes out what is done, if nobody wrote it down again since.
    pub(super) fn clear(&mut self, done: Work) {
        let generation = done.generation;
        let key = (done.side, done.item);
        if self.rows.get(&key).is_some_and(|known| known.generation == generation) {
            self.remove(&key);
        }
    }

    /// Replaces a row, if nobody wrote it down again since.
    pub(super) fn replace(&mut self, row: Work) {
        let key = (row.side, row.item.clone());
        if self.rows.get(&key).is_some_and(|known| known.generation == row.generation) {
            self.remove(&key);
            self.insert(row);
        }
    }

    /// Makes quarantined work due again.
    pub(super) fn retry(&mut self, item: Option<&(Side, ItemKey)>) -> usize {
        let wanted = |work: &Work| item.is_none_or(|(side, item)| work.side == *side && work.item == *item);
        let mut count = 0;
        for work in self.rows.values_mut().filter(|work| work.is_quarantined() && wanted(work)) {
            (work.attempts, work.last_error) = (0, None);
            count += 1;
        }
        count
    }

    pub(super) fn due(&self, now: DateTime<Utc>, limit: usize) -> Vec<Work> {
        self.ordered().filter(|work| is_due(work, now)).take(limit).cloned().collect()
    }

    pub(super) fn all(&self) -> Vec<Work> {
        self.ordered().cloned().collect()
    }

    pub(super) fn of(&self, side: Side, items: &[ItemKey]) -> Vec<Work> {
        // An item that is asked for twice is answered once.
        let items: BTreeSet<_> = items.iter().collect();
        items.into_iter().filter_map(|item| self.rows.get(&(side, item.clone()))).cloned().collect()
    }

    fn ordered(&self) -> impl Iterator<Item = &Work> {
        self.order.values().filter_map(|key| self.rows.get(key))
    }

    fn insert(&mut self, work: Work) {
        let key = (work.side, work.item.clone());
        self.order.insert(place(&work), key.clone());
        self.rows.insert(key, work);
    }

    fn remove(&mut self, key: &(Side, ItemKey)) -> Option<Work> {
        let work = self.rows.remove(key)?;
        self.order.remove(&place(&work));
        Some(work)
    }
}

fn is_due(work: &Work, now: DateTime<Utc>) -> bool {
    !work.is_quarantined() && work.not_before.is_none_or(|time| time <= now)
}
