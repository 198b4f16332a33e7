//! Asking for pull requests.

use serde::{Deserialize, Serialize};

use super::{Freshness, Sort, SortField};
use crate::capability::Filter;
use crate::check::{Listing, is_default, listing};
use crate::model::{PullRequest, PullRequestState};
use crate::setters::setters;
use crate::value::{ProjectId, UserId};

/// Which pull requests of a project; without filters all of them, closed and merged ones and drafts included.
///
/// ```
/// use pm_provider::{PullRequestQuery, PullRequestState};
/// let query: PullRequestQuery = serde_json::from_str(r#"{ "project": "7", "states": ["open"], "draft": false }"#)?;
/// assert_eq!(query, PullRequestQuery::in_project("7").states([PullRequestState::Open]).draft(false));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PullRequestQuery {
    /// The repository, as a project.
    pub project: ProjectId,
    /// Only those in one of these states; none means any. Drafts are open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<PullRequestState>,
    /// Only drafts, or only those that are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<bool>,
    /// Only those that this user opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<UserId>,
    /// Only those that are assigned to this user, among others maybe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<UserId>,
    /// Only those with all of these labels, without regard to case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Only those that bring in this branch; `octocat:fix` is one of another repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_branch: Option<String>,
    /// Only those that go into this branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_branch: Option<String>,
    /// In what order.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sort: Sort,
    /// How many to a page, at most; the backend's largest if unset or more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
    /// How recent the answer must be. No part of what a cursor belongs to.
    #[serde(default, skip_serializing_if = "is_default")]
    pub freshness: Freshness,
}

impl PullRequestQuery {
    /// Asks for the pull requests of a project.
    #[must_use]
    pub fn in_project(project: impl Into<ProjectId>) -> Self {
        Self {
            project: project.into(),
            states: Vec::new(),
            draft: None,
            author: None,
            assignee: None,
            labels: Vec::new(),
            source_branch: None,
            target_branch: None,
            sort: Sort::default(),
            page_size: None,
            freshness: Freshness::default(),
        }
    }

    /// Says whether a pull request of the project has what the filters want: for backends that filter less than this
    /// themselves. The listing of a pull request has all that is asked for, so that no request is needed.
    #[must_use]
    pub fn matches(&self, pull_request: &PullRequest) -> bool {
        let among = |wanted: &[PullRequestState]| wanted.is_empty() || wanted.contains(&pull_request.state);
        among(&self.states)
            && self.draft.is_none_or(|draft| draft == pull_request.draft)
            && (self.author.is_none() || self.author == pull_request.author_id)
            && self.assignee.as_ref().is_none_or(|user| pull_request.assignees.contains(user))
            && self.labels.iter().all(|label| has_label(pull_request, label))
            && self.source_branch.as_deref().is_none_or(|branch| brings_in(pull_request, branch))
            && (self.target_branch.is_none() || self.target_branch == pull_request.target_branch)
    }
}

/// No branch has a colon in its name.
fn brings_in(pull_request: &PullRequest, wanted: &str) -> bool {
    let (owner, branch) = wanted.split_once(':').map_or((None, wanted), |(owner, branch)| (Some(owner), branch));
    let repository = pull_request.source_repository.as_deref();
    let owns = repository.and_then(|repository| repository.split('/').next());
    owns.map(str::to_lowercase) == owner.map(str::to_lowercase) && pull_request.source_branch.as_deref() == Some(branch)
}

fn has_label(pull_request: &PullRequest, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    pull_request.labels.iter().any(|label| label.to_lowercase() == wanted)
}

setters!(PullRequestQuery {
    list states: PullRequestState,
    optional draft: bool,
    optional author: UserId,
    optional assignee: UserId,
    list labels: String,
    optional source_branch: String,
    optional target_branch: String,
    plain sort: Sort,
    optional page_size: u32,
    plain freshness: Freshness,
});

listing!(PullRequestQuery, PullRequest, |query| {
    Status: !query.states.is_empty(),
    Draft: query.draft.is_some(),
    Author: query.author.is_some(),
    Assignee: query.assignee.is_some(),
    Labels: !query.labels.is_empty(),
    SourceBranch: query.source_branch.is_some(),
    TargetBranch: query.target_branch.is_some(),
});
