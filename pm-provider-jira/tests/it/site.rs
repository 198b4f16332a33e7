//! A fake site with one project, for tests of issues.

use std::sync::Arc;

use pm_provider::{NewProject, NewTask, PMTask, PmProvider, ProjectId, Secret};
use pm_provider_jira::{JiraConfig, JiraProvider};
use pm_testkit::http_fault::{FaultRule, HttpFault, PlannedFault};
use pm_testkit::jira::{FakeJira, FakeJiraBuilder, Flavor};

/// A site, a provider, and the project `WEB`.
pub(crate) struct Site {
    pub(crate) server: FakeJira,
    pub(crate) provider: Arc<JiraProvider>,
    pub(crate) project: ProjectId,
}

/// How to reach a fake site.
pub(crate) fn config(server: &FakeJira) -> JiraConfig {
    let config = JiraConfig::new(server.url(), Secret::new(server.api_token()));
    match server.flavor() {
        Flavor::Cloud => config.username(server.username()).flavor(pm_provider_jira::Flavor::Cloud),
        Flavor::DataCenter => config.flavor(pm_provider_jira::Flavor::DataCenter),
    }
}

impl Site {
    /// A Cloud site.
    pub(crate) async fn cloud() -> Self {
        Self::of(FakeJira::builder()).await
    }

    /// A Data Center.
    pub(crate) async fn data_center() -> Self {
        Self::of(FakeJira::data_center_builder()).await
    }

    /// A site of one's own.
    pub(crate) async fn of(builder: FakeJiraBuilder) -> Self {
        let server = builder.rate_limits(false).start().await.unwrap();
        let provider = Arc::new(JiraProvider::new(config(&server)).unwrap());
        let project = provider.create_project(NewProject::new("Web").key("WEB")).await.unwrap();
        server.faults().forget_requests();
        Self { server, provider, project: project.id }
    }

    /// Another program with the same credential.
    pub(crate) fn another(&self) -> Arc<JiraProvider> {
        Arc::new(JiraProvider::new(config(&self.server)).unwrap())
    }

    /// A task with nothing but a title.
    pub(crate) async fn task(&self, title: &str) -> PMTask {
        self.provider.create_task(NewTask::new(&self.project, title)).await.unwrap()
    }

    /// Loses the reply to the next request of a kind, after the server did what it was asked.
    pub(crate) fn lose(&self, method: &str, path: &str) -> PlannedFault {
        self.server.faults().add(FaultRule::new(HttpFault::DropReply).method(method).path(path).nth(1))
    }

    /// The requests since the last look: method and path without the version of the API.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.server.requests();
        self.server.faults().forget_requests();
        let path = |path: &str| path.replace("/rest/api/3/", "").replace("/rest/api/2/", "").replace("/rest/", "");
        requests.iter().map(|request| format!("{} {}", request.method, path(request.path()))).collect()
    }

    /// The writes since the last look.
    pub(crate) fn writes(&self) -> Vec<String> {
        let is_write = |request: &String| !request.starts_with("GET") && !is_read(request);
        self.requests().into_iter().filter(is_write).collect()
    }
}

/// POSTs that only read.
fn is_read(request: &str) -> bool {
    ["POST search", "POST issue/bulkfetch", "POST workflows"].iter().any(|read| request.starts_with(read))
}
