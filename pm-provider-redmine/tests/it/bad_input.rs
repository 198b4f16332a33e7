//! Answers that no client wants.

use pm_provider::{ErrorKind, Field, NewTask, PmProviderExt, ProjectQuery, RelationQuery, Retry, TaskQuery};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::support::{KEY, answer, issue, issues, plant, provider, server};

#[tokio::test]
async fn an_empty_401_says_where_the_key_is() {
    let server = wiremock::MockServer::start().await;
    plant(
        &server,
        "GET",
        "/projects.json",
        ResponseTemplate::new(401).insert_header("content-type", "application/json"),
    )
    .await;
    let error = provider(&server).list_projects(ProjectQuery::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Unauthenticated, Some(401)));
    assert!(error.to_string().contains("My account") && !error.to_string().contains(KEY), "{error}");
}

#[tokio::test]
async fn an_empty_404_is_no_broken_json() {
    let server = server().await;
    plant(
        &server,
        "GET",
        "/issues/9.json",
        ResponseTemplate::new(404).insert_header("content-type", "application/json"),
    )
    .await;
    let error = provider(&server).get_task(&"9".into()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::NotFound, Retry::Never));
    assert!(error.to_string().contains("there is no task `9`"), "{error}");
}

#[tokio::test]
async fn the_project_of_a_filter_may_be_missing() {
    let server = server().await;
    plant(&server, "GET", "/issues.json", ResponseTemplate::new(404)).await;
    let error = provider(&server).list_tasks(TaskQuery::in_project("9")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("there is no project `9`"), "{error}");
}

#[tokio::test]
async fn a_list_of_errors_names_the_fields() {
    let server = server().await;
    answer(&server, "GET", "/issues.json", 200, &issues(&[])).await;
    let errors = json!({ "errors": ["Assignee is invalid", "Due date must be greater than start date"] });
    answer(&server, "POST", "/issues.json", 422, &errors).await;
    answer(&server, "GET", "/projects/7.json", 200, &json!({ "project": { "id": 7, "name": "Web" } })).await;
    let error = provider(&server).create_task(NewTask::new("7", "x")).await.unwrap_err();
    let fields: Vec<_> = error.field_errors().iter().map(|error| error.field).collect();
    assert_eq!((error.kind(), fields), (ErrorKind::InvalidInput, vec![Field::Assignees, Field::DueDate]));
}

#[tokio::test]
async fn a_refused_create_in_an_unknown_project_is_not_found() {
    let server = server().await;
    answer(&server, "GET", "/issues.json", 200, &issues(&[])).await;
    answer(&server, "POST", "/issues.json", 422, &json!({ "errors": ["Project cannot be blank"] })).await;
    plant(&server, "GET", "/projects/9.json", ResponseTemplate::new(404)).await;
    let error = provider(&server).create_task(NewTask::new("9", "x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn half_a_reply_is_told_with_its_place() {
    let server = server().await;
    plant(
        &server,
        "GET",
        "/issues.json",
        ResponseTemplate::new(200).set_body_raw(r#"{"issues":[{"id":1,"#, "application/json"),
    )
    .await;
    let error = provider(&server).list_tasks(TaskQuery::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn another_shape_is_told_with_its_place() {
    let server = server().await;
    answer(&server, "GET", "/issues.json", 200, &json!({ "issues": [{ "id": "one" }] })).await;
    let error = provider(&server).list_tasks(TaskQuery::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("issues"), "{error}");
}

#[tokio::test]
async fn a_page_of_html_with_500_is_an_outage() {
    let server = server().await;
    let page = ResponseTemplate::new(500).set_body_raw("<html><title>Redmine 500 error</title></html>", "text/html");
    plant(&server, "GET", "/issues/1.json", page).await;
    let error = provider(&server).get_task(&"1".into()).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Unavailable, Some(500)));
    assert!(!error.to_string().contains("<html>"), "{error}");
}

#[tokio::test]
async fn a_filter_that_is_ignored_ends_the_relations_of_a_project() {
    let server = server().await;
    let mut page = issues(&[issue(3, "Paint", json!({}))]);
    page["total_count"] = json!(2);
    answer(&server, "GET", "/issues.json", 200, &page).await;
    let relations = provider(&server).relations().unwrap();
    let error = relations.relations_page(&RelationQuery::in_project("1"), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error}");
}
