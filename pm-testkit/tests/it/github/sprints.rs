//! Milestones.

use reqwest::Method;
use serde_json::json;

use super::{Api, ISSUES, codes, each};

const MILESTONES: &str = "/repos/acme/web/milestones";

#[tokio::test]
async fn due_dates_are_days_of_the_vendors_coast() {
    let api = Api::web().await;
    for (number, said, kept) in [
        (2, "2026-06-15T12:00:00Z", "2026-06-15T07:00:00Z"),
        (3, "2026-06-15T06:59:00Z", "2026-06-14T07:00:00Z"),
        (4, "2026-06-15T00:00:00Z", "2026-06-14T07:00:00Z"),
        (5, "2026-01-15T12:00:00Z", "2026-01-15T08:00:00Z"),
        (6, "2026-01-15T07:30:00Z", "2026-01-14T08:00:00Z"),
    ] {
        let (status, made) = api.post(MILESTONES, json!({ "title": said, "due_on": said })).await;
        assert_eq!((status, &made["number"], &made["due_on"]), (201, &json!(number), &json!(kept)));
    }
    assert_eq!(api.get(&format!("{MILESTONES}/1")).await.1["due_on"], "2026-05-01T07:00:00Z");
    assert_eq!(api.post(MILESTONES, json!({ "title": "Z", "due_on": "soon" })).await.0, 422);
}

#[tokio::test]
async fn milestones_are_made_changed_and_deleted() {
    let api = Api::web().await;
    let twice = api.post(MILESTONES, json!({ "title": "Sprint 1" })).await;
    assert_eq!(codes(&twice), (422, vec!["Milestone.title: already_exists".to_owned()]));
    assert_eq!(api.post(MILESTONES, json!({ "title": "Sprint 2", "description": "Ship" })).await.0, 201);
    api.issue(json!({ "title": "A", "milestone": 2, "labels": ["bug"] })).await;
    let (_, closed) = api.patch(&format!("{MILESTONES}/2"), json!({ "state": "closed" })).await;
    assert_eq!((&closed["state"], &closed["open_issues"]), (&json!("closed"), &json!(1)));
    assert!(closed["closed_at"].is_string());
    assert_eq!(each(&api.get(MILESTONES).await.1, "number"), [1], "open ones alone");
    assert_eq!(each(&api.get(&format!("{MILESTONES}?state=all")).await.1, "number"), [1, 2]);
    assert_eq!(each(&api.get(&format!("{MILESTONES}/2/labels")).await.1, "name"), ["bug"]);
    let (_, cleared) = api.patch(&format!("{MILESTONES}/1"), json!({ "due_on": null, "description": "" })).await;
    assert_eq!(cleared["due_on"], json!(null));
    assert_eq!(api.by("rita", Method::POST, MILESTONES, Some(json!({ "title": "X" }))).await.0, 404);
    assert_eq!(api.delete(&format!("{MILESTONES}/2"), json!({})).await.0, 204);
    assert_eq!(api.get(&format!("{ISSUES}/1")).await.1["milestone"], json!(null));
    assert_eq!(api.post(MILESTONES, json!({ "title": "Sprint 3" })).await.1["number"], 3);
}
