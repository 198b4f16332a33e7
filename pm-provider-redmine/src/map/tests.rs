#![allow(clippy::unwrap_used)]

use pm_provider::{StatusCategory, Visibility};
use serde::de::DeserializeOwned;

use super::*;
use crate::dto::StatusDto;
use crate::vocabulary::Names;

fn mapper() -> Mapper {
    Mapper { root: "https://projects.example.org/redmine/".to_owned(), text: TextFormat::Markdown }
}

fn vocabulary() -> Vocabulary {
    let status = |id, name: &str, is_closed| StatusDto { id, name: name.to_owned(), is_closed: Some(is_closed) };
    let statuses = [status(1, "New", false), status(5, "Closed", true)];
    Vocabulary::new(&Names::default(), &statuses, &[], &[], Vec::new())
}

fn raw<T: DeserializeOwned>(json: &str) -> Raw<T> {
    serde_json::from_str(json).unwrap()
}

const ISSUE: &str = r#"{"id":12,"project":{"id":7,"name":"Web"},"tracker":{"id":2,"name":"Feature"},
    "status":{"id":5,"name":"Closed","is_closed":true},"priority":{"id":3,"name":"High"},
    "author":{"id":1,"name":"Ada"},"assigned_to":{"id":5,"name":"Bob"},"fixed_version":{"id":4,"name":"1.0"},
    "parent":{"id":11},"subject":"Paint it","description":"a\r\nb","start_date":"2026-11-01","due_date":"2026-12-31",
    "done_ratio":0,"is_private":true,"estimated_hours":0.25,"spent_hours":1.5,
    "custom_fields":[{"id":1,"name":"Colour","value":"red"},{"id":2,"name":"Size","value":""}],
    "created_on":"2026-11-21T18:32:31Z","updated_on":"2026-11-21T18:32:49Z","closed_on":"2026-11-21T18:32:49Z"}"#;

#[test]
fn an_issue_becomes_a_task() {
    let task = mapper().task(&raw(ISSUE), &vocabulary());
    assert_eq!((task.id.as_str(), task.key.as_deref(), task.project_id.as_str()), ("12", Some("#12"), "7"));
    assert_eq!((task.title.as_str(), task.description.as_deref()), ("Paint it", Some("a\nb")));
    assert_eq!((task.status.category, task.status.name.as_str()), (StatusCategory::Done, "Closed"));
    assert_eq!(task.priority.unwrap().id.as_deref(), Some("3"));
    assert_eq!((task.parent_task_id.unwrap().as_str(), task.sprint_id.unwrap().as_str()), ("11", "4"));
    assert_eq!((task.assignees[0].as_str(), task.author_id.unwrap().as_str()), ("5", "1"));
    assert_eq!((task.estimated_hours.unwrap().as_seconds(), task.actual_hours.unwrap().as_seconds()), (900, 5400));
    assert_eq!(task.task_type.as_deref(), Some("Feature"));
    assert_eq!(task.custom_fields.len(), 1);
    assert_eq!(task.visibility, Visibility::Restricted);
    assert_eq!(task.url.as_deref(), Some("https://projects.example.org/redmine/issues/12"));
    assert_eq!(task.completed_at.unwrap().to_rfc3339(), "2026-11-21T18:32:49+00:00");
    assert_eq!(task.version, None);
    assert_eq!(task.raw_data.as_str(), Some(ISSUE));
}

#[test]
fn an_issue_that_was_opened_again_is_not_completed() {
    let open = ISSUE.replace(r#"{"id":5,"name":"Closed","is_closed":true}"#, r#"{"id":1,"name":"New"}"#);
    let task = mapper().task(&raw(&open), &vocabulary());
    assert_eq!((task.status.category, task.completed_at), (StatusCategory::Todo, None));
}

#[test]
fn servers_before_5_0_do_not_say_which_status_closes() {
    let old = ISSUE.replace(r#","is_closed":true"#, "");
    let task = mapper().task(&raw(&old), &vocabulary());
    assert_eq!(task.status.category, StatusCategory::Done);
    assert!(task.completed_at.is_some());
}

#[test]
fn the_least_of_an_issue_is_enough() {
    let least = r#"{"id":1,"project":{"id":7},"status":{"id":1,"name":"New"},"subject":"x","spent_hours":0.0}"#;
    let task = mapper().task(&raw(least), &vocabulary());
    assert_eq!((task.description, task.actual_hours, task.assignees.len()), (None, None, 0));
    assert_eq!(task.visibility, Visibility::Public);
}

#[test]
fn readers_never_see_the_mark() {
    let marker = Marker::of("task", "k");
    let text = format!(
        r#"{{"id":1,"project":{{"id":7}},"status":{{"id":1,"name":"New"}},"subject":"x","description":{}}}"#,
        serde_json::json!(marker.append("the text").replace('\n', "\r\n"))
    );
    assert_eq!(mapper().task(&raw(&text), &vocabulary()).description.as_deref(), Some("the text"));
    let text = text.replace("the text", "").replace(r"\r\n\r\n", "");
    assert_eq!(mapper().task(&raw(&text), &vocabulary()).description, None);
}

#[test]
fn a_project_is_found_by_its_identifier() {
    let json = r#"{"id":1,"name":"Exp","identifier":"exp1","description":"","status":5,"is_public":false,
        "created_on":"2026-11-21T18:32:30Z","updated_on":"2026-11-21T18:32:30Z"}"#;
    let project = mapper().project(&raw(json));
    assert_eq!((project.key.as_deref(), project.description), (Some("exp1"), None));
    assert_eq!(project.status.name, "closed");
    assert_eq!(project.visibility, Visibility::Restricted);
    assert_eq!(project.url.as_deref(), Some("https://projects.example.org/redmine/projects/exp1"));
}

#[test]
fn a_version_is_a_sprint() {
    let json = r#"{"id":4,"project":{"id":1,"name":"Exp"},"name":"1.0","description":"a goal","status":"locked",
        "due_date":"2026-12-31","sharing":"none","created_on":"2026-11-21T18:32:30Z"}"#;
    let sprint = mapper().sprint(&raw(json));
    assert_eq!((sprint.project_id.as_str(), sprint.goal.as_deref()), ("1", Some("a goal")));
    assert_eq!((sprint.start_date, sprint.end_date.unwrap().to_string().as_str()), (None, "2026-12-31"));
    assert_eq!(sprint.status.name, "locked");
}

#[test]
fn a_user_has_no_key_in_the_raw_data() {
    let json =
        r#"{"id":1,"login":"ada","firstname":"Ada","lastname":"Lovelace","mail":"","api_key":"s3cr3t","status":3}"#;
    let user = mapper().user(&raw(json)).unwrap();
    assert_eq!((user.name.as_str(), user.login.as_deref(), user.email.as_deref()), ("Ada Lovelace", Some("ada"), None));
    assert!(!user.active);
    assert!(!user.raw_data.as_str().unwrap().contains("s3cr3t"));
}

#[test]
fn an_entry_of_the_history_without_a_note_is_no_comment() {
    let json = r#"{"id":3,"user":{"id":1,"name":"Ada"},"notes":"","details":[]}"#;
    assert_eq!(mapper().comment(&"12".into(), &raw(json)), None);
    let json = r#"{"id":3,"user":{"id":1,"name":"Ada"},"notes":"a\r\nb","private_notes":true}"#;
    let comment = mapper().comment(&"12".into(), &raw(json)).unwrap();
    assert_eq!((comment.body.as_str(), comment.author_name.as_deref()), ("a\nb", Some("Ada")));
    assert_eq!(comment.visibility, Visibility::Restricted);
}

#[test]
fn a_relation_of_another_kind_keeps_its_word() {
    let json = r#"{"id":9,"issue_id":1,"issue_to_id":2,"relation_type":"copied_to","delay":null}"#;
    let relation = mapper().relation(&raw(json));
    assert_eq!((relation.kind, relation.name.as_deref()), (RelationKind::Other, Some("copied_to")));
}
