//! The change feed while others write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::join_all;
use pm_provider::{Change, ChangeKind, Entity, Item, NewTask, Operation, PmProvider, ProjectId, TaskId, TaskPatch};
use tokio::task::JoinHandle;

use super::Subject;
use super::expect::{ensure, same};
use super::feed::Feed;
use super::verdict::Outcome;

/// How many write at the same time, and how much each.
const WRITERS: usize = 4;
const EACH: usize = 12;

fn writer(
    provider: Arc<dyn PmProvider>,
    project: ProjectId,
    name: usize,
) -> JoinHandle<Result<Vec<TaskId>, pm_provider::Error>> {
    tokio::spawn(async move {
        let mut made = Vec::new();
        for index in 0..EACH {
            let task = provider.create_task(NewTask::new(&project, format!("{name} {index}"))).await?;
            provider.update_task(&task.id, TaskPatch::new().title(format!("{name} {index} changed"))).await?;
            made.push(task.id);
            tokio::task::yield_now().await;
        }
        Ok(made)
    })
}

/// Who reads along while others write misses no item, and ends up with the last state of each.
pub(super) async fn nothing_is_lost(subject: &Subject) -> Outcome {
    subject.requires(Entity::Task, Operation::Update).await?;
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    let query = feed.query.clone().page_size(3_u32);
    let mut cursor = feed.changes.latest(&query).await?;
    let writers: Vec<_> =
        (0..WRITERS).map(|name| writer(Arc::clone(&subject.provider), feed.project.clone(), name)).collect();
    let mut titles = BTreeMap::new();
    while writers.iter().any(|writer| !writer.is_finished()) {
        let page = feed.changes.changes_page(&query, Some(cursor)).await?;
        note(&mut titles, &page.items);
        cursor = page.next;
        tokio::task::yield_now().await;
    }
    let mut made = BTreeSet::new();
    for ids in join_all(writers).await {
        for id in ids?? {
            subject.note_task(&id);
            made.insert(id);
        }
    }
    let (rest, _) = feed.read(&query, Some(cursor)).await?;
    note(&mut titles, &rest);
    titles.retain(|id, _| subject.project.is_none() || made.contains(id));
    same("the tasks in the feed", &made, &titles.keys().cloned().collect())?;
    let early = titles.values().find(|title| !title.ends_with("changed"));
    ensure(early.is_none(), "the last state of each task", early)
}

fn note(titles: &mut BTreeMap<TaskId, String>, changes: &[Change]) {
    for change in changes {
        if let ChangeKind::Written(Item::Task(task)) = &change.kind {
            titles.insert(task.id.clone(), task.title.clone());
        }
    }
}
