//! What the engine remembers, and the one place that makes its steps atomic.
//!
//! Each writing method of [`SyncStore`] is one transaction; no transaction crosses the trait. Every one of them that
//! writes for a run takes the [`Lease`] and fails with [`StoreError::LeaseLost`] when another worker has the mapping now.

mod comments;
mod decide;
mod memory;
mod rows;
#[cfg(feature = "sql")]
mod sql;
mod users;

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_provider::Error;

use crate::item::{ItemKey, Kind, Side};

pub use memory::MemoryStore;
pub use rows::{
    Absence, Cause, Conflict, Event, Image, Intent, IntentOp, Lease, Link, LinkState, Parked, Run, RunPhase, Seen,
    SideState, UserLink, UserMatch, Work, WorkReason,
};
#[cfg(feature = "sql")]
pub use sql::SqlStore;

/// What a store answers.
pub type StoreResult<T> = Result<T, StoreError>;

/// Why a store did not do it.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// Another worker has the mapping: nothing was written, and this run must stop.
    LeaseLost,
    /// Two links would have the same item of one side; nothing was written.
    Taken(ItemKey, Side),
    /// The database failed; what it says of the effect holds for the whole transaction.
    Failed(Error),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeaseLost => f.write_str("another worker has taken over this mapping"),
            Self::Taken(item, side) => write!(f, "the {item} of side `{side}` has another twin already"),
            Self::Failed(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(error) => std::error::Error::source(error),
            _ => None,
        }
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What the engine remembers between runs and across crashes.
#[async_trait]
pub trait SyncStore: Debug + Send + Sync + 'static {
    /// Takes the mapping, if no other worker has it: the epoch goes up by one, which fences every earlier lease, also
    /// one of the same owner.
    ///
    /// Whether a lease is over is said by the database's clock.
    async fn claim(&self, mapping: &str, owner: &str, lasts: Duration) -> StoreResult<Option<Lease>>;

    /// Makes the lease last from now on again; also one that is over, as long as nobody else has taken the mapping.
    async fn renew(&self, lease: &Lease, lasts: Duration) -> StoreResult<()>;

    /// Gives the mapping back. A lease that was lost already is no error.
    async fn release(&self, lease: &Lease) -> StoreResult<()>;

    /// How the reading of a side stands; `None` before the first time.
    async fn side_state(&self, mapping: &str, side: Side) -> StoreResult<Option<SideState>>;

    /// Writes down in one transaction what a page of a feed said: work, creates that came home, and how the reading
    /// stands now.
    ///
    /// Work that is written down gets a generation that no work of the mapping had before. What was known of its
    /// failures is forgotten: attempts are none, pause and error are what the new row says. Of two priorities the more
    /// pressing one stays.
    ///
    /// This is the only way in which a cursor moves.
    async fn take_in(&self, lease: &Lease, taken: TakeIn) -> StoreResult<()>;

    /// Writes intents down before their requests are sent.
    async fn begin(&self, lease: &Lease, intents: Vec<Intent>) -> StoreResult<()>;

    /// Writes down in one transaction what came of a step: intents that are over, links, events, conflicts, work that is
    /// done or new.
    ///
    /// What a person decided meanwhile stays decided, in conflicts and in parked fields.
    async fn settle(&self, lease: &Lease, settlement: Settlement) -> StoreResult<()>;

    /// Puts work off or into quarantine: the row becomes what is given, only where its generation is still that one.
    async fn put_off(&self, lease: &Lease, rows: Vec<Work>) -> StoreResult<()>;

    /// The work that is due, most pressing first: by priority, then kind, then how long ago it was written down. That in
    /// quarantine (without a `not_before`, but with an error) is not due.
    async fn due_work(&self, mapping: &str, now: DateTime<Utc>, limit: usize) -> StoreResult<Vec<Work>>;

    /// All work, due or not, for reports.
    async fn all_work(&self, mapping: &str) -> StoreResult<Vec<Work>>;

    /// The work on some items of a side, due or not, in any order. Stores that can look it up do.
    async fn work_of(&self, mapping: &str, side: Side, items: &[ItemKey]) -> StoreResult<Vec<Work>> {
        let mut work = self.all_work(mapping).await?;
        work.retain(|work| work.side == side && items.contains(&work.item));
        Ok(work)
    }

    /// The intents that are not over, oldest first.
    async fn open_intents(&self, mapping: &str) -> StoreResult<Vec<Intent>>;

    /// The links of some items of a side, in any order; items without one are left out.
    async fn links_of(&self, mapping: &str, side: Side, items: &[ItemKey]) -> StoreResult<Vec<Link>>;

    /// The links of the comments on a task of a side.
    async fn comment_links(&self, mapping: &str, side: Side, task: &str) -> StoreResult<Vec<Link>>;

    /// The links of items whose parent has no twin yet, in the order of their ids. Stores that can look them up do.
    async fn pending_children(&self, mapping: &str) -> StoreResult<Vec<Link>> {
        let mut links = self.links_after(mapping, None, None, usize::MAX).await?;
        links.retain(|link| link.pending_parent);
        Ok(links)
    }

    /// Links by their own ids, in order; after one, at most so many. For walking over all of them.
    async fn links_after(
        &self,
        mapping: &str,
        kind: Option<Kind>,
        after: Option<&str>,
        limit: usize,
    ) -> StoreResult<Vec<Link>>;

    /// How many links there are that are not tombstones, by kind.
    async fn count_links(&self, mapping: &str) -> StoreResult<BTreeMap<Kind, usize>>;

    /// Conflicts, newest first; only those that nobody has decided, if so asked.
    async fn conflicts(&self, mapping: &str, undecided: bool) -> StoreResult<Vec<Conflict>>;

    /// Decides a conflict for one side. In the same transaction parked fields of its link learn of it, and the item
    /// becomes work. `NotFound` if there is none, `Conflict` if it is over already and went the other way.
    async fn resolve(&self, mapping: &str, conflict: &str, winner: Side, by: &str) -> StoreResult<Conflict>;

    /// Makes work in quarantine due again: one item of a side, or all. Answers how many there were.
    async fn retry(&self, mapping: &str, item: Option<(Side, ItemKey)>) -> StoreResult<usize>;

    /// Who is who.
    async fn users(&self, mapping: &str) -> StoreResult<Vec<UserLink>>;

    /// Writes down who is who; rows with either of the two ids are replaced.
    async fn save_users(&self, lease: &Lease, users: Vec<UserLink>) -> StoreResult<()>;

    /// Writes down how a run stands; the first time for a run's id begins it.
    async fn save_run(&self, lease: &Lease, run: &Run) -> StoreResult<()>;

    /// The latest runs, the last begun first.
    async fn runs(&self, mapping: &str, limit: usize) -> StoreResult<Vec<Run>>;

    /// What happened, oldest first.
    async fn events(&self, mapping: &str, run: Option<&str>) -> StoreResult<Vec<Event>>;

    /// All of a mapping that a plan has to know, to be played through elsewhere.
    async fn image(&self, mapping: &str) -> StoreResult<Image>;
}

/// What a page of a feed said.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TakeIn {
    /// Items to look at, with the side that they were seen on. Generation and attempts are the store's business.
    pub work: Vec<Work>,
    /// Creates that came home: links to be made, with their intents in `intents_over`.
    pub links: Vec<Link>,
    /// Intents that are over with this.
    pub intents_over: Vec<String>,
    /// What happened.
    pub events: Vec<Event>,
    /// How the reading of the side stands now; unset, it stays as it is.
    pub state: Option<(Side, SideState)>,
}

/// What came of a step.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Settlement {
    /// Intents that are over.
    pub intents_over: Vec<String>,
    /// Links, new ones and changed ones, as they are now.
    pub links: Vec<Link>,
    /// Links to be forgotten, by id.
    pub unlinked: Vec<String>,
    /// Conflicts to be added or replaced, by id.
    pub conflicts: Vec<Conflict>,
    /// What happened.
    pub events: Vec<Event>,
    /// Work that is done: cleared only where the generation is still the one that was seen.
    pub done: Vec<Work>,
    /// New work.
    pub work: Vec<Work>,
}
