//! Tasks.

use std::collections::HashMap;

use pm_http::Raw;
use pm_provider::value::micros;
use pm_provider::{
    CustomFields, Hours, Overrides, PMTask, Priority, PriorityLevel, SprintId, Status, StatusCategory, UserId,
    Visibility, Vocabulary,
};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::api::Api;
use crate::dto::{self, Fields, Issue, Moment};
use crate::places::Places;
use crate::schema::Catalogue;

/// What it takes to read issues.
pub(crate) struct Reading<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) statuses: &'a Overrides<StatusCategory>,
    pub(crate) priorities: &'a Vec<Priority>,
    pub(crate) places: &'a Places,
    /// The ids of the epics that Data Center names by key.
    pub(crate) epics: &'a HashMap<String, u64>,
}

/// Makes a task.
pub(crate) fn task(raw: Raw<Issue>, reading: &Reading<'_>) -> PMTask {
    let Raw { item: Issue { id, key, fields, .. }, raw } = raw;
    let state = fields.status.as_ref().map(|known| status(known, reading.statuses));
    let state = state.unwrap_or_else(|| Status::new(StatusCategory::Unknown, ""));
    let is_closed = state.category.is_closed();
    let project = fields.project.as_ref().map(|project| project.id.clone()).unwrap_or_default();
    let parent = parent_of(&fields, reading);
    let sprint = sprint_of(&fields, reading.catalogue, is_closed);
    let custom = custom_fields(&fields, reading.catalogue);
    let start = reading.catalogue.start_date.as_deref().and_then(|id| fields.other(id)).and_then(day);
    let mut task = PMTask::new(id.to_string(), project, fields.summary.unwrap_or_default(), state);
    task.url = key.as_deref().and_then(|key| reading.places.browse(key));
    task.key = key;
    task.description = fields.description.as_ref().and_then(text);
    task.priority = fields.priority.map(|known| priority(known, reading.priorities));
    task.parent_task_id = parent.map(|id| id.to_string().into());
    task.sprint_id = sprint.map(|id| SprintId::new(id.to_string()));
    task.assignees = fields.assignee.as_ref().and_then(dto::Person::id).map(UserId::from).into_iter().collect();
    task.author_id = fields.reporter.as_ref().and_then(dto::Person::id).map(UserId::from);
    let tracked = fields.time_tracking.unwrap_or_default();
    let estimate = fields.original_estimate.or(tracked.original_estimate);
    task.estimated_hours = estimate.map(Hours::from_seconds);
    task.actual_hours = fields.time_spent.or(tracked.time_spent).map(Hours::from_seconds);
    (task.start_date, task.due_date) = (start, fields.due_date);
    task.labels = fields.labels;
    task.task_type = fields.issue_type.map(|kind| kind.name);
    task.custom_fields = custom;
    task.visibility = if fields.security.is_some() { Visibility::Restricted } else { Visibility::Public };
    task.created_at = fields.created.map(|time| micros(time.utc()));
    task.updated_at = fields.updated.map(|time| micros(time.utc()));
    // Workflows that never set a resolution leave its date empty as well.
    let completed = fields.resolution_date.or(fields.category_changed).filter(|_| is_closed);
    task.completed_at = completed.map(Moment::utc).map(micros);
    task.raw_data = raw;
    task
}

/// A status: the user's word for it comes first, then Jira's category, within which names may say more.
pub(crate) fn status(known: &dto::Status, overrides: &Overrides<StatusCategory>) -> Status {
    let key = known.status_category.as_ref().map(|category| category.key.as_str());
    let by_jira = || match key {
        Some("new") if StatusCategory::find(&known.name) == Some(StatusCategory::Backlog) => StatusCategory::Backlog,
        Some("new") => StatusCategory::Todo,
        Some("indeterminate") => StatusCategory::InProgress,
        Some("done") => StatusCategory::of_native(&known.name, true),
        _ => StatusCategory::Unknown,
    };
    let category = overrides.category_of(&known.name).unwrap_or_else(by_jira);
    Status::new(category, known.name.clone()).id(known.id.to_string())
}

/// A priority, by what is known of all of them.
fn priority(known: dto::Named, all: &[Priority]) -> Priority {
    let found = all.iter().find(|priority| priority.id.is_some() && priority.id == known.id);
    found.cloned().unwrap_or_else(|| {
        let level = PriorityLevel::of_native(&known.name);
        let priority = Priority::new(level, known.name);
        known.id.into_iter().fold(priority, Priority::id)
    })
}

/// All priorities, lowest first, as a schema lists them. Jira lists them highest first; where a name says nothing, its place
/// does.
pub(crate) fn priorities(known: &[dto::Priority], overrides: &Overrides<PriorityLevel>) -> Vec<Priority> {
    const BY_PLACE: [PriorityLevel; 5] =
        [PriorityLevel::Urgent, PriorityLevel::High, PriorityLevel::Normal, PriorityLevel::Low, PriorityLevel::Lowest];
    let last = known.len().saturating_sub(1);
    let by_place = |place: usize| match last {
        0 => PriorityLevel::Normal,
        last => BY_PLACE[(place * (BY_PLACE.len() - 1) + last / 2) / last],
    };
    let by_name = |name: &str| Some(PriorityLevel::of_native(name)).filter(|level| *level != PriorityLevel::Unknown);
    let priority = |(place, known): (usize, &dto::Priority)| {
        let level = overrides.category_of(&known.name).or_else(|| by_name(&known.name));
        Priority::new(level.unwrap_or_else(|| by_place(place)), known.name.clone()).id(known.id.to_string())
    };
    known.iter().enumerate().map(priority).rev().collect()
}

/// The parent; on Data Center the epic is a field of its own, which names it by key.
fn parent_of(fields: &Fields, reading: &Reading<'_>) -> Option<u64> {
    let parent = fields.parent.as_ref().and_then(|parent| crate::ids::number(&parent.id));
    parent.or_else(|| reading.epics.get(&epic_of(fields, reading.catalogue)?).copied())
}

/// The key of the epic of an issue, where that is a field of its own.
pub(crate) fn epic_of(fields: &Fields, catalogue: &Catalogue) -> Option<String> {
    let value = fields.other(catalogue.epic_link.as_deref()?)?;
    serde_json::from_str(value.get()).ok()
}

/// The sprint that counts: the active one, else the latest that is not over. The last one that is over counts only for who is done
/// with: what is not done stands in the backlog again, although Jira keeps the sprint in the field.
fn sprint_of(fields: &Fields, catalogue: &Catalogue, is_closed: bool) -> Option<u64> {
    let all = sprints_of(fields, catalogue);
    open_sprint(&all).or_else(|| all.last().filter(|_| is_closed).map(|(id, _)| *id))
}

/// Says whether an issue is in a sprint that is not over, which it can leave.
pub(crate) fn is_in_sprint(fields: &Fields, catalogue: &Catalogue) -> bool {
    open_sprint(&sprints_of(fields, catalogue)).is_some()
}

fn open_sprint(all: &[(u64, String)]) -> Option<u64> {
    let active = all.iter().find(|(_, state)| state == "active");
    active.or_else(|| all.iter().rev().find(|(_, state)| state != "closed")).map(|(id, _)| *id)
}

/// Every sprint that an issue was ever in, with its state: objects, on older Data Centers texts that Java made of its own
/// (`com.atlassian.greenhopper.service.sprint.Sprint@1f2[id=5,rapidViewId=3,state=ACTIVE,name=…`).
fn sprints_of(fields: &Fields, catalogue: &Catalogue) -> Vec<(u64, String)> {
    let value = catalogue.sprint.as_deref().and_then(|id| fields.other(id));
    match value.and_then(|value| serde_json::from_str(value.get()).ok()) {
        Some(Value::Array(values)) => values.iter().filter_map(sprint_state).collect(),
        Some(single) => sprint_state(&single).into_iter().collect(),
        None => Vec::new(),
    }
}

fn sprint_state(value: &Value) -> Option<(u64, String)> {
    if let Some(text) = value.as_str() {
        let member = |name: &str| {
            let (_, rest) = text.split_once('[')?;
            let start = rest.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))?;
            Some(start.trim_end_matches(']').to_owned())
        };
        return Some((member("id")?.parse().ok()?, member("state").unwrap_or_default().to_lowercase()));
    }
    Some((value["id"].as_u64()?, value["state"].as_str().unwrap_or_default().to_lowercase()))
}

fn custom_fields(fields: &Fields, catalogue: &Catalogue) -> CustomFields {
    let read = |(id, value): &(String, Box<RawValue>)| {
        let shape = catalogue.shape(id)?;
        let value: Value = serde_json::from_str(value.get()).ok()?;
        Some((shape.name.clone(), shape.read(&value)?))
    };
    fields.others.iter().filter_map(read).collect()
}

/// A stored text as Markdown; none where nothing is left.
fn text(stored: &Value) -> Option<String> {
    Some(Api::shown_text(stored)).filter(|text| !text.is_empty())
}

fn day(value: &RawValue) -> Option<chrono::NaiveDate> {
    serde_json::from_str(value.get()).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const FIELDS: &str = r#"[
        {"id": "resolution", "name": "Resolution", "schema": {"type": "resolution", "system": "resolution"}},
        {"id": "customfield_10014", "name": "Epic Link", "schema": {"type": "any",
            "custom": "com.pyxis.greenhopper.jira:gh-epic-link"}},
        {"id": "customfield_10015", "name": "Start date", "schema": {"type": "date",
            "custom": "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"}},
        {"id": "customfield_10016", "name": "Story points", "schema": {"type": "number",
            "custom": "com.atlassian.jira.plugin.system.customfieldtypes:float"}},
        {"id": "customfield_10020", "name": "Sprint", "schema": {"type": "array",
            "custom": "com.pyxis.greenhopper.jira:gh-sprint"}}]"#;

    fn read_with(json: &str, statuses: &str) -> PMTask {
        let reading = Reading {
            catalogue: &Catalogue::new(&serde_json::from_str::<Vec<dto::FieldInfo>>(FIELDS).unwrap(), None),
            statuses: &statuses.parse().unwrap(),
            priorities: &vec![Priority::new(PriorityLevel::High, "P1").id("9")],
            places: &Places::new(&"https://example.org/jira".parse().unwrap()),
            epics: &HashMap::from([("WEB-1".to_owned(), 10_001)]),
        };
        task(serde_json::from_str(json).unwrap(), &reading)
    }

    fn read(fields: &str) -> PMTask {
        read_with(&format!(r#"{{"id": "10012", "key": "WEB-12", "fields": {fields}}}"#), "")
    }

    #[test]
    fn every_field_of_an_issue_is_mapped() {
        let task = read(
            r#"{"summary": "Paint", "status": {"id": "3", "name": "In Progress", "statusCategory": {"key": "indeterminate"}},
            "priority": {"id": "9", "name": "P1"}, "project": {"id": "10000", "key": "WEB"}, "parent": {"id": "10001"},
            "assignee": {"accountId": "5b"}, "reporter": {"key": "JIRAUSER1", "name": "ann"}, "labels": ["paint"],
            "issuetype": {"id": "1", "name": "Bug", "subtask": false}, "timeoriginalestimate": 9000,
            "timetracking": {"timeSpentSeconds": 3600}, "duedate": "2026-02-01", "security": {"id": "1", "name": "Staff"},
            "created": "2026-01-01T08:00:00.123+0000", "updated": "2026-01-02T09:00:00.000+0100",
            "customfield_10015": "2026-01-31", "customfield_10016": 5.0, "resolution": {"id": "1", "name": "Fixed"},
            "customfield_10020": [{"id": 4, "state": "closed"}, {"id": 7, "state": "active"}, {"id": 9, "state": "future"}]}"#,
        );
        assert_eq!(
            (task.id.as_str(), task.key.as_deref(), task.project_id.as_str()),
            ("10012", Some("WEB-12"), "10000")
        );
        assert_eq!(task.url.as_deref(), Some("https://example.org/jira/browse/WEB-12"));
        assert_eq!((task.status.category, task.status.id.as_deref()), (StatusCategory::InProgress, Some("3")));
        assert_eq!(task.priority.unwrap().level, PriorityLevel::High);
        assert_eq!((task.parent_task_id, task.sprint_id), (Some("10001".into()), Some("7".into())));
        assert_eq!((task.assignees, task.author_id), (vec!["5b".into()], Some("JIRAUSER1".into())));
        assert_eq!(task.estimated_hours, Some(Hours::from_seconds(9_000)));
        assert_eq!(task.actual_hours, Some(Hours::from_seconds(3_600)));
        assert_eq!((task.start_date, task.due_date), ("2026-01-31".parse().ok(), "2026-02-01".parse().ok()));
        assert_eq!(task.custom_fields["Story points"], 5.into());
        assert_eq!(task.custom_fields["Resolution"], "Fixed".into());
        assert_eq!(task.custom_fields.len(), 2);
        assert_eq!(task.visibility, Visibility::Restricted);
        assert_eq!(task.updated_at.unwrap().to_rfc3339(), "2026-01-02T08:00:00+00:00");
        assert!(task.completed_at.is_none() && task.version.is_none());
    }

    #[test]
    fn an_issue_of_which_nothing_is_shown_is_still_one() {
        let task = read_with(r#"{"id": "10012"}"#, "");
        assert_eq!((task.id.as_str(), task.status.category, task.url), ("10012", StatusCategory::Unknown, None));
    }

    #[test]
    fn categories_are_jiras_unless_a_name_or_the_user_says_more() {
        let category = |name: &str, key: &str| {
            let fields =
                format!(r#"{{"status": {{"id": "1", "name": "{name}", "statusCategory": {{"key": "{key}"}}}}}}"#);
            read_with(&format!(r#"{{"id": "1", "fields": {fields}}}"#), "On hold=backlog").status.category
        };
        for (name, key, wanted) in [
            ("Offen", "new", StatusCategory::Todo),
            ("Backlog", "new", StatusCategory::Backlog),
            ("Done", "indeterminate", StatusCategory::InProgress),
            ("Erledigt", "done", StatusCategory::Done),
            ("Won't do", "done", StatusCategory::Done),
            ("Rejected", "done", StatusCategory::Cancelled),
            ("Odd", "undefined", StatusCategory::Unknown),
            ("On hold", "indeterminate", StatusCategory::Backlog),
        ] {
            let found = category(name, key);
            // An apostrophe is no part of the word list: what it folds to decides.
            assert!(found == wanted || name == "Won't do" && found.is_closed(), "{name}: {found}");
        }
    }

    #[test]
    fn a_task_is_completed_only_while_it_is_over() {
        let completed = |key: &str, dates: &str| {
            let status = format!(r#"{{"id": "1", "name": "x", "statusCategory": {{"key": "{key}"}}}}"#);
            read(&format!(r#"{{"status": {status}, {dates}}}"#)).completed_at.map(|time| time.to_rfc3339())
        };
        let (resolved, moved) = (
            "\"resolutiondate\": \"2026-01-01T00:00:00.000+0000\"",
            "\"statuscategorychangedate\": \"2026-01-02T00:00:00.000+0000\"",
        );
        assert_eq!(completed("done", &format!("{resolved}, {moved}")).as_deref(), Some("2026-01-01T00:00:00+00:00"));
        assert_eq!(completed("done", moved).as_deref(), Some("2026-01-02T00:00:00+00:00"));
        assert_eq!(completed("new", &format!("{resolved}, {moved}")), None);
    }

    #[test]
    fn sprints_are_objects_or_texts_and_the_active_one_counts() {
        let sprint = |key: &str, json: &str| {
            let status = format!(r#"{{"id": "1", "name": "x", "statusCategory": {{"key": "{key}"}}}}"#);
            let sprint = read(&format!(r#"{{"status": {status}, "customfield_10020": {json}}}"#)).sprint_id;
            sprint.map(|id| id.to_string())
        };
        let text = |id: u64, state: &str| {
            format!(
                "\"com.atlassian.greenhopper.service.sprint.Sprint@1f2[id={id},rapidViewId=3,state={state},name=a, b]\""
            )
        };
        let is = |id: &str| Some(id.to_owned());
        assert_eq!(sprint("new", &format!("[{}, {}]", text(5, "CLOSED"), text(6, "ACTIVE"))), is("6"));
        assert_eq!(sprint("done", &format!("[{}, {}]", text(5, "FUTURE"), text(6, "CLOSED"))), is("5"));
        let over = r#"[{"id": 1, "state": "closed"}, {"id": 2, "state": "closed"}]"#;
        assert_eq!((sprint("done", over), sprint("new", over)), (is("2"), None), "it is in the backlog again");
        assert_eq!(sprint("done", "[]"), None);
    }

    #[test]
    fn an_epic_that_is_named_by_its_key_is_a_parent() {
        assert_eq!(read(r#"{"customfield_10014": "WEB-1"}"#).parent_task_id, Some("10001".into()));
        assert_eq!(read(r#"{"customfield_10014": "WEB-9"}"#).parent_task_id, None);
        assert_eq!(read(r#"{"customfield_10014": "WEB-1", "parent": {"id": "7"}}"#).parent_task_id, Some("7".into()));
    }

    #[test]
    fn priorities_come_lowest_first_and_have_a_level_by_name_or_place() {
        let known =
            r#"[{"id": "1", "name": "Showstopper"}, {"id": "2", "name": "High"}, {"id": "3", "name": "Mittel"}]"#;
        let all = priorities(&serde_json::from_str::<Vec<dto::Priority>>(known).unwrap(), &Overrides::new());
        let levels: Vec<_> = all.iter().map(|priority| (priority.name.as_str(), priority.level)).collect();
        let expected =
            [("Mittel", PriorityLevel::Lowest), ("High", PriorityLevel::High), ("Showstopper", PriorityLevel::Urgent)];
        assert_eq!(levels, expected);
    }
}
