//! What the server drops without a word, with a status that says that all is well.

use pm_provider::{Effect, ErrorKind, Field, NewComment, NewTask, StatusCategory, TaskPatch, Visibility};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::support::{answer, issue, plant, plant_once, provider, requests, server};

#[tokio::test]
async fn an_update_that_was_dropped_is_no_success() {
    let server = server().await;
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": issue(1, "before", json!({})) })).await;
    plant(&server, "PUT", "/issues/1.json", ResponseTemplate::new(204)).await;
    let error = provider(&server).update_task(&"1".into(), TaskPatch::new().title("after")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::PermissionDenied, &Effect::NotExecuted));
    assert_eq!(error.field_errors()[0].field, Field::Title);
    assert!(error.to_string().contains("the role or the workflow"), "{error}");
}

#[tokio::test]
async fn an_update_that_was_dropped_in_part_says_which() {
    let server = server().await;
    let before = json!({ "issue": issue(1, "before", json!({})) });
    plant_once(&server, "GET", "/issues/1.json", ResponseTemplate::new(200).set_body_json(before)).await;
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": issue(1, "after", json!({})) })).await;
    plant(&server, "PUT", "/issues/1.json", ResponseTemplate::new(204)).await;
    let patch = TaskPatch::new().title("after").assignees(["5"]);
    let error = provider(&server).update_task(&"1".into(), patch).await.unwrap_err();
    let (applied, failed) = (vec!["title".to_owned()], vec!["assignees".to_owned()]);
    assert_eq!(error.effect(), &Effect::Partial { id: "1".to_owned(), applied, failed });
}

#[tokio::test]
async fn a_status_that_a_task_cannot_begin_with_is_set_afterwards() {
    let server = server().await;
    answer(&server, "POST", "/issues.json", 201, &json!({ "issue": issue(1, "x", json!({})) })).await;
    plant(&server, "PUT", "/issues/1.json", ResponseTemplate::new(204)).await;
    let closed =
        json!({ "status": { "id": 5, "name": "Closed", "is_closed": true }, "closed_on": "2026-11-21T18:00:01Z" });
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": issue(1, "x", closed) })).await;
    answer(&server, "GET", "/issues.json", 200, &crate::support::issues(&[])).await;
    let task = provider(&server).create_task(NewTask::new("7", "x").status(StatusCategory::Done)).await.unwrap();
    assert_eq!(task.status.name, "Closed");
    assert_eq!(requests(&server, "POST", "/issues.json").await.len(), 1);
}

#[tokio::test]
async fn a_create_that_was_dropped_in_part_names_what_it_made() {
    let server = server().await;
    answer(&server, "POST", "/issues.json", 201, &json!({ "issue": issue(1, "x", json!({})) })).await;
    answer(&server, "GET", "/issues.json", 200, &crate::support::issues(&[])).await;
    let new = NewTask::new("7", "x").visibility(Visibility::Restricted);
    let error = provider(&server).create_task(new).await.unwrap_err();
    let (applied, failed) = (error.effect().clone(), error.kind());
    assert_eq!(failed, ErrorKind::PermissionDenied);
    let Effect::Partial { id, applied, failed } = applied else { panic!("{error}") };
    assert_eq!((id.as_str(), failed), ("1", vec!["visibility".to_owned()]));
    assert!(applied.contains(&"create".to_owned()), "{applied:?}");
}

#[tokio::test]
async fn a_private_note_that_became_public_is_taken_back() {
    let server = server().await;
    let with = |notes: serde_json::Value| json!({ "issue": issue(1, "x", json!({ "journals": notes })) });
    let public = json!([{ "id": 3, "user": { "id": 5, "name": "Bob" }, "notes": "secret", "private_notes": false }]);
    plant_once(&server, "GET", "/issues/1.json", ResponseTemplate::new(200).set_body_json(with(json!([])))).await;
    answer(&server, "GET", "/issues/1.json", 200, &with(public)).await;
    plant(&server, "PUT", "/issues/1.json", ResponseTemplate::new(204)).await;
    plant(&server, "PUT", "/journals/3.json", ResponseTemplate::new(204)).await;
    let new = NewComment::new("1", "secret").visibility(Visibility::Restricted);
    let error = provider(&server).comments().unwrap().create_comment(new).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::PermissionDenied, &Effect::NotExecuted));
    let body: serde_json::Value = requests(&server, "PUT", "/journals/3.json").await[0].body_json().unwrap();
    assert_eq!(body, json!({ "journal": { "notes": "" } }));
}

#[tokio::test]
async fn a_note_that_may_not_be_added_is_no_success() {
    let server = server().await;
    answer(&server, "GET", "/issues/1.json", 200, &json!({ "issue": issue(1, "x", json!({ "journals": [] })) })).await;
    plant(&server, "PUT", "/issues/1.json", ResponseTemplate::new(204)).await;
    let comments = provider(&server).comments().unwrap();
    let error = comments.create_comment(NewComment::new("1", "hello")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::PermissionDenied, &Effect::NotExecuted));
}
