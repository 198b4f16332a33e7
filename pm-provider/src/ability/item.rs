//! Items of any kind.

use serde::{Deserialize, Serialize};

use crate::model::{Comment, Entity, PMProject, PMSprint, PMTask, PMUser};
use crate::value::{CommentId, ProjectId, SprintId, TaskId, UserId};

/// An item of any kind that has an id of its own.
///
/// Externally tagged in JSON (`{"task": {…}}`): raw data does not survive any other tagging.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Item {
    /// A project.
    Project(Box<PMProject>),
    /// A task.
    Task(Box<PMTask>),
    /// A sprint.
    Sprint(Box<PMSprint>),
    /// A comment.
    Comment(Box<Comment>),
    /// A user.
    User(Box<PMUser>),
}

impl Item {
    /// Names the item.
    #[must_use]
    pub fn reference(&self) -> ItemRef {
        match self {
            Self::Project(project) => ItemRef::Project(project.id.clone()),
            Self::Task(task) => ItemRef::Task(task.id.clone()),
            Self::Sprint(sprint) => ItemRef::Sprint(sprint.id.clone()),
            Self::Comment(comment) => ItemRef::Comment(comment.task_id.clone(), comment.id.clone()),
            Self::User(user) => ItemRef::User(user.id.clone()),
        }
    }
}

macro_rules! from {
    ($($model:ident => $variant:ident),*) => { $(
        impl From<$model> for Item {
            fn from(model: $model) -> Self {
                Self::$variant(Box::new(model))
            }
        }
    )* };
}
from!(PMProject => Project, PMTask => Task, PMSprint => Sprint, Comment => Comment, PMUser => User);

/// The name of an item of any kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ItemRef {
    /// A project.
    Project(ProjectId),
    /// A task.
    Task(TaskId),
    /// A sprint.
    Sprint(SprintId),
    /// A comment of a task: some backends find it by both ids only.
    Comment(TaskId, CommentId),
    /// A user.
    User(UserId),
}

impl ItemRef {
    /// The kind of item.
    #[must_use]
    pub fn entity(&self) -> Entity {
        match self {
            Self::Project(_) => Entity::Project,
            Self::Task(_) => Entity::Task,
            Self::Sprint(_) => Entity::Sprint,
            Self::Comment(..) => Entity::Comment,
            Self::User(_) => Entity::User,
        }
    }

    /// The item's own id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Project(id) => id.as_str(),
            Self::Task(id) => id.as_str(),
            Self::Sprint(id) => id.as_str(),
            Self::Comment(_, id) => id.as_str(),
            Self::User(id) => id.as_str(),
        }
    }
}
