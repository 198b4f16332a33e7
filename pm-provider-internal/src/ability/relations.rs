//! Relations between tasks.

use async_trait::async_trait;
use pm_provider::{NewRelation, Relation, RelationId, Relations, Result, TaskId};

use crate::provider::{told, write};
use crate::{InternalProvider, relation};

#[async_trait]
impl Relations for InternalProvider {
    async fn list_relations(&self, task: &TaskId) -> Result<Vec<Relation>> {
        told("list_relations", relation::list(self.store().connection(), task).await)
    }

    async fn create_relation(&self, new: NewRelation) -> Result<Relation> {
        let new = &new;
        write!(self, "create_relation", |transaction| relation::create(&mut transaction, new))
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        write!(self, "delete_relation", |transaction| relation::delete(&mut transaction, task, id))
    }
}
