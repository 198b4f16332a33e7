//! Comments on the wire.

use pm_provider::{CommentId, CommentPatch, CommentQuery, ErrorKind, NewComment, PmProvider, TaskId};
use pm_provider_github::GitHubProvider;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, github, repository};

fn comment(id: u64, issue: u64, body: &str, is_pull_request: bool) -> Value {
    let place = if is_pull_request { "pull" } else { "issues" };
    json!({ "id": id, "body": body, "user": { "id": 5, "login": "mel", "type": "User" },
        "issue_url": format!("https://api.github.com/repos/octo/web/issues/{issue}"),
        "html_url": format!("https://github.com/octo/web/{place}/{issue}#issuecomment-{id}"),
        "created_at": format!("2026-01-01T00:00:{:02}Z", id % 60), "updated_at": "2026-01-02T00:00:00Z" })
}

async fn site() -> (MockServer, GitHubProvider) {
    let (server, provider) = github().await;
    answer(&server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
    answer(&server, "GET", "/rate_limit", 200, json!({})).await;
    (server, provider)
}

#[tokio::test]
async fn all_pages_are_read() {
    let (server, provider) = site().await;
    let at = "/repos/octo/web/issues/3/comments";
    let next = format!("<{}{at}?per_page=100&page=2>; rel=\"next\"", server.uri());
    let first = ResponseTemplate::new(200).set_body_json([comment(1, 3, "one", false)]).insert_header("link", next);
    Mock::given(method("GET")).and(path(at)).respond_with(first).with_priority(9).mount(&server).await;
    let second = ResponseTemplate::new(200).set_body_json([comment(2, 3, "two", false)]);
    Mock::given(method("GET")).and(path(at)).and(query_param("page", "2")).respond_with(second).mount(&server).await;
    let comments = provider.comments().unwrap();
    let page = comments.comments_page(&CommentQuery::of_task("7#3"), None).await.unwrap();
    let shown: Vec<_> = page.items.iter().map(|comment| (comment.id.as_str(), comment.body.as_str())).collect();
    assert_eq!(shown, [("7#c1", "one"), ("7#c2", "two")]);
    assert_eq!(page.items[0].author_id.as_ref().map(AsRef::as_ref), Some("5"));
}

#[tokio::test]
async fn those_of_a_repository_are_those_of_its_issues() {
    let (server, provider) = site().await;
    let rows = json!([comment(1, 3, "one", false), comment(2, 4, "a review", true), comment(3, 5, "three", false)]);
    answer(&server, "GET", "/repos/octo/web/issues/comments", 200, rows).await;
    let comments = provider.comments().unwrap();
    let page = comments.comments_page(&CommentQuery::in_project("7"), None).await.unwrap();
    let tasks: Vec<_> = page.items.iter().map(|comment| comment.task_id.as_str()).collect();
    assert_eq!(tasks, ["7#3", "7#5"]);
}

#[tokio::test]
async fn a_comment_of_another_issue_is_not_found_in_this_one() {
    let (server, provider) = site().await;
    answer(&server, "GET", "/repos/octo/web/issues/comments/1", 200, comment(1, 3, "one", false)).await;
    let comments = provider.comments().unwrap();
    let id = CommentId::new("7#c1");
    assert_eq!(comments.get_comment(&TaskId::new("7#3"), &id).await.unwrap().body, "one");
    let error = comments.get_comment(&TaskId::new("7#4"), &id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn the_mark_of_a_key_outlives_a_change_and_is_not_shown() {
    let (server, provider) = site().await;
    answer(&server, "GET", "/repos/octo/web/issues/3/comments", 200, json!([])).await;
    let made = |request: &wiremock::Request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        ResponseTemplate::new(201).set_body_json(comment(1, 3, body["body"].as_str().unwrap(), false))
    };
    Mock::given(method("POST")).and(path("/repos/octo/web/issues/3/comments")).respond_with(made).mount(&server).await;
    let comments = provider.comments().unwrap();
    let new = NewComment::new("7#3", "Looks good").idempotency_key("k");
    let shown = comments.create_comment(new).await.unwrap();
    assert_eq!(shown.body, "Looks good");
    let posted = server.received_requests().await.unwrap();
    let stored: Value = serde_json::from_slice(&posted.last().unwrap().body).unwrap();
    let stored = stored["body"].as_str().unwrap();
    assert!(stored.contains("<!-- pm-core:"), "{stored}");
    answer(&server, "GET", "/repos/octo/web/issues/comments/1", 200, comment(1, 3, stored, false)).await;
    answer(&server, "PATCH", "/repos/octo/web/issues/comments/1", 200, comment(1, 3, "x", false)).await;
    let patch = CommentPatch::new().body("Changed");
    comments.update_comment(&TaskId::new("7#3"), &CommentId::new("7#c1"), patch).await.unwrap();
    let changed = server.received_requests().await.unwrap();
    let changed: Value = serde_json::from_slice(&changed.last().unwrap().body).unwrap();
    assert_eq!(changed["body"].as_str(), Some(stored.replace("Looks good", "Changed").as_str()));
}
