//! The provider: names its operations and delegates.

use std::sync::Arc;

use async_trait::async_trait;
use pm_http::Endpoint;
use pm_provider::{
    Attachments, Batch, Capabilities, Changes, Comments, Cursor, DeleteOptions, Health, NewProject, NewSprint, NewTask,
    PMProject, PMSprint, PMTask, PMUser, Page, PmProvider, ProjectId, ProjectPatch, ProjectQuery, ProjectSchema,
    Relations, Result, SprintId, SprintPatch, SprintQuery, SyncSupport, TaskId, TaskPatch, TaskQuery, UserId,
    UserQuery, WebhookAdmin, Webhooks,
};

use crate::api::Api;
use crate::{JiraConfig, NAME, endpoints};

/// A Jira site or server. Cheap to clone; clones share connections and what is remembered.
#[derive(Clone, Debug)]
pub struct JiraProvider {
    pub(crate) api: Arc<Api>,
}

impl JiraProvider {
    /// Makes a provider; sends nothing.
    ///
    /// # Errors
    /// `Configuration` when the address is none.
    pub fn new(config: JiraConfig) -> Result<Self> {
        let api = Api::new(config).map_err(|error| error.in_provider(NAME))?;
        Ok(Self { api: Arc::new(api) })
    }

    /// Every request that this provider can send.
    #[must_use]
    pub fn endpoints() -> &'static [Endpoint] {
        endpoints::ALL
    }
}

/// Names provider and operation in an error.
pub(crate) fn told<T>(operation: &str, answer: Result<T>) -> Result<T> {
    pm_http::told(NAME, operation, answer)
}

#[async_trait]
impl PmProvider for JiraProvider {
    fn name(&self) -> &str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &self.api.capabilities
    }

    fn requests_sent(&self) -> Option<u64> {
        Some(self.api.http.requests_sent())
    }

    async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        told("project_schema", self.api.project_schema(project).await)
    }

    async fn health_check(&self) -> Result<Health> {
        told("health_check", self.api.health().await)
    }

    async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>> {
        told("list_projects", self.api.projects_page(query, cursor.as_ref()).await)
    }

    async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        told("get_project", self.api.get_project(id).await)
    }

    async fn create_project(&self, new: NewProject) -> Result<PMProject> {
        told("create_project", self.api.create_project(&new).await)
    }

    async fn update_project(&self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject> {
        told("update_project", self.api.update_project(id, &patch).await)
    }

    async fn delete_project(&self, id: &ProjectId, options: DeleteOptions) -> Result<()> {
        told("delete_project", self.api.delete_project(id, &options).await)
    }

    async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>> {
        told("list_tasks", self.api.tasks_page(query, cursor.as_ref()).await)
    }

    async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        told("get_task", self.api.get_task(id).await)
    }

    async fn create_task(&self, new: NewTask) -> Result<PMTask> {
        told("create_task", self.api.create_task(&new).await)
    }

    async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        told("update_task", self.api.update_task(id, &patch).await)
    }

    async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()> {
        told("delete_task", self.api.delete_task(id, &options).await)
    }

    async fn sprints_page(&self, query: &SprintQuery, cursor: Option<Cursor>) -> Result<Page<PMSprint>> {
        told("list_sprints", self.api.sprints_page(query, cursor.as_ref()).await)
    }

    async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        told("get_sprint", self.api.get_sprint(id).await)
    }

    async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint> {
        told("create_sprint", self.api.create_sprint(&new).await)
    }

    async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint> {
        told("update_sprint", self.api.update_sprint(id, &patch).await)
    }

    async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()> {
        told("delete_sprint", self.api.delete_sprint(id, &options).await)
    }

    async fn users_page(&self, query: &UserQuery, cursor: Option<Cursor>) -> Result<Page<PMUser>> {
        told("list_users", self.api.users_page(query, cursor.as_ref()).await)
    }

    async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        told("get_user", self.api.get_user(id).await)
    }

    fn comments(&self) -> Option<Arc<dyn Comments>> {
        Some(Arc::new(self.clone()))
    }

    fn relations(&self) -> Option<Arc<dyn Relations>> {
        Some(Arc::new(self.clone()))
    }

    fn batch(&self) -> Option<Arc<dyn Batch>> {
        Some(Arc::new(self.clone()))
    }

    fn changes(&self) -> Option<Arc<dyn Changes>> {
        Some(Arc::new(self.clone()))
    }

    fn sync_support(&self) -> Option<Arc<dyn SyncSupport>> {
        Some(Arc::new(self.clone()))
    }

    fn attachments(&self) -> Option<Arc<dyn Attachments>> {
        Some(Arc::new(self.clone()))
    }

    fn webhooks(&self) -> Option<Arc<dyn Webhooks>> {
        Some(Arc::new(self.clone()))
    }

    fn webhook_admin(&self) -> Option<Arc<dyn WebhookAdmin>> {
        Some(Arc::new(self.clone()))
    }
}
