//! Asking for comments.

use serde::{Deserialize, Serialize};

use super::{Sort, SortField};
use crate::capability::Filter;
use crate::check::{Listing, is_default, listing};
use crate::setters::setters;
use crate::value::TaskId;

/// Which comments: those of one task, oldest first if nothing else is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CommentQuery {
    /// The task that they are about.
    pub task: TaskId,
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
        Self { task: task.into(), sort: Sort::default(), page_size: None }
    }
}

setters!(CommentQuery { plain sort: Sort, optional page_size: u32 });

listing!(CommentQuery, Comment, |query| {});
