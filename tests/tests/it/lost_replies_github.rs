//! Lost answers of the fake GitHub.

use pm_testkit::github::FakeGitHub;
use pm_tests::remote;

use crate::lost_replies::{Kind, Spoilable, dashed, exactly_one, two_that_are_wanted};

fn create(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Project => ("POST", "/user/repos"),
        Kind::Task => ("POST", "/issues"),
        Kind::Sprint => ("POST", "/milestones"),
        Kind::Comment => ("POST", "/comments"),
    }
}

/// The server has to live as long as what is spoiled on it.
async fn backend() -> (FakeGitHub, Spoilable) {
    let server = FakeGitHub::start().await.unwrap();
    let provider = remote::open_github(&server.url(), &server).unwrap();
    let faults = server.faults().clone();
    (server, Spoilable { name: "GitHub", provider, faults, create, key: dashed, names_keys: false })
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_item() {
    let (_server, backend) = backend().await;
    exactly_one(&backend).await;
}

#[tokio::test]
async fn two_wanted_items_are_two() {
    let (_server, backend) = backend().await;
    two_that_are_wanted(&backend).await;
}
