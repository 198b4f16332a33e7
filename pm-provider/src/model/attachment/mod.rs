//! Files that hang on tasks: what is known of them, and what is in them.

mod content;

pub use content::AttachmentContent;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::value::{AttachmentId, RawData, TaskId, UserId};

/// A file that hangs on a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attachment {
    /// The backend's immutable id.
    pub id: AttachmentId,
    /// The task that it hangs on.
    pub task_id: TaskId,
    /// The name of the file, as the backend shows it. Others chose it: it may hold anything, `../` included, so whoever
    /// writes a file of this name makes it safe first.
    pub name: String,
    /// How many bytes it has.
    #[serde(default)]
    pub size: Option<u64>,
    /// Its media type, as whoever attached it or the backend says: `image/png`.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Who attached it, where the backend knows the user.
    #[serde(default)]
    pub author_id: Option<UserId>,
    /// The name of that person as it is shown, also of people who have no account any more.
    #[serde(default)]
    pub author_name: Option<String>,
    /// When it was attached, by the backend's clock.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
    /// Where people open it, with whatever login the backend asks of them.
    #[serde(default)]
    pub url: Option<String>,
    /// The backend's own JSON, untouched.
    #[serde(default)]
    pub raw_data: RawData,
}

impl Attachment {
    /// Makes an attachment from what every attachment has.
    #[must_use]
    pub fn new(id: impl Into<AttachmentId>, task_id: impl Into<TaskId>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            task_id: task_id.into(),
            name: name.into(),
            size: None,
            content_type: None,
            author_id: None,
            author_name: None,
            created_at: None,
            url: None,
            raw_data: RawData::none(),
        }
    }
}

setters!(Attachment {
    optional size: u64,
    optional content_type: String,
    optional author_id: UserId,
    optional author_name: String,
    time created_at: DateTime<Utc>,
    optional url: String,
    plain raw_data: RawData,
});
