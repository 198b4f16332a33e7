//! Batches: REST has none, and GitHub asks for one write after the other, so that the operations go one by one. Those
//! about Projects v2 go in documents of many.
//!
//! Whoever writes much meets the budget of new content, 80 items a minute and 500 an hour
//! (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits>). A
//! single write says when to come back; a batch waits, and goes on.

use std::time::Duration;

use async_trait::async_trait;
use pm_http::apply_batch;
use pm_provider::{Batch, BatchOperation, BatchOptions, BatchOutcome, Effect, Error, ErrorKind, Result, Retry};
use tokio::time::sleep;

use crate::GitHubProvider;
use crate::provider::told;
use crate::v2::is_of_v2;

/// How often an operation is tried again that a limit kept from being done: the budget of an hour is back after an
/// hour.
pub(crate) const MOST_WAITS: u32 = 20;
/// The longest wait for one operation: a budget that does not come back within it is no budget of an hour.
const LONGEST: Duration = Duration::from_secs(2 * 60 * 60);

/// How long to wait before an operation is tried again of which nothing was done.
pub(crate) fn pause(error: &Error) -> Option<Duration> {
    let is_limited = error.kind() == ErrorKind::RateLimited && *error.effect() == Effect::NotExecuted;
    match error.retry() {
        Retry::After(pause) if is_limited && pause <= LONGEST => Some(pause),
        _ => None,
    }
}

tokio::task_local! {
    /// Set while a batch is under way, which waits for limits.
    static IN_BATCH: ();
}

/// Does one of several requests of a write. In a batch it waits for limits: what was done before it cannot be done
/// again, so that the whole write could not be tried once more.
pub(crate) async fn patiently<T, R: Future<Output = Result<T>>>(act: impl Fn() -> R) -> Result<T> {
    let mut waits = 0;
    loop {
        let answer = act().await;
        let is_patient = waits < MOST_WAITS && IN_BATCH.try_with(|()| ()).is_ok();
        let Some(pause) = answer.as_ref().err().and_then(pause).filter(|_| is_patient) else { return answer };
        waits += 1;
        sleep(pause).await;
    }
}

impl GitHubProvider {
    /// Applies one operation, and waits for limits, unless operations are to be begun by some time.
    pub(crate) async fn apply_patiently(
        &self,
        operation: BatchOperation,
        options: &BatchOptions,
    ) -> Result<BatchOutcome> {
        let apply = |operation| apply_batch(self, vec![operation], options, 1);
        let (mut waits, is_patient) = (0, options.begin_by.is_none());
        loop {
            let outcome = match is_patient {
                true => IN_BATCH.scope((), apply(operation.clone())).await.pop(),
                false => apply(operation.clone()).await.pop(),
            };
            let outcome = outcome.unwrap_or_else(|| Err(Error::new(ErrorKind::Internal, "an operation was lost")));
            let again = outcome.as_ref().err().and_then(pause).filter(|_| is_patient && waits < MOST_WAITS);
            let Some(pause) = again else { return outcome };
            waits += 1;
            sleep(pause).await;
        }
    }
}

#[async_trait]
impl Batch for GitHubProvider {
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        told("apply_batch", self.api.capabilities.check_batch(operations.len(), &options))?;
        let mut outcomes = Vec::with_capacity(operations.len());
        let mut operations = operations.into_iter().peekable();
        while let Some(operation) = operations.next() {
            if !is_of_v2(&operation) {
                outcomes.push(self.apply_patiently(operation, &options).await);
                continue;
            }
            let mut run = vec![operation];
            run.extend(std::iter::from_fn(|| operations.next_if(is_of_v2)));
            outcomes.extend(self.v2_batch(run, &options).await);
        }
        Ok(outcomes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn in_a_batch_what_comes_after_the_first_request_waits() {
        let tries = std::cell::Cell::new(0);
        let act = || async {
            tries.set(tries.get() + 1);
            let limited =
                Error::new(ErrorKind::RateLimited, "later").with_retry(Retry::After(Duration::from_millis(1)));
            if tries.get() < 3 { Err(limited) } else { Ok(tries.get()) }
        };
        assert!(patiently(act).await.is_err(), "elsewhere it says when to come back");
        assert_eq!(IN_BATCH.scope((), patiently(act)).await.ok(), Some(3));
    }

    #[test]
    fn only_what_was_not_done_is_tried_again() {
        let limited = |effect| {
            let error = Error::new(ErrorKind::RateLimited, "later").with_effect(effect);
            pause(&error.with_retry(Retry::After(Duration::from_secs(60))))
        };
        assert_eq!(limited(Effect::NotExecuted), Some(Duration::from_secs(60)));
        assert_eq!(limited(Effect::Unknown), None);
        assert_eq!(pause(&Error::new(ErrorKind::Timeout, "late")), None);
    }
}
