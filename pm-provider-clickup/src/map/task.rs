//! Tasks.

use chrono_tz::Tz;
use pm_http::{Marker, Raw};
use pm_provider::value::micros;
use pm_provider::{
    Comment, CustomFields, CustomValue, Hours, Overrides, PMTask, PriorityLevel, ProjectId, SprintId, Status,
    StatusCategory, UserId,
};

use super::custom;
use crate::dto::{self, Task};
use crate::{dates, places};

/// The name under which the home List of a task is shown, and can be chosen.
pub(crate) const LIST: &str = "List";
/// The name under which the points of a task are shown.
pub(crate) const POINTS: &str = "Points";

/// What it takes to read tasks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lens<'a> {
    /// The types of tasks of the Workspace beside the plain ones.
    pub(crate) types: &'a [dto::TaskType],
    pub(crate) zone: Tz,
    pub(crate) statuses: &'a Overrides<StatusCategory>,
    pub(crate) priorities: &'a Overrides<PriorityLevel>,
}

/// The types of tasks that every Workspace has, by their numbers (<https://developer.clickup.com/docs/tasks>).
pub(crate) const PLAIN_TYPES: [(i64, &str); 2] = [(0, "Task"), (1, "Milestone")];

/// The name of a type of tasks; `None` for one that nobody knows.
fn type_name(number: i64, types: &[dto::TaskType]) -> Option<String> {
    let plain = PLAIN_TYPES.iter().find(|(known, _)| *known == number).map(|(_, name)| (*name).to_owned());
    plain.or_else(|| types.iter().find(|kind| kind.id == Some(number)).map(|kind| kind.name.clone()))
}

/// The number of a type of tasks, by its name.
pub(crate) fn type_number(name: &str, types: &[dto::TaskType]) -> Option<i64> {
    let plain = PLAIN_TYPES.iter().map(|(number, known)| (*number, *known));
    let own = types.iter().filter_map(|kind| Some((kind.id?, kind.name.as_str())));
    let all: Vec<_> = plain.chain(own).collect();
    let exact = all.iter().find(|(_, known)| *known == name);
    let found = exact.or_else(|| all.iter().find(|(_, known)| known.to_lowercase() == name.to_lowercase()));
    found.map(|(number, _)| *number)
}

/// Where a task is, in the words of the contract.
#[derive(Clone, Debug)]
pub(crate) struct Whereabouts {
    pub(crate) project: ProjectId,
    pub(crate) sprint: Option<SprintId>,
    /// Whether its home List is worth telling: not where that is a project or a sprint.
    pub(crate) shows_list: bool,
}

/// The status of a task; one without any is in none that is known.
pub(crate) fn task_status(task: &Task, statuses: &Overrides<StatusCategory>) -> Status {
    let known = task.status.as_ref().filter(|status| !status.status.is_empty());
    known.map_or_else(|| Status::from(StatusCategory::Unknown), |status| super::status(status, statuses))
}

/// Makes a task.
pub(crate) fn task(raw: Raw<Task>, place: Whereabouts, lens: Lens<'_>) -> PMTask {
    let Raw { item, raw } = raw;
    let status = task_status(&item, lens.statuses);
    let is_closed = status.category.is_closed();
    let custom_fields = custom_fields(&item, place.shows_list, lens.zone);
    let description = description(&item);
    let kind = type_name(item.custom_item_id.unwrap_or_default(), lens.types);
    let mut task = PMTask::new(item.id.as_str(), place.project, item.name, status);
    task.description = description;
    task.url = Some(item.url.unwrap_or_else(|| places::task(&item.id)));
    task.key = item.custom_id;
    task.priority = item.priority.and_then(|priority| {
        let words = [priority.id, priority.priority];
        words.iter().find_map(|word| super::priority(word, lens.priorities))
    });
    task.parent_task_id = item.parent.map(Into::into);
    task.sprint_id = place.sprint;
    task.assignees = item.assignees.into_iter().filter(is_somebody).map(|person| UserId::new(person.id)).collect();
    task.author_id = item.creator.filter(is_somebody).map(|person| person.id.into());
    task.estimated_hours = item.time_estimate.and_then(hours);
    task.actual_hours = item.time_spent.and_then(hours);
    task.start_date = item.start_date.and_then(|time| dates::day(lens.zone, time));
    task.due_date = item.due_date.and_then(|time| dates::day(lens.zone, time));
    task.labels = item.tags.into_iter().map(|tag| tag.0).filter(|name| !name.is_empty()).collect();
    task.task_type = kind;
    task.custom_fields = custom_fields;
    task.created_at = item.date_created.and_then(dates::time).map(micros);
    task.updated_at = item.date_updated.and_then(dates::time).map(micros);
    task.completed_at = item.date_done.or(item.date_closed).filter(|_| is_closed).and_then(dates::time).map(micros);
    task.raw_data = raw;
    task
}

fn is_somebody(person: &dto::Person) -> bool {
    !person.id.is_empty()
}

/// Spans are milliseconds; none is shown as `null`, and sometimes as 0.
fn hours(millis: i64) -> Option<Hours> {
    u64::try_from(millis).ok().filter(|millis| *millis > 0).map(|millis| Hours::from_seconds(millis / 1_000))
}

/// A span as it is stored.
pub(crate) fn millis(hours: Hours) -> i64 {
    i64::try_from(hours.as_seconds().saturating_mul(1_000)).unwrap_or(i64::MAX)
}

/// The description as it is stored: with a mark, where there is one.
pub(crate) fn stored_text(task: &Task) -> &str {
    let texts = [&task.markdown_description, &task.description, &task.text_content];
    texts.into_iter().flatten().map(String::as_str).find(|text| !text.is_empty()).unwrap_or_default()
}

/// The description as people wrote it; one of nothing but blanks is what clearing it leaves behind.
pub(crate) fn description(task: &Task) -> Option<String> {
    let (text, _) = Marker::take_out(stored_text(task));
    (!text.trim().is_empty()).then(|| text.into_owned())
}

/// The mark in a task.
pub(crate) fn task_marker(task: &Task) -> Option<Marker> {
    Marker::take_out(stored_text(task)).1
}

fn custom_fields(task: &Task, shows_list: bool, zone: Tz) -> CustomFields {
    let read = |field: &dto::FieldValue| Some((field.name.clone(), custom::read(field, zone)?));
    let mut fields: CustomFields = task.custom_fields.iter().filter_map(read).collect();
    if let Some(points) = task.points {
        fields.entry(POINTS.to_owned()).or_insert_with(|| custom::number(points));
    }
    if let Some(list) = task.list.as_ref().filter(|list| shows_list && !list.name.is_empty()) {
        fields.entry(LIST.to_owned()).or_insert_with(|| CustomValue::Text(list.name.clone()));
    }
    fields
}

/// Makes a comment on a task.
pub(crate) fn comment(raw: Raw<dto::Comment>, task: &str) -> Comment {
    let Raw { item, raw } = raw;
    let (body, _) = Marker::take_out(&item.comment_text);
    let mut comment = Comment::new(item.id, task, body).raw_data(raw);
    let author = item.user.filter(is_somebody);
    comment.author_name = author.as_ref().and_then(|author| author.username.clone());
    comment.author_id = author.map(|author| author.id.into());
    comment.created_at = item.date.and_then(dates::time).map(micros);
    comment
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(json: &str) -> PMTask {
        let lens =
            Lens { types: &[], zone: Tz::Europe__Berlin, statuses: &Overrides::new(), priorities: &Overrides::new() };
        let place = Whereabouts { project: "space:790".into(), sprint: Some("9".into()), shows_list: true };
        task(serde_json::from_str(json).unwrap(), place, lens)
    }

    #[test]
    fn every_member_of_a_task_is_mapped() {
        let task = read(
            r#"{"id": "86abc", "custom_id": "DEV-12", "name": "Paint", "markdown_description": "with *marks*",
            "description": "with marks", "text_content": "with marks", "date_created": "1767254400123",
            "status": {"status": "complete", "type": "closed"}, "date_updated": "1767254500000",
            "date_closed": "1767254460000", "date_done": "1767254455000", "creator": {"id": 7},
            "assignees": [{"id": 183}, {"id": "184"}], "tags": [{"name": "paint"}], "parent": "86abb",
            "priority": {"id": "1", "priority": "urgent"}, "due_date": "1767222000000", "start_date": "1767232800000",
            "points": 3, "time_estimate": 9000000, "time_spent": "3600000", "url": "https://app.clickup.com/t/86abc",
            "list": {"id": "1", "name": "Fence"}, "folder": {"id": "2"}, "space": {"id": "790"}, "odd": 1}"#,
        );
        assert_eq!((task.id.as_str(), task.key.as_deref(), task.title.as_str()), ("86abc", Some("DEV-12"), "Paint"));
        assert_eq!(task.description.as_deref(), Some("with *marks*"));
        assert_eq!((task.status.category, task.status.name.as_str()), (StatusCategory::Done, "complete"));
        assert_eq!(task.priority.unwrap().level, PriorityLevel::Urgent);
        assert_eq!((task.parent_task_id, task.sprint_id), (Some("86abb".into()), Some("9".into())));
        assert_eq!((task.assignees, task.author_id), (vec!["183".into(), "184".into()], Some("7".into())));
        assert_eq!(task.estimated_hours, Some(Hours::from_seconds(9_000)));
        assert_eq!(task.actual_hours, Some(Hours::from_seconds(3_600)));
        // Midnight in Berlin, an hour before it in UTC.
        assert_eq!(task.due_date, "2026-01-01".parse().ok());
        assert_eq!(task.start_date, "2026-01-01".parse().ok());
        assert_eq!((task.labels, task.task_type.as_deref()), (vec!["paint".to_owned()], Some("Task")));
        assert_eq!(task.completed_at, dates::time(1_767_254_455_000));
        let fields: Vec<_> = task.custom_fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        assert_eq!(fields, [(LIST, "Fence".into()), (POINTS, CustomValue::Integer(3))]);
        assert!(task.raw_data.as_str().unwrap().contains("\"odd\": 1"));
    }

    #[test]
    fn what_is_not_there_is_none() {
        let task = read(r#"{"id": "86abc", "name": "x", "description": " ", "time_estimate": 0, "date_closed": "1"}"#);
        assert_eq!((task.description, task.estimated_hours, task.completed_at), (None, None, None));
        assert_eq!((task.status.category, task.due_date), (StatusCategory::Unknown, None));
        assert_eq!(task.url.as_deref(), Some("https://app.clickup.com/t/86abc"));
    }

    #[test]
    fn marks_are_not_shown() {
        let stored = Marker::of("task", "k").append("text").replace('\n', "\\n");
        let json = format!(r#"{{"id": "1", "name": "x", "markdown_description": "{stored}"}}"#);
        assert_eq!(read(&json).description.as_deref(), Some("text"));
        assert_eq!(task_marker(&serde_json::from_str(&json).unwrap()), Some(Marker::of("task", "k")));
    }
}
