//! The store as one process uses it: every commit passes the points of a script, and can be spoilt.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_provider::{Effect, Error, ErrorKind};
use pm_sync::item::{ItemKey, Kind, Side};
use pm_sync::store::{
    Conflict, Event, Image, Intent, Lease, Link, MemoryStore, Run, Settlement, SideState, StoreResult, SyncStore,
    TakeIn, UserLink, Work,
};
use pm_testkit::pair::{Script, Trouble};

use super::history::History;
use super::planted::{Bug, Garden};

/// The store as one process uses it.
#[derive(Clone, Debug)]
pub(crate) struct ScriptedStore {
    pub(crate) inner: MemoryStore,
    pub(crate) script: Script,
    pub(crate) history: History,
    pub(crate) garden: Garden,
}

impl ScriptedStore {
    async fn write<T>(&self, what: &str, commit: impl Future<Output = StoreResult<T>> + Send) -> StoreResult<T> {
        let before = self.script.pass(&format!("store {what}: begun")).await;
        match before {
            Some(Trouble::CrashLate(_)) => self.script.die().await,
            Some(Trouble::FailAfter | Trouble::Late(_)) => {
                commit.await?;
                return Err(unknown().into());
            }
            Some(_) => return Err(failed().into()),
            None => {}
        }
        let answer = commit.await;
        match self.script.pass(&format!("store {what}: over")).await {
            Some(Trouble::CrashLate(_)) => self.script.die().await,
            Some(_) => return answer.and(Err(unknown().into())),
            None => {}
        }
        answer
    }

    async fn read<T>(&self, what: &str, read: impl Future<Output = StoreResult<T>> + Send) -> StoreResult<T> {
        match self.script.pass(&format!("store {what}: read")).await {
            Some(Trouble::CrashLate(_)) => self.script.die().await,
            Some(_) => return Err(failed().into()),
            None => {}
        }
        read.await
    }

    /// The lease that counts: with the bug, whoever comes has the present one.
    fn lease(&self, lease: &Lease) -> Lease {
        match self.garden.has(Bug::NoFence) {
            true => self.history.present_lease().unwrap_or_else(|| lease.clone()),
            false => lease.clone(),
        }
    }
}

fn failed() -> Error {
    Error::new(ErrorKind::Unavailable, "the database cannot be reached (planned)")
}

fn unknown() -> Error {
    Error::new(ErrorKind::Unavailable, "the database did not answer the commit (planned)").with_effect(Effect::Unknown)
}

#[async_trait]
impl SyncStore for ScriptedStore {
    async fn claim(&self, mapping: &str, owner: &str, lasts: Duration) -> StoreResult<Option<Lease>> {
        let lease = self.write("claim", self.inner.claim(mapping, owner, lasts)).await?;
        if let Some(lease) = &lease {
            self.history.note_lease(lease);
        }
        Ok(lease)
    }

    async fn renew(&self, lease: &Lease, lasts: Duration) -> StoreResult<()> {
        let lease = self.lease(lease);
        self.write("renew", self.inner.renew(&lease, lasts)).await
    }

    async fn release(&self, lease: &Lease) -> StoreResult<()> {
        self.write("release", self.inner.release(lease)).await
    }

    async fn side_state(&self, mapping: &str, side: Side) -> StoreResult<Option<SideState>> {
        self.read("side_state", self.inner.side_state(mapping, side)).await
    }

    async fn take_in(&self, lease: &Lease, mut taken: TakeIn) -> StoreResult<()> {
        let lease = self.lease(lease);
        if self.garden.has(Bug::CursorBeforeWork) {
            let mut first = TakeIn::default();
            first.state = taken.state.take();
            self.write("take_in (cursor)", self.inner.take_in(&lease, first)).await?;
        }
        self.write("take_in", self.inner.take_in(&lease, taken)).await
    }

    async fn begin(&self, lease: &Lease, intents: Vec<Intent>) -> StoreResult<()> {
        let lease = self.lease(lease);
        let written: Vec<_> = intents.iter().map(|intent| (intent.side, intent.item.clone())).collect();
        self.write("begin", self.inner.begin(&lease, intents)).await?;
        self.history.note_begin(written);
        Ok(())
    }

    async fn settle(&self, lease: &Lease, mut settlement: Settlement) -> StoreResult<()> {
        let lease = self.lease(lease);
        if self.garden.has(Bug::ClearWithoutGeneration) {
            let present = self.inner.all_work(&lease.mapping).await?;
            for done in &mut settlement.done {
                let now = present.iter().find(|work| work.side == done.side && work.item == done.item);
                done.generation = now.map_or(done.generation, |work| work.generation);
            }
        }
        self.write("settle", self.inner.settle(&lease, settlement)).await
    }

    async fn put_off(&self, lease: &Lease, rows: Vec<Work>) -> StoreResult<()> {
        let lease = self.lease(lease);
        self.write("put_off", self.inner.put_off(&lease, rows)).await
    }

    async fn due_work(&self, mapping: &str, now: DateTime<Utc>, limit: usize) -> StoreResult<Vec<Work>> {
        self.read("due_work", self.inner.due_work(mapping, now, limit)).await
    }

    async fn all_work(&self, mapping: &str) -> StoreResult<Vec<Work>> {
        self.read("all_work", self.inner.all_work(mapping)).await
    }

    async fn open_intents(&self, mapping: &str) -> StoreResult<Vec<Intent>> {
        self.read("open_intents", self.inner.open_intents(mapping)).await
    }

    async fn links_of(&self, mapping: &str, side: Side, items: &[ItemKey]) -> StoreResult<Vec<Link>> {
        self.read("links_of", self.inner.links_of(mapping, side, items)).await
    }

    async fn comment_links(&self, mapping: &str, side: Side, task: &str) -> StoreResult<Vec<Link>> {
        self.read("comment_links", self.inner.comment_links(mapping, side, task)).await
    }

    async fn links_after(
        &self,
        mapping: &str,
        kind: Option<Kind>,
        after: Option<&str>,
        limit: usize,
    ) -> StoreResult<Vec<Link>> {
        self.read("links_after", self.inner.links_after(mapping, kind, after, limit)).await
    }

    async fn count_links(&self, mapping: &str) -> StoreResult<BTreeMap<Kind, usize>> {
        self.read("count_links", self.inner.count_links(mapping)).await
    }

    async fn conflicts(&self, mapping: &str, undecided: bool) -> StoreResult<Vec<Conflict>> {
        self.read("conflicts", self.inner.conflicts(mapping, undecided)).await
    }

    async fn resolve(&self, mapping: &str, conflict: &str, winner: Side, by: &str) -> StoreResult<Conflict> {
        self.write("resolve", self.inner.resolve(mapping, conflict, winner, by)).await
    }

    async fn retry(&self, mapping: &str, item: Option<(Side, ItemKey)>) -> StoreResult<usize> {
        self.write("retry", self.inner.retry(mapping, item)).await
    }

    async fn users(&self, mapping: &str) -> StoreResult<Vec<UserLink>> {
        self.read("users", self.inner.users(mapping)).await
    }

    async fn save_users(&self, lease: &Lease, users: Vec<UserLink>) -> StoreResult<()> {
        let lease = self.lease(lease);
        self.write("save_users", self.inner.save_users(&lease, users)).await
    }

    async fn save_run(&self, lease: &Lease, run: &Run) -> StoreResult<()> {
        let lease = self.lease(lease);
        self.write("save_run", self.inner.save_run(&lease, run)).await
    }

    async fn runs(&self, mapping: &str, limit: usize) -> StoreResult<Vec<Run>> {
        self.read("runs", self.inner.runs(mapping, limit)).await
    }

    async fn events(&self, mapping: &str, run: Option<&str>) -> StoreResult<Vec<Event>> {
        self.read("events", self.inner.events(mapping, run)).await
    }

    async fn image(&self, mapping: &str) -> StoreResult<Image> {
        self.read("image", self.inner.image(mapping)).await
    }
}

/// The same store for several processes.
pub(crate) fn shared(store: ScriptedStore) -> Arc<dyn SyncStore> {
    Arc::new(store)
}
