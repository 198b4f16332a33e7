//! Milestones on the wire.

use chrono::NaiveDate;
use pm_provider::{
    DeleteOptions, ErrorKind, FieldPatch, NewSprint, PmProvider, ProjectId, SprintId, SprintPatch, SprintQuery,
    SprintStatusCategory,
};
use pm_provider_github::GitHubProvider;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, github, repository};

fn milestone(number: u64, state: &str) -> Value {
    json!({ "id": 1000 + number, "number": number, "title": format!("Sprint {number}"), "state": state,
        "description": "What for", "due_on": "2026-03-01T08:00:00Z", "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z", "html_url": "https://github.com/octo/web/milestone/3" })
}

async fn site() -> (MockServer, GitHubProvider) {
    let (server, provider) = github().await;
    answer(&server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
    answer(&server, "GET", "/rate_limit", 200, json!({})).await;
    answer(&server, "GET", "/repos/octo/web/milestones/3", 200, milestone(3, "open")).await;
    (server, provider)
}

async fn sent(server: &MockServer, verb: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    let those = requests.iter().filter(|request| request.method.as_str() == verb);
    those.map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

#[tokio::test]
async fn a_state_is_left_to_github_and_all_of_them_are_asked_for_otherwise() {
    let (server, provider) = site().await;
    for (state, rows) in
        [("closed", json!([milestone(4, "closed")])), ("all", json!([milestone(3, "open"), milestone(4, "closed")]))]
    {
        let reply = ResponseTemplate::new(200).set_body_json(rows);
        let mock = Mock::given(method("GET")).and(path("/repos/octo/web/milestones"));
        mock.and(query_param("state", state))
            .and(query_param("per_page", "100"))
            .respond_with(reply)
            .mount(&server)
            .await;
    }
    let query = SprintQuery::in_project("7");
    let all = provider.sprints_page(&query, None).await.unwrap();
    let ids: Vec<_> = all.items.iter().map(|sprint| sprint.id.as_str()).collect();
    assert_eq!((ids.as_slice(), all.total), (["7#m3", "7#m4"].as_slice(), Some(2)));
    let closed = provider.sprints_page(&query.statuses([SprintStatusCategory::Completed]), None).await.unwrap();
    assert_eq!(closed.items[0].status.category, SprintStatusCategory::Completed);
}

#[tokio::test]
async fn a_day_is_written_at_noon_and_read_as_that_day() {
    let (server, provider) = site().await;
    answer(&server, "POST", "/repos/octo/web/milestones", 201, milestone(3, "open")).await;
    let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    let made = provider.create_sprint(NewSprint::new("7", "Sprint 3").end_date(day)).await.unwrap();
    assert_eq!((made.end_date, made.start_date), (Some(day), None));
    assert_eq!(sent(&server, "POST").await, [json!({ "title": "Sprint 3", "due_on": "2026-03-01T12:00:00Z" })]);
}

#[tokio::test]
async fn a_first_day_is_refused_before_any_request() {
    let (server, provider) = site().await;
    let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    let error = provider.create_sprint(NewSprint::new("7", "Sprint 3").start_date(day)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn only_what_changes_is_sent() {
    let (server, provider) = site().await;
    answer(&server, "PATCH", "/repos/octo/web/milestones/3", 200, milestone(3, "closed")).await;
    let id = SprintId::new("octo/web#m3");
    answer(&server, "GET", "/repos/octo/web", 200, repository(7, "octo", "web")).await;
    let mut patch = SprintPatch::new().name("Sprint 3").goal("What for");
    provider.update_sprint(&id, patch.clone()).await.unwrap();
    assert!(sent(&server, "PATCH").await.is_empty(), "all of it is so already");
    patch = patch.status(SprintStatusCategory::Completed);
    patch.end_date = FieldPatch::Clear;
    let closed = provider.update_sprint(&id, patch).await.unwrap();
    assert_eq!(closed.id.as_str(), "7#m3");
    assert_eq!(sent(&server, "PATCH").await, [json!({ "state": "closed", "due_on": null })]);
}

#[tokio::test]
async fn a_milestone_of_nothing_is_not_found() {
    let (server, provider) = site().await;
    let gone = ResponseTemplate::new(404).set_body_json(json!({ "message": "Not Found" }));
    Mock::given(method("DELETE")).and(path("/repos/octo/web/milestones/9")).respond_with(gone).mount(&server).await;
    for id in ["7#m9", "7#9", "nonsense", "7"] {
        let error = provider.delete_sprint(&SprintId::new(id), DeleteOptions::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
    }
}

#[tokio::test]
async fn a_renamed_repository_is_written_to_under_its_new_name_once() {
    let (server, provider) = site().await;
    provider.get_project(&ProjectId::new("7")).await.unwrap();
    // It is renamed now; GitHub redirects, and a POST is not to be followed blindly.
    let moved =
        ResponseTemplate::new(307).insert_header("location", format!("{}/repositories/7/milestones", server.uri()));
    Mock::given(method("POST"))
        .and(path("/repos/octo/web/milestones"))
        .respond_with(moved)
        .expect(1)
        .mount(&server)
        .await;
    let renamed = ResponseTemplate::new(200).set_body_json(repository(7, "octo", "site"));
    Mock::given(method("GET")).and(path("/repositories/7")).respond_with(renamed).with_priority(1).mount(&server).await;
    answer(&server, "POST", "/repos/octo/site/milestones", 201, milestone(3, "open")).await;
    let made = provider.create_sprint(NewSprint::new("7", "Sprint 3")).await.unwrap();
    assert_eq!(made.id.as_str(), "7#m3");
    assert_eq!(sent(&server, "POST").await.len(), 2, "once under either name");
}
