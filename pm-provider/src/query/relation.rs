//! Asking for relations.

use serde::{Deserialize, Serialize};

use super::SortField;
use crate::capability::Filter;
use crate::check::{Listing, check_listing, check_scope, sealed::Sealed};
use crate::error::Result;
use crate::model::Entity;
use crate::setters::setters;
use crate::value::{ProjectId, TaskId};

/// Which relations: those of one task in both directions, or those of a project; oldest first.
///
/// In a project each relation is listed once: one between tasks of two projects in the project of its `from`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RelationQuery {
    /// Only relations from or to this task. Task or project must be named; relations of both are meant where both are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Only relations from a task of this project, not of projects below it. Backends that would have to ask task by task
    /// do not have this filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// How many to a page, at most; the backend's largest if unset or more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
}

impl RelationQuery {
    /// Asks for the relations of a task.
    #[must_use]
    pub fn of_task(task: impl Into<TaskId>) -> Self {
        Self { task: Some(task.into()), project: None, page_size: None }
    }

    /// Asks for the relations from all tasks of a project.
    #[must_use]
    pub fn in_project(project: impl Into<ProjectId>) -> Self {
        Self { task: None, project: Some(project.into()), page_size: None }
    }
}

setters!(RelationQuery { optional page_size: u32 });

impl Sealed for RelationQuery {}

/// By hand, because relations come in one order.
impl Listing for RelationQuery {
    const ENTITY: Entity = Entity::Relation;

    fn filters(&self) -> Vec<Filter> {
        self.project.iter().map(|_| Filter::Project).collect()
    }

    fn has_default_sort(&self) -> bool {
        true
    }

    fn sort_field(&self) -> SortField {
        SortField::CreatedAt
    }

    fn check_values(&self) -> Result<()> {
        check_scope(Self::ENTITY, self.task.is_some() || self.project.is_some())?;
        check_listing(self, self.page_size)
    }
}
