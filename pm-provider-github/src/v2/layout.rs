//! The fields of a project, and what each of them is for.

use std::sync::Arc;

use pm_http::Raw;
use pm_provider::{Error, Priority, PriorityLevel, Result, Status, StatusCategory, Vocabulary};
use serde_json::json;

use super::dto;
use crate::GitHubConfig;
use crate::api::Api;
use crate::graphql::{self, V2_FIELDS};

/// What an item is of whose status nothing is said: GitHub shows it in a column of this name.
pub(super) const NO_STATUS: &str = "No Status";
/// Names of the date field for the first day of work.
const START: [&str; 3] = ["start date", "start", "starts"];
/// Names of the date field for the day on which it must be done, best first.
const DUE: [&str; 6] = ["target date", "due date", "due", "end date", "target", "deadline"];
/// Names of the iteration field that counts where there are several, best first.
const SPRINT: [&str; 2] = ["iteration", "sprint"];

/// What a field holds that can be written. GitHub has more kinds, which show what the issue has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Number,
    Date,
    Choice,
    Iteration,
}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Status,
    Priority,
    Estimate,
    Start,
    Due,
    Sprint,
    /// A custom field.
    Other,
}

/// A field of a project.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) holds: Holds,
    pub(super) role: Role,
    pub(super) choices: Vec<dto::Choice>,
    pub(super) iterations: Vec<(Raw<dto::Iteration>, bool)>,
}

impl Column {
    fn new(field: dto::Field) -> Option<Self> {
        let holds = match field.data_type.as_str() {
            "TEXT" => Holds::Text,
            "NUMBER" => Holds::Number,
            "DATE" => Holds::Date,
            "SINGLE_SELECT" => Holds::Choice,
            "ITERATION" => Holds::Iteration,
            _ => return None,
        };
        let dto::Field { id, name, options, configuration, .. } = field;
        let configuration = configuration.unwrap_or_default();
        let current = configuration.iterations.into_iter().map(|iteration| (iteration, false));
        let over = configuration.completed_iterations.into_iter().map(|iteration| (iteration, true));
        let iterations = over.chain(current).collect();
        Some(Self { id, name, holds, role: Role::Other, choices: options, iterations })
    }

    fn is_called(&self, name: &str) -> bool {
        self.name.trim().eq_ignore_ascii_case(name)
    }

    /// An iteration by its id.
    pub(super) fn iteration(&self, id: &str) -> Option<&(Raw<dto::Iteration>, bool)> {
        self.iterations.iter().find(|(iteration, _)| iteration.item.id == id)
    }
}

/// The fields of a project.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) project: String,
    pub(super) columns: Vec<Column>,
    pub(super) statuses: Vec<Status>,
    /// Lowest first.
    pub(super) priorities: Vec<Priority>,
}

impl Layout {
    /// Tells what each field is for.
    pub(super) fn new(project: &str, fields: impl IntoIterator<Item = dto::Field>, config: &GitHubConfig) -> Self {
        let mut columns: Vec<Column> = fields.into_iter().filter_map(Column::new).collect();
        assign(&mut columns, Role::Status, Holds::Choice, &["status"]);
        assign(&mut columns, Role::Priority, Holds::Choice, &["priority"]);
        assign(&mut columns, Role::Start, Holds::Date, &START);
        assign(&mut columns, Role::Due, Holds::Date, &DUE);
        if let Some(name) = &config.estimate_field {
            assign(&mut columns, Role::Estimate, Holds::Number, &[name]);
        }
        assign(&mut columns, Role::Sprint, Holds::Iteration, &SPRINT);
        let has_sprint = columns.iter().any(|column| column.role == Role::Sprint);
        if let Some(first) = columns.iter_mut().find(|column| column.holds == Holds::Iteration).filter(|_| !has_sprint)
        {
            first.role = Role::Sprint;
        }
        let choices = |role| columns.iter().find(|column| column.role == role).map(|column| column.choices.as_slice());
        let statuses = statuses(choices(Role::Status), config);
        let priorities = priorities(choices(Role::Priority).unwrap_or_default(), config);
        Self { project: project.to_owned(), columns, statuses, priorities }
    }

    /// The field for something, where the project has one.
    pub(super) fn of(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == role)
    }

    /// A field by its id.
    pub(super) fn by_id(&self, id: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// The fields that no field of a task stands for.
    pub(super) fn custom(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.role == Role::Other)
    }

    /// What an item is of whose status nothing is said.
    pub(super) fn no_status(&self) -> Status {
        Status::new(StatusCategory::Backlog, NO_STATUS)
    }
}

/// The first of the names counts that a field has.
fn assign(columns: &mut [Column], role: Role, holds: Holds, names: &[&str]) {
    let place = names.iter().find_map(|name| {
        columns.iter().position(|column| column.holds == holds && column.role == Role::Other && column.is_called(name))
    });
    if let Some(column) = place.and_then(|place| columns.get_mut(place)) {
        column.role = role;
    }
}

/// The statuses: the user's word for one comes first, then what its name says; of others it is known only that somebody put
/// it between the others, so that work on it has begun.
fn statuses(choices: Option<&[dto::Choice]>, config: &GitHubConfig) -> Vec<Status> {
    let status = |choice: &dto::Choice| {
        let category = config.statuses.category_of(&choice.name).or_else(|| StatusCategory::find(plain(&choice.name)));
        let category = category.filter(|category| category.is_writable()).unwrap_or(StatusCategory::InProgress);
        Status::new(category, choice.name.clone()).id(choice.id.clone())
    };
    let none = Status::new(StatusCategory::Backlog, NO_STATUS);
    std::iter::once(none).chain(choices.unwrap_or_default().iter().map(status)).collect()
}

/// The priorities, lowest first; people list them highest first.
fn priorities(choices: &[dto::Choice], config: &GitHubConfig) -> Vec<Priority> {
    let priority = |choice: &dto::Choice| {
        let name = plain(&choice.name);
        let level = config.priorities.category_of(&choice.name).or_else(|| PriorityLevel::find(name));
        let level = level.or_else(|| by_number(name)).unwrap_or(PriorityLevel::Unknown);
        Priority::new(level, choice.name.clone()).id(choice.id.clone())
    };
    let mut all: Vec<Priority> = choices.iter().rev().map(priority).collect();
    if all.iter().all(|priority| priority.level != PriorityLevel::Unknown) {
        all.sort_by_key(|priority| priority.level);
    }
    all
}

/// `P0` is what GitHub's own templates call the highest one.
fn by_number(name: &str) -> Option<PriorityLevel> {
    Some(match name.strip_prefix(['P', 'p'])? {
        "0" => PriorityLevel::Urgent,
        "1" => PriorityLevel::High,
        "2" => PriorityLevel::Normal,
        "3" => PriorityLevel::Low,
        "4" => PriorityLevel::Lowest,
        _ => return None,
    })
}

/// A name without the emoji that GitHub's templates put before it: `🏗 In progress`.
fn plain(name: &str) -> &str {
    name.trim_matches(|c: char| !c.is_alphanumeric())
}

impl Api {
    /// The fields of a project, remembered for a short while.
    pub(super) async fn v2_layout(&self, project: &str) -> Result<Arc<Layout>> {
        self.v2.layouts.of(project.to_owned()).get(self.fetch_layout(project)).await
    }

    async fn fetch_layout(&self, project: &str) -> Result<Layout> {
        let missing = || Error::not_found("project", crate::ids::of_v2_project(project));
        let (mut fields, mut after) = (Vec::new(), None);
        loop {
            let variables = json!({ "id": project, "after": after });
            let answer: Result<dto::Node<dto::WithFields>> = self.ask_whole(&V2_FIELDS, variables).await;
            let node =
                answer.map_err(|error| pm_http::named(error, "project", crate::ids::of_v2_project(project)))?.node;
            let node = node.filter(|node| node.title.is_some()).ok_or_else(missing)?;
            let page = node.fields.ok_or_else(missing)?;
            after = graphql::further(after.as_deref(), page.next())?;
            fields.extend(page.into_nodes());
            if after.is_none() {
                return Ok(Layout::new(project, fields, &self.config));
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use pm_provider::Secret;

    use super::*;

    /// Fields as GitHub shows them.
    pub(in crate::v2) const FIELDS: &str = r#"[
        {"__typename": "ProjectV2Field", "id": "F_title", "name": "Title", "dataType": "TITLE"},
        {"__typename": "ProjectV2SingleSelectField", "id": "F_status", "name": "Status", "dataType": "SINGLE_SELECT",
            "options": [{"id": "s1", "name": "🆕 New"}, {"id": "s2", "name": "🏗 In progress"}, {"id": "s3", "name": "In review"},
                {"id": "s4", "name": "Shipped"}]},
        {"id": "F_priority", "name": "Priority", "dataType": "SINGLE_SELECT",
            "options": [{"id": "p0", "name": "P0"}, {"id": "p1", "name": "P1"}, {"id": "p2", "name": "P2"}]},
        {"id": "F_size", "name": "Size", "dataType": "SINGLE_SELECT", "options": [{"id": "xs", "name": "XS"}, {"id": "xl", "name": "XL"}]},
        {"id": "F_hours", "name": "Estimate", "dataType": "NUMBER"},
        {"id": "F_points", "name": "Points", "dataType": "NUMBER"},
        {"id": "F_note", "name": "Note", "dataType": "TEXT"},
        {"id": "F_start", "name": "Start date", "dataType": "DATE"},
        {"id": "F_end", "name": "End date", "dataType": "DATE"},
        {"id": "F_target", "name": "Target date", "dataType": "DATE"},
        {"id": "F_iteration", "name": "Sprint", "dataType": "ITERATION", "configuration": {
            "iterations": [{"id": "i2", "title": "Two", "startDate": "2026-01-19", "duration": 14}],
            "completedIterations": [{"id": "i1", "title": "One", "startDate": "2026-01-05", "duration": 14}]}}]"#;

    pub(in crate::v2) fn layout() -> Layout {
        let config =
            GitHubConfig::new(Secret::new("t")).estimate_field("estimate").statuses("shipped=done".parse().unwrap());
        Layout::new("PVT_1", serde_json::from_str::<Vec<dto::Field>>(FIELDS).unwrap(), &config)
    }

    #[test]
    fn fields_are_known_by_kind_and_name() {
        let layout = layout();
        let id = |role| layout.of(role).unwrap().id.as_str();
        assert_eq!((id(Role::Status), id(Role::Priority), id(Role::Estimate)), ("F_status", "F_priority", "F_hours"));
        assert_eq!((id(Role::Start), id(Role::Due), id(Role::Sprint)), ("F_start", "F_target", "F_iteration"));
        let custom: Vec<_> = layout.custom().map(|column| column.name.as_str()).collect();
        assert_eq!(custom, ["Size", "Points", "Note", "End date"]);
    }

    #[test]
    fn categories_come_from_settings_names_and_nothing_else() {
        let layout = layout();
        let found: Vec<_> = layout.statuses.iter().map(|status| (status.name.as_str(), status.category)).collect();
        let expected = [
            (NO_STATUS, StatusCategory::Backlog),
            ("🆕 New", StatusCategory::Todo),
            ("🏗 In progress", StatusCategory::InProgress),
            ("In review", StatusCategory::InProgress),
            ("Shipped", StatusCategory::Done),
        ];
        assert_eq!(found, expected);
        let levels: Vec<_> = layout.priorities.iter().map(|priority| priority.level).collect();
        assert_eq!(levels, [PriorityLevel::Normal, PriorityLevel::High, PriorityLevel::Urgent]);
    }
}
