//! From chunks of rows to tasks: what is new, what is there, what changed, what waits for its parent.

mod entry;
mod fields;
mod seen;
mod update;
mod write;

use std::collections::BTreeSet;

use pm_core::capability::ProjectSchema;
use pm_core::{BatchOperation, Entity, ErrorKind, Field, NewTask, RawData, TaskId};

use self::entry::{Entry, Made, refused};
use self::fields::{Links, Words, new_task};
use self::seen::{Seen, Sighting};
use self::update::Update;
use self::write::Writer;
use super::ledger::{Ledger, Outcome, Remark};
use super::people::{Missing, People};
use super::preset::{Mapped, Preset};
use super::row::{Reason, TaskRow};
use super::source::Record;
use super::spill::Spill;
use super::sprints::{Context, Sprints};
use super::target::Target;
use super::{Options, marker};
use crate::failure::Result;

/// How often the rows were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// As they come out of the input.
    First,
    /// They waited for their parents, and may wait on.
    Again,
    /// They waited in vain.
    Last,
}

/// Whether there is a next chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    GoOn,
    /// A bad row, where none is to be passed over.
    Stop,
}

/// Brings tasks in, chunk by chunk.
pub(super) struct Tasks<'a, 'o> {
    pub(super) target: Target,
    pub(super) ledger: Ledger<'o>,
    /// Rows that wait for their parents.
    pub(super) waiting: Spill,
    preset: &'a dyn Preset,
    options: &'a Options,
    seen: Seen,
    people: People,
    sprints: Sprints,
}

/// What is written for an entry.
struct Job {
    index: usize,
    operation: BatchOperation,
    update: Option<Update>,
    /// What it changes of a task that is there.
    fields: Vec<String>,
}

impl<'a, 'o> Tasks<'a, 'o> {
    pub(super) fn new(target: Target, preset: &'a dyn Preset, options: &'a Options, ledger: Ledger<'o>) -> Self {
        Self {
            target,
            ledger,
            waiting: Spill::default(),
            preset,
            options,
            seen: Seen::default(),
            people: People::new(preset.name()),
            sprints: Sprints::default(),
        }
    }

    /// Brings in the rows of a chunk, and tells what became of each.
    pub(super) async fn chunk(&mut self, records: Vec<Record>, pass: Pass) -> Result<Flow> {
        let mut entries: Vec<_> = records.into_iter().map(|record| self.entry(record, pass)).collect();
        if self.options.strict {
            // The rows before the first bad one still come in.
            let bad = entries.iter().position(|entry| matches!(entry.outcome, Some(Outcome::Failed { .. })));
            entries.truncate(bad.map_or(entries.len(), |index| index + 1));
        }
        let worked = self.work(&mut entries, pass).await;
        let told = self.tell(&entries);
        worked.and(told)
    }

    /// Maps a row, and finds those whose key came before.
    fn entry(&mut self, record: Record, pass: Pass) -> Entry {
        let Record { line, json } = record;
        let mut entry = Entry { line, raw: RawData::none(), row: None, here: None, outcome: None };
        let mapped = json.and_then(|raw| {
            entry.raw = raw;
            self.preset.map(entry.raw.as_str().unwrap_or_default())
        });
        match mapped {
            Err(reason) => entry.outcome = Some(reason.into()),
            Ok(Mapped::LeftOut(reason, row)) => {
                entry.outcome = Some(Outcome::LeftOut { reason: reason.to_owned() });
                entry.row = Some(row);
            }
            Ok(Mapped::Task(row)) => {
                if pass == Pass::First {
                    entry.outcome = repeated(self.seen.note(&row.key, line, &entry.raw));
                }
                entry.row = Some(row);
            }
        }
        entry
    }

    async fn work(&mut self, entries: &mut [Entry], pass: Pass) -> Result<Flow> {
        let mut made = self.look_up(entries).await?;
        self.learn_sprints(entries).await?;
        loop {
            let ready: Vec<_> = (0..entries.len()).filter(|index| self.is_ready(&entries[*index], &made)).collect();
            if ready.is_empty() {
                break;
            }
            if self.bring_in(entries, &ready, &mut made).await? == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        self.put_off(entries, pass)?;
        let bad = entries.iter().any(|entry| matches!(entry.outcome, Some(Outcome::Failed { .. })));
        Ok(if bad && self.options.strict { Flow::Stop } else { Flow::GoOn })
    }

    /// Finds what was made from these rows before, and from their parents, with one question.
    async fn look_up(&mut self, entries: &mut [Entry]) -> Result<Made> {
        let Some(project) = self.target.project().map(|project| project.id.clone()) else { return Ok(Made::default()) };
        let open = entries.iter().filter(|entry| entry.outcome.is_none()).filter_map(|entry| entry.row.as_ref());
        let keys: BTreeSet<&String> = open.flat_map(|row| [Some(&row.key), row.parent.as_ref()]).flatten().collect();
        let key = |source: &str| marker(&project, self.preset.name(), source);
        let mut found = self.target.marked(Entity::Task, keys.iter().map(|source| key(source)).collect()).await?;
        let mut made = Made::default();
        for source in keys {
            if let Some(marked) = found.get(&key(source)) {
                made.0.insert(source.clone(), marked.item.as_ref().map(|_| TaskId::from(marked.id.as_str())));
            }
        }
        for entry in entries.iter_mut().filter(|entry| entry.outcome.is_none()) {
            let marked = entry.row.as_ref().and_then(|row| found.remove(&key(&row.key)));
            entry.compare(marked, self.options.update);
            entry.complete(self.preset);
        }
        Ok(made)
    }

    /// Looks up the sprints of all rows that are written, and makes those that are not there.
    async fn learn_sprints(&mut self, entries: &[Entry]) -> Result<()> {
        let open = entries.iter().filter(|entry| entry.outcome.is_none());
        let rows: Vec<_> = open.filter_map(|entry| Some((entry.line, entry.row.as_ref()?.sprint.as_ref()?))).collect();
        if rows.is_empty() {
            return Ok(());
        }
        if !self.options.dry_run {
            self.target.project_or_create().await?;
        }
        let (sprints, mut context) = self.sprints();
        sprints.learn(rows, Missing::Create, &mut context).await
    }

    fn sprints(&mut self) -> (&mut Sprints, Context<'_, 'o>) {
        let context =
            Context { target: &self.target, preset: self.preset, options: self.options, ledger: &mut self.ledger };
        (&mut self.sprints, context)
    }

    /// Whether a row can be written: its parent, if it has one, is there.
    fn is_ready(&self, entry: &Entry, made: &Made) -> bool {
        let Some(row) = entry.row.as_ref().filter(|_| entry.outcome.is_none()) else { return false };
        match &row.parent {
            None => true,
            // It comes in without a parent, and stays so.
            Some(parent) if made.is_gone(parent) => true,
            // A dry run makes nothing that could be found.
            Some(parent) if self.options.dry_run && *parent != row.key && self.seen.has(parent) => true,
            Some(parent) => made.id(parent).is_some(),
        }
    }

    /// Writes some rows, or says what would be written.
    async fn bring_in(&mut self, entries: &mut [Entry], ready: &[usize], made: &mut Made) -> Result<Flow> {
        if !self.options.dry_run {
            self.target.project_or_create().await?;
        }
        let mut jobs = Vec::with_capacity(ready.len());
        for index in ready {
            match self.job(&entries[*index], *index, made).await? {
                Ok(Some(job)) => jobs.push(job),
                Ok(None) => entries[*index].outcome = Some(Outcome::Unchanged { changed_in_source: false }),
                Err(reason) if self.options.strict => {
                    self.write(entries, jobs, made).await?;
                    entries[*index].outcome.get_or_insert(reason.into());
                    return Ok(Flow::Stop);
                }
                Err(reason) => entries[*index].outcome = Some(reason.into()),
            }
        }
        self.write(entries, jobs, made).await
    }

    async fn job(&mut self, entry: &Entry, index: usize, made: &Made) -> Result<Result<Option<Job>, Reason>> {
        let Some(row) = &entry.row else { return Ok(Ok(None)) };
        let schema = self.target.schema().await?;
        let words = match Words::of(row, schema.as_deref()) {
            Ok(words) => words,
            Err(reason) => return Ok(Err(reason)),
        };
        let parent = row.parent.as_ref().and_then(|parent| made.id(parent).cloned());
        if let Some(gone) = row.parent.as_ref().filter(|parent| made.is_gone(parent)) {
            self.ledger.remark(Remark::NoParent, gone);
        }
        let links = self.links(row, parent, Missing::Create).await?;
        if let Some(here) = &entry.here {
            let update = self.update(entry, row, links, &words, schema.as_deref()).await?;
            let Some(patch) = update.patch(here) else { return Ok(Ok(None)) };
            let fields = update.fields(&patch);
            let operation = BatchOperation::UpdateTask(here.id.clone(), Box::new(patch));
            return Ok(Ok(Some(Job { index, operation, update: Some(update), fields })));
        }
        let new = self.new_task(entry, row, &words, links).await?;
        Ok(new.map(|new| Some(Job { index, operation: new.into(), update: None, fields: Vec::new() })))
    }

    /// The ids for what a row names.
    async fn links(&mut self, row: &TaskRow, parent: Option<TaskId>, missing: Missing) -> Result<Links> {
        let assignees = self.people.all(&row.assignees, missing, &self.target, &mut self.ledger).await?;
        let author = match &row.author {
            Some(author) => self.people.one(author, missing, &self.target, &mut self.ledger).await?,
            None => None,
        };
        let sprint = row.sprint.as_ref().and_then(|sprint| self.sprints.find(sprint));
        if let (Some(named), None, Missing::Create) = (&row.sprint, &sprint, missing) {
            self.ledger.remark(Remark::NoSprint, &named.name);
        }
        Ok(Links { assignees, author, sprint, parent })
    }

    async fn new_task(
        &mut self,
        entry: &Entry,
        row: &TaskRow,
        words: &Words,
        links: Links,
    ) -> Result<Result<NewTask, Reason>> {
        if self.options.dry_run && self.target.project().is_none() {
            // What the project will be called is not known yet, and not looked at.
            return Ok(Ok(NewTask::new("new project", &row.title)));
        }
        let project = self.target.project_or_create().await?;
        let key = marker(&project.id, self.preset.name(), &row.key);
        let mut new = new_task(&project, row, words, links, &entry.raw, key);
        if self.options.keep_numbers {
            match (row.number, project.key) {
                (Some(number), Some(prefix)) => new.key = Some(format!("{prefix}-{number}")),
                _ => return Ok(Err(Reason::new("no number", "has no number to keep"))),
            }
        }
        let provider = self.target.writable()?;
        let fitting = provider.capabilities().fit(new);
        for dropped in fitting.dropped {
            self.ledger.remark(Remark::NoField, dropped.field.word());
        }
        let checked = provider.capabilities().check_create(&fitting.item);
        Ok(checked.map(|()| fitting.item).map_err(|error| refused(&error)))
    }

    async fn write(&mut self, entries: &mut [Entry], jobs: Vec<Job>, made: &mut Made) -> Result<Flow> {
        if self.options.dry_run {
            jobs.into_iter().for_each(|job| entries[job.index].pretend(job, made));
            return Ok(Flow::GoOn);
        }
        if jobs.is_empty() {
            return Ok(Flow::GoOn);
        }
        let writer = Writer::new(self.target.writable()?, self.options.strict);
        let (operations, jobs): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (job.operation, (job.index, job.update, job.fields))).unzip();
        let results = writer.write(&operations).await;
        let (mut flow, mut fatal) = (Flow::GoOn, None);
        for ((index, update, fields), result) in jobs.into_iter().zip(results) {
            let is_update = update.is_some();
            let result = match (result, update) {
                (Err(error), Some(update)) if error.kind() == ErrorKind::VersionConflict => {
                    self.update_again(&mut entries[index], update).await?
                }
                (result, _) => result,
            };
            match entries[index].take(result, is_update.then_some(fields), made) {
                Ok(failed) if failed && self.options.strict => flow = Flow::Stop,
                Ok(_) => {}
                // The others of the batch are there all the same: they are counted first.
                Err(failure) => fatal = fatal.or(Some(failure)),
            }
        }
        fatal.map_or(Ok(flow), Err)
    }

    /// Rows whose parents are not there wait for them, or have waited in vain.
    fn put_off(&mut self, entries: &mut [Entry], pass: Pass) -> Result<()> {
        for entry in entries.iter_mut().filter(|entry| entry.outcome.is_none()) {
            let Some(parent) = entry.row.as_ref().and_then(|row| row.parent.as_ref()) else { continue };
            if pass == Pass::Last {
                let message = format!("is a part of `{parent}`, which did not come in");
                entry.outcome = Some(Reason::new("no parent", message).into());
            } else {
                self.waiting.push(entry.line, &entry.raw)?;
            }
        }
        Ok(())
    }

    fn tell(&mut self, entries: &[Entry]) -> Result<Flow> {
        for entry in entries {
            let row = entry.row.as_ref();
            let (key, title) = (row.map(|row| row.key.as_str()), row.map(|row| row.title.as_str()));
            if let Some(outcome) = &entry.outcome {
                self.ledger.tell(entry.line, key, title, outcome)?;
                if self.options.strict && matches!(outcome, Outcome::Failed { .. }) {
                    return Ok(Flow::Stop);
                }
            }
        }
        Ok(Flow::GoOn)
    }
}

fn repeated(sighting: Sighting) -> Option<Outcome> {
    match sighting {
        Sighting::First => None,
        Sighting::Same => Some(Outcome::LeftOut { reason: "the same row again".to_owned() }),
        Sighting::Other(line) => {
            let message = format!("has the same key as the row of line {line}, and says something else");
            Some(Reason::new("same key twice", message).into())
        }
    }
}

/// Whether the schema lets a field be changed that depends on the project.
fn allows(schema: Option<&ProjectSchema>, field: Field) -> bool {
    let support = schema.and_then(|schema| schema.fields.get(&field));
    support.is_none_or(|support| support.on_update.is_possible())
}
