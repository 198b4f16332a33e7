//! Writing issues on the wire: what is sent, what is dropped, what is lost.

use pm_provider::{
    DeleteOptions, Effect, ErrorKind, Field, NewTask, PmProvider, PriorityLevel, StatusCategory, TaskPatch,
};
use pm_provider_github::{Deleting, GitHubProvider};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::issue::{ISSUES, asked, issue, pull, web, with, writes};
use crate::support::{answer, config, github, repository};

/// Answers once; what was mounted before answers from then on.
async fn once(server: &MockServer, verb: &str, at: &str, status: u16, json: Value) {
    let reply = ResponseTemplate::new(status).set_body_json(json);
    Mock::given(method(verb)).and(path(at)).respond_with(reply).up_to_n_times(1).with_priority(1).mount(server).await;
}

fn sent(verb: &str, at: &str, body: Value) -> (String, String, Value) {
    (verb.to_owned(), at.to_owned(), body)
}

fn at(number: u64) -> String {
    format!("{ISSUES}/{number}")
}

async fn known(server: &MockServer, issue: Value) {
    let number = issue["number"].as_u64().unwrap();
    answer(server, "GET", &at(number), 200, issue).await;
}

async fn people(server: &MockServer) {
    answer(server, "GET", "/user/6", 200, json!({ "id": 6, "login": "bob" })).await;
    let reply = ResponseTemplate::new(204);
    Mock::given(method("GET")).and(path("/repos/octo/web/assignees/bob")).respond_with(reply).mount(server).await;
}

#[tokio::test]
async fn a_create_sends_what_is_asked_for() {
    let (server, provider) = github().await;
    web(&server).await;
    people(&server).await;
    answer(&server, "GET", "/repos/octo/web/milestones/3", 200, json!({ "number": 3, "title": "M" })).await;
    answer(&server, "GET", "/repos/octo/web/labels", 200, json!([{ "name": "priority:high" }])).await;
    let members = json!({
        "title": "Paint", "body": "Red", "assignees": [{ "id": 6, "login": "bob" }], "milestone": { "number": 3 },
        "labels": [{ "name": "bug" }, { "name": "priority:high" }],
    });
    answer(&server, "POST", ISSUES, 201, with(issue(8), members)).await;
    let new = NewTask::new("7", "Paint").description("Red").labels(["bug", "BUG"]).assignees(["6"]).sprint_id("7#m3");
    let task = provider.create_task(new.priority(PriorityLevel::High)).await.unwrap();
    assert_eq!((task.id.as_str(), task.key.as_deref()), ("7#8", Some("octo/web#8")));
    assert_eq!((task.labels, task.priority.unwrap().level), (vec!["bug".to_owned()], PriorityLevel::High));
    let body = json!({ "title": "Paint", "body": "Red", "labels": ["bug", "priority:high"], "assignees": ["bob"],
        "milestone": 3 });
    assert_eq!(writes(&server).await, [sent("POST", ISSUES, body)]);
}

#[tokio::test]
async fn a_closed_child_takes_three_requests() {
    let (server, provider) = github().await;
    web(&server).await;
    known(&server, issue(2)).await;
    answer(&server, "POST", ISSUES, 201, with(issue(8), json!({ "title": "Paint" }))).await;
    let closed = with(issue(8), json!({ "title": "Paint", "state": "closed", "state_reason": "not_planned" }));
    answer(&server, "PATCH", &at(8), 200, closed.clone()).await;
    answer(&server, "POST", &format!("{}/sub_issues", at(2)), 201, issue(2)).await;
    let parent = json!({ "parent_issue_url": "https://api.github.com/repos/octo/web/issues/2" });
    known(&server, with(closed, parent)).await;
    let new = NewTask::new("7", "Paint").status(StatusCategory::Cancelled).parent_task_id("7#2");
    let task = provider.create_task(new).await.unwrap();
    assert_eq!(task.parent_task_id, Some("7#2".into()));
    let expected = [
        sent("POST", ISSUES, json!({ "title": "Paint" })),
        sent("PATCH", &at(8), json!({ "state": "closed", "state_reason": "not_planned" })),
        // The database id of the child, not its number.
        sent("POST", &format!("{}/sub_issues", at(2)), json!({ "sub_issue_id": 1008, "replace_parent": true })),
    ];
    assert_eq!(writes(&server).await, expected);
}

#[tokio::test]
async fn trap_labels_that_are_dropped_without_a_word() {
    let (server, provider) = github().await;
    let mut unknown = repository(7, "octo", "web");
    unknown.as_object_mut().unwrap().remove("permissions");
    answer(&server, "GET", "/repositories/7", 200, unknown).await;
    answer(&server, "POST", ISSUES, 201, with(issue(8), json!({ "title": "Paint" }))).await;
    let error = provider.create_task(NewTask::new("7", "Paint").labels(["bug"])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    let (applied, failed) = (vec!["create".to_owned(), "title".to_owned()], vec!["labels".to_owned()]);
    assert_eq!(error.effect(), &Effect::Partial { id: "7#8".to_owned(), applied, failed });
    assert_eq!(error.field_errors()[0].field, Field::Labels);
}

#[tokio::test]
async fn what_would_be_dropped_is_refused_where_that_is_known() {
    let (server, provider) = github().await;
    let reader = json!({ "admin": false, "maintain": false, "push": false, "triage": false, "pull": true });
    answer(
        &server,
        "GET",
        "/repositories/7",
        200,
        with(repository(7, "octo", "web"), json!({ "permissions": reader })),
    )
    .await;
    known(&server, issue(3)).await;
    let error = provider.create_task(NewTask::new("7", "Paint").labels(["bug"])).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::PermissionDenied, &Effect::NotExecuted));
    let error = provider.update_task(&"7#3".into(), TaskPatch::new().add_labels(["bug"])).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::PermissionDenied, &Effect::NotExecuted));
    assert!(writes(&server).await.is_empty());
}

#[tokio::test]
async fn an_update_sends_only_what_differs() {
    let (server, provider) = github().await;
    web(&server).await;
    known(&server, with(issue(3), json!({ "title": "Old", "body": "Red", "milestone": { "number": 1 } }))).await;
    let task = provider.update_task(&"7#3".into(), TaskPatch::new().title("Old").description("Red")).await.unwrap();
    assert_eq!(task.title, "Old");
    assert!(writes(&server).await.is_empty(), "nothing to change");
    answer(&server, "PATCH", &at(3), 200, with(issue(3), json!({ "title": "New", "body": "Red" }))).await;
    let patch = TaskPatch::new().title("New").description("Red").clear_sprint_id();
    let task = provider.update_task(&"7#3".into(), patch).await.unwrap();
    assert_eq!((task.title.as_str(), task.sprint_id), ("New", None));
    assert_eq!(writes(&server).await, [sent("PATCH", &at(3), json!({ "title": "New", "milestone": null }))]);
}

#[tokio::test]
async fn sets_are_edited_without_touching_the_others() {
    let (server, provider) = github().await;
    web(&server).await;
    people(&server).await;
    let before = with(
        issue(3),
        json!({ "labels": [{ "name": "bug" }, { "name": "ui" }], "assignees": [{ "id": 5, "login": "ann" }] }),
    );
    known(&server, before.clone()).await;
    let labels = format!("{}/labels", at(3));
    answer(&server, "POST", &labels, 200, json!([{ "name": "bug" }, { "name": "ui" }, { "name": "new" }])).await;
    answer(&server, "DELETE", &format!("{labels}/bug"), 200, json!([{ "name": "ui" }, { "name": "new" }])).await;
    let people = format!("{}/assignees", at(3));
    answer(&server, "DELETE", &people, 200, with(issue(3), json!({ "assignees": [] }))).await;
    let bob = json!({ "assignees": [{ "id": 6, "login": "bob" }] });
    answer(&server, "POST", &people, 201, with(issue(3), bob)).await;
    let patch = TaskPatch::new().add_labels(["new", "UI"]).remove_labels(["Bug", "absent"]);
    let patch = patch.add_assignees(["6"]).remove_assignees(["5"]);
    let task = provider.update_task(&"7#3".into(), patch).await.unwrap();
    assert_eq!(task.assignees, ["6".into()]);
    let expected = [
        sent("POST", &labels, json!({ "labels": ["new"] })),
        sent("DELETE", &format!("{labels}/bug"), Value::Null),
        sent("DELETE", &people, json!({ "assignees": ["ann"] })),
        sent("POST", &people, json!({ "assignees": ["bob"] })),
    ];
    assert_eq!(writes(&server).await, expected);
}

#[tokio::test]
async fn trap_a_reason_is_ignored_unless_the_state_changes() {
    let (server, provider) = github().await;
    web(&server).await;
    let closed = |reason: &str| with(issue(3), json!({ "state": "closed", "state_reason": reason }));
    known(&server, closed("completed")).await;
    once(&server, "PATCH", &at(3), 200, closed("completed")).await;
    once(&server, "PATCH", &at(3), 200, issue(3)).await;
    answer(&server, "PATCH", &at(3), 200, closed("duplicate")).await;
    let task = provider.update_task(&"7#3".into(), TaskPatch::new().status("Closed as duplicate")).await.unwrap();
    assert_eq!(task.status.id.as_deref(), Some("duplicate"));
    let wanted = json!({ "state": "closed", "state_reason": "duplicate" });
    let expected = [
        sent("PATCH", &at(3), wanted.clone()),
        sent("PATCH", &at(3), json!({ "state": "open" })),
        sent("PATCH", &at(3), wanted),
    ];
    assert_eq!(writes(&server).await, expected);
}

#[tokio::test]
async fn a_second_step_that_fails_tells_of_the_first() {
    let (server, provider) = github().await;
    web(&server).await;
    known(&server, issue(3)).await;
    answer(&server, "PATCH", &at(3), 200, with(issue(3), json!({ "title": "New" }))).await;
    answer(&server, "POST", &format!("{}/labels", at(3)), 403, json!({ "message": "no" })).await;
    let patch = TaskPatch::new().title("New").add_labels(["bug"]);
    let error = provider.update_task(&"7#3".into(), patch).await.unwrap_err();
    let (applied, failed) = (vec!["title".to_owned()], vec!["labels".to_owned()]);
    assert_eq!(error.effect(), &Effect::Partial { id: "7#3".to_owned(), applied, failed });
}

#[tokio::test]
async fn nobody_is_a_part_of_itself() {
    let (server, provider) = github().await;
    web(&server).await;
    let below = |number: u64, above: u64| {
        let parent = format!("https://api.github.com/repos/octo/web/issues/{above}");
        with(issue(number), json!({ "parent_issue_url": parent }))
    };
    known(&server, issue(1)).await;
    known(&server, below(2, 1)).await;
    known(&server, below(3, 2)).await;
    for parent in ["7#1", "7#3"] {
        let error = provider.update_task(&"7#1".into(), TaskPatch::new().parent_task_id(parent)).await.unwrap_err();
        assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::ParentTaskId));
    }
    let same = provider.update_task(&"7#3".into(), TaskPatch::new().parent_task_id("octo/web#2")).await.unwrap();
    assert_eq!(same.parent_task_id, Some("7#2".into()));
    assert!(writes(&server).await.is_empty());
    answer(&server, "DELETE", &format!("{}/sub_issue", at(2)), 200, issue(2)).await;
    provider.update_task(&"7#3".into(), TaskPatch::new().clear_parent_task_id()).await.unwrap();
    let removed = sent("DELETE", &format!("{}/sub_issue", at(2)), json!({ "sub_issue_id": 1003 }));
    assert_eq!(writes(&server).await, [removed]);
}

#[tokio::test]
async fn trap_a_transferred_issue_is_found_where_it_is() {
    let (server, provider) = github().await;
    web(&server).await;
    answer(&server, "GET", "/repos/octo/app", 200, repository(9, "octo", "app")).await;
    let moved = ResponseTemplate::new(301)
        .insert_header("location", format!("{}/repositories/9/issues/40", server.uri()).as_str())
        .set_body_json(json!({ "message": "Moved Permanently" }));
    Mock::given(method("GET")).and(path(at(3))).respond_with(moved).mount(&server).await;
    let there = with(issue(40), json!({ "repository_url": "https://api.github.com/repos/octo/app" }));
    answer(&server, "GET", "/repositories/9/issues/40", 200, there.clone()).await;
    let task = provider.get_task(&"7#3".into()).await.unwrap();
    assert_eq!((task.id.as_str(), task.key.as_deref(), task.project_id.as_str()), ("9#40", Some("octo/app#40"), "9"));
    answer(&server, "PATCH", "/repos/octo/app/issues/40", 200, with(there, json!({ "title": "New" }))).await;
    let task = provider.update_task(&"7#3".into(), TaskPatch::new().title("New")).await.unwrap();
    assert_eq!(task.id.as_str(), "9#40", "a write says where it went");
}

#[tokio::test]
async fn what_is_deleted_or_no_issue_is_not_found() {
    let (server, provider) = github().await;
    web(&server).await;
    answer(&server, "GET", &at(3), 410, json!({ "message": "This issue was deleted" })).await;
    known(&server, pull(4)).await;
    for id in ["7#3", "7#4", "7#5", "7#0", "7", "nonsense", "7#m3", "9#1"] {
        let error = provider.get_task(&id.into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
        assert!(error.message().contains(id), "{error}");
    }
    let sync = provider.sync_support().unwrap();
    let asked = ["7#3", "7#5"].map(|id| pm_provider::ItemRef::Task(id.into()));
    let answers = [pm_provider::Existence::Absent, pm_provider::Existence::Hidden];
    assert_eq!(sync.exists(&asked).await.unwrap(), answers);
}

#[tokio::test]
async fn deleting_does_what_the_setting_says() {
    let (server, provider) = github().await;
    web(&server).await;
    known(&server, issue(3)).await;
    let error = provider.delete_task(&"7#3".into(), DeleteOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.hint_text().unwrap().contains("GITHUB_DELETE"), "{error}");
    assert!(server.received_requests().await.unwrap().is_empty());
    let closing = GitHubProvider::new(config(&server).delete(Deleting::Close)).unwrap();
    let closed = json!({ "state": "closed", "state_reason": "not_planned" });
    answer(&server, "PATCH", &at(3), 200, with(issue(3), closed.clone())).await;
    closing.delete_task(&"7#3".into(), DeleteOptions::new()).await.unwrap();
    assert_eq!(writes(&server).await, [sent("PATCH", &at(3), closed)]);
}

#[tokio::test]
async fn graphql_deletes_for_good_what_has_no_children() {
    let (server, _) = github().await;
    web(&server).await;
    let provider = GitHubProvider::new(config(&server).delete(Deleting::GraphQl)).unwrap();
    known(&server, with(issue(2), json!({ "sub_issues_summary": { "total": 1 } }))).await;
    let error = provider.delete_task(&"7#2".into(), DeleteOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    known(&server, issue(3)).await;
    answer(&server, "POST", "/graphql", 200, json!({ "data": { "m0": { "repository": null } } })).await;
    provider.delete_task(&"7#3".into(), DeleteOptions::new()).await.unwrap();
    let written = writes(&server).await;
    assert_eq!(written[0].2["variables"], json!({ "i0": { "issueId": "I_3" } }));
}

#[tokio::test]
async fn a_key_is_a_mark_that_nobody_sees() {
    let (server, provider) = github().await;
    web(&server).await;
    answer(&server, "GET", ISSUES, 200, json!([])).await;
    let marker = pm_http::Marker::of("task", "import:1");
    let made = with(issue(8), json!({ "title": "Paint", "body": marker.append("Red") }));
    answer(&server, "POST", ISSUES, 201, made.clone()).await;
    let new = NewTask::new("7", "Paint").description("Red").idempotency_key("import:1");
    let task = provider.create_task(new.clone()).await.unwrap();
    assert_eq!(task.description.as_deref(), Some("Red"));
    assert_eq!(task.raw_data.as_str(), Some(made.to_string().as_str()));
    assert_eq!(writes(&server).await[0].2["body"], json!(marker.append("Red")));
    let looked = asked(&server, ISSUES).await;
    assert_eq!(looked, ["state=all&creator=ann&sort=created&direction=desc&per_page=100"]);
    known(&server, made).await;
    assert_eq!(provider.create_task(new).await.unwrap().id, task.id);
    assert_eq!(writes(&server).await.len(), 1, "made once");
}

#[tokio::test]
async fn a_lost_create_is_looked_for_among_our_own() {
    let (server, provider) = github().await;
    web(&server).await;
    answer(&server, "GET", "/rate_limit", 200, json!({ "resources": {} })).await;
    let now = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let made = with(issue(8), json!({ "title": "Paint", "created_at": now, "updated_at": now }));
    answer(&server, "POST", ISSUES, 502, json!({ "message": "Server Error" })).await;
    answer(&server, "GET", ISSUES, 200, json!([pull(9), made])).await;
    let task = provider.create_task(NewTask::new("7", "Paint")).await.unwrap();
    assert_eq!(task.id.as_str(), "7#8");
    assert_eq!(writes(&server).await.len(), 1, "sent once");
    let looked = asked(&server, ISSUES).await.pop().unwrap();
    assert!(looked.starts_with("state=all&creator=ann&since=20"), "{looked}");
}
