//! What is known of a pull request beyond a listing: reviews, checks, whether it can be merged.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::PullRequest;
use crate::setters::setters;
use crate::value::{RawData, UserId};

/// A pull request with what takes further requests: reviews, checks, whether it can be merged, how large it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PullRequestDetails {
    /// The pull request itself.
    pub pull_request: PullRequest,
    /// One review of each person who gave one, the oldest first: the last that approved, asked for changes or was
    /// dismissed, and only where there is none of these the last comment. One that was not handed in yet is none.
    #[serde(default)]
    pub reviews: Vec<Review>,
    /// What the reviews come to.
    #[serde(default)]
    pub review_decision: Option<ReviewDecision>,
    /// The checks of the commit that the source branch stands at, the last run of each, in the backend's order; `None`
    /// where they are not shown to us.
    #[serde(default)]
    pub checks: Option<Vec<Check>>,
    /// Whether it can be merged as far as its contents go.
    #[serde(default)]
    pub mergeability: Mergeability,
    /// How many lines it adds.
    #[serde(default)]
    pub additions: Option<u64>,
    /// How many lines it takes away.
    #[serde(default)]
    pub deletions: Option<u64>,
    /// How many files it changes.
    #[serde(default)]
    pub changed_files: Option<u64>,
    /// How many commits it has.
    #[serde(default)]
    pub commits: Option<u64>,
}

impl PullRequestDetails {
    /// Makes the details of a pull request without reviews, and without a word about checks.
    #[must_use]
    pub fn new(pull_request: PullRequest) -> Self {
        Self {
            pull_request,
            reviews: Vec::new(),
            review_decision: None,
            checks: None,
            mergeability: Mergeability::default(),
            additions: None,
            deletions: None,
            changed_files: None,
            commits: None,
        }
    }

    /// What the checks come to: failed if one failed or was cancelled, else pending if one is, else passed; `None`
    /// where there are none, or none that we are shown.
    #[must_use]
    pub fn checks_state(&self) -> Option<CheckState> {
        let checks = self.checks.as_deref().unwrap_or_default();
        let has = |state| checks.iter().any(|check| check.state == state);
        match () {
            () if checks.is_empty() => None,
            () if has(CheckState::Failed) || has(CheckState::Cancelled) => Some(CheckState::Failed),
            () if has(CheckState::Pending) => Some(CheckState::Pending),
            () => Some(CheckState::Passed),
        }
    }
}

setters!(PullRequestDetails {
    list reviews: Review,
    optional review_decision: ReviewDecision,
    optional checks: Vec<Check>,
    plain mergeability: Mergeability,
    optional additions: u64,
    optional deletions: u64,
    optional changed_files: u64,
    optional commits: u64,
});

/// What a review says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReviewState {
    /// It may be merged.
    Approved,
    /// It may not be merged as it is.
    ChangesRequested,
    /// Neither.
    Commented,
    /// What it said was taken back by somebody.
    Dismissed,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Review {
    /// The backend's immutable id.
    pub id: String,
    /// Who gave it, where the backend knows the user.
    #[serde(default)]
    pub author_id: Option<UserId>,
    /// The author's name as it is shown, also of people who have no account any more.
    #[serde(default)]
    pub author_name: Option<String>,
    /// What it says.
    pub state: ReviewState,
    /// Its text, in Markdown.
    #[serde(default)]
    pub body: Option<String>,
    /// The commit that was looked at.
    #[serde(default)]
    pub commit: Option<String>,
    /// Where people open it in a browser.
    #[serde(default)]
    pub url: Option<String>,
    /// When it was handed in.
    #[serde(default)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// The backend's own JSON, untouched.
    #[serde(default)]
    pub raw_data: RawData,
}

impl Review {
    /// Makes a review.
    #[must_use]
    pub fn new(id: impl Into<String>, state: ReviewState) -> Self {
        Self {
            id: id.into(),
            author_id: None,
            author_name: None,
            state,
            body: None,
            commit: None,
            url: None,
            submitted_at: None,
            raw_data: RawData::none(),
        }
    }
}

setters!(Review {
    optional author_id: UserId,
    optional author_name: String,
    optional body: String,
    optional commit: String,
    optional url: String,
    time submitted_at: DateTime<Utc>,
    plain raw_data: RawData,
});

/// What the reviews come to. The backend's own rules about merging (how many must approve, and who) are not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReviewDecision {
    /// Somebody approves and nobody asks for changes.
    Approved,
    /// Somebody asks for changes.
    ChangesRequested,
    /// Somebody was asked, and nobody has approved or asked for changes yet.
    ReviewRequired,
}

impl ReviewDecision {
    /// Works out what reviews come to, given one of each person and whether somebody else is asked for one.
    #[must_use]
    pub fn of(reviews: &[Review], somebody_is_asked: bool) -> Option<Self> {
        let says = |state| reviews.iter().any(|review| review.state == state);
        match () {
            () if says(ReviewState::ChangesRequested) => Some(Self::ChangesRequested),
            () if says(ReviewState::Approved) => Some(Self::Approved),
            () => somebody_is_asked.then_some(Self::ReviewRequired),
        }
    }
}

/// What became of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckState {
    /// It waits or runs.
    Pending,
    /// It is content.
    Passed,
    /// It is not, or somebody must act.
    Failed,
    /// It had nothing to say.
    Skipped,
    /// Somebody stopped it, or it is out of date.
    Cancelled,
}

/// One check of a commit: a run of a build or a test, or the status that another system reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// Its name.
    pub name: String,
    /// What ran it, where the backend says so.
    #[serde(default)]
    pub source: Option<String>,
    /// What became of it.
    pub state: CheckState,
    /// The backend's own word for that: `timed_out`.
    #[serde(default)]
    pub outcome: Option<String>,
    /// A line about it.
    #[serde(default)]
    pub summary: Option<String>,
    /// Where people read more in a browser.
    #[serde(default)]
    pub url: Option<String>,
    /// When it began.
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(default)]
    pub completed_at: Option<DateTime<Utc>>,
    /// The backend's own JSON, untouched.
    #[serde(default)]
    pub raw_data: RawData,
}

impl Check {
    /// Makes a check.
    #[must_use]
    pub fn new(name: impl Into<String>, state: CheckState) -> Self {
        Self {
            name: name.into(),
            source: None,
            state,
            outcome: None,
            summary: None,
            url: None,
            started_at: None,
            completed_at: None,
            raw_data: RawData::none(),
        }
    }
}

setters!(Check {
    optional source: String,
    optional outcome: String,
    optional summary: String,
    optional url: String,
    time started_at: DateTime<Utc>,
    time completed_at: DateTime<Utc>,
    plain raw_data: RawData,
});

/// Whether the source branch can be merged into the target branch as far as their contents go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mergeability {
    /// Without conflicts.
    Mergeable,
    /// There are conflicts.
    Conflicting,
    /// The backend has not worked it out yet, or does not for one that is closed.
    #[default]
    Unknown,
}
