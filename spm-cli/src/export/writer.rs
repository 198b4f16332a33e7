//! Records to lines.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use pm_core::{PMProject, UserId};

use super::record::{Counts, Record};
use crate::exit::Code;
use crate::failure::{Failure, Result};

/// Writes records, counts them, and remembers the people that they name.
pub(super) struct Writer<'o, W> {
    out: &'o mut W,
    counts: Counts,
    people: BTreeSet<UserId>,
}

impl<'o, W: Write> Writer<'o, W> {
    pub(super) fn new(out: &'o mut W) -> Self {
        Self { out, counts: Counts::new(), people: BTreeSet::new() }
    }

    pub(super) fn write(&mut self, record: &Record) -> Result<()> {
        let line = self.prepare(record)?;
        self.line(record.kind(), line.as_bytes())
    }

    /// Makes a line that is written later.
    pub(super) fn prepare(&mut self, record: &Record) -> Result<String> {
        note_people(record, &mut self.people);
        line(record)
    }

    /// Writes a line that was made before.
    pub(super) fn line(&mut self, kind: Option<&'static str>, line: &[u8]) -> Result<()> {
        self.out.write_all(line)?;
        if let Some(kind) = kind {
            *self.counts.entry(kind.to_owned()).or_default() += 1;
        }
        Ok(())
    }

    /// Writes what another writer wrote elsewhere.
    pub(super) fn append(&mut self, mut lines: impl Read, counts: Counts) -> Result<()> {
        io::copy(&mut lines, self.out)?;
        self.counts.extend(counts);
        Ok(())
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts.clone()
    }

    /// Ends the lines: how many there are, and whom they name.
    pub(super) fn finish(self) -> Result<(Counts, BTreeSet<UserId>)> {
        self.out.flush()?;
        Ok((self.counts, self.people))
    }
}

fn note_people(record: &Record, people: &mut BTreeSet<UserId>) {
    match record {
        Record::Project(PMProject { owner_id, .. }) => people.extend(owner_id.clone()),
        Record::Task(task) => {
            people.extend(task.assignees.iter().chain(&task.author_id).cloned());
        }
        Record::Comment(comment) => people.extend(comment.author_id.clone()),
        _ => {}
    }
}

/// A record as a line, with its end.
fn line(record: &Record) -> Result<String> {
    let json = serde_json::to_string(record);
    let mut line = json.map_err(|error| Failure::new(Code::Failure, format!("an item has no JSON form: {error}")))?;
    // Raw data may be spread over several lines; between JSON tokens a line break is but white space.
    if line.contains(['\n', '\r']) {
        line = line.replace(['\n', '\r'], " ");
    }
    line.push('\n');
    Ok(line)
}
