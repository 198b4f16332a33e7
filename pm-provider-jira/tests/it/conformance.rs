//! The conformance suite: on a Cloud site, and on a Data Center.

use std::sync::{Arc, OnceLock};

use pm_provider::Secret;
use pm_provider_jira::{Flavor, JiraConfig, JiraProvider, RestrictedTo};
use pm_testkit::conformance::{Subject, run_all};
use pm_testkit::jira::FakeJira;

/// How to reach a server as its administrator.
fn config(server: &FakeJira) -> JiraConfig {
    let config = JiraConfig::new(server.url(), Secret::new(server.api_token()));
    let config = config.restricted_to(RestrictedTo::Role("Administrators".to_owned()));
    // As late as this server is.
    let config = config.index_lag(std::time::Duration::from_secs(1));
    match server.flavor() {
        pm_testkit::jira::Flavor::Cloud => config.username(server.username()).flavor(Flavor::Cloud),
        _ => config,
    }
}

/// A site of its own for each rule, kept for as long as the tests run.
async fn cloud() -> Subject {
    static SERVERS: OnceLock<std::sync::Mutex<Vec<FakeJira>>> = OnceLock::new();
    let server = FakeJira::builder().rate_limits(false).start().await.unwrap();
    let provider = Arc::new(JiraProvider::new(config(&server)).unwrap());
    let subject = Subject::from(provider).files(server.attacher());
    SERVERS.get_or_init(Default::default).lock().unwrap().push(server);
    subject
}

pm_testkit::conformance!(cloud());

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn data_center_conforms() {
    let server = FakeJira::data_center().await.unwrap();
    let provider = Arc::new(JiraProvider::new(config(&server)).unwrap());
    let report = run_all(&Subject::from(provider).files(server.attacher())).await;
    println!("{report}");
    assert_eq!(report.failed(), 0, "{report}");
}
