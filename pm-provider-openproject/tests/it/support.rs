//! What the tests share.

use std::sync::Arc;

use pm_provider::{NewProject, NewTask, PMTask, PmProvider, ProjectId, Secret};
use pm_provider_openproject::{OpenProjectConfig, OpenProjectProvider};
use pm_testkit::openproject::{FakeOpenProject, Seed};
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// How to reach a server as its administrator.
pub(crate) fn config(server: &FakeOpenProject) -> OpenProjectConfig {
    OpenProjectConfig::new(server.url(), Secret::new(server.api_key()))
}

/// The administrator's provider.
pub(crate) fn provider(server: &FakeOpenProject) -> Arc<OpenProjectProvider> {
    Arc::new(OpenProjectProvider::new(config(server)).unwrap())
}

/// A server with these contents, in whose projects everybody works.
pub(crate) async fn seeded(seed: &str) -> FakeOpenProject {
    let seed: Seed = seed.parse().unwrap();
    FakeOpenProject::builder().everybody_is_member(true).seed(seed).start().await.unwrap()
}

/// A server, its provider and a project on it.
pub(crate) async fn begin() -> (FakeOpenProject, Arc<OpenProjectProvider>, ProjectId) {
    let server = FakeOpenProject::builder().everybody_is_member(true).sprints(false).start().await.unwrap();
    let provider = provider(&server);
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap().id;
    (server, provider, project)
}

/// A task with nothing but a title.
pub(crate) async fn task(provider: &OpenProjectProvider, project: &ProjectId, title: &str) -> PMTask {
    provider.create_task(NewTask::new(project, title)).await.unwrap()
}

/// A scripted server, and a provider with the key `opapi-s3cr3t`.
pub(crate) async fn wire() -> (MockServer, OpenProjectProvider) {
    let server = MockServer::start().await;
    let config = OpenProjectConfig::new(server.uri(), Secret::new("opapi-s3cr3t"));
    (server, OpenProjectProvider::new(config).unwrap())
}

/// Answers a request with JSON, however often it comes.
pub(crate) async fn answer(server: &MockServer, verb: &str, at: &str, status: u16, json: Value) {
    let reply = ResponseTemplate::new(status).set_body_raw(json.to_string(), "application/hal+json");
    Mock::given(method(verb)).and(path(at)).respond_with(reply).mount(server).await;
}

/// The dictionaries that every reading of a work package needs.
pub(crate) async fn dictionaries(server: &MockServer) {
    let statuses = serde_json::json!({ "_embedded": { "elements": [
        { "id": 1, "name": "New", "isDefault": true, "isClosed": false },
        { "id": 12, "name": "Closed", "isDefault": false, "isClosed": true },
    ] } });
    answer(server, "GET", "/api/v3/statuses", 200, statuses).await;
    let priorities = serde_json::json!({ "_embedded": { "elements": [{ "id": 8, "name": "Normal", "position": 2 }] } });
    answer(server, "GET", "/api/v3/priorities", 200, priorities).await;
}

/// A work package of project 3 as the server shows it.
pub(crate) fn work_package(id: u64, lock_version: u64, subject: &str) -> Value {
    serde_json::json!({
        "_type": "WorkPackage", "id": id, "lockVersion": lock_version, "subject": subject,
        "description": { "format": "markdown", "raw": "", "html": "" },
        "createdAt": "2026-01-01T08:00:00.123Z", "updatedAt": "2026-01-01T08:00:00.123Z",
        "_links": {
            "project": { "href": "/api/v3/projects/3" }, "type": { "href": "/api/v3/types/1", "title": "Task" },
            "status": { "href": "/api/v3/statuses/1", "title": "New" }, "assignee": { "href": null }, "children": [],
        }
    })
}

/// The bodies of the requests that came with a method.
pub(crate) async fn bodies(server: &MockServer, verb: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    let sent = requests.iter().filter(|request| request.method.as_str() == verb);
    sent.map(|request| serde_json::from_slice(&request.body).unwrap_or(Value::Null)).collect()
}
