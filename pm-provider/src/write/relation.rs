//! Relating tasks.

use serde::{Deserialize, Serialize};

use crate::model::{Relation, RelationKind};
use crate::value::TaskId;

/// A relation to be created; one that exists already is given back as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewRelation {
    /// How `from` stands to `to`.
    pub kind: RelationKind,
    /// The task that the kind speaks of.
    pub from: TaskId,
    /// The other task.
    pub to: TaskId,
}

impl NewRelation {
    /// Makes a relation, read from `from` to `to`.
    #[must_use]
    pub fn new(kind: RelationKind, from: impl Into<TaskId>, to: impl Into<TaskId>) -> Self {
        Self { kind, from: from.into(), to: to.into() }
    }

    /// Says whether a relation is there already: `relates` says the same from both ends, other kinds have a direction.
    #[must_use]
    pub fn is_same_as(&self, relation: &Relation) -> bool {
        let along = relation.from == self.from && relation.to == self.to;
        let against = relation.from == self.to && relation.to == self.from;
        relation.kind == self.kind && (along || (against && self.kind == RelationKind::Relates))
    }
}
