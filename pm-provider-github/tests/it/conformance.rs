//! The conformance suite: repositories of a person, and of an organisation.

use std::sync::{Arc, Mutex, OnceLock};

use pm_provider::Secret;
use pm_provider_github::{Deleting, GitHubConfig, GitHubProvider, RepositoryWrites};
use pm_testkit::conformance::{EveryBranch, Subject, run_all};
use pm_testkit::github::FakeGitHub;

/// Whose repositories are the projects, for ever deleting them again.
fn config(server: &FakeGitHub, owner: &str) -> GitHubConfig {
    GitHubConfig::new(Secret::new(server.token()))
        .base_url(server.url())
        .owner(owner)
        .repositories(RepositoryWrites::CreateAndDelete)
        .delete(Deleting::GraphQl)
        .pace(0.0)
}

/// A site of its own for each rule, kept for as long as the tests run.
async fn github() -> Subject {
    static SERVERS: OnceLock<Mutex<Vec<FakeGitHub>>> = OnceLock::new();
    let server = FakeGitHub::start().await.unwrap();
    let provider = Arc::new(GitHubProvider::new(config(&server, server.login())).unwrap());
    SERVERS.get_or_init(Default::default).lock().unwrap().push(server);
    Subject::new(provider).branches(EveryBranch)
}

pm_testkit::conformance!(github());

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_organisation_conforms() {
    let server = FakeGitHub::start().await.unwrap();
    let provider = Arc::new(GitHubProvider::new(config(&server, "acme")).unwrap());
    let report = run_all(&Subject::from(provider).branches(EveryBranch)).await;
    println!("{report}");
    assert_eq!(report.failed(), 0, "{report}");
}
