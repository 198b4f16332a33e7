//! Asking for pull requests.

use serde::{Deserialize, Serialize};

use crate::model::PullRequestState;
use crate::setters::setters;
use crate::value::{ProjectId, TaskId};

/// Which pull requests of a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PullRequestQuery {
    /// The repository, as a project.
    pub project: ProjectId,
    /// Only those that belong to this task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Only those in one of these states; none means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<PullRequestState>,
    /// How many to a page, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
}

impl PullRequestQuery {
    /// Asks for the pull requests of a project.
    #[must_use]
    pub fn in_project(project: impl Into<ProjectId>) -> Self {
        Self { project: project.into(), task: None, states: Vec::new(), page_size: None }
    }
}

setters!(PullRequestQuery { optional task: TaskId, list states: PullRequestState, optional page_size: u32 });
