//! What rows mean: presets for known sources, and a mapping that the user writes.

mod convert;
mod github;
mod mapping;
mod path;

use std::fmt::Debug;

pub(crate) use self::github::GitHub;
pub(crate) use self::mapping::{Mapping, MappingOptions};

use super::row::{Reason, SprintRow, TaskRow};
use crate::failure::Result;

/// What a row is to become.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mapped {
    /// A task, with the people, the sprint and the parent that it names.
    Task(Box<TaskRow>),
    /// Nothing, and why: counted, no failure. The row names key and title alone.
    LeftOut(&'static str, Box<TaskRow>),
}

/// Knows what the rows of a source mean. Pure: the same row gives the same answer, today and when the raw row that was
/// kept is read again.
pub(crate) trait Preset: Debug + Send + Sync {
    /// A part of the idempotency keys: another name makes other tasks.
    fn name(&self) -> &str;

    /// Looks at the header of a table before any of its rows is taken.
    fn check_columns(&self, _columns: &[String]) -> Result<()> {
        Ok(())
    }

    /// Says what a row is to become.
    fn map(&self, json: &str) -> Result<Mapped, Reason>;

    /// Reads the raw data that was kept with a sprint; `None` where it does not tell what the sprint was.
    fn sprint(&self, _json: &str) -> Option<SprintRow> {
        None
    }

    /// What the user should hear when all rows are through.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}
