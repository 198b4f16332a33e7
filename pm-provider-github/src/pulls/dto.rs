//! The wire types of pull requests.

use chrono::{DateTime, Utc};
use pm_http::Raw;
use serde::Deserialize;

use crate::dto::User;

/// A pull request, as lists show it, and with what is only shown of a single one.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Pull {
    pub(super) id: u64,
    pub(super) number: u64,
    pub(super) title: String,
    #[serde(default)]
    pub(super) body: Option<String>,
    /// `open` or `closed`; one that is merged is closed.
    pub(super) state: String,
    /// Not there before drafts were, on old servers.
    #[serde(default)]
    pub(super) draft: Option<bool>,
    /// `null` where the person is gone.
    #[serde(default)]
    pub(super) user: Option<User>,
    pub(super) head: Branch,
    pub(super) base: Branch,
    #[serde(default)]
    pub(super) labels: Vec<Label>,
    #[serde(default)]
    pub(super) assignees: Vec<User>,
    #[serde(default)]
    pub(super) requested_reviewers: Vec<User>,
    #[serde(default)]
    pub(super) requested_teams: Vec<Team>,
    #[serde(default)]
    pub(super) html_url: Option<String>,
    #[serde(default)]
    pub(super) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) updated_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) closed_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) merged_at: Option<DateTime<Utc>>,
    /// Only of a single one; `null` while it is worked out, and once it is closed.
    #[serde(default)]
    pub(super) mergeable: Option<bool>,
    #[serde(default)]
    pub(super) additions: Option<u64>,
    #[serde(default)]
    pub(super) deletions: Option<u64>,
    #[serde(default)]
    pub(super) changed_files: Option<u64>,
    #[serde(default)]
    pub(super) commits: Option<u64>,
}

impl Pull {
    pub(super) fn is_open(&self) -> bool {
        self.state == "open"
    }
}

/// One end of a pull request.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Branch {
    /// `octocat:fix`.
    #[serde(default)]
    pub(super) label: Option<String>,
    #[serde(rename = "ref")]
    pub(super) name: String,
    pub(super) sha: String,
    /// `null` where a fork is gone.
    #[serde(default)]
    pub(super) repo: Option<Place>,
}

/// The repository of a branch.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Place {
    pub(super) id: u64,
    pub(super) full_name: String,
}

/// A label.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Label {
    #[serde(default)]
    pub(super) name: Option<String>,
}

/// A team.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Team {
    pub(super) name: String,
}

/// A review.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Review {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) user: Option<User>,
    #[serde(default)]
    pub(super) body: Option<String>,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`, or `PENDING` for our own that is not handed in yet.
    pub(super) state: String,
    #[serde(default)]
    pub(super) html_url: Option<String>,
    #[serde(default)]
    pub(super) commit_id: Option<String>,
    #[serde(default)]
    pub(super) submitted_at: Option<DateTime<Utc>>,
}

/// A page of check runs.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct CheckRuns {
    #[serde(default)]
    pub(super) check_runs: Vec<Raw<CheckRun>>,
}

/// A check run.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct CheckRun {
    pub(super) name: String,
    /// `queued`, `in_progress`, `completed`, `waiting`, `requested`, `pending`.
    #[serde(default)]
    pub(super) status: Option<String>,
    /// Once it is completed.
    #[serde(default)]
    pub(super) conclusion: Option<String>,
    #[serde(default)]
    pub(super) html_url: Option<String>,
    #[serde(default)]
    pub(super) details_url: Option<String>,
    #[serde(default)]
    pub(super) started_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) completed_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) output: Option<Output>,
    #[serde(default)]
    pub(super) app: Option<App>,
}

/// What a check run says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Output {
    pub(super) title: Option<String>,
}

/// What ran a check.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct App {
    pub(super) name: Option<String>,
}

/// A page of the statuses of a commit, the last of each context.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct CombinedStatus {
    #[serde(default)]
    pub(super) statuses: Vec<Raw<Status>>,
}

/// What another system reported of a commit.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Status {
    pub(super) context: String,
    /// `success`, `pending`, `failure`, `error`.
    pub(super) state: String,
    #[serde(default)]
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) target_url: Option<String>,
    #[serde(default)]
    pub(super) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) updated_at: Option<DateTime<Utc>>,
}
