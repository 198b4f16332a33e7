//! Opening pull requests on the wire.

use pm_provider::{ErrorKind, Field, NewPullRequest, PmProvider, PullRequestQuery};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::pulls_wire::{asked, pull};
use crate::support::{answer, github, repository};

const PULLS: &str = "/repos/octo/web/pulls";

fn with_main_branch() -> Value {
    let mut row = repository(7, "octo", "web");
    row["default_branch"] = json!("trunk");
    row
}

#[tokio::test]
async fn what_is_not_said_is_not_sent_and_the_main_branch_is_asked_for() {
    let (server, provider) = github().await;
    answer(&server, "GET", "/repositories/7", 200, with_main_branch()).await;
    let expected = json!({ "title": "Paint", "head": "fence", "base": "trunk", "draft": false });
    Mock::given(method("POST"))
        .and(path(PULLS))
        .and(body_json(expected))
        .respond_with(ResponseTemplate::new(201).set_body_json(pull(3)))
        .expect(1)
        .mount(&server)
        .await;
    let pulls = provider.pull_requests().unwrap();
    let opened = pulls.create_pull_request(NewPullRequest::new("7", "Paint", "fence")).await.unwrap();
    assert_eq!((opened.number, opened.id.as_str(), opened.project_id.as_str()), (3, "9003", "7"));
}

#[tokio::test]
async fn everything_that_is_said_is_sent() {
    let (server, provider) = github().await;
    answer(&server, "GET", "/repositories/7", 200, with_main_branch()).await;
    let expected =
        json!({ "title": "Paint", "head": "octocat:fence", "base": "main", "draft": true, "body": "Closes #1" });
    Mock::given(method("POST"))
        .and(path(PULLS))
        .and(body_json(expected))
        .respond_with(ResponseTemplate::new(201).set_body_json(pull(3)))
        .expect(1)
        .mount(&server)
        .await;
    let new = NewPullRequest::new("7", "Paint", "octocat:fence");
    let new = new.target_branch("main").draft(true).description("Closes #1");
    provider.pull_requests().unwrap().create_pull_request(new).await.unwrap();
}

fn validation(error: &Value) -> Value {
    json!({ "message": "Validation Failed", "errors": [error], "documentation_url": "https://docs.github.com/rest" })
}

#[tokio::test]
async fn a_second_one_is_a_conflict_that_names_the_first() {
    let (server, provider) = github().await;
    answer(&server, "GET", "/repositories/7", 200, with_main_branch()).await;
    let twin = json!({ "resource": "PullRequest", "code": "custom", "message": "A pull request already exists for octo:fence." });
    answer(&server, "POST", PULLS, 422, validation(&twin)).await;
    answer(&server, "GET", PULLS, 200, json!([pull(3)])).await;
    let new = NewPullRequest::new("7", "Paint", "fence").target_branch("main");
    let error = provider.pull_requests().unwrap().create_pull_request(new).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Conflict, Some(422)));
    assert_eq!(error.message(), "pull request #3 of `octo:fence` into `main` is open already");
    let last = asked(&server).await.pop().unwrap();
    let query = "?state=open&head=octo%3Afence&base=main&sort=created&direction=desc&per_page=30";
    assert_eq!(last, format!("GET {PULLS}{query}"));
}

#[tokio::test]
async fn a_branch_that_is_not_there_is_the_fields_fault() {
    let (server, provider) = github().await;
    answer(&server, "GET", "/repositories/7", 200, with_main_branch()).await;
    let invalid = json!({ "resource": "PullRequest", "field": "head", "code": "invalid" });
    answer(&server, "POST", PULLS, 422, validation(&invalid)).await;
    let error = provider.pull_requests().unwrap().create_pull_request(NewPullRequest::new("7", "Paint", "x")).await;
    let error = error.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::SourceBranch));
}

#[tokio::test]
async fn what_was_opened_makes_what_is_remembered_out_of_date() {
    let (server, provider) = github().await;
    answer(&server, "GET", "/repositories/7", 200, with_main_branch()).await;
    answer(&server, "GET", PULLS, 200, json!([])).await;
    answer(&server, "POST", PULLS, 201, pull(3)).await;
    let pulls = provider.pull_requests().unwrap();
    let query = PullRequestQuery::in_project("7");
    for _ in 0..2 {
        pulls.pull_requests_page(&query, None).await.unwrap();
    }
    pulls.create_pull_request(NewPullRequest::new("7", "Paint", "fence").target_branch("main")).await.unwrap();
    pulls.pull_requests_page(&query, None).await.unwrap();
    let asked = asked(&server).await;
    assert_eq!(asked.iter().filter(|line| line.starts_with("GET /repos/octo/web/pulls")).count(), 2, "{asked:?}");
}

#[tokio::test]
async fn an_idempotency_key_is_refused_before_any_request() {
    let (server, provider) = github().await;
    let new = NewPullRequest::new("7", "Paint", "fence").idempotency_key("k");
    let error = provider.pull_requests().unwrap().create_pull_request(new).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(server.received_requests().await.unwrap().is_empty());
}
