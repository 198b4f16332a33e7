//! What happens on a day.

use chrono::{DateTime, NaiveDate, Utc};
use pm_core::{PMSprint, PMTask, ProjectId, SprintStatusCategory, UserId};
use serde::Serialize;
use serde_json::{Value, json};

use crate::command::args::State;
use crate::lookup::{Names, References, Wants};
use crate::output::{Cell, Column, Presented, Tone, day, local_day};

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    Starts,
    Due,
    Ends,
    Completed,
}

impl What {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Starts => "starts",
            Self::Due => "due",
            Self::Ends => "ends",
            Self::Completed => "completed",
        }
    }
}

/// A task or a sprint on a day.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Event {
    date: NaiveDate,
    event: What,
    kind: &'static str,
    id: String,
    key: Option<String>,
    title: String,
    status: String,
    state: &'static str,
    /// The day is over, and the item is still open.
    overdue: bool,
    project_id: ProjectId,
    assignees: Vec<UserId>,
}

impl Event {
    /// The first day of an open task and its last one, or the day on which it was closed.
    pub(super) fn of_task(task: &PMTask, today: NaiveDate) -> Vec<Self> {
        let closed = task.status.category.is_closed();
        let event = |(event, date): (What, NaiveDate)| Self {
            date,
            event,
            kind: "task",
            id: task.id.to_string(),
            key: task.key.clone(),
            title: task.title.clone(),
            status: task.status.name.clone(),
            state: State::word(closed),
            overdue: event == What::Due && date < today,
            project_id: task.project_id.clone(),
            assignees: task.assignees.clone(),
        };
        let days = if closed {
            vec![task.completed_at.map(|time| (What::Completed, local_day(time)))]
        } else {
            vec![task.start_date.map(|date| (What::Starts, date)), task.due_date.map(|date| (What::Due, date))]
        };
        days.into_iter().flatten().map(event).collect()
    }

    /// The first and the last day of a sprint.
    pub(super) fn of_sprint(sprint: &PMSprint, today: NaiveDate) -> Vec<Self> {
        let closed = sprint.status.category == SprintStatusCategory::Completed;
        let event = |(event, date): (What, NaiveDate)| Self {
            date,
            event,
            kind: "sprint",
            id: sprint.id.to_string(),
            key: sprint.key.clone(),
            title: sprint.name.clone(),
            status: sprint.status.name.clone(),
            state: State::word(closed),
            overdue: event == What::Ends && date < today && !closed,
            project_id: sprint.project_id.clone(),
            assignees: Vec::new(),
        };
        let days = [sprint.start_date.map(|date| (What::Starts, date)), sprint.end_date.map(|date| (What::Ends, date))];
        days.into_iter().flatten().map(event).collect()
    }

    pub(super) fn date(&self) -> NaiveDate {
        self.date
    }

    pub(super) fn is_within(&self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> bool {
        from.is_none_or(|from| from <= self.date) && to.is_none_or(|to| self.date <= to)
    }

    fn tone(&self) -> Tone {
        match self.event {
            _ if self.overdue => Tone::Bad,
            What::Due | What::Ends => Tone::Busy,
            What::Starts => Tone::Good,
            What::Completed => Tone::Closed,
        }
    }

    fn logins(&self, names: &Names) -> Vec<String> {
        self.assignees.iter().map(|id| names.login(id).to_owned()).collect()
    }
}

impl Presented for Event {
    const PLURAL: &'static str = "events";
    const FIELDS: &'static [&'static str] =
        &["date", "event", "kind", "id", "key", "title", "status", "state", "overdue", "project_id", "assignees"];
    const COMPANIONS: &'static [&'static str] = &["project_key", "assignee_logins"];
    const COLUMNS: &'static [Column] = &[
        Column::fixed("DATE"),
        Column::fixed("EVENT"),
        Column::fixed("KIND").rank(4),
        Column::fixed("KEY"),
        Column::wide("TITLE").least(24),
        Column::fixed("STATUS").rank(2),
        Column::wide("ASSIGNEES").least(9).rank(3),
    ];

    fn table_wants() -> Wants {
        Wants::USERS
    }

    fn view_wants() -> Wants {
        Wants::USERS
    }

    fn companion_wants(field: &str) -> Wants {
        match field {
            "project_key" => Wants::PROJECTS,
            "assignee_logins" => Wants::USERS,
            _ => Wants::NONE,
        }
    }

    fn cells(&self, names: &Names, _now: DateTime<Utc>) -> Vec<Cell> {
        vec![
            Cell::text(Tone::Plain, day(self.date)),
            Cell::text(self.tone(), self.event.word()),
            Cell::text(Tone::Dim, self.kind),
            Cell::text(Tone::Key, self.key.as_deref().unwrap_or(&self.id)),
            Cell::text(if self.kind == "sprint" { Tone::Bold } else { Tone::Plain }, &self.title),
            Cell::text(Tone::Dim, &self.status),
            Cell::text(Tone::Plain, self.logins(names).join(", ")),
        ]
    }

    fn companion(&self, field: &str, names: &Names) -> Value {
        match field {
            "project_key" => json!(names.project_key(&self.project_id)),
            "assignee_logins" => json!(self.logins(names)),
            _ => Value::Null,
        }
    }

    fn refer(&self, references: &mut References) {
        references.projects.insert(self.project_id.clone());
        references.users.extend(self.assignees.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use pm_core::StatusCategory;

    use super::*;
    use crate::output::assert_fields;

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn words(events: &[Event]) -> Vec<(&'static str, NaiveDate, bool)> {
        events.iter().map(|event| (event.event.word(), event.date, event.overdue)).collect()
    }

    #[test]
    fn the_fields_are_those_of_the_json() {
        let task = PMTask::new("1", "2", "Paint", StatusCategory::Todo).due_date(date(3));
        assert_fields(&Event::of_task(&task, date(1))[0]);
    }

    #[test]
    fn an_open_task_starts_and_is_due_a_closed_one_was_completed() {
        let task = |category| PMTask::new("1", "2", "Paint", category).start_date(date(1)).due_date(date(9));
        let open = Event::of_task(&task(StatusCategory::Todo), date(10));
        assert_eq!(words(&open), [("starts", date(1), false), ("due", date(9), true)]);
        let done = date(5).and_hms_opt(23, 0, 0).unwrap().and_utc();
        let closed = Event::of_task(&task(StatusCategory::Done).completed_at(done), date(10));
        assert_eq!(words(&closed), [("completed", local_day(done), false)]);
    }

    #[test]
    fn a_sprint_starts_and_ends_and_is_late_only_while_it_is_open() {
        let sprint = |category| PMSprint::new("1", "2", "Sprint", category).start_date(date(1)).end_date(date(9));
        let open = Event::of_sprint(&sprint(SprintStatusCategory::Active), date(10));
        assert_eq!(words(&open), [("starts", date(1), false), ("ends", date(9), true)]);
        assert!(!Event::of_sprint(&sprint(SprintStatusCategory::Completed), date(10))[1].overdue);
        assert!(open[0].is_within(Some(date(1)), Some(date(1))) && !open[0].is_within(Some(date(2)), None));
    }
}
