//! What an installation does otherwise.

use pm_testkit::jira::FakeJira;
use serde_json::json;

use super::{Api, about, read};

async fn installation() -> Api {
    Api::with(FakeJira::data_center_builder().seed(read(&super::web()))).await
}

#[tokio::test]
async fn texts_are_markup_and_people_have_names() {
    let api = installation().await;
    let refused = api.create(json!({ "description": super::doc("Words") })).await;
    assert_eq!(about(&refused, "description"), (400, "Operation value must be a string"));
    let issue = api.issue(json!({ "description": "h1. Words", "assignee": { "name": "mel" } })).await;
    let fields = api.fields(&issue).await;
    assert_eq!(
        (fields["description"].as_str(), fields["assignee"]["key"].as_str()),
        (Some("h1. Words"), Some("JIRAUSER10101"))
    );
    assert_eq!(fields["assignee"].get("accountId"), None);
    assert_eq!(api.put(&format!("/issue/{issue}/assignee"), json!({ "name": null })).await.0, 204);
    assert_eq!(api.put(&format!("/issue/{issue}/assignee"), json!({ "accountId": "x" })).await.0, 400);
    // An edit never answers the issue.
    assert_eq!(api.put(&format!("/issue/{issue}?returnIssue=true"), json!({ "fields": {} })).await.0, 204);
    assert_eq!(api.get("/user?username=mel").await.1["key"], "JIRAUSER10101");
    assert_eq!(api.get("/user?key=JIRAUSER10101").await.1["name"], "mel");
    let (_, found) = api.get("/user/assignable/search?project=WEB&username=mel").await;
    assert_eq!(found.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn epics_have_names_and_are_linked_by_a_field_of_their_own() {
    let api = installation().await;
    let (name, link) = (api.field("Epic Name").await, api.field("Epic Link").await);
    let epic = json!({ "issuetype": { "name": "Epic" } });
    assert_eq!(about(&api.create(epic).await, &name), (400, "Epic Name is required."));
    let epic = api.issue(json!({ "issuetype": { "name": "Epic" }, &name: "Big" })).await;
    let refused = api.create(json!({ "parent": { "key": &epic } })).await;
    assert_eq!(refused.0, 400);
    let task = api.issue(json!({ &link: &epic })).await;
    let fields = api.fields(&task).await;
    assert_eq!((fields[&link].as_str(), fields.get("parent")), (Some(epic.as_str()), None));
    let subtask = json!({ "issuetype": { "name": "Sub-task" }, "parent": { "key": &task } });
    let subtask = api.issue(subtask).await;
    assert_eq!(api.fields(&subtask).await["parent"]["key"], task.as_str());
}

#[tokio::test]
async fn lists_are_called_otherwise_and_some_are_missing() {
    let api = installation().await;
    let (_, kinds) = api.get("/issue/createmeta/WEB/issuetypes?maxResults=2").await;
    assert_eq!((kinds["values"].as_array().unwrap().len(), kinds["isLast"].as_bool()), (2, Some(false)));
    assert_eq!(kinds["values"][0].get("hierarchyLevel"), None);
    let (_, fields) = api.get("/issue/createmeta/WEB/issuetypes/10002").await;
    assert!(fields["values"].as_array().unwrap().iter().any(|field| field["fieldId"] == "summary"));
    for path in ["/project/search", "/users/search", "/search/jql?jql=project%3DWEB", "/priority/10001"] {
        assert_eq!(api.get(path).await.0, 404, "{path}");
    }
    let (_, projects) = api.get("/project").await;
    assert_eq!(projects[0]["key"], "WEB");
    // New keys have no digits, and nothing is kept in a bin.
    let body = |key: &str| json!({ "key": key, "name": key, "lead": "admin", "projectTypeKey": "software" });
    assert_eq!(api.post("/project", body("AB1")).await.0, 400);
    assert_eq!(api.post("/project", body("ABC")).await.0, 201);
    assert_eq!(api.put("/project/ABC/archive", json!({})).await.0, 204);
    assert_eq!(api.get("/project").await.1.as_array().unwrap().len(), 1);
    assert_eq!(api.get("/project?includeArchived=true").await.1.as_array().unwrap().len(), 2);
    assert_eq!(api.delete("/project/WEB").await.0, 204);
    assert_eq!(api.get("/project/WEB").await.0, 404);
}
