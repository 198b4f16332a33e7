//! Tasks of an export.

use std::mem;

use pm_core::{BatchOperation, Entity, NewTask, PMTask, ProjectId, UserId};

use super::super::ledger::{Ledger, Outcome, Remark};
use super::{Found, Line, Restore, known, made};
use crate::failure::Result;

/// What a task needs before it can be made.
enum Ready {
    /// Nothing: here it is.
    Yes(Box<NewTask>),
    /// Its parent has not come yet.
    ParentIsMissing,
    /// It cannot be made.
    Never(Outcome),
}

impl Restore {
    /// Makes tasks, parents before their children.
    pub(super) async fn tasks(&mut self, tasks: Vec<Line<PMTask>>, ledger: &mut Ledger<'_>) -> Result<()> {
        if tasks.is_empty() {
            return Ok(());
        }
        // Those that wait refer to what may have been forgotten meanwhile.
        let mut wave = mem::take(&mut self.waiting);
        self.learn_about(&wave).await?;
        self.learn_about(&tasks).await?;
        for (line, task) in tasks {
            match self.ids.get(Entity::Task, task.id.as_str()) {
                Some(found) => {
                    let outcome = known(found);
                    self.tell(ledger, line, task.key.as_deref(), Some(&task.title), outcome)?;
                }
                None => wave.push((line, task)),
            }
        }
        // Each wave makes the parents of the next.
        loop {
            let before = wave.len();
            wave = self.wave(wave, ledger).await?;
            if wave.is_empty() || wave.len() == before {
                break;
            }
        }
        self.waiting = wave;
        Ok(())
    }

    async fn learn_about(&mut self, tasks: &[Line<PMTask>]) -> Result<()> {
        self.ids.learn(Entity::Task, tasks.iter().map(|(_, task)| task.id.as_str())).await?;
        let parents = tasks.iter().filter_map(|(_, task)| Some(task.parent_task_id.as_ref()?.as_str()));
        self.ids.learn(Entity::Task, parents).await?;
        self.ids.learn(Entity::Project, tasks.iter().map(|(_, task)| task.project_id.as_str())).await?;
        let sprints = tasks.iter().filter_map(|(_, task)| Some(task.sprint_id.as_ref()?.as_str()));
        self.ids.learn(Entity::Sprint, sprints).await?;
        let people = tasks.iter().flat_map(|(_, task)| task.assignees.iter().chain(&task.author_id));
        self.ids.learn(Entity::User, people.map(UserId::as_str)).await
    }

    /// Makes the tasks that can be made now, and returns those whose parent is missing still.
    async fn wave(&mut self, tasks: Vec<Line<PMTask>>, ledger: &mut Ledger<'_>) -> Result<Vec<Line<PMTask>>> {
        let (mut later, mut now, mut operations) = (Vec::new(), Vec::new(), Vec::new());
        for (line, task) in tasks {
            match self.ready(&task, ledger) {
                Ready::Yes(new) => {
                    operations.push(BatchOperation::CreateTask(new));
                    now.push((line, task));
                }
                Ready::ParentIsMissing => later.push((line, task)),
                Ready::Never(outcome) => self.tell(ledger, line, task.key.as_deref(), Some(&task.title), outcome)?,
            }
        }
        let ids = now.iter().map(|(_, task)| task.id.as_str().to_owned()).collect();
        let results = self.create(Entity::Task, ids, operations).await;
        for ((line, task), outcome) in now.into_iter().zip(results) {
            self.tell(ledger, line, task.key.as_deref(), Some(&task.title), outcome)?;
        }
        Ok(later)
    }

    fn ready(&self, task: &PMTask, ledger: &mut Ledger<'_>) -> Ready {
        let project = match self.ids.get(Entity::Project, task.project_id.as_str()) {
            Some(Found::Here(project)) => ProjectId::from(project.as_str()),
            Some(found) => return Ready::Never(known(found)),
            None => return Ready::Never(homeless()),
        };
        let parent = task.parent_task_id.as_ref().map(|parent| self.ids.get(Entity::Task, parent.as_str()));
        if parent == Some(None) {
            return Ready::ParentIsMissing;
        }
        let mut new = NewTask::copy_of(task, &project).item;
        new.key.clone_from(&task.key);
        if let Some(parent) = &task.parent_task_id {
            match self.ids.get(Entity::Task, parent.as_str()) {
                Some(Found::Here(id)) => new = new.parent_task_id(id.as_str()),
                Some(Found::Gone) => ledger.remark(Remark::NoParent, parent.as_str()),
                None => return Ready::ParentIsMissing,
            }
        }
        if let Some(sprint) = &task.sprint_id {
            match self.ids.here(Entity::Sprint, sprint.as_str()) {
                Some(id) => new = new.sprint_id(id),
                None => ledger.remark(Remark::NoSprint, sprint.as_str()),
            }
        }
        for user in &task.assignees {
            match self.ids.here(Entity::User, user.as_str()) {
                Some(id) => new.assignees.push(id.into()),
                None => ledger.remark(Remark::UnknownPerson, user.as_str()),
            }
        }
        new.author_id =
            task.author_id.as_ref().and_then(|user| self.ids.here(Entity::User, user.as_str())).map(Into::into);
        let new = new.idempotency_key(self.ids.key(Entity::Task, task.id.as_str()));
        Ready::Yes(Box::new(self.fit(new, ledger)))
    }

    /// Tasks whose parent never came.
    pub(super) fn give_up_waiting(&mut self, ledger: &mut Ledger<'_>) -> Result<()> {
        for (line, task) in mem::take(&mut self.waiting) {
            let parent = task.parent_task_id.as_ref().map_or("", |parent| parent.as_str());
            let reason = format!("its parent `{parent}` is neither in the file nor here");
            let outcome = Outcome::Failed { kind: "no parent", reason };
            self.tell(ledger, line, task.key.as_deref(), Some(&task.title), outcome)?;
        }
        Ok(())
    }

    /// Creates items, notes their new ids, and says what became of each.
    pub(super) async fn create(
        &mut self,
        entity: Entity,
        olds: Vec<String>,
        operations: Vec<BatchOperation>,
    ) -> Vec<Outcome> {
        let results = match self.options.dry_run {
            true => olds.iter().map(|old| Ok(old.clone())).collect(),
            false => self.apply(operations).await,
        };
        let mut outcomes = Vec::with_capacity(results.len());
        for (old, result) in olds.iter().zip(results) {
            if let Ok(id) = &result {
                self.ids.put(entity, old, id.as_str());
            }
            outcomes.push(made(&result));
        }
        // What ended the batch ends the rest of it as well.
        let rest = olds.len().saturating_sub(outcomes.len());
        outcomes.extend(outcomes.last().cloned().into_iter().cycle().take(rest).collect::<Vec<_>>());
        outcomes
    }
}

/// The project did not come in, and so nothing in it can.
pub(super) fn homeless() -> Outcome {
    Outcome::Failed { kind: "no project", reason: "its project is not here".to_owned() }
}
