//! Relations between tasks.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::Result;
use crate::model::Relation;
use crate::query::{Cursor, Page, RelationQuery};
use crate::value::{RelationId, TaskId};
use crate::write::NewRelation;

/// Reads and writes relations between tasks.
#[async_trait]
pub trait Relations: Debug + Send + Sync + 'static {
    /// Lists one page of the relations of a task in both directions, or of those from the tasks of a project; oldest
    /// first. A task or project that is not there is `NotFound`.
    ///
    /// Those of a project are for backends that declare [`Filter::Project`](crate::Filter::Project) of
    /// [`Entity::Relation`](crate::Entity::Relation), because they list them without going task by task.
    async fn relations_page(&self, query: &RelationQuery, cursor: Option<Cursor>) -> Result<Page<Relation>>;

    /// Relates two tasks; a relation that is there already ([`NewRelation::is_same_as`]) is returned as it is.
    ///
    /// A task related to itself is `InvalidInput`, one that is not there `NotFound`. Where a backend has room for one
    /// relation between two tasks only, or none against the direction of another, a further one is `Conflict`.
    async fn create_relation(&self, new: NewRelation) -> Result<Relation>;

    /// Deletes a relation of a task.
    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()>;
}
