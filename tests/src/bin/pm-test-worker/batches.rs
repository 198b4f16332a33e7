//! Creates tasks in atomic batches, all of them again at every start: idempotency keys make one task of each.

use pm_core::{BatchOperation, BatchOptions, Error, NewTask, Result};
use pm_tests::protocol::Event;

use crate::talk;

pub(crate) async fn run(url: &str, project: &str, count: usize, size: usize) -> Result<()> {
    let provider = pm_tests::open(url).await?;
    let batches = provider.batch().ok_or_else(|| Error::unsupported("there are no batches"))?;
    talk::wait_for_the_signal()?;
    for batch in 0..count {
        let tasks = (0..size).map(|number| task(project, batch, number)).collect();
        for outcome in batches.apply_batch(tasks, BatchOptions::new().atomic(true)).await? {
            outcome?;
        }
        talk::say(&Event::Batch(batch));
    }
    Ok(())
}

fn task(project: &str, batch: usize, number: usize) -> BatchOperation {
    let task = NewTask::new(project, format!("task {number} of batch {batch}"))
        .labels([format!("batch {batch}"), format!("number {number}")])
        .idempotency_key(format!("{project}/{batch}/{number}"));
    task.into()
}
