//! Limits and refusals, as GitHub tells of them.

use std::time::{Duration, Instant};

use chrono::Utc;
use pm_provider::{Effect, ErrorKind, NewComment, PmProvider, ProjectId, Retry};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, github, repository};

async fn refuse_once(server: &MockServer, reply: ResponseTemplate) {
    let mock = Mock::given(method("GET")).and(path("/repositories/7")).respond_with(reply);
    mock.up_to_n_times(1).with_priority(1).mount(server).await;
}

#[tokio::test]
async fn a_limit_that_only_the_text_tells_of_is_waited_for() {
    for text in ["You have exceeded a secondary rate limit.", "You have triggered an abuse detection mechanism."] {
        let (server, provider) = github().await;
        answer(&server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
        refuse_once(&server, ResponseTemplate::new(403).set_body_json(json!({ "message": text }))).await;
        let started = Instant::now();
        provider.get_project(&ProjectId::new("7")).await.unwrap();
        // A thousandth of a minute.
        assert!(started.elapsed() >= Duration::from_millis(60), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_write_that_was_limited_is_sent_again() {
    let (server, provider) = github().await;
    answer(&server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
    answer(&server, "GET", "/rate_limit", 200, json!({})).await;
    let comment = json!({ "id": 1, "body": "Done", "issue_url": "https://api.github.com/repos/octo/web/issues/3" });
    answer(&server, "POST", "/repos/octo/web/issues/3/comments", 201, comment).await;
    let limited = ResponseTemplate::new(403).set_body_json(json!({ "message": "was submitted too quickly" }));
    let mock = Mock::given(method("POST")).respond_with(limited).up_to_n_times(1).with_priority(1).expect(1);
    mock.mount(&server).await;
    provider.comments().unwrap().create_comment(NewComment::new("7#3", "Done")).await.unwrap();
}

#[tokio::test]
async fn an_hour_that_is_used_up_says_when_the_next_one_begins() {
    let (server, provider) = github().await;
    let reset = Utc::now().timestamp() + 1800;
    let used_up = ResponseTemplate::new(403)
        .set_body_json(json!({ "message": "API rate limit exceeded for user ID 1." }))
        .insert_header("x-ratelimit-remaining", "0")
        .insert_header("x-ratelimit-resource", "core")
        .insert_header("x-ratelimit-reset", reset.to_string());
    Mock::given(path("/repositories/7")).respond_with(used_up).mount(&server).await;
    for _ in 0..2 {
        let error = provider.get_project(&ProjectId::new("7")).await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::RateLimited, &Effect::NotExecuted));
        assert!(matches!(error.retry(), Retry::After(pause) if pause > Duration::from_secs(1700)), "{error:?}");
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 1, "the second one is not even sent");
}

#[tokio::test]
async fn a_refusal_that_is_no_limit_is_told_as_what_it_is() {
    for (status, header, kind, hint) in [
        (401, None, ErrorKind::Unauthenticated, "GITHUB_TOKEN"),
        (403, None, ErrorKind::PermissionDenied, "lacks a permission"),
        (
            403,
            Some(("x-github-sso", "required; url=https://github.com/orgs/acme/sso?x=1")),
            ErrorKind::PermissionDenied,
            "single sign-on",
        ),
        (404, None, ErrorKind::NotFound, ""),
        (410, None, ErrorKind::NotFound, ""),
    ] {
        let (server, provider) = github().await;
        let reply =
            ResponseTemplate::new(status).set_body_json(json!({ "message": "No", "status": status.to_string() }));
        let reply = header.into_iter().fold(reply, |reply, (name, value)| reply.insert_header(name, value));
        Mock::given(path("/repositories/7")).respond_with(reply).mount(&server).await;
        let error = provider.get_project(&ProjectId::new("7")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        assert!(error.hint_text().unwrap_or_default().contains(hint), "{error}");
        assert!(!format!("{error} {error:?}").contains("ghp_s3cr3t"));
    }
}
