//! The conformance suite: on a server with versions alone, and on one with sprints and labels.

use std::sync::{Arc, OnceLock};

use pm_provider_openproject::{OpenProjectProvider, SprintBackend};
use pm_testkit::conformance::{Subject, run_all};
use pm_testkit::openproject::{FakeOpenProject, Seed};

use crate::support::config;

/// A server of its own for each rule, kept for as long as the tests run.
async fn versions() -> Subject {
    static SERVERS: OnceLock<std::sync::Mutex<Vec<FakeOpenProject>>> = OnceLock::new();
    let server =
        FakeOpenProject::builder().sprints(false).labels(false).everybody_is_member(true).start().await.unwrap();
    let provider = Arc::new(OpenProjectProvider::new(config(&server)).unwrap());
    let subject = Subject::from(provider).files(server.attacher());
    SERVERS.get_or_init(Default::default).lock().unwrap().push(server);
    subject
}

pm_testkit::conformance!(versions());

/// The newest server: labels, sprints that can only be read, files in a store of another host.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_newest_server_conforms() {
    let seed = r#"{"labels": ["paint", "wood", "Äpfel"]}"#.parse::<Seed>().unwrap();
    let server = FakeOpenProject::builder().sprints(true).labels(true).everybody_is_member(true).seed(seed);
    let server = server.external_files(true).start().await.unwrap();
    let config = config(&server).sprint_backend(SprintBackend::Sprints);
    let provider = Arc::new(OpenProjectProvider::new(config).unwrap());
    let report = run_all(&Subject::from(provider).files(server.attacher())).await;
    println!("{report}");
    assert_eq!(report.failed(), 0, "{report}");
}
