//! Tasks.

use pm_http::Raw;
use pm_provider::value::micros;
use pm_provider::{PMTask, SprintId, UserId};

use super::{Dictionary, Shapes};
use crate::dto::{self, Link};
use crate::duration;
use crate::ids::SprintKey;
use crate::places::Places;

/// Makes a task. `shapes` are the custom fields of its project and type.
pub(crate) fn task(
    raw: Raw<dto::WorkPackage>,
    dictionary: &Dictionary,
    shapes: Option<&Shapes>,
    places: &Places,
) -> PMTask {
    let Raw { item, raw } = raw;
    let project = item.links.project.id().map(|id| id.to_string()).unwrap_or_default();
    let status = dictionary.status(&item.links.status);
    let key = key_of(&item);
    let mut task = PMTask::new(item.id.to_string(), project, item.subject, status);
    task.custom_fields = shapes.map(|shapes| shapes.read(&raw)).unwrap_or_default();
    task.raw_data = raw;
    task.key = Some(key);
    task.description = super::text(item.description.as_ref());
    task.priority = item.links.priority.as_ref().and_then(|link| dictionary.priority(link));
    task.parent_task_id = id(item.links.parent.as_ref()).map(Into::into);
    task.sprint_id = sprint_of(&item.links);
    task.assignees = id(item.links.assignee.as_ref()).map(UserId::from).into_iter().collect();
    task.author_id = id(item.links.author.as_ref()).map(Into::into);
    task.estimated_hours = item.estimated_time.as_deref().and_then(duration::parse);
    task.actual_hours = item.spent_time.as_deref().and_then(duration::parse);
    task.start_date = item.start_date;
    // A milestone has one day, on which it is due.
    task.due_date = item.due_date.or(item.date);
    task.labels = item.links.labels.unwrap_or_default().into_iter().filter_map(|label| label.title).collect();
    task.task_type = item.links.kind.title;
    task.url = Some(places.page("work_packages", item.id));
    task.created_at = item.created_at.map(micros);
    task.updated_at = item.updated_at.map(micros);
    task.version = item.lock_version.map(|version| version.to_string().into());
    task
}

/// The key that people see: a semantic one where the server has those, else the number with a hash.
pub(crate) fn key_of(item: &dto::WorkPackage) -> String {
    let semantic = item.display_id.as_ref().filter(|shown| shown.parse::<u64>().is_err());
    semantic.cloned().unwrap_or_else(|| format!("#{}", item.id))
}

fn id(link: Option<&Link>) -> Option<String> {
    link?.id().map(|id| id.to_string())
}

/// The sprint where there is one, else the version.
pub(crate) fn sprint_of(links: &dto::WorkPackageLinks) -> Option<SprintId> {
    let sprint = links.sprint.as_ref().and_then(Link::id).map(SprintKey::Sprint);
    let version = || links.version.as_ref().and_then(Link::id).map(SprintKey::Version);
    sprint.or_else(version).map(SprintId::from)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use pm_provider::Hours;

    use super::*;

    fn read(json: &str) -> PMTask {
        let places = Places::new(&"https://example.org".parse().unwrap());
        task(serde_json::from_str(json).unwrap(), &Dictionary::default(), None, &places)
    }

    #[test]
    fn every_field_of_a_work_package_is_mapped() {
        let task = read(
            r#"{"_type": "WorkPackage", "id": 12, "displayId": "12", "lockVersion": 3, "subject": "Paint",
            "description": {"format": "markdown", "raw": "with *marks*", "html": "<p/>"},
            "startDate": "2026-01-31", "dueDate": "2026-02-01", "estimatedTime": "PT2H30M", "spentTime": "P1DT2H",
            "createdAt": "2026-01-01T08:00:00.123Z", "updatedAt": "2026-01-02T08:00:00Z",
            "_links": {"project": {"href": "/api/v3/projects/7"}, "type": {"href": "/api/v3/types/1", "title": "Bug"},
                "status": {"href": "/api/v3/statuses/1", "title": "New"}, "author": {"href": "/api/v3/users/2"},
                "priority": {"href": "/api/v3/priorities/8", "title": "High"}, "assignee": {"href": "/api/v3/users/5"},
                "parent": {"href": "/api/v3/work_packages/11"}, "version": {"href": "/api/v3/versions/4"},
                "labels": [{"href": "/api/v3/labels/1", "title": "paint"}]}}"#,
        );
        assert_eq!((task.id.as_str(), task.key.as_deref(), task.project_id.as_str()), ("12", Some("#12"), "7"));
        assert_eq!(task.description.as_deref(), Some("with *marks*"));
        assert_eq!(task.sprint_id, Some("version:4".into()));
        assert_eq!((task.assignees, task.author_id), (vec!["5".into()], Some("2".into())));
        assert_eq!(task.estimated_hours, Some(Hours::from_seconds(9_000)));
        assert_eq!(task.actual_hours, Some(Hours::from_seconds(93_600)));
        assert_eq!((task.labels, task.task_type.as_deref()), (vec!["paint".to_owned()], Some("Bug")));
        assert_eq!(task.version, Some("3".into()));
        assert_eq!(task.url.as_deref(), Some("https://example.org/work_packages/12"));
        assert_eq!(task.parent_task_id, Some("11".into()));
        assert!(task.raw_data.as_str().unwrap().contains("\"lockVersion\": 3"));
    }

    #[test]
    fn a_milestone_is_due_on_its_day() {
        let task = read(r#"{"id": 1, "subject": "Launch", "date": "2026-05-01", "_links": {}}"#);
        assert_eq!((task.start_date, task.due_date), (None, "2026-05-01".parse().ok()));
    }

    #[test]
    fn a_sprint_comes_before_a_version() {
        let task = read(
            r#"{"id": 1, "subject": "x", "_links": {"version": {"href": "/api/v3/versions/4"}, "sprint": {"href": "/api/v3/sprints/9"}}}"#,
        );
        assert_eq!(task.sprint_id, Some("sprint:9".into()));
    }

    #[test]
    fn nothing_is_made_of_links_that_are_empty() {
        let task = read(
            r#"{"id": 1, "displayId": "WEB-1", "subject": "x", "description": {"raw": ""}, "_links": {
            "assignee": {"href": null}, "parent": {"href": null, "title": null}, "version": {"href": null}}}"#,
        );
        assert_eq!(
            (task.assignees.len(), task.parent_task_id, task.sprint_id, task.description),
            (0, None, None, None)
        );
        assert_eq!(task.key.as_deref(), Some("WEB-1"));
    }
}
