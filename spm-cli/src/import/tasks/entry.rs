//! A row of a chunk, from what was made of it before to what becomes of it now.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use pm_core::{Item, Marked, PMTask, RawData, TaskId};
use serde_json::value::RawValue;

use super::Job;
use super::write::is_fatal;
use crate::failure::{Failure, Result};
use crate::import::ledger::Outcome;
use crate::import::preset::{Mapped, Preset};
use crate::import::row::{Reason, TaskRow};
use crate::import::same_json;

/// A row of a chunk on its way.
pub(super) struct Entry {
    pub(super) line: u64,
    pub(super) raw: RawData,
    /// Unset for rows that cannot be mapped.
    pub(super) row: Option<Box<TaskRow>>,
    /// What was made from the row before, and is there.
    pub(super) here: Option<Box<PMTask>>,
    /// Set when the row is through.
    pub(super) outcome: Option<Outcome>,
}

/// The tasks that the keys of a chunk, and those of its parents, lead to.
#[derive(Default)]
pub(super) struct Made(pub(super) HashMap<String, Option<TaskId>>);

impl Entry {
    /// Decides what can be decided from what was made before.
    pub(super) fn compare(&mut self, marked: Option<Marked>, update: bool) {
        let Some(marked) = marked else { return };
        match marked.item {
            Some(Item::Task(task)) => {
                let changed_in_source = !same_json(&task.raw_data, &self.raw);
                if changed_in_source && update {
                    self.here = Some(task);
                } else {
                    self.outcome = Some(Outcome::Unchanged { changed_in_source });
                }
            }
            _ => self.outcome = Some(Outcome::LeftOut { reason: "deleted here since".to_owned() }),
        }
    }

    /// What the row does not speak of is as it was when the row came in: a table with fewer columns empties nothing.
    pub(super) fn complete(&mut self, preset: &dyn Preset) {
        let imported = self.here.as_ref().and_then(|here| here.raw_data.as_str());
        let whole = imported.zip(self.raw.as_str()).and_then(|(imported, now)| overlaid(imported, now));
        if let Some(Ok(Mapped::Task(row))) = whole.map(|whole| preset.map(&whole)) {
            self.row = Some(row);
        }
    }

    /// Takes in what a dry run would do.
    pub(super) fn pretend(&mut self, job: Job, made: &mut Made) {
        let row = self.row.as_ref();
        if let Some(row) = row {
            made.0.entry(row.key.clone()).or_insert_with(|| Some(TaskId::from(format!("new task {}", row.key))));
        }
        let is_new = job.update.is_none();
        self.outcome = Some(if is_new { Outcome::Created } else { Outcome::Updated { fields: job.fields } });
    }

    /// Takes in what the backend said; says whether the row failed.
    pub(super) fn take(
        &mut self,
        result: pm_core::Result<PMTask>,
        fields: Option<Vec<String>>,
        made: &mut Made,
    ) -> Result<bool> {
        match (result, fields) {
            (Ok(task), fields) => {
                if let Some(row) = &self.row {
                    made.0.insert(row.key.clone(), Some(task.id));
                }
                self.outcome = Some(fields.map_or(Outcome::Created, |fields| Outcome::Updated { fields }));
                Ok(false)
            }
            (Err(error), _) if is_fatal(&error) => Err(Failure::from(error)),
            (Err(error), _) => {
                self.outcome = Some(refused(&error).into());
                Ok(true)
            }
        }
    }
}

/// The members of the later row, and those of the earlier one that it lacks; `None` where it lacks none.
fn overlaid(earlier: &str, later: &str) -> Option<String> {
    type Members<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;
    let (earlier, mut later): (Members<'_>, Members<'_>) =
        (serde_json::from_str(earlier).ok()?, serde_json::from_str(later).ok()?);
    let known = later.len();
    for (name, value) in earlier {
        later.entry(name).or_insert(value);
    }
    if later.len() == known { None } else { serde_json::to_string(&later).ok() }
}

impl Made {
    /// Whether the task was made, and deleted here since.
    pub(super) fn is_gone(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(Option::is_none)
    }

    pub(super) fn id(&self, key: &str) -> Option<&TaskId> {
        self.0.get(key).and_then(Option::as_ref)
    }
}

/// The backend's own words, without where they came from.
pub(super) fn refused(error: &pm_core::Error) -> Reason {
    let details = error.field_errors().iter().map(|error| format!("`{}`: {}", error.field, error.message));
    let message = std::iter::once(error.message().to_owned()).chain(details).collect::<Vec<_>>().join("; ");
    Reason::new("refused by the backend", message)
}
