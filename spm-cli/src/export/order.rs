//! Putting lines in order without holding them in memory.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use pm_core::TaskId;

use crate::failure::{Failure, Result};

/// The place of a task among all: project, number, then when it came.
pub(super) type Place = (u32, u64, u64);

/// The places of all tasks that were seen, for what refers to them.
#[derive(Debug, Default)]
pub(super) struct TaskOrder {
    places: HashMap<TaskId, Place>,
    project: u32,
}

impl TaskOrder {
    /// Adds a task of the present project; one without a number stands behind those with one.
    pub(super) fn add(&mut self, task: &TaskId, number: Option<u64>) -> Place {
        let arrival = self.places.len() as u64;
        let place = (self.project, number.unwrap_or(u64::MAX), arrival);
        self.places.insert(task.clone(), place);
        place
    }

    pub(super) fn next_project(&mut self) {
        self.project += 1;
    }

    /// The place of a task; one that is not exported stands at the end.
    pub(super) fn place(&self, task: &TaskId) -> Place {
        self.places.get(task).copied().unwrap_or((u32::MAX, u64::MAX, u64::MAX))
    }

    pub(super) fn holds(&self, task: &TaskId) -> bool {
        self.places.contains_key(task)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &TaskId> {
        self.places.keys()
    }
}

/// Lines on disk, and their places in memory.
#[derive(Debug)]
pub(super) struct Sorter<K> {
    file: Option<BufWriter<File>>,
    lines: Vec<(K, u64, usize)>,
    end: u64,
}

impl<K: Ord> Sorter<K> {
    pub(super) fn new() -> Self {
        Self { file: None, lines: Vec::new(), end: 0 }
    }

    pub(super) fn add(&mut self, place: K, line: impl AsRef<[u8]>) -> Result<()> {
        let line = line.as_ref();
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(temporary()?),
        };
        file.write_all(line).map_err(|error| failed(&error))?;
        self.lines.push((place, self.end, line.len()));
        self.end += line.len() as u64;
        Ok(())
    }

    /// Hands the lines out in the order of their places; equal places in the order in which they came.
    pub(super) fn each(mut self, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let Some(file) = self.file else { return Ok(()) };
        let mut file = file.into_inner().map_err(|error| failed(error.error()))?;
        self.lines.sort_by(|a, b| a.0.cmp(&b.0));
        let mut line = Vec::new();
        for (_, start, length) in self.lines {
            line.resize(length, 0);
            file.seek(SeekFrom::Start(start))
                .and_then(|_| file.read_exact(&mut line))
                .map_err(|error| failed(&error))?;
            take(&line)?;
        }
        Ok(())
    }
}

/// A file for lines that have to wait: without a name, and so readable by nobody else and gone with this program,
/// however it ends.
pub(super) fn temporary() -> Result<BufWriter<File>> {
    tempfile::tempfile().map(BufWriter::new).map_err(|error| failed(&error))
}

pub(super) fn failed(error: &std::io::Error) -> Failure {
    Failure::io("putting the export in order in a temporary file", error).hint("set TMPDIR to a folder with more room")
}
