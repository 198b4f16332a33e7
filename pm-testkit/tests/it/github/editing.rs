//! Changes of issues, their labels, assignees and comments.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, ISSUES, codes, each};

async fn one() -> Api {
    let api = Api::web().await;
    api.issue(json!({ "title": "A", "labels": ["bug"], "assignees": ["mel"], "milestone": 1 })).await;
    api.server.advance(Duration::from_secs(5));
    api
}

#[tokio::test]
async fn lists_are_replaced_and_null_clears() {
    let api = one().await;
    let path = format!("{ISSUES}/1");
    let (_, before) = api.get(&path).await;
    let change = json!({ "title": "B", "body": null, "labels": ["Question"], "assignees": [], "milestone": null });
    let (status, issue) = api.patch(&path, change.clone()).await;
    assert_eq!((status, &issue["title"], &issue["assignee"]), (200, &json!("B"), &json!(null)));
    assert_eq!((each(&issue["labels"], "name"), &issue["milestone"]), (vec![json!("question")], &json!(null)));
    assert_ne!(issue["updated_at"], before["updated_at"]);
    api.server.advance(Duration::from_secs(5));
    let (_, same) = api.patch(&path, change).await;
    assert_eq!(same["updated_at"], issue["updated_at"], "nothing changed");
    let (_, events) = api.get(&format!("{path}/events")).await;
    let names = ["labeled", "renamed", "labeled", "unlabeled", "unassigned", "demilestoned"];
    assert_eq!(each(&events, "event"), names);
}

#[tokio::test]
async fn a_reason_counts_only_while_the_state_changes() {
    let api = one().await;
    let path = format!("{ISSUES}/1");
    let state = |issue: &Value| (issue["state"].clone(), issue["state_reason"].clone());
    let (_, issue) = api.patch(&path, json!({ "state": "closed" })).await;
    assert_eq!(state(&issue), (json!("closed"), json!("completed")));
    assert_eq!(issue["closed_by"]["login"], "ada");
    let (_, issue) = api.patch(&path, json!({ "state": "closed", "state_reason": "not_planned" })).await;
    assert_eq!(state(&issue), (json!("closed"), json!("completed")));
    let (_, issue) = api.patch(&path, json!({ "state": "open" })).await;
    assert_eq!((state(&issue), &issue["closed_at"]), ((json!("open"), json!("reopened")), &json!(null)));
    let other = api.issue(json!({ "title": "The first" })).await;
    let duplicate = json!({ "state": "closed", "state_reason": "duplicate", "duplicate_issue_id": other["id"] });
    let (_, issue) = api.patch(&path, duplicate).await;
    assert_eq!(state(&issue), (json!("closed"), json!("duplicate")));
    let refused = api.patch(&path, json!({ "state": "done" })).await;
    assert_eq!(codes(&refused), (422, vec!["Issue.state: invalid".to_owned()]));
}

#[tokio::test]
async fn labels_and_assignees_change_one_by_one() {
    let api = one().await;
    let path = format!("{ISSUES}/1");
    let (_, labels) = api.post(&format!("{path}/labels"), json!({ "labels": ["BUG", "good first issue"] })).await;
    assert_eq!(each(&labels, "name"), ["bug", "good first issue"]);
    let (_, labels) = api.delete(&format!("{path}/labels/good%20first%20issue"), json!({})).await;
    assert_eq!(each(&labels, "name"), ["bug"]);
    let (status, refused) = api.delete(&format!("{path}/labels/wontfix"), json!({})).await;
    assert_eq!((status, &refused["message"]), (404, &json!("Label does not exist")));
    let (_, labels) = api.put(&format!("{path}/labels"), json!({ "labels": ["x", "y"] })).await;
    assert_eq!(each(&labels, "name"), ["x", "y"]);
    assert_eq!(api.delete(&format!("{path}/labels"), json!({})).await.0, 204);
    let (status, issue) = api.post(&format!("{path}/assignees"), json!({ "assignees": ["ada", "rita"] })).await;
    assert_eq!((status, each(&issue["assignees"], "login")), (201, vec![json!("mel"), json!("ada")]));
    let (_, issue) = api.delete(&format!("{path}/assignees"), json!({ "assignees": ["mel"] })).await;
    assert_eq!(each(&issue["assignees"], "login"), ["ada"]);
    assert_eq!(api.by("rita", Method::POST, &format!("{path}/labels"), Some(json!({ "labels": ["x"] }))).await.0, 403);
}

#[tokio::test]
async fn labels_of_a_repository_have_names_without_case() {
    let api = one().await;
    let labels = "/repos/acme/web/labels";
    assert_eq!(api.get(labels).await.1.as_array().unwrap().len(), 9);
    let twice = api.post(labels, json!({ "name": "BUG" })).await;
    assert_eq!(codes(&twice), (422, vec!["Label.name: already_exists".to_owned()]));
    let (status, made) = api.post(labels, json!({ "name": "priority: high", "color": "ff0000" })).await;
    assert_eq!((status, &made["color"], &made["default"]), (201, &json!("ff0000"), &json!(false)));
    let (_, renamed) = api.patch(&format!("{labels}/bug"), json!({ "new_name": "Defect" })).await;
    assert_eq!(renamed["name"], "Defect");
    assert_eq!(each(&api.get(&format!("{ISSUES}/1")).await.1["labels"], "name"), ["Defect"]);
    assert_eq!(api.delete(&format!("{labels}/defect"), json!({})).await.0, 204);
    assert_eq!(api.get(&format!("{ISSUES}/1")).await.1["labels"], json!([]));
    assert_eq!(api.by("rita", Method::POST, labels, Some(json!({ "name": "z" }))).await.0, 404);
}

#[tokio::test]
async fn comments_change_their_issue() {
    let api = one().await;
    let path = format!("{ISSUES}/1");
    let (_, before) = api.get(&path).await;
    let (status, comment) = api.post(&format!("{path}/comments"), json!({ "body": "Which green?" })).await;
    assert_eq!((status, &comment["user"]["login"]), (201, &json!("ada")));
    let (_, issue) = api.get(&path).await;
    assert_eq!(issue["comments"], 1);
    assert_ne!(issue["updated_at"], before["updated_at"]);
    let own = format!("/repos/acme/web/issues/comments/{}", comment["id"]);
    let (_, edited) = api.patch(&own, json!({ "body": "Which blue?" })).await;
    assert_eq!(edited["body"], "Which blue?");
    assert_eq!(api.by("rita", Method::PATCH, &own, Some(json!({ "body": "Red" }))).await.0, 403);
    assert_eq!(each(&api.get("/repos/acme/web/issues/comments").await.1, "body"), ["Which blue?"]);
    assert_eq!(codes(&api.post(&format!("{path}/comments"), json!({ "body": "" })).await).0, 422);
    assert_eq!(api.put(&format!("{path}/lock"), json!({ "lock_reason": "resolved" })).await.0, 204);
    let shut = api.by("rita", Method::POST, &format!("{path}/comments"), Some(json!({ "body": "Red" }))).await;
    assert_eq!(shut.0, 403);
    assert_eq!(api.delete(&own, json!({})).await.0, 204);
    assert_eq!(api.get(&own).await.0, 404);
    assert_eq!(api.get(&format!("{path}/comments")).await.1, json!([]));
}

#[tokio::test]
async fn fields_of_an_organisation_have_values() {
    let api = Api::seeded(json!({
        "organizations": [{ "login": "acme", "owners": ["ada"], "issue_fields": [
            { "name": "Priority", "data_type": "single_select", "options": ["High", "Low"] },
            { "name": "Effort", "data_type": "number" },
        ] }],
        "repositories": [{ "name": "acme/web" }],
    }))
    .await;
    let (_, fields) = api.get("/orgs/acme/issue-fields").await;
    let id = &fields[0]["id"];
    let made = api.issue(json!({ "title": "A", "issue_field_values": [{ "field_id": id, "value": "High" }] })).await;
    assert_eq!(made["issue_field_values"][0]["single_select_option"]["name"], "High");
    let values = format!("{ISSUES}/1/issue-field-values");
    let effort = json!({ "issue_field_values": [{ "field_id": fields[1]["id"], "value": 3 }] });
    assert_eq!(each(&api.post(&values, effort.clone()).await.1, "value"), [json!("High"), json!(3)]);
    assert_eq!(each(&api.put(&values, effort).await.1, "value"), [json!(3)]);
    assert_eq!(api.post(&values, json!({ "issue_field_values": [] })).await.1, json!([]), "nothing clears all");
    let wrong = json!({ "issue_field_values": [{ "field_id": id, "value": "Never" }] });
    assert_eq!(api.post(&values, wrong).await.0, 422);
}
