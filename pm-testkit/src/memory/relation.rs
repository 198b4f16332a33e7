//! Relations between tasks.

use async_trait::async_trait;
use pm_provider::{
    Cursor, Entity, Error, NewRelation, Operation, Page, Relation, RelationId, RelationQuery, Relations, Result, TaskId,
};

use super::state::Session;
use super::{MemoryProvider, listing};

impl Session<'_> {
    fn relations_page(&self, query: &RelationQuery, cursor: Option<&Cursor>) -> Result<Page<Relation>> {
        self.capabilities.check_query(query)?;
        self.state.check_scope(query.task.as_ref(), query.project.as_ref())?;
        let rows = self.state.relations.values().filter(|relation| {
            query.task.as_ref().is_none_or(|task| touches(relation, task))
                && self.state.is_within(&relation.from, query.project.as_ref())
        });
        listing::page(query, cursor, rows, Relation::clone)
    }

    fn create_relation(&mut self, new: NewRelation) -> Result<Relation> {
        self.capabilities.check_operation(Entity::Relation, Operation::Create)?;
        if new.from == new.to {
            return Err(Error::invalid_input(format!("task `{}` cannot be related to itself", new.from)));
        }
        self.state.task_row(&new.from)?;
        self.state.task_row(&new.to)?;
        if let Some(first) = self.state.relations.values().find(|relation| new.is_same_as(relation)) {
            return Ok(first.clone());
        }
        let relation = Relation::new(self.state.next_id(Entity::Relation), new.kind, new.from, new.to);
        self.state.relations.insert(relation.id.clone(), relation.clone());
        Ok(relation)
    }

    fn delete_relation(&mut self, task: &TaskId, id: &RelationId) -> Result<()> {
        self.capabilities.check_operation(Entity::Relation, Operation::Delete)?;
        if !self.state.relations.get(id).is_some_and(|relation| touches(relation, task)) {
            return Err(Error::not_found("relation", id));
        }
        self.state.relations.remove(id);
        Ok(())
    }
}

fn touches(relation: &Relation, task: &TaskId) -> bool {
    relation.from == *task || relation.to == *task
}

#[async_trait]
impl Relations for MemoryProvider {
    async fn relations_page(&self, query: &RelationQuery, cursor: Option<Cursor>) -> Result<Page<Relation>> {
        self.run("list_relations", |session| session.relations_page(query, cursor.as_ref()))
    }

    async fn create_relation(&self, new: NewRelation) -> Result<Relation> {
        self.run("create_relation", |session| session.create_relation(new))
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        self.run("delete_relation", |session| session.delete_relation(task, id))
    }
}
