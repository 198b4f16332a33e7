//! Markers: what was created with an idempotency key is found by it, many at once.

use std::sync::Arc;

use pm_provider::{DeleteOptions, Entity, Marked, MarkerQuery, NewTask, Operation, PMTask, SyncSupport};
use serde_json::{Value, json};

use super::Subject;
use super::expect::{done, ensure, same};
use super::items::{Place, unique, with};
use super::verdict::Outcome;

/// Creates an item with a key that nobody else has.
async fn marked(subject: &Subject, entity: Entity) -> Outcome<(String, Value)> {
    subject.requires_keys(entity).await?;
    let key = unique("key");
    let new = with(subject.least(entity).await?, "idempotency_key", json!(key));
    let created = subject.create_json(entity, new).await?;
    subject.visible(entity).await;
    Ok((key, created))
}

async fn find<I: IntoIterator<Item = String>>(
    sync: &Arc<dyn SyncSupport>,
    entity: Entity,
    keys: I,
) -> Outcome<Vec<Marked>> {
    let query = MarkerQuery::new(entity, keys);
    done(&format!("finding {entity}s by their markers"), sync.find_by_marker(&query).await)
}

/// What was created with a key is found by it, among the items of its kind alone.
pub(super) async fn found(subject: &Subject, entity: Entity) -> Outcome {
    let sync = subject.sync_support()?;
    let (key, created) = marked(subject, entity).await?;
    let id = created["id"].as_str().unwrap_or_default();
    let found = find(&sync, entity, [key.clone()]).await?;
    let told: Vec<_> = found.iter().map(|marked| (marked.key.as_str(), marked.id.as_str())).collect();
    same(&format!("the {entity} with the key"), &vec![(key.as_str(), id)], &told)?;
    let references = found.iter().filter_map(|marked| marked.item.as_ref()).map(pm_provider::Item::reference);
    let named: Vec<_> = references.map(|item| (item.entity(), item.id().to_owned())).collect();
    same("the item", &vec![(entity, id.to_owned())], &named)?;
    let other = if entity == Entity::Task { Entity::Project } else { Entity::Task };
    for (entity, key) in [(other, key), (entity, unique("key"))] {
        let none = find(&sync, entity, [key]).await?;
        ensure(none.is_empty(), "nothing for a key that nobody used", none)?;
    }
    Ok(())
}

/// Answers come in the order of the keys, with the items as they are now; what nobody used is left out.
pub(super) async fn in_order(subject: &Subject) -> Outcome {
    let sync = subject.sync_support()?;
    subject.requires_keys(Entity::Task).await?;
    let project = subject.own_project().await?;
    let mut tasks: Vec<(String, PMTask)> = Vec::new();
    for number in 0..12 {
        let key = unique("key");
        let new = NewTask::new(&project, format!("number {number}")).idempotency_key(key.clone());
        tasks.push((key, done("creating a task", subject.create_task(new).await)?));
    }
    subject.visible(Entity::Task).await;
    // An order that neither keys nor ids nor times have.
    let asked: Vec<_> = [7, 2, 11, 0, 5, 2, 9, 10, 1].map(|index: usize| &tasks[index]).into();
    let keys = asked.iter().flat_map(|(key, _)| [unique("unused"), key.clone()]);
    let found = find(&sync, Entity::Task, keys).await?;
    let expected: Vec<_> = asked.iter().map(|(key, task)| (key.as_str(), task.id.as_str())).collect();
    let told: Vec<_> = found.iter().map(|marked| (marked.key.as_str(), marked.id.as_str())).collect();
    same("keys and ids", &expected, &told)?;
    for marked in &found {
        let task = subject.provider.get_task(&marked.id.as_str().into()).await?;
        same("the item", &Some(&task.into()), &marked.item.as_ref())?;
    }
    same("nothing for no keys", &0, &find(&sync, Entity::Task, []).await?.len())
}

/// The key of a deleted item leads to none, though it may still tell the id.
pub(super) async fn of_deleted_items(subject: &Subject, entity: Entity) -> Outcome {
    let sync = subject.sync_support()?;
    subject.requires(entity, Operation::Delete).await?;
    let (key, gone) = marked(subject, entity).await?;
    subject.delete_item(&Place::of(entity, &gone), DeleteOptions::new()).await?;
    subject.settled().await;
    for marked in find(&sync, entity, [key]).await? {
        same("the id of what the key made", &gone["id"], &json!(marked.id))?;
        ensure(marked.item.is_none(), format!("no {entity} for the key of a deleted one"), &marked.item)?;
    }
    Ok(())
}
