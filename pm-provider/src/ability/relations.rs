//! Relations between tasks.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::Result;
use crate::model::Relation;
use crate::value::{RelationId, TaskId};
use crate::write::NewRelation;

/// Reads and writes relations between tasks.
#[async_trait]
pub trait Relations: Debug + Send + Sync + 'static {
    /// Lists the relations of a task in both directions, oldest first; a task that is not there is `NotFound`.
    async fn list_relations(&self, task: &TaskId) -> Result<Vec<Relation>>;

    /// Relates two tasks; a relation that is there already ([`NewRelation::is_same_as`]) is returned as it is.
    ///
    /// A task related to itself is `InvalidInput`, one that is not there `NotFound`.
    async fn create_relation(&self, new: NewRelation) -> Result<Relation>;

    /// Deletes a relation of a task.
    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()>;
}
