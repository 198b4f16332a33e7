//! Who we are, and what is said of that: headers, versions of the API, health.

use pm_provider::{CommentPatch, Comments, Effect, ErrorKind, PmProvider, Retry, Secret, UserQuery};
use pm_provider_jira::{Flavor, JiraConfig, JiraProvider};
use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{ann, answer, answer_once, cloud, count, data_center};

#[tokio::test]
async fn on_cloud_the_token_goes_with_the_address_of_a_person() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/2/serverInfo", 200, json!({ "deploymentType": "Cloud", "version": "1001.0.0" }))
        .await;
    Mock::given(method("GET"))
        .and(path("/rest/api/3/myself"))
        .and(header("authorization", "Basic YW5uQGV4YW1wbGUub3JnOkFUQVRULXMzY3IzdA=="))
        .respond_with(ResponseTemplate::new(200).set_body_json(ann(Flavor::Cloud)))
        .mount(&server)
        .await;
    let health = provider.health_check().await.unwrap();
    let me = health.user.unwrap();
    assert_eq!((health.backend.as_str(), me.id.as_str(), me.login), ("Jira Cloud", "5b10:ann", None));
}

#[tokio::test]
async fn on_data_center_a_token_stands_alone() {
    let (server, provider) = data_center().await;
    let info = json!({ "deploymentType": "Server", "version": "9.12.5", "serverTitle": "Tracker" });
    answer(&server, "GET", "/rest/api/2/serverInfo", 200, info).await;
    Mock::given(method("GET"))
        .and(path("/rest/api/2/myself"))
        .and(header("authorization", "Bearer ATATT-s3cr3t"))
        .respond_with(ResponseTemplate::new(200).set_body_json(ann(Flavor::DataCenter)))
        .mount(&server)
        .await;
    let health = provider.health_check().await.unwrap();
    let me = health.user.unwrap();
    assert_eq!(health.backend, "Jira Data Center 9.12.5 (Tracker)");
    assert_eq!((me.id.as_str(), me.login.as_deref()), ("JIRAUSER10100", Some("ann")));
}

#[tokio::test]
async fn which_jira_it_is_is_asked_once_and_a_failure_is_not_remembered() {
    let server = MockServer::start().await;
    let provider = JiraProvider::new(JiraConfig::new(server.uri(), Secret::new("k"))).unwrap();
    let at = "/rest/api/2/serverInfo";
    answer(&server, "GET", "/rest/api/2/user", 200, ann(Flavor::DataCenter)).await;
    assert_eq!(provider.get_user(&"JIRAUSER10100".into()).await.unwrap_err().kind(), ErrorKind::NotFound);
    answer(&server, "GET", at, 200, json!({ "deploymentType": "Server", "version": "9.4.0" })).await;
    // A mock server answers 404 to what nobody mounted; the later one counts only where the first does not match.
    for _ in 0..3 {
        assert_eq!(provider.get_user(&"JIRAUSER10100".into()).await.unwrap().name, "Ann Lee");
    }
    assert_eq!(count(&server, "GET", at).await, 2);
}

#[tokio::test]
async fn a_copied_address_leads_to_the_same_place() {
    let server = MockServer::start().await;
    let address = format!("{}/jira/rest/api/2/", server.uri());
    let provider = JiraProvider::new(JiraConfig::new(address, Secret::new("k")).flavor(Flavor::DataCenter)).unwrap();
    answer(&server, "GET", "/jira/rest/api/2/user", 200, ann(Flavor::DataCenter)).await;
    assert_eq!(provider.get_user(&"JIRAUSER10100".into()).await.unwrap().name, "Ann Lee");
}

#[tokio::test]
async fn trap_a_revoked_token_gets_200_and_empty_lists() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/3/users/search", 200, json!([])).await;
    answer(&server, "GET", "/rest/api/3/myself", 401, json!({ "message": "Client must be authenticated" })).await;
    let error = provider.users_page(&UserQuery::new(), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(error.hint_text().is_some_and(|hint| hint.contains("JIRA_API_TOKEN")), "{error}");
    assert!(!format!("{error} {error:?} {provider:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn trap_health_is_who_we_are_and_not_an_answer_of_200() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/2/serverInfo", 200, json!({ "deploymentType": "Cloud" })).await;
    answer(&server, "GET", "/rest/api/3/myself", 200, json!({ "displayName": "Anonymous" })).await;
    assert_eq!(provider.health_check().await.unwrap_err().kind(), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn trap_a_failed_login_is_told_in_a_header_of_a_good_answer() {
    for (reason, status) in [("AUTHENTICATED_FAILED", 200), ("AUTHENTICATION_DENIED", 403)] {
        let (server, provider) = data_center().await;
        let reply = ResponseTemplate::new(status)
            .set_body_json(ann(Flavor::DataCenter))
            .insert_header("X-Seraph-LoginReason", reason);
        Mock::given(method("GET")).and(path("/rest/api/2/user")).respond_with(reply).mount(&server).await;
        let error = provider.get_user(&"JIRAUSER10100".into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{reason}: {error}");
    }
}

#[tokio::test]
async fn what_is_no_jira_at_all_says_so() {
    let (_server, provider) = cloud().await;
    let error = provider.health_check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(error.hint_text().is_some_and(|hint| hint.contains("JIRA_URL")));
}

#[tokio::test]
async fn trap_a_write_in_nobodys_name_may_have_been_done() {
    let (server, provider) = data_center().await;
    let reply = ResponseTemplate::new(201)
        .set_body_json(json!({ "id": "10200", "body": "x" }))
        .insert_header("X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
    Mock::given(method("PUT"))
        .and(path("/rest/api/2/issue/10010/comment/10200"))
        .respond_with(reply)
        .mount(&server)
        .await;
    answer(&server, "GET", "/rest/api/2/issue/10010/comment/10200", 200, json!({ "id": "10200", "body": "y" })).await;
    let patch = CommentPatch::new().body("x");
    let error = provider.update_comment(&"10010".into(), &"10200".into(), patch).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unauthenticated, &Effect::Unknown), "{error}");
    assert!(error.message().contains("nobody's name"), "{error}");
}

#[tokio::test]
async fn trap_a_limit_ends_by_their_clock() {
    let (server, provider) = cloud().await;
    // Their clock is an hour behind ours: by ours the limit is over.
    let there = chrono::Utc::now() - chrono::TimeDelta::hours(1);
    let reset = there + chrono::TimeDelta::minutes(10);
    let reply = ResponseTemplate::new(429)
        .insert_header("Date", there.format("%a, %d %b %Y %H:%M:%S GMT").to_string().as_str())
        .insert_header("X-RateLimit-Reset", reset.format("%Y-%m-%dT%H:%M:%SZ").to_string().as_str());
    Mock::given(method("GET")).and(path("/rest/api/3/myself")).respond_with(reply).mount(&server).await;
    answer(&server, "GET", "/rest/api/2/serverInfo", 200, json!({ "deploymentType": "Cloud" })).await;
    let error = provider.health_check().await.unwrap_err();
    let Retry::After(pause) = error.retry() else { panic!("{error:?}") };
    assert!((595..=600).contains(&pause.as_secs()), "{pause:?}");
}

#[tokio::test]
async fn a_change_that_meets_another_is_sent_again() {
    let (server, provider) = cloud().await;
    let at = "/rest/api/3/issue/10010/comment/10200";
    let met = json!({ "errorMessages": ["The issue is being changed."] });
    answer(&server, "GET", at, 200, json!({ "id": "10200", "body": null })).await;
    answer(&server, "PUT", at, 200, json!({ "id": "10200", "body": null })).await;
    answer_once(&server, "PUT", at, 409, met.clone()).await;
    provider.update_comment(&"10010".into(), &"10200".into(), CommentPatch::new().body("x")).await.unwrap();
    assert_eq!(count(&server, "PUT", at).await, 2);
    answer_once(&server, "GET", at, 409, met).await;
    provider.get_comment(&"10010".into(), &"10200".into()).await.unwrap();
}

#[tokio::test]
async fn members_that_are_null_hide_no_message() {
    let (server, provider) = cloud().await;
    let at = "/rest/api/3/issue/10010/comment/10200";
    let said = json!({ "errorMessages": null, "errors": { "comment": "is too long" }, "warningMessages": null });
    answer(&server, "GET", at, 200, json!({ "id": "10200", "body": null })).await;
    answer(&server, "PUT", at, 400, said).await;
    let patch = CommentPatch::new().body("x");
    let error = provider.update_comment(&"10010".into(), &"10200".into(), patch).await.unwrap_err();
    assert_eq!((error.message(), error.field_errors().len()), ("is too long", 1));
}

#[tokio::test]
async fn what_does_not_say_that_it_is_a_jira_is_taken_for_none() {
    let server = MockServer::start().await;
    let provider = JiraProvider::new(JiraConfig::new(server.uri(), Secret::new("k"))).unwrap();
    answer(&server, "GET", "/rest/api/2/user", 200, ann(Flavor::DataCenter)).await;
    answer(&server, "GET", "/rest/api/2/serverInfo", 200, json!({ "deploymentType": "Server" })).await;
    answer_once(&server, "GET", "/rest/api/2/serverInfo", 200, json!({})).await;
    let error = provider.get_user(&"JIRAUSER10100".into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error}");
    assert_eq!(provider.get_user(&"JIRAUSER10100".into()).await.unwrap().name, "Ann Lee", "it was not remembered");
}
