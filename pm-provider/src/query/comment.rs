//! Asking for comments.

use serde::{Deserialize, Serialize};

use super::{Sort, SortField};
use crate::capability::Filter;
use crate::check::{Listing, is_default, listing};
use crate::setters::setters;
use crate::value::{ProjectId, TaskId};

/// Which comments: those of one task, or of all tasks of a project; oldest first if nothing else is said.
///
/// ```
/// use pm_provider::CommentQuery;
/// let query: CommentQuery = serde_json::from_str(r#"{ "project": "7" }"#)?;
/// assert_eq!(query, CommentQuery::in_project("7"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CommentQuery {
    /// Only comments on this task. Task or project must be named; comments of both are meant where both are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Only comments on tasks of this project, not on those of projects below it. Backends that would have to ask task
    /// by task do not have this filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// In what order.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sort: Sort,
    /// How many to a page, at most; the backend's largest if unset or more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
}

impl CommentQuery {
    /// Asks for the comments of a task.
    #[must_use]
    pub fn of_task(task: impl Into<TaskId>) -> Self {
        Self { task: Some(task.into()), project: None, sort: Sort::default(), page_size: None }
    }

    /// Asks for the comments on all tasks of a project.
    #[must_use]
    pub fn in_project(project: impl Into<ProjectId>) -> Self {
        Self { task: None, project: Some(project.into()), sort: Sort::default(), page_size: None }
    }
}

setters!(CommentQuery { plain sort: Sort, optional page_size: u32 });

listing!(CommentQuery, Comment, |query| {
    Project: query.project.is_some(),
}, within query.task.is_some() || query.project.is_some());
