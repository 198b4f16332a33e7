//! The order of listings: created ascending, then id, if nothing else is said.

use chrono::{DateTime, Utc};
use pm_provider::{
    Entity, ErrorKind, Field, NewTask, Operation, PMTask, ProjectId, Sort, SortField, TaskPatch, TaskQuery,
};
use serde_json::json;

use super::Subject;
use super::expect::{ensure, refused, same};
use super::verdict::{Outcome, Stop};

/// Goes on if the order is there; else makes sure that it is refused.
pub(super) async fn requires_sort(subject: &Subject, entity: Entity, by: SortField) -> Outcome {
    subject.requires(entity, Operation::List).await?;
    if subject.can(entity).sorts.contains(&by) {
        return Ok(());
    }
    let query = json!({ "sort": { "by": by, "direction": "descending" } });
    refused("an order", ErrorKind::Unsupported, subject.page_json(entity, &query, None).await)?;
    Err(Stop::Unsupported(format!("{entity}s by {by:?}")))
}

/// Tasks whose times of creation are not in the order in which they were made, some of them equal.
async fn mixed(subject: &Subject) -> Outcome<(ProjectId, Vec<PMTask>)> {
    subject.requires_on_create(Entity::Task, Field::CreatedAt, json!("2020-01-01T00:00:00Z")).await?;
    let project = subject.own_project().await?;
    for seconds in [50, 10, 30, 10, 40, 10, 20, 30] {
        let created = DateTime::<Utc>::from_timestamp(1_600_000_000 + seconds, 0).unwrap_or_default();
        subject.create_task(NewTask::new(&project, "mixed").created_at(created)).await?;
    }
    subject.settled().await;
    let tasks = subject.list_tasks(&TaskQuery::in_project(&project)).await?;
    Ok((project, tasks))
}

/// Ids as text, and as numbers where they are such: either is an order.
fn rises(tasks: &[PMTask], key: impl Fn(&PMTask) -> Option<DateTime<Utc>>) -> bool {
    let by_text = tasks.is_sorted_by_key(|task| (key(task), task.id.clone()));
    by_text || tasks.is_sorted_by_key(|task| (key(task), task.id.as_str().len(), task.id.clone()))
}

/// Without an order the listing is by creation, then id; at any page size.
pub(super) async fn created_then_id_by_default(subject: &Subject) -> Outcome {
    let (project, tasks) = mixed(subject).await?;
    let shown: Vec<_> = tasks.iter().map(|task| (task.created_at, task.id.clone())).collect();
    ensure(rises(&tasks, |task| task.created_at), "tasks by creation, then id", &shown)?;
    let small = subject.task_ids(&TaskQuery::in_project(&project).page_size(2_u32)).await?;
    same("the order by pages of 2", &tasks.iter().map(|task| task.id.clone()).collect::<Vec<_>>(), &small)
}

/// By creation, the newest first; ties follow the direction.
pub(super) async fn created_descending(subject: &Subject) -> Outcome {
    requires_sort(subject, Entity::Task, SortField::CreatedAt).await?;
    let (project, _) = mixed(subject).await?;
    let query = TaskQuery::in_project(&project).sort(Sort::descending(SortField::CreatedAt)).page_size(3_u32);
    let mut tasks = subject.list_tasks(&query).await?;
    tasks.reverse();
    let shown: Vec<_> = tasks.iter().map(|task| (task.created_at, task.id.clone())).collect();
    ensure(rises(&tasks, |task| task.created_at), "tasks by creation, the newest first, then by id", &shown)?;
    same("the number of tasks", &8, &tasks.len())
}

/// By the last change, in both directions.
pub(super) async fn updated_in_both_directions(subject: &Subject) -> Outcome {
    requires_sort(subject, Entity::Task, SortField::UpdatedAt).await?;
    subject.requires(Entity::Task, Operation::Update).await?;
    let project = subject.own_project().await?;
    let tasks = subject.tasks(&project, 5).await?;
    for index in [3, 0, 4] {
        subject.provider.update_task(&tasks[index].id, TaskPatch::new().title("changed")).await?;
    }
    subject.settled().await;
    let query = TaskQuery::in_project(&project).page_size(2_u32);
    let rising = subject.list_tasks(&query.clone().sort(Sort::ascending(SortField::UpdatedAt))).await?;
    ensure(rises(&rising, |task| task.updated_at), "tasks by their last change", &rising)?;
    same("the number of tasks", &5, &rising.len())?;
    let mut falling = subject.list_tasks(&query.sort(Sort::descending(SortField::UpdatedAt))).await?;
    falling.reverse();
    let ids = |tasks: &[PMTask]| tasks.iter().map(|task| task.id.clone()).collect::<Vec<_>>();
    same("tasks by their last change, the newest first", &ids(&rising), &ids(&falling))
}

/// The same for the comments of a task, whose query needs the task.
pub(super) async fn requires_sort_of_comments(subject: &Subject, task: &pm_provider::TaskId) -> Outcome {
    if subject.can(Entity::Comment).sorts.contains(&SortField::CreatedAt) {
        return Ok(());
    }
    let query = json!({ "task": task, "sort": { "by": "created_at", "direction": "descending" } });
    refused("an order", ErrorKind::Unsupported, subject.page_json(Entity::Comment, &query, None).await)?;
    Err(Stop::Unsupported("comments, the newest first".to_owned()))
}
