//! Asking for tasks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Match, Sort, SortField};
use crate::capability::Filter;
use crate::check::{Listing, is_default, listing};
use crate::setters::setters;
use crate::value::{ProjectId, SprintId, StatusCategory, TaskId, UserId};

/// Which tasks; without filters all that are visible, closed ones and sub-tasks included.
///
/// ```
/// use pm_provider::{StatusCategory::Todo, TaskQuery};
/// let query = TaskQuery::in_project("7").statuses([Todo]).labels(["paint"]).unassigned();
/// # assert!(query.project.is_some());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TaskQuery {
    /// Only tasks of this project, not those of projects below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Only the task with this key, without regard to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Only tasks of this sprint, or of none.
    #[serde(skip_serializing_if = "Match::is_any")]
    pub sprint: Match<SprintId>,
    /// Only tasks that this user works on, or nobody.
    #[serde(skip_serializing_if = "Match::is_any")]
    pub assignee: Match<UserId>,
    /// Only direct children of this task, or tasks without a parent.
    #[serde(skip_serializing_if = "Match::is_any")]
    pub parent: Match<TaskId>,
    /// Only tasks in one of these categories; none means any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<StatusCategory>,
    /// Only tasks that have all of these labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Only tasks with this text in title or description, without regard to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Only tasks that changed at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_since: Option<DateTime<Utc>>,
    /// In what order.
    #[serde(skip_serializing_if = "is_default")]
    pub sort: Sort,
    /// How many to a page, at most; the backend's largest if unset or more than that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
    /// Whether the backend is to count all that the query finds, where it can: [`Page::total`](super::Page::total).
    /// No part of what a cursor belongs to.
    #[serde(skip_serializing_if = "is_default")]
    pub with_total: bool,
}

impl TaskQuery {
    /// Asks for all visible tasks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the tasks of a project.
    #[must_use]
    pub fn in_project(project: impl Into<ProjectId>) -> Self {
        Self::new().project(project)
    }

    /// Only tasks that still ask for work.
    #[must_use]
    pub fn open(self) -> Self {
        self.statuses(StatusCategory::OPEN)
    }

    /// Only tasks of this sprint.
    #[must_use]
    pub fn sprint(mut self, sprint: impl Into<SprintId>) -> Self {
        self.sprint = Match::Is(sprint.into());
        self
    }

    /// Only tasks that are in no sprint.
    #[must_use]
    pub fn without_sprint(mut self) -> Self {
        self.sprint = Match::Unset;
        self
    }

    /// Only tasks that this user works on.
    #[must_use]
    pub fn assignee(mut self, user: impl Into<UserId>) -> Self {
        self.assignee = Match::Is(user.into());
        self
    }

    /// Only tasks that nobody works on.
    #[must_use]
    pub fn unassigned(mut self) -> Self {
        self.assignee = Match::Unset;
        self
    }

    /// Only direct children of this task.
    #[must_use]
    pub fn parent(mut self, parent: impl Into<TaskId>) -> Self {
        self.parent = Match::Is(parent.into());
        self
    }

    /// Only tasks without a parent.
    #[must_use]
    pub fn top_level(mut self) -> Self {
        self.parent = Match::Unset;
        self
    }
}

setters!(TaskQuery {
    optional project: ProjectId,
    optional key: String,
    list statuses: StatusCategory,
    list labels: String,
    optional text: String,
    time updated_since: DateTime<Utc>,
    plain sort: Sort,
    optional page_size: u32,
    plain with_total: bool,
});

listing!(TaskQuery, Task, |query| {
    Project: query.project.is_some(),
    Key: query.key.is_some(),
    Sprint: matches!(query.sprint, Match::Is(_)),
    NoSprint: query.sprint == Match::Unset,
    Assignee: matches!(query.assignee, Match::Is(_)),
    Unassigned: query.assignee == Match::Unset,
    Parent: matches!(query.parent, Match::Is(_)),
    TopLevel: query.parent == Match::Unset,
    Status: !query.statuses.is_empty(),
    Labels: !query.labels.is_empty(),
    Text: query.text.is_some(),
    UpdatedSince: query.updated_since.is_some(),
});
