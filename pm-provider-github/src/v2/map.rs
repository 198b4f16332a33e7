//! From the wire to the models.

use chrono::{DateTime, Days, NaiveDate, Utc};
use pm_http::{Marker, Raw};
use pm_provider::{
    CustomFields, CustomValue, Hours, PMProject, PMSprint, PMTask, Priority, PriorityLevel, ProjectStatus,
    ProjectStatusCategory, SprintStatus, SprintStatusCategory, Status, StatusCategory, UserId, Visibility,
};

use super::dto::{self, Content, FieldValue, Item, Person};
use super::layout::{Column, Holds, Layout, Role};
use crate::ids;

/// The type of a task that is a draft.
pub(super) const DRAFT: &str = "Draft issue";
/// The type of a task that is an issue of a repository.
pub(super) const ISSUE: &str = "Issue";
/// The names of the two states of a project.
pub(super) const OPEN: &str = "Open";
pub(super) const CLOSED: &str = "Closed";
/// The custom field that names the repository of an issue.
pub(super) const REPOSITORY: &str = "Repository";

/// Makes a project.
pub(super) fn project(row: Raw<dto::Project>) -> Option<PMProject> {
    let Raw { item, raw } = row;
    let id = item.id?;
    let status = if item.closed {
        ProjectStatus::new(ProjectStatusCategory::Completed, CLOSED)
    } else {
        ProjectStatus::new(ProjectStatusCategory::Active, OPEN)
    };
    let mut project = PMProject::new(ids::of_v2_project(&id), item.title, status);
    let login = item.owner.as_ref().and_then(|owner| owner.login.as_deref());
    project.key = login.map(|login| format!("{login}/projects/{}", item.number));
    project.description = item.short_description.filter(|text| !text.is_empty());
    project.owner_id = item.owner.as_ref().and_then(user_id);
    project.visibility = if item.public { Visibility::Public } else { Visibility::Restricted };
    project.url = item.url;
    (project.created_at, project.updated_at) = (item.created_at, item.updated_at);
    project.raw_data = raw;
    Some(project)
}

/// Makes a sprint of an iteration; where it stands is said by its days, unless GitHub says that it is over.
pub(super) fn sprint(
    project: &str,
    field: &str,
    (row, is_over): &(Raw<dto::Iteration>, bool),
    today: NaiveDate,
) -> PMSprint {
    let iteration = &row.item;
    let end = last_day(iteration);
    let status = if *is_over || end.is_some_and(|end| end < today) {
        SprintStatus::new(SprintStatusCategory::Completed, "Completed")
    } else if iteration.start_date > today {
        SprintStatus::new(SprintStatusCategory::Planned, "Planned")
    } else {
        SprintStatus::new(SprintStatusCategory::Active, "Current")
    };
    let id = ids::of_v2_part(field, &iteration.id);
    let mut sprint = PMSprint::new(id, ids::of_v2_project(project), iteration.title.clone(), status);
    sprint.start_date = Some(iteration.start_date);
    sprint.end_date = end;
    sprint.raw_data = row.raw.clone();
    sprint
}

/// The last day of an iteration, itself included; one of no days at all has none.
fn last_day(iteration: &dto::Iteration) -> Option<NaiveDate> {
    let days = iteration.duration.checked_sub(1)?;
    iteration.start_date.checked_add_days(Days::new(days))
}

/// Makes a task of an item.
pub(super) fn task(row: Raw<Item>, layout: &Layout) -> PMTask {
    let Raw { item, raw } = row;
    let (is_draft, updated) = (item.is_draft(), item.last_change());
    let values: Vec<FieldValue> = item.field_values.into_iter().flat_map(dto::Connection::into_nodes).collect();
    let content = item.content.unwrap_or_default();
    let (status, completed) = status(&values, &content, layout);
    let title = content.title.clone().unwrap_or_default();
    let id = ids::of_v2_part(&layout.project, &item.id);
    let mut task = PMTask::new(id, ids::of_v2_project(&layout.project), title, status);
    put_content(&mut task, content);
    put_values(&mut task, &values, layout);
    task.task_type = Some(if is_draft { DRAFT } else { ISSUE }.to_owned());
    (task.created_at, task.updated_at, task.completed_at) = (item.created_at, updated, completed);
    task.raw_data = raw;
    task
}

fn put_content(task: &mut PMTask, content: Content) {
    if let Some((repository, number)) = content.repository.as_ref().zip(content.number) {
        task.key = Some(format!("{}#{number}", repository.name_with_owner));
        task.custom_fields.insert(REPOSITORY.to_owned(), repository.name_with_owner.clone().into());
    }
    let body = content.body.unwrap_or_default();
    task.description = Some(Marker::take_out(&body).0.into_owned()).filter(|text| !text.is_empty());
    task.author_id = content.author.or(content.creator).as_ref().and_then(user_id);
    task.assignees = content.assignees.iter().flat_map(dto::Connection::nodes).filter_map(user_id).collect();
    task.labels = content.labels.iter().flat_map(dto::Connection::nodes).map(|label| label.name.clone()).collect();
    task.url = content.url;
}

fn put_values(task: &mut PMTask, values: &[FieldValue], layout: &Layout) {
    let mut custom = CustomFields::new();
    for (value, column) in values.iter().filter_map(|value| Some((value, column_of(value, layout)?))) {
        match column.role {
            Role::Status => {}
            Role::Priority => task.priority = priority(value, layout),
            Role::Estimate => task.estimated_hours = value.number.and_then(|number| Hours::from_hours(number).ok()),
            Role::Start => task.start_date = value.date,
            Role::Due => task.due_date = value.date,
            Role::Sprint => {
                let id = value.iteration_id.as_deref();
                task.sprint_id = id.map(|id| ids::of_v2_part(&column.id, id).into());
            }
            Role::Other => custom.extend(custom_value(value, column).map(|value| (column.name.clone(), value))),
        }
    }
    task.custom_fields.extend(custom);
}

fn column_of<'a>(value: &FieldValue, layout: &'a Layout) -> Option<&'a Column> {
    layout.by_id(&value.field.as_ref()?.id)
}

/// The status, and since when it is over, if it is.
///
/// What the board says counts; where it says nothing, a closed issue is closed.
fn status(values: &[FieldValue], content: &Content, layout: &Layout) -> (Status, Option<DateTime<Utc>>) {
    let is_status = |value: &&FieldValue| column_of(value, layout).is_some_and(|column| column.role == Role::Status);
    if let Some(value) = values.iter().find(is_status).filter(|value| value.option_id.is_some()) {
        let known = layout.statuses.iter().find(|status| status.id == value.option_id).cloned();
        let name = value.name.clone().unwrap_or_default();
        let status = known.unwrap_or_else(|| {
            let status = Status::new(StatusCategory::of_native(&name, false), name);
            value.option_id.iter().fold(status, |status, id| status.id(id.clone()))
        });
        let completed = value.updated_at.filter(|_| status.category.is_closed());
        return (status, completed);
    }
    if content.state.as_deref() != Some("CLOSED") {
        return (layout.no_status(), None);
    }
    let (category, name) = match content.state_reason.as_deref() {
        Some("NOT_PLANNED") => (StatusCategory::Cancelled, "Closed as not planned"),
        Some("DUPLICATE") => (StatusCategory::Cancelled, "Closed as duplicate"),
        _ => (StatusCategory::Done, "Closed as completed"),
    };
    (Status::new(category, name), content.closed_at)
}

fn priority(value: &FieldValue, layout: &Layout) -> Option<Priority> {
    let id = value.option_id.as_ref()?;
    let known = layout.priorities.iter().find(|priority| priority.id.as_ref() == Some(id));
    let named = || {
        let name = value.name.clone().unwrap_or_default();
        Priority::new(PriorityLevel::of_native(&name), name).id(id.clone())
    };
    Some(known.cloned().unwrap_or_else(named))
}

/// The value of a custom field; none where it is empty.
fn custom_value(value: &FieldValue, column: &Column) -> Option<CustomValue> {
    match column.holds {
        Holds::Text => value.text.clone().filter(|text| !text.is_empty()).map(CustomValue::Text),
        Holds::Number => value.number.map(number),
        Holds::Date => value.date.map(|date| CustomValue::Text(date.to_string())),
        Holds::Choice => value.name.clone().map(CustomValue::Text),
        Holds::Iteration => value.title.clone().map(CustomValue::Text),
    }
}

/// A number as it is written: whole ones are told as such.
pub(super) fn number(number: f64) -> CustomValue {
    // Up to here every whole number is exact.
    if number.fract() == 0.0 && number.abs() < 9e15 {
        return CustomValue::Integer(number as i64);
    }
    CustomValue::Number(number)
}

/// The id of a person: the number, which never changes.
fn user_id(person: &Person) -> Option<UserId> {
    person.database_id.map(|id| UserId::new(id.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::layout::tests::layout;
    use super::*;

    fn read(json: &str) -> PMTask {
        task(serde_json::from_str(json).unwrap(), &layout())
    }

    fn value(field: &str, rest: &str) -> String {
        format!(r#"{{"__typename": "V", "field": {{"id": "{field}"}}, {rest}}}"#)
    }

    fn draft_with(values: &[String]) -> PMTask {
        read(&format!(
            r#"{{"id": "PVTI_1", "type": "DRAFT_ISSUE", "createdAt": "2026-01-01T08:00:00Z", "updatedAt": "2026-01-02T08:00:00Z",
            "content": {{"__typename": "DraftIssue", "id": "DI_1", "title": "Paint", "body": "", "updatedAt": "2026-01-03T08:00:00Z"}},
            "fieldValues": {{"nodes": [{{"__typename": "ProjectV2ItemFieldUserValue"}}, null, {}]}}}}"#,
            values.join(", ")
        ))
    }

    #[test]
    fn a_draft_has_what_the_board_says() {
        let task = draft_with(&[
            value("F_status", r#""optionId": "s4", "name": "Shipped", "updatedAt": "2026-01-02T08:00:00Z""#),
            value("F_priority", r#""optionId": "p0", "name": "P0""#),
            value("F_hours", r#""number": 2.5"#),
            value("F_points", r#""number": 8.0"#),
            value("F_note", r#""text": "soon""#),
            value("F_size", r#""optionId": "xl", "name": "XL""#),
            value("F_start", r#""date": "2026-01-05""#),
            value("F_target", r#""date": "2026-01-09""#),
            value("F_iteration", r#""iterationId": "i1", "title": "One""#),
        ]);
        assert_eq!((task.id.as_str(), task.project_id.as_str(), &task.key), ("v2:PVT_1:PVTI_1", "v2:PVT_1", &None));
        assert_eq!((task.status.category, task.status.id.as_deref()), (StatusCategory::Done, Some("s4")));
        assert_eq!(task.completed_at.unwrap().to_rfc3339(), "2026-01-02T08:00:00+00:00");
        assert_eq!(task.updated_at.unwrap().to_rfc3339(), "2026-01-03T08:00:00+00:00");
        assert_eq!(task.priority.unwrap().level, PriorityLevel::Urgent);
        assert_eq!(task.estimated_hours, Some(Hours::from_seconds(9_000)));
        assert_eq!((task.start_date, task.due_date), ("2026-01-05".parse().ok(), "2026-01-09".parse().ok()));
        assert_eq!(task.sprint_id, Some("v2:F_iteration:i1".into()));
        let expected = [("Note", CustomValue::from("soon")), ("Points", 8.into()), ("Size", "XL".into())];
        let expected: CustomFields = expected.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        assert_eq!(task.custom_fields, expected);
        assert_eq!((task.description, task.task_type.as_deref()), (None, Some(DRAFT)));
    }

    #[test]
    fn an_issue_without_a_status_is_what_its_state_says() {
        let issue = |state: &str| {
            read(&format!(
                r#"{{"id": "PVTI_1", "type": "ISSUE", "content": {{"number": 7, "title": "Paint", {state},
                "repository": {{"databaseId": 9, "nameWithOwner": "octo/web"}}}}, "fieldValues": {{"nodes": []}}}}"#
            ))
        };
        let open = issue(r#""state": "OPEN""#);
        assert_eq!((open.status.name.as_str(), open.key.as_deref()), ("No Status", Some("octo/web#7")));
        assert_eq!(open.custom_fields[REPOSITORY], "octo/web".into());
        let given_up = issue(r#""state": "CLOSED", "stateReason": "NOT_PLANNED", "closedAt": "2026-01-02T08:00:00Z""#);
        assert_eq!(given_up.status.category, StatusCategory::Cancelled);
        assert!(given_up.completed_at.is_some());
    }

    #[test]
    fn contents_that_are_not_shown_leave_the_rest() {
        let values = value("F_points", r#""number": 3"#);
        let task = read(&format!(
            r#"{{"id": "PVTI_1", "type": "ISSUE", "content": null, "fieldValues": {{"nodes": [{values}]}}}}"#
        ));
        assert_eq!((task.title.as_str(), &task.custom_fields["Points"]), ("", &3.into()));
    }

    #[test]
    fn an_iteration_ends_on_its_last_day() {
        let layout = layout();
        let column = layout.of(Role::Sprint).unwrap();
        let on = |day: &str| {
            let sprint = sprint("PVT_1", &column.id, column.iteration("i2").unwrap(), day.parse().unwrap());
            (sprint.status.category, sprint.end_date.unwrap().to_string())
        };
        let end = "2026-02-01".to_owned();
        assert_eq!(on("2026-01-18"), (SprintStatusCategory::Planned, end.clone()));
        assert_eq!(on("2026-01-19"), (SprintStatusCategory::Active, end.clone()));
        assert_eq!(on("2026-02-01"), (SprintStatusCategory::Active, end.clone()));
        assert_eq!(on("2026-02-02"), (SprintStatusCategory::Completed, end));
        let over = sprint("PVT_1", &column.id, column.iteration("i1").unwrap(), "2026-01-06".parse().unwrap());
        assert_eq!(over.status.category, SprintStatusCategory::Completed, "GitHub says so");
    }
}
