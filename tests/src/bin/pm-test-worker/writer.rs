//! Writes as users do: creates tasks, changes them, comments on them, deletes some, edits a task that all share.

use std::sync::Arc;
use std::time::{Duration, Instant};

use pm_core::{
    Comments, DeleteOptions, Error, NewComment, NewTask, PmProvider, Result, StatusCategory, TaskId, TaskPatch, Version,
};
use pm_tests::protocol::{Act, Event, now, number_of};

use crate::talk;

/// What to do.
pub(crate) struct Task<'a> {
    /// The project to write into.
    pub(crate) project: &'a str,
    /// The task that all writers put labels on.
    pub(crate) shared: &'a str,
    /// The writer's number among the writers.
    pub(crate) number: usize,
    /// For how long.
    pub(crate) seconds: u64,
}

pub(crate) async fn run(url: &str, task: &Task<'_>) -> Result<()> {
    let provider = pm_tests::open(url).await?;
    let comments = provider.comments().ok_or_else(|| Error::unsupported("there are no comments"))?;
    let mut writer = Writer { provider, comments, task, label: None, own: Vec::new() };
    talk::wait_for_the_signal()?;
    let end = Instant::now() + Duration::from_secs(task.seconds);
    for round in 0.. {
        if Instant::now() >= end {
            break;
        }
        writer.round(round).await?;
    }
    Ok(())
}

struct Writer<'a> {
    provider: Arc<dyn PmProvider>,
    comments: Arc<dyn Comments>,
    task: &'a Task<'a>,
    /// The label of ours that the shared task has.
    label: Option<String>,
    own: Vec<TaskId>,
}

impl Writer<'_> {
    async fn round(&mut self, round: usize) -> Result<()> {
        let created = self.create(round).await?;
        self.rename(&created, round).await?;
        if round.is_multiple_of(2) {
            self.comment(&created, round).await?;
        }
        if round.is_multiple_of(3) {
            self.label(round).await?;
        }
        self.own.push(created);
        if round % 7 == 6 {
            let older = self.own.remove(self.own.len() - 4);
            self.delete(&older).await?;
        }
        Ok(())
    }

    async fn create(&self, round: usize) -> Result<TaskId> {
        let Task { project, number, .. } = self.task;
        let title = format!("writer {number} task {round}");
        let new = NewTask::new(*project, title.clone())
            .description(format!("What writer {number} has to say about its task {round}. ").repeat(5))
            .labels([format!("writer {number}"), "written under load".to_owned()])
            .idempotency_key(format!("{number}/{round}"));
        let task = told(Act::Create { title }, self.provider.create_task(new), |task| {
            (task.id.to_string(), task.version.clone())
        });
        Ok(task.await?.id)
    }

    async fn rename(&self, id: &TaskId, round: usize) -> Result<()> {
        let title = format!("writer {} task {round}, begun", self.task.number);
        let patch = TaskPatch::new().title(title.clone()).status(StatusCategory::InProgress);
        let act = Act::Rename { task: id.to_string(), title };
        told(act, self.provider.update_task(id, patch), |task| (task.id.to_string(), task.version.clone())).await?;
        Ok(())
    }

    async fn comment(&self, id: &TaskId, round: usize) -> Result<()> {
        let new = NewComment::new(id, format!("Comment of writer {} in round {round}.", self.task.number));
        let act = Act::Comment { task: id.to_string() };
        told(act, self.comments.create_comment(new), |comment| (comment.id.to_string(), None)).await?;
        Ok(())
    }

    async fn label(&mut self, round: usize) -> Result<()> {
        let label = format!("writer {} round {round}", self.task.number);
        let patch = TaskPatch::new().add_labels([label.clone()]).remove_labels(self.label.replace(label.clone()));
        let shared = TaskId::from(self.task.shared);
        told(Act::Label { label }, self.provider.update_task(&shared, patch), |task| {
            (task.id.to_string(), task.version.clone())
        })
        .await?;
        Ok(())
    }

    async fn delete(&self, id: &TaskId) -> Result<()> {
        let act = Act::Delete { task: id.to_string() };
        told(act, self.provider.delete_task(id, DeleteOptions::new()), |()| (id.to_string(), None)).await
    }
}

/// Makes a write, and says so before and after.
async fn told<T>(
    act: Act,
    write: impl Future<Output = Result<T>>,
    written: impl FnOnce(&T) -> (String, Option<Version>),
) -> Result<T> {
    talk::say(&Event::Begins(act));
    let begun = now();
    let made = write.await?;
    let ended = now();
    let (id, version) = written(&made);
    talk::say(&Event::Wrote { id, version: number_of(version.as_ref()), begun, ended });
    Ok(made)
}
