//! From the contract's items to rows.

use chrono::{DateTime, SecondsFormat, Utc};
use pm_provider::{Comment, CustomValue, Field, Hours, Item, PMSprint, PMTask, Priority, ProjectId, Visibility};
use serde_json::{Value, json};

use super::{Row, Told};
use crate::item::ItemKey;
use crate::record::{FieldKey, Record};
use crate::store::Seen;

/// Reads an item as a row, if it is of a kind that has twins. `project` is where it belongs.
pub(crate) fn row(item: &Item, project: &ProjectId) -> Option<Row> {
    match item {
        Item::Task(task) => Some(task_row(task, project)),
        Item::Sprint(sprint) => Some(sprint_row(sprint, project)),
        Item::Comment(comment) => Some(comment_row(comment)),
        _ => None,
    }
}

pub(crate) fn task_row(task: &PMTask, project: &ProjectId) -> Row {
    Row {
        key: task.key.clone(),
        url: task.url.clone(),
        created_at: task.created_at,
        author: task.author_id.as_ref().map(|id| id.as_str().to_owned()),
        restricted: task.visibility == Visibility::Restricted,
        elsewhere: task.project_id != *project,
        told: Told { completed_at: task.completed_at, raw: task.raw_data.clone() },
        ..plain(
            ItemKey::new(crate::item::Kind::Task, task.id.as_str()),
            task_record(task),
            task.version.as_ref().map(pm_provider::Version::as_str),
            task.updated_at,
        )
    }
}

pub(crate) fn sprint_row(sprint: &PMSprint, project: &ProjectId) -> Row {
    Row {
        key: sprint.key.clone(),
        url: sprint.url.clone(),
        created_at: sprint.created_at,
        elsewhere: sprint.project_id != *project,
        told: Told { completed_at: None, raw: sprint.raw_data.clone() },
        ..plain(
            ItemKey::new(crate::item::Kind::Sprint, sprint.id.as_str()),
            sprint_record(sprint),
            sprint.version.as_ref().map(pm_provider::Version::as_str),
            sprint.updated_at,
        )
    }
}

pub(crate) fn comment_row(comment: &Comment) -> Row {
    let reference = pm_provider::ItemRef::Comment(comment.task_id.clone(), comment.id.clone());
    let item = ItemKey::of(&reference).unwrap_or_else(|| ItemKey::new(crate::item::Kind::Comment, comment.id.as_str()));
    Row {
        created_at: comment.created_at,
        author: comment.author_id.as_ref().map(|id| id.as_str().to_owned()),
        restricted: comment.visibility == Visibility::Restricted,
        told: Told { completed_at: None, raw: comment.raw_data.clone() },
        ..plain(
            item,
            comment_record(comment),
            comment.version.as_ref().map(pm_provider::Version::as_str),
            comment.updated_at.or(comment.created_at),
        )
    }
}

fn plain(item: ItemKey, record: Record, version: Option<&str>, at: Option<DateTime<Utc>>) -> Row {
    let seen = Seen { hash: record.digest(), version: version.map(str::to_owned), at };
    Row::new(item, record, seen)
}

fn task_record(task: &PMTask) -> Record {
    let mut record = Record::new();
    record.set(Field::Title, task.title.clone().into());
    record.set(Field::Description, text(task.description.as_deref()));
    record.set(Field::Status, json!({"category": task.status.category, "name": task.status.name}));
    record.set(Field::Priority, task.priority.as_ref().map_or(Value::Null, priority));
    record.set(Field::ParentTaskId, text(task.parent_task_id.as_ref().map(pm_provider::TaskId::as_str)));
    record.set(Field::SprintId, text(task.sprint_id.as_ref().map(pm_provider::SprintId::as_str)));
    record.set(Field::Assignees, set(task.assignees.iter().map(pm_provider::UserId::as_str)));
    record.set(Field::EstimatedHours, hours(task.estimated_hours));
    record.set(Field::ActualHours, hours(task.actual_hours));
    record.set(Field::StartDate, task.start_date.map_or(Value::Null, |date| date.to_string().into()));
    record.set(Field::DueDate, task.due_date.map_or(Value::Null, |date| date.to_string().into()));
    record.set(Field::Labels, set(task.labels.iter().map(String::as_str)));
    record.set(Field::TaskType, text(task.task_type.as_deref()));
    for (name, value) in &task.custom_fields {
        record.set(FieldKey::Custom(name.clone()), custom(value));
    }
    record
}

fn sprint_record(sprint: &PMSprint) -> Record {
    let mut record = Record::new();
    record.set(Field::Name, sprint.name.clone().into());
    record.set(Field::StartDate, sprint.start_date.map_or(Value::Null, |date| date.to_string().into()));
    record.set(Field::EndDate, sprint.end_date.map_or(Value::Null, |date| date.to_string().into()));
    record.set(Field::Status, json!({"category": sprint.status.category, "name": sprint.status.name}));
    record.set(Field::CapacityHours, hours(sprint.capacity_hours));
    record.set(Field::PlannedHours, hours(sprint.planned_hours));
    record.set(Field::Goal, text(sprint.goal.as_deref()));
    record
}

fn comment_record(comment: &Comment) -> Record {
    let mut record = Record::new();
    record.set(Field::Body, comment.body.clone().into());
    record.set(Field::AuthorId, text(comment.author_id.as_ref().map(pm_provider::UserId::as_str)));
    record.set(Field::AuthorName, text(comment.author_name.as_deref()));
    record.set(Field::CreatedAt, time(comment.created_at));
    record
}

/// A text; an empty one is an unset one, for not every backend tells them apart.
fn text(text: Option<&str>) -> Value {
    text.filter(|text| !text.is_empty()).map_or(Value::Null, Value::from)
}

fn time(at: Option<DateTime<Utc>>) -> Value {
    at.map_or(Value::Null, |at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true).into())
}

fn hours(hours: Option<Hours>) -> Value {
    hours.and_then(|hours| serde_json::to_value(hours).ok()).unwrap_or_default()
}

fn priority(priority: &Priority) -> Value {
    json!({"level": priority.level, "name": priority.name})
}

fn custom(value: &CustomValue) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// A set: sorted, without duplicates; an empty one is an unset one.
fn set<'a>(members: impl Iterator<Item = &'a str>) -> Value {
    let members: std::collections::BTreeSet<_> = members.collect();
    if members.is_empty() { Value::Null } else { members.into_iter().collect() }
}

/// Brings a value of the contract's JSON into the canonical form of records: natives without ids, sets sorted.
pub(crate) fn canonical(field: &FieldKey, value: Value) -> Value {
    match value {
        Value::Object(mut native) if matches!(field, FieldKey::Of(Field::Status | Field::Priority)) => {
            native.remove("id");
            Value::Object(native)
        }
        Value::Array(members) if field.is_set() => set(members.iter().filter_map(Value::as_str)),
        Value::String(text) if text.is_empty() => Value::Null,
        other => other,
    }
}
