//! Lost answers of a real Redmine, behind a proxy that loses them.

use pm_testkit::proxy::FaultyProxy;
use pm_tests::redmine::redmine_server;
use pm_tests::remote;

use crate::lost_replies::{Kind, Spoilable, dashed, exactly_one, two_that_are_wanted};

fn create(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Project => ("POST", "/projects.json"),
        Kind::Task => ("POST", "/issues.json"),
        Kind::Sprint => ("POST", "/versions.json"),
        Kind::Comment => ("PUT", "/issues/"),
    }
}

/// The proxy has to live as long as what is spoiled on it; `None` where there is no Redmine.
async fn backend() -> Option<(FaultyProxy, Spoilable)> {
    let server = redmine_server()?;
    let proxy = FaultyProxy::to(&server.url).await.unwrap();
    let provider = remote::open("redmine", &proxy.url(), &server.api_key, &[]).await.unwrap();
    let faults = proxy.faults().clone();
    Some((proxy, Spoilable { name: "Redmine", provider, faults, create, key: dashed, names_keys: false }))
}

/// One after the other: Redmine on SQLite refuses with 500 what two threads write at the same moment.
#[tokio::test]
async fn a_lost_answer_makes_no_second_item_and_two_wanted_items_are_two() {
    let Some((_proxy, backend)) = backend().await else { return };
    exactly_one(&backend).await;
    two_that_are_wanted(&backend).await;
}
