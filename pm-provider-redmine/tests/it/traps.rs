//! What Redmine does that one would not think: a test for each.

use pm_provider::{
    CommentQuery, DeleteOptions, ErrorKind, Existence, ItemRef, NewTask, PmProviderExt, ProjectQuery, SprintQuery,
    StatusCategory, TaskPatch, TaskQuery,
};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::support::{KEY, answer, issue, issues, parameters, plant, plant_once, provider, requests, server};

#[tokio::test]
async fn a_listing_asks_for_every_status_and_rules_sub_projects_out() {
    let server = server().await;
    answer(&server, "GET", "/issues.json", 200, &issues(&[issue(1, "one", json!({}))])).await;
    provider(&server).list_tasks(TaskQuery::in_project("7")).await.unwrap();
    let asked = parameters(&requests(&server, "GET", "/issues.json").await[0]);
    for (name, value) in [("status_id", "*"), ("project_id", "7"), ("subproject_id", "!*"), ("limit", "100")] {
        assert!(asked.contains(&(name.to_owned(), value.to_owned())), "{name}: {asked:?}");
    }
}

#[tokio::test]
async fn operators_are_percent_encoded() {
    let server = server().await;
    answer(&server, "GET", "/issues.json", 200, &issues(&[])).await;
    let since = "2026-11-01T00:00:00.5Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    provider(&server).list_tasks(TaskQuery::new().updated_since(since)).await.unwrap();
    let url = requests(&server, "GET", "/issues.json").await[0].url.to_string();
    assert!(url.contains("updated_on=%3E%3D2026-11-01T00%3A00%3A00Z"), "{url}");
}

#[tokio::test]
async fn a_page_goes_on_after_the_last_id_not_at_an_offset() {
    let server = server().await;
    let first = json!({ "issues": [issue(3, "a", json!({})), issue(8, "b", json!({}))], "total_count": 3 });
    plant_once(&server, "GET", "/issues.json", ResponseTemplate::new(200).set_body_json(first)).await;
    answer(&server, "GET", "/issues.json", 200, &issues(&[issue(9, "c", json!({}))])).await;
    let query = TaskQuery::new().page_size(2_u32);
    let ids: Vec<_> = provider(&server).list_tasks(query).await.unwrap().into_iter().map(|task| task.id).collect();
    assert_eq!(ids, ["3".into(), "8".into(), "9".into()]);
    let second = parameters(&requests(&server, "GET", "/issues.json").await[1]);
    assert!(second.contains(&("issue_id".to_owned(), ">=9".to_owned())), "{second:?}");
    assert!(second.iter().all(|(name, _)| name != "offset"), "{second:?}");
}

#[tokio::test]
async fn a_filter_that_the_server_ignores_is_checked_on_our_side() {
    let server = server().await;
    let list = [issue(1, "mine", json!({ "parent": { "id": 4 } })), issue(2, "stray", json!({}))];
    answer(&server, "GET", "/issues.json", 200, &issues(&list)).await;
    let found = provider(&server).list_tasks(TaskQuery::new().parent("4")).await.unwrap();
    assert_eq!(found.iter().map(|task| task.title.as_str()).collect::<Vec<_>>(), ["mine"]);
}

#[tokio::test]
async fn shared_versions_belong_to_their_own_project() {
    let server = server().await;
    let version =
        |id: u64, project: u64| json!({ "id": id, "project": { "id": project }, "name": "v", "status": "open" });
    answer(&server, "GET", "/projects/7/versions.json", 200, &json!({ "versions": [version(1, 7), version(2, 8)] }))
        .await;
    let found = provider(&server).list_sprints(SprintQuery::in_project("7")).await.unwrap();
    assert_eq!(found.iter().map(|sprint| sprint.id.as_str()).collect::<Vec<_>>(), ["1"]);
}

#[tokio::test]
async fn closed_projects_are_asked_for() {
    let server = server().await;
    answer(&server, "GET", "/projects.json", 200, &json!({ "projects": [], "total_count": 0 })).await;
    provider(&server).list_projects(ProjectQuery::new()).await.unwrap();
    let asked = parameters(&requests(&server, "GET", "/projects.json").await[0]);
    assert!(asked.contains(&("status".to_owned(), "1|5|9".to_owned())), "{asked:?}");
}

#[tokio::test]
async fn comments_come_oldest_first_whatever_the_user_prefers() {
    let server = server().await;
    let note = |id: u64, text: &str| json!({ "id": id, "notes": text, "details": [] });
    let journals = json!({ "journals": [note(9, "new"), note(5, ""), note(3, "old")] });
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": issue(1, "x", journals) })).await;
    let comments = provider(&server).comments().unwrap();
    let page = comments.comments_page(&CommentQuery::of_task("1"), None).await.unwrap();
    assert_eq!(page.items.iter().map(|comment| comment.body.as_str()).collect::<Vec<_>>(), ["old", "new"]);
}

#[tokio::test]
async fn closed_on_stays_when_an_issue_is_opened_again() {
    let server = server().await;
    let opened = issue(1, "x", json!({ "closed_on": "2026-11-21T18:32:49Z" }));
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": opened })).await;
    assert_eq!(provider(&server).get_task(&"1".into()).await.unwrap().completed_at, None);
}

#[tokio::test]
async fn an_anonymous_answer_is_no_health() {
    let server = wiremock::MockServer::start().await;
    let anonymous = json!({ "user": { "id": 4, "login": "", "firstname": "", "lastname": "Anonymous" } });
    answer(&server, "GET", "/users/current.json", 200, &anonymous).await;
    let error = provider(&server).health_check().await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unauthenticated, Some("health_check")));
}

#[tokio::test]
async fn a_users_key_is_in_no_raw_data() {
    let server = wiremock::MockServer::start().await;
    let user = json!({ "user": { "id": 5, "login": "bob", "firstname": "Bob", "lastname": "B", "api_key": KEY, "status": 1 } });
    answer(&server, "GET", "/users/current.json", 200, &user).await;
    let health = provider(&server).health_check().await.unwrap();
    assert!(!serde_json::to_string(&health).unwrap().contains(KEY));
    assert!(requests(&server, "GET", "/users/current.json").await[0].headers["x-redmine-api-key"] == KEY);
}

#[tokio::test]
async fn ids_that_are_no_numbers_are_asked_of_nobody() {
    let server = wiremock::MockServer::start().await;
    for id in ["12abc", "0", "-1", "../projects", "12 "] {
        let error = provider(&server).get_task(&id.into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn answers_to_writes_are_empty_and_never_parsed() {
    let server = server().await;
    let before = json!({ "issue": issue(1, "before", json!({})) });
    plant_once(&server, "GET", "/issues/1.json", ResponseTemplate::new(200).set_body_json(before)).await;
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": issue(1, "after", json!({})) })).await;
    // The content type says JSON, and there is none.
    plant(
        &server,
        "PUT",
        "/issues/1.json",
        ResponseTemplate::new(204).insert_header("content-type", "application/json"),
    )
    .await;
    let task = provider(&server).update_task(&"1".into(), TaskPatch::new().title("after")).await.unwrap();
    assert_eq!(task.title, "after");
    let body: serde_json::Value = requests(&server, "PUT", "/issues/1.json").await[0].body_json().unwrap();
    assert_eq!(body, json!({ "issue": { "subject": "after" } }));
}

#[tokio::test]
async fn a_field_is_emptied_by_an_empty_text() {
    let server = server().await;
    let before = issue(1, "x", json!({ "assigned_to": { "id": 5 }, "due_date": "2026-12-31" }));
    plant_once(&server, "GET", "/issues/1.json", ResponseTemplate::new(200).set_body_json(json!({ "issue": before })))
        .await;
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": issue(1, "x", json!({})) })).await;
    plant(&server, "PUT", "/issues/1.json", ResponseTemplate::new(204)).await;
    let patch = TaskPatch::new().clear_assignees().clear_due_date();
    provider(&server).update_task(&"1".into(), patch).await.unwrap();
    let body: serde_json::Value = requests(&server, "PUT", "/issues/1.json").await[0].body_json().unwrap();
    assert_eq!(body, json!({ "issue": { "assigned_to_id": "", "due_date": "" } }));
}

#[tokio::test]
async fn an_empty_list_of_errors_is_a_write_that_met_another() {
    let server = server().await;
    let before = json!({ "issue": issue(1, "before", json!({})) });
    let reply = |body: &serde_json::Value| ResponseTemplate::new(200).set_body_json(body);
    plant_once(&server, "GET", "/issues/1.json", reply(&before)).await;
    plant_once(&server, "GET", "/issues/1.json", reply(&before)).await;
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": issue(1, "after", json!({})) })).await;
    plant_once(&server, "PUT", "/issues/1.json", ResponseTemplate::new(422).set_body_json(json!({ "errors": [] })))
        .await;
    plant(&server, "PUT", "/issues/1.json", ResponseTemplate::new(204)).await;
    let task = provider(&server).update_task(&"1".into(), TaskPatch::new().title("after")).await.unwrap();
    assert_eq!(task.title, "after");
    assert_eq!(requests(&server, "PUT", "/issues/1.json").await.len(), 2);
}

#[tokio::test]
async fn a_change_of_status_follows_the_workflow() {
    let server = server().await;
    let allowed = json!({ "allowed_statuses": [{ "id": 1, "name": "New", "is_closed": false }] });
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": issue(1, "x", allowed) })).await;
    let patch = TaskPatch::new().status(StatusCategory::Done);
    let error = provider(&server).update_task(&"1".into(), patch).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("allowed are `New`"), "{error}");
    assert!(requests(&server, "PUT", "/issues/1.json").await.is_empty());
}

#[tokio::test]
async fn a_patch_that_changes_nothing_sends_nothing() {
    let server = server().await;
    let stored = issue(1, "same", json!({ "description": "a\r\nb", "estimated_hours": 0.333_333 }));
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": stored })).await;
    let hours = pm_provider::Hours::from_seconds(1_200);
    let patch = TaskPatch::new().title("same").description("a\nb").estimated_hours(hours);
    provider(&server).update_task(&"1".into(), patch).await.unwrap();
    assert!(requests(&server, "PUT", "/issues/1.json").await.is_empty());
}

#[tokio::test]
async fn a_task_with_sub_tasks_is_not_deleted_unasked() {
    let server = server().await;
    let parent = issue(1, "x", json!({ "children": [{ "id": 2, "subject": "y" }] }));
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": parent })).await;
    plant(&server, "DELETE", "/issues/1.json", ResponseTemplate::new(204)).await;
    let provider = provider(&server);
    let error = provider.delete_task(&"1".into(), DeleteOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(requests(&server, "DELETE", "/issues/1.json").await.is_empty());
    provider.delete_task(&"1".into(), DeleteOptions::with_contents()).await.unwrap();
}

#[tokio::test]
async fn a_version_is_emptied_before_it_is_deleted() {
    let server = server().await;
    let version = json!({ "version": { "id": 4, "project": { "id": 7 }, "name": "v", "status": "open" } });
    answer(&server, "GET", "/versions/4.json", 200, &version).await;
    let planned = issues(&[issue(1, "planned", json!({ "fixed_version": { "id": 4 } }))]);
    plant_once(&server, "GET", "/issues.json", ResponseTemplate::new(200).set_body_json(planned)).await;
    answer(&server, "GET", "/issues.json", 200, &issues(&[])).await;
    plant(&server, "PUT", "/issues/1.json", ResponseTemplate::new(204)).await;
    plant_once(&server, "DELETE", "/versions/4.json", ResponseTemplate::new(422)).await;
    plant(&server, "DELETE", "/versions/4.json", ResponseTemplate::new(204)).await;
    provider(&server).delete_sprint(&"4".into(), DeleteOptions::new()).await.unwrap();
    let body: serde_json::Value = requests(&server, "PUT", "/issues/1.json").await[0].body_json().unwrap();
    assert_eq!(body, json!({ "issue": { "fixed_version_id": "" } }));
}

#[tokio::test]
async fn an_id_that_is_not_there_may_be_hidden_from_all_but_administrators() {
    let server = server().await;
    plant(
        &server,
        "GET",
        "/issues/1.json",
        ResponseTemplate::new(404).insert_header("content-type", "application/json"),
    )
    .await;
    let sync = provider(&server).sync_support().unwrap();
    assert_eq!(sync.exists(&[ItemRef::Task("1".into())]).await.unwrap(), [Existence::Hidden]);
    assert_eq!(sync.exists(&[ItemRef::Task("one".into())]).await.unwrap(), [Existence::Absent]);
}

#[tokio::test]
async fn more_than_one_assignee_is_refused_before_any_request() {
    let server = wiremock::MockServer::start().await;
    let error = provider(&server).create_task(NewTask::new("7", "x").assignees(["5", "6"])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(server.received_requests().await.unwrap().is_empty());
}
