//! Lost answers of the fake OpenProject.

use pm_testkit::openproject::FakeOpenProject;
use pm_tests::remote;

use crate::lost_replies::{Kind, Spoilable, dashed, exactly_one, two_that_are_wanted};

fn create(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Project => ("POST", "/api/v3/projects"),
        Kind::Task => ("POST", "/work_packages"),
        Kind::Sprint => ("POST", "/api/v3/versions"),
        Kind::Comment => ("POST", "/activities"),
    }
}

/// The server has to live as long as what is spoiled on it.
async fn backend() -> (FakeOpenProject, Spoilable) {
    let server = FakeOpenProject::start().await.unwrap();
    let settings = [("SPRINT_BACKEND", "versions")];
    let provider = remote::open("openproject", &server.url(), server.api_key(), &settings).await.unwrap();
    let faults = server.faults().clone();
    (server, Spoilable { name: "OpenProject", provider, faults, create, key: dashed, names_keys: false })
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
