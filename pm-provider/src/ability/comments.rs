//! Comments on tasks.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::Result;
use crate::model::Comment;
use crate::query::{CommentQuery, Cursor, Page};
use crate::value::{CommentId, TaskId};
use crate::write::{CommentPatch, DeleteOptions, NewComment};

/// Reads and writes comments. Which of it a backend can do is in its capabilities, under `comment`.
#[async_trait]
pub trait Comments: Debug + Send + Sync + 'static {
    /// Lists one page of the comments of a task or of a project, oldest first; a task or project that is not there is
    /// `NotFound`.
    ///
    /// Those of a project are for backends that declare [`Filter::Project`](crate::Filter::Project) of
    /// [`Entity::Comment`](crate::Entity::Comment), because they list them without going task by task.
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<Cursor>) -> Result<Page<Comment>>;

    /// Gets one comment of a task.
    async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment>;

    /// Writes a comment and returns it as it is stored.
    async fn create_comment(&self, new: NewComment) -> Result<Comment>;

    /// Changes a comment and returns it as it is stored.
    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<Comment>;

    /// Deletes a comment.
    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: DeleteOptions) -> Result<()>;
}
