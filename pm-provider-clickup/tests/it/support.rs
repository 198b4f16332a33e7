//! What the tests share.

use std::sync::Arc;

use pm_provider::{NewProject, NewTask, PMTask, PmProvider, ProjectId, Secret};
use pm_provider_clickup::{ClickUpConfig, ClickUpProvider};
use pm_testkit::clickup::{FakeClickUp, Seed};
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// How to reach a site as its owner, without waiting for limits.
pub(crate) fn config(server: &FakeClickUp) -> ClickUpConfig {
    ClickUpConfig::new(Secret::new(server.token())).base_url(server.url()).pace(0.0)
}

/// The owner's provider.
pub(crate) fn provider(server: &FakeClickUp) -> Arc<ClickUpProvider> {
    Arc::new(ClickUpProvider::new(config(server)).unwrap())
}

/// A site with these contents.
pub(crate) async fn seeded(seed: &str) -> FakeClickUp {
    let seed: Seed = seed.parse().unwrap();
    FakeClickUp::builder().seed(seed).start().await.unwrap()
}

/// A site, its provider and a Space there.
pub(crate) async fn begin() -> (FakeClickUp, Arc<ClickUpProvider>, ProjectId) {
    let server = FakeClickUp::start().await.unwrap();
    let provider = provider(&server);
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap().id;
    (server, provider, project)
}

/// A task with nothing but a title.
pub(crate) async fn task(provider: &ClickUpProvider, project: &ProjectId, title: &str) -> PMTask {
    provider.create_task(NewTask::new(project, title)).await.unwrap()
}

/// A scripted server, and a provider with the token `pk_s3cr3t` that knows its Workspace and its zone.
pub(crate) async fn wire() -> (MockServer, ClickUpProvider) {
    let server = MockServer::start().await;
    let config = ClickUpConfig::new(Secret::new("pk_s3cr3t")).base_url(server.uri()).team("9001").pace(0.0);
    (server, ClickUpProvider::new(config.timezone("Europe/Berlin")).unwrap())
}

/// Answers a request with JSON, however often it comes.
pub(crate) async fn answer(server: &MockServer, verb: &str, at: &str, status: u16, json: Value) {
    let reply = ResponseTemplate::new(status).set_body_raw(json.to_string(), "application/json; charset=utf-8");
    Mock::given(method(verb)).and(path(at)).respond_with(reply).mount(server).await;
}

/// The bodies of the requests that came with a method.
pub(crate) async fn bodies(server: &MockServer, verb: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    let sent = requests.iter().filter(|request| request.method.as_str() == verb);
    sent.map(|request| serde_json::from_slice(&request.body).unwrap_or(Value::Null)).collect()
}
