//! Mistakes on purpose: each must be found.

use std::sync::Arc;

/// A rule that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Bug {
    /// A feed goes on with the last change that it showed, whatever shows late.
    NoOverlap,
    /// A feed takes our clock for the server's.
    OwnClock,
    /// Where a feed goes on is written down before the work that it told of.
    CursorBeforeWork,
    /// Work is cleared that was written down anew meanwhile.
    ClearWithoutGeneration,
    /// Whoever had the lease may still write.
    NoFence,
    /// A mistake of the engine.
    #[cfg(pm_planted)]
    Engine(pm_sync::engine::Bug),
}

/// What is planted, if anything is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Garden(Option<Arc<Bug>>);

impl Garden {
    #[cfg(pm_planted)]
    pub(crate) fn with(bug: Bug) -> Self {
        Self(Some(Arc::new(bug)))
    }

    pub(crate) fn has(&self, bug: Bug) -> bool {
        self.0.as_deref() == Some(&bug)
    }

    /// Makes the engine make the mistake from now on, or none.
    pub(crate) fn plant(&self) {
        #[cfg(pm_planted)]
        pm_sync::engine::plant(match self.0.as_deref() {
            Some(Bug::Engine(bug)) => Some(*bug),
            _ => None,
        });
    }
}
