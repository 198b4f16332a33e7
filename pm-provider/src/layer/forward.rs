//! The forwarding wrapper: every method of the contract, so that a layer misses none.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Intercepted, abilities::Wrapped};
use crate::ability::{
    Attachments, Batch, Changes, Comments, PullRequests, Relations, SyncSupport, UserAdmin, WebhookAdmin, Webhooks,
};
use crate::capability::{Capabilities, Operation, ProjectSchema};
use crate::error::Result;
use crate::model::{Entity, Health, PMProject, PMSprint, PMTask, PMUser};
use crate::provider::PmProvider;
use crate::query::{Cursor, Page, ProjectQuery, SprintQuery, TaskQuery, UserQuery};
use crate::value::{ProjectId, SprintId, TaskId, UserId};
use crate::write::{DeleteOptions, NewProject, NewSprint, NewTask, ProjectPatch, SprintPatch, TaskPatch};

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl PmProvider for Intercepted {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn requests_sent(&self) -> Option<u64> {
        self.inner.requests_sent()
    }

    async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        let call = self.inner.project_schema(project);
        self.gate.pass_named("project_schema", false, Some(project.as_str()), call).await
    }

    async fn health_check(&self) -> Result<Health> {
        self.gate.pass_named("health_check", false, None, self.inner.health_check()).await
    }

    async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>> {
        let call = self.inner.projects_page(query, cursor);
        self.gate.pass(Entity::Project, Operation::List, None, call).await
    }

    async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        self.gate.pass(Entity::Project, Operation::Get, Some(id.as_str()), self.inner.get_project(id)).await
    }

    async fn create_project(&self, new: NewProject) -> Result<PMProject> {
        self.gate.pass_create(Entity::Project, |made: &PMProject| made.id.clone(), self.inner.create_project(new)).await
    }

    async fn update_project(&self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject> {
        let call = self.inner.update_project(id, patch);
        self.gate.pass(Entity::Project, Operation::Update, Some(id.as_str()), call).await
    }

    async fn delete_project(&self, id: &ProjectId, options: DeleteOptions) -> Result<()> {
        let call = self.inner.delete_project(id, options);
        self.gate.pass(Entity::Project, Operation::Delete, Some(id.as_str()), call).await
    }

    async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>> {
        self.gate.pass(Entity::Task, Operation::List, None, self.inner.tasks_page(query, cursor)).await
    }

    async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        self.gate.pass(Entity::Task, Operation::Get, Some(id.as_str()), self.inner.get_task(id)).await
    }

    async fn create_task(&self, new: NewTask) -> Result<PMTask> {
        self.gate.pass_create(Entity::Task, |made: &PMTask| made.id.clone(), self.inner.create_task(new)).await
    }

    async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        let call = self.inner.update_task(id, patch);
        self.gate.pass(Entity::Task, Operation::Update, Some(id.as_str()), call).await
    }

    async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()> {
        let call = self.inner.delete_task(id, options);
        self.gate.pass(Entity::Task, Operation::Delete, Some(id.as_str()), call).await
    }

    async fn sprints_page(&self, query: &SprintQuery, cursor: Option<Cursor>) -> Result<Page<PMSprint>> {
        self.gate.pass(Entity::Sprint, Operation::List, None, self.inner.sprints_page(query, cursor)).await
    }

    async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        self.gate.pass(Entity::Sprint, Operation::Get, Some(id.as_str()), self.inner.get_sprint(id)).await
    }

    async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint> {
        self.gate.pass_create(Entity::Sprint, |made: &PMSprint| made.id.clone(), self.inner.create_sprint(new)).await
    }

    async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint> {
        let call = self.inner.update_sprint(id, patch);
        self.gate.pass(Entity::Sprint, Operation::Update, Some(id.as_str()), call).await
    }

    async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()> {
        let call = self.inner.delete_sprint(id, options);
        self.gate.pass(Entity::Sprint, Operation::Delete, Some(id.as_str()), call).await
    }

    async fn users_page(&self, query: &UserQuery, cursor: Option<Cursor>) -> Result<Page<PMUser>> {
        self.gate.pass(Entity::User, Operation::List, None, self.inner.users_page(query, cursor)).await
    }

    async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        self.gate.pass(Entity::User, Operation::Get, Some(id.as_str()), self.inner.get_user(id)).await
    }

    fn comments(&self) -> Option<Arc<dyn Comments>> {
        Some(Wrapped::new(self.inner.comments()?, &self.gate))
    }

    fn relations(&self) -> Option<Arc<dyn Relations>> {
        Some(Wrapped::new(self.inner.relations()?, &self.gate))
    }

    fn batch(&self) -> Option<Arc<dyn Batch>> {
        Some(Wrapped::new(self.inner.batch()?, &self.gate))
    }

    fn changes(&self) -> Option<Arc<dyn Changes>> {
        Some(Wrapped::new(self.inner.changes()?, &self.gate))
    }

    fn sync_support(&self) -> Option<Arc<dyn SyncSupport>> {
        Some(Wrapped::new(self.inner.sync_support()?, &self.gate))
    }

    fn pull_requests(&self) -> Option<Arc<dyn PullRequests>> {
        Some(Wrapped::new(self.inner.pull_requests()?, &self.gate))
    }

    fn attachments(&self) -> Option<Arc<dyn Attachments>> {
        Some(Wrapped::new(self.inner.attachments()?, &self.gate))
    }

    fn webhooks(&self) -> Option<Arc<dyn Webhooks>> {
        self.inner.webhooks()
    }

    fn webhook_admin(&self) -> Option<Arc<dyn WebhookAdmin>> {
        Some(Wrapped::new(self.inner.webhook_admin()?, &self.gate))
    }

    fn user_admin(&self) -> Option<Arc<dyn UserAdmin>> {
        Some(Wrapped::new(self.inner.user_admin()?, &self.gate))
    }
}
