//! The change feed.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Item, ItemRef};
use crate::error::Result;
use crate::model::Entity;
use crate::query::Cursor;
use crate::setters::setters;
use crate::value::ProjectId;

/// Tells what changed, statelessly: a cursor in, a page and the next cursor out.
///
/// The feed shows items as they are when it is read, each at its latest change. An item that goes along with another
/// has a tombstone of its own; a change without effect is none. A feed by time begins each reading so far before the last
/// one ended that nothing is missed that shows late (granularity, index lag): a cursor is opaque, so nobody else could. What is
/// told twice, and sweeps for deletions that a backend never tells, are the reader's business.
#[async_trait]
pub trait Changes: Debug + Send + Sync + 'static {
    /// What the feed promises; needs no request.
    fn facts(&self) -> ChangeFacts;

    /// Reads one page after a cursor, oldest change first; without a cursor from the very beginning.
    ///
    /// The next cursor is there even when the page is empty: keep it and come back.
    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<Cursor>) -> Result<ChangePage>;

    /// The cursor of this moment: reading from it shows only what changes from now on.
    async fn latest(&self, query: &ChangeQuery) -> Result<Cursor>;
}

/// Which changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ChangeQuery {
    /// Only changes in this project, and of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Only changes of these kinds of items; none means any that the feed has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// How many to a page, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
}

impl ChangeQuery {
    /// Asks for all changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the changes of a project.
    #[must_use]
    pub fn in_project(project: impl Into<ProjectId>) -> Self {
        Self::new().project(project)
    }
}

setters!(ChangeQuery { optional project: ProjectId, list entities: Entity, optional page_size: u32 });

/// One page of the change feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChangePage {
    /// The changes, oldest first.
    pub items: Vec<Change>,
    /// Where to read on, now or later.
    pub next: Cursor,
    /// Whether there is more to read at once.
    pub more: bool,
    /// Up to when, by the backend's clock, everything has been seen once the feed is read to its end.
    #[serde(default)]
    pub high_water: Option<DateTime<Utc>>,
}

impl ChangePage {
    /// Makes a page.
    #[must_use]
    pub fn new(items: Vec<Change>, next: Cursor, more: bool) -> Self {
        Self { items, next, more, high_water: None }
    }
}

setters!(ChangePage { time high_water: DateTime<Utc> });

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The project of the item, where the feed knows it.
    #[serde(default)]
    pub project_id: Option<ProjectId>,
    /// When, by the backend's clock.
    #[serde(default)]
    pub at: Option<DateTime<Utc>>,
}

impl Change {
    /// Makes a change.
    #[must_use]
    pub fn new(kind: ChangeKind) -> Self {
        Self { kind, project_id: None, at: None }
    }

    /// Names the item that changed.
    #[must_use]
    pub fn reference(&self) -> ItemRef {
        match &self.kind {
            ChangeKind::Written(item) => item.reference(),
            ChangeKind::Deleted(reference) => reference.clone(),
        }
    }
}

setters!(Change { optional project_id: ProjectId, time at: DateTime<Utc> });

/// What happened to an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// It was created or changed; this is how it is now.
    Written(Item),
    /// It is gone: a tombstone.
    Deleted(ItemRef),
}

/// What a change feed promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChangeFacts {
    /// The kinds of items that it tells of.
    pub entities: Vec<Entity>,
    /// Whether it tells of deletions.
    pub tombstones: bool,
    /// Whether a page begins with the very change that the cursor stands on.
    pub inclusive: bool,
    /// How coarse its clock is; zero when the cursor is exact.
    pub granularity: Duration,
    /// How long a change may take to show up.
    pub index_lag: Duration,
}

impl ChangeFacts {
    /// An exact feed: in commit order, with tombstones, nothing twice, nothing late.
    #[must_use]
    pub fn exact(entities: impl IntoIterator<Item = Entity>) -> Self {
        Self {
            entities: entities.into_iter().collect(),
            tombstones: true,
            inclusive: false,
            granularity: Duration::ZERO,
            index_lag: Duration::ZERO,
        }
    }
}

setters!(ChangeFacts {
    plain tombstones: bool,
    plain inclusive: bool,
    plain granularity: Duration,
    plain index_lag: Duration,
});
