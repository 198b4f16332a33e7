//! What a run is allowed.

/// What a run is allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunOptions {
    /// Makes deletions, however many: somebody has looked at them.
    pub approve_deletions: bool,
    /// Compares all ids of both sides now, whenever that was done last.
    pub reconcile: bool,
    /// Reads everything again.
    pub full_scan: bool,
}

impl RunOptions {
    /// An ordinary run.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes deletions, however many.
    #[must_use]
    pub fn approve_deletions(mut self, approve: bool) -> Self {
        self.approve_deletions = approve;
        self
    }

    /// Compares all ids now.
    #[must_use]
    pub fn reconcile(mut self, reconcile: bool) -> Self {
        self.reconcile = reconcile;
        self
    }

    /// Reads everything again.
    #[must_use]
    pub fn full_scan(mut self, full_scan: bool) -> Self {
        self.full_scan = full_scan;
        self
    }
}
