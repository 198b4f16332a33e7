//! A provider with a memory in front of it.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{
    Attachments, Batch, Capabilities, Changes, Comments, Cursor, DeleteOptions, Health, NewProject, NewSprint, NewTask,
    PMProject, PMSprint, PMTask, PMUser, Page, PmProvider, ProjectId, ProjectPatch, ProjectQuery, ProjectSchema,
    PullRequests, Relations, Result, SprintId, SprintPatch, SprintQuery, SyncSupport, TaskId, TaskPatch, TaskQuery,
    UserAdmin, UserId, UserQuery, WebhookAdmin, Webhooks,
};

use super::abilities::{CachedComments, CachedRelations};
use super::forget::Generations;
use super::shelf::{Shelf, key};
use super::{CacheKind, CacheLayer};

/// The pages and the single items of one kind.
#[derive(Debug)]
pub(super) struct Shelves<T> {
    pages: Shelf<Page<T>>,
    items: Shelf<T>,
}

impl<T: super::shelf::Room + Clone + Send + Sync + 'static> Shelves<T> {
    fn new(kind: CacheKind, layer: &CacheLayer, generations: &Arc<Generations>) -> Self {
        Self { pages: Shelf::new(kind, layer, generations), items: Shelf::new(kind, layer, generations) }
    }
}

/// A provider, and what it said lately.
#[derive(Debug)]
pub(super) struct Cached {
    inner: Arc<dyn PmProvider>,
    projects: Shelves<PMProject>,
    tasks: Shelves<PMTask>,
    sprints: Shelves<PMSprint>,
    users: Shelves<PMUser>,
    schemas: Shelf<Arc<ProjectSchema>>,
    comments: Option<Arc<CachedComments>>,
    relations: Option<Arc<CachedRelations>>,
}

impl Cached {
    pub(super) fn new(inner: Arc<dyn PmProvider>, layer: &CacheLayer, generations: &Arc<Generations>) -> Self {
        Self {
            projects: Shelves::new(CacheKind::Project, layer, generations),
            tasks: Shelves::new(CacheKind::Task, layer, generations),
            sprints: Shelves::new(CacheKind::Sprint, layer, generations),
            users: Shelves::new(CacheKind::User, layer, generations),
            schemas: Shelf::new(CacheKind::Schema, layer, generations),
            comments: inner.comments().map(|comments| Arc::new(CachedComments::new(comments, layer, generations))),
            relations: inner.relations().map(|relations| Arc::new(CachedRelations::new(relations, layer, generations))),
            inner,
        }
    }
}

/// Asks for a page; cursors are part of the question.
macro_rules! page {
    ($shelf:expr, $query:expr, $cursor:expr, $ask:expr) => {{
        match key($query, $cursor.as_ref()) {
            Some(asked) => $shelf.answer(asked, $ask).await,
            None => $ask.await,
        }
    }};
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl PmProvider for Cached {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn requests_sent(&self) -> Option<u64> {
        self.inner.requests_sent()
    }

    async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        self.schemas.answer(project.to_string(), self.inner.project_schema(project)).await
    }

    async fn health_check(&self) -> Result<Health> {
        self.inner.health_check().await
    }

    async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>> {
        page!(self.projects.pages, query, cursor, self.inner.projects_page(query, cursor))
    }

    async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        self.projects.items.answer(id.to_string(), self.inner.get_project(id)).await
    }

    async fn create_project(&self, new: NewProject) -> Result<PMProject> {
        self.inner.create_project(new).await
    }

    async fn update_project(&self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject> {
        self.inner.update_project(id, patch).await
    }

    async fn delete_project(&self, id: &ProjectId, options: DeleteOptions) -> Result<()> {
        self.inner.delete_project(id, options).await
    }

    async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>> {
        page!(self.tasks.pages, query, cursor, self.inner.tasks_page(query, cursor))
    }

    async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        self.tasks.items.answer(id.to_string(), self.inner.get_task(id)).await
    }

    async fn create_task(&self, new: NewTask) -> Result<PMTask> {
        self.inner.create_task(new).await
    }

    async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        self.inner.update_task(id, patch).await
    }

    async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()> {
        self.inner.delete_task(id, options).await
    }

    async fn sprints_page(&self, query: &SprintQuery, cursor: Option<Cursor>) -> Result<Page<PMSprint>> {
        page!(self.sprints.pages, query, cursor, self.inner.sprints_page(query, cursor))
    }

    async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        self.sprints.items.answer(id.to_string(), self.inner.get_sprint(id)).await
    }

    async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint> {
        self.inner.create_sprint(new).await
    }

    async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint> {
        self.inner.update_sprint(id, patch).await
    }

    async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()> {
        self.inner.delete_sprint(id, options).await
    }

    async fn users_page(&self, query: &UserQuery, cursor: Option<Cursor>) -> Result<Page<PMUser>> {
        page!(self.users.pages, query, cursor, self.inner.users_page(query, cursor))
    }

    async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        self.users.items.answer(id.to_string(), self.inner.get_user(id)).await
    }

    fn comments(&self) -> Option<Arc<dyn Comments>> {
        Some(Arc::clone(self.comments.as_ref()?) as Arc<dyn Comments>)
    }

    fn relations(&self) -> Option<Arc<dyn Relations>> {
        Some(Arc::clone(self.relations.as_ref()?) as Arc<dyn Relations>)
    }

    fn batch(&self) -> Option<Arc<dyn Batch>> {
        self.inner.batch()
    }

    fn changes(&self) -> Option<Arc<dyn Changes>> {
        self.inner.changes()
    }

    fn sync_support(&self) -> Option<Arc<dyn SyncSupport>> {
        self.inner.sync_support()
    }

    fn pull_requests(&self) -> Option<Arc<dyn PullRequests>> {
        self.inner.pull_requests()
    }

    fn attachments(&self) -> Option<Arc<dyn Attachments>> {
        self.inner.attachments()
    }

    fn webhooks(&self) -> Option<Arc<dyn Webhooks>> {
        self.inner.webhooks()
    }

    fn webhook_admin(&self) -> Option<Arc<dyn WebhookAdmin>> {
        self.inner.webhook_admin()
    }

    fn user_admin(&self) -> Option<Arc<dyn UserAdmin>> {
        self.inner.user_admin()
    }
}
