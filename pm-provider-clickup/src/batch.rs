//! Batches: the API has none, so that a few requests run side by side.

use async_trait::async_trait;
use pm_http::apply_batch;
use pm_provider::{Batch, BatchOperation, BatchOptions, BatchOutcome, Result};

use crate::ClickUpProvider;
use crate::provider::told;

/// As many as may run at once: the limiter sees to the rest.
const WRITERS: usize = 8;

#[async_trait]
impl Batch for ClickUpProvider {
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        told("apply_batch", self.api.capabilities.check_batch(operations.len(), &options))?;
        Ok(apply_batch(self, operations, &options, WRITERS).await)
    }
}
