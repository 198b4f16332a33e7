//! A store in memory: for plans, tests, and sides that need no memory between starts.

mod mapping;
mod queue;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_provider::{Clock, Error, SystemClock};

use super::users::pair_up;
use super::{
    Conflict, Event, Image, Intent, Lease, Link, Run, Settlement, SideState, StoreError, StoreResult, SyncStore,
    TakeIn, UserLink, Work,
};
use crate::item::{ItemKey, Kind, Side};
use mapping::Mapping;

/// Everything in memory, gone with its last clone: clones share.
///
/// Mappings need not be made known: each begins empty. Leases are timed by the clock that it was given.
#[derive(Clone)]
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    mappings: Arc<Mutex<HashMap<String, Mapping>>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, mappings: Arc::default() }
    }

    /// A store that knows of one mapping what an image shows.
    #[must_use]
    pub fn from_image(clock: Arc<dyn Clock>, mapping: &str, image: Image) -> Self {
        let known = HashMap::from([(mapping.to_owned(), Mapping::from_image(image))]);
        Self { clock, mappings: Arc::new(Mutex::new(known)) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Mapping>> {
        // No method leaves a mapping half changed: all checks come before the first change.
        self.mappings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what is known of a mapping.
    fn read<T: Default>(&self, mapping: &str, read: impl FnOnce(&Mapping) -> T) -> StoreResult<T> {
        Ok(self.lock().get(mapping).map(read).unwrap_or_default())
    }

    /// Changes a mapping, whoever has it.
    fn change<T>(&self, mapping: &str, change: impl FnOnce(&mut Mapping) -> T) -> T {
        let mut mappings = self.lock();
        match mappings.get_mut(mapping) {
            Some(known) => change(known),
            None => change(mappings.entry(mapping.to_owned()).or_default()),
        }
    }

    /// Changes a mapping for whom the lease says, if he still has it.
    fn write<T>(&self, lease: &Lease, write: impl FnOnce(&mut Mapping) -> StoreResult<T>) -> StoreResult<T> {
        self.change(&lease.mapping, |mapping| if mapping.is_held_by(lease) { write(mapping) } else { lost() })
    }
}

fn lost<T>() -> StoreResult<T> {
    Err(StoreError::LeaseLost)
}

impl Default for MemoryStore {
    /// An empty store with the machine's clock.
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

impl fmt::Debug for MemoryStore {
    /// Leaves out what is in it: that is far too much.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl SyncStore for MemoryStore {
    async fn claim(&self, mapping: &str, owner: &str, lasts: Duration) -> StoreResult<Option<Lease>> {
        let now = self.clock.now();
        Ok(self.change(mapping, |known| known.claim(mapping, owner, now, lasts)))
    }

    async fn renew(&self, lease: &Lease, lasts: Duration) -> StoreResult<()> {
        let now = self.clock.now();
        self.write(lease, |mapping| {
            mapping.renew(now, lasts);
            Ok(())
        })
    }

    async fn release(&self, lease: &Lease) -> StoreResult<()> {
        self.change(&lease.mapping, |mapping| mapping.release(lease));
        Ok(())
    }

    async fn side_state(&self, mapping: &str, side: Side) -> StoreResult<Option<SideState>> {
        self.read(mapping, |known| known.states.get(side).clone())
    }

    async fn take_in(&self, lease: &Lease, taken: TakeIn) -> StoreResult<()> {
        self.write(lease, |mapping| mapping.take_in(taken))
    }

    async fn begin(&self, lease: &Lease, intents: Vec<Intent>) -> StoreResult<()> {
        self.write(lease, |mapping| {
            mapping.intents.extend(intents.into_iter().map(|intent| (intent.id.clone(), intent)));
            Ok(())
        })
    }

    async fn settle(&self, lease: &Lease, settlement: Settlement) -> StoreResult<()> {
        self.write(lease, |mapping| mapping.settle(settlement))
    }

    async fn put_off(&self, lease: &Lease, rows: Vec<Work>) -> StoreResult<()> {
        self.write(lease, |mapping| {
            rows.into_iter().for_each(|row| mapping.work.replace(row));
            Ok(())
        })
    }

    async fn due_work(&self, mapping: &str, now: DateTime<Utc>, limit: usize) -> StoreResult<Vec<Work>> {
        self.read(mapping, |known| known.work.due(now, limit))
    }

    async fn all_work(&self, mapping: &str) -> StoreResult<Vec<Work>> {
        self.read(mapping, |known| known.work.all())
    }

    async fn work_of(&self, mapping: &str, side: Side, items: &[ItemKey]) -> StoreResult<Vec<Work>> {
        self.read(mapping, |known| known.work.of(side, items))
    }

    async fn open_intents(&self, mapping: &str) -> StoreResult<Vec<Intent>> {
        self.read(mapping, Mapping::open_intents)
    }

    async fn links_of(&self, mapping: &str, side: Side, items: &[ItemKey]) -> StoreResult<Vec<Link>> {
        self.read(mapping, |known| known.links_of(side, items))
    }

    async fn comment_links(&self, mapping: &str, side: Side, task: &str) -> StoreResult<Vec<Link>> {
        self.read(mapping, |known| known.comment_links(side, task))
    }

    async fn pending_children(&self, mapping: &str) -> StoreResult<Vec<Link>> {
        self.read(mapping, Mapping::pending_children)
    }

    async fn links_after(
        &self,
        mapping: &str,
        kind: Option<Kind>,
        after: Option<&str>,
        limit: usize,
    ) -> StoreResult<Vec<Link>> {
        self.read(mapping, |known| known.links_after(kind, after, limit))
    }

    async fn count_links(&self, mapping: &str) -> StoreResult<BTreeMap<Kind, usize>> {
        self.read(mapping, Mapping::count_links)
    }

    async fn conflicts(&self, mapping: &str, undecided: bool) -> StoreResult<Vec<Conflict>> {
        self.read(mapping, |known| known.conflicts(undecided))
    }

    async fn resolve(&self, mapping: &str, conflict: &str, winner: Side, by: &str) -> StoreResult<Conflict> {
        let now = self.clock.now();
        self.change(mapping, |known| known.resolve(conflict, winner, by, now))
    }

    async fn retry(&self, mapping: &str, item: Option<(Side, ItemKey)>) -> StoreResult<usize> {
        Ok(self.change(mapping, |known| known.work.retry(item.as_ref())))
    }

    async fn users(&self, mapping: &str) -> StoreResult<Vec<UserLink>> {
        self.read(mapping, |known| known.users.values().cloned().collect())
    }

    async fn save_users(&self, lease: &Lease, users: Vec<UserLink>) -> StoreResult<()> {
        self.write(lease, |mapping| {
            pair_up(&mut mapping.users, users);
            Ok(())
        })
    }

    async fn save_run(&self, lease: &Lease, run: &Run) -> StoreResult<()> {
        self.write(lease, |mapping| {
            mapping.runs.insert(run.id.clone(), run.clone());
            Ok(())
        })
    }

    async fn runs(&self, mapping: &str, limit: usize) -> StoreResult<Vec<Run>> {
        self.read(mapping, |known| known.latest_runs(limit))
    }

    async fn events(&self, mapping: &str, run: Option<&str>) -> StoreResult<Vec<Event>> {
        self.read(mapping, |known| known.events_of(run))
    }

    async fn image(&self, mapping: &str) -> StoreResult<Image> {
        self.read(mapping, Mapping::image)
    }
}

/// What a store answers about a conflict that it does not have.
fn no_conflict(id: &str) -> StoreError {
    Error::not_found("conflict", id).into()
}
