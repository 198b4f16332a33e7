//! Versions: a stale one is a conflict and changes nothing.

use pm_provider::{DeleteOptions, Entity, ErrorKind, Operation, Version};
use serde_json::{Value, json};

use super::Subject;
use super::expect::{done, ensure, refused, same};
use super::items::{Place, only, text_field, unchanged, unique, with};
use super::verdict::Outcome;

/// An item that has been changed once: where it is, its stale version, and how it is now.
async fn changed_once(subject: &Subject, entity: Entity) -> Outcome<(Place, Value, Value)> {
    subject.requires_lock(entity).await?;
    let (place, _) = subject.least_item(entity).await?;
    let stale = subject.get_json(&place).await?["version"].clone();
    subject.update_json(&place, rename(entity)).await?;
    let now = subject.get_json(&place).await?;
    Ok((place, stale, now))
}

fn rename(entity: Entity) -> Value {
    only(text_field(entity).word(), json!(unique("renamed")))
}

fn version(value: &Value) -> Version {
    Version::new(value.as_str().unwrap_or_default())
}

/// A stale version refuses an update, and nothing changes.
pub(super) async fn stale_update(subject: &Subject, entity: Entity) -> Outcome {
    let (place, stale, now) = changed_once(subject, entity).await?;
    for version in [stale, json!("conformance-no-such-version")] {
        let answer = subject.update_json(&place, with(rename(entity), "if_version", version)).await;
        refused(&format!("an update of a {entity} with a stale version"), ErrorKind::VersionConflict, answer)?;
    }
    unchanged("after a stale update", &now, &subject.get_json(&place).await?, &[])
}

/// A stale version refuses a delete, and the item stays.
pub(super) async fn stale_delete(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires(entity, Operation::Delete).await?;
    let (place, stale, now) = changed_once(subject, entity).await?;
    let options = DeleteOptions::new().if_version(version(&stale));
    let answer = subject.delete_item(&place, options).await;
    refused(&format!("a delete of a {entity} with a stale version"), ErrorKind::VersionConflict, answer)?;
    let read = done("getting what a stale delete left", subject.get_json(&place).await)?;
    unchanged("after a stale delete", &now, &read, &[])
}

/// The present version lets an update and a delete through.
pub(super) async fn fresh_version(subject: &Subject, entity: Entity) -> Outcome {
    let (place, _, now) = changed_once(subject, entity).await?;
    let patch = with(rename(entity), "if_version", now["version"].clone());
    let updated = done("an update with the present version", subject.update_json(&place, patch).await)?;
    subject.requires(entity, Operation::Delete).await?;
    let options = DeleteOptions::new().if_version(version(&updated["version"]));
    done("a delete with the present version", subject.delete_item(&place, options).await)?;
    refused("getting what was deleted", ErrorKind::NotFound, subject.get_json(&place).await).map(drop)
}

/// Each write gives a new version, reading does not; without a lock there is none.
pub(super) async fn each_write_gives_a_version(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires(entity, Operation::Update).await?;
    let (place, created) = subject.least_item(entity).await?;
    if !subject.can(entity).optimistic_lock {
        return same("a version without a lock", &Value::Null, &created["version"]);
    }
    let mut versions = vec![created["version"].clone()];
    for _ in 0..3 {
        let read = subject.get_json(&place).await?;
        same("the version that is read", &versions.last(), &Some(&read["version"]))?;
        versions.push(subject.update_json(&place, rename(entity)).await?["version"].clone());
    }
    let texts: std::collections::BTreeSet<_> = versions.iter().filter_map(Value::as_str).collect();
    ensure(texts.len() == 4, "four different versions", &versions)
}
