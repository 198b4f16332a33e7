//! What changed, in the order in which it did.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use pm_provider::{Entity, ItemRef, ProjectId};

/// The latest change of every item there ever was.
#[derive(Clone, Debug, Default)]
pub(super) struct Feed {
    last: u64,
    changes: BTreeMap<u64, Entry>,
    places: HashMap<ItemRef, u64>,
}

/// The latest change of an item.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) item: ItemRef,
    pub(super) project: ProjectId,
    pub(super) deleted: bool,
    pub(super) at: DateTime<Utc>,
}

impl Feed {
    /// Notes a change; an earlier one of the same item is forgotten.
    pub(super) fn note(&mut self, entry: Entry) {
        self.last += 1;
        if let Some(earlier) = self.places.insert(entry.item.clone(), self.last) {
            self.changes.remove(&earlier);
        }
        self.changes.insert(self.last, entry);
    }

    /// The number of the latest change.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// The changes after a number that are of a project and of some kinds of items.
    pub(super) fn after<'f>(
        &'f self,
        number: u64,
        project: Option<&'f ProjectId>,
        entities: &'f [Entity],
    ) -> impl Iterator<Item = (u64, &'f Entry)> {
        self.changes
            .range(number.saturating_add(1)..)
            .map(|(number, entry)| (*number, entry))
            .filter(move |(_, entry)| project.is_none_or(|project| *project == entry.project))
            .filter(move |(_, entry)| entities.is_empty() || entities.contains(&entry.item.entity()))
    }
}
