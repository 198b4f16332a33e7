//! Updating: only fields that the patch names change; a patch that changes nothing writes nothing.

use pm_provider::{DeleteOptions, Entity, ErrorKind, Field, Operation};
use serde_json::{Value, json};

use super::Subject;
use super::capable::NOWHERE;
use super::expect::{ensure, refused};
use super::items::{Place, only, text_field, unchanged, unique};
use super::verdict::Outcome;

/// What an update returns is what a get shows.
pub(super) async fn returns_what_get_shows(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires(entity, Operation::Update).await?;
    let (place, _) = subject.least_item(entity).await?;
    let patch = only(text_field(entity).word(), json!(unique("changed")));
    let updated = subject.update_json(&place, patch).await?;
    let read = subject.get_json(&place).await?;
    unchanged("between the update and a get", &updated, &read, &[])?;
    unchanged("between a get and the update", &read, &updated, &[])
}

/// Only fields that the patch names change, and nothing but the time, the version and what is made of a name besides.
pub(super) async fn only_named_fields_change(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires(entity, Operation::Update).await?;
    let (place, before) = subject.least_item(entity).await?;
    let field = text_field(entity);
    subject.update_json(&place, only(field.word(), json!(unique("changed")))).await?;
    let after = subject.get_json(&place).await?;
    ensure(before[field.word()] != after[field.word()], format!("`{field}` to change"), &after[field.word()])?;
    let mut may_change = subject.made_of_name(entity, field);
    may_change.extend([field, Field::UpdatedAt, Field::Version]);
    unchanged("when only one field was named", &before, &after, &may_change)
}

/// A patch without fields, and one with the values that are there already, write nothing.
pub(super) async fn no_change_writes_nothing(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires(entity, Operation::Update).await?;
    let (place, _) = subject.least_item(entity).await?;
    let before = subject.get_json(&place).await?;
    let field = text_field(entity).word();
    for patch in [json!({}), only(field, before[field].clone())] {
        let answered = subject.update_json(&place, patch.clone()).await?;
        unchanged(&format!("in the answer to the patch {patch}"), &before, &answered, &[])?;
        unchanged(&format!("after the patch {patch}"), &before, &subject.get_json(&place).await?, &[])?;
    }
    Ok(())
}

/// The time of the last change moves with a change, and never backwards.
pub(super) async fn time_of_change_moves(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires(entity, Operation::Update).await?;
    let (place, _) = subject.least_item(entity).await?;
    let before = updated_at(&subject.get_json(&place).await?);
    let patch = only(text_field(entity).word(), json!(unique("changed")));
    subject.update_json(&place, patch).await?;
    let after = updated_at(&subject.get_json(&place).await?);
    ensure(before <= after, format!("a time of change not before {before:?}"), after)?;
    ensure(before.is_some() == after.is_some(), "the time of change to stay readable", after)
}

fn updated_at(item: &Value) -> Option<chrono::DateTime<chrono::Utc>> {
    item["updated_at"].as_str().and_then(|text| text.parse().ok())
}

/// An id that is not there is not found: by get, by update, by delete.
pub(super) async fn unknown_id_is_not_found(subject: &Subject, entity: Entity, operation: Operation) -> Outcome {
    subject.requires(entity, operation).await?;
    let mut place = Place::new(entity, NOWHERE);
    if entity == Entity::Comment {
        subject.comments()?;
        let project = subject.own_project().await?;
        place.task = subject.task(&project, "talked about").await?.id;
    }
    if entity == Entity::User && operation.writes() {
        subject.user_admin()?;
    }
    let answer = match operation {
        Operation::Get => subject.get_json(&place).await.map(drop),
        Operation::Update => {
            let patch = only(text_field(entity).word(), json!("anything"));
            subject.update_json(&place, patch).await.map(drop)
        }
        _ => subject.delete_item(&place, DeleteOptions::new()).await,
    };
    refused(&format!("{operation} {entity} `{NOWHERE}`"), ErrorKind::NotFound, answer).map(drop)
}

/// Several fields of one patch change together, or none of them does.
pub(super) async fn refused_patch_changes_nothing(subject: &Subject) -> Outcome {
    subject.requires(Entity::Task, Operation::Update).await?;
    let (place, _) = subject.least_item(Entity::Task).await?;
    let before = subject.get_json(&place).await?;
    let patch = json!({ "title": "half a change", "status": "conformance-no-such-status" });
    let answer = subject.update_json(&place, patch).await;
    refused("a patch with an unknown status", ErrorKind::InvalidInput, answer)?;
    unchanged("after a refused patch", &before, &subject.get_json(&place).await?, &[])
}
