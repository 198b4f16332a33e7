//! What a sync engine needs.

use async_trait::async_trait;
use pm_provider::{
    Entity, Error, Existence, Field, FieldPatch, Item, ItemRef, Marked, MarkerQuery, Native, ProjectId, ProjectPatch,
    Result, SetPatch, SprintPatch, SyncSupport, TaskPatch, Wanted, value::micros,
};

use super::state::{Session, State, refuse};
use super::task::check_completion;
use super::{MemoryProvider, NAME};

/// What keys can have made.
const KINDS: [Entity; 5] = [Entity::Project, Entity::Task, Entity::Sprint, Entity::Comment, Entity::User];

impl State {
    fn get_many(&self, items: &[ItemRef]) -> Vec<Item> {
        items.iter().filter_map(|item| self.item(item)).collect()
    }

    /// Keys are unique, so project and time would narrow nothing down.
    fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        let entity = query.entity;
        if !KINDS.contains(&entity) {
            return Err(Error::unsupported(format!("`{NAME}` finds no {entity} by its marker")));
        }
        let answer = |key: &String| {
            let mut marked = Marked::new(key, self.id_made_with(entity, key)?);
            marked.item = self.reference(entity, &marked.id).and_then(|reference| self.item(&reference));
            Some(marked)
        };
        Ok(query.keys.iter().filter_map(answer).collect())
    }

    /// The name of an item of which only the id is known; `None` for a comment that is gone.
    fn reference(&self, entity: Entity, id: &str) -> Option<ItemRef> {
        match entity {
            Entity::Project => Some(ItemRef::Project(id.into())),
            Entity::Task => Some(ItemRef::Task(id.into())),
            Entity::Sprint => Some(ItemRef::Sprint(id.into())),
            Entity::User => Some(ItemRef::User(id.into())),
            Entity::Comment => {
                let comment = self.comments.get(&id.into())?;
                Some(ItemRef::Comment(comment.task_id.clone(), comment.id.clone()))
            }
            _ => None,
        }
    }
}

impl Session<'_> {
    fn preview_task(&self, project: &ProjectId, mut patch: TaskPatch) -> Result<TaskPatch> {
        self.capabilities.check_update(&patch)?;
        let state = &*self.state;
        state.project_row(project)?;
        let status = show(Field::Status, &mut patch.status, || state.task_statuses(project))?;
        if let FieldPatch::Set(time) = patch.completed_at {
            // Whether the task is over is known only where the patch says so.
            status.as_ref().map_or(Ok(()), check_completion)?;
            patch.completed_at = FieldPatch::Set(micros(time));
        }
        show(Field::Priority, &mut patch.priority, || state.task_priorities(project))?;
        if let Some(sprint) = patch.sprint_id.value() {
            state.check_sprint_of(project, sprint)?;
        }
        if let Some(parent) = patch.parent_task_id.value() {
            state.check_parent_of(project, parent)?;
        }
        patch.assignees = distinct(&patch.assignees);
        for assignee in named(&patch.assignees) {
            state.check_user(Field::Assignees, assignee)?;
        }
        patch.labels = distinct(&patch.labels);
        patch.custom_fields.retain(|_, field| !field.is_keep());
        Ok(patch)
    }

    fn preview_project(&self, project: &ProjectId, mut patch: ProjectPatch) -> Result<ProjectPatch> {
        self.capabilities.check_update(&patch)?;
        let state = &*self.state;
        state.project_row(project)?;
        show(Field::Status, &mut patch.status, || state.project_statuses())?;
        show(Field::Priority, &mut patch.priority, || state.project_priorities())?;
        if let Some(key) = patch.key.value() {
            state.check_project_key(key, Some(project))?;
        }
        if let Some(owner) = patch.owner_id.value() {
            state.check_user(Field::OwnerId, owner)?;
        }
        Ok(patch)
    }

    fn preview_sprint(&self, project: &ProjectId, mut patch: SprintPatch) -> Result<SprintPatch> {
        self.capabilities.check_update(&patch)?;
        self.state.project_row(project)?;
        let statuses = || self.state.sprint_statuses(project);
        show(Field::Status, &mut patch.status, statuses)?;
        Ok(patch)
    }
}

/// Replaces what is wanted by what a read will show, and returns that.
fn show<N>(
    field: Field,
    patch: &mut FieldPatch<Wanted<N::Category>>,
    choices: impl FnOnce() -> Vec<N>,
) -> Result<Option<N>>
where
    N: Native + Clone + Into<Wanted<N::Category>>,
{
    let FieldPatch::Set(wanted) = patch else { return Ok(None) };
    let shown = wanted.resolve_open(&choices()).map_err(|error| refuse(field, error.message()))?;
    *patch = FieldPatch::Set(shown.clone().into());
    Ok(Some(shown))
}

/// The same change of a set without anything that is said twice or undone at once.
fn distinct<T: Clone + Ord>(patch: &SetPatch<T>) -> SetPatch<T> {
    match patch {
        SetPatch::Replace(_) => SetPatch::Replace(patch.apply(&[])),
        SetPatch::Edit { remove, .. } => {
            SetPatch::Edit { add: patch.apply(&[]), remove: SetPatch::Replace(remove.clone()).apply(&[]) }
        }
        other => other.clone(),
    }
}

/// What a change puts into a set.
fn named<T>(patch: &SetPatch<T>) -> &[T] {
    match patch {
        SetPatch::Replace(values) | SetPatch::Edit { add: values, .. } => values,
        _ => &[],
    }
}

#[async_trait]
impl SyncSupport for MemoryProvider {
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>> {
        self.run("get_many", |session| Ok(session.state.get_many(items)))
    }

    async fn exists(&self, items: &[ItemRef]) -> Result<Vec<Existence>> {
        let of = |found: bool| if found { Existence::Present } else { Existence::Absent };
        self.run("exists", |session| Ok(items.iter().map(|item| of(session.state.item(item).is_some())).collect()))
    }

    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        self.run("find_by_marker", |session| session.state.find_by_marker(query))
    }

    async fn preview_task(&self, project: &ProjectId, patch: TaskPatch) -> Result<TaskPatch> {
        self.run("preview_task", |session| session.preview_task(project, patch))
    }

    async fn preview_project(&self, project: &ProjectId, patch: ProjectPatch) -> Result<ProjectPatch> {
        self.run("preview_project", |session| session.preview_project(project, patch))
    }

    async fn preview_sprint(&self, project: &ProjectId, patch: SprintPatch) -> Result<SprintPatch> {
        self.run("preview_sprint", |session| session.preview_sprint(project, patch))
    }
}
