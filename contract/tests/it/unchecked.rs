//! What cannot be checked is told, and never passes in silence.

use pm_contract::ContractServer;
use pm_contract::vendor::Vendor;
use serde_json::Value;

use crate::support::{Sent, findings_of, tracker, vendor};

#[tokio::test]
async fn a_schema_that_does_not_compile_is_told_before_and_after_it_is_needed() {
    let server = ContractServer::start(tracker(), 0).await.unwrap();
    let uncompilable = server.report().uncompilable;
    assert_eq!(uncompilable.len(), 1);
    assert_eq!(
        (uncompilable[0].operation.as_str(), uncompilable[0].place.as_str()),
        ("POST /api/broken", "body `application/json`")
    );
    let found = findings_of(&server, Sent::json("POST", "/api/broken", "{}")).await;
    assert_eq!(found, ["POST /api/broken: body: its schema does not compile"]);
    assert!(!server.report().is_clean());
}

#[tokio::test]
async fn a_body_that_is_no_json_is_not_looked_into() {
    let server = ContractServer::start(tracker(), 0).await.unwrap();
    let found = findings_of(&server, Sent::json("POST", "/api/files", "…").typed("application/octet-stream")).await;
    assert_eq!(found, ["POST /api/files: body: only JSON is looked into, not `application/octet-stream`"]);
}

#[tokio::test]
async fn a_body_whose_properties_nobody_names_is_told() {
    let server = ContractServer::start(tracker(), 0).await.unwrap();
    assert!(findings_of(&server, Sent::json("POST", "/api/notes", r#"{"anything": 1}"#)).await.is_empty());
    let open = server.report().open;
    assert_eq!((open.len(), open[0].operation.as_str(), open[0].place.as_str()), (1, "POST /api/notes", "body"));
}

#[tokio::test]
async fn properties_of_the_server_and_foreign_headers_are_violations() {
    let server = ContractServer::start(tracker(), 0).await.unwrap();
    let found = findings_of(&server, Sent::json("POST", "/api/tasks", r#"{"title": "x", "id": 1}"#)).await;
    assert_eq!(found, ["POST /api/tasks: body `/id`: only the server writes this property"]);
    let found = findings_of(&server, Sent::plain("GET", "/api/tasks").with("x-tasks", "1")).await;
    assert_eq!(found, ["GET /api/tasks: header `x-tasks`: the operation has no such header"]);
    let found = findings_of(&server, Sent::plain("GET", "/api/tasks").with("accept", "text/html")).await;
    assert_eq!(found, ["GET /api/tasks: header `accept`: `text/html` leaves out `application/json`"]);
    let found = findings_of(&server, Sent::plain("GET", "/api/tasks/one")).await;
    assert!(found.len() == 1 && found[0].starts_with("GET /api/tasks/{id}: path `id`: "), "{found:?}");
    let found = findings_of(&server, Sent::json("DELETE", "/api/tasks/1", "{}")).await;
    assert_eq!(found, ["DELETE /api/tasks/{id}: body: the operation takes none"]);
}

#[tokio::test]
async fn who_does_not_say_who_he_is_is_told() {
    let server = ContractServer::start(tracker(), 0).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(format!("{}/api/tasks", server.url())).send().await.unwrap();
    let violations = server.report().violations;
    assert_eq!((violations.len(), violations[0].what.as_str()), (1, "none of `Basic` is used"));
}

#[tokio::test]
async fn the_report_is_json() {
    let server = ContractServer::start(tracker(), 0).await.unwrap();
    for path in ["/api/tasks/1", "/api/tasks/2", "/api/tasks/1", "/api/nothing"] {
        Sent::plain("GET", path).send(&server).await;
    }
    let (status, text) = Sent::plain("GET", "/__report").send(&server).await;
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &report["description"]), (200, &Value::from("A small tracker")));
    let seen = serde_json::json!([{"method": "GET", "template": "/api/tasks/{id}", "requests": 3, "paths": ["/api/tasks/1", "/api/tasks/2"]}]);
    assert_eq!(report["operations"], seen);
    assert_eq!(report["unknown"][0]["operation"], "GET /api/nothing");
    assert_eq!(server.report().requests(), 4);
}

/// The vendors' schemas all compile; should one cease to, this is the place to say so. OpenProject describes 302 operations,
/// the labels of newer servers and the contents of files come on top. Jira describes 619 of the platform and 95 of Software, of which what concerns
/// development is left out; webhooks come on top.
#[tokio::test]
async fn every_schema_of_the_vendors_compiles() {
    let described = [
        (Vendor::OpenProject, 305),
        (Vendor::Redmine, 94),
        (Vendor::Jira, 673),
        (Vendor::JiraDataCenter, 666),
        (Vendor::GitHub, 164),
        (Vendor::ClickUp, 172),
    ];
    for (known, described) in described {
        let Some(description) = vendor(known) else { continue };
        assert_eq!(description.operations().len(), described, "{known}");
        let server = ContractServer::start(description, 0).await.unwrap();
        assert_eq!(server.report().uncompilable, [], "{known}");
    }
}
