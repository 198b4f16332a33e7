//! GraphQL on the wire: what is sent, and what becomes of answers that say 200 and mean no.

use pm_provider::{Effect, ErrorKind, NewTask, PmProvider, PmProviderExt, TaskPatch, TaskQuery};
use serde_json::{Value, json};
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, config, github};

/// Answers documents that hold a text.
async fn reply(server: &MockServer, part: &str, json: Value) {
    let reply = ResponseTemplate::new(200).set_body_raw(json.to_string(), "application/json; charset=utf-8");
    Mock::given(method("POST"))
        .and(path("/graphql"))
        .and(body_string_contains(part))
        .respond_with(reply)
        .mount(server)
        .await;
}

async fn fields(server: &MockServer) {
    let status = json!({ "id": "F_s", "name": "Status", "dataType": "SINGLE_SELECT",
        "options": [{ "id": "o1", "name": "Todo" }, { "id": "o2", "name": "Done" }] });
    let note = json!({ "id": "F_n", "name": "Note", "dataType": "TEXT" });
    let page = json!({ "pageInfo": { "hasNextPage": false, "endCursor": null }, "nodes": [status, note] });
    reply(server, "query Fields", json!({ "data": { "node": { "title": "Roadmap", "fields": page } } })).await;
}

fn item(title: &str) -> Value {
    json!({ "__typename": "ProjectV2Item", "id": "PVTI_1", "type": "DRAFT_ISSUE", "project": { "id": "PVT_1" },
        "createdAt": "2026-01-01T08:00:00Z", "updatedAt": "2026-01-01T08:00:00Z",
        "content": { "__typename": "DraftIssue", "id": "DI_1", "title": title, "body": "" }, "fieldValues": { "nodes": [] } })
}

async fn items(server: &MockServer) {
    reply(server, "query Items", json!({ "data": { "nodes": [item("Paint")] } })).await;
}

/// The documents that were sent, with their variables.
async fn sent(server: &MockServer) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

const TASK: &str = "v2:PVT_1:PVTI_1";

#[tokio::test]
async fn a_change_has_an_alias_and_a_variable_for_each_part() {
    let (server, github) = github().await;
    fields(&server).await;
    items(&server).await;
    let made = json!({ "m0": { "draftIssue": { "id": "DI_1" } }, "m1": { "projectV2Item": { "id": "PVTI_1" } },
        "m2": { "projectV2Item": { "id": "PVTI_1" } } });
    reply(&server, "mutation", json!({ "data": made })).await;
    let patch = TaskPatch::new().title("Repaint").status("Done").custom_field("Note", "soon");
    github.update_task(&TASK.into(), patch).await.unwrap();
    let sent = sent(&server).await;
    let change = sent.iter().find(|body| body["query"].as_str().unwrap().starts_with("mutation")).unwrap();
    let expected = "mutation($i0: UpdateProjectV2DraftIssueInput!, $i1: UpdateProjectV2ItemFieldValueInput!, \
        $i2: UpdateProjectV2ItemFieldValueInput!) { m0: updateProjectV2DraftIssue(input: $i0) { draftIssue { id } } \
        m1: updateProjectV2ItemFieldValue(input: $i1) { projectV2Item { id } } \
        m2: updateProjectV2ItemFieldValue(input: $i2) { projectV2Item { id } } }";
    assert_eq!(change["query"], expected);
    let field =
        |id: &str, value: Value| json!({ "projectId": "PVT_1", "itemId": "PVTI_1", "fieldId": id, "value": value });
    let variables = json!({ "i0": { "draftIssueId": "DI_1", "title": "Repaint" },
        "i1": field("F_s", json!({ "singleSelectOptionId": "o2" })), "i2": field("F_n", json!({ "text": "soon" })) });
    assert_eq!(change["variables"], variables);
}

#[tokio::test]
async fn a_change_that_failed_in_part_says_in_which() {
    let (server, github) = github().await;
    fields(&server).await;
    items(&server).await;
    let errors = json!([{ "type": "FORBIDDEN", "path": ["m1"], "message": "Resource not accessible" }]);
    let data = json!({ "m0": { "draftIssue": { "id": "DI_1" } }, "m1": null });
    reply(&server, "mutation", json!({ "data": data, "errors": errors })).await;
    let patch = TaskPatch::new().title("Repaint").status("Done");
    let error = github.update_task(&TASK.into(), patch).await.unwrap_err();
    let (applied, failed) = (vec!["`title`".to_owned()], vec!["`status`".to_owned()]);
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert_eq!(*error.effect(), Effect::Partial { id: TASK.to_owned(), applied, failed });
}

#[tokio::test]
async fn a_limit_in_an_answer_of_200_is_waited_for() {
    let (server, github) = github().await;
    let limited = json!({ "errors": [{ "type": "RATE_LIMITED", "message": "API rate limit exceeded" }] });
    let limited = ResponseTemplate::new(200).set_body_json(limited);
    Mock::given(method("POST")).respond_with(limited).up_to_n_times(1).with_priority(1).mount(&server).await;
    items(&server).await;
    fields(&server).await;
    let task = github.get_task(&TASK.into()).await.unwrap();
    assert_eq!(task.title, "Paint");
}

#[tokio::test]
async fn a_change_that_broke_down_is_never_sent_twice() {
    let (server, github) = github().await;
    fields(&server).await;
    items(&server).await;
    let broken = json!({ "data": null, "errors": [{ "message": "Something went wrong while executing your query." }] });
    reply(&server, "mutation", broken).await;
    let error = github.update_task(&TASK.into(), TaskPatch::new().status("Done")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unavailable, &Effect::Unknown));
    let sent = sent(&server).await;
    assert_eq!(sent.iter().filter(|body| body["query"].as_str().unwrap().starts_with("mutation")).count(), 1);
}

#[tokio::test]
async fn items_that_are_not_shown_leave_the_others() {
    let (server, github) = github().await;
    fields(&server).await;
    let page = |nodes: Value| json!({ "totalCount": 2, "pageInfo": { "hasNextPage": false }, "nodes": nodes });
    let row = |id: &str, kind: &str| json!({ "id": id, "type": kind, "createdAt": "2026-01-01T08:00:00Z" });
    let rows = json!([
        row("PVTI_1", "DRAFT_ISSUE"),
        row("PVTI_2", "ISSUE"),
        row("PVTI_3", "PULL_REQUEST"),
        row("PVTI_4", "REDACTED")
    ]);
    reply(&server, "query Rows", json!({ "data": { "node": { "items": page(rows) } } })).await;
    let errors = json!([{ "type": "NOT_FOUND", "path": ["nodes", 1], "message": "Could not resolve to a node" }]);
    reply(&server, "query Items", json!({ "data": { "nodes": [item("Paint"), null] }, "errors": errors })).await;
    let github: std::sync::Arc<dyn PmProvider> = std::sync::Arc::new(github);
    let tasks = github.list_tasks(TaskQuery::in_project("v2:PVT_1")).await.unwrap();
    assert_eq!(tasks.iter().map(|task| task.title.as_str()).collect::<Vec<_>>(), ["Paint"]);
    let sent = sent(&server).await;
    assert_eq!(sent.last().unwrap()["variables"]["ids"], json!(["PVTI_1", "PVTI_2"]), "no pull requests");
    let raw = tasks[0].raw_data.as_str().unwrap();
    assert_eq!(raw, item("Paint").to_string(), "as it came");
}

#[tokio::test]
async fn a_project_that_is_not_there_is_said_to_be_so() {
    let (server, github) = github().await;
    let errors =
        json!([{ "type": "NOT_FOUND", "path": ["node"], "message": "Could not resolve to a node with the global id" }]);
    reply(&server, "query Fields", json!({ "data": { "node": null }, "errors": errors })).await;
    let error = github.create_task(NewTask::new("v2:PVT_9", "Paint")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.message().contains("`v2:PVT_9`"), "{error}");
}

#[tokio::test]
async fn graphql_of_a_server_of_ones_own_stands_beside_rest() {
    let server = MockServer::start().await;
    let url = format!("{}/api/v3", server.uri());
    let github = pm_provider_github::GitHubProvider::new(config(&server).base_url(url.clone())).unwrap();
    answer(&server, "POST", "/api/graphql", 401, json!({ "message": "Bad credentials" })).await;
    let error = github.get_task(&TASK.into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests[0].headers["authorization"], "Bearer ghp_s3cr3t");
}
