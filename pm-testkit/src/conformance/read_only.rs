//! Every write is refused through a read-only layer, those of the abilities too.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::layer::intercept;
use pm_provider::{
    Answered, BatchOptions, Call, Capabilities, DeleteOptions, Entity, Error, ErrorKind, Interceptor, NewRelation,
    NewTask, Next, Operation, PmProvider, RelationKind, Result, TaskQuery,
};
use serde_json::json;

use super::Subject;
use super::expect::{done, ensure, refused, same};
use super::items::{Place, only, text_field, unchanged, unique, with};
use super::verdict::Outcome;

/// Lets nothing through that changes anything.
#[derive(Clone, Copy, Debug)]
struct ReadOnly;

#[async_trait]
impl Interceptor for ReadOnly {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        if call.writes {
            return Err(Error::new(ErrorKind::ReadOnly, "this provider only reads"));
        }
        next.await
    }

    fn capabilities(&self, inner: Capabilities) -> Capabilities {
        inner.read_only()
    }
}

/// The same subject behind a layer that refuses writes.
pub(super) fn guarded(subject: &Subject) -> Subject {
    let mut guarded = subject.clone();
    guarded.provider = intercept(Arc::clone(&subject.provider), ReadOnly);
    guarded
}

/// Creating, changing and deleting are refused, and nothing changes.
pub(super) async fn writes_are_refused(subject: &Subject, entity: Entity) -> Outcome {
    let (place, before) = subject.least_item(entity).await?;
    let least = subject.least(entity).await?;
    let guarded = guarded(subject);
    let field = text_field(entity).word();
    let marked = unique("never made");
    let create = guarded.create_json(entity, with(least, field, json!(marked))).await;
    refused(&format!("creating a {entity}"), ErrorKind::ReadOnly, create)?;
    let update = guarded.update_json(&place, only(field, json!("never changed"))).await;
    refused(&format!("changing a {entity}"), ErrorKind::ReadOnly, update)?;
    let delete = guarded.delete_item(&place, DeleteOptions::with_contents()).await;
    refused(&format!("deleting a {entity}"), ErrorKind::ReadOnly, delete)?;
    let read = done("a read through a read-only layer", guarded.get_json(&place).await)?;
    unchanged("after refused writes", &before, &read, &[])?;
    if entity == Entity::Task {
        let project = before["project_id"].as_str().unwrap_or_default();
        let listed = guarded.list_tasks_behind(project).await?;
        ensure(!listed.contains(&marked), "no task that was refused", listed)?;
    }
    Ok(())
}

impl Subject {
    /// Titles of the tasks of a project.
    async fn list_tasks_behind(&self, project: &str) -> Outcome<Vec<String>> {
        let tasks = self.list_all_tasks(&TaskQuery::in_project(project)).await?;
        Ok(tasks.into_iter().map(|task| task.title).collect())
    }
}

/// Batches are refused, and nothing changes.
pub(super) async fn batches_are_refused(subject: &Subject) -> Outcome {
    subject.batch()?;
    let project = subject.own_project().await?;
    let batch = guarded(subject).batch()?;
    let operations = vec![NewTask::new(&project, "never made").into()];
    let answer = batch.apply_batch(operations, BatchOptions::new()).await;
    refused("a batch", ErrorKind::ReadOnly, answer)?;
    same(
        "the tasks",
        &0,
        &subject.list_tasks_behind(project.as_str()).await?.iter().filter(|title| *title == "never made").count(),
    )
}

/// Relations are neither made nor deleted.
pub(super) async fn relations_are_refused(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    let project = subject.own_project().await?;
    let tasks = subject.tasks(&project, 2).await?;
    let new = |kind| NewRelation::new(kind, &tasks[0].id, &tasks[1].id);
    let made = relations.create_relation(new(RelationKind::Blocks)).await?;
    let guarded = guarded(subject).relations()?;
    let create = guarded.create_relation(new(RelationKind::Relates)).await;
    refused("relating two tasks", ErrorKind::ReadOnly, create)?;
    let delete = guarded.delete_relation(&tasks[0].id, &made.id).await;
    refused("deleting a relation", ErrorKind::ReadOnly, delete)?;
    same("the relations", &vec![made], &super::relations::of_task(&*guarded, &tasks[0].id).await?)
}

/// The capabilities of a read-only provider name no write, and all reads.
pub(super) async fn capabilities_lose_the_writes(subject: &Subject) -> Outcome {
    let guarded = guarded(subject);
    let (inner, outer) = (subject.provider.capabilities(), guarded.provider.capabilities());
    for entity in inner.entities.keys() {
        for operation in Operation::ALL {
            let expected = inner.can(*entity, operation) && !operation.writes();
            same(&format!("{operation} {entity}"), &expected, &outer.can(*entity, operation))?;
        }
        let writable = outer.entity(*entity).fields.iter().find(|(_, support)| {
            support.on_create.is_possible() || support.on_update.is_possible() || support.clearable.is_possible()
        });
        ensure(writable.is_none(), format!("no writable field of a {entity}"), writable)?;
    }
    same("the name", subject.provider.name(), PmProvider::name(guarded.provider.as_ref()))?;
    let place = Place::new(Entity::Task, super::capable::NOWHERE);
    let answer = guarded.get_json(&place).await;
    refused("getting an unknown task through the layer", ErrorKind::NotFound, answer).map(drop)
}
