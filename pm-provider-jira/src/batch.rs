//! Batches: up to 50 issues are created by one request, everything else goes one by one.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, future, stream};
use pm_http::{CreateTurn, Marker, apply_batch, copied};
use pm_provider::{
    Batch, BatchOperation, BatchOptions, BatchOutcome, Effect, Entity, Error, ErrorKind, Field, Item, NewTask,
    Operation, PMTask, Result,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::dto::Made;
use crate::provider::told;
use crate::tasks::{Draft, LookUps, MOST_FETCHED};
use crate::{JiraProvider, endpoints};

/// How many operations run side by side where they touch different items.
const WRITERS: usize = 4;
/// How many issues one request creates.
const MOST_CREATED: usize = 50;
/// When issues whose creation was not answered are looked for: Jira may still be at it.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3)];
/// The server's clock tells whole seconds.
const SLACK: TimeDelta = TimeDelta::seconds(2);

/// The answer to a request that creates many.
#[derive(Debug, Deserialize)]
struct ManyMade {
    #[serde(default)]
    issues: Vec<Made>,
    #[serde(default)]
    errors: Vec<NotMade>,
}

/// Why one of them was not created.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NotMade {
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    element_errors: Value,
    failed_element_number: usize,
}

/// A create of a batch on its way.
struct Job {
    /// Its place in the batch.
    index: usize,
    new: NewTask,
    draft: Draft,
    /// Nobody else creates with its key meanwhile.
    turn: Option<CreateTurn>,
}

/// What is known of the creates of a batch before any of them is sent.
#[derive(Default)]
struct Known {
    /// Those that are to be made.
    jobs: Vec<Job>,
    /// Those that are there, by their place in the batch.
    done: Vec<(usize, u64)>,
    /// Those that are there, but something that was to follow is not.
    unfinished: Vec<(Job, u64)>,
}

/// What became of the creates of a batch so far, by their place in it.
type Outcomes = HashMap<usize, Result<PMTask>>;

impl Api {
    /// Creates many issues, in their order: one request for 50, and one that reads 100 back. What was created is read back while
    /// the next ones are created.
    async fn create_many(&self, creates: Vec<(usize, NewTask)>) -> Outcomes {
        let mut outcomes = Outcomes::new();
        let jobs = self.draft_many(creates, &mut outcomes).await;
        let jobs = self.claim(jobs, &mut outcomes).await;
        let Known { jobs, done: mut made, unfinished } = self.known_already(jobs, &mut outcomes).await;
        let (open, ids): (Vec<Job>, Vec<u64>) = unfinished.into_iter().unzip();
        let ids = open.iter().map(|job| job.index).zip(ids).collect();
        made.extend(self.finish_chunk(&open, ids, &mut outcomes).await);
        for chunk in chunks(jobs) {
            let behind = if made.len() >= MOST_FETCHED { std::mem::take(&mut made) } else { Vec::new() };
            let (created, read) = future::join(self.create_chunk(&chunk), self.read_many(behind)).await;
            outcomes.extend(read);
            let (done, failed) = created;
            outcomes.extend(failed);
            let done = self.finish_chunk(&chunk, done, &mut outcomes).await;
            made.extend(done);
        }
        outcomes.extend(self.read_many(made).await);
        outcomes
    }

    /// Validates each; what is refused is refused before anything of it is sent.
    async fn draft_many(&self, creates: Vec<(usize, NewTask)>, outcomes: &mut Outcomes) -> Vec<Job> {
        let look_ups = &LookUps::default();
        let drafts = stream::iter(creates);
        let drafts = drafts.map(|(index, new)| async move { (index, self.draft(&new, look_ups).await, new) });
        let drafts: Vec<_> = drafts.buffered(WRITERS).collect().await;
        let mut jobs = Vec::new();
        for (index, draft, new) in drafts {
            match draft {
                Ok(draft) => jobs.push(Job { index, new, draft, turn: None }),
                Err(error) => drop(outcomes.insert(index, Err(error))),
            }
        }
        jobs
    }

    /// Waits until nobody else creates with any of the keys, before they are looked up.
    async fn claim(&self, mut jobs: Vec<Job>, outcomes: &mut Outcomes) -> Vec<Job> {
        let keyed = jobs.iter().filter(|job| job.draft.is_keyed);
        let identities: Vec<String> = keyed.map(|job| job.draft.identity()).collect();
        match self.http.claim_creates(&identities).await {
            Ok(turns) => {
                let keyed = jobs.iter_mut().filter(|job| job.draft.is_keyed);
                keyed.zip(turns).for_each(|(job, turn)| job.turn = Some(turn));
            }
            Err(error) => jobs.retain(|job| {
                if job.draft.is_keyed {
                    outcomes.insert(job.index, Err(copied(&error)));
                }
                !job.draft.is_keyed
            }),
        }
        jobs
    }

    /// Looks all keys up that are not said to be new, by one request a project: what is there is not created again.
    async fn known_already(&self, jobs: Vec<Job>, outcomes: &mut Outcomes) -> Known {
        let keyed = jobs.iter().filter(|job| job.draft.looks_first());
        let projects: HashSet<u64> = keyed.map(|job| job.draft.kind.0).collect();
        let mut known = Known { jobs, ..Known::default() };
        for project in projects {
            let is_asked = |job: &Job| job.draft.looks_first() && job.draft.kind.0 == project;
            let (asked, others): (Vec<Job>, Vec<Job>) = known.jobs.into_iter().partition(is_asked);
            known.jobs = others;
            let markers: Vec<&Marker> = asked.iter().map(|job| &job.draft.marker).collect();
            let found = match self.marked_issues(Some(project), &markers, None).await {
                Ok(found) => self.still_there(found).await,
                Err(error) => Err(error),
            };
            match found {
                Ok(found) => self.sort_known(asked, &found, &mut known, outcomes).await,
                Err(error) => asked.iter().for_each(|job| drop(outcomes.insert(job.index, Err(copied(&error))))),
            }
        }
        known.jobs.sort_by_key(|job| job.index);
        known
    }

    /// Tells which of the creates are to be made, which are done, and which were interrupted before all was done.
    async fn sort_known(
        &self,
        asked: Vec<Job>,
        found: &HashMap<String, u64>,
        known: &mut Known,
        outcomes: &mut Outcomes,
    ) {
        for job in asked {
            let draft = &job.draft;
            let Some(id) = found.get(draft.marker.as_str()).copied() else {
                match self.check_not_lost(draft) {
                    Ok(()) => known.jobs.push(job),
                    Err(error) => drop(outcomes.insert(job.index, Err(error))),
                }
                continue;
            };
            let is_open = if draft.is_open() { self.is_open(draft.kind.0, &draft.marker, id).await } else { Ok(false) };
            match is_open {
                Ok(true) => known.unfinished.push((job, id)),
                Ok(false) => known.done.push((job.index, id)),
                Err(error) => drop(outcomes.insert(job.index, Err(error))),
            }
        }
    }

    /// Leaves out issues that are gone: their keys make new ones.
    async fn still_there(&self, found: HashMap<String, u64>) -> Result<HashMap<String, u64>> {
        let ids: Vec<u64> = found.values().copied().collect();
        let there = self.tasks_by_ids(&ids).await?;
        Ok(found.into_iter().filter(|(_, id)| there.contains_key(id)).collect())
    }

    /// Creates up to 50: what was made, and what was not.
    async fn create_chunk(&self, jobs: &[Job]) -> (Vec<(usize, u64)>, Outcomes) {
        let since = self.now_there().await.ok().flatten();
        let updates: Vec<Value> = jobs.iter().map(|job| job.draft.json()).collect();
        let body = json!({ "issueUpdates": updates });
        let answer = self.write::<ManyMade>(&endpoints::CREATE_ISSUES, &[], &body).await;
        match answer {
            Ok(many) if many.item.issues.len() + many.item.errors.len() == jobs.len() => sort_out(jobs, many.item),
            Ok(_) => {
                let error = Error::new(ErrorKind::InvalidResponse, "Jira did not say what became of each issue");
                self.look_for(jobs, since, &error.with_effect(Effect::Unknown)).await
            }
            Err(error) if *error.effect() == Effect::Unknown => self.look_for(jobs, since, &error).await,
            // None of them: what is wrong with each is told by its own create.
            Err(error) if error.http_status() == Some(400) => self.create_each(jobs).await,
            Err(error) => (Vec::new(), jobs.iter().map(|job| (job.index, Err(copied(&error)))).collect()),
        }
    }

    async fn create_each(&self, jobs: &[Job]) -> (Vec<(usize, u64)>, Outcomes) {
        let (mut done, mut failed) = (Vec::new(), Outcomes::new());
        for job in jobs {
            match self.create_drafted(&job.draft, job.turn.as_ref()).await {
                Ok((id, _)) => done.push((job.index, id)),
                Err(error) => drop(failed.insert(job.index, Err(error))),
            }
        }
        (done, failed)
    }

    /// Looks for issues whose creation was not answered, all of them by one request: each has a mark of its own. What is not there
    /// may still come: it is not created again, and its error says so.
    async fn look_for(
        &self,
        jobs: &[Job],
        since: Option<DateTime<Utc>>,
        lost: &Error,
    ) -> (Vec<(usize, u64)>, Outcomes) {
        let project = jobs.first().map(|job| job.draft.kind.0);
        let markers: Vec<&Marker> = jobs.iter().map(|job| &job.draft.marker).collect();
        let mut found = HashMap::new();
        for pause in LOOKS {
            tokio::time::sleep(pause).await;
            found.extend(self.marked_issues(project, &markers, since).await.unwrap_or_default());
            if found.len() == jobs.len() {
                break;
            }
        }
        let (mut done, mut failed) = (Vec::new(), Outcomes::new());
        for job in jobs {
            match found.get(job.draft.marker.as_str()) {
                Some(id) => done.push((job.index, *id)),
                None => {
                    let error = maybe_there(lost, job);
                    self.note_lost(&job.draft, &error);
                    failed.insert(job.index, Err(error));
                }
            }
        }
        (done, failed)
    }

    /// What creates cannot do themselves: sprints by one request for all, the rest one by one. Says which issues are done.
    async fn finish_chunk(&self, jobs: &[Job], done: Vec<(usize, u64)>, outcomes: &mut Outcomes) -> Vec<(usize, u64)> {
        let by_index: HashMap<usize, &Job> = jobs.iter().map(|job| (job.index, job)).collect();
        for (index, id) in &done {
            let Some(job) = by_index.get(index) else { continue };
            self.issues.wrote(*id);
            // Only a memory: that it cannot be kept harms nothing.
            let _ = self.remember(&job.draft, *id, job.draft.is_open()).await;
        }
        let finished = stream::iter(done).map(|(index, id)| {
            let job = by_index.get(&index).copied();
            async move {
                match job {
                    Some(job) => (index, id, self.finish(id, &job.new, &job.draft, None).await),
                    None => (index, id, Ok(())),
                }
            }
        });
        let finished: Vec<_> = finished.buffered(WRITERS).collect().await;
        let mut fine = Vec::new();
        for (index, id, answer) in finished {
            match answer {
                Ok(()) => fine.push((index, id)),
                Err(error) => drop(outcomes.insert(index, Err(error))),
            }
        }
        let fine = self.move_chunk(&by_index, fine, outcomes).await;
        let close = fine.iter().filter_map(|(index, id)| Some((*by_index.get(index)?, *id)));
        stream::iter(close).for_each_concurrent(WRITERS, |(job, id)| self.close(&job.draft, id)).await;
        fine
    }

    /// Moves issues into their sprints, all of a sprint at once. Says which issues are where they are to be.
    async fn move_chunk(
        &self,
        jobs: &HashMap<usize, &Job>,
        mut fine: Vec<(usize, u64)>,
        outcomes: &mut Outcomes,
    ) -> Vec<(usize, u64)> {
        let sprint_of = |index: &usize| jobs.get(index).and_then(|job| job.draft.sprint);
        let sprints: HashSet<u64> = fine.iter().filter_map(|(index, _)| sprint_of(index)).collect();
        for sprint in sprints {
            let own = fine.iter().filter(|(index, _)| sprint_of(index) == Some(sprint));
            let ids: Vec<u64> = own.map(|(_, id)| *id).collect();
            let refused = self.not_moved(sprint, &ids).await;
            let (left, others): (Vec<_>, Vec<_>) = fine.into_iter().partition(|(_, id)| refused.contains_key(id));
            fine = others;
            for (index, id) in left {
                let Some(error) = refused.get(&id) else { continue };
                let (applied, failed) = (vec!["the issue".to_owned()], vec![format!("`{}`", Field::SprintId)]);
                let effect = Effect::Partial { id: id.to_string(), applied, failed };
                outcomes.insert(index, Err(copied(error).with_effect(effect)));
            }
        }
        fine
    }

    /// Moves issues into a sprint and says which ones are not there, and why. Jira refuses all of them where it refuses one: then
    /// each goes by itself.
    async fn not_moved(&self, sprint: u64, ids: &[u64]) -> HashMap<u64, Error> {
        let Err(error) = self.move_to_sprint(sprint, ids).await else { return HashMap::new() };
        if ids.len() < 2 || error.http_status() != Some(400) {
            return ids.iter().map(|id| (*id, copied(&error))).collect();
        }
        let mut refused = HashMap::new();
        for id in ids {
            refused.extend(self.move_to_sprint(sprint, &[*id]).await.err().map(|error| (*id, error)));
        }
        refused
    }

    /// The tasks that were made, as they are stored.
    async fn read_many(&self, made: Vec<(usize, u64)>) -> Outcomes {
        if made.is_empty() {
            return Outcomes::new();
        }
        let ids: Vec<u64> = made.iter().map(|(_, id)| *id).collect();
        let read = self.tasks_by_ids(&ids).await;
        let partial = |error: Error, id: u64| {
            let (applied, failed) = (vec!["the issue".to_owned()], vec!["reading it back".to_owned()]);
            error.with_effect(Effect::Partial { id: id.to_string(), applied, failed })
        };
        let outcome = |(index, id): (usize, u64)| {
            let answer = match &read {
                Ok(tasks) => tasks.get(&id).cloned().ok_or_else(|| partial(Error::not_found("task", id), id)),
                Err(error) => Err(partial(copied(error), id)),
            };
            (index, answer)
        };
        made.into_iter().map(outcome).collect()
    }

    /// The server's time, a little early.
    async fn now_there(&self) -> Result<Option<DateTime<Utc>>> {
        Ok(self.http.server_time().and_then(|now| now.checked_sub_signed(SLACK)))
    }
}

/// Runs of 50 creates of one project at most.
fn chunks(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let mut chunks: Vec<Vec<Job>> = Vec::new();
    for job in jobs {
        let fits = |chunk: &&mut Vec<Job>| {
            chunk.len() < MOST_CREATED && chunk.first().is_some_and(|first| first.draft.kind.0 == job.draft.kind.0)
        };
        match chunks.last_mut().filter(fits) {
            Some(chunk) => chunk.push(job),
            None => chunks.push(vec![job]),
        }
    }
    chunks
}

/// Tells which issue is whose: those that were made come in the order of the request, without those that were not.
fn sort_out(jobs: &[Job], many: ManyMade) -> (Vec<(usize, u64)>, Outcomes) {
    let mut errors: HashMap<usize, NotMade> =
        many.errors.into_iter().map(|error| (error.failed_element_number, error)).collect();
    let mut made = many.issues.into_iter();
    let (mut done, mut failed) = (Vec::new(), Outcomes::new());
    for (number, job) in jobs.iter().enumerate() {
        match errors.remove(&number) {
            Some(error) => {
                let error = crate::error::of_element(&error.element_errors, error.status.unwrap_or(400));
                failed.insert(job.index, Err(error));
            }
            None => done.extend(made.next().map(|made| (job.index, made.id.0))),
        }
    }
    (done, failed)
}

/// The error for an issue that may have been created.
fn maybe_there(lost: &Error, job: &Job) -> Error {
    let message = format!("{}; the item may have been created all the same, it was not found", lost.message());
    let hint = if job.draft.is_keyed {
        "the same idempotency key may be used again".to_owned()
    } else {
        format!("look among the newest issues of the project `{}` before creating it again", job.draft.kind.0)
    };
    Error::new(lost.kind(), message).hint(hint).with_effect(Effect::Unknown)
}

/// A run of a batch: creates of tasks that one request can hold, or anything else.
enum Run {
    Creates(Vec<(usize, NewTask)>),
    Others(Vec<BatchOperation>),
}

/// Cuts a batch into runs. A key that comes twice is looked up again when its turn comes.
fn runs(operations: Vec<BatchOperation>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut keys: HashSet<String> = HashSet::new();
    for (index, operation) in operations.into_iter().enumerate() {
        match operation {
            BatchOperation::CreateTask(new) => {
                let is_new = new.idempotency_key.as_ref().is_none_or(|key| keys.insert(key.clone()));
                match runs.last_mut() {
                    Some(Run::Creates(run)) if is_new => run.push((index, *new)),
                    _ => {
                        keys = new.idempotency_key.iter().cloned().collect();
                        runs.push(Run::Creates(vec![(index, *new)]));
                    }
                }
            }
            other => match runs.last_mut() {
                Some(Run::Others(run)) => run.push(other),
                _ => runs.push(Run::Others(vec![other])),
            },
        }
    }
    runs
}

impl JiraProvider {
    async fn run(&self, run: Run, options: &BatchOptions) -> Vec<Result<BatchOutcome>> {
        match run {
            Run::Others(operations) => apply_batch(self, operations, options, WRITERS).await,
            Run::Creates(creates) => {
                if let Err(late) = options.check_time(Utc::now()) {
                    return creates.iter().map(|_| Err(copied(&late))).collect();
                }
                let indices: Vec<usize> = creates.iter().map(|(index, _)| *index).collect();
                let mut outcomes = self.api.create_many(creates).await;
                let name = Operation::Create.on(Entity::Task);
                let lost = || Err(Error::new(ErrorKind::Internal, "an operation of a batch was lost on the way"));
                let outcome = |index: usize| {
                    let made = outcomes.remove(&index).unwrap_or_else(lost);
                    told(&name, made.map(|task| BatchOutcome::Written(Item::from(task))))
                };
                indices.into_iter().map(outcome).collect()
            }
        }
    }
}

#[async_trait]
impl Batch for JiraProvider {
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        told("apply_batch", self.api.capabilities.check_batch(operations.len(), &options))?;
        let mut outcomes = Vec::with_capacity(operations.len());
        for run in runs(operations) {
            outcomes.extend(self.run(run, &options).await);
        }
        Ok(outcomes)
    }
}

#[cfg(test)]
mod tests {
    use pm_provider::TaskPatch;

    use super::*;

    fn sizes(operations: Vec<BatchOperation>) -> Vec<usize> {
        let size = |run: &Run| match run {
            Run::Creates(creates) => creates.len(),
            Run::Others(others) => others.len(),
        };
        runs(operations).iter().map(size).collect()
    }

    #[test]
    fn creates_that_stand_together_are_one_run() {
        let new = || BatchOperation::from(NewTask::new("1", "a"));
        let keyed = |key: &str| BatchOperation::from(NewTask::new("1", "a").idempotency_key(key));
        let update = || BatchOperation::UpdateTask("1".into(), Box::new(TaskPatch::new().title("b")));
        assert_eq!(sizes(vec![new(), new(), update(), update(), new()]), [2, 2, 1]);
        assert_eq!(sizes(vec![keyed("k"), keyed("l"), keyed("k"), keyed("l"), keyed("l")]), [2, 2, 1]);
        assert_eq!(sizes(Vec::new()), [0; 0]);
    }
}
