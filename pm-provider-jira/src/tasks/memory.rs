//! What is remembered about issues between requests.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pm_provider::Priority;

use super::workflow::{StatusId, Workflow};
use crate::dto::{self, IssueType, LinkType, Screen};
use crate::marks::Shelf;
use crate::schema::Catalogue;
use pm_http::{Cached, CachedMap};

/// How long the index of Jira Cloud may lag behind: issues that were written since are named to every search
/// (<https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/>).
const FRESH: Duration = Duration::from_secs(60);
/// How many issues a search takes for that.
const MOST_FRESH: usize = 50;
/// How long a workflow is believed to be as it was.
const WORKFLOW_LIFE: Duration = Duration::from_secs(300);
/// How long an issue is believed to stand where it was seen.
const SEEN_LIFE: Duration = Duration::from_secs(60);
/// How long an epic that was not found is not asked for again.
const HIDDEN_LIFE: Duration = Duration::from_secs(60);
/// How many issues are remembered by where they stand, and how many epics by key.
const MOST: usize = 10_000;

/// A project and a type of issue: what has a workflow and screens of its own.
pub(crate) type Kind = (u64, u64);

/// Where an issue stood when it was last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) kind: Kind,
    pub(crate) status: StatusId,
}

/// What is remembered about issues.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) catalogue: Cached<Catalogue>,
    pub(crate) priorities: Cached<Vec<Priority>>,
    pub(crate) types: CachedMap<u64, Vec<IssueType>>,
    pub(crate) create_screens: CachedMap<Kind, Screen>,
    pub(crate) edit_screens: CachedMap<(Kind, StatusId), Screen>,
    pub(crate) link_types: Cached<Vec<LinkType>>,
    /// Our marks, by project.
    pub(crate) marks: Shelf,
    workflows: Mutex<HashMap<Kind, (Instant, Workflow)>>,
    seen: Mutex<HashMap<u64, (Instant, Seen)>>,
    written: Mutex<VecDeque<(Instant, u64)>>,
    deleted: Mutex<VecDeque<(Instant, u64)>>,
    epics: Mutex<HashMap<String, u64>>,
    hidden_epics: Mutex<HashMap<String, Instant>>,
    lost: Mutex<HashMap<String, Instant>>,
    no_workflows: std::sync::atomic::AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    /// Says whether workflows may be read, as far as is known.
    pub(crate) fn may_read_workflows(&self) -> bool {
        !self.no_workflows.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Remembers that workflows may not be read.
    pub(crate) fn may_not_read_workflows(&self) {
        self.no_workflows.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// What is known of a workflow, to read and to add to.
    pub(crate) fn workflow<T>(&self, kind: Kind, with: impl FnOnce(&mut Workflow) -> T) -> T {
        let mut workflows = locked(&self.workflows);
        let (since, workflow) = workflows.entry(kind).or_insert_with(|| (Instant::now(), Workflow::default()));
        if since.elapsed() > WORKFLOW_LIFE {
            (*since, *workflow) = (Instant::now(), Workflow::default());
        }
        with(workflow)
    }

    /// Remembers where an issue stands.
    pub(crate) fn saw(&self, issue: &dto::Issue) {
        let Some(status) = issue.fields.status.as_ref().map(|status| status.id.0) else { return };
        let Some(kind) = issue.kind() else { return };
        let mut seen = locked(&self.seen);
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert(issue.id.0, (Instant::now(), Seen { kind, status }));
    }

    /// Where an issue stood a moment ago.
    pub(crate) fn seen(&self, id: u64) -> Option<Seen> {
        let seen = locked(&self.seen);
        seen.get(&id).filter(|(since, _)| since.elapsed() < SEEN_LIFE).map(|(_, seen)| *seen)
    }

    /// Forgets where an issue stood: it is being changed.
    pub(crate) fn lose_sight(&self, id: u64) {
        locked(&self.seen).remove(&id);
    }

    /// Remembers that we wrote an issue.
    pub(crate) fn wrote(&self, id: u64) {
        let mut written = locked(&self.written);
        written.retain(|(since, known)| *known != id && since.elapsed() < FRESH);
        written.push_back((Instant::now(), id));
        if written.len() > MOST_FRESH {
            written.pop_front();
        }
    }

    /// The issues that we wrote a moment ago, which an index may not have yet.
    pub(crate) fn fresh(&self) -> Vec<u64> {
        let mut written = locked(&self.written);
        written.retain(|(since, _)| since.elapsed() < FRESH);
        written.iter().map(|(_, id)| *id).collect()
    }

    /// Remembers that we deleted an issue, or that it is gone.
    pub(crate) fn bury(&self, id: u64) {
        locked(&self.written).retain(|(_, known)| *known != id);
        self.lose_sight(id);
        let mut deleted = locked(&self.deleted);
        deleted.retain(|(since, _)| since.elapsed() < 2 * FRESH);
        deleted.push_back((Instant::now(), id));
    }

    /// Says whether we deleted an issue that an index may still have.
    pub(crate) fn is_buried(&self, id: u64) -> bool {
        locked(&self.deleted).iter().any(|(_, known)| *known == id)
    }

    /// Remembers that nobody knows what became of a create with a mark: until then the issue may still show.
    pub(crate) fn lose(&self, mark: &str, lag: Duration) {
        let mut lost = locked(&self.lost);
        lost.retain(|_, until| *until > Instant::now());
        lost.insert(mark.to_owned(), Instant::now() + lag);
    }

    /// How much longer the issue of a create that was lost may take to show.
    pub(crate) fn lost_for(&self, mark: &str) -> Option<Duration> {
        let until = locked(&self.lost).get(mark).copied()?;
        Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    /// The ids of epics by key.
    pub(crate) fn epics(&self) -> HashMap<String, u64> {
        locked(&self.epics).clone()
    }

    /// Remembers the ids of the epics that were found by their keys, and that the others are hidden from us.
    pub(crate) fn knows_epics(&self, asked: &[String], found: &HashMap<String, u64>) {
        let mut epics = locked(&self.epics);
        if epics.len() >= MOST {
            epics.clear();
        }
        epics.extend(found.iter().map(|(key, id)| (key.clone(), *id)));
        let mut hidden = locked(&self.hidden_epics);
        hidden.retain(|_, since| since.elapsed() < HIDDEN_LIFE);
        let missing = asked.iter().filter(|key| !found.contains_key(*key));
        hidden.extend(missing.map(|key| (key.clone(), Instant::now())));
    }

    /// Says whether an epic was asked for in vain a moment ago.
    pub(crate) fn is_hidden_epic(&self, key: &str) -> bool {
        locked(&self.hidden_epics).get(key).is_some_and(|since| since.elapsed() < HIDDEN_LIFE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_are_named_to_a_search() {
        let memory = Memory::default();
        for id in 1..=60 {
            memory.wrote(id);
        }
        memory.wrote(30);
        let fresh = memory.fresh();
        assert_eq!((fresh.len(), fresh.first(), fresh.last()), (MOST_FRESH, Some(&11), Some(&30)));
        memory.bury(30);
        assert!(!memory.fresh().contains(&30) && memory.is_buried(30) && !memory.is_buried(31));
    }
}
