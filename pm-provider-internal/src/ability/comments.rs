//! Comments on tasks.

use async_trait::async_trait;
use pm_provider::{
    Comment, CommentId, CommentPatch, CommentQuery, Comments, Cursor, DeleteOptions, Entity, NewComment, Page,
    PmProvider, Result, TaskId,
};

use crate::InternalProvider;
use crate::comment::{query, write as writing};
use crate::provider::{told, write};

#[async_trait]
impl Comments for InternalProvider {
    async fn comments_page(&self, comments: &CommentQuery, cursor: Option<Cursor>) -> Result<Page<Comment>> {
        self.capabilities().check_query(comments)?;
        told("list_comments", query::page(self.store().connection(), comments, cursor.as_ref()).await)
    }

    async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        told("get_comment", query::get(self.store().connection(), task, id).await)
    }

    async fn create_comment(&self, new: NewComment) -> Result<Comment> {
        self.capabilities().check_create(&new)?;
        let new = &new;
        write!(self, "create_comment", |transaction| writing::create(&mut transaction, self.user(), new))
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<Comment> {
        self.capabilities().check_update(&patch)?;
        let patch = &patch;
        write!(self, "update_comment", |transaction| writing::update(&mut transaction, task, id, patch))
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: DeleteOptions) -> Result<()> {
        self.capabilities().check_delete(Entity::Comment, &options)?;
        let options = &options;
        write!(self, "delete_comment", |transaction| writing::delete(&mut transaction, task, id, options))
    }
}
