//! Lists of issues on the wire: pages, cursors, filters, raw data.

use std::sync::Arc;

use pm_provider::{ErrorKind, PmProvider, PmProviderExt, Sort, SortField, StatusCategory, TaskQuery};
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::issue::{ISSUES, asked, issue, page, pull, web, with};
use crate::support::{answer, github, repository};

fn numbers(tasks: &[pm_provider::PMTask]) -> Vec<&str> {
    tasks.iter().map(|task| task.id.as_str()).collect()
}

#[tokio::test]
async fn a_list_asks_for_everything_in_the_order_of_creation() {
    let (server, provider) = github().await;
    web(&server).await;
    page(&server, 1, &[issue(1), pull(2), issue(3)], false).await;
    let tasks = Arc::new(provider).list_tasks(TaskQuery::in_project("7")).await.unwrap();
    assert_eq!(numbers(&tasks), ["7#1", "7#3"]);
    assert_eq!(asked(&server, ISSUES).await, ["state=all&sort=created&direction=asc&per_page=100"]);
}

#[tokio::test]
async fn raw_data_is_what_came_byte_for_byte() {
    let (server, provider) = github().await;
    web(&server).await;
    let one = r#"{"number": 1,  "id":1001,"title":"Ü\u00e9 \/","body": null , "state":"open", "odd": 1e2}"#;
    let body = format!("[ {one}\n, {} ]", issue(2));
    let reply = ResponseTemplate::new(200).set_body_raw(body, "application/json; charset=utf-8");
    Mock::given(method("GET")).and(path(ISSUES)).respond_with(reply).mount(&server).await;
    let tasks = Arc::new(provider).list_tasks(TaskQuery::in_project("7")).await.unwrap();
    assert_eq!(tasks[0].raw_data.as_str(), Some(one));
    assert_eq!(tasks[0].title, "Üé /");
    assert_eq!(tasks[1].raw_data.as_str(), Some(issue(2).to_string().as_str()));
}

#[tokio::test]
async fn pages_ahead_come_side_by_side() {
    let (server, provider) = github().await;
    web(&server).await;
    for number in 1..=5 {
        let rows: Vec<Value> = (number * 2 - 1..=number * 2).map(issue).collect();
        page(&server, number, &rows, number < 5).await;
    }
    let newest = Mock::given(method("GET")).and(path(ISSUES)).and(query_param("direction", "desc"));
    newest.respond_with(ResponseTemplate::new(200).set_body_json([issue(10)])).expect(1).mount(&server).await;
    let query = TaskQuery::in_project("7").page_size(2_u32);
    let first = provider.tasks_page(&query, None).await.unwrap();
    assert_eq!(first.ahead.len(), 3, "pages 3 to 5");
    let third = provider.tasks_page(&query, Some(first.ahead[0].clone())).await.unwrap();
    assert_eq!(numbers(&third.items), ["7#5", "7#6"]);
}

#[tokio::test]
async fn all_pages_are_listed_once() {
    let (server, provider) = github().await;
    web(&server).await;
    for number in 1..=5 {
        let rows: Vec<Value> = (number * 2 - 1..=number * 2).map(issue).collect();
        page(&server, number, &rows, number < 5).await;
    }
    let newest = Mock::given(method("GET")).and(path(ISSUES)).and(query_param("direction", "desc"));
    newest.respond_with(ResponseTemplate::new(200).set_body_json([issue(10)])).mount(&server).await;
    let query = TaskQuery::in_project("7").page_size(2_u32);
    let tasks = Arc::new(provider).list_tasks(query).await.unwrap();
    let expected: Vec<_> = (1..=10).map(|number| format!("7#{number}")).collect();
    assert_eq!(numbers(&tasks), expected);
}

#[tokio::test]
async fn a_page_of_pull_requests_is_no_end() {
    let (server, provider) = github().await;
    web(&server).await;
    page(&server, 1, &[pull(1), pull(2)], true).await;
    page(&server, 2, &[issue(3)], false).await;
    let newest = Mock::given(method("GET")).and(path(ISSUES)).and(query_param("direction", "desc"));
    newest.respond_with(ResponseTemplate::new(200).set_body_json([issue(3)])).mount(&server).await;
    let query = TaskQuery::in_project("7").page_size(2_u32);
    let tasks = Arc::new(provider).list_tasks(query).await.unwrap();
    assert_eq!(numbers(&tasks), ["7#3"]);
}

#[tokio::test]
async fn the_cursor_of_a_link_is_followed() {
    let (server, provider) = github().await;
    web(&server).await;
    let next = format!("<{}/repositories/7/issues?after=Y3Vy%3D&page=2&per_page=2>; rel=\"next\"", server.uri());
    let first = ResponseTemplate::new(200).set_body_json([issue(4), issue(3)]).insert_header("link", next.as_str());
    let list = || Mock::given(method("GET")).and(path(ISSUES));
    list()
        .and(query_param("after", "Y3Vy="))
        .respond_with(ResponseTemplate::new(200).set_body_json([issue(1)]))
        .with_priority(1)
        .mount(&server)
        .await;
    list().respond_with(first).mount(&server).await;
    let query = TaskQuery::in_project("7").page_size(2_u32).sort(Sort::descending(SortField::CreatedAt));
    let tasks = Arc::new(provider).list_tasks(query).await.unwrap();
    assert_eq!(numbers(&tasks), ["7#4", "7#3", "7#1"]);
    let last = asked(&server, ISSUES).await.pop().unwrap();
    assert_eq!(last, "state=all&sort=created&direction=desc&per_page=2&after=Y3Vy%3D&page=2");
}

#[tokio::test]
async fn an_unchanged_page_is_only_asked_about() {
    let (server, provider) = github().await;
    web(&server).await;
    let list = || Mock::given(method("GET")).and(path(ISSUES));
    list()
        .and(header("if-none-match", "\"e1\""))
        .respond_with(ResponseTemplate::new(304))
        .expect(1)
        .with_priority(1)
        .mount(&server)
        .await;
    let reply = ResponseTemplate::new(200).set_body_json([issue(1)]).insert_header("etag", "\"e1\"");
    list().respond_with(reply).expect(1).mount(&server).await;
    let provider = Arc::new(provider);
    for _ in 0..2 {
        let tasks = provider.list_tasks(TaskQuery::in_project("7")).await.unwrap();
        assert_eq!(numbers(&tasks), ["7#1"]);
    }
}

#[tokio::test]
async fn filters_are_githubs_where_it_has_them() {
    let (server, provider) = github().await;
    web(&server).await;
    answer(&server, "GET", "/user/6", 200, json!({ "id": 6, "login": "bob" })).await;
    answer(&server, "GET", ISSUES, 200, json!([])).await;
    let provider = Arc::new(provider);
    let since = "2026-01-02T03:04:05.5Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    for (query, expected) in [
        (TaskQuery::new().statuses([StatusCategory::Todo]), "state=open&"),
        (TaskQuery::new().statuses([StatusCategory::Cancelled]), "state=closed&"),
        (TaskQuery::new().assignee("6"), "state=all&assignee=bob&"),
        (TaskQuery::new().unassigned(), "state=all&assignee=none&"),
        (TaskQuery::new().sprint("7#m3"), "state=all&milestone=3&"),
        (TaskQuery::new().without_sprint(), "state=all&milestone=none&"),
        (TaskQuery::new().labels(["a b", "ü"]), "state=all&labels=a+b%2C%C3%BC&"),
        (TaskQuery::new().updated_since(since), "state=all&since=2026-01-02T03%3A04%3A04Z&"),
        (TaskQuery::new().text("x"), "state=all&"),
    ] {
        provider.list_tasks(query.project("7")).await.unwrap();
        let asked = asked(&server, ISSUES).await.pop().unwrap();
        assert_eq!(asked, format!("{expected}sort=created&direction=asc&per_page=100"));
    }
    let before = asked(&server, ISSUES).await.len();
    for query in [
        TaskQuery::new().statuses([StatusCategory::InProgress]),
        TaskQuery::new().sprint("8#m3"),
        TaskQuery::new().sprint("nonsense"),
        TaskQuery::new().assignee("not a login!"),
    ] {
        answer(&server, "GET", "/repositories/8", 200, repository(8, "octo", "app")).await;
        assert!(provider.list_tasks(query.project("7")).await.unwrap().is_empty());
    }
    assert_eq!(asked(&server, ISSUES).await.len(), before, "nothing can be found: nobody is asked");
}

#[tokio::test]
async fn what_is_closed_for_another_reason_is_left_out() {
    let (server, provider) = github().await;
    web(&server).await;
    let closed = |number, reason: &str| with(issue(number), json!({ "state": "closed", "state_reason": reason }));
    let rows = [closed(1, "completed"), closed(2, "not_planned"), closed(3, "duplicate")];
    page(&server, 1, &rows, false).await;
    let query = TaskQuery::in_project("7").statuses([StatusCategory::Cancelled]);
    let tasks = Arc::new(provider).list_tasks(query).await.unwrap();
    assert_eq!(numbers(&tasks), ["7#2", "7#3"]);
}

#[tokio::test]
async fn a_milestone_that_is_not_there_finds_nothing() {
    let (server, provider) = github().await;
    web(&server).await;
    answer(&server, "GET", ISSUES, 422, json!({ "message": "Validation Failed" })).await;
    let provider = Arc::new(provider);
    let tasks = provider.list_tasks(TaskQuery::in_project("7").sprint("7#m3")).await.unwrap();
    assert!(tasks.is_empty());
    let error = provider.list_tasks(TaskQuery::in_project("7")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_key_names_one_issue() {
    let (server, provider) = github().await;
    web(&server).await;
    answer(&server, "GET", "/repos/OCTO/Web", 200, repository(7, "octo", "web")).await;
    answer(&server, "GET", &format!("{ISSUES}/3"), 200, issue(3)).await;
    answer(&server, "GET", &format!("{ISSUES}/4"), 200, pull(4)).await;
    let provider = Arc::new(provider);
    assert_eq!(provider.task_by_key("OCTO/Web#3").await.unwrap().key.as_deref(), Some("octo/web#3"));
    for key in ["octo/web#4", "octo/web#5", "7#3", "nonsense"] {
        let error = provider.task_by_key(key).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{key}");
    }
}
