//! Writing and changing comments.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::copy::{Copied, copy_key};
use super::patch::FieldPatch;
use crate::capability::Field;
use crate::check::{fields_of, is_default, touches_of};
use crate::model::{Comment, Entity};
use crate::setters::setters;
use crate::value::{RawData, TaskId, UserId, Version, Visibility};

/// A comment to be written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewComment {
    /// The task that it is about.
    pub task_id: TaskId,
    /// The text, in Markdown.
    pub body: String,
    /// Who may see it; the backend's own default if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// Who wrote it, where the backend lets one say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_id: Option<UserId>,
    /// The author's name, for people who have no account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_name: Option<String>,
    /// When it was written, where the backend lets one say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
    /// The JSON of where it came from, where the backend keeps such a thing.
    #[serde(default, skip_serializing_if = "RawData::is_none")]
    pub raw_data: RawData,
    /// The same key gives the first comment again instead of a second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// Says that the idempotency key was never sent before; without a key it means nothing.
    ///
    /// Backends that look for the key before they create leave that out. A create whose answer is lost is still looked for by
    /// the key. With a key that was sent before it can make a second item.
    #[serde(default, skip_serializing_if = "is_default")]
    pub new_key: bool,
}

impl NewComment {
    /// Makes a comment with nothing but a text.
    #[must_use]
    pub fn new(task_id: impl Into<TaskId>, body: impl Into<String>) -> Self {
        Self {
            task_id: task_id.into(),
            body: body.into(),
            visibility: None,
            author_id: None,
            author_name: None,
            created_at: None,
            raw_data: RawData::none(),
            idempotency_key: None,
            new_key: false,
        }
    }

    /// Copies a comment to a task of another system; the author's name comes along, the id does not.
    #[must_use]
    pub fn copy_of(comment: &Comment, target_task: &TaskId) -> Copied<Self> {
        let mut copy = Self::new(target_task, comment.body.clone());
        copy.visibility = (comment.visibility != Visibility::default()).then_some(comment.visibility);
        copy.author_name.clone_from(&comment.author_name);
        copy.created_at = comment.created_at;
        copy.raw_data.clone_from(&comment.raw_data);
        copy.idempotency_key =
            copy_key(Entity::Comment, comment.id.as_str(), comment.created_at, None, target_task.as_str());
        let reason = "ids of people mean somebody else in another system";
        Copied::new(copy).drop_if(comment.author_id.is_some(), Field::AuthorId, reason)
    }
}

setters!(NewComment {
    optional visibility: Visibility,
    optional author_id: UserId,
    optional author_name: String,
    time created_at: DateTime<Utc>,
    plain raw_data: RawData,
    optional idempotency_key: String,
    plain new_key: bool,
});

fields_of!(NewComment, Comment, {
    required TaskId task_id, required Body body, Visibility visibility, AuthorId author_id,
    AuthorName author_name, CreatedAt created_at, RawData raw_data,
});

/// A change of a comment: only what is named is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CommentPatch {
    /// The text, in Markdown.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub body: FieldPatch<String>,
    /// Who may see it.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub visibility: FieldPatch<Visibility>,
    /// The JSON of where it came from.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub raw_data: FieldPatch<RawData>,
    /// Change it only if it still has this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_version: Option<Version>,
    /// Whether the new text may drop what the stored one has and Markdown cannot say: panels, mentions, media.
    ///
    /// Backends that store richer text refuse such a change as `InvalidInput` and list what would be lost, unless this
    /// is set. To all others it means nothing.
    #[serde(skip_serializing_if = "is_default")]
    pub discard_formatting: bool,
}

impl CommentPatch {
    /// Changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(CommentPatch {
    patch body: String,
    patch visibility: Visibility,
    patch raw_data: RawData,
    optional if_version: Version,
    plain discard_formatting: bool,
});

touches_of!(CommentPatch, Comment, { Body body, Visibility visibility, RawData raw_data });
