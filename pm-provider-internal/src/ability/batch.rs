//! Many writes in one transaction: each alone behind a savepoint, or all or nothing.

use async_trait::async_trait;
use chrono::Utc;
use pm_provider::{
    Batch, BatchOperation, BatchOptions, BatchOutcome, Capabilities, DeleteOptions, Error, Item, ItemRef, PmProvider,
    Result, UserId,
};

use crate::error::Failure;
use crate::store::Transaction;
use crate::{InternalProvider, comment, project, sprint, task};

#[async_trait]
impl Batch for InternalProvider {
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        self.capabilities().check_batch(operations.len(), &options)?;
        // One transaction: all of them begin now.
        options.check_time(Utc::now())?;
        let (operations, worker) = (&operations, &Worker { capabilities: self.capabilities(), author: self.user() });
        let atomic = options.atomic;
        self.write("apply_batch", |mut transaction| async move {
            let mut outcomes = Vec::with_capacity(operations.len());
            for operation in operations {
                outcomes.push(worker.one(&mut transaction, operation, atomic).await?);
            }
            transaction.done(outcomes)
        })
        .await
    }
}

struct Worker<'p> {
    capabilities: &'p Capabilities,
    author: Option<&'p UserId>,
}

impl Worker<'_> {
    /// The outer error ends the batch, the inner one is the operation's own.
    async fn one(
        &self,
        transaction: &mut Transaction,
        operation: &BatchOperation,
        atomic: bool,
    ) -> Result<Result<BatchOutcome>, Failure> {
        let name = operation.operation().on(operation.entity());
        let place = |error: Error| error.in_provider(crate::NAME).during(&name);
        if let Err(error) = self.check(operation) {
            return if atomic { Err(error.into()) } else { Ok(Err(error)) };
        }
        if atomic {
            return self.apply(transaction, operation).await.map(Ok).map_err(|failure| match failure {
                Failure::Contract(error) => Failure::Contract(place(error)),
                other => other,
            });
        }
        let savepoint = transaction.savepoint().await?;
        match self.apply(transaction, operation).await {
            Ok(outcome) => {
                transaction.release(savepoint).await?;
                Ok(Ok(outcome))
            }
            // What the caller did wrong is the operation's own; what the database did ends, or repeats, the whole.
            Err(Failure::Contract(error)) => {
                transaction.roll_back(savepoint).await?;
                Ok(Err(place(error)))
            }
            Err(failure) => Err(failure),
        }
    }

    fn check(&self, operation: &BatchOperation) -> Result<()> {
        let can = self.capabilities;
        match operation {
            BatchOperation::CreateProject(new) => can.check_create(&**new),
            BatchOperation::UpdateProject(_, patch) => can.check_update(&**patch),
            BatchOperation::CreateTask(new) => can.check_create(&**new),
            BatchOperation::UpdateTask(_, patch) => can.check_update(&**patch),
            BatchOperation::CreateSprint(new) => can.check_create(&**new),
            BatchOperation::UpdateSprint(_, patch) => can.check_update(&**patch),
            BatchOperation::CreateComment(new) => can.check_create(&**new),
            BatchOperation::UpdateComment(_, _, patch) => can.check_update(&**patch),
            BatchOperation::Delete(item, options) => can.check_delete(item.entity(), options),
            _ => Err(Error::unsupported("this operation cannot be part of a batch")),
        }
    }

    async fn apply(&self, transaction: &mut Transaction, operation: &BatchOperation) -> Result<BatchOutcome, Failure> {
        let item: Item = match operation {
            BatchOperation::CreateProject(new) => project::write::create(transaction, new).await?.into(),
            BatchOperation::UpdateProject(id, patch) => project::write::update(transaction, id, patch).await?.into(),
            BatchOperation::CreateTask(new) => task::write::create(transaction, self.author, new).await?.into(),
            BatchOperation::UpdateTask(id, patch) => task::write::update(transaction, id, patch).await?.into(),
            BatchOperation::CreateSprint(new) => sprint::write::create(transaction, new).await?.into(),
            BatchOperation::UpdateSprint(id, patch) => sprint::write::update(transaction, id, patch).await?.into(),
            BatchOperation::CreateComment(new) => comment::write::create(transaction, self.author, new).await?.into(),
            BatchOperation::UpdateComment(task, id, patch) => {
                comment::write::update(transaction, task, id, patch).await?.into()
            }
            BatchOperation::Delete(item, options) => {
                delete(transaction, item, options).await?;
                return Ok(BatchOutcome::Deleted(item.clone()));
            }
            _ => return Err(Error::unsupported("this operation cannot be part of a batch").into()),
        };
        Ok(BatchOutcome::Written(item))
    }
}

async fn delete(transaction: &mut Transaction, item: &ItemRef, options: &DeleteOptions) -> Result<(), Failure> {
    match item {
        ItemRef::Project(id) => project::delete::delete(transaction, id, options).await,
        ItemRef::Task(id) => task::delete::delete(transaction, id, options).await,
        ItemRef::Sprint(id) => sprint::delete::delete(transaction, id, options).await,
        ItemRef::Comment(task, id) => comment::write::delete(transaction, task, id, options).await,
        ItemRef::User(_) => Err(Error::unsupported("a user cannot be deleted in a batch").into()),
        _ => Err(Error::unsupported("such an item cannot be deleted in a batch").into()),
    }
}
