//! Where things are today.

use reqwest::Method;
use serde_json::json;

use super::{Api, ISSUES, answer};

#[tokio::test]
async fn repositories_have_two_addresses() {
    let api = Api::web().await;
    let (_, by_name) = api.get("/repos/ACME/Web").await;
    let id = &by_name["id"];
    assert_eq!(api.get(&format!("/repositories/{id}")).await.1, by_name);
    let (status, made) = api.post(&format!("/repositories/{id}/issues"), json!({ "title": "A" })).await;
    assert_eq!((status, &made["repository_url"]), (201, &json!(format!("{}/repos/acme/web", api.server.url()))));
    assert_eq!(api.get("/api/v3/repos/acme/web").await.0, 200);
    for gone in ["/repos/acme/none", "/repositories/1", "/repositories/x", "/repos/acme/web/issues/x", "/nothing"] {
        assert_eq!(api.get(gone).await.0, 404, "{gone}");
    }
}

#[tokio::test]
async fn old_names_lead_on() {
    let api = Api::web().await;
    api.issue(json!({ "title": "A" })).await;
    assert!(api.server.rename_repository("acme/web", "site"));
    let moved = api.response(Method::GET, &format!("{ISSUES}?state=all"), None).await;
    assert_eq!(moved.status(), 301);
    let place = moved.headers()["location"].to_str().unwrap().to_owned();
    let (_, body) = answer(moved).await;
    assert_eq!((&body["message"], &body["url"]), (&json!("Moved Permanently"), &json!(place)));
    assert_eq!(api.get(&place).await.1[0]["title"], "A");
    let write = api.response(Method::POST, ISSUES, Some(json!({ "title": "B" }))).await;
    assert_eq!(write.status(), 307);
    assert_eq!(api.server.issues("acme/site").len(), 1);
    // Once somebody takes the name, it leads nowhere else.
    assert_eq!(api.post("/orgs/acme/repos", json!({ "name": "web" })).await.0, 201);
    assert_eq!(api.get(ISSUES).await, (200, json!([])));
}

#[tokio::test]
async fn issues_move_and_go() {
    let api = Api::web().await;
    api.issue(json!({ "title": "A", "labels": ["bug", "x"] })).await;
    api.issue(json!({ "title": "B" })).await;
    assert_eq!(api.server.transfer_issue("acme/web", 1, "ada/notes"), Some(1));
    let moved = api.response(Method::GET, &format!("{ISSUES}/1"), None).await;
    assert_eq!(moved.status(), 301);
    let place = moved.headers()["location"].to_str().unwrap().to_owned();
    let (_, issue) = api.get(&place).await;
    assert_eq!(
        (&issue["title"], &issue["number"], issue["labels"][0]["name"].as_str()),
        (&json!("A"), &json!(1), Some("bug"))
    );
    let hidden = api.by("rita", Method::GET, &format!("{ISSUES}/1"), None).await;
    assert_eq!(hidden.0, 404, "not for those who do not see where it went");
    assert!(api.server.delete_issue("acme/web", 2));
    let (status, gone) = api.get(&format!("{ISSUES}/2")).await;
    assert_eq!((status, &gone["message"]), (410, &json!("This issue was deleted")));
    assert_eq!(api.get(&format!("{ISSUES}/3")).await.0, 404);
    assert_eq!(api.issue(json!({ "title": "C" })).await["number"], 3, "numbers are never used twice");
}
