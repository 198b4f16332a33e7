//! Mistakes on purpose, for the tests that must find them.
//!
//! Only a build with `--cfg pm_planted` can make one; every other build answers `false` at compile time.

/// A rule that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Bug {
    /// Creates in doubt are not looked for by their marks.
    NoMarkSearch,
    /// Creates in doubt are made again at once.
    NoSettleWait,
    /// Writes are not written down before they are sent.
    NoIntent,
    /// Both sides are compared with one base.
    OneBase,
    /// What is about to be overwritten is not read once more.
    NoGuard,
    /// Nobody looks whether a side still shows what it did.
    NoCanary,
    /// Updates in doubt are forgotten.
    IgnoreUpdateIntents,
    /// The first absence is taken for a deletion.
    DeleteOnFirstAbsence,
    /// The base is what is read back, whoever wrote it.
    BaseFromReadBack,
    /// What we wrote ourselves counts as a change.
    EchoAsChange,
}

#[cfg(not(pm_planted))]
pub(super) const fn planted(_bug: Bug) -> bool {
    false
}

#[cfg(pm_planted)]
mod switch {
    use std::cell::Cell;

    use super::Bug;

    thread_local! {
        static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
    }

    /// Plants a mistake into all runs of this thread, or takes it out.
    pub fn plant(bug: Option<Bug>) {
        PLANTED.set(bug);
    }

    pub(in crate::engine) fn planted(bug: Bug) -> bool {
        PLANTED.get() == Some(bug)
    }
}
#[cfg(pm_planted)]
pub use switch::plant;
#[cfg(pm_planted)]
pub(super) use switch::planted;
