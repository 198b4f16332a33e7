//! Writes that are only played: what a plan does instead of sending them.
//!
//! The answers are what the backend said that a read would show, so that the rest of the plan sees what a run would.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Row;
use crate::item::{ItemKey, Kind};
use crate::record::{Patch, Record};
use crate::store::Seen;

/// What was played so far.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    played: Mutex<Played>,
}

#[derive(Debug, Default)]
struct Played {
    rows: HashMap<ItemKey, Row>,
    gone: HashSet<ItemKey>,
    made: u64,
}

impl Recorder {
    fn lock(&self) -> MutexGuard<'_, Played> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plays a create.
    pub(super) fn create(&self, kind: Kind, values: &Patch, task: Option<&str>) -> Row {
        let mut played = self.lock();
        played.made += 1;
        let own = format!("new-{}", played.made);
        let id = task.filter(|_| kind == Kind::Comment).map_or_else(|| own.clone(), |task| format!("{task}/{own}"));
        let mut record = Record::new();
        record.apply(values);
        let row = played_row(ItemKey::new(kind, id), record);
        played.rows.insert(row.item.clone(), row.clone());
        row
    }

    /// Plays a change of an item that stands like this.
    pub(super) fn update(&self, mut row: Row, values: &Patch) -> Row {
        row.record.apply(values);
        row.seen.hash = row.record.digest();
        self.lock().rows.insert(row.item.clone(), row.clone());
        row
    }

    /// Plays a deletion.
    pub(super) fn delete(&self, item: &ItemKey) {
        let mut played = self.lock();
        played.rows.remove(item);
        played.gone.insert(item.clone());
    }

    /// What an item would be by now, if a played write touched it; `Some(None)` if it would be gone.
    pub(super) fn now(&self, item: &ItemKey) -> Option<Option<Row>> {
        let played = self.lock();
        if played.gone.contains(item) {
            return Some(None);
        }
        played.rows.get(item).cloned().map(Some)
    }

    /// The comments that would have been written on a task.
    pub(super) fn comments_of(&self, task: &str) -> Vec<Row> {
        let about = |row: &&Row| row.item.task().is_some_and(|of| of.id == task);
        self.lock().rows.values().filter(about).cloned().collect()
    }

    /// Whether an item was only played.
    pub(super) fn is_made(&self, item: &ItemKey) -> bool {
        self.lock().rows.contains_key(item) && item.id.rsplit('/').next().is_some_and(|own| own.starts_with("new-"))
    }
}

fn played_row(item: ItemKey, record: Record) -> Row {
    let seen = Seen { hash: record.digest(), version: None, at: None };
    Row::new(item, record, seen)
}
