//! Writes at the same time.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::join_all;
use pm_provider::{Entity, Error, ErrorKind, Field, NewTask, Operation, PMTask, TaskPatch, TaskQuery};
use serde_json::json;
use tokio::sync::Barrier;

use super::Subject;
use super::capable::unsupported;
use super::expect::{done, ensure, same};
use super::fixture::project_key;
use super::verdict::Outcome;

/// How many write at the same time.
const WRITERS: usize = 8;

/// Runs the same at the same time, in tasks of their own that wait for each other before they begin.
pub(super) async fn at_once<T, F, Answer>(act: F) -> Outcome<Vec<Result<T, Error>>>
where
    T: Send + 'static,
    F: Fn(usize) -> Answer,
    Answer: Future<Output = Result<T, Error>> + Send + 'static,
{
    let start = Arc::new(Barrier::new(WRITERS));
    let running: Vec<_> = (0..WRITERS)
        .map(|index| {
            let (start, answer) = (Arc::clone(&start), act(index));
            tokio::spawn(async move {
                start.wait().await;
                answer.await
            })
        })
        .collect();
    join_all(running).await.into_iter().map(|answer| Ok(answer?)).collect()
}

/// Updates of different fields are both kept.
pub(super) async fn different_fields_are_kept(subject: &Subject) -> Outcome {
    subject.requires_on_update(Entity::Task, Field::Description, json!("text")).await?;
    let project = subject.own_project().await?;
    let task = subject.task(&project, "start").await?.id;
    for round in 0..12 {
        let word = format!("round {round}");
        let title = subject.provider.update_task(&task, TaskPatch::new().title(word.clone()));
        let text = subject.provider.update_task(&task, TaskPatch::new().description(word.clone()));
        let (title, text) = futures_util::join!(title, text);
        done("a change of the title", title)?;
        done("a change of the description", text)?;
        let read = subject.provider.get_task(&task).await?;
        same("title and description", &(word.clone(), Some(word)), &(read.title, read.description))?;
    }
    Ok(())
}

/// Of several updates with one version exactly one wins.
pub(super) async fn one_of_a_version_wins(subject: &Subject) -> Outcome {
    subject.requires_lock(Entity::Task).await?;
    let project = subject.own_project().await?;
    for _ in 0..3 {
        let task = subject.task(&project, "contested").await?;
        let Some(version) = task.version.clone() else { return unsupported("versions of tasks") };
        let answers = at_once(|index| {
            let (provider, id) = (Arc::clone(&subject.provider), task.id.clone());
            let patch = TaskPatch::new().title(format!("winner {index}")).if_version(version.clone());
            async move { provider.update_task(&id, patch).await }
        })
        .await?;
        let winners: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        same("the number of winners", &1, &winners.len())?;
        let odd = answers
            .iter()
            .filter_map(|answer| answer.as_ref().err())
            .find(|error| error.kind() != ErrorKind::VersionConflict);
        ensure(odd.is_none(), "a version conflict for the others", odd)?;
        same("the title", &winners[0].title, &subject.provider.get_task(&task.id).await?.title)?;
    }
    Ok(())
}

/// Labels that are added at the same time are all there.
pub(super) async fn all_labels_are_added(subject: &Subject) -> Outcome {
    subject.requires_on_update(Entity::Task, Field::Labels, json!(["one"])).await?;
    let project = subject.own_project().await?;
    super::sets::free_labels(subject, &project).await?;
    let task = subject.task(&project, "labelled").await?.id;
    let answers = at_once(|index| {
        let (provider, id) = (Arc::clone(&subject.provider), task.clone());
        async move { provider.update_task(&id, TaskPatch::new().add_labels([format!("label-{index}")])).await }
    })
    .await?;
    for answer in answers {
        done("adding a label", answer)?;
    }
    let labels: BTreeSet<_> = subject.provider.get_task(&task).await?.labels.into_iter().collect();
    same("the labels", &(0..WRITERS).map(|index| format!("label-{index}")).collect(), &labels)
}

/// Tasks that are created at the same time are all there, each with an id and a key of its own.
pub(super) async fn creates_are_all_kept(subject: &Subject) -> Outcome {
    subject.requires(Entity::Task, Operation::Create).await?;
    let project = subject.own_project().await?;
    let answers = at_once(|index| {
        let (provider, new) = (Arc::clone(&subject.provider), NewTask::new(&project, format!("at once {index}")));
        async move { provider.create_task(new).await }
    })
    .await?;
    let mut tasks: Vec<PMTask> = Vec::new();
    for answer in answers {
        let task = done("one of several creates", answer)?;
        subject.note_task(&task.id);
        tasks.push(task);
    }
    let ids: BTreeSet<_> = tasks.iter().map(|task| task.id.clone()).collect();
    same("the number of ids", &WRITERS, &ids.len())?;
    let keys: BTreeSet<_> = tasks.iter().filter_map(|task| task.key.clone()).collect();
    ensure(keys.len() == WRITERS || keys.is_empty(), "a key for each", keys)?;
    subject.settled().await;
    let listed = subject.list_all_tasks(&TaskQuery::in_project(&project)).await?;
    let listed: BTreeSet<_> = listed.into_iter().map(|task| task.id).collect();
    ensure(ids.is_subset(&listed), "all of them in the listing", &listed)
}

/// Of several projects with one key exactly one is created.
pub(super) async fn one_project_gets_the_key(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Project, Field::Key, json!("KEY")).await?;
    let key = project_key();
    let answers = at_once(|_| {
        let (subject, new) = (subject.clone(), pm_provider::NewProject::new("contested").key(key.clone()));
        async move { subject.create_project(new).await }
    })
    .await?;
    same("the number of projects", &1, &answers.iter().filter(|answer| answer.is_ok()).count())?;
    let odd =
        answers.iter().filter_map(|answer| answer.as_ref().err()).find(|error| error.kind() != ErrorKind::Conflict);
    ensure(odd.is_none(), "a conflict for the others", odd)
}
