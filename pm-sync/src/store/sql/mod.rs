//! The engine's tables in the database of the internal provider.

mod cell;
mod conflicts;
mod journal;
mod lease;
mod links;
mod settings;
mod upsert;
mod work;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_provider::{Error, ErrorKind, Result};
use pm_provider_internal::store::{Done, Store, Transaction, mappings};
use sea_orm::DatabaseConnection;

use super::{
    Conflict, Event, Image, Intent, Lease, Link, Run, RunPhase, Settlement, SideState, StoreError, StoreResult,
    SyncStore, TakeIn, UserLink, Work,
};
use crate::config::Mode;
use crate::item::{ItemKey, Kind, Pair, Side};

/// The engine's tables in the database of the internal provider, on SQLite and PostgreSQL.
///
/// A mapping is a row of `project_sync_mappings`, by its id; what is remembered of it goes with that row. Times are kept
/// to the microsecond. Leases are timed by the database, whatever the clocks of the workers say.
#[derive(Clone, Debug)]
pub struct SqlStore {
    store: Store,
}

impl SqlStore {
    /// Uses a database whose tables are up to date.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    fn db(&self) -> &DatabaseConnection {
        self.store.connection()
    }

    async fn write<T, F, Body>(&self, body: F) -> StoreResult<T>
    where
        F: Fn(Transaction) -> Body,
        Body: Future<Output = Result<Done<T>>>,
    {
        self.store.write(body).await.map_err(refused)
    }
}

/// Carries a refusal out of a transaction, which takes everything back.
fn refuse(error: StoreError) -> Error {
    match error {
        StoreError::Failed(error) => error,
        refusal => Error::new(ErrorKind::Conflict, refusal.to_string()).with_source(refusal),
    }
}

/// What was carried out of a transaction.
fn refused(error: Error) -> StoreError {
    match error.source().and_then(|source| source.downcast_ref()) {
        Some(StoreError::LeaseLost) => StoreError::LeaseLost,
        Some(StoreError::Taken(item, side)) => StoreError::Taken(item.clone(), *side),
        _ => StoreError::Failed(error),
    }
}

/// Whether a run has brought both sides in step.
fn is_in_step(run: &Run) -> bool {
    run.phase == RunPhase::Ended && run.outcome.as_deref() == Some("done") && run.mode != Mode::Observe
}

#[async_trait]
impl SyncStore for SqlStore {
    async fn claim(&self, mapping: &str, owner: &str, lasts: Duration) -> StoreResult<Option<Lease>> {
        self.write(|db| async move {
            let claimed = lease::claim(&db, mapping, owner, lasts).await?;
            db.done(claimed)
        })
        .await
    }

    async fn renew(&self, lease: &Lease, lasts: Duration) -> StoreResult<()> {
        self.write(|db| async move {
            lease::renew(&db, lease, lasts).await?;
            db.done(())
        })
        .await
    }

    async fn release(&self, lease: &Lease) -> StoreResult<()> {
        self.write(|db| async move {
            lease::release(&db, lease).await?;
            db.done(())
        })
        .await
    }

    async fn side_state(&self, mapping: &str, side: Side) -> StoreResult<Option<SideState>> {
        Ok(settings::state(self.db(), mapping, side).await?)
    }

    async fn take_in(&self, lease: &Lease, taken: TakeIn) -> StoreResult<()> {
        let (mapping, taken) = (lease.mapping.as_str(), &taken);
        self.write(|db| async move {
            let generation = lease::fence(&db, lease, taken.work.len()).await?;
            journal::end(&db, mapping, &taken.intents_over).await?;
            let winners = conflicts::write(&db, mapping, &[], &taken.links).await?;
            links::write(&db, mapping, &taken.links, &winners).await?;
            journal::tell(&db, mapping, &taken.events).await?;
            work::put(&db, mapping, &taken.work, generation).await?;
            if let Some((side, state)) = &taken.state {
                settings::save_state(&db, mapping, *side, state).await?;
            }
            db.done(())
        })
        .await
    }

    async fn begin(&self, lease: &Lease, intents: Vec<Intent>) -> StoreResult<()> {
        let intents = &intents;
        self.write(|db| async move {
            lease::fence(&db, lease, 0).await?;
            journal::begin(&db, &lease.mapping, intents).await?;
            db.done(())
        })
        .await
    }

    async fn settle(&self, lease: &Lease, settlement: Settlement) -> StoreResult<()> {
        let (mapping, settlement) = (lease.mapping.as_str(), &settlement);
        self.write(|db| async move {
            let generation = lease::fence(&db, lease, settlement.work.len()).await?;
            journal::end(&db, mapping, &settlement.intents_over).await?;
            links::forget(&db, mapping, &settlement.unlinked).await?;
            let winners = conflicts::write(&db, mapping, &settlement.conflicts, &settlement.links).await?;
            links::write(&db, mapping, &settlement.links, &winners).await?;
            journal::tell(&db, mapping, &settlement.events).await?;
            work::clear(&db, mapping, &settlement.done).await?;
            work::put(&db, mapping, &settlement.work, generation).await?;
            db.done(())
        })
        .await
    }

    async fn put_off(&self, lease: &Lease, rows: Vec<Work>) -> StoreResult<()> {
        let rows = &rows;
        self.write(|db| async move {
            lease::fence(&db, lease, 0).await?;
            work::replace(&db, &lease.mapping, rows).await?;
            db.done(())
        })
        .await
    }

    async fn due_work(&self, mapping: &str, now: DateTime<Utc>, limit: usize) -> StoreResult<Vec<Work>> {
        Ok(work::due(self.db(), mapping, now, limit).await?)
    }

    async fn all_work(&self, mapping: &str) -> StoreResult<Vec<Work>> {
        Ok(work::all(self.db(), mapping).await?)
    }

    async fn work_of(&self, mapping: &str, side: Side, items: &[ItemKey]) -> StoreResult<Vec<Work>> {
        Ok(work::of(self.db(), mapping, side, items).await?)
    }

    async fn open_intents(&self, mapping: &str) -> StoreResult<Vec<Intent>> {
        Ok(journal::open(self.db(), mapping).await?)
    }

    async fn links_of(&self, mapping: &str, side: Side, items: &[ItemKey]) -> StoreResult<Vec<Link>> {
        Ok(links::of(self.db(), mapping, side, items).await?)
    }

    async fn comment_links(&self, mapping: &str, side: Side, task: &str) -> StoreResult<Vec<Link>> {
        Ok(links::of_comments(self.db(), mapping, side, task).await?)
    }

    async fn pending_children(&self, mapping: &str) -> StoreResult<Vec<Link>> {
        Ok(links::pending_children(self.db(), mapping).await?)
    }

    async fn links_after(
        &self,
        mapping: &str,
        kind: Option<Kind>,
        after: Option<&str>,
        limit: usize,
    ) -> StoreResult<Vec<Link>> {
        Ok(links::after(self.db(), mapping, kind, after, Some(limit)).await?)
    }

    async fn count_links(&self, mapping: &str) -> StoreResult<BTreeMap<Kind, usize>> {
        Ok(links::count(self.db(), mapping).await?)
    }

    async fn conflicts(&self, mapping: &str, undecided: bool) -> StoreResult<Vec<Conflict>> {
        Ok(conflicts::list(self.db(), mapping, undecided).await?)
    }

    async fn resolve(&self, mapping: &str, conflict: &str, winner: Side, by: &str) -> StoreResult<Conflict> {
        self.write(|db| async move {
            let now = db.now();
            let resolved = conflicts::resolve(&db, mapping, conflict, winner, by, now).await?;
            db.done(resolved)
        })
        .await
    }

    async fn retry(&self, mapping: &str, item: Option<(Side, ItemKey)>) -> StoreResult<usize> {
        let item = item.as_ref();
        self.write(|db| async move {
            let freed = work::retry(&db, mapping, item).await?;
            db.done(freed)
        })
        .await
    }

    async fn users(&self, mapping: &str) -> StoreResult<Vec<UserLink>> {
        Ok(settings::users(self.db(), mapping).await?)
    }

    async fn save_users(&self, lease: &Lease, users: Vec<UserLink>) -> StoreResult<()> {
        let users = &users;
        self.write(|db| async move {
            lease::fence(&db, lease, 0).await?;
            settings::save_users(&db, &lease.mapping, users).await?;
            db.done(())
        })
        .await
    }

    async fn save_run(&self, lease: &Lease, run: &Run) -> StoreResult<()> {
        self.write(|db| async move {
            lease::fence(&db, lease, 0).await?;
            journal::save_run(&db, &lease.mapping, run).await?;
            if let Some(ended_at) = run.ended_at.filter(|_| is_in_step(run)) {
                mappings::set_last_sync_within(&db, &lease.mapping, ended_at).await?;
            }
            db.done(())
        })
        .await
    }

    async fn runs(&self, mapping: &str, limit: usize) -> StoreResult<Vec<Run>> {
        Ok(journal::runs(self.db(), mapping, limit).await?)
    }

    async fn events(&self, mapping: &str, run: Option<&str>) -> StoreResult<Vec<Event>> {
        Ok(journal::events(self.db(), mapping, run).await?)
    }

    async fn image(&self, mapping: &str) -> StoreResult<Image> {
        let db = self.store.snapshot().await?;
        Ok(Image {
            links: links::after(&db, mapping, None, None, None).await?,
            work: work::all(&db, mapping).await?,
            intents: journal::open(&db, mapping).await?,
            states: Pair::new(
                settings::state(&db, mapping, Side::A).await?,
                settings::state(&db, mapping, Side::B).await?,
            ),
            users: settings::users(&db, mapping).await?,
        })
    }
}
