//! Batches: Redmine has none, so that operations run one by one, side by side where they cannot meet. Changes of tasks
//! share what has to be read before and after them.

use async_trait::async_trait;
use pm_http::batch::{apply_wave, waves};
use pm_http::told;
use pm_provider::{
    Batch, BatchOperation, BatchOptions, BatchOutcome, Entity, Item, Operation, PMTask, Result, TaskId, TaskPatch,
};

use crate::NAME;
use crate::provider::RedmineProvider;
use crate::server::placed;

/// How many operations run at once.
pub(crate) const SIDE_BY_SIDE: usize = 4;

#[async_trait]
impl Batch for RedmineProvider {
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        let checked = async { self.server().capabilities.check_batch(operations.len(), &options) };
        placed("apply_batch", checked).await?;
        let mut outcomes = Vec::with_capacity(operations.len());
        for wave in waves(operations) {
            outcomes.extend(self.apply_wave(wave, &options).await);
        }
        Ok(outcomes)
    }
}

impl RedmineProvider {
    /// Applies operations of which no two touch the same item: the changes of tasks together, the others beside them.
    async fn apply_wave(&self, wave: Vec<BatchOperation>, options: &BatchOptions) -> Vec<Result<BatchOutcome>> {
        let is_update: Vec<bool> = wave.iter().map(|one| matches!(one, BatchOperation::UpdateTask(..))).collect();
        if is_update.iter().filter(|is_update| **is_update).count() < 2 {
            return apply_wave(self, wave, options, SIDE_BY_SIDE).await;
        }
        let (mut updates, mut others) = (Vec::new(), Vec::new());
        for operation in wave {
            match operation {
                BatchOperation::UpdateTask(id, patch) => updates.push((id, *patch)),
                other => others.push(other),
            }
        }
        let work = futures_util::future::join(
            Box::pin(self.update_tasks(updates, options)),
            apply_wave(self, others, options, SIDE_BY_SIDE),
        );
        let (updated, applied) = work.await;
        let (mut updated, mut applied) = (updated.into_iter(), applied.into_iter());
        let next = |is_update| if is_update { updated.next() } else { applied.next() };
        is_update.into_iter().filter_map(next).collect()
    }

    async fn update_tasks(
        &self,
        updates: Vec<(TaskId, TaskPatch)>,
        options: &BatchOptions,
    ) -> Vec<Result<BatchOutcome>> {
        let name = Operation::Update.on(Entity::Task);
        let written = |task: PMTask| BatchOutcome::Written(Item::from(task));
        let updated = self.server().update_tasks(updates, options).await;
        updated.into_iter().map(|task| told(NAME, &name, task.map(written))).collect()
    }
}
