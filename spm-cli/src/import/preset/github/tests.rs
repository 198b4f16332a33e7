#![allow(clippy::unwrap_used, clippy::panic)]

use pm_core::{StatusCategory, StatusRef};
use serde_json::{Value, json};

use super::*;

#[expect(clippy::needless_pass_by_value, reason = "reads better in tests")]
fn issue(changes: Value) -> Value {
    let mut issue = json!({
        "url": "https://api.github.com/repos/o/r/issues/7", "html_url": "https://github.com/o/r/issues/7", "id": 99,
        "node_id": "N", "number": 7, "title": "Paint it", "state": "open", "state_reason": null, "body": null,
        "user": {"login": "ada", "id": 1, "avatar_url": "https://x/1"}, "labels": [], "assignees": [], "assignee": null,
        "milestone": null, "created_at": "2024-01-02T03:04:05Z", "closed_at": null, "comments": 3,
    });
    for (name, value) in changes.as_object().unwrap() {
        issue[name] = value.clone();
    }
    issue
}

fn map(changes: Value) -> Result<TaskRow, Reason> {
    match GitHub.map(&issue(changes).to_string())? {
        Mapped::Task(row) => Ok(*row),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_issue_becomes_a_task() {
    let row = map(json!({
        "body": "One\r\ntwo ü 🎨", "labels": [{"name": "bug", "color": "f00"}, "plain"],
        "assignees": [{"login": "bob", "id": 2}, {"login": "eve", "id": 3}], "assignee": {"login": "bob", "id": 2},
        "state": "closed", "state_reason": "completed", "closed_at": "2024-02-03T04:05:06Z",
    }))
    .unwrap();
    assert_eq!(row.key, "github.com:99");
    assert_eq!((row.number, row.title.as_str()), (Some(7), "Paint it"));
    assert_eq!(row.description.as_deref(), Some("One\r\ntwo ü 🎨"));
    assert_eq!(row.labels, ["bug", "plain"]);
    let logins: Vec<_> = row.assignees.iter().map(|person| (person.login.as_str(), person.key.as_str())).collect();
    assert_eq!(logins, [("bob", "2"), ("eve", "3")]);
    let author = row.author.unwrap();
    assert_eq!((author.login.as_str(), author.avatar_url.as_deref()), ("ada", Some("https://x/1")));
    assert_eq!(author.raw.parse::<Value>().unwrap()["id"], 1);
    assert_eq!(row.created_at.unwrap().to_rfc3339(), "2024-01-02T03:04:05+00:00");
    assert_eq!(row.completed_at.unwrap().to_rfc3339(), "2024-02-03T04:05:06+00:00");
    assert_eq!(row.url.as_deref(), Some("https://github.com/o/r/issues/7"));
}

#[test]
fn states_and_reasons_become_categories() {
    for (state, reason, category) in [
        ("open", json!(null), StatusCategory::Todo),
        ("open", json!("reopened"), StatusCategory::Todo),
        ("closed", json!(null), StatusCategory::Done),
        ("closed", json!("completed"), StatusCategory::Done),
        ("closed", json!("not_planned"), StatusCategory::Cancelled),
        ("closed", json!("duplicate"), StatusCategory::Cancelled),
    ] {
        let row = map(json!({"state": state, "state_reason": reason})).unwrap();
        assert_eq!(row.status, Some(StatusRef::Category(category)), "{state} {reason}");
    }
    assert!(map(json!({"state": "OPEN"})).unwrap_err().message.contains("has the state `OPEN`"));
    // An open issue that was closed once keeps no time of it.
    assert_eq!(map(json!({"closed_at": "2024-02-03T04:05:06Z"})).unwrap().completed_at, None);
}

#[test]
fn a_milestone_becomes_a_sprint() {
    let milestone = json!({
        "url": "https://api/m/1", "html_url": "https://m/1", "id": 1, "title": "v1", "description": "All of it",
        "state": "closed", "due_on": "2024-05-06T07:00:00Z", "created_at": "2024-01-01T00:00:00Z",
    });
    let sprint = map(json!({"milestone": milestone})).unwrap().sprint.unwrap();
    assert_eq!((sprint.key.as_str(), sprint.name.as_str(), sprint.only_named), ("https://api/m/1", "v1", false));
    assert_eq!(sprint.status, Some(SprintStatusCategory::Completed));
    assert_eq!(sprint.end_date.unwrap().to_string(), "2024-05-06");
    assert_eq!((sprint.goal.as_deref(), sprint.url.as_deref()), (Some("All of it"), Some("https://m/1")));
    assert_eq!(sprint.raw.parse::<Value>().unwrap(), milestone);
    assert_eq!(GitHub.sprint(&milestone.to_string()).unwrap(), sprint);
}

#[test]
fn what_may_be_missing_is_missing() {
    let row = map(json!({"user": null, "assignees": null, "assignee": {"login": "bob", "id": 2}})).unwrap();
    assert_eq!((row.author, row.assignees.len(), row.description), (None, 1, None));
    let key = |changes| map(changes).unwrap().key;
    assert_eq!(key(json!({"url": null})), "github.com:99");
    assert_eq!(key(json!({"id": null})), "N");
    assert_eq!(key(json!({"id": null, "node_id": ""})), "https://api.github.com/repos/o/r/issues/7");
    assert_eq!(key(json!({"url": "", "id": null, "node_id": null})), "https://github.com/o/r/issues/7");
    let none = map(json!({"url": null, "html_url": null, "node_id": null, "id": null})).unwrap_err();
    assert_eq!(none.kind, "no key");
    assert_eq!(map(json!({"title": null})).unwrap_err().message, "has no `title`");
}

#[test]
fn what_is_no_issue_says_so() {
    assert_eq!(GitHub.map("7").unwrap_err().message, "must be an object");
    assert!(map(json!({"created_at": "yesterday"})).unwrap_err().message.starts_with("is no GitHub issue: "));
    assert!(map(json!({"user": {"id": 1}})).unwrap_err().message.contains("a user that cannot be read"));
    let pull = issue(json!({"pull_request": {"url": "x"}}));
    let Ok(Mapped::LeftOut(reason, row)) = GitHub.map(&pull.to_string()) else { panic!("{pull}") };
    assert_eq!((reason, row.title.as_str()), ("pull request", "Paint it"));
}
