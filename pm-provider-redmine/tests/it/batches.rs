//! Batches: changes of tasks share what is read before and after them, and everything else goes one by one.

use pm_http::Marker;
use pm_provider::{
    BatchOperation, BatchOptions, BatchOutcome, Effect, Error, ErrorKind, Item, NewComment, PmProvider, Result,
    StatusCategory, TaskPatch,
};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::support::{answer, issue, issues, parameters, plant, plant_once, provider, requests, server};

fn update(id: u64, patch: TaskPatch) -> BatchOperation {
    BatchOperation::UpdateTask(id.to_string().into(), Box::new(patch))
}

fn rename(id: u64, title: &str) -> BatchOperation {
    update(id, TaskPatch::new().title(title))
}

fn plain(id: u64, title: &str) -> Value {
    issue(id, title, json!({}))
}

/// Plants what lists show: first before the writes, then after them.
async fn lists(server: &MockServer, before: &[Value], after: &[Value]) {
    plant_once(server, "GET", "/issues.json", ResponseTemplate::new(200).set_body_json(issues(before))).await;
    answer(server, "GET", "/issues.json", 200, &issues(after)).await;
}

async fn takes_writes(server: &MockServer, ids: &[u64]) {
    for id in ids {
        plant(server, "PUT", &format!("/issues/{id}.json"), ResponseTemplate::new(204)).await;
    }
}

async fn apply(server: &MockServer, operations: Vec<BatchOperation>) -> Vec<Result<BatchOutcome>> {
    apply_with(&*provider(server), operations).await
}

async fn apply_with(provider: &dyn PmProvider, operations: Vec<BatchOperation>) -> Vec<Result<BatchOutcome>> {
    provider.batch().unwrap().apply_batch(operations, BatchOptions::new()).await.unwrap()
}

/// The titles of the tasks that were written, and the kinds of the errors.
fn told(outcomes: &[Result<BatchOutcome>]) -> Vec<String> {
    let told = |outcome: &Result<BatchOutcome>| match outcome {
        Ok(BatchOutcome::Written(Item::Task(task))) => task.title.clone(),
        Ok(other) => format!("{other:?}"),
        Err(error) => format!("{:?}", error.kind()),
    };
    outcomes.iter().map(told).collect()
}

fn error(outcome: &Result<BatchOutcome>) -> &Error {
    outcome.as_ref().unwrap_err()
}

/// Every request about issues in the order in which they came, lists with the ids that they ask for; of those that go
/// side by side nobody knows the order.
async fn wire(server: &MockServer) -> Vec<String> {
    let all = server.received_requests().await.unwrap();
    let about_issues = all.iter().filter(|request| request.url.path().starts_with("/issues"));
    let text = |request: &wiremock::Request| {
        let asked = parameters(request).into_iter();
        let asked: Vec<_> = asked.filter(|(name, _)| ["issue_id", "include"].contains(&name.as_str())).collect();
        let asked: String = asked.into_iter().map(|(name, value)| format!(" {name}={value}")).collect();
        format!("{} {}{asked}", request.method, request.url.path())
    };
    about_issues.map(text).collect()
}

async fn sorted_wire(server: &MockServer) -> Vec<String> {
    let mut wire = wire(server).await;
    wire.sort();
    wire
}

#[tokio::test]
async fn changes_of_tasks_share_one_list_before_and_one_after() {
    let server = server().await;
    let before = [plain(1, "a"), plain(2, "b"), plain(3, "c")];
    lists(&server, &before, &[plain(3, "z"), plain(1, "x"), plain(2, "y")]).await;
    takes_writes(&server, &[1, 2, 3]).await;
    let provider = provider(&server);
    provider.health_check().await.unwrap();
    let outcomes = apply_with(&*provider, vec![rename(1, "x"), rename(2, "y"), rename(3, "z")]).await;
    assert_eq!(told(&outcomes), ["x", "y", "z"]);
    let mut wire = wire(&server).await;
    wire[1..4].sort();
    let list = "GET /issues.json issue_id=1,2,3";
    assert_eq!(wire, [list, "PUT /issues/1.json", "PUT /issues/2.json", "PUT /issues/3.json", list]);
    let asked = parameters(&requests(&server, "GET", "/issues.json").await[0]);
    assert!(asked.contains(&("status_id".to_owned(), "*".to_owned())), "closed ones too: {asked:?}");
    let body: Value = requests(&server, "PUT", "/issues/2.json").await[0].body_json().unwrap();
    assert_eq!(body, json!({ "issue": { "subject": "y" } }));
}

#[tokio::test]
async fn what_is_as_it_is_wanted_is_neither_sent_nor_read_again() {
    let server = server().await;
    lists(&server, &[plain(1, "x"), plain(2, "b")], &[plain(2, "y")]).await;
    takes_writes(&server, &[2]).await;
    let outcomes = apply(&server, vec![rename(1, "x"), rename(2, "y")]).await;
    assert_eq!(told(&outcomes), ["x", "y"]);
    let expected = ["GET /issues.json issue_id=1,2", "PUT /issues/2.json", "GET /issues.json issue_id=2"];
    assert_eq!(wire(&server).await, expected);
}

#[tokio::test]
async fn as_many_go_together_as_a_list_holds() {
    let server = server().await;
    let all: Vec<_> = (1..=101).map(|id| plain(id, "x")).collect();
    lists(&server, &all[..100], &all[100..]).await;
    let outcomes = apply(&server, (1..=101).map(|id| rename(id, "x")).collect()).await;
    assert!(outcomes.len() == 101 && outcomes.iter().all(Result::is_ok));
    assert_eq!(wire(&server).await.len(), 2);
    assert_eq!(wire(&server).await[1], "GET /issues.json issue_id=101");
}

#[tokio::test]
async fn a_change_of_status_asks_what_the_workflow_allows() {
    let server = server().await;
    let closed = || json!({ "status": { "id": 5, "name": "Closed", "is_closed": true } });
    let done = || TaskPatch::new().status(StatusCategory::Done);
    let before = [plain(1, "a"), issue(2, "b", closed()), plain(3, "c"), plain(4, "d")];
    lists(&server, &before, &[issue(1, "a", closed()), plain(4, "w")]).await;
    let allowed = |id, title, names: Value| json!({ "issue": issue(id, title, json!({ "allowed_statuses": names })) });
    let (new, closing) = (json!({ "id": 1, "name": "New" }), json!({ "id": 5, "name": "Closed", "is_closed": true }));
    answer(&server, "GET", "/issues/1.json", 200, &allowed(1, "a", json!([new, closing]))).await;
    answer(&server, "GET", "/issues/3.json", 200, &allowed(3, "c", json!([new]))).await;
    takes_writes(&server, &[1, 4]).await;
    let operations = vec![update(1, done()), update(2, done()), update(3, done()), rename(4, "w")];
    let outcomes = apply(&server, operations).await;
    // The second is closed already, and the third must not be closed, not even after the first.
    assert_eq!(told(&outcomes), ["a", "b", "Conflict", "w"]);
    assert!(error(&outcomes[2]).to_string().contains("allowed are `New`"), "{}", error(&outcomes[2]));
    let expected = [
        "GET /issues.json issue_id=1,2,3,4",
        "GET /issues.json issue_id=1,4",
        "GET /issues/1.json include=allowed_statuses",
        "GET /issues/3.json include=allowed_statuses",
        "GET /issues/3.json include=allowed_statuses",
        "PUT /issues/1.json",
        "PUT /issues/4.json",
    ];
    assert_eq!(sorted_wire(&server).await, expected);
}

#[tokio::test]
async fn a_task_is_closed_after_its_sub_task() {
    let server = server().await;
    let closed = || json!({ "status": { "id": 5, "name": "Closed", "is_closed": true } });
    lists(
        &server,
        &[plain(1, "child"), plain(2, "parent")],
        &[issue(1, "child", closed()), issue(2, "parent", closed())],
    )
    .await;
    let (new, closing) = (json!({ "id": 1, "name": "New" }), json!({ "id": 5, "name": "Closed", "is_closed": true }));
    let allowed = |id, names: Value| json!({ "issue": issue(id, "x", json!({ "allowed_statuses": names })) });
    answer(&server, "GET", "/issues/1.json", 200, &allowed(1, json!([new, closing]))).await;
    let open_child = ResponseTemplate::new(200).set_body_json(allowed(2, json!([new])));
    plant_once(&server, "GET", "/issues/2.json", open_child).await;
    answer(&server, "GET", "/issues/2.json", 200, &allowed(2, json!([new, closing]))).await;
    takes_writes(&server, &[1, 2]).await;
    let done = |id| update(id, TaskPatch::new().status(StatusCategory::Done));
    assert_eq!(told(&apply(&server, vec![done(1), done(2)]).await), ["child", "parent"]);
    let wire = wire(&server).await;
    let asked = "GET /issues/2.json include=allowed_statuses";
    assert_eq!(wire[wire.len() - 3..], [asked, "PUT /issues/2.json", "GET /issues.json issue_id=1,2"]);
}

#[tokio::test]
async fn what_the_server_drops_is_an_error_of_that_task_alone() {
    let server = server().await;
    let before = [plain(1, "a"), plain(2, "b"), plain(3, "c")];
    lists(&server, &before, &[plain(1, "x"), plain(2, "y"), plain(3, "c")]).await;
    takes_writes(&server, &[1, 2, 3]).await;
    let both = TaskPatch::new().title("y").assignees(["5"]);
    let outcomes = apply(&server, vec![rename(1, "x"), update(2, both), rename(3, "z")]).await;
    assert_eq!(told(&outcomes), ["x", "PermissionDenied", "PermissionDenied"]);
    let (applied, failed) = (vec!["title".to_owned()], vec!["assignees".to_owned()]);
    assert_eq!(error(&outcomes[1]).effect(), &Effect::Partial { id: "2".to_owned(), applied, failed });
    assert_eq!(error(&outcomes[2]).effect(), &Effect::NotExecuted);
    let placed = (error(&outcomes[1]).provider(), error(&outcomes[1]).operation());
    assert_eq!(placed, (Some("redmine"), Some("update_task")));
}

#[tokio::test]
async fn what_a_list_does_not_show_is_asked_for_by_itself() {
    let server = server().await;
    lists(&server, &[plain(1, "a")], &[plain(1, "x")]).await;
    plant(&server, "GET", "/issues/2.json", ResponseTemplate::new(404)).await;
    plant_once(
        &server,
        "GET",
        "/issues/3.json",
        ResponseTemplate::new(200).set_body_json(json!({ "issue": plain(3, "c") })),
    )
    .await;
    answer(&server, "GET", "/issues/3.json", 200, &json!({ "issue": plain(3, "z") })).await;
    takes_writes(&server, &[1, 3]).await;
    let operations = vec![rename(1, "x"), rename(2, "y"), rename(3, "z"), update(0, TaskPatch::new().title("w"))];
    let outcomes = apply(&server, operations).await;
    assert_eq!(told(&outcomes), ["x", "NotFound", "z", "NotFound"]);
    assert_eq!(error(&outcomes[1]).effect(), &Effect::NotExecuted);
    assert!(error(&outcomes[1]).to_string().contains("there is no task `2`"), "{}", error(&outcomes[1]));
    assert_eq!(wire(&server).await[0], "GET /issues.json issue_id=1,2,3");
    assert!(requests(&server, "PUT", "/issues/2.json").await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_read_back_may_have_been_done() {
    let server = server().await;
    let before = issues(&[plain(1, "a"), plain(2, "b"), plain(3, "z")]);
    plant_once(&server, "GET", "/issues.json", ResponseTemplate::new(200).set_body_json(before)).await;
    plant(&server, "GET", "/issues.json", ResponseTemplate::new(403)).await;
    takes_writes(&server, &[1, 2]).await;
    let outcomes = apply(&server, vec![rename(1, "x"), rename(2, "y"), rename(3, "z")]).await;
    assert_eq!(told(&outcomes), ["PermissionDenied", "PermissionDenied", "z"]);
    for outcome in &outcomes[..2] {
        assert_eq!((error(outcome).effect(), error(outcome).http_status()), (&Effect::Unknown, Some(403)));
    }
    // One by itself is told the same.
    let one = json!({ "issue": plain(1, "a") });
    plant_once(&server, "GET", "/issues/1.json", ResponseTemplate::new(200).set_body_json(one)).await;
    plant(&server, "GET", "/issues/1.json", ResponseTemplate::new(403)).await;
    let alone = provider(&server).update_task(&"1".into(), TaskPatch::new().title("x")).await.unwrap_err();
    assert_eq!((alone.kind(), alone.effect()), (ErrorKind::PermissionDenied, &Effect::Unknown));
}

#[tokio::test]
async fn nothing_is_sent_where_it_is_not_known_what_stands_there() {
    let server = server().await;
    plant(&server, "GET", "/issues.json", ResponseTemplate::new(403)).await;
    let outcomes = apply(&server, vec![rename(1, "x"), rename(2, "y")]).await;
    assert_eq!(told(&outcomes), ["PermissionDenied", "PermissionDenied"]);
    assert!(outcomes.iter().all(|outcome| error(outcome).effect() == &Effect::NotExecuted));
    assert_eq!(wire(&server).await, ["GET /issues.json issue_id=1,2"]);
}

#[tokio::test]
async fn a_write_that_met_another_is_begun_again_by_itself() {
    let server = server().await;
    lists(&server, &[plain(1, "a"), plain(2, "b")], &[plain(1, "x"), plain(2, "y")]).await;
    plant_once(&server, "PUT", "/issues/2.json", ResponseTemplate::new(409)).await;
    answer(&server, "GET", "/issues/2.json", 200, &json!({ "issue": plain(2, "somebody's") })).await;
    takes_writes(&server, &[1, 2]).await;
    let outcomes = apply(&server, vec![rename(1, "x"), rename(2, "y")]).await;
    assert_eq!(told(&outcomes), ["x", "y"]);
    let expected = [
        "GET /issues.json issue_id=1,2",
        "GET /issues.json issue_id=1,2",
        "GET /issues/2.json",
        "PUT /issues/1.json",
        "PUT /issues/2.json",
        "PUT /issues/2.json",
    ];
    assert_eq!(sorted_wire(&server).await, expected);
}

#[tokio::test]
async fn a_changed_text_keeps_the_mark_in_a_batch() {
    let server = server().await;
    let mark = Marker::of("task", "k");
    let with = |text: &str| issue(1, "a", json!({ "description": mark.append(text) }));
    lists(&server, &[with("before"), plain(2, "b")], &[with("after"), plain(2, "y")]).await;
    takes_writes(&server, &[1, 2]).await;
    let outcomes = apply(&server, vec![update(1, TaskPatch::new().description("after")), rename(2, "y")]).await;
    let Ok(BatchOutcome::Written(Item::Task(task))) = &outcomes[0] else { panic!("{outcomes:?}") };
    assert_eq!(task.description.as_deref(), Some("after"));
    let body: Value = requests(&server, "PUT", "/issues/1.json").await[0].body_json().unwrap();
    assert_eq!(body["issue"]["description"], json!(mark.append("after")));
}

#[tokio::test]
async fn a_project_is_asked_for_its_fields_once() {
    let server = server().await;
    let blue = |id| issue(id, "a", json!({ "custom_fields": [{ "id": 3, "name": "Colour", "value": "blue" }] }));
    let field = json!({ "id": 3, "name": "Colour" });
    let project = json!({ "project": { "id": 7, "name": "Web", "issue_custom_fields": [field] } });
    answer(&server, "GET", "/projects/7.json", 200, &project).await;
    let newest = ResponseTemplate::new(200).set_body_json(issues(&[plain(9, "newest")]));
    let before = ResponseTemplate::new(200).set_body_json(issues(&[plain(1, "a"), plain(2, "a")]));
    plant_once(&server, "GET", "/issues.json", before).await;
    plant_once(&server, "GET", "/issues.json", newest).await;
    answer(&server, "GET", "/issues.json", 200, &issues(&[blue(1), blue(2)])).await;
    takes_writes(&server, &[1, 2]).await;
    let colour = || TaskPatch::new().custom_field("Colour", "blue");
    let outcomes = apply(&server, vec![update(1, colour()), update(2, colour())]).await;
    assert_eq!(told(&outcomes), ["a", "a"]);
    assert_eq!(requests(&server, "GET", "/projects/7.json").await.len(), 1);
    assert_eq!(requests(&server, "GET", "/issues.json").await.len(), 3);
}

#[tokio::test]
async fn changes_that_touch_each_other_go_one_after_the_other() {
    let server = server().await;
    lists(&server, &[plain(1, "a"), plain(2, "b")], &[plain(1, "x"), plain(2, "y")]).await;
    let below = |title| json!({ "issue": issue(1, title, json!({ "parent": { "id": 2 } })) });
    answer(&server, "GET", "/issues/1.json", 200, &below("x")).await;
    takes_writes(&server, &[1, 2]).await;
    let moved = update(1, TaskPatch::new().parent_task_id("2"));
    let outcomes = apply(&server, vec![rename(1, "x"), rename(2, "y"), moved, rename(1, "x")]).await;
    assert_eq!(told(&outcomes), ["x", "y", "x", "x"]);
    let wire = wire(&server).await;
    // The move finds its task below the other already, and the last one what it asks for.
    assert_eq!(wire[3..], ["GET /issues.json issue_id=1,2", "GET /issues/1.json", "GET /issues/1.json"]);
}

#[tokio::test]
async fn other_operations_keep_their_places() {
    let server = server().await;
    lists(&server, &[plain(1, "a"), plain(2, "b")], &[plain(1, "x"), plain(2, "y")]).await;
    plant(&server, "GET", "/issues/3.json", ResponseTemplate::new(404)).await;
    plant(&server, "PUT", "/issues/3.json", ResponseTemplate::new(404)).await;
    takes_writes(&server, &[1, 2]).await;
    let comment = NewComment::new("3", "hello").into();
    let outcomes = apply(&server, vec![rename(1, "x"), comment, rename(2, "y")]).await;
    assert_eq!(told(&outcomes), ["x", "NotFound", "y"]);
    assert_eq!(error(&outcomes[1]).operation(), Some("create_comment"));
}
