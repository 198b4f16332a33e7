//! Tasks.

use std::collections::BTreeMap;

use pm_provider::{
    CommentId, Contents, Cursor, CustomFields, CustomValue, DeleteOptions, Entity, Error, Field, FieldPatch, ItemRef,
    Match, NewTask, PMTask, Page, PriorityRef, Result, SetPatch, Status, StatusCategory, StatusRef, TaskId, TaskPatch,
    TaskQuery, value::micros,
};

use super::rows::TaskRow;
use super::state::{
    Session, State, check_version, conflict, first_version, is_same, next_version, refuse, set, set_raw,
};
use super::vocabulary::resolve;
use super::{keys, listing};

impl State {
    /// The stored task.
    pub(super) fn task_row(&self, id: &TaskId) -> Result<&TaskRow> {
        self.tasks.get(id).ok_or_else(|| Error::not_found("task", id))
    }

    /// A task as it is shown: with its key.
    pub(super) fn show_task(&self, row: &TaskRow) -> PMTask {
        row.task.clone().key(self.key_of_task(row))
    }

    fn key_of_task(&self, row: &TaskRow) -> String {
        format!("{}{}", keys::stem_of_tasks(self.project_key(&row.task.project_id)), row.number)
    }

    /// The number that a caller's key asks for: one that no task of the project has.
    fn wanted_task_number(&self, new: &NewTask) -> Result<Option<u64>> {
        let project = self.project_row(&new.project_id)?;
        let Some(key) = &new.key else { return Ok(None) };
        let number = keys::number_in(key, &keys::stem_of_tasks(self.project_key(&new.project_id)))?;
        if number > project.last_task {
            return Ok(Some(number));
        }
        match self.tasks_of(&new.project_id).find(|row| row.number == number) {
            Some(row) => Err(keys::taken(key, row.task.id.as_str())),
            None => Ok(Some(number)),
        }
    }

    fn children_of(&self, id: &TaskId) -> Vec<TaskId> {
        let children = self.tasks.values().filter(|row| row.task.parent_task_id.as_ref() == Some(id));
        children.map(|row| row.task.id.clone()).collect()
    }

    fn draft_task(&self, new: NewTask) -> Result<PMTask> {
        self.project_row(&new.project_id)?;
        let status = resolve(new.status.as_ref(), StatusCategory::Todo, || self.task_statuses(&new.project_id));
        let status = status.map_err(|error| refuse(Field::Status, error.message()))?;
        let now = self.now();
        let mut task = PMTask::new("", new.project_id, new.title, status);
        if let Some(wanted) = &new.priority {
            self.set_priority(&mut task, wanted)?;
        }
        task.completed_at = match new.completed_at {
            Some(time) => check_completion(&task.status).map(|()| Some(micros(time)))?,
            None => task.status.category.is_closed().then_some(now),
        };
        task.description = new.description;
        task.parent_task_id = new.parent_task_id;
        task.sprint_id = new.sprint_id;
        task.assignees = SetPatch::Replace(new.assignees).apply(&[]);
        task.author_id = new.author_id.or_else(|| self.acting_user.clone());
        task.estimated_hours = new.estimated_hours;
        task.actual_hours = new.actual_hours;
        task.start_date = new.start_date;
        task.due_date = new.due_date;
        task.labels = SetPatch::Replace(new.labels).apply(&[]);
        task.task_type = new.task_type;
        task.custom_fields = new.custom_fields;
        task.visibility = new.visibility.unwrap_or_default();
        task.url = new.url;
        task.created_at = Some(new.created_at.map_or(now, micros));
        task.updated_at = Some(now);
        task.version = Some(first_version());
        task.raw_data = new.raw_data;
        self.check_links(&task)?;
        Ok(task)
    }

    fn set_priority(&self, task: &mut PMTask, wanted: &PriorityRef) -> Result<()> {
        let priority = wanted.resolve_open(&self.task_priorities(&task.project_id));
        task.priority = Some(priority.map_err(|error| refuse(Field::Priority, error.message()))?);
        Ok(())
    }

    /// Gives a task another status; when it was completed follows from that.
    fn set_status(&self, task: &mut PMTask, wanted: &StatusRef) -> Result<()> {
        let status = wanted.resolve_open(&self.task_statuses(&task.project_id));
        let was_closed = task.status.category.is_closed();
        task.status = status.map_err(|error| refuse(Field::Status, error.message()))?;
        match (was_closed, task.status.category.is_closed()) {
            (false, true) => task.completed_at = Some(self.now()),
            (true, false) => task.completed_at = None,
            _ => {}
        }
        Ok(())
    }

    fn patch_task(&self, mut task: PMTask, patch: TaskPatch) -> Result<PMTask> {
        if let Some(wanted) = patch.status.value() {
            self.set_status(&mut task, wanted)?;
        }
        if let FieldPatch::Set(time) = patch.completed_at {
            check_completion(&task.status)?;
            task.completed_at = Some(micros(time));
        }
        match &patch.priority {
            FieldPatch::Set(wanted) => self.set_priority(&mut task, wanted)?,
            FieldPatch::Clear => task.priority = None,
            _ => {}
        }
        set(patch.title, &mut task.title);
        patch.description.apply(&mut task.description);
        patch.parent_task_id.apply(&mut task.parent_task_id);
        patch.sprint_id.apply(&mut task.sprint_id);
        task.assignees = patch.assignees.apply(&task.assignees);
        patch.estimated_hours.apply(&mut task.estimated_hours);
        patch.actual_hours.apply(&mut task.actual_hours);
        patch.start_date.apply(&mut task.start_date);
        patch.due_date.apply(&mut task.due_date);
        task.labels = patch.labels.apply(&task.labels);
        patch.task_type.apply(&mut task.task_type);
        set_custom_fields(patch.custom_fields, &mut task.custom_fields);
        set(patch.visibility, &mut task.visibility);
        patch.url.apply(&mut task.url);
        set_raw(patch.raw_data, &mut task.raw_data);
        self.check_links(&task)?;
        Ok(task)
    }

    /// Gives a new task its id and the number that is wanted, else the next one, and keeps it.
    fn insert_task(&mut self, mut task: PMTask, wanted: Option<u64>) -> TaskRow {
        task.id = TaskId::new(self.next_id(Entity::Task));
        let number = self.projects.get_mut(&task.project_id).map_or(0, |row| {
            let number = wanted.unwrap_or(row.last_task + 1);
            row.last_task = row.last_task.max(number);
            number
        });
        let row = TaskRow { task, number };
        self.tasks.insert(row.task.id.clone(), row.clone());
        self.note_written(ItemRef::Task(row.task.id.clone()), &row.task.project_id);
        row
    }

    /// Keeps a task that changed, under its next version.
    pub(super) fn store_task(&mut self, mut task: PMTask) {
        task.version = Some(next_version(task.version.as_ref()));
        task.updated_at = Some(self.now());
        self.note_written(ItemRef::Task(task.id.clone()), &task.project_id);
        if let Some(row) = self.tasks.get_mut(&task.id) {
            row.task = task;
        }
    }

    /// Takes a task out, with its parts, comments, relations and files.
    pub(super) fn remove_task(&mut self, id: &TaskId) {
        for child in self.children_of(id) {
            self.remove_task(&child);
        }
        let Some(row) = self.tasks.remove(id) else { return };
        let project = row.task.project_id;
        let comments = self.comments.values().filter(|comment| comment.task_id == *id);
        let comments: Vec<CommentId> = comments.map(|comment| comment.id.clone()).collect();
        for comment in comments {
            self.comments.remove(&comment);
            self.note_deleted(ItemRef::Comment(id.clone(), comment), &project);
        }
        self.attachments.retain(|_, row| row.attachment.task_id != *id);
        self.relations.retain(|_, relation| relation.from != *id && relation.to != *id);
        self.note_deleted(ItemRef::Task(id.clone()), &project);
    }

    fn is_wanted(&self, query: &TaskQuery, row: &TaskRow) -> bool {
        let task = &row.task;
        query.project.as_ref().is_none_or(|project| *project == task.project_id)
            && query.key.as_ref().is_none_or(|key| listing::is_called(Some(key), Some(&self.key_of_task(row))))
            && query.sprint.accepts(task.sprint_id.as_ref())
            && query.parent.accepts(task.parent_task_id.as_ref())
            && match &query.assignee {
                Match::Is(user) => task.assignees.contains(user),
                other => other.accepts(task.assignee_id()),
            }
            && listing::is_among(&query.statuses, &task.status.category)
            && query.labels.iter().all(|label| task.labels.contains(label))
            && listing::holds(query.text.as_ref(), [Some(&task.title), task.description.as_deref()])
            && listing::is_since(query.updated_since, task.updated_at)
    }
}

/// Refuses a time of completion for a task that is not over.
pub(super) fn check_completion(status: &Status) -> Result<()> {
    if status.category.is_closed() {
        return Ok(());
    }
    Err(refuse(Field::CompletedAt, format!("a task that is `{}` is not over, so it has no such time", status.name)))
}

impl Session<'_> {
    pub(super) fn tasks_page(&self, query: &TaskQuery, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        self.capabilities.check_query(query)?;
        let rows = self.state.tasks.values().filter(|row| self.state.is_wanted(query, row));
        listing::page(query, cursor, rows, |row| self.state.show_task(row))
    }

    pub(super) fn create_task(&mut self, new: NewTask) -> Result<PMTask> {
        self.capabilities.check_create(&new)?;
        let find = |id: &str| self.state.tasks.get(&id.into()).map(|row| self.state.show_task(row));
        if let Some(first) = self.state.made_with(Entity::Task, new.idempotency_key.as_deref(), find)? {
            return Ok(first);
        }
        let key = new.idempotency_key.clone();
        let number = self.state.wanted_task_number(&new)?;
        let task = self.state.draft_task(new)?;
        let row = self.state.insert_task(task, number);
        self.state.keep_key(Entity::Task, key, row.task.id.as_str());
        Ok(self.state.show_task(&row))
    }

    pub(super) fn update_task(&mut self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        self.capabilities.check_update(&patch)?;
        let old = self.state.task_row(id)?.task.clone();
        check_version(&ItemRef::Task(id.clone()), old.version.as_ref(), patch.if_version.as_ref())?;
        let task = self.state.patch_task(old.clone(), patch)?;
        if !is_same((&task, &task.raw_data), (&old, &old.raw_data)) {
            self.state.store_task(task);
        }
        self.state.task_row(id).map(|row| self.state.show_task(row))
    }

    pub(super) fn delete_task(&mut self, id: &TaskId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Task, options)?;
        let task = &self.state.task_row(id)?.task;
        check_version(&ItemRef::Task(id.clone()), task.version.as_ref(), options.if_version.as_ref())?;
        let children = self.state.children_of(id).len();
        if options.contents == Contents::Refuse && children > 0 {
            let message = format!("task `{id}` has {children} tasks below it");
            return Err(conflict(message).hint("say in the options that the contents go along"));
        }
        self.state.remove_task(id);
        Ok(())
    }
}

fn set_custom_fields(patch: BTreeMap<String, FieldPatch<CustomValue>>, fields: &mut CustomFields) {
    for (name, patch) in patch {
        match patch {
            FieldPatch::Set(value) => {
                fields.insert(name, value);
            }
            FieldPatch::Clear => {
                fields.remove(&name);
            }
            _ => {}
        }
    }
}
