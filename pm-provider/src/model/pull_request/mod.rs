//! Pull requests, read on demand and never stored.

mod details;
mod linked;

pub use details::{Check, CheckState, Mergeability, PullRequestDetails, Review, ReviewDecision, ReviewState};
pub use linked::{LinkReason, LinkedPullRequest, LinkedPullRequests};

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::value::{ProjectId, RawData, UserId};

/// Where a pull request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PullRequestState {
    /// Open, drafts included.
    Open,
    /// Closed without a merge.
    Closed,
    /// Merged.
    Merged,
}

impl PullRequestState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Merged];

    /// The word for it, as in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Merged => "merged",
        }
    }
}

impl fmt::Display for PullRequestState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A pull request, as a listing shows it; [`PullRequestDetails`] has what takes further requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PullRequest {
    /// The backend's immutable id.
    pub id: String,
    /// The number that people use, one of its own in the project.
    pub number: u64,
    /// The repository that it goes into, as a project.
    pub project_id: ProjectId,
    /// The title.
    pub title: String,
    /// The description, in Markdown.
    #[serde(default)]
    pub description: Option<String>,
    /// Where it stands.
    pub state: PullRequestState,
    /// Whether its author says that it is not ready for review.
    #[serde(default)]
    pub draft: bool,
    /// Who opened it, where the backend knows the user.
    #[serde(default)]
    pub author_id: Option<UserId>,
    /// The author's name as it is shown, also of people who have no account any more.
    #[serde(default)]
    pub author_name: Option<String>,
    /// The branch that it brings in.
    #[serde(default)]
    pub source_branch: Option<String>,
    /// The repository of that branch, by its key, where it is another one than the project's: a fork. Its owner alone
    /// where it is gone.
    #[serde(default)]
    pub source_repository: Option<String>,
    /// The commit that the branch stands at.
    #[serde(default)]
    pub source_commit: Option<String>,
    /// The branch that it goes into.
    #[serde(default)]
    pub target_branch: Option<String>,
    /// The labels, in the backend's order.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Who is to see to it, in the backend's order.
    #[serde(default)]
    pub assignees: Vec<UserId>,
    /// Who is asked for a review and has not given one since.
    #[serde(default)]
    pub requested_reviewers: Vec<UserId>,
    /// The names of the teams that are asked for a review.
    #[serde(default)]
    pub requested_teams: Vec<String>,
    /// Where people open it in a browser.
    #[serde(default)]
    pub url: Option<String>,
    /// When it was opened.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
    /// When it last changed.
    #[serde(default)]
    pub updated_at: Option<DateTime<Utc>>,
    /// When it was closed, by a merge or without one.
    #[serde(default)]
    pub closed_at: Option<DateTime<Utc>>,
    /// When it was merged.
    #[serde(default)]
    pub merged_at: Option<DateTime<Utc>>,
    /// The backend's own JSON, untouched.
    #[serde(default)]
    pub raw_data: RawData,
}

impl PullRequest {
    /// Makes a pull request from what every one has.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        number: u64,
        project_id: impl Into<ProjectId>,
        title: impl Into<String>,
        state: PullRequestState,
    ) -> Self {
        Self {
            id: id.into(),
            number,
            project_id: project_id.into(),
            title: title.into(),
            description: None,
            state,
            draft: false,
            author_id: None,
            author_name: None,
            source_branch: None,
            source_repository: None,
            source_commit: None,
            target_branch: None,
            labels: Vec::new(),
            assignees: Vec::new(),
            requested_reviewers: Vec::new(),
            requested_teams: Vec::new(),
            url: None,
            created_at: None,
            updated_at: None,
            closed_at: None,
            merged_at: None,
            raw_data: RawData::none(),
        }
    }
}

setters!(PullRequest {
    optional description: String,
    plain draft: bool,
    optional author_id: UserId,
    optional author_name: String,
    optional source_branch: String,
    optional source_repository: String,
    optional source_commit: String,
    optional target_branch: String,
    list labels: String,
    list assignees: UserId,
    list requested_reviewers: UserId,
    list requested_teams: String,
    optional url: String,
    time created_at: DateTime<Utc>,
    time updated_at: DateTime<Utc>,
    time closed_at: DateTime<Utc>,
    time merged_at: DateTime<Utc>,
    plain raw_data: RawData,
});
