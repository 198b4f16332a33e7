//! Asking for attachments.

use serde::{Deserialize, Serialize};

use super::SortField;
use crate::capability::Filter;
use crate::check::{Listing, check_listing, sealed::Sealed};
use crate::error::Result;
use crate::model::Entity;
use crate::setters::setters;
use crate::value::TaskId;

/// Which attachments: those of one task, oldest first.
///
/// ```
/// use pm_provider::AttachmentQuery;
/// let query: AttachmentQuery = serde_json::from_str(r#"{ "task": "7" }"#)?;
/// assert_eq!(query, AttachmentQuery::of_task("7"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AttachmentQuery {
    /// The task that they hang on.
    pub task: TaskId,
    /// How many to a page, at most; the backend's largest if unset or more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
}

impl AttachmentQuery {
    /// Asks for the attachments of a task.
    #[must_use]
    pub fn of_task(task: impl Into<TaskId>) -> Self {
        Self { task: task.into(), page_size: None }
    }
}

setters!(AttachmentQuery { optional page_size: u32 });

impl Sealed for AttachmentQuery {}

/// By hand, because attachments come in one order.
impl Listing for AttachmentQuery {
    const ENTITY: Entity = Entity::Attachment;

    fn filters(&self) -> Vec<Filter> {
        Vec::new()
    }

    fn has_default_sort(&self) -> bool {
        true
    }

    fn sort_field(&self) -> SortField {
        SortField::CreatedAt
    }

    fn check_values(&self) -> Result<()> {
        check_listing(self, self.page_size)
    }
}
