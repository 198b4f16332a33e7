//! Answers that are not what they should be.

use std::time::Duration;

use pm_provider::{DeleteOptions, Effect, Error, ErrorKind, Field, PmProvider, ProjectPatch, Result, Retry};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, answer_empty, cloud, project};

const AT: &str = "/rest/api/3/project/10000";

async fn reply(server: &MockServer, reply: ResponseTemplate) {
    Mock::given(method("GET")).and(path(AT)).respond_with(reply).mount(server).await;
}

fn failed<T: std::fmt::Debug>(answer: Result<T>) -> Error {
    answer.unwrap_err()
}

#[tokio::test]
async fn a_page_for_people_is_a_clear_error() {
    let html = "<!DOCTYPE html><html><head><title>Log in with Atlassian account</title></head><body>…</body></html>";
    for status in [200, 403] {
        let (server, provider) = cloud().await;
        reply(&server, ResponseTemplate::new(status).set_body_raw(html, "text/html;charset=UTF-8")).await;
        let error = failed(provider.get_project(&"10000".into()).await);
        let kind = if status == 200 { ErrorKind::InvalidResponse } else { ErrorKind::PermissionDenied };
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains("Log in with Atlassian account"), "{error}");
        assert_eq!((error.provider(), error.operation()), (Some("jira"), Some("get_project")));
    }
}

#[tokio::test]
async fn half_an_answer_is_not_taken_for_a_whole_one() {
    let (server, provider) = cloud().await;
    let text = project(10000, "WEB", "Web").to_string();
    reply(&server, ResponseTemplate::new(200).set_body_raw(&text[..text.len() / 2], "application/json")).await;
    assert_eq!(failed(provider.get_project(&"10000".into()).await).kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn an_answer_of_another_shape_names_the_place() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", AT, 200, json!({ "id": "ten-thousand", "key": "WEB", "name": "Web" })).await;
    let error = failed(provider.get_project(&"10000".into()).await);
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("id") && !error.to_string().contains("ten-thousand"), "{error}");
}

#[tokio::test]
async fn members_that_are_missing_or_null_do_no_harm() {
    let (server, provider) = cloud().await;
    answer(
        &server,
        "GET",
        AT,
        200,
        json!({ "id": "10000", "key": "WEB", "name": "Web", "description": null, "lead": null }),
    )
    .await;
    let project = provider.get_project(&"10000".into()).await.unwrap();
    assert_eq!((project.description, project.owner_id), (None, None));
}

#[tokio::test]
async fn trap_both_lists_of_errors_are_merged() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", AT, 200, project(10000, "WEB", "Web")).await;
    let body = json!({ "errorMessages": ["Something is wrong."], "warningMessages": ["Take care."],
        "errors": { "projectName": "Too long.", "avatarId": "No such picture." } });
    answer(&server, "PUT", AT, 400, body).await;
    let error = failed(provider.update_project(&"10000".into(), ProjectPatch::new().name("x")).await);
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::Name));
    for text in ["Something is wrong.", "Take care.", "`avatarId`: No such picture.", "Too long."] {
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[tokio::test]
async fn trap_404_is_also_what_is_invisible() {
    let (server, provider) = cloud().await;
    answer(
        &server,
        "GET",
        AT,
        404,
        json!({ "errorMessages": ["No project could be found with id '10000'."], "errors": {} }),
    )
    .await;
    let error = failed(provider.get_project(&"10000".into()).await);
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.hint_text().is_some_and(|hint| hint.contains("not visible")), "{error}");
}

#[tokio::test]
async fn trap_a_removed_operation_is_no_missing_item() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", AT, 410, json!({ "errorMessages": ["The requested API has been removed."], "errors": {} }))
        .await;
    let error = failed(provider.get_project(&"10000".into()).await);
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

#[tokio::test]
async fn trap_limits_say_which_one_it_is_and_how_long() {
    for (reason, word) in [
        ("jira-quota-tenant-based", "allowance"),
        ("jira-burst-based", "one kind"),
        ("jira-per-issue-on-write", "one issue"),
    ] {
        let (server, provider) = cloud().await;
        let limited =
            ResponseTemplate::new(429).insert_header("Retry-After", "3600").insert_header("RateLimit-Reason", reason);
        reply(&server, limited).await;
        let error = failed(provider.get_project(&"10000".into()).await);
        assert_eq!((error.kind(), error.effect()), (ErrorKind::RateLimited, &Effect::NotExecuted));
        assert_eq!(error.retry(), Retry::After(Duration::from_secs(3600)));
        assert!(error.message().contains(word) && error.message().contains(reason), "{error}");
    }
}

#[tokio::test]
async fn trap_the_time_of_a_reset_is_no_number() {
    let (server, provider) = cloud().await;
    let reset = (chrono::Utc::now() + chrono::TimeDelta::minutes(30)).format("%Y-%m-%dT%H:%MZ").to_string();
    let limited = ResponseTemplate::new(429).insert_header("X-RateLimit-Reset", reset.as_str());
    reply(&server, limited).await;
    let error = failed(provider.get_project(&"10000".into()).await);
    let Retry::After(pause) = error.retry() else { panic!("{error:?}") };
    assert!(pause > Duration::from_secs(28 * 60) && pause <= Duration::from_secs(30 * 60), "{pause:?}");
}

#[tokio::test]
async fn a_limit_that_passes_is_waited_for() {
    let (server, provider) = cloud().await;
    let limited = ResponseTemplate::new(429)
        .insert_header("Retry-After", "1")
        .insert_header("RateLimit-Reason", "jira-burst-based");
    Mock::given(method("GET"))
        .and(path(AT))
        .respond_with(limited)
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server)
        .await;
    answer(&server, "GET", AT, 200, project(10000, "WEB", "Web")).await;
    assert_eq!(provider.get_project(&"10000".into()).await.unwrap().name, "Web");
}

#[tokio::test]
async fn what_our_own_repetition_deleted_is_deleted() {
    let (server, provider) = cloud().await;
    let at = "/rest/agile/1.0/sprint/7";
    answer(&server, "DELETE", at, 404, json!({ "errorMessages": ["Sprint does not exist"], "errors": {} })).await;
    let lost = ResponseTemplate::new(502);
    Mock::given(method("DELETE"))
        .and(path(at))
        .respond_with(lost)
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server)
        .await;
    provider.delete_sprint(&"7".into(), DeleteOptions::new()).await.unwrap();
}

#[tokio::test]
async fn a_project_that_takes_too_long_to_delete_is_looked_for() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", AT, 404, json!({ "errorMessages": ["No project could be found."], "errors": {} })).await;
    let there = ResponseTemplate::new(200).set_body_json(project(10000, "WEB", "Web"));
    Mock::given(method("GET")).and(path(AT)).respond_with(there).up_to_n_times(1).with_priority(1).mount(&server).await;
    answer_empty(&server, "DELETE", AT, 504).await;
    provider.delete_project(&"10000".into(), DeleteOptions::with_contents()).await.unwrap();
}

#[tokio::test]
async fn a_burst_of_one_operation_stops_no_other() {
    let (server, provider) = cloud().await;
    let limited = ResponseTemplate::new(429)
        .insert_header("Retry-After", "600")
        .insert_header("RateLimit-Reason", "jira-burst-based");
    Mock::given(method("GET")).and(path(AT)).respond_with(limited).mount(&server).await;
    answer(&server, "GET", "/rest/api/3/user", 200, json!({ "accountId": "5b10:ann", "displayName": "Ann" })).await;
    assert_eq!(failed(provider.get_project(&"10000".into()).await).kind(), ErrorKind::RateLimited);
    provider.get_user(&"5b10:ann".into()).await.unwrap();
    let quota = ResponseTemplate::new(429)
        .insert_header("Retry-After", "600")
        .insert_header("RateLimit-Reason", "jira-quota-global-based");
    Mock::given(method("GET")).and(path("/rest/agile/1.0/sprint/7")).respond_with(quota).mount(&server).await;
    assert_eq!(failed(provider.get_sprint(&"7".into()).await).kind(), ErrorKind::RateLimited);
    assert_eq!(failed(provider.get_user(&"5b10:ann".into()).await).kind(), ErrorKind::RateLimited, "a quota stops all");
}
