//! Creating and changing tasks.

use chrono::{DateTime, Utc};
use pm_provider::value::micros;
use pm_provider::{
    Entity, Field, FieldPatch, NewTask, PMTask, Status, StatusCategory, TaskId, TaskPatch, UserId, Vocabulary,
};
use sea_orm::sea_query::LockType;

use super::{members, placement, query};
use crate::error::Result;
use crate::number::{self, Numbered};
use crate::patch::{apply, apply_raw, assign};
use crate::record::{self, Record};
use crate::store::Transaction;
use crate::time::to_micros;
use crate::{id, idempotency, refer, user, vocabulary};

pub(crate) async fn create(transaction: &mut Transaction, author: Option<&UserId>, new: &NewTask) -> Result<PMTask> {
    if let Some(first) = first_of_key(transaction, new).await? {
        return Ok(first);
    }
    match insert(transaction, author, new).await {
        Err(failure) if idempotency::may_be_a_repeat(&failure) => first_of_key(transaction, new).await?.ok_or(failure),
        made => made,
    }
}

async fn insert(transaction: &mut Transaction, author: Option<&UserId>, new: &NewTask) -> Result<PMTask> {
    let Numbered { number, key } =
        number::take(transaction, &number::TASKS, &new.project_id, new.key.as_deref()).await?;
    check_references(transaction, new).await?;
    let mut task = compose(transaction, new).await?;
    task.author_id = find_author(transaction, author, new).await?;
    task.key = Some(key);
    idempotency::keep(transaction, Entity::Task, new.idempotency_key.as_deref(), task.id.as_str()).await?;
    let now = to_micros(transaction.now());
    let fixed = vec![
        ("id", task.id.as_str().into()),
        ("project_id", task.project_id.as_str().into()),
        ("number", number.into()),
        ("version", 1_i64.into()),
        ("created_at", task.created_at.map_or(now, to_micros).into()),
        ("updated_at", now.into()),
    ];
    record::insert(transaction, &task, fixed).await?;
    members::insert(transaction, &task).await?;
    Ok(task)
}

async fn first_of_key(transaction: &Transaction, new: &NewTask) -> Result<Option<PMTask>> {
    let Some(key) = &new.idempotency_key else { return Ok(None) };
    let Some(id) = idempotency::find(transaction, Entity::Task, key).await? else { return Ok(None) };
    let first = query::find(transaction, &id).await?;
    Ok(Some(first.ok_or_else(|| idempotency::gone(Entity::Task, &id))?))
}

/// Who made the task: who the caller says (checked already), else who we are, unless somebody deleted us meanwhile.
async fn find_author(transaction: &Transaction, author: Option<&UserId>, new: &NewTask) -> Result<Option<UserId>> {
    match (&new.author_id, author) {
        (Some(named), _) => Ok(Some(named.clone())),
        (None, Some(ours)) => Ok(user::query::find(transaction, ours.as_str()).await?.map(|user| user.id)),
        (None, None) => Ok(None),
    }
}

async fn check_references(transaction: &Transaction, new: &NewTask) -> Result<()> {
    if let Some(parent) = &new.parent_task_id {
        placement::check_parent(transaction, &new.project_id, parent).await?;
    }
    if let Some(sprint) = &new.sprint_id {
        placement::check_sprint(transaction, &new.project_id, sprint).await?;
    }
    let assignees = new.assignees.iter().map(|user| (Field::Assignees, user));
    let author = new.author_id.iter().map(|user| (Field::AuthorId, user));
    refer::check_users(transaction, assignees.chain(author)).await
}

async fn compose(transaction: &Transaction, new: &NewTask) -> Result<PMTask> {
    let scope = new.project_id.as_str();
    let status = match &new.status {
        Some(wanted) => vocabulary::settle(transaction, scope, wanted).await?,
        None => Status::from(StatusCategory::Todo),
    };
    let now = transaction.now();
    let mut task = PMTask::new(id::new(), &new.project_id, new.title.clone(), status);
    if let Some(wanted) = &new.priority {
        task.priority = Some(vocabulary::settle(transaction, scope, wanted).await?);
    }
    task.description.clone_from(&new.description);
    task.parent_task_id.clone_from(&new.parent_task_id);
    task.sprint_id.clone_from(&new.sprint_id);
    task.assignees = members::distinct(&new.assignees);
    task.estimated_hours = new.estimated_hours;
    task.actual_hours = new.actual_hours;
    task.start_date = new.start_date;
    task.due_date = new.due_date;
    task.labels = members::distinct(&new.labels);
    task.task_type.clone_from(&new.task_type);
    task.custom_fields.clone_from(&new.custom_fields);
    task.visibility = new.visibility.unwrap_or_default();
    task.url.clone_from(&new.url);
    task.raw_data.clone_from(&new.raw_data);
    task.created_at = Some(new.created_at.map_or(now, micros));
    task.completed_at = completion(&task, new, now)?;
    task.stamp("1".into(), now);
    Ok(task)
}

/// When a new task came to its end: when the caller says, else now, if it is over at all.
fn completion(task: &PMTask, new: &NewTask, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let Some(time) = new.completed_at else { return Ok(task.status.category.is_closed().then_some(now)) };
    check_completion(task.status.category)?;
    Ok(Some(micros(time)))
}

pub(crate) async fn update(transaction: &mut Transaction, id: &TaskId, patch: &TaskPatch) -> Result<PMTask> {
    record::lock(transaction, PMTask::TABLE, id.as_str(), LockType::NoKeyUpdate).await?;
    let before = query::get(transaction, id).await?;
    record::check_version(&before, patch.if_version.as_ref())?;
    let mut after = before.clone();
    apply_vocabulary(transaction, patch, &mut after).await?;
    apply_values(patch, &mut after);
    apply_completion(patch, &mut after)?;
    check_changes(transaction, &before, &after).await?;
    let beside = members::update(transaction, &before, &after).await?;
    record::update(transaction, before, after, beside).await
}

async fn apply_vocabulary(transaction: &Transaction, patch: &TaskPatch, task: &mut PMTask) -> Result<()> {
    if let FieldPatch::Set(wanted) = &patch.status {
        let closed_before = task.status.category.is_closed();
        task.status = vocabulary::settle(transaction, task.project_id.as_str(), wanted).await?;
        match (closed_before, task.status.category.is_closed()) {
            (false, true) => task.completed_at = Some(transaction.now()),
            (true, false) => task.completed_at = None,
            _ => {}
        }
    }
    match &patch.priority {
        FieldPatch::Set(wanted) => {
            task.priority = Some(vocabulary::settle(transaction, task.project_id.as_str(), wanted).await?);
        }
        FieldPatch::Clear => task.priority = None,
        _ => {}
    }
    Ok(())
}

/// Where the caller knows better when the task came to its end. Not before the status is what it will be.
fn apply_completion(patch: &TaskPatch, task: &mut PMTask) -> Result<()> {
    if let FieldPatch::Set(time) = patch.completed_at {
        check_completion(task.status.category)?;
        task.completed_at = Some(micros(time));
    }
    Ok(())
}

/// Refuses a time of completion for a task that is not over.
pub(crate) fn check_completion(status: StatusCategory) -> Result<()> {
    if status.is_closed() {
        return Ok(());
    }
    let problem = format!("the status is `{}`; only a task that is done or cancelled has such a time", status.word());
    Err(refer::refuse(Field::CompletedAt, problem))
}

fn apply_values(patch: &TaskPatch, task: &mut PMTask) {
    assign(&patch.title, &mut task.title);
    apply(&patch.description, &mut task.description);
    apply(&patch.parent_task_id, &mut task.parent_task_id);
    apply(&patch.sprint_id, &mut task.sprint_id);
    task.assignees = patch.assignees.apply(&task.assignees);
    apply(&patch.estimated_hours, &mut task.estimated_hours);
    apply(&patch.actual_hours, &mut task.actual_hours);
    apply(&patch.start_date, &mut task.start_date);
    apply(&patch.due_date, &mut task.due_date);
    task.labels = patch.labels.apply(&task.labels);
    apply(&patch.task_type, &mut task.task_type);
    assign(&patch.visibility, &mut task.visibility);
    apply(&patch.url, &mut task.url);
    apply_raw(&patch.raw_data, &mut task.raw_data);
    for (name, value) in &patch.custom_fields {
        match value {
            FieldPatch::Set(value) => drop(task.custom_fields.insert(name.clone(), value.clone())),
            FieldPatch::Clear => drop(task.custom_fields.remove(name)),
            _ => {}
        }
    }
}

/// Only what changed is checked: a task whose assignee stays must not be looked up again.
async fn check_changes(transaction: &Transaction, before: &PMTask, after: &PMTask) -> Result<()> {
    if let Some(parent) = after.parent_task_id.as_ref().filter(|_| before.parent_task_id != after.parent_task_id) {
        placement::check_parent(transaction, &after.project_id, parent).await?;
        placement::check_cycle(transaction, after, parent).await?;
    }
    if let Some(sprint) = after.sprint_id.as_ref().filter(|_| before.sprint_id != after.sprint_id) {
        placement::check_sprint(transaction, &after.project_id, sprint).await?;
    }
    let added = after.assignees.iter().filter(|user| !before.assignees.contains(user));
    refer::check_users(transaction, added.map(|user| (Field::Assignees, user))).await
}
