//! How projects are shown.

use chrono::{DateTime, Utc};
use pm_core::{PMProject, ProjectStatus, ProjectStatusCategory};
use serde_json::{Value, json};

use crate::command::args::State;
use crate::lookup::{Names, References, Wants};
use crate::output::{Cell, Column, Presented, Tone, Written, local_day};

impl Presented for PMProject {
    const PLURAL: &'static str = "projects";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "key",
        "name",
        "description",
        "status",
        "priority",
        "start_date",
        "end_date",
        "owner_id",
        "visibility",
        "url",
        "created_at",
        "updated_at",
        "version",
        "raw_data",
    ];
    const COMPANIONS: &'static [&'static str] = &["state", "owner_login"];
    const COLUMNS: &'static [Column] = &[
        Column::fixed("KEY"),
        Column::wide("NAME").least(20),
        Column::fixed("STATUS").rank(1),
        Column::wide("OWNER").least(8).rank(2),
        Column::fixed("START").rank(5),
        Column::fixed("END").rank(3),
        Column::fixed("UPDATED").rank(4),
    ];

    fn table_wants() -> Wants {
        Wants::USERS
    }

    fn view_wants() -> Wants {
        Wants::USERS
    }

    fn companion_wants(field: &str) -> Wants {
        if field == "owner_login" { Wants::USERS } else { Wants::NONE }
    }

    fn cells(&self, names: &Names, now: DateTime<Utc>) -> Vec<Cell> {
        let open = !is_closed(&self.status);
        let late = open && self.end_date.is_some_and(|date| date < local_day(now));
        vec![
            Cell::text(Tone::Key, self.handle()),
            Cell::text(if open { Tone::Bold } else { Tone::Plain }, &self.name),
            Cell::text(tone(&self.status), &self.status.name),
            Cell::text(Tone::Plain, owner(self, names)),
            Cell::day(self.start_date, false),
            Cell::day(self.end_date, late),
            Cell::moment(self.updated_at, now),
        ]
    }

    fn companion(&self, field: &str, names: &Names) -> Value {
        match field {
            "state" => json!(State::word(is_closed(&self.status))),
            "owner_login" => json!(self.owner_id.as_ref().map(|id| names.login(id))),
            _ => Value::Null,
        }
    }

    fn refer(&self, references: &mut References) {
        references.users.extend(self.owner_id.clone());
    }
}

impl Written for PMProject {
    const SINGULAR: &'static str = "project";

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

/// The login of whoever answers for it.
pub(super) fn owner<'a>(project: &'a PMProject, names: &'a Names) -> &'a str {
    project.owner_id.as_ref().map(|id| names.login(id)).unwrap_or_default()
}

fn is_closed(status: &ProjectStatus) -> bool {
    State::Closed.of_projects().contains(&status.category)
}

fn tone(status: &ProjectStatus) -> Tone {
    match status.category {
        ProjectStatusCategory::Active => Tone::Good,
        ProjectStatusCategory::OnHold => Tone::Busy,
        ProjectStatusCategory::Completed => Tone::Closed,
        ProjectStatusCategory::Cancelled | ProjectStatusCategory::Archived => Tone::Dim,
        _ => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::assert_fields;

    #[test]
    fn the_fields_are_those_of_the_json() {
        assert_fields(&PMProject::new("1", "Website", ProjectStatusCategory::Active));
    }
}
