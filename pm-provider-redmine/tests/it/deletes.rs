//! Deletes: what goes along, and what is left where one fails.

use pm_provider::{DeleteOptions, Effect, ErrorKind, PmProvider};
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::script::{answer, answers, bodies, issue, issues, wire, with};

fn refuse() -> DeleteOptions {
    DeleteOptions::default()
}

#[tokio::test]
async fn logged_hours_do_not_go_along_unasked() {
    let (server, provider) = wire().await;
    answer(
        &server,
        "GET",
        "/issues/12.json",
        200,
        json!({ "issue": with(issue(12, "Paint"), "spent_hours", 1.5.into()) }),
    )
    .await;
    let error = provider.delete_task(&"12".into(), refuse()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted));
    assert!(error.to_string().contains("1.5 hours"), "{error}");
    assert!(bodies(&server, "DELETE").await.is_empty());
}

#[tokio::test]
async fn hours_logged_on_a_project_are_contents_of_it() {
    let (server, provider) = wire().await;
    answer(&server, "GET", "/projects/7.json", 200, json!({ "project": { "id": 7, "name": "Web", "status": 1 } }))
        .await;
    answer(&server, "GET", "/projects.json", 200, json!({ "projects": [], "total_count": 0 })).await;
    answer(&server, "GET", "/issues.json", 200, issues(&[])).await;
    answer(&server, "GET", "/projects/7/versions.json", 200, json!({ "versions": [] })).await;
    answer(&server, "GET", "/time_entries.json", 200, json!({ "time_entries": [{ "id": 1 }], "total_count": 1 })).await;
    let error = provider.delete_project(&"7".into(), refuse()).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Conflict && error.to_string().contains("logged hours"), "{error}");
    assert!(bodies(&server, "DELETE").await.is_empty());
}

async fn with_version(deleted: Vec<(u16, Value)>) -> (MockServer, pm_provider_redmine::RedmineProvider) {
    let (server, provider) = wire().await;
    let version = json!({ "version": { "id": 2, "project": { "id": 7 }, "name": "1.0", "status": "open" } });
    answer(&server, "GET", "/versions/2.json", 200, version).await;
    answers(&server, "DELETE", "/versions/2.json", deleted).await;
    answer(&server, "PUT", "/issues/12.json", 204, Value::Null).await;
    (server, provider)
}

#[tokio::test]
async fn a_sprint_that_goes_at_once_is_not_emptied_first() {
    let (server, provider) = with_version(vec![(204, Value::Null)]).await;
    provider.delete_sprint(&"2".into(), DeleteOptions::default()).await.unwrap();
    assert!(bodies(&server, "PUT").await.is_empty());
}

#[tokio::test]
async fn a_sprint_is_emptied_where_tasks_keep_it() {
    let (server, provider) = with_version(vec![(422, Value::Null), (204, Value::Null)]).await;
    answers(&server, "GET", "/issues.json", vec![(200, issues(&[issue(12, "Paint")])), (200, issues(&[]))]).await;
    provider.delete_sprint(&"2".into(), DeleteOptions::default()).await.unwrap();
    assert_eq!(bodies(&server, "PUT").await, [json!({ "issue": { "fixed_version_id": "" } })]);
}

#[tokio::test]
async fn a_sprint_that_something_else_keeps_loses_nothing() {
    let (server, provider) = with_version(vec![(422, Value::Null)]).await;
    answer(&server, "GET", "/issues.json", 200, issues(&[])).await;
    let error = provider.delete_sprint(&"2".into(), DeleteOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted), "{error}");
}

#[tokio::test]
async fn a_sprint_that_stays_says_which_tasks_it_lost() {
    let (server, provider) = with_version(vec![(422, Value::Null)]).await;
    answers(&server, "GET", "/issues.json", vec![(200, issues(&[issue(12, "Paint")])), (200, issues(&[]))]).await;
    let error = provider.delete_sprint(&"2".into(), DeleteOptions::default()).await.unwrap_err();
    let Effect::Partial { applied, .. } = error.effect() else { panic!("{error}") };
    assert_eq!(applied, &["task `12` taken out"]);
}

#[tokio::test]
async fn a_task_that_stays_in_a_sprint_is_not_said_to_be_out() {
    let (server, provider) = with_version(vec![(422, Value::Null)]).await;
    answer(&server, "GET", "/issues.json", 200, issues(&[issue(12, "Paint")])).await;
    let error = provider.delete_sprint(&"2".into(), DeleteOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::PermissionDenied, &Effect::NotExecuted), "{error}");
}
