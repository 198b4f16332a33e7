//! The provider: names its operations and delegates.

use std::sync::Arc;

use async_trait::async_trait;
use pm_http::Endpoint;
use pm_provider::{
    Attachments, Batch, Capabilities, Changes, Comments, Cursor, DeleteOptions, Error, Health, NewProject, NewSprint,
    NewTask, PMProject, PMSprint, PMTask, PMUser, Page, PmProvider, ProjectId, ProjectPatch, ProjectQuery,
    ProjectSchema, Relations, Result, SprintId, SprintPatch, SprintQuery, SyncSupport, TaskId, TaskPatch, TaskQuery,
    UserId, UserQuery, Webhooks,
};

use crate::api::Api;
use crate::dto::Root;
use crate::{NAME, OpenProjectConfig, endpoints};

/// An OpenProject server, by its API v3. Cheap to clone; clones share connections and what is remembered.
#[derive(Clone, Debug)]
pub struct OpenProjectProvider {
    pub(crate) api: Arc<Api>,
}

impl OpenProjectProvider {
    /// Makes a provider; sends nothing.
    ///
    /// # Errors
    /// `Configuration` when the address is none.
    pub fn new(config: OpenProjectConfig) -> Result<Self> {
        let api = Api::new(config).map_err(|error| error.in_provider(NAME))?;
        Ok(Self { api: Arc::new(api) })
    }

    /// Every request that this provider can send.
    #[must_use]
    pub fn endpoints() -> &'static [Endpoint] {
        endpoints::ALL
    }

    async fn health(&self) -> Result<Health> {
        let root: Root = self.api.get(&endpoints::ROOT, &[]).await.map_err(|error| self.no_api(error))?;
        let me = self.api.fetch_me().await?;
        let version = root.core_version.map(|version| format!(" {version}")).unwrap_or_default();
        let instance = root.instance_name.filter(|name| !name.is_empty() && name != "OpenProject");
        let instance = instance.map(|name| format!(" ({name})")).unwrap_or_default();
        Ok(Health::new(format!("OpenProject{version}{instance}")).user(me))
    }
}

impl OpenProjectProvider {
    /// Every OpenProject has the root of its API: what has not is none, or is somewhere else.
    fn no_api(&self, error: Error) -> Error {
        if error.http_status() != Some(404) {
            return error;
        }
        let message = format!("there is no API of OpenProject at `{}`", self.api.places.page("api", "v3"));
        let wrong = Error::configuration(message).with_http_status(404);
        wrong.hint("check the address: `OPENPROJECT_URL`, or the setting `base_url`")
    }
}

/// Names provider and operation in an error.
pub(crate) fn told<T>(operation: &str, answer: Result<T>) -> Result<T> {
    pm_http::told(NAME, operation, answer)
}

#[async_trait]
impl PmProvider for OpenProjectProvider {
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
        told("health_check", self.health().await)
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
}
