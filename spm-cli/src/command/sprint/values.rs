//! What can be said of a sprint, on create and later.

use chrono::NaiveDate;
use clap::Args;
use pm_core::{Hours, NewSprint, SprintPatch, SprintStatusRef};

use crate::command::args::{date, hours};
use crate::command::change::set;

/// The fields of a sprint.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "Fields")]
pub(crate) struct Values {
    /// The first day: YYYY-MM-DD, `today`, `tomorrow`
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) start: Option<NaiveDate>,
    /// The last day
    #[arg(long, visible_alias = "due", value_name = "DATE", value_parser = date)]
    pub(super) end: Option<NaiveDate>,
    /// Where it stands: planned, active, completed
    #[arg(long, value_name = "STATUS")]
    pub(super) status: Option<String>,
    /// How many hours of work the team has
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    pub(super) capacity: Option<Hours>,
    /// How many hours of work are planned
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    pub(super) planned: Option<Hours>,
}

impl Values {
    /// Says whether anything is given.
    pub(super) fn is_given(&self) -> bool {
        *self != Self::default()
    }

    /// Says all of it of a new sprint.
    pub(super) fn create(&self, new: &mut NewSprint) {
        new.start_date = self.start;
        new.end_date = self.end;
        new.status = self.status.clone().map(SprintStatusRef::Word);
        new.capacity_hours = self.capacity;
        new.planned_hours = self.planned;
    }

    /// Changes what is given, and nothing else.
    pub(super) fn change(&self, patch: &mut SprintPatch) {
        set(&mut patch.start_date, self.start);
        set(&mut patch.end_date, self.end);
        set(&mut patch.status, self.status.clone().map(SprintStatusRef::Word));
        set(&mut patch.capacity_hours, self.capacity);
        set(&mut patch.planned_hours, self.planned);
    }
}
