//! Lost answers of the fake ClickUp.

use pm_testkit::clickup::{FakeClickUp, Seed};
use pm_tests::remote;

use crate::lost_replies::{Kind, Spoilable, dashed, exactly_one, two_that_are_wanted};

/// Spaces are projects.
fn in_workspace(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Project => ("POST", "/api/v2/team/"),
        Kind::Task => ("POST", "/task"),
        Kind::Sprint => ("POST", "/api/v2/folder/"),
        Kind::Comment => ("POST", "/comment"),
    }
}

/// Lists of one Space are projects.
fn in_space(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Project => ("POST", "/api/v2/space/"),
        other => in_workspace(other),
    }
}

/// The server has to live as long as what is spoiled on it.
async fn spaces() -> (FakeClickUp, Spoilable) {
    let server = FakeClickUp::start().await.unwrap();
    let provider = remote::open_clickup(&server.url(), &server, &[]).await.unwrap();
    let faults = server.faults().clone();
    let backend =
        Spoilable { name: "ClickUp (spaces)", provider, faults, create: in_workspace, key: dashed, names_keys: false };
    (server, backend)
}

/// Lists are projects, whose texts hold marks; sprints are projects themselves there.
async fn lists() -> (FakeClickUp, Spoilable) {
    let seed: Seed = r#"{"spaces": [{"name": "Garden"}]}"#.parse().unwrap();
    let server = FakeClickUp::builder().seed(seed).start().await.unwrap();
    let space = server.place_named("Garden").unwrap();
    let settings = [("PROJECTS", "list"), ("SPACE_ID", space.as_str())];
    let provider = remote::open_clickup(&server.url(), &server, &settings).await.unwrap();
    let faults = server.faults().clone();
    let backend =
        Spoilable { name: "ClickUp (lists)", provider, faults, create: in_space, key: dashed, names_keys: false };
    (server, backend)
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_item() {
    for (_server, backend) in [spaces().await, lists().await] {
        exactly_one(&backend).await;
    }
}

#[tokio::test]
async fn two_wanted_items_are_two() {
    for (_server, backend) in [spaces().await, lists().await] {
        two_that_are_wanted(&backend).await;
    }
}
