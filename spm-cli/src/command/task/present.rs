//! How tasks are shown.

use chrono::{DateTime, Utc};
use pm_core::{PMTask, Priority, Status, StatusCategory};
use serde_json::{Value, json};

use crate::command::args::State;
use crate::lookup::{Names, References, Wants};
use crate::output::{Cell, Column, Presented, Tone, Written, local_day};

impl Presented for PMTask {
    const PLURAL: &'static str = "tasks";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "key",
        "title",
        "description",
        "status",
        "priority",
        "project_id",
        "parent_task_id",
        "sprint_id",
        "assignees",
        "assignee_id",
        "author_id",
        "estimated_hours",
        "actual_hours",
        "start_date",
        "due_date",
        "labels",
        "task_type",
        "custom_fields",
        "visibility",
        "url",
        "created_at",
        "updated_at",
        "completed_at",
        "version",
        "raw_data",
    ];
    const COMPANIONS: &'static [&'static str] =
        &["state", "project_key", "parent_key", "sprint_name", "assignee_logins", "author_login"];
    const COLUMNS: &'static [Column] = &[
        Column::fixed("KEY"),
        Column::wide("TITLE").least(24),
        Column::fixed("STATUS").rank(1),
        Column::wide("ASSIGNEES").least(9).rank(2),
        Column::wide("LABELS").least(8).rank(5),
        Column::fixed("DUE").rank(3),
        Column::fixed("UPDATED").rank(4),
    ];

    fn table_wants() -> Wants {
        Wants::USERS
    }

    fn view_wants() -> Wants {
        Wants::USERS.and(Wants::SPRINTS).and(Wants::TASKS).and(Wants::PROJECTS)
    }

    fn companion_wants(field: &str) -> Wants {
        match field {
            "project_key" => Wants::PROJECTS,
            "parent_key" => Wants::TASKS,
            "sprint_name" => Wants::SPRINTS,
            "assignee_logins" | "author_login" => Wants::USERS,
            _ => Wants::NONE,
        }
    }

    fn cells(&self, names: &Names, now: DateTime<Utc>) -> Vec<Cell> {
        let open = !self.status.category.is_closed();
        let late = open && self.due_date.is_some_and(|date| date < local_day(now));
        vec![
            Cell::text(Tone::Key, self.handle()),
            Cell::text(if open { Tone::Bold } else { Tone::Plain }, &self.title),
            Cell::text(status_tone(&self.status), &self.status.name),
            Cell::text(Tone::Plain, logins(self, names).join(", ")),
            Cell::text(Tone::Dim, self.labels.join(", ")),
            Cell::day(self.due_date, late),
            Cell::moment(self.updated_at, now),
        ]
    }

    fn companion(&self, field: &str, names: &Names) -> Value {
        match field {
            "state" => json!(State::word(self.status.category.is_closed())),
            "project_key" => json!(names.project_key(&self.project_id)),
            "parent_key" => json!(self.parent_task_id.as_ref().map(|id| names.task_key(id))),
            "sprint_name" => json!(self.sprint_id.as_ref().map(|id| names.sprint_name(id))),
            "assignee_logins" => json!(logins(self, names)),
            "author_login" => json!(self.author_id.as_ref().map(|id| names.login(id))),
            _ => Value::Null,
        }
    }

    fn refer(&self, references: &mut References) {
        references.users.extend(self.assignees.iter().cloned());
        references.users.extend(self.author_id.clone());
        references.projects.insert(self.project_id.clone());
        references.sprints.extend(self.sprint_id.clone());
        references.tasks.extend(self.parent_task_id.clone());
    }
}

impl Written for PMTask {
    const SINGULAR: &'static str = "task";

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn handle(&self) -> &str {
        self.key.as_deref().unwrap_or(self.id.as_str())
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}

/// Who works on it.
pub(super) fn logins<'a>(task: &'a PMTask, names: &'a Names) -> Vec<&'a str> {
    task.assignees.iter().map(|id| names.login(id)).collect()
}

/// The colour of a status.
pub(crate) fn status_tone(status: &Status) -> Tone {
    match status.category {
        StatusCategory::InProgress => Tone::Busy,
        StatusCategory::Done => Tone::Closed,
        StatusCategory::Cancelled => Tone::Dim,
        StatusCategory::Todo => Tone::Good,
        _ => Tone::Plain,
    }
}

/// The priority's own name, where there is one.
pub(super) fn priority(priority: Option<&Priority>) -> &str {
    priority.map_or("", |priority| &priority.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::assert_fields;

    #[test]
    fn the_fields_are_those_of_the_json() {
        assert_fields(&PMTask::new("1", "2", "Paint the fence", StatusCategory::Todo));
    }
}
