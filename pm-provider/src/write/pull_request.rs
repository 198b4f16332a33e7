//! Opening pull requests.

use serde::{Deserialize, Serialize};

use crate::check::{fields_of, is_default};
use crate::setters::setters;
use crate::value::ProjectId;

/// A pull request to be opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewPullRequest {
    /// The repository that it goes into, as a project.
    pub project_id: ProjectId,
    /// The title.
    pub title: String,
    /// The branch that it brings in; one of another repository as the backend writes that, `octocat:fix`.
    pub source_branch: String,
    /// The branch that it goes into; the project's main one if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_branch: Option<String>,
    /// The description, in Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is opened as a draft.
    #[serde(default, skip_serializing_if = "is_default")]
    pub draft: bool,
    /// The same key gives the first pull request again instead of a second one, where the backend keeps keys of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

impl NewPullRequest {
    /// Makes a pull request from what every one has.
    #[must_use]
    pub fn new(project_id: impl Into<ProjectId>, title: impl Into<String>, source_branch: impl Into<String>) -> Self {
        Self {
            project_id: project_id.into(),
            title: title.into(),
            source_branch: source_branch.into(),
            target_branch: None,
            description: None,
            draft: false,
            idempotency_key: None,
        }
    }
}

setters!(NewPullRequest {
    optional target_branch: String,
    optional description: String,
    plain draft: bool,
    optional idempotency_key: String,
});

fields_of!(NewPullRequest, PullRequest, {
    required ProjectId project_id, required Title title, required SourceBranch source_branch,
    TargetBranch target_branch, Description description, Draft draft,
});
