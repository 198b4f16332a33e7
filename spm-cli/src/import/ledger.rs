//! What became of every row: told as it happens, and counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::row::Reason;
use crate::failure::Result;

/// Names of people that a summary lists, at most.
const NAMED: usize = 20;

/// Hears what becomes of the rows. An error ends the import: nobody listens any more.
pub(crate) trait Observer: Send {
    /// A row is through.
    fn row(&mut self, event: &Event<'_>) -> Result<()>;

    /// The input is done up to this byte.
    fn reached(&mut self, _bytes: u64) {}
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Event<'a> {
    pub(crate) line: u64,
    pub(crate) key: Option<&'a str>,
    pub(crate) title: Option<&'a str>,
    #[serde(flatten)]
    pub(crate) outcome: &'a Outcome,
}

/// What became of a row, or, in a dry run, would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It is a new task.
    Created,
    /// Its task was changed as the row was.
    Updated { fields: Vec<String> },
    /// Its task is there, and stays as it is.
    Unchanged { changed_in_source: bool },
    /// It is nothing to bring in.
    LeftOut { reason: String },
    /// It cannot come in.
    Failed { kind: &'static str, reason: String },
    /// A field was changed in the source and here since; what is here stays. The row's own outcome follows.
    Conflict { field: String, imported: Option<String>, source: Option<String>, here: Option<String> },
}

impl From<Reason> for Outcome {
    fn from(reason: Reason) -> Self {
        Self::Failed { kind: reason.kind, reason: reason.message }
    }
}

/// The project that rows came into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Destination {
    pub(crate) name: String,
    /// Unset where it is not made yet.
    pub(crate) key: Option<String>,
    /// Whether this import made it, or would.
    pub(crate) created: bool,
}

/// The count of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Summary {
    pub(crate) dry_run: bool,
    pub(crate) project: Option<Destination>,
    pub(crate) created: u64,
    pub(crate) updated: u64,
    /// Rows that changed in nothing that is taken over: the raw data was renewed.
    pub(crate) renewed: u64,
    pub(crate) unchanged: u64,
    /// Of the unchanged: those whose row is another than the one that was imported.
    pub(crate) changed_in_source: u64,
    pub(crate) conflicts: u64,
    pub(crate) left_out: BTreeMap<String, u64>,
    pub(crate) failed: BTreeMap<String, u64>,
    pub(crate) users_created: u64,
    pub(crate) sprints_created: u64,
    pub(crate) sprints_updated: u64,
    pub(crate) notes: Vec<String>,
    /// Why the rest of the input was not looked at.
    pub(crate) stopped: Option<String>,
}

impl Summary {
    pub(crate) fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    pub(crate) fn left_out(&self) -> u64 {
        self.left_out.values().sum()
    }

    /// Rows that are in the backend now.
    pub(crate) fn present(&self) -> u64 {
        self.created + self.updated + self.renewed + self.unchanged
    }

    /// Rows that were looked at.
    pub(crate) fn rows(&self) -> u64 {
        self.present() + self.left_out() + self.failures()
    }
}

/// Tells and counts.
pub(crate) struct Ledger<'o> {
    pub(crate) summary: Summary,
    /// The line of the last row that failed.
    pub(crate) failed_line: u64,
    observer: &'o mut dyn Observer,
    /// Per note: whom or what it is about, and how often.
    remarks: BTreeMap<Remark, (BTreeSet<String>, u64)>,
}

/// What is not as in the source, though the row came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Remark {
    /// A person who is not known and cannot be made.
    UnknownPerson,
    /// A sprint that was deleted here, or cannot be made.
    NoSprint,
    /// A parent that was deleted here.
    NoParent,
    /// A field that the backend cannot hold.
    NoField,
}

impl Remark {
    fn text(self, names: &str, times: u64) -> String {
        let rows = if times == 1 { "1 row".to_owned() } else { format!("{times} rows") };
        match self {
            Self::UnknownPerson => format!("nobody here is called {names}: left out of {rows}"),
            Self::NoSprint => format!("there is no sprint {names} (any more), and none was made: left out of {rows}"),
            Self::NoParent => format!("the parent {names} was deleted here: left out of {rows}"),
            Self::NoField => format!("this backend cannot hold {names}: left out of {rows}"),
        }
    }
}

impl<'o> Ledger<'o> {
    pub(crate) fn new(observer: &'o mut dyn Observer, dry_run: bool) -> Self {
        let summary = Summary { dry_run, ..Summary::default() };
        Self { summary, failed_line: 0, observer, remarks: BTreeMap::new() }
    }

    /// Tells and counts what became of a row.
    pub(crate) fn tell(&mut self, line: u64, key: Option<&str>, title: Option<&str>, outcome: &Outcome) -> Result<()> {
        self.count(outcome);
        if matches!(outcome, Outcome::Failed { .. }) {
            self.failed_line = line;
        }
        self.observer.row(&Event { line, key, title, outcome })
    }

    fn count(&mut self, outcome: &Outcome) {
        let summary = &mut self.summary;
        match outcome {
            Outcome::Created => summary.created += 1,
            Outcome::Updated { fields } if fields.is_empty() => summary.renewed += 1,
            Outcome::Updated { .. } => summary.updated += 1,
            Outcome::Unchanged { changed_in_source } => {
                summary.unchanged += 1;
                summary.changed_in_source += u64::from(*changed_in_source);
            }
            Outcome::LeftOut { reason } => *summary.left_out.entry(reason.clone()).or_default() += 1,
            Outcome::Failed { kind, .. } => *summary.failed.entry((*kind).to_owned()).or_default() += 1,
            Outcome::Conflict { .. } => summary.conflicts += 1,
        }
    }

    /// Notes what of a row did not come along.
    pub(crate) fn remark(&mut self, remark: Remark, about: &str) {
        let (names, times) = self.remarks.entry(remark).or_default();
        *times += 1;
        // One more than is named, so that the list can say that there are more.
        if names.len() <= NAMED {
            names.insert(about.to_owned());
        }
    }

    pub(crate) fn reached(&mut self, bytes: u64) {
        self.observer.reached(bytes);
    }

    /// Ends the count.
    pub(crate) fn finish(mut self, warnings: Vec<String>) -> Summary {
        self.summary.notes.extend(warnings);
        for (remark, (names, times)) in self.remarks {
            let mut listed: Vec<_> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
            if names.len() > NAMED {
                listed.push("others".to_owned());
            }
            self.summary.notes.push(remark.text(&listed.join(", "), times));
        }
        self.summary
    }
}
