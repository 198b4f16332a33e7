//! Comments.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::User;

/// A comment on an issue or on a pull request.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) body: Option<String>,
    /// `null` where the person is gone.
    #[serde(default)]
    pub(crate) user: Option<User>,
    /// `https://api.github.com/repos/octo-org/web/issues/7`.
    #[serde(default)]
    pub(crate) issue_url: Option<String>,
    /// That of a pull request has `/pull/` in it.
    #[serde(default)]
    pub(crate) html_url: Option<String>,
    #[serde(default)]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) updated_at: Option<DateTime<Utc>>,
}

impl Comment {
    /// The number of the issue that it is on.
    pub(crate) fn issue(&self) -> Option<u64> {
        let (_, number) = self.issue_url.as_deref()?.rsplit_once('/')?;
        pm_http::ids::number(number)
    }

    /// Says whether it is on a pull request.
    pub(crate) fn is_of_pull_request(&self) -> bool {
        self.html_url.as_deref().is_some_and(|url| url.contains("/pull/"))
    }
}
