//! At most so many calls at once.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{Answered, Call, Error, ErrorKind, Interceptor, Next, Result};
use tokio::sync::Semaphore;

/// Lets at most so many calls through at once; the others wait, first come, first served.
///
/// Clones share one limit, and so do all providers that one limit is put in front of. A call that fails, panics or is
/// cancelled makes room for the next one.
#[derive(Clone, Debug)]
pub struct ConcurrencyLimit {
    permits: Arc<Semaphore>,
}

impl ConcurrencyLimit {
    /// Lets this many calls through at once; 0 would be nobody ever and counts as 1.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS))) }
    }

    /// How many calls could begin right now without waiting.
    #[must_use]
    pub fn available(&self) -> usize {
        self.permits.available_permits()
    }
}

#[async_trait]
impl Interceptor for ConcurrencyLimit {
    async fn around<'a>(&'a self, _call: &'a Call, next: Next<'a>) -> Result<Answered> {
        // Held until this future ends or is dropped.
        let _permit = self.permits.acquire().await.map_err(closed)?;
        next.await
    }
}

/// Nobody has a way to close the semaphore; if it happens all the same, the call was not made.
fn closed(source: tokio::sync::AcquireError) -> Error {
    Error::new(ErrorKind::Internal, "the concurrency limit is closed").with_source(source)
}
