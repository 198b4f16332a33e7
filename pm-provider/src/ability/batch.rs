//! Many writes at once.

use std::fmt::Debug;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Item, ItemRef};
use crate::capability::Operation;
use crate::error::{Effect, Error, ErrorKind, Result};
use crate::model::Entity;
use crate::setters::setters;
use crate::value::{CommentId, ProjectId, SprintId, TaskId};
use crate::write::{
    CommentPatch, DeleteOptions, NewComment, NewProject, NewSprint, NewTask, ProjectPatch, SprintPatch, TaskPatch,
};

/// Writes many items with as few requests as the backend allows.
#[async_trait]
pub trait Batch: Debug + Send + Sync + 'static {
    /// Applies operations in order, each seeing what those before it did, and returns one result for each in the same
    /// order.
    ///
    /// Items succeed and fail alone. With `atomic` the whole batch fails with the error of the first item that
    /// does, and nothing is left behind; where that is not supported it is `Unsupported`, as is a batch that is
    /// larger than the capabilities say.
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>>;
}

/// How a batch is applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct BatchOptions {
    /// All or nothing.
    pub atomic: bool,
    /// Until when, by the clock of this machine, operations are begun. Later ones are not: each is answered with an error
    /// that says that nothing was executed. For callers who hold a lease, and may have been suspended meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begin_by: Option<DateTime<Utc>>,
}

impl BatchOptions {
    /// Lets every item succeed or fail alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says whether operations may still be begun.
    ///
    /// # Errors
    /// `Timeout`, with the effect `NotExecuted`, after `begin_by`.
    pub fn check_time(&self, now: DateTime<Utc>) -> Result<()> {
        match self.begin_by {
            Some(until) if now > until => {
                let message = format!("it was not sent: it was to be begun by {until}, and now it is {now}");
                Err(Error::new(ErrorKind::Timeout, message).with_effect(Effect::NotExecuted))
            }
            _ => Ok(()),
        }
    }
}

setters!(BatchOptions { plain atomic: bool, optional begin_by: DateTime<Utc> });

/// One write of a batch.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BatchOperation {
    /// Creates a project.
    CreateProject(Box<NewProject>),
    /// Changes a project.
    UpdateProject(ProjectId, Box<ProjectPatch>),
    /// Creates a task.
    CreateTask(Box<NewTask>),
    /// Changes a task.
    UpdateTask(TaskId, Box<TaskPatch>),
    /// Creates a sprint.
    CreateSprint(Box<NewSprint>),
    /// Changes a sprint.
    UpdateSprint(SprintId, Box<SprintPatch>),
    /// Writes a comment.
    CreateComment(Box<NewComment>),
    /// Changes a comment.
    UpdateComment(TaskId, CommentId, Box<CommentPatch>),
    /// Deletes an item.
    Delete(ItemRef, DeleteOptions),
}

impl BatchOperation {
    /// The kind of item that it writes.
    #[must_use]
    pub fn entity(&self) -> Entity {
        match self {
            Self::CreateProject(_) | Self::UpdateProject(..) => Entity::Project,
            Self::CreateTask(_) | Self::UpdateTask(..) => Entity::Task,
            Self::CreateSprint(_) | Self::UpdateSprint(..) => Entity::Sprint,
            Self::CreateComment(_) | Self::UpdateComment(..) => Entity::Comment,
            Self::Delete(item, _) => item.entity(),
        }
    }

    /// What it does to the item.
    #[must_use]
    pub fn operation(&self) -> Operation {
        match self {
            Self::CreateProject(_) | Self::CreateTask(_) | Self::CreateSprint(_) | Self::CreateComment(_) => {
                Operation::Create
            }
            Self::UpdateProject(..) | Self::UpdateTask(..) | Self::UpdateSprint(..) | Self::UpdateComment(..) => {
                Operation::Update
            }
            Self::Delete(..) => Operation::Delete,
        }
    }
}

macro_rules! from {
    ($($new:ident => $variant:ident),*) => { $(
        impl From<$new> for BatchOperation {
            fn from(new: $new) -> Self {
                Self::$variant(Box::new(new))
            }
        }
    )* };
}
from!(NewProject => CreateProject, NewTask => CreateTask, NewSprint => CreateSprint, NewComment => CreateComment);

/// What came of one write of a batch.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BatchOutcome {
    /// The item as it is stored.
    Written(Item),
    /// It is gone.
    Deleted(ItemRef),
}
