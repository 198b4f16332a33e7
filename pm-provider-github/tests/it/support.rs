//! What the tests share.

use pm_provider::Secret;
use pm_provider_github::{GitHubConfig, GitHubProvider};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// How to reach a scripted GitHub, with the token `ghp_s3cr3t`; waits are a thousandth of what they are.
pub(crate) fn config(server: &MockServer) -> GitHubConfig {
    GitHubConfig::new(Secret::new("ghp_s3cr3t")).base_url(server.uri()).pace(0.001)
}

/// A scripted GitHub.
pub(crate) async fn github() -> (MockServer, GitHubProvider) {
    let server = MockServer::start().await;
    let provider = GitHubProvider::new(config(&server)).unwrap();
    (server, provider)
}

/// Answers a request with JSON, however often it comes.
pub(crate) async fn answer(server: &MockServer, verb: &str, at: &str, status: u16, json: Value) {
    let reply = ResponseTemplate::new(status).set_body_raw(json.to_string(), "application/json; charset=utf-8");
    Mock::given(method(verb)).and(path(at)).respond_with(reply).mount(server).await;
}

/// A repository as the server shows it.
pub(crate) fn repository(id: u64, owner: &str, name: &str) -> Value {
    json!({ "id": id, "node_id": format!("R_{id}"), "name": name, "full_name": format!("{owner}/{name}"),
        "private": false, "owner": { "id": 1, "login": owner, "type": "User" }, "description": null,
        "html_url": format!("https://github.com/{owner}/{name}"), "archived": false, "disabled": false,
        "has_issues": true, "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-02-03T04:05:06Z",
        "permissions": { "admin": true, "maintain": true, "push": true, "triage": true, "pull": true } })
}
