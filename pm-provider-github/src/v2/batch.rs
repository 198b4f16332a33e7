//! Batches: changes of many items go in documents of twenty, each under an alias of its own.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use pm_http::{Raw, copied};
use pm_provider::{
    BatchOperation, BatchOptions, BatchOutcome, Effect, Entity, Error, ErrorKind, Item, NewTask, Operation, PMTask,
    RawData, Result, TaskId, TaskPatch,
};

use super::create::{Plan, unread};
use super::dto::{self, MadeItem};
use super::map::{self, DRAFT, REPOSITORY};
use super::update::{Steps, task_id, written};
use super::{existing_item, rows};
use crate::GitHubProvider;
use crate::api::Api;
use crate::batch::{MOST_WAITS, pause};
use crate::graphql::{self, MOST_STEPS, Step};
use crate::ids::is_v2;
use crate::provider::told;

/// GitHub's clock tells whole seconds.
const SLACK: TimeDelta = TimeDelta::seconds(2);

/// Says whether an operation of a batch is about a Project v2, or what is in one.
pub(crate) fn is_of_v2(operation: &BatchOperation) -> bool {
    match operation {
        BatchOperation::UpdateProject(id, _) => is_v2(id),
        BatchOperation::CreateTask(new) => is_v2(&new.project_id),
        BatchOperation::UpdateTask(id, _) => is_v2(id),
        BatchOperation::CreateSprint(new) => is_v2(&new.project_id),
        BatchOperation::UpdateSprint(id, _) => is_v2(id),
        BatchOperation::Delete(item, _) => is_v2(item.id()),
        _ => false,
    }
}

/// A run of a batch: what can be written at once, or anything else.
#[derive(Debug)]
enum Run {
    Creates(Vec<NewTask>),
    Updates(Vec<(TaskId, TaskPatch)>),
    Others(Vec<BatchOperation>),
}

impl Run {
    fn len(&self) -> usize {
        match self {
            Self::Creates(news) => news.len(),
            Self::Updates(updates) => updates.len(),
            Self::Others(operations) => operations.len(),
        }
    }
}

impl GitHubProvider {
    /// Applies operations about Projects v2 in their order; one result for each.
    pub(crate) async fn v2_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: &BatchOptions,
    ) -> Vec<Result<BatchOutcome>> {
        let mut outcomes = Vec::with_capacity(operations.len());
        for run in runs(operations) {
            if let Err(late) = options.check_time(Utc::now()) {
                outcomes.extend((0..run.len()).map(|_| Err(copied(&late))));
                continue;
            }
            match run {
                Run::Others(operations) => {
                    for operation in operations {
                        outcomes.push(self.apply_patiently(operation, options).await);
                    }
                }
                Run::Creates(news) => outcomes.extend(named(Operation::Create, self.api.create_drafts(news).await)),
                Run::Updates(updates) => outcomes.extend(named(Operation::Update, self.api.update_many(updates).await)),
            }
        }
        outcomes
    }
}

fn named(operation: Operation, outcomes: Vec<Result<PMTask>>) -> Vec<Result<BatchOutcome>> {
    let name = operation.on(Entity::Task);
    let named = |outcome: Result<PMTask>| told(&name, outcome.map(|task| BatchOutcome::Written(Item::from(task))));
    outcomes.into_iter().map(named).collect()
}

/// Cuts a batch into runs. What touches the same item, or has the same key, comes into another one.
fn runs(operations: Vec<BatchOperation>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    for operation in operations {
        let mark = match &operation {
            BatchOperation::CreateTask(new) => new.idempotency_key.clone(),
            BatchOperation::UpdateTask(id, _) => Some(id.to_string()),
            _ => None,
        };
        let is_new = mark.is_none_or(|mark| seen.insert(mark));
        match (operation, runs.last_mut().filter(|_| is_new)) {
            (BatchOperation::CreateTask(new), Some(Run::Creates(run))) if is_draft(&new) => run.push(*new),
            (BatchOperation::UpdateTask(id, patch), Some(Run::Updates(run))) => run.push((id, *patch)),
            (operation, last) => {
                let begun = match operation {
                    BatchOperation::CreateTask(new) if is_draft(&new) => Run::Creates(vec![*new]),
                    BatchOperation::UpdateTask(id, patch) => Run::Updates(vec![(id, *patch)]),
                    other => match last {
                        Some(Run::Others(run)) => {
                            run.push(other);
                            continue;
                        }
                        _ => Run::Others(vec![other]),
                    },
                };
                runs.push(begun);
            }
        }
    }
    runs
}

fn is_draft(new: &NewTask) -> bool {
    let is_called_so = new.task_type.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case(DRAFT));
    is_called_so && !new.custom_fields.contains_key(REPOSITORY)
}

/// An item of a run on its way.
struct Job {
    project: String,
    item: String,
    steps: Steps,
}

impl Api {
    /// Changes many items.
    async fn update_many(&self, updates: Vec<(TaskId, TaskPatch)>) -> Vec<Result<PMTask>> {
        let ids: Vec<String> =
            updates.iter().filter_map(|(id, _)| Some(existing_item(id).ok()?.1.to_owned())).collect();
        let rows = match self.v2_items(&ids).await {
            Ok(rows) => rows,
            Err(error) => return updates.iter().map(|_| Err(graphql::copy(&error))).collect(),
        };
        let mut jobs = Vec::with_capacity(updates.len());
        for (id, patch) in &updates {
            jobs.push(self.update_job(id, patch, &rows).await);
        }
        let written = self.write_jobs(&mut jobs).await;
        let jobs = jobs.into_iter().zip(written).map(|(job, written)| job.and_then(|job| written.map(|()| job)));
        self.read_jobs(jobs.collect(), false).await
    }

    async fn update_job(&self, id: &TaskId, patch: &TaskPatch, rows: &HashMap<String, Raw<dto::Item>>) -> Result<Job> {
        self.v2_capabilities().check_update(patch)?;
        let (project, item) = existing_item(id)?;
        let row = rows.get(item).filter(|row| rows::is_in(&row.item, project));
        let row = row.ok_or_else(|| Error::not_found("task", id))?;
        let layout = self.v2_layout(project).await?;
        let steps = self.v2_steps(row, &layout, patch).await?;
        Ok(Job { project: project.to_owned(), item: item.to_owned(), steps })
    }

    /// Writes the changes of all jobs; one result for each.
    async fn write_jobs(&self, jobs: &mut [Result<Job>]) -> Vec<Result<()>> {
        let steps = jobs.iter_mut().flatten().map(|job| std::mem::take(&mut job.steps));
        let (mut counts, mut names, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for steps in steps {
            counts.push(steps.len());
            let (named, steps): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
            names.extend(named);
            all.extend(steps);
        }
        let mut outcomes = names.into_iter().zip(self.change_patiently(all).await);
        let mut counts = counts.into_iter();
        let result = |job: &Result<Job>| match job {
            Ok(job) => {
                let own = outcomes.by_ref().take(counts.next().unwrap_or_default()).collect();
                written(&task_id(&job.project, &job.item), own)
            }
            Err(_) => Ok(()),
        };
        jobs.iter().map(result).collect()
    }

    /// Changes many things in their order, and waits for limits.
    async fn change_patiently(&self, steps: Vec<Step>) -> Vec<Result<RawData>> {
        let mut outcomes = Vec::with_capacity(steps.len());
        for steps in steps.chunks(MOST_STEPS) {
            let mut waits = 0;
            loop {
                let made = self.change_all(steps.to_vec()).await;
                let is_refused = made.iter().all(|outcome| outcome.as_ref().err().and_then(pause).is_some());
                let wait = made.first().and_then(|outcome| pause(outcome.as_ref().err()?));
                match wait.filter(|_| is_refused && waits < MOST_WAITS) {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => break outcomes.extend(made),
                }
                waits += 1;
            }
        }
        outcomes
    }

    /// The tasks of all jobs, as they are stored.
    async fn read_jobs(&self, jobs: Vec<Result<Job>>, are_new: bool) -> Vec<Result<PMTask>> {
        let ids: Vec<String> = jobs.iter().flatten().map(|job| job.item.clone()).collect();
        let rows = self.v2_items(&ids).await;
        let mut tasks = Vec::with_capacity(jobs.len());
        for job in jobs {
            let task = match job {
                Ok(job) => self.read_job(&job, &rows).await.map_err(|error| match are_new {
                    true => unread(error, &job.project, &job.item),
                    false => error,
                }),
                Err(error) => Err(error),
            };
            tasks.push(task);
        }
        tasks
    }

    async fn read_job(&self, job: &Job, rows: &Result<HashMap<String, Raw<dto::Item>>>) -> Result<PMTask> {
        let rows = rows.as_ref().map_err(graphql::copy)?;
        let row = rows.get(&job.item).ok_or_else(|| Error::not_found("task", task_id(&job.project, &job.item)))?;
        Ok(map::task(row.clone(), &*self.v2_layout(&job.project).await?))
    }

    /// Creates many drafts, in their order.
    async fn create_drafts(&self, news: Vec<NewTask>) -> Vec<Result<PMTask>> {
        let mut plans = Vec::with_capacity(news.len());
        for new in &news {
            let plan = match self.v2_capabilities().check_create(new) {
                Ok(()) => self.v2_plan(new).await,
                Err(error) => Err(error),
            };
            plans.push(plan);
        }
        let known = self.known_already(&plans).await;
        let plans = plans.into_iter().zip(known).map(|(plan, known)| plan.and_then(|plan| Ok((plan, known?))));
        let jobs = self.make_drafts(plans.collect()).await;
        self.read_jobs(jobs, true).await
    }

    /// Looks all keys up that are not said to be new, by one reading of each project: what is there is not created again.
    async fn known_already(&self, plans: &[Result<Plan>]) -> Vec<Result<Option<String>>> {
        let keyed = plans.iter().flatten().filter(|plan| plan.looks_first());
        let projects: HashSet<&str> = keyed.map(|plan| plan.project.as_str()).collect();
        let mut texts = HashMap::new();
        for project in projects {
            texts.insert(project, self.v2_texts(project).await);
        }
        let known = |plan: &Result<Plan>| {
            let Some(plan) = plan.as_ref().ok().filter(|plan| plan.looks_first()) else { return Ok(None) };
            let Some((marker, texts)) = plan.marker.as_ref().zip(texts.get(plan.project.as_str())) else {
                return Ok(None);
            };
            let texts = texts.as_ref().map_err(graphql::copy)?;
            let has_mark = |item: &dto::Item| {
                item.content
                    .as_ref()
                    .and_then(|content| content.body.as_deref())
                    .is_some_and(|body| marker.matches(body))
            };
            Ok(texts.iter().map(|row| &row.item).find(|item| has_mark(item)).map(|item| item.id.clone()))
        };
        plans.iter().map(known).collect()
    }

    /// Makes the drafts that are not there yet, and puts what is wanted of them on the board.
    async fn make_drafts(&self, plans: Vec<Result<(Plan, Option<String>)>>) -> Vec<Result<Job>> {
        let since = self.http.server_time().and_then(|now| now.checked_sub_signed(SLACK));
        let is_new = |plan: &&(Plan, Option<String>)| plan.1.is_none();
        let drafts = plans.iter().flatten().filter(is_new).map(|(plan, _)| plan.draft()).collect();
        let mut made = self.change_patiently(drafts).await.into_iter();
        let mut jobs = Vec::with_capacity(plans.len());
        for plan in plans {
            let job = match plan {
                Err(error) => Err(error),
                Ok((plan, Some(item))) => Ok((plan, item, false)),
                Ok((plan, None)) => {
                    let item = match made.next() {
                        Some(Ok(made)) => graphql::payload::<MadeItem>(&made).map(|made| made.item.item.id),
                        Some(Err(error)) => Err(error),
                        None => Err(Error::new(ErrorKind::Internal, "an operation of a batch was lost on the way")),
                    };
                    self.found_again(&plan, item, since).await.map(|item| (plan, item, true))
                }
            };
            jobs.push(job);
        }
        for project in jobs.iter().flatten().map(|(plan, ..)| plan.project.clone()).collect::<HashSet<_>>() {
            self.v2_forget_rows(&project).await;
        }
        self.finish_drafts(jobs).await
    }

    /// Looks for a draft whose creation was not answered; one that is not found may still be there.
    async fn found_again(&self, plan: &Plan, made: Result<String>, since: Option<DateTime<Utc>>) -> Result<String> {
        let lost = match made {
            Err(error) if *error.effect() == Effect::Unknown => error,
            made => return made,
        };
        if since.is_none() && plan.marker.is_none() {
            return Err(lost);
        }
        let mut found = self.v2_made(&plan.project, plan.traces(), since).await.unwrap_or_default();
        // Twins cannot be told apart without a key.
        if found.len() == 1 || plan.marker.is_some() && !found.is_empty() {
            Ok(found.swap_remove(0))
        } else {
            Err(lost)
        }
    }

    async fn finish_drafts(&self, jobs: Vec<Result<(Plan, String, bool)>>) -> Vec<Result<Job>> {
        let steps = |job: &(Plan, String, bool)| if job.2 { job.0.steps(&job.1) } else { Vec::new() };
        let all = jobs.iter().flatten().flat_map(steps).collect();
        let mut outcomes = self.change_patiently(all).await.into_iter();
        let finish = |job: Result<(Plan, String, bool)>| {
            let (plan, item, is_new) = job?;
            let count = if is_new { plan.wishes.len() } else { 0 };
            plan.outcome(&item, outcomes.by_ref().take(count).collect())?;
            Ok(Job { project: plan.project, item, steps: Steps::new() })
        };
        jobs.into_iter().map(finish).collect()
    }
}

#[cfg(test)]
mod tests {
    use pm_provider::ItemRef;

    use super::*;

    fn sizes(operations: Vec<BatchOperation>) -> Vec<(char, usize)> {
        let size = |run: &Run| match run {
            Run::Creates(run) => ('c', run.len()),
            Run::Updates(run) => ('u', run.len()),
            Run::Others(run) => ('o', run.len()),
        };
        runs(operations).iter().map(size).collect()
    }

    #[test]
    fn what_can_be_written_at_once_is_one_run() {
        let new = || BatchOperation::from(NewTask::new("v2:P", "a"));
        let keyed = |key: &str| BatchOperation::from(NewTask::new("v2:P", "a").idempotency_key(key));
        let issue = || BatchOperation::from(NewTask::new("v2:P", "a").task_type("Issue"));
        let update = |id: &str| BatchOperation::UpdateTask(id.into(), Box::new(TaskPatch::new().title("b")));
        assert_eq!(
            sizes(vec![new(), new(), update("v2:P:1"), update("v2:P:2"), new()]),
            [('c', 2), ('u', 2), ('c', 1)]
        );
        assert_eq!(sizes(vec![keyed("k"), keyed("l"), keyed("k")]), [('c', 2), ('c', 1)]);
        assert_eq!(sizes(vec![update("v2:P:1"), update("v2:P:1")]), [('u', 1), ('u', 1)]);
        assert_eq!(sizes(vec![new(), issue(), issue()]), [('c', 1), ('o', 2)]);
    }

    #[test]
    fn operations_are_known_by_their_ids() {
        let delete = |item| BatchOperation::Delete(item, pm_provider::DeleteOptions::new());
        assert!(is_of_v2(&NewTask::new("v2:P", "a").into()) && !is_of_v2(&NewTask::new("7", "a").into()));
        assert!(is_of_v2(&delete(ItemRef::Task("v2:P:1".into()))) && !is_of_v2(&delete(ItemRef::Task("7#1".into()))));
    }
}
