//! Answers that are not what they should be.

use pm_provider::{ErrorKind, PmProvider, TaskQuery};
use pm_testkit::http_fault::{FaultRule, HttpFault};
use serde_json::json;

use crate::support::{answer, begin, dictionaries, task, wire};

#[tokio::test]
async fn what_is_no_openproject_is_a_clear_error() {
    let faults = [HttpFault::Html(200), HttpFault::Garbage];
    for fault in faults {
        let (server, provider, project) = begin().await;
        let id = task(&provider, &project, "Paint").await.id;
        server.faults().add(FaultRule::new(fault.clone()).method("GET").path("/work_packages"));
        let error = provider.get_task(&id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{fault:?}: {error}");
        assert_eq!(error.provider(), Some("openproject"));
        assert_eq!(error.operation(), Some("get_task"));
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_takes_no_key_along() {
    let (server, provider, project) = begin().await;
    let id = task(&provider, &project, "Paint").await.id;
    let elsewhere = wiremock::MockServer::start().await;
    let rule = FaultRule::new(HttpFault::Redirect(elsewhere.uri())).method("GET").path("/work_packages");
    server.faults().add(rule);
    let error = provider.get_task(&id).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(server.api_key()));
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_half_reply_is_asked_for_again() {
    let (server, provider, project) = begin().await;
    let id = task(&provider, &project, "Paint").await.id;
    server.faults().add(FaultRule::new(HttpFault::Truncate).method("GET").path("/work_packages").times(1));
    assert_eq!(provider.get_task(&id).await.unwrap().title, "Paint");
}

#[tokio::test]
async fn an_answer_of_another_shape_names_the_place() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    let page = json!({ "total": 1, "_embedded": { "elements": [{ "id": "twelve", "subject": "x", "_links": {} }] } });
    answer(&server, "GET", "/api/v3/work_packages", 200, page).await;
    let error = provider.tasks_page(&TaskQuery::new(), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("id"), "{error}");
    assert!(!error.to_string().contains("twelve"), "values are not repeated: {error}");
}

#[tokio::test]
async fn members_that_are_missing_or_null_do_no_harm() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    let bare = json!({ "id": 9, "subject": "x", "description": null, "startDate": null, "_links": {} });
    answer(&server, "GET", "/api/v3/work_packages/9", 200, bare).await;
    let task = provider.get_task(&"9".into()).await.unwrap();
    assert_eq!((task.description, task.assignees.len(), task.version), (None, 0, None));
}

#[tokio::test]
async fn a_refused_key_is_told_without_the_key() {
    let (server, provider) = wire().await;
    let body = json!({ "_type": "Error", "errorIdentifier": "urn:openproject-org:api:v3:errors:Unauthenticated",
        "message": "You did not provide the correct credentials: opapi-s3cr3t" });
    answer(&server, "GET", "/api/v3/work_packages/9", 401, body).await;
    let error = provider.get_task(&"9".into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(!format!("{error} {error:?} {provider:?}").contains("s3cr3t"), "{error:?}");
}
