//! Times of completion that callers tell: an import closes here what was closed elsewhere long ago.

use chrono::{DateTime, Utc};
use pm_provider::{
    Entity, Error, ErrorKind, Field, FieldPatch, NewTask, PMTask, ProjectId, StatusCategory, TaskPatch, TaskQuery,
    Vocabulary,
};
use serde_json::json;

use super::Subject;
use super::capable::{must, unsupported};
use super::expect::{done, ensure, refused, same};
use super::verdict::Outcome;

const LONG_AGO: &str = "2019-10-27T00:59:59.999999Z";

/// A task that is not over, and the categories that close it and open it again.
struct Course {
    project: ProjectId,
    task: PMTask,
    open: StatusCategory,
    closed: StatusCategory,
}

async fn course(subject: &Subject) -> Outcome<Course> {
    subject.requires_on_update(Entity::Task, Field::CompletedAt, json!(LONG_AGO)).await?;
    subject.requires_on_update(Entity::Task, Field::Status, json!({ "category": "done" })).await?;
    let project = subject.own_project().await?;
    let categories = subject.categories(&project).await?;
    let task = subject.task(&project, "on its way").await?;
    let closed = categories.iter().find(|category| category.is_closed());
    let open = categories.iter().find(|category| !category.is_closed());
    let (Some(open), Some(closed)) = (open, closed) else { return unsupported("a status to close a task with") };
    Ok(Course { project, task, open: *open, closed: *closed })
}

/// The time that a patch gives, past the setter, which would truncate it.
fn completed(time: DateTime<Utc>) -> TaskPatch {
    let mut patch = TaskPatch::new();
    patch.completed_at = FieldPatch::Set(time);
    patch
}

fn time(text: &str) -> Outcome<DateTime<Utc>> {
    must("a time", text.parse().ok())
}

/// A patch that is done, as its answer and the next read show it.
async fn shown(subject: &Subject, task: &PMTask, what: &str, patch: TaskPatch) -> Outcome<PMTask> {
    let answered = done(what, subject.provider.update_task(&task.id, patch).await)?;
    let read = subject.provider.get_task(&task.id).await?;
    same(&format!("`completed_at` in the answer to {what}"), &read.completed_at, &answered.completed_at)?;
    Ok(read)
}

/// Makes sure that a time is kept, as far as the backend keeps times.
fn kept(subject: &Subject, what: &str, given: DateTime<Utc>, read: &PMTask) -> Outcome {
    if subject.can(Entity::Task).field(Field::CompletedAt).lossy.is_some() {
        return must(&format!("`completed_at` after {what}"), read.completed_at).map(drop);
    }
    same(&format!("`completed_at` after {what}"), &Some(given), &read.completed_at)
}

/// Closing a task can tell when that was, the time can be set right, and goes when the task is taken up again.
pub(super) async fn can_be_told(subject: &Subject) -> Outcome {
    let Course { task, open, closed, .. } = course(subject).await?;
    let (first, second) = (time(LONG_AGO)?, time("1969-07-20T20:17:40Z")?);
    let what = "closing with a time";
    kept(subject, what, first, &shown(subject, &task, what, completed(first).status(closed)).await?)?;
    let what = "another time for a closed task";
    let read = shown(subject, &task, what, completed(second)).await?;
    kept(subject, what, second, &read)?;
    same("the status", &closed, &read.status.category)?;
    let again = shown(subject, &task, "the same time again", completed(second)).await?;
    same("the version after a patch that changes nothing", &read.version, &again.version)?;
    let opened = shown(subject, &task, "opening", TaskPatch::new().status(open)).await?;
    same("`completed_at` of a task that was taken up again", &None, &opened.completed_at)
}

/// A task that is not over after the patch has no time at which it ended.
pub(super) async fn needs_an_end(subject: &Subject) -> Outcome {
    let Course { task, open, closed, .. } = course(subject).await?;
    let given = time(LONG_AGO)?;
    refused_for(subject, &task, "an open task", completed(given).title("not to be seen")).await?;
    let over = shown(subject, &task, "closing", TaskPatch::new().status(closed)).await?;
    refused_for(subject, &over, "a task that is opened", completed(given).status(open)).await
}

/// A new task that is not over has no time at which it ended either, and is not created with one.
pub(super) async fn needs_an_end_on_create(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::CompletedAt, json!(LONG_AGO)).await?;
    let project = subject.other_project().await?;
    let categories = subject.categories(&project).await?;
    let open = categories.into_iter().filter(|category| !category.is_closed());
    let default = subject.task(&project, "as tasks begin").await?.status.category;
    let unsaid = (!default.is_closed()).then(|| NewTask::new(&project, "no word of a status"));
    let said = open.map(|category| NewTask::new(&project, category.word()).status(category));
    for new in said.chain(unsaid) {
        let what = format!("`completed_at` of a new task that is not over ({})", new.title);
        let answer = subject.create_task(new.completed_at(time(LONG_AGO)?)).await;
        names_the_field(&what, &refused(&what, ErrorKind::InvalidInput, answer)?)?;
    }
    subject.settled().await;
    let listed = subject.list_all_tasks(&TaskQuery::in_project(&project)).await?;
    let odd = listed.iter().find(|task| task.completed_at.is_some() && !task.status.category.is_closed());
    ensure(odd.is_none(), "no open task with `completed_at`", odd)
}

fn names_the_field(what: &str, error: &Error) -> Outcome {
    let named = error.field_errors().iter().any(|problem| problem.field == Field::CompletedAt);
    same(&format!("whether the error for {what} names the field"), &true, &named)
}

async fn refused_for(subject: &Subject, task: &PMTask, what: &str, patch: TaskPatch) -> Outcome {
    let what = format!("`completed_at` of {what}");
    let error = refused(&what, ErrorKind::InvalidInput, subject.provider.update_task(&task.id, patch).await)?;
    names_the_field(&what, &error)?;
    same("the task", task, &subject.provider.get_task(&task.id).await?)
}

/// A time with nanoseconds is truncated, not rounded, before 1970 too.
pub(super) async fn is_truncated(subject: &Subject) -> Outcome {
    let Course { task, closed, .. } = course(subject).await?;
    if subject.can(Entity::Task).field(Field::CompletedAt).lossy.is_some() {
        return unsupported("`completed_at` of a task as it is written");
    }
    for (given, expected) in [
        ("2025-12-31T23:59:59.999999999Z", "2025-12-31T23:59:59.999999Z"),
        ("1969-12-31T23:59:59.000001999Z", "1969-12-31T23:59:59.000001Z"),
    ] {
        let read = shown(subject, &task, given, completed(time(given)?).status(closed)).await?;
        same(&format!("the time for {given}"), &Some(time(expected)?), &read.completed_at)?;
    }
    Ok(())
}

/// A preview tells the time that a read will show, and refuses what the write refuses.
pub(super) async fn is_foretold(subject: &Subject) -> Outcome {
    let sync = subject.sync_support()?;
    let Course { project, task, open, closed } = course(subject).await?;
    let given = time("2024-02-29T12:00:00.123456789Z")?;
    let patch = completed(given).status(closed);
    let preview = done("a preview", sync.preview_task(&project, patch.clone()).await)?;
    same("the preview of the preview", &preview, &sync.preview_task(&project, preview.clone()).await?)?;
    let read = shown(subject, &task, "what was foretold", patch).await?;
    same("`completed_at` in the preview", &read.completed_at.as_ref(), &preview.completed_at.value())?;
    let answer = sync.preview_task(&project, completed(given).status(open)).await;
    refused("a preview of `completed_at` for a task that is opened", ErrorKind::InvalidInput, answer).map(drop)
}
