//! The same idempotency key gives the first item as it is now.

use std::sync::Arc;

use pm_provider::{
    CreateGuarantee, DeleteOptions, Entity, ErrorKind, NewTask, Operation, PMTask, ProjectId, StatusCategory, TaskId,
    TaskQuery,
};
use serde_json::{Value, json};

use super::Subject;
use super::expect::{broken, done, ensure, refused, same};
use super::items::{Place, only, text_field, unchanged, unique, with};
use super::parallel::at_once;
use super::verdict::Outcome;

/// What is created with a key, again and again.
async fn keyed(subject: &Subject, entity: Entity) -> Outcome<Value> {
    subject.requires_keys(entity).await?;
    Ok(with(subject.least(entity).await?, "idempotency_key", json!(unique("key"))))
}

impl Subject {
    /// Waits until an idempotency key that was written can be found.
    pub(super) async fn visible(&self, entity: Entity) {
        if let CreateGuarantee::Marker { visible_within, .. } = &self.can(entity).create_guarantee {
            tokio::time::sleep(*visible_within).await;
        }
    }
}

/// The same key gives the same item, though its content differs.
pub(super) async fn same_key_same_item(subject: &Subject, entity: Entity) -> Outcome {
    let new = keyed(subject, entity).await?;
    let first = subject.create_json(entity, new.clone()).await?;
    subject.visible(entity).await;
    for again in [new.clone(), with(new, text_field(entity).word(), json!("something else"))] {
        let second = done("a create with the same key", subject.create_json(entity, again).await)?;
        unchanged("when it is created again", &first, &second, &[])?;
    }
    Ok(())
}

/// A key that is said to be new makes an item, which a later create with that key returns.
pub(super) async fn new_keys_are_kept(subject: &Subject, entity: Entity) -> Outcome {
    let new = keyed(subject, entity).await?;
    let first = subject.create_json(entity, with(new.clone(), "new_key", json!(true))).await;
    let first = done("a create with a key that is said to be new", first)?;
    subject.visible(entity).await;
    let again = with(new, text_field(entity).word(), json!("something else"));
    let second = done("a later create with that key", subject.create_json(entity, again).await)?;
    unchanged("when it is created again", &first, &second, &[])
}

/// The item comes as it is now, not as it was made.
pub(super) async fn as_it_is_now(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires(entity, Operation::Update).await?;
    let new = keyed(subject, entity).await?;
    let first = subject.create_json(entity, new.clone()).await?;
    subject.visible(entity).await;
    let patch = only(text_field(entity).word(), json!(unique("renamed")));
    subject.update_json(&Place::of(entity, &first), patch).await?;
    let now = subject.get_json(&Place::of(entity, &first)).await?;
    let again = subject.create_json(entity, new).await?;
    unchanged("between a get and a create with the same key", &now, &again, &[])
}

/// Other keys, and none, make other items.
pub(super) async fn other_keys_other_items(subject: &Subject, entity: Entity) -> Outcome {
    let new = keyed(subject, entity).await?;
    let other = with(new.clone(), "idempotency_key", json!(unique("key")));
    let without = with(new.clone(), "idempotency_key", Value::Null);
    let mut ids = std::collections::BTreeSet::new();
    for new in [new, other, without.clone(), without] {
        ids.insert(subject.create_json(entity, subject.another(entity, &new)).await?["id"].to_string());
    }
    same("the number of items", &4, &ids.len())
}

/// The key of a deleted item is a conflict; where it was a mark in the item, it is gone with it and makes a new one.
pub(super) async fn key_of_a_deleted_item(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires(entity, Operation::Delete).await?;
    let new = keyed(subject, entity).await?;
    let first = subject.create_json(entity, new.clone()).await?;
    subject.visible(entity).await;
    subject.delete_item(&Place::of(entity, &first), DeleteOptions::new()).await?;
    let answer = subject.create_json(entity, new).await;
    let is_mark = matches!(subject.can(entity).create_guarantee, CreateGuarantee::Marker { .. });
    match answer {
        Ok(second) if is_mark => {
            ensure(second["id"] != first["id"], format!("another {entity} than the deleted one"), &second["id"])
        }
        answer => refused(&format!("the key of a deleted {entity}"), ErrorKind::Conflict, answer).map(drop),
    }
}

/// How often the race for a key is run: one race alone can be won by luck.
const RACES: usize = 3;

/// Creates with one key that run at the same time make one item.
pub(super) async fn parallel_creates_make_one(subject: &Subject) -> Outcome {
    subject.requires_keys(Entity::Task).await?;
    let project = subject.own_project().await?;
    let mut made = std::collections::BTreeSet::new();
    for _ in 0..RACES {
        made.insert(race_for_one_key(subject, &project).await?);
    }
    subject.settled().await;
    let listed = subject.list_all_tasks(&TaskQuery::in_project(&project)).await?;
    let listed: Vec<_> = listed.into_iter().map(|task| task.id).collect();
    let doubled = listed.iter().filter(|id| made.contains(id)).count() != RACES;
    ensure(!doubled, format!("{RACES} tasks in the listing, each once"), &listed)?;
    ensure(subject.project.is_some() || listed.len() == RACES, format!("{RACES} tasks in the project"), listed)
}

async fn race_for_one_key(subject: &Subject, project: &ProjectId) -> Outcome<TaskId> {
    let key = unique("key");
    let answers = at_once(|index| {
        let provider = Arc::clone(&subject.provider);
        let new = NewTask::new(project, format!("try {index}")).idempotency_key(key.clone());
        async move { provider.create_task(new).await }
    })
    .await?;
    let mut ids = Vec::new();
    for answer in answers {
        ids.push(done("one of several creates with one key", answer)?.id);
    }
    ids.dedup();
    match ids.as_slice() {
        [id] => {
            subject.note_task(id);
            Ok(id.clone())
        }
        several => Err(broken("one id for all of them", format!("{several:?}"))),
    }
}

/// A key of a task is none of a sprint, a project or a comment.
pub(super) async fn each_kind_has_its_own_keys(subject: &Subject) -> Outcome {
    subject.requires_keys(Entity::Task).await?;
    let key = json!(unique("key"));
    let mut made = 0;
    for entity in [Entity::Task, Entity::Sprint, Entity::Project, Entity::Comment] {
        let can = subject.provider.capabilities().can(entity, Operation::Create);
        if !can || subject.can(entity).create_guarantee == CreateGuarantee::None {
            continue;
        }
        let new = with(subject.least(entity).await?, "idempotency_key", key.clone());
        done(&format!("the key of another kind of item on a {entity}"), subject.create_json(entity, new).await)?;
        made += 1;
    }
    ensure(made > 0, "items with one key", made)
}

/// A key has 1 to 255 characters and no NUL.
pub(super) async fn malformed_keys_are_refused(subject: &Subject) -> Outcome {
    let new = keyed(subject, Entity::Task).await?;
    for key in [String::new(), "k".repeat(256), "a\0b".to_owned()] {
        let answer = subject.create_json(Entity::Task, with(new.clone(), "idempotency_key", json!(key))).await;
        refused(&format!("a key of {} characters", key.len()), ErrorKind::InvalidInput, answer)?;
    }
    let longest = format!("{}{}", "ü".repeat(245), super::items::token());
    let answer = subject.create_json(Entity::Task, with(new, "idempotency_key", json!(longest))).await;
    done("a key of 255 characters", answer).map(drop)
}

/// A copy that is made twice is made once.
pub(super) async fn copies_are_made_once(subject: &Subject) -> Outcome {
    subject.requires_keys(Entity::Task).await?;
    let project = subject.own_project().await?;
    let id = unique("7");
    let url = format!("https://elsewhere.example/{id}");
    let foreign = PMTask::new(id, "elsewhere", "A task of another system", StatusCategory::Todo).url(url);
    let copy = || NewTask::copy_of(&foreign, &project).fit(subject.provider.capabilities()).item;
    let first = done("copying a task", subject.create_task(copy()).await)?;
    subject.visible(Entity::Task).await;
    let second = done("copying a task again", subject.create_task(copy()).await)?;
    same("the id of the second copy", &first.id, &second.id)
}
