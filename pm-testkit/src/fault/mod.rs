//! Faults on purpose: what an application does when the backend fails at the worst moment.
//!
//! A [`FaultInjector`] stands in front of any provider, lets most calls through and spoils those that a test names.
//! It also keeps a log of the calls, which shows whether the application tried again, and how often.

mod log;
mod plan;
mod spoil;

pub use log::{LoggedCall, Outcome};

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use pm_provider::{Answered, Call, ErrorKind, Interceptor, Next, PmProvider, Result, layer};

use log::Entry;
use plan::{Plan, Which};

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The backend cannot be reached: `Unavailable`, and nothing was done.
    FailBefore,
    /// The backend refuses with this kind of error, and nothing was done.
    Refuse(ErrorKind),
    /// The backend did it, but the answer got lost: `Timeout`, and a write may have been done.
    FailAfter,
    /// The backend did it, but part of a write failed: the effect is [`pm_provider::Effect::Partial`].
    Partial {
        /// The id that the error names. Unset, it is the one that the call was about; a create has none to name, so
        /// that its error holds an empty one.
        id: Option<String>,
        /// What the error says was applied.
        applied: Vec<String>,
        /// What the error says was not.
        failed: Vec<String>,
    },
    /// The backend has had too many requests: `RateLimited` with this pause, and nothing was done.
    RateLimit(Duration),
    /// The backend takes this long, then does it. Needs a tokio runtime with time.
    Delay(Duration),
    /// The backend never answers and nothing is done: the caller has to give up.
    Hang,
}

impl Fault {
    /// A write of which some fields were applied and others not.
    #[must_use]
    pub fn partial<A, F>(applied: A, failed: F) -> Self
    where
        A: IntoIterator<Item: Into<String>>,
        F: IntoIterator<Item: Into<String>>,
    {
        let applied = applied.into_iter().map(Into::into).collect();
        Self::Partial { id: None, applied, failed: failed.into_iter().map(Into::into).collect() }
    }
}

/// Spoils the calls that a test names and logs all of them. Clones share plan and log.
///
/// Calls are counted from 1. Where several faults are planned for one call, the one that was planned first wins.
///
/// ```
/// use std::sync::Arc;
/// use pm_provider::{Effect, NewProject, PmProvider};
/// use pm_testkit::{Fault, FaultInjector, MemoryProvider};
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let faults = FaultInjector::new();
/// faults.on("create_project", 1, Fault::FailAfter);
/// let provider = faults.wrap(Arc::new(MemoryProvider::new()));
///
/// let garden = NewProject::new("Garden").idempotency_key("garden");
/// let error = provider.create_project(garden.clone()).await.unwrap_err();
/// assert_eq!(error.effect(), &Effect::Unknown);
/// // The key makes it safe to try again: the lost reply made no second project.
/// assert_eq!(provider.create_project(garden).await?.key.as_deref(), Some("GAR"));
/// assert_eq!(faults.calls().len(), 2);
/// # Ok::<(), pm_provider::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Default)]
pub struct FaultInjector {
    plan: Arc<Mutex<Plan>>,
}

impl FaultInjector {
    /// Spoils nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts itself in front of a provider and all of its abilities.
    #[must_use]
    pub fn wrap(&self, provider: Arc<dyn PmProvider>) -> Arc<dyn PmProvider> {
        layer::intercept(provider, self.clone())
    }

    /// Spoils the n-th call of all.
    pub fn at(&self, n: usize, fault: Fault) {
        self.lock().add(Which::Nth(n), fault);
    }

    /// Spoils the n-th call of an operation: `create_task`.
    pub fn on(&self, operation: impl Into<String>, n: usize, fault: Fault) {
        self.lock().add(Which::NthOf(operation.into(), n), fault);
    }

    /// Spoils every call.
    pub fn always(&self, fault: Fault) {
        self.lock().add(Which::matching(|_| true), fault);
    }

    /// Spoils every call of an operation: `create_task`.
    pub fn always_on(&self, operation: impl Into<String>, fault: Fault) {
        let operation = operation.into();
        self.lock().add(Which::matching(move |call| call.operation == operation), fault);
    }

    /// Spoils every call that a function picks. The function must not use the injector itself.
    pub fn when(&self, picks: impl Fn(&Call) -> bool + Send + Sync + 'static, fault: Fault) {
        self.lock().add(Which::matching(picks), fault);
    }

    /// Forgets all planned faults: the backend is well again. The log and the counting go on.
    pub fn heal(&self) {
        self.lock().clear();
    }

    /// All calls so far, in the order in which they began.
    #[must_use]
    pub fn calls(&self) -> Vec<LoggedCall> {
        self.lock().calls().to_vec()
    }

    /// The calls of one operation so far, in the order in which they began.
    #[must_use]
    pub fn calls_of(&self, operation: &str) -> Vec<LoggedCall> {
        self.lock().calls().iter().filter(|call| call.operation == operation).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FaultInjector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultInjector").field("calls", &self.lock().calls().len()).finish_non_exhaustive()
    }
}

#[async_trait]
impl Interceptor for FaultInjector {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        let (number, fault) = self.lock().begin(call);
        let entry = Entry::new(self, number);
        entry.end(spoil::answer(call, fault, next).await)
    }
}
