//! Times and pauses, in whole seconds.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Times and pauses of a mapping, in whole seconds; tests set small ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Timing {
    /// How long a lease lasts without being renewed.
    pub lease: u64,
    /// How long a request may take, with all of its repetitions: a write that was not answered by then may still be made
    /// until then, and no later.
    pub request: u64,
    /// How long after that a create that cannot be found is still waited for, besides the time that the backend needs to
    /// show it.
    pub settle: u64,
    /// How far apart two proofs of an absence are.
    pub proof: u64,
    /// How often we ask who we are.
    pub account: u64,
    /// How often all ids of both sides are compared, to find deletions that no feed tells.
    pub reconcile: u64,
    /// The first pause after a failure; doubled each time.
    pub backoff: u64,
    /// How often an item is tried before it is quarantined.
    pub attempts: u32,
    /// How many days a deleted pair is remembered.
    pub tombstone_days: u64,
    /// How many deletions one run makes at most, whatever the share.
    pub deletions: usize,
    /// How many deletions one run makes at most, in percent of the links.
    pub deletions_percent: usize,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lease: 60,
            request: 30,
            settle: 30,
            proof: 600,
            account: 600,
            reconcile: 3_600,
            backoff: 30,
            attempts: 5,
            tombstone_days: 90,
            deletions: 10,
            deletions_percent: 5,
        }
    }
}

impl Timing {
    /// The lease's length.
    #[must_use]
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease)
    }

    /// The length of a request.
    #[must_use]
    pub fn request(&self) -> Duration {
        Duration::from_secs(self.request)
    }
}
