//! Who may ask for what.

use std::time::Duration;

use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::jira::FakeJira;
use reqwest::Method;
use serde_json::json;

use super::{Api, answer, read, whole};

#[tokio::test]
async fn a_wrong_token_is_an_anonymous_reader_and_says_so_in_a_header_alone() {
    let api = Api::web().await;
    let wrong = |path: &str| api.request(Method::GET, path).basic_auth(api.server.username(), Some("wrong")).send();
    let reply = wrong("/project/search").await.unwrap();
    assert_eq!(reply.headers()["x-seraph-loginreason"], "AUTHENTICATED_FAILED");
    let (status, projects) = answer(reply).await;
    assert_eq!((status, projects["total"].as_u64()), (200, Some(0)));
    let (status, found) = answer(wrong("/search/jql?jql=created%3E0").await.unwrap()).await;
    assert_eq!((status, found), (200, json!({ "issues": [], "isLast": true })));
    // What is about the asker is refused.
    let reply = wrong("/myself").await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.headers().contains_key("www-authenticate")), (401, true));
    assert_eq!(reply.text().await.unwrap(), "Client must be authenticated to access this resource.");
    let good = api.response(Method::GET, "/project/search", None).await;
    assert_eq!(good.headers()["x-seraph-loginreason"], "OK");
    assert_eq!(answer(good).await.1["total"], 1);
    assert!(!format!("{:?}", api.server).contains(api.server.api_token()));
}

#[tokio::test]
async fn a_site_takes_no_bearer_tokens() {
    let api = Api::web().await;
    let reply = api.request(Method::GET, "/myself").bearer_auth(api.server.api_token()).send().await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.text().await.unwrap().contains("Connect Session")), (403, true));
}

#[tokio::test]
async fn an_installation_refuses_wrong_credentials_with_a_page() {
    let api = Api::with(FakeJira::data_center_builder().seed(read(&super::web()))).await;
    assert_eq!(api.get("/myself").await.1["key"], "JIRAUSER10100");
    let basic = |password: &str| api.request(Method::GET, "/myself").basic_auth(api.server.username(), Some(password));
    assert_eq!(basic(api.server.password()).send().await.unwrap().status(), 200);
    let refused = basic("wrong").send().await.unwrap();
    assert_eq!(refused.headers()["x-seraph-loginreason"], "AUTHENTICATED_FAILED");
    assert_eq!(refused.status(), 401);
    assert!(refused.text().await.unwrap().starts_with("<html>"));
    // The kind of server is told to anybody.
    let (status, info) = api.as_nobody("/serverInfo").await;
    assert_eq!((status, info["deploymentType"].as_str()), (200, Some("Server")));
}

#[tokio::test]
async fn the_invisible_is_not_found_and_the_forbidden_is_forbidden() {
    let api = Api::seeded(json!({ "projects": [
        { "key": "SEC", "private": true, "issues": [{ "summary": "Hidden" }] },
        { "key": "SEE", "private": true, "viewers": ["mel"], "issues": [{ "summary": "Seen" }] },
        { "key": "WEB", "issues": [{ "summary": "Open" }] },
    ] }))
    .await;
    let get = |path: &'static str| api.as_mel(Method::GET, path, None);
    assert_eq!(whole(&get("/project/SEC").await), (404, "No project could be found with key 'SEC'."));
    let hidden = get("/issue/SEC-1").await;
    assert_eq!(whole(&hidden), (404, "Issue does not exist or you do not have permission to see it."));
    assert_eq!(get("/issue/SEE-1").await.0, 200);
    // Without the permission to edit, no field is on the screen.
    let edit = json!({ "fields": { "summary": "Mine" } });
    let refused = api.as_mel(Method::PUT, "/issue/SEE-1", Some(edit.clone())).await;
    assert_eq!(refused.0, 400);
    assert!(refused.1["errors"]["summary"].as_str().unwrap().contains("not on the appropriate screen"));
    assert_eq!(get("/issue/SEE-1/transitions").await.1["transitions"], json!([]));
    assert_eq!(api.as_mel(Method::PUT, "/issue/WEB-1", Some(edit)).await.0, 204);
    let refused = api.as_mel(Method::DELETE, "/issue/WEB-1", None).await;
    assert_eq!(whole(&refused), (403, "You do not have permission to delete issues in this project."));
    let refused = api.as_mel(Method::PUT, "/issue/WEB-1?notifyUsers=false", Some(json!({ "fields": {} }))).await;
    assert_eq!(refused.0, 403);
    let project = json!({ "key": "NEW", "name": "New" });
    assert_eq!(api.as_mel(Method::POST, "/project", Some(project)).await.0, 403);
}

#[tokio::test]
async fn bursts_and_writes_to_one_issue_are_limited_apart() {
    let api = Api::with(FakeJira::builder().burst_limit(40).seed(read(&super::web()))).await;
    let issue = api.issue(json!({})).await;
    let mut last = None;
    for number in 0..45 {
        let edit = json!({ "fields": { "summary": number.to_string() } });
        let reply = api.response(Method::PUT, &format!("/issue/{issue}"), Some(edit)).await;
        if reply.status() == 429 {
            last = Some(reply);
            break;
        }
    }
    // The bucket of updates has half the size of that of reads, as many as one issue takes.
    let refused = last.unwrap();
    let reason = refused.headers()["ratelimit-reason"].to_str().unwrap();
    assert!(["jira-per-issue-on-write", "jira-burst-based"].contains(&reason), "{reason}");
    assert_eq!(refused.headers()["retry-after"], "1");
    assert!(refused.headers()["x-ratelimit-reset"].to_str().unwrap().ends_with('Z'));
    assert_eq!(api.get(&format!("/issue/{issue}")).await.0, 200);
}

#[tokio::test]
async fn one_issue_takes_twenty_writes_in_two_seconds() {
    let api = Api::web().await;
    let (one, other) = (api.issue(json!({})).await, api.issue(json!({})).await);
    for _ in 0..20 {
        assert_eq!(api.put(&format!("/issue/{one}"), json!({ "fields": {} })).await.0, 204);
    }
    let refused = api.response(Method::PUT, &format!("/issue/{one}"), Some(json!({ "fields": {} }))).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["ratelimit-reason"], "jira-per-issue-on-write");
    assert_eq!(api.put(&format!("/issue/{other}"), json!({ "fields": {} })).await.0, 204);
}

#[tokio::test]
async fn faults_spoil_answers_and_large_ones_are_packed() {
    let api = Api::web().await;
    let lost = api.server.faults().add(FaultRule::new(HttpFault::DropReply).method("POST").path("/issue").nth(1));
    let fields = json!({ "project": { "id": "10000" }, "issuetype": { "name": "Task" }, "summary": "Twice" });
    let request = api.request(Method::POST, "/issue").basic_auth(api.server.username(), Some(api.server.api_token()));
    assert!(request.json(&json!({ "fields": fields })).send().await.is_err());
    assert_eq!((lost.fired(), api.get("/issue/WEB-1").await.0), (1, 200));
    let packed = api.request(Method::GET, "/field").header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(api.found("project = WEB").await, ["WEB-1"]);
}
