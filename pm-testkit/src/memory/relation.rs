//! Relations between tasks.

use async_trait::async_trait;
use pm_provider::{Entity, Error, NewRelation, Operation, Relation, RelationId, Relations, Result, TaskId};

use super::MemoryProvider;
use super::state::Session;

impl Session<'_> {
    fn list_relations(&self, task: &TaskId) -> Result<Vec<Relation>> {
        self.capabilities.check_operation(Entity::Relation, Operation::List)?;
        self.state.task_row(task)?;
        Ok(self.state.relations.values().filter(|relation| touches(relation, task)).cloned().collect())
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
    async fn list_relations(&self, task: &TaskId) -> Result<Vec<Relation>> {
        self.run("list_relations", |session| session.list_relations(task))
    }

    async fn create_relation(&self, new: NewRelation) -> Result<Relation> {
        self.run("create_relation", |session| session.create_relation(new))
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        self.run("delete_relation", |session| session.delete_relation(task, id))
    }
}
