//! What a sync engine needs beyond the contract.

use std::fmt::Debug;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Item, ItemRef};
use crate::error::Result;
use crate::model::Entity;
use crate::setters::setters;
use crate::value::ProjectId;
use crate::write::{ProjectPatch, SprintPatch, TaskPatch};

/// Bulk reads, proofs of absence, look-ups by marker, previews.
#[async_trait]
pub trait SyncSupport: Debug + Send + Sync + 'static {
    /// Reads many items with as few requests as possible; those that are not there are left out.
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>>;

    /// Says whether items are there, with as few requests as possible: one answer for each, in their order. `Absent` only
    /// when the backend really knows.
    async fn exists(&self, items: &[ItemRef]) -> Result<Vec<Existence>>;

    /// Finds what was created with idempotency keys, with as few requests as possible (r214, r242, r243).
    ///
    /// The answers come in the order of the keys, a key that is asked twice is answered twice, and keys that made
    /// nothing are left out. A key whose item was deleted since is answered without the item by backends that remember
    /// their keys; others leave it out.
    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>>;

    /// What a read will show after this patch is written: `preview(preview(p)) == preview(p)`.
    async fn preview_task(&self, project: &ProjectId, patch: TaskPatch) -> Result<TaskPatch>;

    /// What a read will show after this patch is written.
    async fn preview_project(&self, project: &ProjectId, patch: ProjectPatch) -> Result<ProjectPatch>;

    /// What a read will show after this patch is written.
    async fn preview_sprint(&self, project: &ProjectId, patch: SprintPatch) -> Result<SprintPatch>;
}

/// Whether an item is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Existence {
    /// It is there.
    Present,
    /// It is gone for certain, or never was.
    Absent,
    /// It may be gone or hidden from us: a 404 that says no more.
    Hidden,
}

/// Which markers.
///
/// ```
/// use pm_provider::{Entity, MarkerQuery};
/// let query = MarkerQuery::new(Entity::Task, ["import:1", "import:2"]).project("7");
/// assert_eq!(query.keys.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MarkerQuery {
    /// The kind of item that was created; users are one.
    pub entity: Entity,
    /// The idempotency keys that they were created with, however many.
    pub keys: Vec<String>,
    /// Where they were created, if that is known: only narrows the search of backends that have to look around.
    pub project: Option<ProjectId>,
    /// Since when they can have been created, by the backend's clock; only narrows the search as well.
    pub since: Option<DateTime<Utc>>,
}

impl MarkerQuery {
    /// Looks for the items of a kind that were created with one of these keys.
    #[must_use]
    pub fn new<I: IntoIterator<Item: Into<String>>>(entity: Entity, keys: I) -> Self {
        Self { entity, keys: keys.into_iter().map(Into::into).collect(), project: None, since: None }
    }
}

setters!(MarkerQuery { optional project: ProjectId, time since: DateTime<Utc> });

/// What was created with an idempotency key.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Marked {
    /// The key.
    pub key: String,
    /// The id of what it made.
    pub id: String,
    /// The item as it is now; `None` if it was deleted since.
    pub item: Option<Item>,
}

impl Marked {
    /// Answers for a key whose item was deleted since.
    #[must_use]
    pub fn new(key: impl Into<String>, id: impl Into<String>) -> Self {
        Self { key: key.into(), id: id.into(), item: None }
    }
}

setters!(Marked { optional item: Item });
