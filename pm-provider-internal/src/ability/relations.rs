//! Relations between tasks.

use async_trait::async_trait;
use pm_provider::{
    Cursor, NewRelation, Page, PmProvider, Relation, RelationId, RelationQuery, Relations, Result, TaskId,
};

use crate::provider::{told, write};
use crate::{InternalProvider, relation};

#[async_trait]
impl Relations for InternalProvider {
    async fn relations_page(&self, query: &RelationQuery, cursor: Option<Cursor>) -> Result<Page<Relation>> {
        self.capabilities().check_query(query)?;
        told("list_relations", relation::page(self.store().connection(), query, cursor.as_ref()).await)
    }

    async fn create_relation(&self, new: NewRelation) -> Result<Relation> {
        let new = &new;
        write!(self, "create_relation", |transaction| relation::create(&mut transaction, new))
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        write!(self, "delete_relation", |transaction| relation::delete(&mut transaction, task, id))
    }
}
