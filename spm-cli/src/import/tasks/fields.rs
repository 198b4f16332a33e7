//! From a row to what is created, compared and changed.

use chrono::{DateTime, Utc};
use pm_core::capability::ProjectSchema;
use pm_core::{
    Field, FieldPatch, Native, NewTask, PMProject, PMTask, Priority, RawData, SetPatch, SprintId, Status, TaskId,
    TaskPatch, UserId, Wanted,
};

use crate::import::merge::{Side, Slot, put};
use crate::import::row::{Reason, TaskRow};

/// The ids for what a row names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Links {
    pub(super) assignees: Vec<UserId>,
    pub(super) author: Option<UserId>,
    pub(super) sprint: Option<SprintId>,
    pub(super) parent: Option<TaskId>,
}

/// What a row becomes when it is new.
pub(super) fn new_task(
    project: &PMProject,
    row: &TaskRow,
    words: &Words,
    links: Links,
    raw: &RawData,
    key: String,
) -> NewTask {
    let mut new = NewTask::new(&project.id, &row.title).raw_data(raw.clone()).idempotency_key(key);
    new.description.clone_from(&row.description);
    new.status.clone_from(&row.status);
    new.priority.clone_from(&row.priority);
    new.labels.clone_from(&row.labels);
    (new.assignees, new.author_id) = (links.assignees, links.author);
    (new.sprint_id, new.parent_task_id) = (links.sprint, links.parent);
    new.task_type.clone_from(&row.task_type);
    (new.start_date, new.due_date) = (row.start_date, row.due_date);
    (new.estimated_hours, new.actual_hours) = (row.estimated_hours, row.actual_hours);
    (new.created_at, new.completed_at) = (row.created_at, completed_at(row, words));
    new.url.clone_from(&row.url);
    new.custom_fields.clone_from(&row.custom_fields);
    new
}

/// The words of a row in the project's own terms.
pub(super) struct Words {
    status: Option<Status>,
    priority: Option<Priority>,
}

impl Words {
    /// Resolves the words as the backend will; nothing is known of a project that is not made yet.
    pub(super) fn of(row: &TaskRow, schema: Option<&ProjectSchema>) -> Result<Self, Reason> {
        let Some(schema) = schema else { return Ok(Self { status: None, priority: None }) };
        let open = schema.open_vocabulary;
        Ok(Self {
            status: resolve(row.status.as_ref(), &schema.statuses, open)?,
            priority: resolve(row.priority.as_ref(), &schema.priorities, open)?,
        })
    }
}

fn resolve<N: Native>(wanted: Option<&Wanted<N::Category>>, choices: &[N], open: bool) -> Result<Option<N>, Reason> {
    // A backend without choices has no such field.
    let Some(wanted) = wanted.filter(|_| !choices.is_empty()) else { return Ok(None) };
    let found = if open { wanted.resolve_open(choices) } else { wanted.resolve(choices, &[]) };
    found.map(Some).map_err(|error| Reason::new("unknown word", error.message()))
}

/// What a row says, to be compared.
pub(super) fn side_of_row(row: &TaskRow, links: &Links, words: &Words) -> Side {
    let mut side = Side::new();
    put(&mut side, Field::Title, Some(&row.title));
    put(&mut side, Field::Description, row.description.as_ref());
    put(&mut side, Field::Status, words.status.as_ref().map(|status| &status.name));
    put(&mut side, Field::Priority, words.priority.as_ref().map(|priority| &priority.name));
    put(&mut side, Field::SprintId, links.sprint.as_ref());
    put(&mut side, Field::ParentTaskId, links.parent.as_ref());
    put(&mut side, Field::TaskType, row.task_type.as_ref());
    put(&mut side, Field::StartDate, row.start_date);
    put(&mut side, Field::DueDate, row.due_date);
    put(&mut side, Field::EstimatedHours, row.estimated_hours);
    put(&mut side, Field::ActualHours, row.actual_hours);
    put(&mut side, Field::CompletedAt, completed_at(row, words));
    put(&mut side, Field::Url, row.url.as_ref());
    put_custom(&mut side, &row.custom_fields);
    side
}

/// What is here, to be compared.
pub(super) fn side_of_task(task: &PMTask) -> Side {
    let mut side = Side::new();
    put(&mut side, Field::Title, Some(&task.title));
    put(&mut side, Field::Description, task.description.as_ref());
    put(&mut side, Field::Status, Some(&task.status.name));
    put(&mut side, Field::Priority, task.priority.as_ref().map(|priority| &priority.name));
    put(&mut side, Field::SprintId, task.sprint_id.as_ref());
    put(&mut side, Field::ParentTaskId, task.parent_task_id.as_ref());
    put(&mut side, Field::TaskType, task.task_type.as_ref());
    put(&mut side, Field::StartDate, task.start_date);
    put(&mut side, Field::DueDate, task.due_date);
    put(&mut side, Field::EstimatedHours, task.estimated_hours);
    put(&mut side, Field::ActualHours, task.actual_hours);
    put(&mut side, Field::CompletedAt, task.completed_at);
    put(&mut side, Field::Url, task.url.as_ref());
    put_custom(&mut side, &task.custom_fields);
    side
}

/// When the task was done: a task that goes on, say because it was taken up again, has no such time.
fn completed_at(row: &TaskRow, words: &Words) -> Option<DateTime<Utc>> {
    row.completed_at.filter(|_| words.status.as_ref().is_some_and(|status| status.category.is_closed()))
}

fn put_custom(side: &mut Side, fields: &pm_core::CustomFields) {
    for (name, value) in fields {
        side.insert(Slot::Custom(name.clone()), serde_json::to_string(value).unwrap_or_default());
    }
}

/// Puts what the source says of a field into a patch; `false` for what always has a value and has none there.
pub(super) fn take(patch: &mut TaskPatch, slot: &Slot, row: &TaskRow, links: &Links) -> bool {
    let field = match slot {
        Slot::Field(field) => *field,
        Slot::Custom(name) => {
            patch.custom_fields.insert(name.clone(), row.custom_fields.get(name).cloned().into());
            return true;
        }
    };
    match field {
        Field::Title => patch.title = FieldPatch::Set(row.title.clone()),
        Field::Description => patch.description = row.description.clone().into(),
        Field::Status => match &row.status {
            Some(status) => patch.status = FieldPatch::Set(status.clone()),
            None => return false,
        },
        Field::Priority => patch.priority = row.priority.clone().into(),
        Field::SprintId => patch.sprint_id = links.sprint.clone().into(),
        Field::ParentTaskId => patch.parent_task_id = links.parent.clone().into(),
        Field::TaskType => patch.task_type = row.task_type.clone().into(),
        Field::StartDate => patch.start_date = row.start_date.into(),
        Field::DueDate => patch.due_date = row.due_date.into(),
        Field::EstimatedHours => patch.estimated_hours = row.estimated_hours.into(),
        Field::ActualHours => patch.actual_hours = row.actual_hours.into(),
        Field::Url => patch.url = row.url.clone().into(),
        Field::CompletedAt => match row.completed_at {
            Some(time) => *patch = std::mem::take(patch).completed_at(time),
            None => return false,
        },
        _ => return false,
    }
    true
}

/// An edit of a set, or none.
pub(super) fn edit<T>((add, remove): (Vec<T>, Vec<T>)) -> SetPatch<T> {
    if add.is_empty() && remove.is_empty() { SetPatch::Keep } else { SetPatch::Edit { add, remove } }
}
