//! Creating: what is returned is what a later get shows.

use pm_provider::{Entity, ErrorKind, Field, NewTask, Operation, Support, TaskQuery};
use serde_json::{Value, json};

use super::Subject;
use super::expect::{ensure, refused, same};
use super::items::{Place, text_field, unchanged, with};
use super::verdict::Outcome;

/// What a create returns is what a get shows.
pub(super) async fn returns_what_get_shows(subject: &Subject, entity: Entity) -> Outcome {
    let new = rich(subject, entity).await?;
    let created = subject.create_json(entity, new).await?;
    let read = subject.get_json(&Place::of(entity, &created)).await?;
    unchanged("between the create and a get", &created, &read, &[])?;
    unchanged("between a get and the create", &read, &created, &[])
}

/// The least item with a text and days on top, where they can be given.
async fn rich(subject: &Subject, entity: Entity) -> Outcome<Value> {
    let mut new = subject.least(entity).await?;
    let extras = [
        (Field::Description, json!("A text with *marks*.")),
        (Field::Goal, json!("To be done.")),
        (Field::StartDate, json!("2026-01-31")),
        (Field::Labels, json!(["one", "two"])),
        (Field::EstimatedHours, json!(0.25)),
    ];
    for (field, value) in extras {
        if subject.can(entity).field(field).on_create == Support::Yes {
            new = with(new, field.word(), value);
        }
    }
    Ok(new)
}

/// What a listing shows of an item is what a get shows.
pub(super) async fn listed_as_it_is_got(subject: &Subject) -> Outcome {
    let new = rich(subject, Entity::Task).await?;
    let created = subject.create_json(Entity::Task, new).await?;
    subject.settled().await;
    let project = created["project_id"].as_str().unwrap_or_default();
    let listed = subject.list_tasks(&TaskQuery::in_project(project)).await?;
    let found = listed.into_iter().find(|task| created["id"] == task.id.as_str());
    let found = super::capable::must("the created task in the listing of its project", found)?;
    let read = subject.get_json(&Place::of(Entity::Task, &created)).await?;
    unchanged("between a get and a listing", &read, &serde_json::to_value(&found)?, &[])
}

/// An id is given once.
pub(super) async fn ids_are_given_once(subject: &Subject, entity: Entity) -> Outcome {
    let least = subject.least(entity).await?;
    let first = subject.create_json(entity, least.clone()).await?;
    let second = subject.create_json(entity, subject.another(entity, &least)).await?;
    ensure(first["id"] != second["id"], format!("two {entity}s to have two ids"), &first["id"])
}

/// The time of creation and of the last change are there where they can be read, and creation comes first.
pub(super) async fn times_are_told(subject: &Subject, entity: Entity) -> Outcome {
    let (place, _) = subject.least_item(entity).await?;
    let read = subject.get_json(&place).await?;
    for field in [Field::CreatedAt, Field::UpdatedAt] {
        if subject.can(entity).field(field).readable == Support::Yes {
            ensure(read[field.word()].is_string(), format!("`{field}` of a new {entity}"), &read[field.word()])?;
        }
    }
    let (created, updated) = (read["created_at"].as_str(), read["updated_at"].as_str());
    let times = created.zip(updated).map(|(created, updated)| (time(created), time(updated)));
    ensure(times.is_none_or(|(created, updated)| created <= updated), "creation before the last change", times)
}

fn time(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    text.parse().ok()
}

/// A name, a title, a text of a comment is never empty nor blank.
pub(super) async fn empty_text_is_refused(subject: &Subject, entity: Entity) -> Outcome {
    let least = subject.least(entity).await?;
    let field = text_field(entity);
    for empty in ["", " \t\n"] {
        let answer = subject.create_json(entity, with(least.clone(), field.word(), json!(empty))).await;
        refused(&format!("a new {entity} with `{field}` {empty:?}"), ErrorKind::InvalidInput, answer)?;
    }
    subject.requires(entity, Operation::Update).await?;
    let created = subject.create_json(entity, least).await?;
    let place = Place::of(entity, &created);
    for empty in [json!(""), json!("  "), Value::Null] {
        let answer = subject.update_json(&place, super::items::only(field.word(), empty.clone())).await;
        refused(&format!("making `{field}` of a {entity} {empty}"), ErrorKind::InvalidInput, answer)?;
    }
    let read = subject.get_json(&place).await?;
    unchanged("after refused changes", &created, &read, &[])
}

/// Nothing is made by a create that is refused.
pub(super) async fn refused_creates_leave_nothing(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    subject.task(&project, "there already").await?;
    let before = subject.task_ids(&TaskQuery::in_project(&project)).await?;
    let unknown = NewTask::new(&project, "never made").status("conformance-no-such-status");
    refused("a task with an unknown status", ErrorKind::InvalidInput, subject.create_task(unknown).await)?;
    let empty = subject.create_task(NewTask::new(&project, "")).await;
    refused("a task without a title", ErrorKind::InvalidInput, empty)?;
    subject.settled().await;
    same("the tasks of the project", &before, &subject.task_ids(&TaskQuery::in_project(&project)).await?)
}

/// A task belongs to the project that it was created in; one that is not there is not found.
pub(super) async fn project_must_be_there(subject: &Subject, entity: Entity) -> Outcome {
    let least = subject.least(entity).await?;
    let new = with(least, "project_id", json!(super::capable::NOWHERE));
    let answer = subject.create_json(entity, new).await;
    refused(&format!("a {entity} in an unknown project"), ErrorKind::NotFound, answer).map(drop)
}
