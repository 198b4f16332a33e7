//! How a run stands, and what came of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::item::Pair;
use crate::store::{Run, RunPhase};

/// How a run stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunProgress {
    /// What it is at; `None` before the first run.
    pub phase: Option<RunPhase>,
    /// Items that the feeds showed, echoes of our own writes included.
    pub fed: u64,
    /// Items to be looked at.
    pub queued: u64,
    /// Items that were looked at.
    pub done: u64,
    /// Values that stood against each other.
    pub conflicts: u64,
    /// Items that only a person can help.
    pub quarantined: u64,
    /// Requests so far, or calls where requests are not counted.
    pub calls: Pair<u64>,
    /// How few requests would have done.
    pub minimum_calls: Pair<u64>,
    /// Until when something has to wait, if anything has.
    pub waiting_until: Option<DateTime<Utc>>,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunReport {
    /// The run as it is remembered.
    pub run: Run,
    /// How few requests would have done.
    pub minimum_calls: Pair<u64>,
    /// What a person should know, each once.
    pub warnings: Vec<String>,
    /// Deletions that wait for somebody's approval.
    pub needs_approval: usize,
    /// Until when something has to wait, if anything has: a run after this has work.
    pub waiting_until: Option<DateTime<Utc>>,
}

impl RunReport {
    /// A counter of the run: `created`, `updated`, `deleted`, `adopted`, `conflicts`, `quarantined`, `withheld`.
    #[must_use]
    pub fn count(&self, name: &str) -> u64 {
        self.run.counters.get(name).copied().unwrap_or_default()
    }

    /// How many writes were made to both sides.
    #[must_use]
    pub fn writes(&self) -> u64 {
        ["created", "updated", "deleted", "related", "unrelated"].iter().map(|name| self.count(name)).sum()
    }
}

/// Counters by name.
pub(super) type Counters = BTreeMap<String, u64>;
