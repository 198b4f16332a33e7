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
        self.check_batch(operations.len(), options)?;
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

    fn check_batch(&self, size: usize, options: &BatchOptions) -> Result<()> {
        if options.atomic && !self.capabilities.atomic_batch {
            return Err(Error::unsupported(format!("`{NAME}` cannot apply a batch as a whole")));
        }
        match self.capabilities.max_batch_size {
            Some(most) if size > most as usize => {
                Err(Error::unsupported(format!("a batch of {size} operations is too large; allowed are {most}")))
            }
            _ => Ok(()),
        }
    }

    fn apply(&mut self, operation: BatchOperation) -> Result<BatchOutcome> {
        use BatchOperation as Op;
        let name = name_of(&operation);
        let written = match operation {
            Op::CreateProject(new) => self.create_project(*new).map(Item::from),
            Op::UpdateProject(id, patch) => self.update_project(&id, *patch).map(Item::from),
            Op::CreateTask(new) => self.create_task(*new).map(Item::from),
            Op::UpdateTask(id, patch) => self.update_task(&id, *patch).map(Item::from),
            Op::CreateSprint(new) => self.create_sprint(*new).map(Item::from),
            Op::UpdateSprint(id, patch) => self.update_sprint(&id, *patch).map(Item::from),
            Op::CreateComment(new) => self.create_comment(*new).map(Item::from),
            Op::UpdateComment(task, id, patch) => self.update_comment(&task, &id, *patch).map(Item::from),
            Op::Delete(item, options) => return self.delete(item, &options).map_err(|error| located(error, name)),
            _ => Err(Error::unsupported("a kind of operation that is newer than this provider")),
        };
        written.map(BatchOutcome::Written).map_err(|error| located(error, name))
    }

    fn delete(&mut self, item: ItemRef, options: &DeleteOptions) -> Result<BatchOutcome> {
        match &item {
            ItemRef::Project(id) => self.delete_project(id, options),
            ItemRef::Task(id) => self.delete_task(id, options),
            ItemRef::Sprint(id) => self.delete_sprint(id, options),
            ItemRef::Comment(task, id) => self.delete_comment(task, id, options),
            _ => Err(Error::unsupported("a kind of item that is newer than this provider")),
        }?;
        Ok(BatchOutcome::Deleted(item))
    }
}

fn located(error: Error, operation: &str) -> Error {
    error.in_provider(NAME).during(operation)
}

/// The name of the operation in the contract, as if it had been called alone.
fn name_of(operation: &BatchOperation) -> &'static str {
    use BatchOperation as Op;
    match operation {
        Op::CreateProject(_) => "create_project",
        Op::UpdateProject(..) => "update_project",
        Op::CreateTask(_) => "create_task",
        Op::UpdateTask(..) => "update_task",
        Op::CreateSprint(_) => "create_sprint",
        Op::UpdateSprint(..) => "update_sprint",
        Op::CreateComment(_) => "create_comment",
        Op::UpdateComment(..) => "update_comment",
        Op::Delete(ItemRef::Project(_), _) => "delete_project",
        Op::Delete(ItemRef::Task(_), _) => "delete_task",
        Op::Delete(ItemRef::Sprint(_), _) => "delete_sprint",
        Op::Delete(ItemRef::Comment(..), _) => "delete_comment",
        _ => "apply_batch",
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
