//! What the tests share.

use pm_provider::Secret;
use pm_provider_jira::{Flavor, JiraConfig, JiraProvider};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// How to reach a scripted site, with the token `ATATT-s3cr3t`.
pub(crate) fn wire_config(server: &MockServer, flavor: Flavor) -> JiraConfig {
    let config = JiraConfig::new(server.uri(), Secret::new("ATATT-s3cr3t")).flavor(flavor);
    if flavor == Flavor::Cloud { config.username("ann@example.org") } else { config }
}

/// A scripted Cloud site.
pub(crate) async fn cloud() -> (MockServer, JiraProvider) {
    wire(Flavor::Cloud).await
}

/// A scripted Data Center.
pub(crate) async fn data_center() -> (MockServer, JiraProvider) {
    wire(Flavor::DataCenter).await
}

async fn wire(flavor: Flavor) -> (MockServer, JiraProvider) {
    let server = MockServer::start().await;
    let provider = JiraProvider::new(wire_config(&server, flavor)).unwrap();
    (server, provider)
}

/// Answers a request with JSON, however often it comes.
pub(crate) async fn answer(server: &MockServer, verb: &str, at: &str, status: u16, json: Value) {
    let reply = ResponseTemplate::new(status).set_body_raw(json.to_string(), "application/json;charset=UTF-8");
    Mock::given(method(verb)).and(path(at)).respond_with(reply).mount(server).await;
}

/// Answers a request once with JSON; what was mounted before answers from then on.
pub(crate) async fn answer_once(server: &MockServer, verb: &str, at: &str, status: u16, json: Value) {
    let reply = ResponseTemplate::new(status).set_body_raw(json.to_string(), "application/json;charset=UTF-8");
    let mock = Mock::given(method(verb)).and(path(at)).respond_with(reply);
    mock.up_to_n_times(1).with_priority(1).mount(server).await;
}

/// Answers a request without a body.
pub(crate) async fn answer_empty(server: &MockServer, verb: &str, at: &str, status: u16) {
    Mock::given(method(verb)).and(path(at)).respond_with(ResponseTemplate::new(status)).mount(server).await;
}

/// Who we are: Ann.
pub(crate) fn ann(flavor: Flavor) -> Value {
    if flavor == Flavor::Cloud {
        json!({ "accountId": "5b10:ann", "accountType": "atlassian", "displayName": "Ann Lee", "active": true,
            "emailAddress": "ann@example.org", "timeZone": "Australia/Sydney",
            "avatarUrls": { "48x48": "https://avatars.example.org/ann.png" } })
    } else {
        json!({ "key": "JIRAUSER10100", "name": "ann", "displayName": "Ann Lee", "active": true,
            "emailAddress": "ann@example.org", "timeZone": "Europe/Vienna" })
    }
}

/// A project as the server shows it.
pub(crate) fn project(id: u64, key: &str, name: &str) -> Value {
    json!({ "id": id.to_string(), "key": key, "name": name, "description": "", "projectTypeKey": "software",
        "style": "classic", "isPrivate": false, "lead": { "accountId": "5b10:ann", "displayName": "Ann Lee" } })
}

/// A board of project 10000.
pub(crate) fn board(id: u64, kind: &str) -> Value {
    json!({ "id": id, "name": format!("Board {id}"), "type": kind,
        "location": { "projectId": 10000, "projectKey": "WEB", "name": "Web (WEB)" } })
}

/// A sprint of board 1.
pub(crate) fn sprint(id: u64, state: &str) -> Value {
    json!({ "id": id, "state": state, "name": format!("Sprint {id}"), "originBoardId": 1, "goal": "",
        "startDate": "2026-11-02T10:00:00.000Z", "endDate": "2026-11-13T10:30:00.000Z",
        "createdDate": "2026-10-30T08:15:00.123Z" })
}

/// One page that is all.
pub(crate) fn page(values: &[Value]) -> Value {
    json!({ "startAt": 0, "maxResults": 50, "total": values.len(), "isLast": true, "values": values })
}

/// The bodies of the requests that came with a method.
pub(crate) async fn bodies(server: &MockServer, verb: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    let sent = requests.iter().filter(|request| request.method.as_str() == verb);
    sent.map(|request| serde_json::from_slice(&request.body).unwrap_or(Value::Null)).collect()
}

/// The queries of the requests to a path, name and value.
pub(crate) async fn queries(server: &MockServer, at: &str) -> Vec<Vec<(String, String)>> {
    let requests = server.received_requests().await.unwrap();
    let those = requests.iter().filter(|request| request.url.path() == at);
    let query = |request: &wiremock::Request| {
        request.url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    };
    those.map(query).collect()
}

/// A query as it is written.
pub(crate) fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// How many requests came with a method to a path.
pub(crate) async fn count(server: &MockServer, verb: &str, at: &str) -> usize {
    let requests = server.received_requests().await.unwrap();
    requests.iter().filter(|request| request.method.as_str() == verb && request.url.path() == at).count()
}
