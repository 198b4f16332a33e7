//! What was called, and what came of it.

use pm_provider::{ErrorKind, Result};

use super::{Fault, FaultInjector};

/// One call that went through a [`FaultInjector`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedCall {
    /// The operation by its name in the contract: `create_task`.
    pub operation: String,
    /// The id of the item that it was about.
    pub subject: Option<String>,
    /// Whether it changes anything.
    pub writes: bool,
    /// What was done to it.
    pub fault: Option<Fault>,
    /// What the caller got.
    pub outcome: Outcome,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It has not ended yet.
    Running,
    /// The caller got its result.
    Succeeded,
    /// The caller got an error of this kind, the backend's own or an injected one.
    Failed(ErrorKind),
    /// The caller gave up: it dropped the future before there was an answer.
    Dropped,
}

/// The log's hold on a call that is running: it also notices that the caller gave up.
pub(super) struct Entry<'a> {
    injector: &'a FaultInjector,
    number: usize,
    outcome: Outcome,
}

impl<'a> Entry<'a> {
    pub(super) fn new(injector: &'a FaultInjector, number: usize) -> Self {
        Self { injector, number, outcome: Outcome::Dropped }
    }

    /// Logs the answer and passes it on.
    pub(super) fn end<T>(mut self, answer: Result<T>) -> Result<T> {
        self.outcome = answer.as_ref().err().map_or(Outcome::Succeeded, |error| Outcome::Failed(error.kind()));
        answer
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.injector.lock().end(self.number, self.outcome);
    }
}
