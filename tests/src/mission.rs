//! The everyday calls of an application as one program that runs on any backend.

use std::fmt;
use std::sync::Arc;

use pm_core::{
    Capabilities, DeleteOptions, Entity, ErrorKind, Field, NewProject, NewSprint, NewTask, Operation, PMProject,
    PMSprint, PMTask, PmProvider, PmProviderExt, ProjectId, ProjectQuery, Result, SprintId, SprintQuery,
    SprintStatusCategory, StatusCategory, TaskId, TaskQuery, UserQuery,
};
use serde::de::DeserializeOwned;

/// Counts what a walk did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// How many calls the backend answered.
    pub answered: usize,
    /// How many calls it refused as `Unsupported`, as its capabilities say.
    pub unsupported: usize,
}

impl fmt::Display for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} calls answered, {} unsupported", self.answered, self.unsupported)
    }
}

/// What a backend did that the program cannot live with.
#[derive(Debug)]
pub struct Deviation(String);

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Deviation {}

type Step<T = ()> = std::result::Result<T, Deviation>;

/// Lists, gets, creates, updates and deletes projects, tasks and sprints, looks at users and at the backend's health.
///
/// An operation that the capabilities lack is called all the same, and must be refused as `Unsupported`. What was
/// created is deleted again, where the backend can.
///
/// # Errors
/// The first call that did not do what its documentation says.
pub async fn walk_the_mission(provider: &Arc<dyn PmProvider>) -> Step<Walk> {
    let mut walker = Walker { provider: Arc::clone(provider), walk: Walk::default() };
    walker.health_and_users().await?;
    let project = walker.projects().await?;
    let task = walker.tasks(&project).await?;
    let sprint = walker.sprints(&project).await?;
    walker.delete(task, sprint, &project).await?;
    Ok(walker.walk)
}

struct Walker {
    provider: Arc<dyn PmProvider>,
    walk: Walk,
}

impl Walker {
    async fn health_and_users(&mut self) -> Step {
        let provider = Arc::clone(&self.provider);
        let health = self.must("health_check", provider.health_check().await)?;
        demand(!health.backend.is_empty(), "a healthy backend has a name")?;
        let listed = self.may(Entity::User, Operation::List, provider.list_users(UserQuery::new())).await?;
        let known = health.user.map(|user| user.id).or_else(|| Some(listed?.first()?.id.clone()));
        if known.is_some() || !self.can(Entity::User, Operation::Get) {
            let id = known.unwrap_or_else(|| "nobody".into());
            let got = self.may(Entity::User, Operation::Get, provider.get_user(&id)).await?;
            demand(got.is_none_or(|user| user.id == id), "the user that was asked for is the one that is got")?;
        }
        Ok(())
    }

    /// Returns the project to work in: a new one, or where none can be created one that is there.
    async fn projects(&mut self) -> Step<ProjectId> {
        let provider = Arc::clone(&self.provider);
        let new = NewProject::new("The Mission").description("Walks through everything.");
        let created: Option<PMProject> =
            self.may(Entity::Project, Operation::Create, provider.create_project(new)).await?;
        let listed = self.may(Entity::Project, Operation::List, provider.list_projects(ProjectQuery::new())).await?;
        let ids: Option<Vec<_>> = listed.map(|all| all.into_iter().map(|project| project.id).collect());
        listed_among("project", created.as_ref().map(|project| &project.id), ids.as_deref())?;
        let there = created.as_ref().map(|project| &project.id).or_else(|| ids.as_ref()?.first()).cloned();
        let id = there.ok_or_else(|| Deviation("there is no project, and none can be created".to_owned()))?;
        let got = self.may(Entity::Project, Operation::Get, provider.get_project(&id)).await?;
        same("project", created.as_ref(), got.as_ref())?;
        if created.is_some() {
            self.rename_project(&id).await?;
        }
        Ok(id)
    }

    async fn rename_project(&mut self, id: &ProjectId) -> Step {
        let able = self.can_update(Entity::Project, Field::Name);
        let updated = self.provider.update_project(id, patch(r#"{"name": "The Mission, begun"}"#)).await;
        let updated = self.settle(Entity::Project, Operation::Update, able, updated)?;
        demand(updated.is_none_or(|project| project.name == "The Mission, begun"), "the project has its new name")
    }

    async fn tasks(&mut self, project: &ProjectId) -> Step<TaskId> {
        let provider = Arc::clone(&self.provider);
        let new = NewTask::new(project, "Land on the moon");
        let created: Option<PMTask> = self.may(Entity::Task, Operation::Create, provider.create_task(new)).await?;
        let query = TaskQuery::in_project(project);
        let listed = self.may(Entity::Task, Operation::List, provider.list_tasks(query)).await?;
        let ids: Option<Vec<_>> = listed.map(|all| all.into_iter().map(|task| task.id).collect());
        listed_among("task", created.as_ref().map(|task| &task.id), ids.as_deref())?;
        let id = created.as_ref().map_or_else(|| "no-task".into(), |task| task.id.clone());
        if created.is_some() || !self.can(Entity::Task, Operation::Get) {
            let got = self.may(Entity::Task, Operation::Get, provider.get_task(&id)).await?;
            same("task", created.as_ref(), got.as_ref())?;
        }
        if created.is_some() || !self.can(Entity::Task, Operation::Update) {
            self.complete_task(&id).await?;
        }
        Ok(id)
    }

    async fn complete_task(&mut self, id: &TaskId) -> Step {
        let able = self.can_update(Entity::Task, Field::Status);
        let updated = self.provider.update_task(id, patch(r#"{"status": "completed"}"#)).await;
        let updated = self.settle(Entity::Task, Operation::Update, able, updated)?;
        let done = updated.is_none_or(|task| task.status.category == StatusCategory::Done);
        demand(done, "a completed task is in the category `done`")
    }

    async fn sprints(&mut self, project: &ProjectId) -> Step<SprintId> {
        let provider = Arc::clone(&self.provider);
        let new = NewSprint::new(project, "Countdown");
        let created: Option<PMSprint> =
            self.may(Entity::Sprint, Operation::Create, provider.create_sprint(new)).await?;
        let query = SprintQuery::in_project(project);
        let listed = self.may(Entity::Sprint, Operation::List, provider.list_sprints(query)).await?;
        let ids: Option<Vec<_>> = listed.map(|all| all.into_iter().map(|sprint| sprint.id).collect());
        listed_among("sprint", created.as_ref().map(|sprint| &sprint.id), ids.as_deref())?;
        let id = created.as_ref().map_or_else(|| "no-sprint".into(), |sprint| sprint.id.clone());
        if created.is_some() || !self.can(Entity::Sprint, Operation::Get) {
            let got = self.may(Entity::Sprint, Operation::Get, provider.get_sprint(&id)).await?;
            same("sprint", created.as_ref(), got.as_ref())?;
        }
        if created.is_some() || !self.can(Entity::Sprint, Operation::Update) {
            self.start_sprint(&id).await?;
        }
        Ok(id)
    }

    async fn start_sprint(&mut self, id: &SprintId) -> Step {
        let able = self.can_update(Entity::Sprint, Field::Status);
        let updated = self.provider.update_sprint(id, patch(r#"{"status": "active"}"#)).await;
        let updated = self.settle(Entity::Sprint, Operation::Update, able, updated)?;
        let active = updated.is_none_or(|sprint| sprint.status.category == SprintStatusCategory::Active);
        demand(active, "a started sprint is in the category `active`")
    }

    /// Deletes what was created; ids of what could not be created are of no use where deleting works.
    async fn delete(&mut self, task: TaskId, sprint: SprintId, project: &ProjectId) -> Step {
        let provider = Arc::clone(&self.provider);
        if self.made_or_cannot(Entity::Task) {
            let deleted = provider.delete_task(&task, DeleteOptions::new());
            let deleted = self.may(Entity::Task, Operation::Delete, deleted).await?;
            gone("task", deleted, &provider.get_task(&task).await)?;
        }
        if self.made_or_cannot(Entity::Sprint) {
            let deleted = provider.delete_sprint(&sprint, DeleteOptions::new());
            let deleted = self.may(Entity::Sprint, Operation::Delete, deleted).await?;
            gone("sprint", deleted, &provider.get_sprint(&sprint).await)?;
        }
        if self.made_or_cannot(Entity::Project) {
            let deleted = provider.delete_project(project, DeleteOptions::new());
            let deleted = self.may(Entity::Project, Operation::Delete, deleted).await?;
            gone("project", deleted, &provider.get_project(project).await)?;
        }
        Ok(())
    }

    fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    fn can(&self, entity: Entity, operation: Operation) -> bool {
        self.capabilities().can(entity, operation)
    }

    fn can_update(&self, entity: Entity, field: Field) -> bool {
        self.capabilities().entity(entity).field(field).on_update.is_possible()
    }

    fn made_or_cannot(&self, entity: Entity) -> bool {
        self.can(entity, Operation::Create) || !self.can(entity, Operation::Delete)
    }

    /// A call that every backend answers.
    fn must<T>(&mut self, what: &str, answer: Result<T>) -> Step<T> {
        self.walk.answered += 1;
        answer.map_err(|error| Deviation(format!("{what} failed: {error}")))
    }

    /// A call that is answered where the capabilities have it, and `Unsupported` elsewhere.
    async fn may<T>(
        &mut self,
        entity: Entity,
        operation: Operation,
        call: impl Future<Output = Result<T>>,
    ) -> Step<Option<T>> {
        let answer = call.await;
        self.settle(entity, operation, true, answer)
    }

    /// Holds an answer against the capabilities; `able` says whether they have what the call needs beyond the operation.
    fn settle<T>(&mut self, entity: Entity, operation: Operation, able: bool, answer: Result<T>) -> Step<Option<T>> {
        let what = format!("{operation} {entity}");
        if able && self.can(entity, operation) {
            return self.must(&what, answer).map(Some);
        }
        self.walk.unsupported += 1;
        match answer {
            Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
            Err(error) => Err(Deviation(format!("{what} is not supported, but was refused otherwise: {error}"))),
            Ok(_) => Err(Deviation(format!("{what} is not supported, but was answered"))),
        }
    }
}

/// A patch as it comes in over a wire.
fn patch<P: DeserializeOwned>(json: &str) -> P {
    serde_json::from_str(json).unwrap()
}

fn demand(holds: bool, what: &str) -> Step {
    if holds { Ok(()) } else { Err(Deviation(format!("this does not hold: {what}"))) }
}

fn listed_among<Id: PartialEq + fmt::Display>(what: &str, created: Option<&Id>, listed: Option<&[Id]>) -> Step {
    match (created, listed) {
        (Some(id), Some(listed)) if !listed.contains(id) => {
            Err(Deviation(format!("the {what} `{id}` was created, but is not listed")))
        }
        _ => Ok(()),
    }
}

fn same<T: PartialEq + fmt::Debug>(what: &str, created: Option<&T>, got: Option<&T>) -> Step {
    match (created, got) {
        (Some(created), Some(got)) if created != got => {
            Err(Deviation(format!("the {what} was created as {created:?}, but is got as {got:?}")))
        }
        _ => Ok(()),
    }
}

/// What was deleted cannot be got.
fn gone<T>(what: &str, deleted: Option<()>, answer: &Result<T>) -> Step {
    match answer {
        Ok(_) if deleted.is_some() => Err(Deviation(format!("the {what} was deleted, but is still there"))),
        _ => Ok(()),
    }
}
