//! Reading an export back: records of every kind, with the ids that they had where they came from.
//!
//! Each record keeps the old id in its idempotency key. What an old id stands for here is therefore looked up in the
//! backend, not remembered: a second run, or one after a kill, finds what the first one made, and memory stays flat.

mod ids;
mod people;
mod projects;
mod tasks;
mod threads;

use std::sync::Arc;

use pm_core::{
    BatchOperation, BatchOptions, BatchOutcome, Comment, Copied, Error, PMProject, PMSprint, PMTask, PMUser,
    PmProvider, Relation,
};

use pm_core::check::FieldsOf;

use self::ids::{Found, Ids};
use super::ledger::{Ledger, Outcome, Remark};
use super::row::Reason;
use super::source::{self, Input, Message};
use super::target::patiently;
use crate::exit::Code;
use crate::export::{Counts, Header, Record, VERSION};
use crate::failure::{Failure, Result};

/// How an export is read back.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RestoreOptions {
    /// Nothing is written.
    pub(crate) dry_run: bool,
    /// The first record that cannot come in ends the import.
    pub(crate) strict: bool,
}

/// An export of a program that is newer than this one.
const NEWER: &str = "newer version";

/// Two exports in one file.
const SECOND: &str = "second export";

/// A record and the line on which it stands.
type Line<T> = (u64, T);

/// Reads an export back into a backend.
pub(crate) async fn restore(
    provider: &Arc<dyn PmProvider>,
    input: Input,
    options: RestoreOptions,
    ledger: &mut Ledger<'_>,
) -> Result<()> {
    let mut restore = Restore {
        provider: Arc::clone(provider),
        ids: Ids::new(provider, options.dry_run)?,
        options,
        header: false,
        end: None,
        seen: Counts::new(),
        waiting: Vec::new(),
        relations: threads::Present::default(),
    };
    let mut messages = source::read(input);
    while let Some(message) = messages.recv().await {
        match message {
            Message::Columns(_) => return Err(no_export("it is a table")),
            Message::Chunk(records, bytes) => {
                restore.chunk(records, ledger).await?;
                ledger.reached(bytes);
            }
            Message::End(ended) => {
                restore.finish(ledger).await?;
                if let Err(broken) = ended {
                    ledger.summary.stopped = Some(broken.to_string());
                }
            }
        }
    }
    Ok(())
}

struct Restore {
    provider: Arc<dyn PmProvider>,
    ids: Ids,
    options: RestoreOptions,
    header: bool,
    end: Option<Counts>,
    seen: Counts,
    /// Tasks whose parent has not come yet.
    waiting: Vec<Line<PMTask>>,
    relations: threads::Present,
}

impl Restore {
    /// Takes some lines: the kinds stand in the order in which they refer to each other.
    async fn chunk(&mut self, lines: Vec<source::Record>, ledger: &mut Ledger<'_>) -> Result<()> {
        let mut group = Group::default();
        for line in lines {
            match self.read(&line) {
                Ok(Some(record)) => group.add(line.line, record),
                Ok(None) => {}
                Err(reason) if reason.kind == NEWER => {
                    return Err(Failure::usage(format!("the export {}", reason.message)));
                }
                Err(reason) if reason.kind == SECOND => {
                    self.write(std::mem::take(&mut group), ledger).await?;
                    return Err(Failure::usage(format!("line {}: {}", line.line, reason.message)));
                }
                Err(_) if !self.header => return Err(no_export("its first line is not the head of one")),
                Err(reason) => {
                    if self.options.strict {
                        // The lines before it still come in.
                        self.write(std::mem::take(&mut group), ledger).await?;
                    }
                    self.tell(ledger, line.line, None, None, reason.into())?;
                }
            }
        }
        self.write(group, ledger).await
    }

    /// Reads a line; head and end are looked at here.
    fn read(&mut self, line: &source::Record) -> Result<Option<Record>, Reason> {
        let json = line.json.clone()?;
        let record = json.parse::<Record>().map_err(|error| Reason::new("no record", error.message().to_owned()))?;
        if let Some(kind) = record.kind() {
            *self.seen.entry(kind.to_owned()).or_default() += 1;
        }
        match record {
            Record::Export(header) => self.check(&header).map(|()| None),
            Record::End(counts) => {
                self.end = Some(counts);
                Ok(None)
            }
            _ if !self.header => Err(Reason::new("no record", "stands before the head")),
            record if record.id().is_some_and(|id| !ids::is_uuid(id)) => {
                let message = "has an id that other systems use as well: it cannot be known again";
                Err(Reason::new("no unique id", message))
            }
            record => Ok(Some(record)),
        }
    }

    fn check(&mut self, header: &Header) -> Result<(), Reason> {
        if self.header {
            return Err(Reason::new(SECOND, "a second export begins here; import each by itself"));
        }
        if header.version > VERSION {
            let message = format!("is of version {}, this program reads up to {VERSION}", header.version);
            return Err(Reason::new(NEWER, message));
        }
        self.header = true;
        self.ids.came_from(&header.provider);
        Ok(())
    }

    async fn write(&mut self, group: Group, ledger: &mut Ledger<'_>) -> Result<()> {
        self.ids.forget();
        self.users(group.users, ledger).await?;
        self.projects(group.projects, ledger).await?;
        self.sprints(group.sprints, ledger).await?;
        self.tasks(group.tasks, ledger).await?;
        self.comments(group.comments, ledger).await?;
        self.relations(group.relations, ledger).await
    }

    /// Everything was read: what waits in vain has failed, and a missing end is told.
    async fn finish(&mut self, ledger: &mut Ledger<'_>) -> Result<()> {
        self.give_up_waiting(ledger)?;
        if !self.header {
            return Err(no_export("it has no head"));
        }
        match &self.end {
            None => ledger.summary.stopped = Some("the export was cut off: its last line is missing".to_owned()),
            Some(counts) if *counts != self.seen => {
                ledger.summary.stopped = Some("the export is damaged: its last line counts other items".to_owned());
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Tells what became of a record; with `strict`, a failure ends the import.
    fn tell(
        &self,
        ledger: &mut Ledger<'_>,
        line: u64,
        key: Option<&str>,
        title: Option<&str>,
        outcome: Outcome,
    ) -> Result<()> {
        ledger.tell(line, key, title, &outcome)?;
        match outcome {
            Outcome::Failed { reason, .. } if self.options.strict => {
                Err(Failure::new(Code::Partial, format!("line {line}: {reason}")))
            }
            _ => Ok(()),
        }
    }

    /// Applies creates together where the backend can, else one by one; the new id of each, or why not.
    async fn apply(&self, operations: Vec<BatchOperation>) -> Vec<Result<String, Error>> {
        let batch = self.provider.batch().filter(|_| !self.options.strict);
        let Some(batch) = batch else { return self.one_by_one(operations).await };
        let most = self.provider.capabilities().max_batch_size.map_or(usize::MAX, |most| most.max(1) as usize);
        let mut results = Vec::with_capacity(operations.len());
        for some in operations.chunks(most) {
            match patiently(|| batch.apply_batch(some.to_vec(), BatchOptions::new())).await {
                Ok(written) => results.extend(written.into_iter().map(|result| result.map(|done| id(&done)))),
                Err(error) => {
                    results.push(Err(error));
                    break;
                }
            }
        }
        results
    }

    async fn one_by_one(&self, operations: Vec<BatchOperation>) -> Vec<Result<String, Error>> {
        let mut results = Vec::with_capacity(operations.len());
        for operation in &operations {
            let result = patiently(|| self.one(operation.clone())).await;
            let ends = self.options.strict && result.is_err();
            results.push(result);
            if ends {
                break;
            }
        }
        results
    }

    async fn one(&self, operation: BatchOperation) -> Result<String, Error> {
        match operation {
            BatchOperation::CreateSprint(new) => Ok(self.provider.create_sprint(*new).await?.id.as_str().to_owned()),
            BatchOperation::CreateTask(new) => Ok(self.provider.create_task(*new).await?.id.as_str().to_owned()),
            BatchOperation::CreateComment(new) => match self.provider.comments() {
                Some(comments) => Ok(comments.create_comment(*new).await?.id.as_str().to_owned()),
                None => Err(Error::unsupported("this backend has no comments")),
            },
            _ => Err(Error::unsupported("only sprints, tasks and comments are made here")),
        }
    }

    /// What to create, and which of its values this backend cannot hold.
    fn fit<T: FieldsOf>(&self, item: T, ledger: &mut Ledger<'_>) -> T {
        let Copied { item, dropped, .. } = self.provider.capabilities().fit(item);
        for lost in dropped {
            ledger.remark(Remark::NoField, lost.field.word());
        }
        item
    }
}

/// Some records, by kind.
#[derive(Default)]
struct Group {
    users: Vec<Line<PMUser>>,
    projects: Vec<Line<PMProject>>,
    sprints: Vec<Line<PMSprint>>,
    tasks: Vec<Line<PMTask>>,
    comments: Vec<Line<Comment>>,
    relations: Vec<Line<Relation>>,
}

impl Group {
    fn add(&mut self, line: u64, record: Record) {
        match record {
            Record::User(user) => self.users.push((line, user)),
            Record::Project(project) => self.projects.push((line, project)),
            Record::Sprint(sprint) => self.sprints.push((line, sprint)),
            Record::Task(task) => self.tasks.push((line, *task)),
            Record::Comment(comment) => self.comments.push((line, comment)),
            Record::Relation(relation) => self.relations.push((line, relation)),
            Record::Export(_) | Record::End(_) => {}
        }
    }
}

fn id(done: &BatchOutcome) -> String {
    match done {
        BatchOutcome::Written(item) => item.reference().id().to_owned(),
        BatchOutcome::Deleted(item) => item.id().to_owned(),
        _ => String::new(),
    }
}

fn no_export(why: &str) -> Failure {
    Failure::usage(format!("this is no export of this program: {why}"))
        .hint("`spm export` writes one; for other files, use another --preset or --map")
}

/// What became of a record that is here already, or was.
fn known(found: &Found) -> Outcome {
    match found {
        Found::Here(_) => Outcome::Unchanged { changed_in_source: false },
        Found::Gone => Outcome::LeftOut { reason: "deleted here since".to_owned() },
    }
}

/// What became of a create.
fn made(result: &Result<String, Error>) -> Outcome {
    match result {
        Ok(_) => Outcome::Created,
        Err(error) => Outcome::Failed { kind: "refused", reason: error.to_string() },
    }
}
