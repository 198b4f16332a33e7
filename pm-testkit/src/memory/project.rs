//! Projects.

use pm_provider::{
    Contents, Cursor, DeleteOptions, Entity, Error, Field, FieldPatch, ItemRef, NewProject, PMProject, Page, ProjectId,
    ProjectPatch, ProjectQuery, ProjectStatusCategory, Result, SprintId, TaskId, value::micros,
};

use super::rows::{ProjectRow, SprintRow, TaskRow};
use super::state::{
    Session, State, check_version, conflict, first_version, is_same, next_version, refuse, set, set_raw,
};
use super::vocabulary::resolve;
use super::{keys, listing};

impl State {
    /// The stored project.
    pub(super) fn project_row(&self, id: &ProjectId) -> Result<&ProjectRow> {
        self.projects.get(id).ok_or_else(|| Error::not_found("project", id))
    }

    /// The tasks of a project.
    pub(super) fn tasks_of(&self, project: &ProjectId) -> impl Iterator<Item = &TaskRow> {
        self.tasks.values().filter(move |row| row.task.project_id == *project)
    }

    /// The sprints of a project.
    pub(super) fn sprints_of(&self, project: &ProjectId) -> impl Iterator<Item = &SprintRow> {
        self.sprints.values().filter(move |row| row.sprint.project_id == *project)
    }

    /// The key of a project; every one has one here.
    pub(super) fn project_key(&self, id: &ProjectId) -> &str {
        self.projects.get(id).and_then(|row| row.project.key.as_deref()).unwrap_or_default()
    }

    fn is_key_taken(&self, key: &str, except: Option<&ProjectId>) -> bool {
        let mut others = self.projects.values().filter(|row| Some(&row.project.id) != except);
        others.any(|row| row.project.key.as_ref().is_some_and(|taken| taken.eq_ignore_ascii_case(key)))
    }

    /// Checks a key that somebody chose for a project.
    pub(super) fn check_project_key(&self, key: &str, own: Option<&ProjectId>) -> Result<()> {
        keys::check(key)?;
        if self.is_key_taken(key, own) {
            let problem = "another project has it";
            return Err(conflict(format!("the key `{key}` is taken")).on_field(Field::Key, problem));
        }
        Ok(())
    }

    fn new_project_key(&self, given: Option<String>, name: &str) -> Result<String> {
        match given {
            Some(key) => self.check_project_key(&key, None).map(|()| key),
            None => Ok(keys::derive(name, |key| self.is_key_taken(key, None))),
        }
    }

    fn draft_project(&self, new: NewProject) -> Result<PMProject> {
        let status = resolve(new.status.as_ref(), ProjectStatusCategory::Active, || self.project_statuses());
        let status = status.map_err(|error| refuse(Field::Status, error.message()))?;
        let mut project = PMProject::new("", new.name, status);
        if let Some(wanted) = new.priority {
            let priority = wanted.resolve_open(&self.project_priorities());
            project.priority = Some(priority.map_err(|error| refuse(Field::Priority, error.message()))?);
        }
        if let Some(owner) = &new.owner_id {
            self.check_user(Field::OwnerId, owner)?;
        }
        let now = self.now();
        project.key = Some(self.new_project_key(new.key, &project.name)?);
        project.description = new.description;
        project.start_date = new.start_date;
        project.end_date = new.end_date;
        project.owner_id = new.owner_id;
        project.visibility = new.visibility.unwrap_or_default();
        project.url = new.url;
        project.created_at = Some(new.created_at.map_or(now, micros));
        project.updated_at = Some(now);
        project.version = Some(first_version());
        project.raw_data = new.raw_data;
        Ok(project)
    }

    fn patch_project(&self, mut project: PMProject, patch: ProjectPatch) -> Result<PMProject> {
        if let Some(wanted) = patch.status.value() {
            let status = wanted.resolve_open(&self.project_statuses());
            project.status = status.map_err(|error| refuse(Field::Status, error.message()))?;
        }
        if let FieldPatch::Set(wanted) = &patch.priority {
            let priority = wanted.resolve_open(&self.project_priorities());
            project.priority = Some(priority.map_err(|error| refuse(Field::Priority, error.message()))?);
        } else if patch.priority == FieldPatch::Clear {
            project.priority = None;
        }
        if let Some(key) = patch.key.value() {
            self.check_project_key(key, Some(&project.id))?;
        }
        if let Some(owner) = patch.owner_id.value() {
            self.check_user(Field::OwnerId, owner)?;
        }
        patch.key.apply(&mut project.key);
        set(patch.name, &mut project.name);
        patch.description.apply(&mut project.description);
        patch.start_date.apply(&mut project.start_date);
        patch.end_date.apply(&mut project.end_date);
        patch.owner_id.apply(&mut project.owner_id);
        set(patch.visibility, &mut project.visibility);
        patch.url.apply(&mut project.url);
        set_raw(patch.raw_data, &mut project.raw_data);
        Ok(project)
    }

    /// Takes a project and everything in it out.
    fn remove_project(&mut self, id: &ProjectId) {
        let tasks: Vec<TaskId> = self.tasks_of(id).map(|row| row.task.id.clone()).collect();
        for task in tasks {
            self.remove_task(&task);
        }
        let sprints: Vec<SprintId> = self.sprints_of(id).map(|row| row.sprint.id.clone()).collect();
        for sprint in sprints {
            self.sprints.remove(&sprint);
            self.note_deleted(ItemRef::Sprint(sprint), id);
        }
        self.pull_requests.retain(|_, one| one.project_id != *id);
        self.branches.retain(|(project, _)| project != id);
        self.projects.remove(id);
        self.note_deleted(ItemRef::Project(id.clone()), id);
    }
}

impl Session<'_> {
    pub(super) fn projects_page(&self, query: &ProjectQuery, cursor: Option<&Cursor>) -> Result<Page<PMProject>> {
        self.capabilities.check_query(query)?;
        let rows = self.state.projects.values().filter(|row| {
            let project = &row.project;
            listing::is_called(query.key.as_ref(), project.key.as_deref())
                && listing::is_among(&query.statuses, &project.status.category)
                && listing::holds(query.text.as_ref(), [Some(&project.name), project.description.as_deref()])
                && listing::is_since(query.updated_since, project.updated_at)
        });
        listing::page(query, cursor, rows, |row| row.project.clone())
    }

    pub(super) fn create_project(&mut self, new: NewProject) -> Result<PMProject> {
        self.capabilities.check_create(&new)?;
        let find = |id: &str| self.state.projects.get(&id.into()).map(|row| row.project.clone());
        if let Some(first) = self.state.made_with(Entity::Project, new.idempotency_key.as_deref(), find)? {
            return Ok(first);
        }
        let key = new.idempotency_key.clone();
        let mut project = self.state.draft_project(new)?;
        project.id = ProjectId::new(self.state.next_id(Entity::Project));
        self.state.keep_key(Entity::Project, key, project.id.as_str());
        let row = ProjectRow { project: project.clone(), last_task: 0, last_sprint: 0 };
        self.state.projects.insert(project.id.clone(), row);
        self.state.note_written(ItemRef::Project(project.id.clone()), &project.id);
        Ok(project)
    }

    pub(super) fn update_project(&mut self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject> {
        self.capabilities.check_update(&patch)?;
        let old = self.state.project_row(id)?.project.clone();
        check_version(&ItemRef::Project(id.clone()), old.version.as_ref(), patch.if_version.as_ref())?;
        let mut project = self.state.patch_project(old.clone(), patch)?;
        if is_same((&project, &project.raw_data), (&old, &old.raw_data)) {
            return Ok(old);
        }
        project.version = Some(next_version(old.version.as_ref()));
        project.updated_at = Some(self.state.now());
        if let Some(row) = self.state.projects.get_mut(id) {
            row.project = project.clone();
        }
        self.state.note_written(ItemRef::Project(id.clone()), id);
        Ok(project)
    }

    pub(super) fn delete_project(&mut self, id: &ProjectId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Project, options)?;
        let project = &self.state.project_row(id)?.project;
        check_version(&ItemRef::Project(id.clone()), project.version.as_ref(), options.if_version.as_ref())?;
        let (tasks, sprints) = (self.state.tasks_of(id).count(), self.state.sprints_of(id).count());
        if options.contents == Contents::Refuse && tasks + sprints > 0 {
            let message = format!("project `{id}` is not empty: {tasks} tasks, {sprints} sprints");
            return Err(conflict(message).hint("say in the options that the contents go along"));
        }
        self.state.remove_project(id);
        Ok(())
    }
}
