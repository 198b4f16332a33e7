//! The conformance suite: Spaces, Folders and Lists as projects.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{Result, TaskId};
use pm_provider_clickup::{ClickUpConfig, ClickUpProvider, ProjectLevel, SprintMembership};
use pm_testkit::clickup::{FakeClickUp, Seed};
use pm_testkit::conformance::{Files, Subject, run_all};

use crate::support::config;

/// A site that files are attached on; it runs for as long as its subject is there.
#[derive(Debug)]
struct Site(FakeClickUp);

#[async_trait]
impl Files for Site {
    async fn attach(&self, task: &TaskId, name: &str, content_type: &str, content: Vec<u8>) -> Result<()> {
        self.0.attach(task.as_str(), name, content_type, content);
        Ok(())
    }
}

fn subject(server: FakeClickUp, change: impl FnOnce(ClickUpConfig) -> ClickUpConfig) -> Subject {
    let provider = ClickUpProvider::new(change(config(&server))).unwrap();
    Subject::new(Arc::new(provider)).files(Site(server))
}

/// A site of its own for each rule.
async fn spaces() -> Subject {
    subject(FakeClickUp::start().await.unwrap(), |config| config)
}

pm_testkit::conformance!(spaces());

/// Runs all rules on one site that has a Space to make projects in.
async fn conforms(change: impl FnOnce(ClickUpConfig) -> ClickUpConfig) {
    let seed: Seed = r#"{"spaces": [{"name": "Garden"}]}"#.parse().unwrap();
    let server = FakeClickUp::builder().seed(seed).start().await.unwrap();
    let report = run_all(&subject(server, change)).await;
    println!("{report}");
    assert_eq!(report.failed(), 0, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn folders_conform() {
    conforms(|config| config.projects(ProjectLevel::Folder)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lists_conform() {
    conforms(|config| config.projects(ProjectLevel::List)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sprints_beside_the_home_list_conform() {
    conforms(|config| config.sprint_membership(SprintMembership::Add)).await;
}
