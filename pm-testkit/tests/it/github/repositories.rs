//! Repositories, and issue types of their owners.

use pm_testkit::github::{FakeGitHub, Seed};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, ISSUES, codes, each};

#[tokio::test]
async fn repositories_are_made_changed_and_deleted() {
    let api = Api::web().await;
    let (status, made) = api.post("/user/repos", json!({ "name": "my shop", "private": true })).await;
    assert_eq!((status, &made["full_name"], &made["visibility"]), (201, &json!("ada/my-shop"), &json!("private")));
    let twice = api.post("/user/repos", json!({ "name": "My-Shop" })).await;
    assert_eq!(codes(&twice), (422, vec!["Repository.name: custom".to_owned()]));
    assert_eq!(twice.1["message"], "Repository creation failed.");
    let (_, changed) = api.patch("/repos/ada/my-shop", json!({ "name": "shop", "description": "Things" })).await;
    assert_eq!((&changed["full_name"], &changed["description"]), (&json!("ada/shop"), &json!("Things")));
    assert_eq!(api.get("/repos/ada/my-shop").await.0, 301);
    assert_eq!(api.by("mel", Method::PATCH, "/repos/acme/web", Some(json!({ "name": "x" }))).await.0, 403);
    assert_eq!(api.delete("/repos/ada/shop", json!({})).await.0, 204);
    assert_eq!(api.get("/repos/ada/shop").await.0, 404);
    let (_, own) = api.post("/orgs/acme/repos", json!({ "name": "lab" })).await;
    assert_eq!((&own["owner"]["type"], &own["organization"]["login"]), (&json!("Organization"), &json!("acme")));
    assert_eq!(each(&api.get("/orgs/acme/repos?sort=full_name").await.1, "name"), ["lab", "web"]);
    assert_eq!(api.by("rita", Method::POST, "/orgs/acme/repos", Some(json!({ "name": "mine" }))).await.0, 403);
}

#[tokio::test]
async fn the_sample_has_something_of_everything() {
    let api = Api::with(FakeGitHub::builder().seed(Seed::sample().unwrap())).await;
    assert_eq!(each(&api.get("/user/repos").await.1, "full_name"), ["acme/web", "ada/notes"]);
    let (_, issues) = api.get(&format!("{ISSUES}?state=all&direction=asc")).await;
    let is_pull = |issue: &Value| issue.get("pull_request").is_some();
    let pulls: Vec<bool> = issues.as_array().unwrap().iter().map(is_pull).collect();
    assert_eq!(pulls, [false, false, false, false, false, true, true, true], "one space of numbers");
    assert_eq!(each(&api.get("/repos/acme/web/pulls").await.1, "number"), [8, 7]);
    let (_, board) = api.get("/orgs/acme/issue-fields").await;
    assert_eq!(each(&board, "name"), ["Priority"]);
}

#[tokio::test]
async fn archives_are_only_read() {
    let api = Api::web().await;
    api.issue(json!({ "title": "A" })).await;
    let (_, archived) = api.patch("/repos/acme/web", json!({ "archived": true })).await;
    assert_eq!(archived["archived"], true);
    let (status, refused) = api.post(ISSUES, json!({ "title": "B" })).await;
    assert_eq!((status, &refused["message"]), (403, &json!("Repository was archived so is read-only.")));
    assert_eq!(api.get(&format!("{ISSUES}/1")).await.0, 200);
    assert_eq!(api.patch("/repos/acme/web", json!({ "archived": false })).await.0, 200);
    assert_eq!(api.post(ISSUES, json!({ "title": "B" })).await.0, 201);
}

#[tokio::test]
async fn issues_can_be_switched_off() {
    let api = Api::web().await;
    api.issue(json!({ "title": "A" })).await;
    api.patch("/repos/acme/web", json!({ "has_issues": false })).await;
    for (method, path) in [(Method::POST, ISSUES.to_owned()), (Method::GET, format!("{ISSUES}/1"))] {
        assert_eq!(api.response(method, &path, Some(json!({ "title": "B" }))).await.status(), 410, "{path}");
    }
}

#[tokio::test]
async fn organisations_have_issue_types() {
    let api = Api::web().await;
    let types = "/orgs/acme/issue-types";
    assert_eq!(each(&api.get(types).await.1, "name"), ["Task", "Bug", "Feature"]);
    let (status, made) = api.post(types, json!({ "name": "Story", "is_enabled": true, "color": "pink" })).await;
    assert_eq!((status, &made["color"]), (200, &json!("pink")));
    let made = format!("{types}/{}", made["id"]);
    assert_eq!(api.issue(json!({ "title": "A", "type": "story" })).await["type"]["name"], "Story");
    assert_eq!(api.put(&made, json!({ "name": "Tale", "is_enabled": true })).await.1["name"], "Tale");
    assert_eq!(codes(&api.post(types, json!({ "name": "bug", "is_enabled": true })).await).0, 422);
    assert_eq!(api.delete(&made, json!({})).await.0, 204);
    assert_eq!(api.get(&format!("{ISSUES}/1")).await.1["type"], json!(null));
    assert_eq!(api.by("mel", Method::POST, types, Some(json!({ "name": "X", "is_enabled": true }))).await.0, 404);
}
