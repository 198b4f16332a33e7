//! Writing many tasks: in batches where the backend takes them, else one by one.

use std::sync::Arc;

use pm_core::{
    Batch, BatchOperation, BatchOptions, BatchOutcome, Capabilities, Error, ErrorKind, Item, PMTask, PmProvider, Result,
};

use crate::import::target::patiently;

/// Writes tasks in order.
pub(super) struct Writer {
    provider: Arc<dyn PmProvider>,
    batch: Option<Arc<dyn Batch>>,
    /// Stops at the first that fails.
    strict: bool,
}

impl Writer {
    pub(super) fn new(provider: Arc<dyn PmProvider>, strict: bool) -> Self {
        // To stop at the first failure, a batch must be able to leave nothing behind.
        let batch = provider.batch().filter(|_| !strict || provider.capabilities().atomic_batch);
        Self { provider, batch, strict }
    }

    /// One result for each, in order; a strict writer ends with the first failure. What fails for a reason that the next
    /// would meet as well ends it all the same.
    pub(super) async fn write(&self, operations: &[BatchOperation]) -> Vec<Result<PMTask>> {
        let mut results = Vec::with_capacity(operations.len());
        for operations in operations.chunks(batch_size(self.provider.capabilities())) {
            results.extend(self.some(operations).await);
            if results.iter().any(|result| result.as_ref().is_err_and(|error| self.strict || is_fatal(error))) {
                break;
            }
        }
        results
    }

    async fn some(&self, operations: &[BatchOperation]) -> Vec<Result<PMTask>> {
        let Some(batch) = &self.batch else { return self.one_by_one(operations).await };
        let options = BatchOptions::new().atomic(self.strict);
        let written = patiently(|| batch.apply_batch(operations.to_vec(), options.clone())).await;
        match written {
            Ok(results) => results.into_iter().map(|result| result.and_then(task)).collect(),
            Err(error) if is_fatal(&error) => vec![Err(error)],
            // Nothing of it is left behind: each is written alone, and those behind the bad one as well.
            Err(_) => self.one_by_one(operations).await,
        }
    }

    async fn one_by_one(&self, operations: &[BatchOperation]) -> Vec<Result<PMTask>> {
        let mut results = Vec::with_capacity(operations.len());
        for operation in operations {
            let result = patiently(|| self.one(operation)).await;
            let ends = result.as_ref().is_err_and(|error| self.strict || is_fatal(error));
            results.push(result);
            if ends {
                break;
            }
        }
        results
    }

    async fn one(&self, operation: &BatchOperation) -> Result<PMTask> {
        match operation.clone() {
            BatchOperation::CreateTask(new) => self.provider.create_task(*new).await,
            BatchOperation::UpdateTask(id, patch) => self.provider.update_task(&id, *patch).await,
            _ => Err(Error::unsupported("only tasks are written here")),
        }
    }
}

fn batch_size(capabilities: &Capabilities) -> usize {
    let most = capabilities.max_batch_size.and_then(|size| usize::try_from(size).ok());
    most.unwrap_or(usize::MAX).max(1)
}

fn task(outcome: BatchOutcome) -> Result<PMTask> {
    match outcome {
        BatchOutcome::Written(Item::Task(task)) => Ok(*task),
        _ => Err(Error::new(ErrorKind::InvalidResponse, "a batch of tasks was answered with something else")),
    }
}

/// Whether the next row would fail of the same.
pub(super) fn is_fatal(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::InvalidInput
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::VersionConflict
            | ErrorKind::Unsupported
    )
}
