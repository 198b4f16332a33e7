//! Sprints.

use pm_provider::{
    Cursor, DeleteOptions, Entity, Error, Field, ItemRef, NewSprint, PMSprint, Page, Result, SprintId, SprintPatch,
    SprintQuery, SprintStatusCategory, TaskId, value::micros,
};

use super::rows::SprintRow;
use super::state::{Session, State, check_version, first_version, is_same, next_version, refuse, set, set_raw};
use super::vocabulary::resolve;
use super::{keys, listing};

impl State {
    /// The stored sprint.
    pub(super) fn sprint_row(&self, id: &SprintId) -> Result<&SprintRow> {
        self.sprints.get(id).ok_or_else(|| Error::not_found("sprint", id))
    }

    /// A sprint as it is shown: with its key.
    pub(super) fn show_sprint(&self, row: &SprintRow) -> PMSprint {
        row.sprint.clone().key(self.key_of_sprint(row))
    }

    fn key_of_sprint(&self, row: &SprintRow) -> String {
        format!("{}{}", keys::stem_of_sprints(self.project_key(&row.sprint.project_id)), row.number)
    }

    /// The number that a caller's key asks for: one that no sprint of the project has.
    fn wanted_sprint_number(&self, new: &NewSprint) -> Result<Option<u64>> {
        let project = self.project_row(&new.project_id)?;
        let Some(key) = &new.key else { return Ok(None) };
        let number = keys::number_in(key, &keys::stem_of_sprints(self.project_key(&new.project_id)))?;
        if number > project.last_sprint {
            return Ok(Some(number));
        }
        match self.sprints_of(&new.project_id).find(|row| row.number == number) {
            Some(row) => Err(keys::taken(key, row.sprint.id.as_str())),
            None => Ok(Some(number)),
        }
    }

    fn draft_sprint(&self, new: NewSprint) -> Result<PMSprint> {
        self.project_row(&new.project_id)?;
        let choices = || self.sprint_statuses(&new.project_id);
        let status = resolve(new.status.as_ref(), SprintStatusCategory::Planned, choices);
        let status = status.map_err(|error| refuse(Field::Status, error.message()))?;
        let now = self.now();
        let mut sprint = PMSprint::new("", new.project_id, new.name, status);
        sprint.start_date = new.start_date;
        sprint.end_date = new.end_date;
        sprint.capacity_hours = new.capacity_hours;
        sprint.planned_hours = new.planned_hours;
        sprint.goal = new.goal;
        sprint.url = new.url;
        sprint.created_at = Some(new.created_at.map_or(now, micros));
        sprint.updated_at = Some(now);
        sprint.version = Some(first_version());
        sprint.raw_data = new.raw_data;
        Ok(sprint)
    }

    fn patch_sprint(&self, mut sprint: PMSprint, patch: SprintPatch) -> Result<PMSprint> {
        if let Some(wanted) = patch.status.value() {
            let status = wanted.resolve_open(&self.sprint_statuses(&sprint.project_id));
            sprint.status = status.map_err(|error| refuse(Field::Status, error.message()))?;
        }
        set(patch.name, &mut sprint.name);
        patch.start_date.apply(&mut sprint.start_date);
        patch.end_date.apply(&mut sprint.end_date);
        patch.capacity_hours.apply(&mut sprint.capacity_hours);
        patch.planned_hours.apply(&mut sprint.planned_hours);
        patch.goal.apply(&mut sprint.goal);
        patch.url.apply(&mut sprint.url);
        set_raw(patch.raw_data, &mut sprint.raw_data);
        Ok(sprint)
    }

    /// Gives a new sprint its id and the number that is wanted, else the next one, and keeps it.
    fn insert_sprint(&mut self, mut sprint: PMSprint, wanted: Option<u64>) -> SprintRow {
        sprint.id = SprintId::new(self.next_id(Entity::Sprint));
        let number = self.projects.get_mut(&sprint.project_id).map_or(0, |row| {
            let number = wanted.unwrap_or(row.last_sprint + 1);
            row.last_sprint = row.last_sprint.max(number);
            number
        });
        let row = SprintRow { sprint, number };
        self.sprints.insert(row.sprint.id.clone(), row.clone());
        self.note_written(ItemRef::Sprint(row.sprint.id.clone()), &row.sprint.project_id);
        row
    }

    /// Takes a sprint out of its tasks, which stay.
    fn empty_sprint(&mut self, id: &SprintId) {
        let tasks = self.tasks.values().filter(|row| row.task.sprint_id.as_ref() == Some(id));
        let tasks: Vec<TaskId> = tasks.map(|row| row.task.id.clone()).collect();
        for task in tasks {
            let Some(mut task) = self.tasks.get(&task).map(|row| row.task.clone()) else { continue };
            task.sprint_id = None;
            self.store_task(task);
        }
    }
}

impl Session<'_> {
    pub(super) fn sprints_page(&self, query: &SprintQuery, cursor: Option<&Cursor>) -> Result<Page<PMSprint>> {
        self.capabilities.check_query(query)?;
        let rows = self.state.sprints.values().filter(|row| {
            let sprint = &row.sprint;
            query.project.as_ref().is_none_or(|project| *project == sprint.project_id)
                && listing::is_called(query.key.as_ref(), Some(&self.state.key_of_sprint(row)))
                && listing::is_among(&query.statuses, &sprint.status.category)
                && listing::holds(query.text.as_ref(), [Some(&sprint.name), sprint.goal.as_deref()])
                && listing::is_since(query.updated_since, sprint.updated_at)
        });
        listing::page(query, cursor, rows, |row| self.state.show_sprint(row))
    }

    pub(super) fn create_sprint(&mut self, new: NewSprint) -> Result<PMSprint> {
        self.capabilities.check_create(&new)?;
        let find = |id: &str| self.state.sprints.get(&id.into()).map(|row| self.state.show_sprint(row));
        if let Some(first) = self.state.made_with(Entity::Sprint, new.idempotency_key.as_deref(), find)? {
            return Ok(first);
        }
        let key = new.idempotency_key.clone();
        let number = self.state.wanted_sprint_number(&new)?;
        let sprint = self.state.draft_sprint(new)?;
        let row = self.state.insert_sprint(sprint, number);
        self.state.keep_key(Entity::Sprint, key, row.sprint.id.as_str());
        Ok(self.state.show_sprint(&row))
    }

    pub(super) fn update_sprint(&mut self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint> {
        self.capabilities.check_update(&patch)?;
        let mut row = self.state.sprint_row(id)?.clone();
        let old = row.sprint.clone();
        check_version(&ItemRef::Sprint(id.clone()), old.version.as_ref(), patch.if_version.as_ref())?;
        let mut sprint = self.state.patch_sprint(old.clone(), patch)?;
        if !is_same((&sprint, &sprint.raw_data), (&old, &old.raw_data)) {
            sprint.version = Some(next_version(old.version.as_ref()));
            sprint.updated_at = Some(self.state.now());
            row.sprint = sprint;
            self.state.sprints.insert(id.clone(), row.clone());
            self.state.note_written(ItemRef::Sprint(id.clone()), &row.sprint.project_id);
        }
        Ok(self.state.show_sprint(&row))
    }

    pub(super) fn delete_sprint(&mut self, id: &SprintId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Sprint, options)?;
        let sprint = &self.state.sprint_row(id)?.sprint;
        let project = sprint.project_id.clone();
        check_version(&ItemRef::Sprint(id.clone()), sprint.version.as_ref(), options.if_version.as_ref())?;
        self.state.empty_sprint(id);
        self.state.sprints.remove(id);
        self.state.note_deleted(ItemRef::Sprint(id.clone()), &project);
        Ok(())
    }
}
