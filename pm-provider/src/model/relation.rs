//! Relations between tasks.

use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::value::{RawData, RelationId, TaskId};

/// How one task stands to another; read from `from` to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RelationKind {
    /// They have to do with each other.
    Relates,
    /// `from` must be done before `to` can be.
    Blocks,
    /// `from` says the same as `to`.
    Duplicates,
    /// `from` comes before `to` in time.
    Precedes,
    /// A kind of the backend's own; the relation's `name` says which.
    Other,
}

/// A relation between two tasks. A parent is no relation: it is a field of the task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Relation {
    /// The backend's immutable id.
    pub id: RelationId,
    /// How `from` stands to `to`.
    pub kind: RelationKind,
    /// The backend's own word for the kind.
    #[serde(default)]
    pub name: Option<String>,
    /// The task that the kind speaks of.
    pub from: TaskId,
    /// The other task.
    pub to: TaskId,
    /// The backend's own JSON, untouched.
    #[serde(default)]
    pub raw_data: RawData,
}

impl Relation {
    /// Makes a relation.
    #[must_use]
    pub fn new(id: impl Into<RelationId>, kind: RelationKind, from: impl Into<TaskId>, to: impl Into<TaskId>) -> Self {
        Self { id: id.into(), kind, name: None, from: from.into(), to: to.into(), raw_data: RawData::none() }
    }
}

setters!(Relation { optional name: String, plain raw_data: RawData });
