//! The run: pull, step, recover, merge, absent, reconcile.

mod absent;
mod adopt;
mod canary;
mod case;
mod create;
mod doubt;
mod ending;
mod error;
mod ids;
mod linked;
mod mark;
mod options;
mod pairing;
mod parity;
mod plan;
mod planted;
mod progress;
mod proof;
mod pull;
mod reconcile;
mod recover;
mod refused;
mod related;
mod scan;
mod session;
mod terms;
mod work;
mod write;
mod written;

use std::fmt;
use std::sync::Arc;

use pm_provider::{Clock, PmProvider, ProjectId, SystemClock};
use tokio::sync::watch;

use crate::config::SyncConfig;
use crate::item::{Pair, Side};
use crate::store::SyncStore;

pub use error::{SyncError, SyncResult};
pub use ids::{Ids, RandomIds};
pub use options::RunOptions;
pub use plan::{PlanReport, PlannedAction};
pub use planted::Bug;
#[cfg(pm_planted)]
pub use planted::plant;
pub use progress::{RunProgress, RunReport};

use session::Session;

/// What an engine is made of.
#[derive(Clone)]
#[non_exhaustive]
pub struct EngineParts {
    /// The mapping's id: what the store knows it by.
    pub mapping: String,
    /// Both systems.
    pub sides: Pair<SideParts>,
    /// What is remembered.
    pub store: Arc<dyn SyncStore>,
    /// What the mapping says.
    pub config: SyncConfig,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Who runs it: shown to whom it keeps waiting.
    pub owner: String,
}

/// One of the two systems.
#[derive(Clone)]
#[non_exhaustive]
pub struct SideParts {
    /// The provider, below every cache.
    pub provider: Arc<dyn PmProvider>,
    /// The project's own id there.
    pub project: ProjectId,
    /// What tells this system from every other one that the other side is ever mapped to: part of the marks of what is
    /// made of its items. It must stay the same when the engine's database is lost: an address, a connection's name.
    pub instance: String,
}

impl SideParts {
    /// Names a project of a provider.
    #[must_use]
    pub fn new(provider: Arc<dyn PmProvider>, project: ProjectId, instance: impl Into<String>) -> Self {
        Self { provider, project, instance: instance.into() }
    }
}

impl EngineParts {
    /// Puts an engine's parts together, with the clock of the machine and random ids.
    #[must_use]
    pub fn new(
        mapping: impl Into<String>,
        a: SideParts,
        b: SideParts,
        store: Arc<dyn SyncStore>,
        config: SyncConfig,
    ) -> Self {
        Self {
            mapping: mapping.into(),
            sides: Pair::new(a, b),
            store,
            config,
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            owner: format!("pid {}", std::process::id()),
        }
    }

    /// Takes another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes other ids.
    #[must_use]
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = ids;
        self
    }

    /// Says who runs it.
    #[must_use]
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = owner.into();
        self
    }
}

/// Keeps the two projects of one mapping in step.
pub struct Engine {
    parts: EngineParts,
    progress: watch::Sender<RunProgress>,
}

impl Engine {
    /// Makes an engine; sends nothing yet.
    #[must_use]
    pub fn new(parts: EngineParts) -> Self {
        Self { parts, progress: watch::Sender::new(RunProgress::default()) }
    }

    /// What the engine is made of.
    #[must_use]
    pub fn parts(&self) -> &EngineParts {
        &self.parts
    }

    /// How the run stands, now and whenever that changes.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<RunProgress> {
        self.progress.subscribe()
    }

    /// Brings both sides in step, as far as that can be done now; what has to wait is done by a later run.
    ///
    /// # Errors
    /// [`SyncError`]: another worker is at it, or one side cannot be trusted now. What was done until then stays done, and
    /// the next run goes on from there.
    pub async fn run(&self, options: &RunOptions) -> SyncResult<RunReport> {
        let lease =
            self.parts.store.claim(&self.parts.mapping, &self.parts.owner, self.parts.config.timing.lease()).await?;
        let Some(lease) = lease else { return Err(SyncError::Busy { mapping: self.parts.mapping.clone() }) };
        let session = Session::new(&self.parts, &self.progress, lease, options, false);
        // A run is a large future: it must not take the room of whoever awaits it.
        let ended = Box::pin(session.run()).await;
        session.end(ended).await
    }

    fn instance(parts: &EngineParts, side: Side) -> &str {
        &parts.sides.get(side).instance
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("mapping", &self.parts.mapping).finish_non_exhaustive()
    }
}

impl fmt::Debug for EngineParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineParts")
            .field("mapping", &self.mapping)
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SideParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.provider.name();
        f.debug_struct("SideParts").field("provider", &name).field("project", &self.project).finish_non_exhaustive()
    }
}
