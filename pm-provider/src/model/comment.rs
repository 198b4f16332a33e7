//! Comments.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::value::{CommentId, RawData, TaskId, UserId, Version, Visibility};

/// A comment on a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comment {
    /// The backend's immutable id.
    pub id: CommentId,
    /// The task that it is about.
    pub task_id: TaskId,
    /// Who wrote it, where the backend knows the user.
    #[serde(default)]
    pub author_id: Option<UserId>,
    /// The author's name as it is shown, also of people who have no account any more.
    #[serde(default)]
    pub author_name: Option<String>,
    /// The text, in Markdown.
    pub body: String,
    /// Who may see it.
    #[serde(default)]
    pub visibility: Visibility,
    /// When it was written, by the backend's clock.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
    /// When it last changed, by the backend's clock.
    #[serde(default)]
    pub updated_at: Option<DateTime<Utc>>,
    /// What `if_version` compares; `None` where the backend has no real lock.
    #[serde(default)]
    pub version: Option<Version>,
    /// The backend's own JSON, untouched.
    #[serde(default)]
    pub raw_data: RawData,
}

impl Comment {
    /// Makes a comment from what every comment has.
    #[must_use]
    pub fn new(id: impl Into<CommentId>, task_id: impl Into<TaskId>, body: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            task_id: task_id.into(),
            author_id: None,
            author_name: None,
            body: body.into(),
            visibility: Visibility::default(),
            created_at: None,
            updated_at: None,
            version: None,
            raw_data: RawData::none(),
        }
    }
}

setters!(Comment {
    optional author_id: UserId,
    optional author_name: String,
    plain visibility: Visibility,
    time created_at: DateTime<Utc>,
    time updated_at: DateTime<Utc>,
    optional version: Version,
    plain raw_data: RawData,
});
