//! Batches: Redmine has none, so that operations run one by one, side by side where they cannot meet.

use async_trait::async_trait;
use pm_provider::{Batch, BatchOperation, BatchOptions, BatchOutcome, Result};

use crate::provider::RedmineProvider;
use crate::server::placed;

/// How many operations run at once.
const SIDE_BY_SIDE: usize = 4;

#[async_trait]
impl Batch for RedmineProvider {
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        let checked = async { self.server().capabilities.check_batch(operations.len(), &options) };
        placed("apply_batch", checked).await?;
        Ok(pm_http::apply_batch(self, operations, SIDE_BY_SIDE).await)
    }
}
