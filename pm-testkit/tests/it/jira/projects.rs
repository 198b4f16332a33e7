//! Projects and what they share.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::{Api, about, whole};

#[tokio::test]
async fn projects_come_in_pages_with_links() {
    let projects: Vec<_> = ["AA", "BB", "CC"].map(|key| json!({ "key": key, "description": "Words" })).to_vec();
    let api = Api::seeded(json!({ "projects": projects })).await;
    let (_, page) = api.get("/project/search?maxResults=2&expand=description,lead").await;
    let values = page["values"].as_array().unwrap();
    assert_eq!((values.len(), page["total"].as_u64(), page["isLast"].as_bool()), (2, Some(3), Some(false)));
    assert_eq!(
        (values[0]["description"].as_str(), values[0]["lead"]["displayName"].as_str()),
        (Some("Words"), Some("Ada Admin"))
    );
    assert!(page["nextPage"].as_str().unwrap().contains("startAt=2"));
    // Neither without asking.
    let (_, page) = api.get("/project/search?startAt=2").await;
    assert_eq!((page["values"][0].get("description"), page["isLast"].as_bool()), (None, Some(true)));
}

#[tokio::test]
async fn a_project_needs_a_key_a_name_a_lead_and_a_kind() {
    let api = Api::web().await;
    let refused = api.post("/project", json!({})).await;
    assert_eq!(refused.0, 400);
    for field in ["projectName", "projectKey", "leadAccountId", "projectTypeKey"] {
        assert!(!about(&refused, field).1.is_empty(), "{field}: {refused:?}");
    }
    let me = api.get("/myself").await.1["accountId"].clone();
    let body = |key: &str, name: &str| {
        json!({ "key": key, "name": name, "leadAccountId": me, "projectTemplateKey":
            "com.pyxis.greenhopper.jira:gh-scrum-template", "projectTypeKey": "software", "description": "*plain*" })
    };
    for key in ["web", "W", "1AB", "ABCDEFGHIJK", "WEB"] {
        assert!(!about(&api.post("/project", body(key, "Other")).await, "projectKey").1.is_empty(), "{key}");
    }
    let refused = api.post("/project", body("OTHER", "website")).await;
    assert_eq!(about(&refused, "projectName"), (400, "A project with that name already exists."));
    let (status, created) = api.post("/project", body("OTHER", "Other")).await;
    assert_eq!((status, created["id"].as_u64(), created["key"].as_str()), (201, Some(10_001), Some("OTHER")));
    let (_, project) = api.get("/project/OTHER").await;
    assert_eq!((project["description"].as_str(), project["id"].as_str()), (Some("*plain*"), Some("10001")));
    let kinds = project["issueTypes"].as_array().unwrap();
    let levels: Vec<_> = kinds.iter().map(|kind| kind["hierarchyLevel"].as_i64().unwrap()).collect();
    assert_eq!(levels, [1, 0, 0, 0, -1]);
}

#[tokio::test]
async fn a_renamed_project_answers_to_its_old_key() {
    let api = Api::web().await;
    api.issue(json!({})).await;
    let (status, project) = api.put("/project/WEB", json!({ "key": "SITE", "description": "New" })).await;
    assert_eq!((status, project["key"].as_str(), project["name"].as_str()), (200, Some("SITE"), Some("Website")));
    assert_eq!(api.get("/project/WEB").await.1["key"], "SITE");
    assert_eq!(api.get("/issue/WEB-1").await.1["key"], "SITE-1");
    let refused = api.as_mel(Method::PUT, "/project/SITE", Some(json!({ "name": "Mine" }))).await;
    assert_eq!(refused.0, 403);
}

#[tokio::test]
async fn deleted_projects_go_to_the_bin_and_archived_ones_cannot_be_deleted() {
    let api = Api::seeded(json!({ "projects": [
        { "key": "ONE", "issues": [{ "summary": "x" }] }, { "key": "TWO" }, { "key": "OLD", "archived": true }
    ] }))
    .await;
    assert_eq!(api.delete("/project/ONE").await.0, 204);
    assert_eq!((api.get("/project/ONE").await.0, api.get("/issue/ONE-1").await.0), (404, 404));
    assert_eq!(api.get("/project/search?status=deleted").await.1["values"][0]["key"], "ONE");
    assert_eq!(api.post("/project/ONE/restore", json!({})).await.0, 200);
    assert_eq!(api.get("/issue/ONE-1").await.0, 200);
    assert_eq!(api.delete("/project/OLD").await.0, 400);
    assert_eq!(whole(&api.as_mel(Method::DELETE, "/project/TWO", None).await).0, 404);
    let reply = api.response(Method::POST, "/project/TWO/delete", None).await;
    assert_eq!(reply.status(), 303);
    let task = reply.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let (_, progress) = api.get(&format!("/task/{task}")).await;
    assert_eq!((progress["status"].as_str(), api.get("/project/TWO").await.0), (Some("RUNNING"), 200));
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(api.get(&format!("/task/{task}")).await.1["status"], "COMPLETE");
    assert_eq!(api.get("/project/TWO").await.0, 404);
}

#[tokio::test]
async fn each_issue_type_has_its_workflow_and_its_screens() {
    let api = Api::seeded(json!({
        "workflows": { "Bugs": { "statuses": [{ "name": "Reported", "category": "new" }], "transitions": [] } },
        "projects": [{
            "key": "WEB", "workflows": { "Bug": "Bugs" }, "screens": { "Bug": { "required": ["Customer"] } }
        }],
    }))
    .await;
    let (_, kinds) = api.get("/project/WEB/statuses").await;
    let statuses = |place: usize| kinds[place]["statuses"].as_array().unwrap().len();
    assert_eq!((kinds[3]["name"].as_str(), statuses(3), statuses(2)), (Some("Bug"), 1, 4));
    let customer = api.field("Customer").await;
    let refused = api.create(json!({ "issuetype": { "name": "Bug" } })).await;
    assert_eq!(about(&refused, &customer), (400, "Customer is required."));
    let bug = api.issue(json!({ "issuetype": { "name": "Bug" }, &customer: "Ada" })).await;
    assert_eq!(api.fields(&bug).await["status"]["name"], "Reported");
    assert_eq!(api.get("/workflow/search?expand=transitions,statuses").await.1["total"], 2);
    let (_, permissions) =
        api.as_mel(Method::GET, "/mypermissions?permissions=ADMINISTER,EDIT_ISSUES&projectKey=WEB", None).await;
    let held = |key: &str| permissions["permissions"][key]["havePermission"].as_bool();
    assert_eq!((held("ADMINISTER"), held("EDIT_ISSUES")), (Some(false), Some(true)));
}
