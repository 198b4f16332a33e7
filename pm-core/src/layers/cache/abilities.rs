//! Comments and relations with a memory in front of them.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{
    Comment, CommentId, CommentPatch, CommentQuery, Comments, Cursor, DeleteOptions, NewComment, NewRelation, Page,
    Relation, RelationId, RelationQuery, Relations, Result, TaskId,
};

use super::forget::Generations;
use super::shelf::{Shelf, key};
use super::{CacheKind, CacheLayer};

/// Comments, and what was read of them lately.
#[derive(Debug)]
pub(super) struct CachedComments {
    inner: Arc<dyn Comments>,
    pages: Shelf<Page<Comment>>,
    items: Shelf<Comment>,
}

impl CachedComments {
    pub(super) fn new(inner: Arc<dyn Comments>, layer: &CacheLayer, generations: &Arc<Generations>) -> Self {
        let kind = CacheKind::Comment;
        Self { inner, pages: Shelf::new(kind, layer, generations), items: Shelf::new(kind, layer, generations) }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Comments for CachedComments {
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<Cursor>) -> Result<Page<Comment>> {
        match key(query, cursor.as_ref()) {
            Some(asked) => self.pages.answer(asked, self.inner.comments_page(query, cursor)).await,
            None => self.inner.comments_page(query, cursor).await,
        }
    }

    async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        // Ids may hold any sign but this one.
        self.items.answer(format!("{task}\0{id}"), self.inner.get_comment(task, id)).await
    }

    async fn create_comment(&self, new: NewComment) -> Result<Comment> {
        self.inner.create_comment(new).await
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<Comment> {
        self.inner.update_comment(task, id, patch).await
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: DeleteOptions) -> Result<()> {
        self.inner.delete_comment(task, id, options).await
    }
}

/// Relations, and what was read of them lately.
#[derive(Debug)]
pub(super) struct CachedRelations {
    inner: Arc<dyn Relations>,
    pages: Shelf<Page<Relation>>,
}

impl CachedRelations {
    pub(super) fn new(inner: Arc<dyn Relations>, layer: &CacheLayer, generations: &Arc<Generations>) -> Self {
        Self { inner, pages: Shelf::new(CacheKind::Relation, layer, generations) }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Relations for CachedRelations {
    async fn relations_page(&self, query: &RelationQuery, cursor: Option<Cursor>) -> Result<Page<Relation>> {
        match key(query, cursor.as_ref()) {
            Some(asked) => self.pages.answer(asked, self.inner.relations_page(query, cursor)).await,
            None => self.inner.relations_page(query, cursor).await,
        }
    }

    async fn create_relation(&self, new: NewRelation) -> Result<Relation> {
        self.inner.create_relation(new).await
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        self.inner.delete_relation(task, id).await
    }
}
