//! Batches: the API has none, so that a few requests run side by side.

use async_trait::async_trait;
use pm_http::apply_batch;
use pm_provider::{Batch, BatchOperation, BatchOptions, BatchOutcome, Result};

use crate::OpenProjectProvider;
use crate::provider::told;

/// More writers only get into each other's way: a change of a child bumps the lock version of its parent.
const WRITERS: usize = 2;

#[async_trait]
impl Batch for OpenProjectProvider {
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        told("apply_batch", self.api.capabilities.check_batch(operations.len(), &options))?;
        Ok(apply_batch(self, operations, &options, WRITERS).await)
    }
}
