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

    /// Says whether an item is there; `Absent` only when the backend really knows.
    async fn exists(&self, item: &ItemRef) -> Result<Existence>;

    /// Finds the items that were created with an idempotency key; those deleted since are left out.
    ///
    /// `project` and `since` only narrow the search of backends that have to look around.
    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Item>>;

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

/// Which marker.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MarkerQuery {
    /// The kind of item that was created.
    pub entity: Entity,
    /// The idempotency key that it was created with.
    pub key: String,
    /// Where it was created, if that is known: saves some backends a search.
    pub project: Option<ProjectId>,
    /// Since when it can have been created, by the backend's clock.
    pub since: Option<DateTime<Utc>>,
}

impl MarkerQuery {
    /// Looks for the items of a kind that were created with a key.
    #[must_use]
    pub fn new(entity: Entity, key: impl Into<String>) -> Self {
        Self { entity, key: key.into(), project: None, since: None }
    }
}

setters!(MarkerQuery { optional project: ProjectId, time since: DateTime<Utc> });
