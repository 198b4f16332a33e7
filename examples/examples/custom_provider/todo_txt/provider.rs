//! The contract, a few lines a method. What the capabilities do not name is refused by the check alone.

use std::sync::Arc;

use async_trait::async_trait;
use pm_core::{
    Capabilities, Cursor, DeleteOptions, Entity, Error, Health, NewProject, NewSprint, NewTask, Operation, PMProject,
    PMSprint, PMTask, PMUser, Page, PmProvider, ProjectId, ProjectPatch, ProjectQuery, ProjectSchema,
    ProjectStatusCategory, Result, SprintId, SprintPatch, SprintQuery, TaskId, TaskPatch, TaskQuery, UserId, UserQuery,
};

use super::tasks::impossible;
use super::{NAME, PROJECT, TodoTxt, statuses};

/// Says where an error happened.
fn during(operation: &'static str) -> impl Fn(Error) -> Error {
    move |error| error.in_provider(NAME).during(operation)
}

impl TodoTxt {
    fn refuse<T>(&self, entity: Entity, operation: Operation) -> Result<T> {
        self.capabilities.check_operation(entity, operation)?;
        Err(impossible())
    }

    /// The one project there is.
    fn project(id: &ProjectId) -> Result<PMProject> {
        match id.as_str() {
            PROJECT => Ok(PMProject::new(PROJECT, "todo.txt", ProjectStatusCategory::Active)),
            _ => Err(Error::not_found("project", id)),
        }
    }

    fn projects(&self, query: &ProjectQuery, cursor: Option<&Cursor>) -> Result<Page<PMProject>> {
        self.capabilities.check_query(query)?;
        match cursor {
            // The first page is the last.
            Some(cursor) => cursor.open(NAME, "projects", query).and_then(|_| Err(Cursor::malformed())),
            None => Ok(Page::new(vec![Self::project(&PROJECT.into())?])),
        }
    }
}

#[async_trait]
impl PmProvider for TodoTxt {
    fn name(&self) -> &str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        let project = Self::project(project).map_err(during("project_schema"))?;
        Ok(Arc::new(ProjectSchema::new(project.id).statuses(statuses()).project_statuses([project.status])))
    }

    async fn health_check(&self) -> Result<Health> {
        self.load(&self.turn()).map_err(during("health_check"))?;
        Ok(Health::new("a text file"))
    }

    async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>> {
        self.projects(query, cursor.as_ref()).map_err(during("list_projects"))
    }

    async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        Self::project(id).map_err(during("get_project"))
    }

    async fn create_project(&self, _new: NewProject) -> Result<PMProject> {
        self.refuse(Entity::Project, Operation::Create)
    }

    async fn update_project(&self, _id: &ProjectId, _patch: ProjectPatch) -> Result<PMProject> {
        self.refuse(Entity::Project, Operation::Update)
    }

    async fn delete_project(&self, _id: &ProjectId, _options: DeleteOptions) -> Result<()> {
        self.refuse(Entity::Project, Operation::Delete)
    }

    async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>> {
        self.tasks(query, cursor.as_ref()).map_err(during("list_tasks"))
    }

    async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        self.task(id).map_err(during("get_task"))
    }

    async fn create_task(&self, new: NewTask) -> Result<PMTask> {
        self.create(new).map_err(during("create_task"))
    }

    async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        self.update(id, patch).map_err(during("update_task"))
    }

    async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()> {
        self.delete(id, &options).map_err(during("delete_task"))
    }

    async fn sprints_page(&self, _query: &SprintQuery, _cursor: Option<Cursor>) -> Result<Page<PMSprint>> {
        self.refuse(Entity::Sprint, Operation::List)
    }

    async fn get_sprint(&self, _id: &SprintId) -> Result<PMSprint> {
        self.refuse(Entity::Sprint, Operation::Get)
    }

    async fn create_sprint(&self, _new: NewSprint) -> Result<PMSprint> {
        self.refuse(Entity::Sprint, Operation::Create)
    }

    async fn update_sprint(&self, _id: &SprintId, _patch: SprintPatch) -> Result<PMSprint> {
        self.refuse(Entity::Sprint, Operation::Update)
    }

    async fn delete_sprint(&self, _id: &SprintId, _options: DeleteOptions) -> Result<()> {
        self.refuse(Entity::Sprint, Operation::Delete)
    }

    async fn users_page(&self, _query: &UserQuery, _cursor: Option<Cursor>) -> Result<Page<PMUser>> {
        self.refuse(Entity::User, Operation::List)
    }

    async fn get_user(&self, _id: &UserId) -> Result<PMUser> {
        self.refuse(Entity::User, Operation::Get)
    }
}
