//! Futures that are dropped half-way: afterwards the write is there as a whole or not at all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use pm_provider::{Entity, Field, NewTask, Operation, PMTask, ProjectId, TaskPatch, TaskQuery};
use serde_json::json;
use tokio::task::JoinHandle;

use super::Subject;
use super::capable::unsupported;
use super::expect::{done, ensure, same};
use super::items::unique;
use super::verdict::Outcome;

/// How many writes are dropped.
const DROPPED: u64 = 40;

async fn labels_and_project(subject: &Subject) -> Outcome<ProjectId> {
    subject.requires(Entity::Task, Operation::Create).await?;
    subject.requires_on_create(Entity::Task, Field::Labels, json!(["one"])).await?;
    subject.own_project().await
}

/// The provider works as before, and what is there can be read.
async fn still_works(subject: &Subject, project: &ProjectId) -> Outcome<Vec<PMTask>> {
    // What was sent may still be on its way.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let after = done("a create after dropped ones", subject.create_task(NewTask::new(project, "after")).await)?;
    subject.settled().await;
    let tasks = subject.list_all_tasks(&TaskQuery::in_project(project)).await?;
    ensure(tasks.iter().any(|task| task.id == after.id), "the task that was created after", &tasks)?;
    for task in tasks.iter().filter(|task| subject.project.is_none() || task.id == after.id) {
        same("the task", task, &done("getting a task", subject.provider.get_task(&task.id).await)?)?;
    }
    Ok(tasks)
}

/// Lets a call run for a moment, another one each time, then drops it.
async fn drop_after<T>(index: u64, running: JoinHandle<T>) {
    tokio::time::sleep(Duration::from_micros(index * 150 % 3_000)).await;
    running.abort();
    drop(running.await);
}

/// A create that is dropped at any time leaves a whole task or none, once at most.
pub(super) async fn dropped_creates(subject: &Subject) -> Outcome {
    let (project, name) = (labels_and_project(subject).await?, unique("dropped"));
    for index in 0..DROPPED {
        let new = NewTask::new(&project, format!("{name} {index}")).labels(["one", "two"]);
        if index % 4 == 0 {
            // Polled once, then dropped.
            drop(subject.provider.create_task(new).now_or_never());
            continue;
        }
        let provider = Arc::clone(&subject.provider);
        let running = tokio::spawn(async move { provider.create_task(new).await });
        drop_after(index, running).await;
    }
    let tasks = still_works(subject, &project).await?;
    let mut counts = BTreeMap::new();
    for task in tasks.iter().filter(|task| task.title.starts_with(&name)) {
        subject.note_task(&task.id);
        *counts.entry(task.title.clone()).or_insert(0) += 1;
        let whole = task.labels == ["one", "two"] || !subject.provider.capabilities().atomic_writes;
        ensure(whole, "a whole task", task)?;
    }
    let twice = counts.iter().find(|(_, count)| **count > 1);
    ensure(twice.is_none(), "each task once", twice)
}

/// An update that is dropped at any time is done as a whole or not at all.
pub(super) async fn dropped_updates(subject: &Subject) -> Outcome {
    if !subject.provider.capabilities().atomic_writes {
        return unsupported("writes that are all or nothing when they are dropped");
    }
    let project = labels_and_project(subject).await?;
    let task = subject.create_task(NewTask::new(&project, "0").labels(["0"])).await?.id;
    for index in 1..DROPPED {
        let word = index.to_string();
        let patch = TaskPatch::new().title(word.clone()).labels([word]);
        if index % 4 == 0 {
            drop(subject.provider.update_task(&task, patch).now_or_never());
        } else {
            let (provider, id) = (Arc::clone(&subject.provider), task.clone());
            drop_after(index, tokio::spawn(async move { provider.update_task(&id, patch).await })).await;
        }
        let read = subject.provider.get_task(&task).await?;
        same("title and label of one update", &vec![read.title.clone()], &read.labels)?;
    }
    still_works(subject, &project).await.map(drop)
}
