//! Pull requests, read on demand and never stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::value::{ProjectId, RawData, UserId};

/// Where a pull request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PullRequestState {
    /// Open, not ready for review.
    Draft,
    /// Open.
    Open,
    /// Merged.
    Merged,
    /// Closed without a merge.
    Closed,
}

/// A pull request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PullRequest {
    /// The backend's immutable id.
    pub id: String,
    /// The number that people use.
    pub number: u64,
    /// The repository, as a project.
    pub project_id: ProjectId,
    /// The title.
    pub title: String,
    /// The description, in Markdown.
    #[serde(default)]
    pub description: Option<String>,
    /// Where it stands.
    pub state: PullRequestState,
    /// Who opened it.
    #[serde(default)]
    pub author_id: Option<UserId>,
    /// The branch that it brings in.
    #[serde(default)]
    pub source_branch: Option<String>,
    /// The branch that it goes into.
    #[serde(default)]
    pub target_branch: Option<String>,
    /// Where people open it in a browser.
    #[serde(default)]
    pub url: Option<String>,
    /// When it was opened.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
    /// When it last changed.
    #[serde(default)]
    pub updated_at: Option<DateTime<Utc>>,
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
            author_id: None,
            source_branch: None,
            target_branch: None,
            url: None,
            created_at: None,
            updated_at: None,
            merged_at: None,
            raw_data: RawData::none(),
        }
    }
}

setters!(PullRequest {
    optional description: String,
    optional author_id: UserId,
    optional source_branch: String,
    optional target_branch: String,
    optional url: String,
    time created_at: DateTime<Utc>,
    time updated_at: DateTime<Utc>,
    time merged_at: DateTime<Utc>,
    plain raw_data: RawData,
});
