//! The contract itself: each method is one operation on the state.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{
    Ability, Attachments, Batch, Capabilities, Changes, Comments, Cursor, DeleteOptions, Entity, Health, NewProject,
    NewSprint, NewTask, Operation, PMProject, PMSprint, PMTask, PMUser, Page, PmProvider, ProjectId, ProjectPatch,
    ProjectQuery, ProjectSchema, PullRequests, Relations, Result, SprintId, SprintPatch, SprintQuery, SyncSupport,
    TaskId, TaskPatch, TaskQuery, UserAdmin, UserId, UserQuery,
};

use super::{MemoryProvider, NAME};

impl MemoryProvider {
    /// Itself as one of its abilities, unless that was taken out.
    fn ability(&self, ability: Ability) -> Option<Arc<Self>> {
        self.capabilities.abilities.contains(&ability).then(|| Arc::new(self.clone()))
    }
}

#[async_trait]
impl PmProvider for MemoryProvider {
    fn name(&self) -> &str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        self.run("project_schema", |session| session.state.project_schema(project).map(Arc::new))
    }

    async fn health_check(&self) -> Result<Health> {
        self.run("health_check", |session| {
            let user = session.state.acting_user.as_ref().and_then(|id| session.state.users.get(id));
            let mut health = Health::new("memory");
            health.user = user.map(|row| row.user.clone());
            Ok(health)
        })
    }

    async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>> {
        self.run("list_projects", |session| session.projects_page(query, cursor.as_ref()))
    }

    async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        self.run("get_project", |session| {
            session.capabilities.check_operation(Entity::Project, Operation::Get)?;
            session.state.project_row(id).map(|row| row.project.clone())
        })
    }

    async fn create_project(&self, new: NewProject) -> Result<PMProject> {
        self.run("create_project", |session| session.create_project(new))
    }

    async fn update_project(&self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject> {
        self.run("update_project", |session| session.update_project(id, patch))
    }

    async fn delete_project(&self, id: &ProjectId, options: DeleteOptions) -> Result<()> {
        self.run("delete_project", |session| session.delete_project(id, &options))
    }

    async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>> {
        self.run("list_tasks", |session| session.tasks_page(query, cursor.as_ref()))
    }

    async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        self.run("get_task", |session| {
            session.capabilities.check_operation(Entity::Task, Operation::Get)?;
            session.state.task_row(id).map(|row| session.state.show_task(row))
        })
    }

    async fn create_task(&self, new: NewTask) -> Result<PMTask> {
        self.run("create_task", |session| session.create_task(new))
    }

    async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        self.run("update_task", |session| session.update_task(id, patch))
    }

    async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()> {
        self.run("delete_task", |session| session.delete_task(id, &options))
    }

    async fn sprints_page(&self, query: &SprintQuery, cursor: Option<Cursor>) -> Result<Page<PMSprint>> {
        self.run("list_sprints", |session| session.sprints_page(query, cursor.as_ref()))
    }

    async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        self.run("get_sprint", |session| {
            session.capabilities.check_operation(Entity::Sprint, Operation::Get)?;
            session.state.sprint_row(id).map(|row| session.state.show_sprint(row))
        })
    }

    async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint> {
        self.run("create_sprint", |session| session.create_sprint(new))
    }

    async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint> {
        self.run("update_sprint", |session| session.update_sprint(id, patch))
    }

    async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()> {
        self.run("delete_sprint", |session| session.delete_sprint(id, &options))
    }

    async fn users_page(&self, query: &UserQuery, cursor: Option<Cursor>) -> Result<Page<PMUser>> {
        self.run("list_users", |session| session.users_page(query, cursor.as_ref()))
    }

    async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        self.run("get_user", |session| {
            session.capabilities.check_operation(Entity::User, Operation::Get)?;
            session.state.user_row(id).map(|row| row.user.clone())
        })
    }

    fn comments(&self) -> Option<Arc<dyn Comments>> {
        Some(self.ability(Ability::Comments)?)
    }

    fn relations(&self) -> Option<Arc<dyn Relations>> {
        Some(self.ability(Ability::Relations)?)
    }

    fn batch(&self) -> Option<Arc<dyn Batch>> {
        Some(self.ability(Ability::Batch)?)
    }

    fn changes(&self) -> Option<Arc<dyn Changes>> {
        Some(self.ability(Ability::Changes)?)
    }

    fn sync_support(&self) -> Option<Arc<dyn SyncSupport>> {
        Some(self.ability(Ability::SyncSupport)?)
    }

    fn pull_requests(&self) -> Option<Arc<dyn PullRequests>> {
        Some(self.ability(Ability::PullRequests)?)
    }

    fn attachments(&self) -> Option<Arc<dyn Attachments>> {
        Some(self.ability(Ability::Attachments)?)
    }

    fn user_admin(&self) -> Option<Arc<dyn UserAdmin>> {
        Some(self.ability(Ability::UserAdmin)?)
    }
}
