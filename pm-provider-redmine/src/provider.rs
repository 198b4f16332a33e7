//! The contract itself: each method is one call of the server's.

use std::sync::Arc;

use async_trait::async_trait;
use pm_http::Endpoint;
use pm_provider::{
    Attachments, Batch, Capabilities, Changes, Comments, Cursor, DeleteOptions, Health, NewProject, NewSprint, NewTask,
    PMProject, PMSprint, PMTask, PMUser, Page, PmProvider, ProjectId, ProjectPatch, ProjectQuery, ProjectSchema,
    Relations, Result, SprintId, SprintPatch, SprintQuery, SyncSupport, TaskId, TaskPatch, TaskQuery, UserId,
    UserQuery,
};

use crate::server::{Server, placed};
use crate::{NAME, RedmineConfig, endpoints};

/// One Redmine server, as one of its users. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RedmineProvider(Arc<Server>);

impl RedmineProvider {
    /// Makes a provider; sends no request.
    ///
    /// # Errors
    /// `Configuration` when the address or the transport's settings are wrong.
    pub fn new(config: RedmineConfig) -> Result<Self> {
        Ok(Self(Arc::new(Server::new(config)?)))
    }

    /// Every request that this provider can send.
    #[must_use]
    pub fn endpoints() -> &'static [Endpoint] {
        endpoints::ALL
    }

    pub(crate) fn server(&self) -> &Server {
        &self.0
    }

    fn itself(&self) -> Arc<Self> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl PmProvider for RedmineProvider {
    fn name(&self) -> &str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &self.0.capabilities
    }

    fn requests_sent(&self) -> Option<u64> {
        Some(self.0.http.requests_sent())
    }

    async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        placed("project_schema", self.0.project_schema(project)).await
    }

    async fn health_check(&self) -> Result<Health> {
        placed("health_check", self.0.health()).await
    }

    async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>> {
        placed("list_projects", self.0.projects_page(query, cursor.as_ref())).await
    }

    async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        placed("get_project", self.0.get_project(id)).await
    }

    async fn create_project(&self, new: NewProject) -> Result<PMProject> {
        placed("create_project", self.0.create_project(new)).await
    }

    async fn update_project(&self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject> {
        placed("update_project", self.0.update_project(id, patch)).await
    }

    async fn delete_project(&self, id: &ProjectId, options: DeleteOptions) -> Result<()> {
        placed("delete_project", self.0.delete_project(id, options)).await
    }

    async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>> {
        placed("list_tasks", self.0.tasks_page(query, cursor.as_ref())).await
    }

    async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        placed("get_task", self.0.get_task(id)).await
    }

    async fn create_task(&self, new: NewTask) -> Result<PMTask> {
        placed("create_task", self.0.create_task(new)).await
    }

    async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        placed("update_task", self.0.update_task(id, patch)).await
    }

    async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()> {
        placed("delete_task", self.0.delete_task(id, options)).await
    }

    async fn sprints_page(&self, query: &SprintQuery, cursor: Option<Cursor>) -> Result<Page<PMSprint>> {
        placed("list_sprints", self.0.sprints_page(query, cursor.as_ref())).await
    }

    async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        placed("get_sprint", self.0.get_sprint(id)).await
    }

    async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint> {
        placed("create_sprint", self.0.create_sprint(new)).await
    }

    async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint> {
        placed("update_sprint", self.0.update_sprint(id, patch)).await
    }

    async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()> {
        placed("delete_sprint", self.0.delete_sprint(id, options)).await
    }

    async fn users_page(&self, query: &UserQuery, cursor: Option<Cursor>) -> Result<Page<PMUser>> {
        placed("list_users", self.0.users_page(query, cursor.as_ref())).await
    }

    async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        placed("get_user", self.0.get_user(id)).await
    }

    fn comments(&self) -> Option<Arc<dyn Comments>> {
        Some(self.itself())
    }

    fn relations(&self) -> Option<Arc<dyn Relations>> {
        Some(self.itself())
    }

    fn batch(&self) -> Option<Arc<dyn Batch>> {
        Some(self.itself())
    }

    fn changes(&self) -> Option<Arc<dyn Changes>> {
        Some(self.itself())
    }

    fn attachments(&self) -> Option<Arc<dyn Attachments>> {
        Some(self.itself())
    }

    fn sync_support(&self) -> Option<Arc<dyn SyncSupport>> {
        Some(self.itself())
    }
}
