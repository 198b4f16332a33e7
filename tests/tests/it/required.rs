//! What must work on each backend does, every rule of the contract is kept there, and what is lacking is the vendor's lack.

use std::sync::Arc;

use pm_core::{PmProvider, Secret, Settings};
use pm_testkit::clickup::FakeClickUp;
use pm_testkit::conformance::{EveryBranch, Subject, run_all};
use pm_testkit::github::FakeGitHub;
use pm_testkit::jira::{FakeJira, Flavor};
use pm_testkit::openproject::FakeOpenProject;
use pm_tests::built;
use pm_tests::redmine::redmine_server;
use pm_tests::remote;
use pm_tests::required::Backend;

async fn keeps_its_word(name: &str, subject: Subject) {
    let provider = Arc::clone(&subject.provider);
    let backend = Backend::find(provider.name()).unwrap();
    assert_eq!(backend.missing(provider.capabilities()), [""; 0], "{name}");
    let report = run_all(&subject).await;
    let (passed, unsupported, failed) = (report.passed(), report.unsupported(), report.failed());
    println!("conformance: {name}: {passed} passed, {unsupported} unsupported, {failed} failed");
    assert_eq!(failed, 0, "{name}: {report}");
    assert!(passed > 100, "{name}: {report}");
    assert_eq!(backend.without_a_page(&report), [""; 0], "{name}");
}

async fn openproject(server: &FakeOpenProject) -> Arc<dyn PmProvider> {
    let settings = Settings::new().set("base_url", server.url()).secret("api_key", Secret::new(server.api_key()));
    built("openproject", settings).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_openproject_with_versions_keeps_its_word() {
    let server = FakeOpenProject::builder().sprints(false).labels(false).everybody_is_member(true);
    let server = server.start().await.unwrap();
    let subject = Subject::new(openproject(&server).await).files(server.attacher());
    keeps_its_word("openproject (versions)", subject).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_openproject_keeps_its_word() {
    let seed = r#"{"labels": ["paint", "wood", "Äpfel"]}"#.parse().unwrap();
    let server = FakeOpenProject::builder().sprints(true).labels(true).everybody_is_member(true).seed(seed);
    let server = server.start().await.unwrap();
    let subject = Subject::new(openproject(&server).await).files(server.attacher());
    keeps_its_word("openproject (newest)", subject).await;
}

async fn jira(server: &FakeJira) -> Arc<dyn PmProvider> {
    let settings = Settings::new().set("base_url", server.url()).secret("api_token", Secret::new(server.api_token()));
    // The fake index lags for less than a second.
    let settings = settings.set("restricted_to", "role:Administrators").set("index_lag_seconds", "1");
    // An address on this machine does not tell which of them it is, and capabilities are known before anybody asks.
    let settings = match server.flavor() {
        Flavor::Cloud => settings.set("flavor", "cloud").set("username", server.username()),
        Flavor::DataCenter => settings.set("flavor", "datacenter"),
    };
    built("jira", settings).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_jira_cloud_keeps_its_word() {
    let server = FakeJira::cloud().await.unwrap();
    keeps_its_word("jira (cloud)", Subject::new(jira(&server).await).files(server.attacher())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_jira_data_center_keeps_its_word() {
    let server = FakeJira::data_center().await.unwrap();
    keeps_its_word("jira (data center)", Subject::new(jira(&server).await).files(server.attacher())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_github_keeps_its_word() {
    let server = FakeGitHub::start().await.unwrap();
    let subject = Subject::new(remote::open_github(&server.url(), &server).unwrap()).branches(EveryBranch);
    keeps_its_word("github", subject).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clickup_keeps_its_word() {
    let server = FakeClickUp::start().await.unwrap();
    let provider = remote::open_clickup(&server.url(), &server, &[]).await.unwrap();
    keeps_its_word("clickup", Subject::new(provider)).await;
}

/// Some rules send hundreds of requests, to a server that answers some twenty a second on a small machine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_redmine_keeps_its_word() {
    let Some(server) = redmine_server() else { return };
    let patience = std::time::Duration::from_mins(10);
    keeps_its_word("redmine", Subject::new(server.provider()).patience(patience).files(server)).await;
}
