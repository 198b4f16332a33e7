//! What goes over the wire, and what odd answers become.

use pm_provider::{ErrorKind, PmProvider, ProjectId, ProjectPatch, Secret};
use pm_provider_clickup::{ClickUpConfig, ClickUpProvider};
use serde_json::json;
use wiremock::matchers::{header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, bodies, wire};

#[tokio::test]
async fn trap_personal_tokens_go_raw_and_oauth_tokens_as_a_bearer() {
    for (token, sent) in [("pk_1_S3CR3T", "pk_1_S3CR3T"), ("81_S3CR3T", "Bearer 81_S3CR3T")] {
        let server = MockServer::start().await;
        let me = json!({ "user": { "id": 183, "username": null, "email": "ada@example.net" } });
        let reply = ResponseTemplate::new(200).set_body_json(me);
        Mock::given(path("/api/v2/user")).and(header("authorization", sent)).respond_with(reply).mount(&server).await;
        answer(
            &server,
            "GET",
            "/api/v2/team",
            200,
            json!({ "teams": [{ "id": 9001, "name": "Acme", "members": null }] }),
        )
        .await;
        let config = ClickUpConfig::new(Secret::new(token)).base_url(format!("{}/api/v2", server.uri())).pace(0.0);
        let health = ClickUpProvider::new(config).unwrap().health_check().await.unwrap();
        assert_eq!(
            (health.backend.as_str(), health.user.unwrap().name.as_str()),
            ("ClickUp (Acme)", "ada@example.net")
        );
    }
}

#[tokio::test]
async fn several_workspaces_have_to_be_told_apart() {
    let server = MockServer::start().await;
    answer(&server, "GET", "/api/v2/user", 200, json!({ "user": { "id": 183 } })).await;
    let teams = json!({ "teams": [{ "id": "1", "name": "Acme" }, { "id": "2", "name": "Emca" }] });
    answer(&server, "GET", "/api/v2/team", 200, teams).await;
    let config = ClickUpConfig::new(Secret::new("pk_1")).base_url(server.uri()).pace(0.0);
    let error = ClickUpProvider::new(config.clone()).unwrap().health_check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("`Emca` (2)") && error.to_string().contains("CLICKUP_TEAM_ID"), "{error}");
    let error = ClickUpProvider::new(config.clone().team("3")).unwrap().health_check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    ClickUpProvider::new(config.team("2")).unwrap().health_check().await.unwrap();
}

#[tokio::test]
async fn a_bad_token_is_told_as_one_and_never_shown() {
    let (server, provider) = wire().await;
    let body = json!({ "err": "Token invalid pk_s3cr3t", "ECODE": "OAUTH_025" });
    answer(&server, "GET", "/api/v2/space/790", 401, body).await;
    let error = provider.get_project(&ProjectId::new("790")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(!format!("{error} {error:?}").contains("pk_s3cr3t"), "{error}");
}

#[tokio::test]
async fn pages_half_answers_and_nothing_are_no_answers() {
    let page = "<!DOCTYPE html><html><title>Bad gateway</title></html>";
    for (text, kind) in [(page, "text/html"), (r#"{"id": "790", "na"#, "application/json"), ("", "application/json")] {
        let (server, provider) = wire().await;
        let reply = ResponseTemplate::new(200).set_body_raw(text, kind);
        Mock::given(path("/api/v2/space/790")).respond_with(reply).mount(&server).await;
        let error = provider.get_project(&ProjectId::new("790")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{text:?}: {error}");
    }
}

#[tokio::test]
async fn trap_wrong_types_are_read_all_the_same() {
    let (server, provider) = wire().await;
    let space = json!({ "id": 790, "name": null, "private": null, "archived": "false", "statuses": null,
        "features": 7, "something_new": [1] });
    answer(&server, "GET", "/api/v2/space/790", 200, space.clone()).await;
    let project = provider.get_project(&ProjectId::new("790")).await.unwrap();
    assert_eq!((project.id.as_str(), project.name.as_str()), ("space:790", ""));
    let raw: serde_json::Value = project.raw_data.parse().unwrap();
    assert_eq!(raw, space, "raw data is untouched");
}

#[tokio::test]
async fn what_is_no_api_of_clickups_says_so() {
    let (server, provider) = wire().await;
    answer(&server, "GET", "/api/v2/user", 404, json!({ "detail": "Not Found" })).await;
    let error = provider.health_check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("CLICKUP_API_URL"), "{error}");
}

#[tokio::test]
async fn a_change_of_a_space_sends_what_stays_as_it_is() {
    let (server, provider) = wire().await;
    let features = json!({ "due_dates": { "enabled": true } });
    let space = json!({ "id": "790", "name": "Garden", "private": false, "color": "#fff", "admin_can_manage": true,
        "multiple_assignees": true, "features": features, "archived": false, "statuses": [] });
    answer(&server, "GET", "/api/v2/space/790", 200, space.clone()).await;
    answer(&server, "PUT", "/api/v2/space/790", 200, space).await;
    provider.update_project(&ProjectId::new("790"), ProjectPatch::new().name("Yard")).await.unwrap();
    let sent = json!({ "name": "Yard", "private": false, "color": "#fff", "admin_can_manage": true,
        "multiple_assignees": true, "features": features });
    assert_eq!(bodies(&server, "PUT").await, [sent]);
    provider.update_project(&ProjectId::new("790"), ProjectPatch::new().name("Garden")).await.unwrap();
    assert_eq!(bodies(&server, "PUT").await.len(), 1, "nothing changes");
}
