//! What is stored of each kind of item, beyond its model.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use pm_provider::{Attachment, Comment, PMProject, PMSprint, PMTask, PMUser, PullRequest, Relation};

use super::listing::Listed;

/// A project and the largest numbers that its tasks and sprints ever had.
#[derive(Clone, Debug)]
pub(super) struct ProjectRow {
    pub(super) project: PMProject,
    pub(super) last_task: u64,
    pub(super) last_sprint: u64,
}

/// A task; its key is made when it is shown, because it changes with the project's.
#[derive(Clone, Debug)]
pub(super) struct TaskRow {
    pub(super) task: PMTask,
    pub(super) number: u64,
}

/// A sprint; its key is made when it is shown, because it changes with the project's.
#[derive(Clone, Debug)]
pub(super) struct SprintRow {
    pub(super) sprint: PMSprint,
    pub(super) number: u64,
}

/// A user and the times that a listing sorts by.
#[derive(Clone, Debug)]
pub(super) struct UserRow {
    pub(super) user: PMUser,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// A file, with what is in it.
#[derive(Clone, Debug)]
pub(super) struct AttachmentRow {
    pub(super) attachment: Attachment,
    pub(super) content: Arc<[u8]>,
}

/// Sorts a row by its model's times, which are always set here.
macro_rules! listed {
    ($($row:ty => $($model:ident)?),*) => { $(
        impl Listed for $row {
            fn id(&self) -> &str {
                self.$($model.)?id.as_str()
            }

            fn created_at(&self) -> DateTime<Utc> {
                self.$($model.)?created_at.unwrap_or_default()
            }

            fn updated_at(&self) -> DateTime<Utc> {
                self.$($model.)?updated_at.unwrap_or_default()
            }
        }
    )* };
}
listed!(ProjectRow => project, TaskRow => task, SprintRow => sprint, Comment =>, PullRequest =>);

/// A file never changes.
impl Listed for AttachmentRow {
    fn id(&self) -> &str {
        self.attachment.id.as_str()
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.attachment.created_at.unwrap_or_default()
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.created_at()
    }
}

/// Relations have no times; their ids are counted, so the order of ids is that of their making.
impl Listed for Relation {
    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn created_at(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn updated_at(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
}

impl Listed for UserRow {
    fn id(&self) -> &str {
        self.user.id.as_str()
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}
