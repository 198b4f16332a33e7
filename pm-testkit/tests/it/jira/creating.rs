//! What creates take and refuse.

use pm_testkit::jira::FakeJira;
use serde_json::json;

use super::{Api, about, doc, read, whole};

#[tokio::test]
async fn a_create_answers_id_and_key_and_nothing_else() {
    let api = Api::web().await;
    let (status, created) = api.create(json!({ "description": doc("Words"), "labels": ["a", "b"] })).await;
    let url = api.server.url();
    assert_eq!(status, 201);
    assert_eq!(created, json!({ "id": "10000", "key": "WEB-1", "self": format!("{url}/rest/api/3/issue/10000") }));
    let fields = api.fields("10000").await;
    assert_eq!((fields["description"].clone(), fields["labels"].clone()), (doc("Words"), json!(["a", "b"])));
    assert_eq!(fields["status"]["statusCategory"]["key"], "new");
    assert_eq!(fields["priority"]["name"], "Medium");
    assert_eq!(fields["reporter"]["emailAddress"], "admin@example.com");
    assert_eq!((fields["assignee"].clone(), fields["timetracking"].clone()), (json!(null), json!({})));
    // No colon in the offset: not RFC 3339.
    let created = fields["created"].as_str().unwrap();
    assert!(created.ends_with("+0000") && created.len() == 28, "{created}");
}

#[tokio::test]
async fn rich_text_is_a_document_and_a_valid_one() {
    let api = Api::web().await;
    let must = "Operation value must be an Atlassian Document (see the Atlassian Document Format)";
    assert_eq!(about(&api.create(json!({ "description": "Words" })).await, "description"), (400, must));
    let criteria = api.field("Acceptance criteria").await;
    assert_eq!(about(&api.create(json!({ &criteria: "Words" })).await, &criteria), (400, must));
    let customer = api.field("Customer").await;
    let refused = api.create(json!({ &customer: doc("Words") })).await;
    assert_eq!(about(&refused, &customer), (400, "Operation value must be a string"));
    let refused = api.create(json!({ "description": doc("") })).await;
    assert_eq!(whole(&refused), (400, "INVALID_INPUT"));
}

#[tokio::test]
async fn what_is_not_on_the_create_screen_cannot_be_set() {
    let builder = FakeJira::builder().off_create_screen("duedate").required("Severity").seed(read(&super::web()));
    let api = Api::with(builder).await;
    let severity = api.field("Severity").await;
    let refused = api.create(json!({ "duedate": "2026-12-01", "mystery": 1, "status": { "id": "1" } })).await;
    let told = "cannot be set. It is not on the appropriate screen, or unknown.";
    assert_eq!(about(&refused, "duedate"), (400, format!("Field 'duedate' {told}").as_str()));
    assert_eq!(about(&refused, "mystery"), (400, format!("Field 'mystery' {told}").as_str()));
    assert_eq!(about(&refused, "status"), (400, format!("Field 'status' {told}").as_str()));
    assert_eq!(about(&refused, &severity), (400, "Severity is required."));
    // It is on the edit screen.
    let issue = api.issue(json!({ &severity: { "value": "Major" } })).await;
    assert_eq!(api.put(&format!("/issue/{issue}"), json!({ "fields": { "duedate": "2026-12-01" } })).await.0, 204);
    let (_, meta) = api.get("/issue/createmeta/WEB/issuetypes/10002?maxResults=5").await;
    assert_eq!((meta["fields"].as_array().unwrap().len(), meta["maxResults"].as_u64()), (5, Some(5)));
    assert!(meta["total"].as_u64().unwrap() > 10);
    let (_, meta) = api.get("/issue/createmeta/WEB/issuetypes/10002?maxResults=50").await;
    let named = |id: &str| meta["fields"].as_array().unwrap().iter().find(|field| field["fieldId"] == id).cloned();
    assert_eq!(named("duedate"), None);
    assert_eq!(named(&severity).unwrap()["required"], true);
    assert_eq!(named(&severity).unwrap()["allowedValues"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn values_are_checked_in_the_words_of_the_vendor() {
    let api = Api::web().await;
    for (fields, field, message) in [
        (json!({ "summary": "" }), "summary", "You must specify a summary of the issue."),
        (json!({ "summary": "a\nb" }), "summary", "The summary is invalid because it contains newline characters."),
        (json!({ "labels": ["a b"] }), "labels", "The label 'a b' contains spaces which is invalid."),
        (json!({ "duedate": "tomorrow" }), "duedate", "Error parsing date string: tomorrow"),
        (json!({ "priority": { "id": "99" } }), "priority", "The priority selected is invalid."),
        (json!({ "project": { "key": "NONE" } }), "project", "Specify a valid project ID or key"),
        (json!({ "issuetype": { "name": "None" } }), "issuetype", "Specify a valid issue type"),
        (json!({ "assignee": { "accountId": "x" } }), "assignee", "User 'x' does not exist."),
    ] {
        assert_eq!(about(&api.create(fields).await, field), (400, message));
    }
    let platforms = api.field("Platforms").await;
    let refused = api.create(json!({ &platforms: [{ "value": "BeOS" }] })).await;
    assert_eq!(about(&refused, &platforms), (400, "Option value 'BeOS' is not valid"));
}

#[tokio::test]
async fn parents_are_one_level_up() {
    let api = Api::web().await;
    let epic = api.issue(json!({ "issuetype": { "name": "Epic" } })).await;
    let task = api.issue(json!({ "parent": { "key": &epic } })).await;
    let subtask = json!({ "issuetype": { "name": "Subtask" } });
    let missing = api.create(subtask.clone()).await;
    assert_eq!(about(&missing, "issuetype").1, "Issue type is a sub-task but parent issue key or id not specified.");
    let mut below = subtask;
    below["parent"] = json!({ "key": &epic });
    let refused = api.create(below.clone()).await;
    assert_eq!(about(&refused, "parentId").1, "Given parent issue does not belong to appropriate hierarchy.");
    below["parent"] = json!({ "key": &task });
    let child = api.issue(below).await;
    assert_eq!(api.fields(&child).await["parent"]["key"], task.as_str());
    assert_eq!(api.fields(&task).await["subtasks"][0]["key"], child.as_str());
    assert_eq!(api.fields(&epic).await["subtasks"], json!([]));
    // A standard issue loses its parent, a sub-task does not.
    let none = json!({ "update": { "parent": [{ "set": { "none": true } }] } });
    assert_eq!(api.put(&format!("/issue/{task}"), none.clone()).await.0, 204);
    assert_eq!(api.fields(&task).await.get("parent"), None);
    assert_eq!(api.put(&format!("/issue/{child}"), none).await.0, 400);
    let refused = api.delete(&format!("/issue/{task}")).await;
    assert!(whole(&refused).1.contains("has subtasks"), "{refused:?}");
    assert_eq!(api.delete(&format!("/issue/{task}?deleteSubtasks=true")).await.0, 204);
    assert_eq!(api.get(&format!("/issue/{child}")).await.0, 404);
}

#[tokio::test]
async fn many_creates_fail_one_by_one() {
    let api = Api::web().await;
    let update = |summary: &str| json!({ "fields": { "project": { "key": "WEB" }, "issuetype": { "name": "Task" }, "summary": summary } });
    let body = json!({ "issueUpdates": [update("one"), update(""), update("three")] });
    let (status, created) = api.post("/issue/bulk", body).await;
    assert_eq!((status, created["issues"].as_array().unwrap().len()), (201, 2));
    assert_eq!(created["errors"][0]["failedElementNumber"], 1);
    assert_eq!(created["errors"][0]["status"], 400);
    let message = "You must specify a summary of the issue.";
    assert_eq!(created["errors"][0]["elementErrors"]["errors"]["summary"], message);
    let (status, created) = api.post("/issue/bulk", json!({ "issueUpdates": [update("")] })).await;
    assert_eq!((status, created["issues"].clone()), (400, json!([])));
    let many: Vec<_> = (0..51).map(|_| update("x")).collect();
    assert_eq!(api.post("/issue/bulk", json!({ "issueUpdates": many })).await.0, 400);
}

#[tokio::test]
async fn several_issues_are_fetched_as_they_are_now_in_the_order_of_their_ids() {
    let api = Api::web().await;
    for _ in 0..3 {
        api.issue(json!({})).await;
    }
    let body = json!({ "issueIdsOrKeys": ["10002", "WEB-1", "web-2", "WEB-9"], "fields": ["summary"] });
    let (status, found) = api.post("/issue/bulkfetch", body).await;
    assert_eq!((status, super::keys(&found)), (200, vec!["WEB-1".to_owned(), "WEB-2".into(), "WEB-3".into()]));
    assert!(found.get("issueErrors").is_none(), "what is not there is left out");
    let many: Vec<_> = (0..101).map(|number| number.to_string()).collect();
    assert_eq!(api.post("/issue/bulkfetch", json!({ "issueIdsOrKeys": many })).await.0, 400);
}

#[tokio::test]
async fn properties_come_with_the_create() {
    let api = Api::web().await;
    let fields = json!({ "project": { "key": "WEB" }, "issuetype": { "name": "Task" }, "summary": "x" });
    let mark = json!([{ "key": "mark", "value": { "key": "1" } }]);
    assert_eq!(api.post("/issue", json!({ "fields": fields, "properties": mark })).await.0, 201);
    let (_, issue) = api.get("/issue/WEB-1?properties=mark&fields=summary").await;
    assert_eq!(issue["properties"], json!({ "mark": { "key": "1" } }));
    assert_eq!(issue["fields"], json!({ "summary": "x" }));
    let (status, _) = api.post("/issue", json!({ "fields": fields, "propertys": [] })).await;
    assert_eq!(status, 400);
}
