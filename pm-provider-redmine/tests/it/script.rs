//! A server that answers one after the other, by a script.

use std::sync::atomic::{AtomicUsize, Ordering};

use pm_provider::Secret;
use pm_provider_redmine::{RedmineConfig, RedmineProvider};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// The user whose key the provider has.
pub(crate) const ME: u64 = 5;

/// A server that knows who we are and which statuses there are, and a provider on it.
pub(crate) async fn wire() -> (MockServer, RedmineProvider) {
    let server = MockServer::start().await;
    let config = RedmineConfig::new(server.uri(), Secret::new("s3cr3t"));
    answer(&server, "GET", "/users/current.json", 200, json!({ "user": { "id": ME, "login": "robot" } })).await;
    let statuses = json!([
        { "id": 1, "name": "New", "is_closed": false },
        { "id": 6, "name": "Closed", "is_closed": true },
    ]);
    answer(&server, "GET", "/issue_statuses.json", 200, json!({ "issue_statuses": statuses })).await;
    answer(&server, "GET", "/enumerations/issue_priorities.json", 200, json!({ "issue_priorities": [] })).await;
    answer(&server, "GET", "/trackers.json", 200, json!({ "trackers": [] })).await;
    answer(&server, "GET", "/custom_fields.json", 403, Value::Null).await;
    (server, RedmineProvider::new(config).unwrap())
}

fn reply(status: u16, json: &Value) -> ResponseTemplate {
    let reply = ResponseTemplate::new(status);
    if json.is_null() { reply } else { reply.set_body_json(json) }
}

/// Answers a request with JSON, however often it comes; `null` is an empty body.
pub(crate) async fn answer(server: &MockServer, verb: &str, at: &str, status: u16, json: Value) {
    Mock::given(method(verb)).and(path(at)).respond_with(reply(status, &json)).mount(server).await;
}

/// Answers one request after the other, and the last one for ever.
pub(crate) async fn answers(server: &MockServer, verb: &str, at: &str, replies: Vec<(u16, Value)>) {
    let script = Script(replies, AtomicUsize::new(0));
    Mock::given(method(verb)).and(path(at)).respond_with(script).mount(server).await;
}

struct Script(Vec<(u16, Value)>, AtomicUsize);

impl Respond for Script {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let turn = self.1.fetch_add(1, Ordering::Relaxed).min(self.0.len() - 1);
        reply(self.0[turn].0, &self.0[turn].1)
    }
}

/// An issue of project 7 that we made.
pub(crate) fn issue(id: u64, title: &str) -> Value {
    json!({
        "id": id, "project": { "id": 7 }, "status": { "id": 1, "name": "New" }, "subject": title,
        "author": { "id": ME }, "created_on": "2999-01-01T08:00:00Z", "updated_on": "2999-01-01T08:00:00Z",
    })
}

/// The same with a member changed or added.
pub(crate) fn with(mut item: Value, member: &str, value: Value) -> Value {
    item[member] = value;
    item
}

/// A list of issues.
pub(crate) fn issues(list: &[Value]) -> Value {
    json!({ "issues": list, "total_count": list.len() })
}

/// The bodies of the requests that came with a method, and were not read only.
pub(crate) async fn bodies(server: &MockServer, verb: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap().into_iter();
    let sent = requests.filter(|request| request.method.as_str() == verb);
    sent.map(|request| serde_json::from_slice(&request.body).unwrap_or_default()).collect()
}
