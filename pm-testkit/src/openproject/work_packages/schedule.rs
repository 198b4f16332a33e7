//! What a change means for the parents: their dates, their sums, and their `lockVersion`.

use chrono::{DateTime, NaiveDate, Utc};

use super::render::Family;
use crate::openproject::store::Store;

/// What parents take from their children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Derived {
    id: u64,
    work: u64,
    remaining: u64,
}

/// Notes the sums of work packages before a change.
pub(super) fn note(store: &Store, ids: &[u64]) -> Vec<Derived> {
    // Most work packages have no parent, and looking through all of them takes time.
    if ids.is_empty() {
        return Vec::new();
    }
    let family = Family::of(store);
    let derived = ids.iter().filter_map(|id| store.work_packages.get(id)).map(|item| {
        let all = family.all(item);
        let work = all.iter().filter_map(|item| item.work).sum();
        Derived { id: item.id, work, remaining: all.iter().filter_map(|item| item.remaining).sum() }
    });
    derived.collect()
}

/// Brings parents up to date after a change below them, the lowest first.
///
/// A parent whose dates or sums change gets another `lockVersion`: whoever holds the old one gets 409 (unverified).
pub(super) fn settle(store: &mut Store, before: &[Derived], now: DateTime<Utc>) {
    for old in before.iter().rev() {
        let dates = dates_of_children(store, old.id);
        let sums = note(store, &[old.id]);
        let Some(item) = store.work_packages.get_mut(&old.id) else { continue };
        let moves = !item.scheduled_by_hand && dates.is_some_and(|dates| dates != (item.start, item.due));
        if let Some((start, due)) = dates.filter(|_| moves) {
            (item.start, item.due) = (start, due);
        }
        if moves || sums.first() != Some(old) {
            item.lock_version += 1;
            item.updated = now;
        }
    }
}

/// The earliest start and the latest end of the children; `None` where there are none.
fn dates_of_children(store: &Store, id: u64) -> Option<(Option<NaiveDate>, Option<NaiveDate>)> {
    let children: Vec<_> = store.children(id).collect();
    let start = children.iter().filter_map(|child| child.start.or(child.due)).min();
    let due = children.iter().filter_map(|child| child.due.or(child.start)).max();
    (!children.is_empty()).then_some((start, due))
}
