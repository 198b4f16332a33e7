//! Tasks.

use std::borrow::Cow;

use chrono::NaiveDate;
use pm_http::{Marker, Raw};
use pm_provider::value::micros;
use pm_provider::{
    CustomFields, CustomValue, Overrides, PMTask, Priority, PriorityLevel, SprintId, Status, StatusCategory, TaskId,
    UserId, Vocabulary,
};
use serde_json::Value;

use crate::dto::{FieldValue, Issue, IssueAddress, Label, Reason, RepositoryAddress, State};

/// The ids of the statuses: `open`, else the reason for which an issue was closed.
pub(crate) const OPEN: &str = "open";
pub(crate) const COMPLETED: &str = "completed";
pub(crate) const NOT_PLANNED: &str = "not_planned";
pub(crate) const DUPLICATE: &str = "duplicate";

/// The fields of an organisation's issues that tasks have fields of their own for, in lower case.
const PRIORITY_FIELD: &str = "priority";
const START_FIELDS: [&str; 1] = ["start date"];
const DUE_FIELDS: [&str; 2] = ["due date", "target date"];

/// What it takes to read the issues of one repository.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// The repository that they are in.
    pub(crate) repository: u64,
    /// Its full name, for what names no other one.
    pub(crate) full_name: &'a str,
    /// What labels that are priorities begin with; none where labels are just labels.
    pub(crate) priority_prefix: Option<&'a str>,
    /// What the user says about statuses.
    pub(crate) statuses: &'a Overrides<StatusCategory>,
    /// What the user says about priorities.
    pub(crate) priorities: &'a Overrides<PriorityLevel>,
    /// The ids of other repositories by full name, where they are known: parents may be in one.
    pub(crate) others: &'a dyn Fn(&str) -> Option<u64>,
}

/// The id of an issue's task.
pub(crate) fn task_id(repository: u64, number: u64) -> TaskId {
    TaskId::new(format!("{repository}#{number}"))
}

/// Makes a task.
pub(crate) fn task(raw: Raw<Issue>, reading: &Reading<'_>) -> PMTask {
    let Raw { item: issue, raw } = raw;
    let state = status(&issue, reading.statuses);
    let is_closed = state.category.is_closed();
    let parent = issue.parent_issue_url.as_ref().and_then(|address| parent(address, reading));
    let Fields { priority, start, due, custom } = Fields::of(&issue.issue_field_values, reading.priorities);
    let (labelled, labels) = split_labels(issue.labels, reading);
    let name = issue.repository_url.full_name().unwrap_or(reading.full_name);
    let key = format!("{name}#{}", issue.number);
    let mut task =
        PMTask::new(task_id(reading.repository, issue.number), reading.repository.to_string(), issue.title, state);
    task.key = Some(key);
    task.description = issue.body.and_then(shown_text);
    task.priority = labelled.or(priority);
    task.parent_task_id = parent;
    task.sprint_id = issue.milestone.map(|milestone| sprint_id(reading.repository, milestone.number));
    task.assignees = issue.assignees.iter().map(|person| UserId::new(person.id.to_string())).collect();
    task.author_id = issue.user.map(|person| UserId::new(person.id.to_string()));
    (task.start_date, task.due_date) = (start, due);
    task.labels = labels;
    task.task_type = issue.kind.map(|kind| kind.name);
    task.custom_fields = custom;
    task.url = issue.html_url;
    task.created_at = issue.created_at.map(micros);
    task.updated_at = issue.updated_at.map(micros);
    task.completed_at = issue.closed_at.filter(|_| is_closed).map(micros);
    task.raw_data = raw;
    task
}

/// The id of a milestone's sprint.
pub(crate) fn sprint_id(repository: u64, number: u64) -> SprintId {
    SprintId::new(format!("{repository}#m{number}"))
}

/// What people wrote: the body without our mark; none where nothing is left.
pub(crate) fn shown_text(body: String) -> Option<String> {
    let text = match Marker::take_out(&body).0 {
        Cow::Borrowed(text) if text.len() == body.len() => body,
        text => text.into_owned(),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The task that an issue is a part of. Where the other repository is not known to us, its name stands for its id.
fn parent(address: &IssueAddress, reading: &Reading<'_>) -> Option<TaskId> {
    if address.number == 0 {
        return None;
    }
    match &address.repository {
        RepositoryAddress::Id(id) => Some(task_id(*id, address.number)),
        RepositoryAddress::Named(name) if name.eq_ignore_ascii_case(reading.full_name) => {
            Some(task_id(reading.repository, address.number))
        }
        RepositoryAddress::Named(name) => Some(match (reading.others)(name) {
            Some(id) => task_id(id, address.number),
            None => TaskId::new(format!("{name}#{}", address.number)),
        }),
        RepositoryAddress::Unknown => None,
    }
}

/// The id of the status that an issue has.
pub(crate) fn status_id(issue: &Issue) -> Option<&'static str> {
    match (issue.state, issue.state_reason) {
        (State::Open, _) => Some(OPEN),
        (State::Closed, Some(Reason::NotPlanned)) => Some(NOT_PLANNED),
        (State::Closed, Some(Reason::Duplicate)) => Some(DUPLICATE),
        // What was closed before there were reasons has none.
        (State::Closed, _) => Some(COMPLETED),
        (State::Unknown, _) => None,
    }
}

fn status(issue: &Issue, overrides: &Overrides<StatusCategory>) -> Status {
    status_id(issue)
        .and_then(|id| STATUSES.iter().find(|(known, ..)| *known == id))
        .map_or_else(|| Status::new(StatusCategory::Unknown, ""), |known| made(known, overrides))
}

/// Id, name and category of each status.
const STATUSES: [(&str, &str, StatusCategory); 4] = [
    (OPEN, "Open", StatusCategory::Todo),
    (COMPLETED, "Closed as completed", StatusCategory::Done),
    (NOT_PLANNED, "Closed as not planned", StatusCategory::Cancelled),
    (DUPLICATE, "Closed as duplicate", StatusCategory::Cancelled),
];

fn made((id, name, category): &(&str, &str, StatusCategory), overrides: &Overrides<StatusCategory>) -> Status {
    Status::new(overrides.category_of(name).unwrap_or(*category), *name).id(*id)
}

/// A status by its id; what is no status at all is the first of them.
pub(crate) fn known_status(id: &str) -> &'static str {
    STATUSES.iter().find(|(known, ..)| *known == id).map_or(OPEN, |(known, ..)| known)
}

/// The people whom an issue names, by id and login.
pub(crate) fn people_of(issue: &Issue) -> impl Iterator<Item = (u64, &str)> {
    issue.user.iter().chain(&issue.assignees).map(|person| (person.id, person.login.as_str()))
}

/// All statuses, which are the same everywhere.
pub(crate) fn statuses(overrides: &Overrides<StatusCategory>) -> Vec<Status> {
    STATUSES.iter().map(|known| made(known, overrides)).collect()
}

/// The names that win for their category: what the user says, and of the two ways of giving up the one that names no
/// other issue.
pub(crate) fn preferred_statuses(overrides: &Overrides<StatusCategory>) -> Vec<(StatusCategory, String)> {
    let own = (StatusCategory::Cancelled, "Closed as not planned".to_owned());
    overrides.preferred().iter().cloned().chain([own]).collect()
}

/// The priority that a label says, where it is one of those.
pub(crate) fn priority_of_label(
    label: &str,
    prefix: Option<&str>,
    overrides: &Overrides<PriorityLevel>,
) -> Option<Priority> {
    let prefix = prefix?;
    let start = label.get(..prefix.len())?;
    let name = label[prefix.len()..].trim();
    if !start.eq_ignore_ascii_case(prefix) || name.is_empty() {
        return None;
    }
    Some(priority(name, overrides).id(label))
}

fn priority(name: &str, overrides: &Overrides<PriorityLevel>) -> Priority {
    let level = overrides.category_of(name).unwrap_or_else(|| PriorityLevel::of_native(name));
    Priority::new(level, name)
}

/// How pressing a level is, for comparing: what says nothing comes last.
pub(crate) fn rank(level: PriorityLevel) -> usize {
    let known = PriorityLevel::ALL.iter().position(|known| *known == level && level != PriorityLevel::Unknown);
    known.map_or(0, |place| place + 1)
}

/// Takes the label out that says the priority: the most pressing, where there are several.
fn split_labels(labels: Vec<Label>, reading: &Reading<'_>) -> (Option<Priority>, Vec<String>) {
    let names = || labels.iter().enumerate();
    let read = |name: &str| priority_of_label(name, reading.priority_prefix, reading.priorities);
    let found = names().filter_map(|(place, label)| Some((place, read(&label.0)?)));
    let highest = found.reduce(|one, other| if rank(other.1.level) > rank(one.1.level) { other } else { one });
    let taken = highest.as_ref().map(|(place, _)| *place);
    let rest = labels.into_iter().enumerate().filter(|(place, _)| Some(*place) != taken);
    let rest = rest.map(|(_, label)| label.0).filter(|name| !name.is_empty()).collect();
    (highest.map(|(_, priority)| priority), rest)
}

/// What the fields say that an organisation defined for its issues. They are read, where an answer has them.
#[derive(Default)]
struct Fields {
    priority: Option<Priority>,
    start: Option<NaiveDate>,
    due: Option<NaiveDate>,
    custom: CustomFields,
}

impl Fields {
    fn of(values: &[FieldValue], priorities: &Overrides<PriorityLevel>) -> Self {
        let mut fields = Self::default();
        for field in values {
            let Some(name) = field.issue_field_name.as_deref() else { continue };
            let lower = name.to_lowercase();
            let option = field.single_select_option.as_ref().map(|option| option.name.as_str());
            match lower.as_str() {
                PRIORITY_FIELD if option.is_some() => fields.priority = option.map(|name| priority(name, priorities)),
                known if START_FIELDS.contains(&known) && day(field).is_some() => fields.start = day(field),
                known if DUE_FIELDS.contains(&known) && day(field).is_some() => fields.due = day(field),
                _ => {
                    if let Some(value) = custom(field) {
                        fields.custom.insert(name.to_owned(), value);
                    }
                }
            }
        }
        fields
    }
}

fn day(field: &FieldValue) -> Option<NaiveDate> {
    field.value.as_str()?.get(..10)?.parse().ok()
}

fn custom(field: &FieldValue) -> Option<CustomValue> {
    if let Some(option) = &field.single_select_option {
        return Some(option.name.as_str().into());
    }
    if !field.multi_select_options.is_empty() {
        let names = field.multi_select_options.iter().map(|option| CustomValue::from(option.name.as_str()));
        return Some(CustomValue::List(names.collect()));
    }
    match &field.value {
        Value::Null => None,
        value => serde_json::from_value(value.clone()).ok(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read_with(json: &str, prefix: Option<&str>, statuses: &str) -> PMTask {
        let reading = Reading {
            repository: 42,
            full_name: "ann/web",
            priority_prefix: prefix,
            statuses: &statuses.parse().unwrap(),
            priorities: &"P0=urgent".parse().unwrap(),
            others: &|name| (name == "ann/other").then_some(43),
        };
        task(serde_json::from_str(json).unwrap(), &reading)
    }

    fn read(members: &str) -> PMTask {
        read_with(&format!(r#"{{"id": 1000, "number": 7, "title": "Paint", {members}}}"#), Some("priority:"), "")
    }

    #[test]
    fn every_field_of_an_issue_is_mapped() {
        let task = read(
            r#""body": "Red, please.", "state": "closed", "state_reason": "completed",
            "labels": [{"name": "bug"}, {"name": "Priority: high"}, "ui"], "user": {"id": 5, "login": "ann"},
            "assignees": [{"id": 6, "login": "bob"}, {"id": 5, "login": "ann"}], "milestone": {"number": 3},
            "type": {"name": "Bug"}, "html_url": "https://github.com/ann/web/issues/7",
            "repository_url": "https://api.github.com/repos/ann/web",
            "parent_issue_url": "https://api.github.com/repos/ann/web/issues/2",
            "created_at": "2026-01-01T08:00:00Z", "updated_at": "2026-01-02T08:00:00Z",
            "closed_at": "2026-01-02T07:00:00Z""#,
        );
        let ids = (task.id.as_str(), task.key.as_deref(), task.project_id.as_str());
        assert_eq!(ids, ("42#7", Some("ann/web#7"), "42"));
        assert_eq!((task.title.as_str(), task.description.as_deref()), ("Paint", Some("Red, please.")));
        assert_eq!(task.status, Status::new(StatusCategory::Done, "Closed as completed").id("completed"));
        assert_eq!(task.priority, Some(Priority::new(PriorityLevel::High, "high").id("Priority: high")));
        assert_eq!(task.labels, ["bug", "ui"]);
        assert_eq!((task.parent_task_id, task.sprint_id), (Some("42#2".into()), Some("42#m3".into())));
        assert_eq!((task.assignees, task.author_id), (vec!["6".into(), "5".into()], Some("5".into())));
        assert_eq!(task.task_type.as_deref(), Some("Bug"));
        assert_eq!(task.url.as_deref(), Some("https://github.com/ann/web/issues/7"));
        assert_eq!(task.completed_at.unwrap().to_rfc3339(), "2026-01-02T07:00:00+00:00");
        assert!(task.version.is_none() && task.custom_fields.is_empty());
    }

    #[test]
    fn statuses_are_told_by_state_and_reason() {
        let status = |members: &str| read(members).status;
        for (members, category, id) in [
            (r#""state": "open""#, StatusCategory::Todo, Some("open")),
            (r#""state": "open", "state_reason": "reopened""#, StatusCategory::Todo, Some("open")),
            (r#""state": "closed", "state_reason": null"#, StatusCategory::Done, Some("completed")),
            (r#""state": "closed", "state_reason": "not_planned""#, StatusCategory::Cancelled, Some("not_planned")),
            (r#""state": "closed", "state_reason": "duplicate""#, StatusCategory::Cancelled, Some("duplicate")),
            (r#""state": "frozen""#, StatusCategory::Unknown, None),
        ] {
            let status = status(members);
            assert_eq!((status.category, status.id.as_deref()), (category, id), "{members}");
        }
        let json = r#"{"id": 1, "number": 7, "state": "closed", "state_reason": "duplicate"}"#;
        assert_eq!(read_with(json, None, "Closed as duplicate=done").status.category, StatusCategory::Done);
    }

    #[test]
    fn giving_up_is_not_planned() {
        let wanted = pm_provider::StatusRef::from(StatusCategory::Cancelled);
        let none = Overrides::new();
        let resolved = wanted.resolve(&statuses(&none), &preferred_statuses(&none)).unwrap();
        assert_eq!(resolved.id.as_deref(), Some(NOT_PLANNED));
    }

    #[test]
    fn an_open_issue_is_not_completed() {
        assert_eq!(read(r#""state": "open", "closed_at": "2026-01-02T07:00:00Z""#).completed_at, None);
    }

    #[test]
    fn the_mark_of_a_key_is_no_part_of_the_description() {
        let marker = Marker::of("task", "k");
        let text = |body: &str| read(&format!(r#""body": {}"#, serde_json::to_string(body).unwrap())).description;
        assert_eq!(text(&marker.append("Red")).as_deref(), Some("Red"));
        assert_eq!(text(&marker.append("")), None);
        assert_eq!(text("a\r\nb").as_deref(), Some("a\r\nb"));
        assert_eq!(text(""), None);
    }

    #[test]
    fn the_most_pressing_of_several_priorities_counts() {
        let task = read(r#""labels": ["priority:low", "priority:P0", "priority:soon", "priority:"]"#);
        assert_eq!(task.priority, Some(Priority::new(PriorityLevel::Urgent, "P0").id("priority:P0")));
        assert_eq!(task.labels, ["priority:low", "priority:soon", "priority:"]);
        let task = read(r#""labels": ["priority:soon"]"#);
        assert_eq!(task.priority.unwrap().level, PriorityLevel::Unknown);
        let json = r#"{"id": 1, "number": 7, "labels": ["priority:low"]}"#;
        let task = read_with(json, None, "");
        assert_eq!((task.priority, task.labels.len()), (None, 1));
    }

    #[test]
    fn parents_may_be_in_another_repository() {
        let parent = |address: &str| read(&format!(r#""parent_issue_url": "{address}""#)).parent_task_id;
        assert_eq!(parent("https://api.github.com/repos/Ann/Web/issues/2"), Some("42#2".into()));
        assert_eq!(parent("https://api.github.com/repos/ann/other/issues/2"), Some("43#2".into()));
        assert_eq!(parent("https://api.github.com/repos/ann/hidden/issues/2"), Some("ann/hidden#2".into()));
        assert_eq!(parent("https://api.github.com/repositories/9/issues/2"), Some("9#2".into()));
        assert_eq!(parent("nonsense"), None);
    }

    #[test]
    fn fields_of_an_organisation_are_read() {
        let task = read(
            r#""issue_field_values": [
            {"issue_field_name": "Priority", "single_select_option": {"name": "Urgent"}, "value": "Urgent"},
            {"issue_field_name": "Target date", "data_type": "date", "value": "2026-03-01"},
            {"issue_field_name": "Start date", "data_type": "date", "value": "2026-02-01T00:00:00Z"},
            {"issue_field_name": "Effort", "data_type": "number", "value": 3},
            {"issue_field_name": "Teams", "multi_select_options": [{"name": "web"}, {"name": "app"}]},
            {"issue_field_name": "Empty", "value": null}]"#,
        );
        assert_eq!(task.priority.unwrap().level, PriorityLevel::Urgent);
        assert_eq!((task.start_date, task.due_date), ("2026-02-01".parse().ok(), "2026-03-01".parse().ok()));
        assert_eq!(task.custom_fields["Effort"], 3.into());
        assert_eq!(task.custom_fields.len(), 2);
    }
}
