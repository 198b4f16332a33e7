//! How far a sprint has come.

use chrono::{DateTime, NaiveDate, Utc};
use pm_core::{Hours, PMSprint, PMTask, ProjectId, SprintId, StatusCategory};
use serde::Serialize;
use serde_json::{Value, json};

use super::present::is_closed;
use crate::command::args::State;
use crate::lookup::{Names, References, Wants};
use crate::output::{Cell, Column, Presented, Tone, day};

/// Letters of a whole bar.
const BAR: u64 = 12;

/// How far a sprint has come; tasks that were given up do not count.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Progress {
    id: SprintId,
    key: Option<String>,
    name: String,
    project_id: ProjectId,
    state: &'static str,
    start_date: Option<NaiveDate>,
    end_date: Option<NaiveDate>,
    /// Negative when the last day is over; of a closed sprint nobody asks.
    days_left: Option<i64>,
    total: u64,
    done: u64,
    open: u64,
    cancelled: u64,
    overdue: u64,
    percent: Option<u64>,
    estimated_hours: Hours,
    spent_hours: Hours,
    left_hours: Hours,
    capacity_hours: Option<Hours>,
}

impl Progress {
    /// Begins without tasks.
    pub(super) fn of(sprint: PMSprint, today: NaiveDate) -> Self {
        let closed = is_closed(&sprint.status);
        Self {
            id: sprint.id,
            key: sprint.key,
            name: sprint.name,
            project_id: sprint.project_id,
            state: State::word(closed),
            start_date: sprint.start_date,
            end_date: sprint.end_date,
            days_left: sprint.end_date.filter(|_| !closed).map(|end| (end - today).num_days()),
            total: 0,
            done: 0,
            open: 0,
            cancelled: 0,
            overdue: 0,
            percent: None,
            estimated_hours: Hours::default(),
            spent_hours: Hours::default(),
            left_hours: Hours::default(),
            capacity_hours: sprint.capacity_hours,
        }
    }

    /// Counts a task of the sprint.
    pub(super) fn count(&mut self, task: &PMTask, today: NaiveDate) {
        if task.status.category == StatusCategory::Cancelled {
            self.cancelled += 1;
            return;
        }
        let estimated = task.estimated_hours.unwrap_or_default();
        let spent = task.actual_hours.unwrap_or_default();
        self.total += 1;
        self.estimated_hours = sum(self.estimated_hours, estimated);
        self.spent_hours = sum(self.spent_hours, spent);
        if task.status.category == StatusCategory::Done {
            self.done += 1;
        } else {
            self.open += 1;
            self.overdue += u64::from(task.due_date.is_some_and(|due| due < today));
            let left = Hours::from_seconds(estimated.as_seconds().saturating_sub(spent.as_seconds()));
            self.left_hours = sum(self.left_hours, left);
        }
        self.percent = (self.done * 100).checked_div(self.total);
    }

    /// `██████░░░░░░  50%`
    fn bar(&self) -> Cell {
        let Some(percent) = self.percent else { return Cell::text(Tone::Dim, "") };
        let full = (percent * BAR / 100) as usize;
        let bar = "█".repeat(full) + &"░".repeat(BAR as usize - full);
        let tone = if percent == 100 { Tone::Good } else { Tone::Plain };
        Cell { tone, short: format!("{bar} {percent:>3}%"), exact: percent.to_string() }
    }

    /// When it ends, in days.
    fn end(&self) -> Cell {
        let exact = self.end_date.map(day).unwrap_or_default();
        let days = |count: i64| format!("{count} day{}", if count == 1 { "" } else { "s" });
        let (tone, short) = match self.days_left {
            None => (Tone::Dim, exact.clone()),
            Some(0) => (Tone::Busy, "today".to_owned()),
            Some(left) if left < 0 => (Tone::Bad, format!("{} over", days(-left))),
            Some(left) => (Tone::Plain, format!("in {}", days(left))),
        };
        Cell { tone, short, exact }
    }
}

fn sum(a: Hours, b: Hours) -> Hours {
    Hours::from_seconds(a.as_seconds() + b.as_seconds())
}

/// Hours for people have one digit behind the point.
fn short(hours: Hours) -> String {
    let tenths = (hours.as_hours() * 10.0).round() / 10.0;
    tenths.to_string()
}

impl Presented for Progress {
    const PLURAL: &'static str = "sprints";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "key",
        "name",
        "project_id",
        "state",
        "start_date",
        "end_date",
        "days_left",
        "total",
        "done",
        "open",
        "cancelled",
        "overdue",
        "percent",
        "estimated_hours",
        "spent_hours",
        "left_hours",
        "capacity_hours",
    ];
    const COMPANIONS: &'static [&'static str] = &["project_key"];
    const COLUMNS: &'static [Column] = &[
        Column::fixed("KEY"),
        Column::wide("NAME").least(12),
        Column::fixed("PROGRESS").rank(1),
        Column::fixed("DONE"),
        Column::fixed("SPENT").rank(4),
        Column::fixed("LEFT").rank(3),
        Column::fixed("OVERDUE").rank(2),
        Column::fixed("ENDS"),
    ];

    fn table_wants() -> Wants {
        Wants::NONE
    }

    fn view_wants() -> Wants {
        Wants::NONE
    }

    fn companion_wants(field: &str) -> Wants {
        if field == "project_key" { Wants::PROJECTS } else { Wants::NONE }
    }

    fn cells(&self, _names: &Names, _now: DateTime<Utc>) -> Vec<Cell> {
        let (spent, estimated) = (self.spent_hours, self.estimated_hours);
        let has_hours = spent != Hours::default() || estimated != Hours::default();
        let spent_of = format!("{} of {} h", short(spent), short(estimated));
        let overdue = if self.overdue > 0 { Tone::Bad } else { Tone::Dim };
        vec![
            Cell::text(Tone::Key, self.key.as_deref().unwrap_or(self.id.as_str())),
            Cell::text(Tone::Bold, &self.name),
            self.bar(),
            Cell::text(Tone::Plain, format!("{}/{}", self.done, self.total)),
            Cell {
                tone: Tone::Plain,
                short: if has_hours { spent_of } else { String::new() },
                exact: format!("{}/{}", spent.as_hours(), estimated.as_hours()),
            },
            Cell {
                tone: Tone::Plain,
                short: if has_hours { format!("{} h", short(self.left_hours)) } else { String::new() },
                exact: self.left_hours.as_hours().to_string(),
            },
            Cell::text(overdue, self.overdue.to_string()),
            self.end(),
        ]
    }

    fn companion(&self, field: &str, names: &Names) -> Value {
        if field == "project_key" { json!(names.project_key(&self.project_id)) } else { Value::Null }
    }

    fn refer(&self, references: &mut References) {
        references.projects.insert(self.project_id.clone());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use pm_core::SprintStatusCategory;

    use super::*;
    use crate::output::assert_fields;

    fn sprint() -> PMSprint {
        PMSprint::new("1", "2", "Sprint 1", SprintStatusCategory::Active).end_date(date(14))
    }

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    #[test]
    fn the_fields_are_those_of_the_json() {
        assert_fields(&Progress::of(sprint(), date(10)));
    }

    #[test]
    fn tasks_hours_and_days_are_counted() {
        let task = |category| PMTask::new("1", "2", "Paint", category);
        let hours = |hours| Hours::from_hours(hours).unwrap();
        let mut progress = Progress::of(sprint(), date(10));
        assert_eq!((progress.percent, progress.days_left), (None, Some(4)));
        let tasks = [
            task(StatusCategory::Done).estimated_hours(hours(2.0)).actual_hours(hours(3.0)).due_date(date(1)),
            task(StatusCategory::Todo).estimated_hours(hours(4.0)).actual_hours(hours(1.5)).due_date(date(9)),
            task(StatusCategory::InProgress).estimated_hours(hours(1.0)).actual_hours(hours(2.0)).due_date(date(10)),
            task(StatusCategory::Cancelled).estimated_hours(hours(100.0)).due_date(date(1)),
        ];
        tasks.iter().for_each(|task| progress.count(task, date(10)));
        assert_eq!((progress.total, progress.done, progress.open, progress.cancelled), (3, 1, 2, 1));
        assert_eq!((progress.percent, progress.overdue), (Some(33), 1));
        let sums = (progress.estimated_hours, progress.spent_hours, progress.left_hours);
        assert_eq!(sums, (hours(7.0), hours(6.5), hours(2.5)));
    }

    #[test]
    fn the_end_is_told_in_days() {
        let end = |today| Progress::of(sprint(), date(today)).end().short;
        assert_eq!([end(10), end(13), end(14), end(16)], ["in 4 days", "in 1 day", "today", "2 days over"]);
    }
}
