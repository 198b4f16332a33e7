//! Repositories.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::User;

/// A repository.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Repository {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) node_id: Option<String>,
    pub(crate) name: String,
    /// `octo-org/web`.
    pub(crate) full_name: String,
    #[serde(default)]
    pub(crate) owner: Option<User>,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) private: Option<bool>,
    #[serde(default)]
    pub(crate) html_url: Option<String>,
    #[serde(default)]
    pub(crate) archived: Option<bool>,
    #[serde(default)]
    pub(crate) has_issues: Option<bool>,
    #[serde(default)]
    pub(crate) default_branch: Option<String>,
    /// In kB, as of the last time that GitHub counted; 0 where there is no code.
    #[serde(default)]
    pub(crate) size: Option<u64>,
    #[serde(default)]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) updated_at: Option<DateTime<Utc>>,
    /// Only where somebody is signed in.
    #[serde(default)]
    pub(crate) permissions: Option<Permissions>,
}

/// What we may do in a repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Permissions {
    pub(crate) admin: bool,
    pub(crate) maintain: bool,
    pub(crate) push: bool,
    pub(crate) triage: bool,
    pub(crate) pull: bool,
}
