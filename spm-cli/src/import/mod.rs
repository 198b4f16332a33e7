//! Import: rows of a file become tasks, once, however often the file is read.
//!
//! ```text
//!   source   bytes → rows of JSON with their lines, on a thread of its own
//!   preset   row → what it says (`TaskRow`), or why not
//!   tasks    what was made from it before (idempotency keys) → create, update, leave alone
//!   ledger   what became of every row: told, counted
//! ```
//!
//! Every row is created with an idempotency key that is made of the project, the preset and the row's own key: the backend
//! keeps it, and that alone makes a second run, or one after a kill, safe. Nothing here knows of arguments or terminals.
//!
//! An export of our own has rows of several kinds and ids of its own: [`restore`] reads it back, and shares source and
//! ledger.

pub(crate) mod ledger;
mod merge;
mod people;
pub(crate) mod preset;
pub(crate) mod restore;
pub(crate) mod row;
pub(crate) mod source;
mod spill;
mod sprints;
pub(crate) mod target;
mod tasks;

use pm_core::{ProjectId, RawData};
use serde_json::Value;

use self::ledger::{Ledger, Observer, Summary};
use self::preset::Preset;
use self::source::{Break, Input, Message};
use self::target::Target;
use self::tasks::{Flow, Pass, Tasks};
use crate::exit::Code;
use crate::failure::{Failure, Result};

/// How an import goes about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Brings what changed in the source into tasks that are there.
    pub(crate) update: bool,
    /// Ends at the first row that fails.
    pub(crate) strict: bool,
    /// Writes nothing.
    pub(crate) dry_run: bool,
    /// Gives tasks the numbers that they have in the source.
    pub(crate) keep_numbers: bool,
}

/// Imports everything that can be read.
///
/// What ends it early is an error only as long as no row was looked at; later it is said in the summary, because what
/// came in stays in.
pub(crate) async fn run(
    target: Target,
    preset: &dyn Preset,
    options: &Options,
    input: Input,
    observer: &mut dyn Observer,
) -> Result<Summary> {
    if options.keep_numbers {
        target.check_keys()?;
    }
    let ledger = Ledger::new(observer, options.dry_run);
    let mut tasks = Tasks::new(target, preset, options, ledger);
    let stopped = match all(&mut tasks, preset, input).await {
        Ok(stopped) => stopped,
        Err(failure) if tasks.ledger.summary.rows() == 0 || failure.is_silent() => return Err(failure),
        Err(failure) => Some(failure.to_string()),
    };
    if tasks.waiting.len() > 0 {
        // The end came before their parents.
        tasks.ledger.summary.failed.insert("waited for its parent".to_owned(), tasks.waiting.len());
    }
    tasks.ledger.summary.stopped = stopped;
    tasks.ledger.summary.project = Some(tasks.target.destination(options.dry_run));
    Ok(tasks.ledger.finish(preset.warnings()))
}

/// Goes through the input, then through the rows that wait for their parents; says why it ended early, if it did.
async fn all(tasks: &mut Tasks<'_, '_>, preset: &dyn Preset, input: Input) -> Result<Option<String>> {
    let mut messages = source::read(input);
    let mut stopped = None;
    loop {
        match messages.recv().await {
            Some(Message::Columns(columns)) => preset.check_columns(&columns)?,
            Some(Message::Chunk(records, end)) => {
                if tasks.chunk(records, Pass::First).await? == Flow::Stop {
                    return Ok(Some(first_bad_row(tasks)));
                }
                tasks.ledger.reached(end);
            }
            Some(Message::End(Ok(()))) => break,
            Some(Message::End(Err(found))) if tasks.ledger.summary.rows() == 0 && tasks.waiting.len() == 0 => {
                return Err(unreadable(found));
            }
            Some(Message::End(Err(found))) => {
                stopped = Some(unreadable(found).to_string());
                break;
            }
            None => return Err(Failure::new(Code::Failure, "reading ended without an end")),
        }
    }
    Ok(children(tasks).await?.or(stopped))
}

/// Brings in the rows that came before their parents, as long as that brings any further.
async fn children(tasks: &mut Tasks<'_, '_>) -> Result<Option<String>> {
    let mut pass = Pass::Again;
    while tasks.waiting.len() > 0 {
        let waiting = std::mem::take(&mut tasks.waiting);
        let before = waiting.len();
        let mut replay = waiting.replay()?;
        loop {
            let records = replay.chunk()?;
            if records.is_empty() {
                break;
            }
            if tasks.chunk(records, pass).await? == Flow::Stop {
                return Ok(Some(first_bad_row(tasks)));
            }
        }
        if tasks.waiting.len() == before {
            pass = Pass::Last;
        }
    }
    Ok(None)
}

fn first_bad_row(tasks: &Tasks<'_, '_>) -> String {
    format!("line {} is the first bad row; the rows before it stay in", tasks.ledger.failed_line)
}

fn unreadable(found: Break) -> Failure {
    let failure = Failure::usage(found.message);
    match found.hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// The idempotency key of what a row makes: the same row makes something else in another project.
fn marker(project: &ProjectId, preset: &str, key: &str) -> String {
    format!("import:{project}:{preset}:{key}")
}

/// Whether two rows say the same, however they are written.
fn same_json(one: &RawData, other: &RawData) -> bool {
    let value = |raw: &RawData| raw.parse::<Value>().ok();
    one.is_same(other) || value(one).is_some_and(|one| Some(one) == value(other))
}

#[cfg(test)]
mod tests;
