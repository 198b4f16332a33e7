//! The pull requests of a task, and why they are said to be.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::PullRequest;
use crate::setters::setters;

/// Why a pull request is said to belong to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LinkReason {
    /// The backend says that merging it closes the task: by a keyword in its description, or because somebody linked the
    /// two by hand.
    ClosingKeyword,
    /// The backend noted that the one mentions the other.
    CrossReference,
    /// The name of its source branch names the task.
    BranchName,
    /// The task's key is in its title.
    Title,
    /// The task's key is in its description.
    Description,
}

impl LinkReason {
    /// Every reason, the strongest first.
    pub const ALL: [Self; 5] =
        [Self::ClosingKeyword, Self::CrossReference, Self::BranchName, Self::Title, Self::Description];

    /// The word for it, as in JSON: `closing_keyword`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ClosingKeyword => "closing_keyword",
            Self::CrossReference => "cross_reference",
            Self::BranchName => "branch_name",
            Self::Title => "title",
            Self::Description => "description",
        }
    }
}

impl fmt::Display for LinkReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A pull request that belongs to a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkedPullRequest {
    /// The pull request; it may be of another project than the task.
    pub pull_request: PullRequest,
    /// Why: every reason there is, the strongest first.
    pub reasons: Vec<LinkReason>,
}

impl LinkedPullRequest {
    /// Says why a pull request belongs to a task; the order of the reasons does not matter.
    #[must_use]
    pub fn new(pull_request: PullRequest, reasons: impl IntoIterator<Item = LinkReason>) -> Self {
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_unstable();
        reasons.dedup();
        Self { pull_request, reasons }
    }
}

/// The pull requests that belong to a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkedPullRequests {
    /// Each once, the oldest first.
    pub items: Vec<LinkedPullRequest>,
    /// Whether all pull requests were looked at that can belong to the task. What the backend itself links is always all
    /// there; names and texts are looked for in as many of the newest pull requests as the provider says.
    pub complete: bool,
}

impl LinkedPullRequests {
    /// Makes a list of all that there are.
    #[must_use]
    pub fn new(items: Vec<LinkedPullRequest>) -> Self {
        Self { items, complete: true }
    }
}

setters!(LinkedPullRequests { plain complete: bool });
