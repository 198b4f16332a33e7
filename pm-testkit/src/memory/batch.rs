//! Many writes at once.

use async_trait::async_trait;
use pm_provider::{Batch, BatchOperation, BatchOptions, BatchOutcome, DeleteOptions, Error, Item, ItemRef, Result};

use super::state::Session;
use super::{MemoryProvider, NAME};

impl Session<'_> {
    fn apply_batch(
        &mut self,
        operations: Vec<BatchOperation>,
        options: &BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        self.capabilities.check_batch(operations.len(), options)?;
        options.check_time(chrono::Utc::now())?;
        if !options.atomic {
            return Ok(operations.into_iter().map(|operation| self.apply(operation)).collect());
        }
        let before = self.state.clone();
        let outcomes: Result<Vec<_>> = operations.into_iter().map(|operation| self.apply(operation).map(Ok)).collect();
        if outcomes.is_err() {
            *self.state = before;
        }
        outcomes
    }

    fn apply(&mut self, operation: BatchOperation) -> Result<BatchOutcome> {
        use BatchOperation as Op;
        let name = operation.operation().on(operation.entity());
        let located = |error: Error| error.in_provider(NAME).during(&name);
        let written = match operation {
            Op::CreateProject(new) => self.create_project(*new).map(Item::from),
            Op::UpdateProject(id, patch) => self.update_project(&id, *patch).map(Item::from),
            Op::CreateTask(new) => self.create_task(*new).map(Item::from),
            Op::UpdateTask(id, patch) => self.update_task(&id, *patch).map(Item::from),
            Op::CreateSprint(new) => self.create_sprint(*new).map(Item::from),
            Op::UpdateSprint(id, patch) => self.update_sprint(&id, *patch).map(Item::from),
            Op::CreateComment(new) => self.create_comment(*new).map(Item::from),
            Op::UpdateComment(task, id, patch) => self.update_comment(&task, &id, *patch).map(Item::from),
            Op::Delete(item, options) => return self.delete(item, &options).map_err(located),
            _ => Err(Error::unsupported("a kind of operation that is newer than this provider")),
        };
        written.map(BatchOutcome::Written).map_err(located)
    }

    fn delete(&mut self, item: ItemRef, options: &DeleteOptions) -> Result<BatchOutcome> {
        match &item {
            ItemRef::Project(id) => self.delete_project(id, options),
            ItemRef::Task(id) => self.delete_task(id, options),
            ItemRef::Sprint(id) => self.delete_sprint(id, options),
            ItemRef::Comment(task, id) => self.delete_comment(task, id, options),
            ItemRef::User(_) => Err(Error::unsupported("a user cannot be deleted in a batch")),
            _ => Err(Error::unsupported("a kind of item that is newer than this provider")),
        }?;
        Ok(BatchOutcome::Deleted(item))
    }
}

#[async_trait]
impl Batch for MemoryProvider {
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        self.run("apply_batch", |session| session.apply_batch(operations, &options))
    }
}
