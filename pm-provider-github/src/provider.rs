//! The provider: names its operations and delegates, by the kind of project where there are two.

use std::sync::Arc;

use async_trait::async_trait;
use pm_http::Endpoint;
use pm_provider::{
    Batch, Capabilities, Changes, Comments, Cursor, DeleteOptions, Health, NewProject, NewSprint, NewTask, PMProject,
    PMSprint, PMTask, PMUser, Page, PmProvider, ProjectId, ProjectPatch, ProjectQuery, ProjectSchema, PullRequests,
    Relations, Result, SprintId, SprintPatch, SprintQuery, SyncSupport, TaskId, TaskPatch, TaskQuery, UserId,
    UserQuery, WebhookAdmin, Webhooks,
};

use crate::api::Api;
use crate::ids::{self, ProjectKind};
use crate::{GitHubConfig, NAME, endpoints, graphql};

/// A GitHub. Cheap to clone; clones share connections and what is remembered.
#[derive(Clone, Debug)]
pub struct GitHubProvider {
    pub(crate) api: Arc<Api>,
}

impl GitHubProvider {
    /// Makes a provider; sends nothing.
    ///
    /// # Errors
    /// `Configuration` when the address is none.
    pub fn new(config: GitHubConfig) -> Result<Self> {
        let api = Api::new(config).map_err(|error| error.in_provider(NAME))?;
        Ok(Self { api: Arc::new(api) })
    }

    /// Every request that this provider can send.
    #[must_use]
    pub fn endpoints() -> &'static [Endpoint] {
        endpoints::ALL
    }

    /// Every GraphQL document that this provider can send, by name: to check them against the schema.
    #[must_use]
    pub fn documents() -> Vec<(String, String)> {
        graphql::all()
    }

    /// For abilities that are about repositories; there are none where the settings want Projects v2 alone.
    fn of_repositories(&self) -> Option<Arc<Self>> {
        self.api.config.projects.has_repositories().then(|| Arc::new(self.clone()))
    }

    /// The kind of project that a listing without a project, and a new project, are about.
    fn default_kind(&self) -> ProjectKind {
        if self.api.config.projects.has_repositories() { ProjectKind::Repository } else { ProjectKind::V2 }
    }

    /// The kind of the project that a query names, else the one that the settings say.
    fn kind_of(&self, project: Option<&ProjectId>) -> ProjectKind {
        project.map_or_else(|| self.default_kind(), |project| ids::kind(project.as_str()))
    }
}

/// Names provider and operation in an error.
pub(crate) fn told<T>(operation: &str, answer: Result<T>) -> Result<T> {
    pm_http::told(NAME, operation, answer)
}

#[async_trait]
impl PmProvider for GitHubProvider {
    fn name(&self) -> &str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &self.api.capabilities
    }

    /// Without those that exchange the key of a GitHub App for a token, about one an hour.
    fn requests_sent(&self) -> Option<u64> {
        Some(self.api.http.requests_sent())
    }

    async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        let answer = match ids::kind(project.as_str()) {
            ProjectKind::Repository => self.api.project_schema(project).await,
            ProjectKind::V2 => self.api.v2_project_schema(project).await,
        };
        told("project_schema", answer)
    }

    async fn health_check(&self) -> Result<Health> {
        told("health_check", self.api.health().await)
    }

    async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>> {
        // Both kinds are listed by the second one, which begins with the first.
        let answer = if self.api.config.projects.has_v2() {
            self.api.v2_projects_page(query, cursor.as_ref()).await
        } else {
            self.api.projects_page(query, cursor.as_ref()).await
        };
        told("list_projects", answer)
    }

    async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        let answer = match ids::kind(id.as_str()) {
            ProjectKind::Repository => self.api.get_project(id).await,
            ProjectKind::V2 => self.api.v2_get_project(id).await,
        };
        told("get_project", answer)
    }

    async fn create_project(&self, new: NewProject) -> Result<PMProject> {
        let answer = match self.default_kind() {
            ProjectKind::Repository => self.api.create_project(&new).await,
            ProjectKind::V2 => self.api.v2_create_project(&new).await,
        };
        told("create_project", answer)
    }

    async fn update_project(&self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject> {
        let answer = match ids::kind(id.as_str()) {
            ProjectKind::Repository => self.api.update_project(id, &patch).await,
            ProjectKind::V2 => self.api.v2_update_project(id, &patch).await,
        };
        told("update_project", answer)
    }

    async fn delete_project(&self, id: &ProjectId, options: DeleteOptions) -> Result<()> {
        let answer = match ids::kind(id.as_str()) {
            ProjectKind::Repository => self.api.delete_project(id, &options).await,
            ProjectKind::V2 => self.api.v2_delete_project(id, &options).await,
        };
        told("delete_project", answer)
    }

    async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>> {
        let answer = match self.kind_of(query.project.as_ref()) {
            ProjectKind::Repository => self.api.tasks_page(query, cursor.as_ref()).await,
            ProjectKind::V2 => self.api.v2_tasks_page(query, cursor.as_ref()).await,
        };
        told("list_tasks", answer)
    }

    async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        let answer = match ids::kind(id.as_str()) {
            ProjectKind::Repository => self.api.get_task(id).await,
            ProjectKind::V2 => self.api.v2_get_task(id).await,
        };
        told("get_task", answer)
    }

    async fn create_task(&self, new: NewTask) -> Result<PMTask> {
        let answer = match ids::kind(new.project_id.as_str()) {
            ProjectKind::Repository => self.api.create_task(&new).await,
            ProjectKind::V2 => self.api.v2_create_task(&new).await,
        };
        told("create_task", answer)
    }

    async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        let answer = match ids::kind(id.as_str()) {
            ProjectKind::Repository => self.api.update_task(id, &patch).await,
            ProjectKind::V2 => self.api.v2_update_task(id, &patch).await,
        };
        told("update_task", answer)
    }

    async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()> {
        let answer = match ids::kind(id.as_str()) {
            ProjectKind::Repository => self.api.delete_task(id, &options).await,
            ProjectKind::V2 => self.api.v2_delete_task(id, &options).await,
        };
        told("delete_task", answer)
    }

    async fn sprints_page(&self, query: &SprintQuery, cursor: Option<Cursor>) -> Result<Page<PMSprint>> {
        let answer = match self.kind_of(query.project.as_ref()) {
            ProjectKind::Repository => self.api.sprints_page(query, cursor.as_ref()).await,
            ProjectKind::V2 => self.api.v2_sprints_page(query, cursor.as_ref()).await,
        };
        told("list_sprints", answer)
    }

    async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        let answer = match ids::kind(id.as_str()) {
            ProjectKind::Repository => self.api.get_sprint(id).await,
            ProjectKind::V2 => self.api.v2_get_sprint(id).await,
        };
        told("get_sprint", answer)
    }

    async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint> {
        let answer = match ids::kind(new.project_id.as_str()) {
            ProjectKind::Repository => self.api.create_sprint(&new).await,
            ProjectKind::V2 => self.api.v2_create_sprint(&new).await,
        };
        told("create_sprint", answer)
    }

    async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint> {
        let answer = match ids::kind(id.as_str()) {
            ProjectKind::Repository => self.api.update_sprint(id, &patch).await,
            ProjectKind::V2 => self.api.v2_update_sprint(id, &patch).await,
        };
        told("update_sprint", answer)
    }

    async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()> {
        let answer = match ids::kind(id.as_str()) {
            ProjectKind::Repository => self.api.delete_sprint(id, &options).await,
            ProjectKind::V2 => self.api.v2_delete_sprint(id, &options).await,
        };
        told("delete_sprint", answer)
    }

    async fn users_page(&self, query: &UserQuery, cursor: Option<Cursor>) -> Result<Page<PMUser>> {
        let answer = match query.project.as_ref().map(ids::is_v2) {
            Some(true) => self.api.v2_users_page(query, cursor.as_ref()).await,
            _ => self.api.users_page(query, cursor.as_ref()).await,
        };
        told("list_users", answer)
    }

    async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        told("get_user", self.api.get_user(id).await)
    }

    fn comments(&self) -> Option<Arc<dyn Comments>> {
        Some(self.of_repositories()?)
    }

    fn relations(&self) -> Option<Arc<dyn Relations>> {
        Some(self.of_repositories()?)
    }

    fn batch(&self) -> Option<Arc<dyn Batch>> {
        Some(Arc::new(self.clone()))
    }

    fn changes(&self) -> Option<Arc<dyn Changes>> {
        Some(self.of_repositories()?)
    }

    fn sync_support(&self) -> Option<Arc<dyn SyncSupport>> {
        Some(self.of_repositories()?)
    }

    fn pull_requests(&self) -> Option<Arc<dyn PullRequests>> {
        Some(self.of_repositories()?)
    }

    fn webhooks(&self) -> Option<Arc<dyn Webhooks>> {
        Some(self.of_repositories()?)
    }

    fn webhook_admin(&self) -> Option<Arc<dyn WebhookAdmin>> {
        Some(self.of_repositories()?)
    }
}
