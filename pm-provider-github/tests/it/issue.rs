//! Issues as the server shows them, and what came over the wire about them.

use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, repository};

/// Where the issues of the repository `octo/web` are.
pub(crate) const ISSUES: &str = "/repos/octo/web/issues";

/// Lets the server know the repository 7, `octo/web`.
pub(crate) async fn web(server: &MockServer) {
    answer(server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
    answer(server, "GET", "/repos/octo/web", 200, repository(7, "octo", "web")).await;
    answer(server, "GET", "/user", 200, json!({ "id": 5, "login": "ann", "type": "User" })).await;
}

/// An open issue of `octo/web`, a minute younger with each number.
pub(crate) fn issue(number: u64) -> Value {
    let created = format!("2026-01-{:02}T{:02}:{:02}:00Z", 1 + number / 1440, number / 60 % 24, number % 60);
    json!({
        "id": 1000 + number, "node_id": format!("I_{number}"), "number": number, "title": format!("Issue {number}"),
        "body": null, "state": "open", "state_reason": null, "labels": [], "assignees": [], "milestone": null,
        "user": { "id": 5, "login": "ann" }, "html_url": format!("https://github.com/octo/web/issues/{number}"),
        "repository_url": "https://api.github.com/repos/octo/web", "parent_issue_url": null, "closed_at": null,
        "created_at": created, "updated_at": created,
    })
}

/// The same with other members.
pub(crate) fn with(mut issue: Value, members: Value) -> Value {
    let (Value::Object(issue_members), Value::Object(members)) = (&mut issue, members) else { panic!("objects") };
    issue_members.extend(members);
    issue
}

/// A pull request among the issues.
pub(crate) fn pull(number: u64) -> Value {
    with(issue(number), json!({ "pull_request": { "url": "https://api.github.com/repos/octo/web/pulls/1" } }))
}

/// Answers a list of issues for one page number, and says by a cursor that there is more.
pub(crate) async fn page(server: &MockServer, number: u64, rows: &[Value], more: bool) {
    let mut reply = ResponseTemplate::new(200).set_body_json(rows);
    if more {
        let next = format!("<{}/repositories/7/issues?page={}>; rel=\"next\"", server.uri(), number + 1);
        reply = reply.insert_header("link", next.as_str());
    }
    let mock = Mock::given(method("GET")).and(path(ISSUES)).and(query_param("direction", "asc"));
    let mock = match number {
        1 => mock.and(query_param_is_missing("page")),
        number => mock.and(query_param("page", number.to_string())),
    };
    mock.respond_with(reply).mount(server).await;
}

/// What was sent: method, path, and the body where there was one.
pub(crate) async fn writes(server: &MockServer) -> Vec<(String, String, Value)> {
    let requests = server.received_requests().await.unwrap();
    let written = requests.iter().filter(|request| request.method.as_str() != "GET");
    let told = |request: &wiremock::Request| {
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        (request.method.to_string(), request.url.path().to_owned(), body)
    };
    written.map(told).collect()
}

/// The queries of the requests to a path, as they were written.
pub(crate) async fn asked(server: &MockServer, at: &str) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    let those = requests.iter().filter(|request| request.url.path() == at && request.method.as_str() == "GET");
    those.map(|request| request.url.query().unwrap_or_default().to_owned()).collect()
}
