//! Milestones.

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// A milestone.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Milestone {
    /// Its number in the repository, which addresses have.
    pub(crate) number: u64,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    /// `open` or `closed`.
    #[serde(default)]
    pub(crate) state: Option<String>,
    /// A day, held as a time.
    #[serde(default)]
    pub(crate) due_on: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) html_url: Option<String>,
    #[serde(default)]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) updated_at: Option<DateTime<Utc>>,
}
