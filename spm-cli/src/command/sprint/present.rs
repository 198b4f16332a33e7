//! How sprints are shown.

use chrono::{DateTime, Utc};
use pm_core::{PMSprint, SprintStatus, SprintStatusCategory};
use serde_json::{Value, json};

use crate::command::args::State;
use crate::lookup::{Names, References, Wants};
use crate::output::{Cell, Column, Presented, Tone, Written, local_day};

impl Presented for PMSprint {
    const PLURAL: &'static str = "sprints";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "key",
        "name",
        "project_id",
        "start_date",
        "end_date",
        "status",
        "capacity_hours",
        "planned_hours",
        "goal",
        "url",
        "created_at",
        "updated_at",
        "version",
        "raw_data",
    ];
    const COMPANIONS: &'static [&'static str] = &["state", "project_key"];
    const COLUMNS: &'static [Column] = &[
        Column::fixed("KEY"),
        Column::wide("NAME").least(20),
        Column::fixed("STATUS").rank(1),
        Column::fixed("START").rank(4),
        Column::fixed("END").rank(2),
        Column::fixed("PROJECT").rank(3),
        Column::fixed("UPDATED").rank(5),
    ];

    fn table_wants() -> Wants {
        Wants::PROJECTS
    }

    fn view_wants() -> Wants {
        Wants::PROJECTS
    }

    fn companion_wants(field: &str) -> Wants {
        if field == "project_key" { Wants::PROJECTS } else { Wants::NONE }
    }

    fn cells(&self, names: &Names, now: DateTime<Utc>) -> Vec<Cell> {
        let open = !is_closed(&self.status);
        let late = open && self.end_date.is_some_and(|date| date < local_day(now));
        vec![
            Cell::text(Tone::Key, self.handle()),
            Cell::text(if open { Tone::Bold } else { Tone::Plain }, &self.name),
            Cell::text(tone(&self.status), &self.status.name),
            Cell::day(self.start_date, false),
            Cell::day(self.end_date, late),
            Cell::text(Tone::Plain, names.project_key(&self.project_id)),
            Cell::moment(self.updated_at, now),
        ]
    }

    fn companion(&self, field: &str, names: &Names) -> Value {
        match field {
            "state" => json!(State::word(is_closed(&self.status))),
            "project_key" => json!(names.project_key(&self.project_id)),
            _ => Value::Null,
        }
    }

    fn refer(&self, references: &mut References) {
        references.projects.insert(self.project_id.clone());
    }
}

impl Written for PMSprint {
    const SINGULAR: &'static str = "sprint";

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn handle(&self) -> &str {
        self.key.as_deref().unwrap_or(self.id.as_str())
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}

/// Whether it is over.
pub(super) fn is_closed(status: &SprintStatus) -> bool {
    State::Closed.of_sprints().contains(&status.category)
}

fn tone(status: &SprintStatus) -> Tone {
    match status.category {
        SprintStatusCategory::Active => Tone::Good,
        SprintStatusCategory::Completed => Tone::Closed,
        _ => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::assert_fields;

    #[test]
    fn the_fields_are_those_of_the_json() {
        assert_fields(&PMSprint::new("1", "2", "Sprint 1", SprintStatusCategory::Active));
    }
}
