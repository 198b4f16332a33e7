//! A server with planted answers, and a provider on it.

use std::sync::Arc;

use pm_provider::{PmProvider, Secret};
use pm_provider_redmine::{RedmineConfig, RedmineProvider};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// The key that must never show.
pub(crate) const KEY: &str = "s3cr3t-k3y";

/// Starts a server that knows its own definitions: statuses, trackers, priorities and who we are.
pub(crate) async fn server() -> MockServer {
    let server = MockServer::start().await;
    let definitions = [
        (
            "issue_statuses",
            json!({ "issue_statuses": [
                { "id": 1, "name": "New", "is_closed": false }, { "id": 2, "name": "In Progress", "is_closed": false },
                { "id": 5, "name": "Closed", "is_closed": true },
            ] }),
        ),
        ("trackers", json!({ "trackers": [{ "id": 1, "name": "Bug", "default_status": { "id": 1, "name": "New" } }] })),
        (
            "enumerations/issue_priorities",
            json!({ "issue_priorities": [{ "id": 2, "name": "Normal", "active": true }] }),
        ),
        ("users/current", json!({ "user": { "id": 5, "login": "bob", "firstname": "Bob", "lastname": "Builder" } })),
    ];
    for (name, body) in definitions {
        answer(&server, "GET", &format!("/{name}.json"), 200, &body).await;
    }
    // Only administrators may read these.
    plant(&server, "GET", "/custom_fields.json", ResponseTemplate::new(403)).await;
    server
}

/// Makes a provider of a server.
pub(crate) fn provider(server: &MockServer) -> Arc<dyn PmProvider> {
    Arc::new(RedmineProvider::new(RedmineConfig::new(server.uri(), Secret::new(KEY))).unwrap())
}

/// Plants an answer in JSON.
pub(crate) async fn answer(server: &MockServer, verb: &str, at: &str, status: u16, body: &Value) {
    plant(server, verb, at, ResponseTemplate::new(status).set_body_json(body)).await;
}

/// Plants an answer.
pub(crate) async fn plant(server: &MockServer, verb: &str, at: &str, template: ResponseTemplate) {
    Mock::given(method(verb)).and(path(at)).respond_with(template).mount(server).await;
}

/// Plants an answer that comes once, before those that were planted later.
pub(crate) async fn plant_once(server: &MockServer, verb: &str, at: &str, template: ResponseTemplate) {
    Mock::given(method(verb)).and(path(at)).respond_with(template).up_to_n_times(1).mount(server).await;
}

/// The requests of a kind that came.
pub(crate) async fn requests(server: &MockServer, verb: &str, at: &str) -> Vec<Request> {
    let all = server.received_requests().await.unwrap();
    all.into_iter().filter(|request| request.method.as_str() == verb && request.url.path() == at).collect()
}

/// The parameters of a request, decoded.
pub(crate) fn parameters(request: &Request) -> Vec<(String, String)> {
    request.url.query_pairs().into_owned().collect()
}

/// An issue with a title and some members of its own.
pub(crate) fn issue(id: u64, title: &str, more: Value) -> Value {
    let mut issue = json!({
        "id": id, "project": { "id": 7, "name": "Web" }, "tracker": { "id": 1, "name": "Bug" },
        "status": { "id": 1, "name": "New", "is_closed": false }, "priority": { "id": 2, "name": "Normal" },
        "author": { "id": 5, "name": "Bob Builder" }, "subject": title, "description": "",
        "created_on": "2026-11-21T18:00:00Z", "updated_on": "2026-11-21T18:00:00Z", "closed_on": null,
    });
    if let (Some(members), Value::Object(more)) = (issue.as_object_mut(), more) {
        members.extend(more);
    }
    issue
}

/// A list of issues.
pub(crate) fn issues(list: &[Value]) -> Value {
    json!({ "issues": list, "total_count": list.len(), "offset": 0, "limit": 100 })
}
