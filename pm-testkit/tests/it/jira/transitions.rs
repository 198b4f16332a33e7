//! From status to status.

use std::time::Duration;

use pm_testkit::jira::FakeJira;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, about, read, whole};

const WORKFLOW: &str = r#"{
  "statuses": [
    { "name": "Open", "category": "new" }, { "name": "Doing", "category": "indeterminate" },
    { "name": "Closed", "category": "done" }
  ],
  "transitions": [
    { "name": "Start", "from": ["Open"], "to": "Doing", "condition": "assignee" },
    { "name": "Begin", "from": ["Open"], "to": "Doing" },
    { "name": "Close", "from": ["Doing"], "to": "Closed", "screen": [{ "field": "resolution", "required": true }] },
    { "name": "Reopen", "to": "Open", "condition": "admin" }
  ]
}"#;

async fn strict() -> Api {
    Api::with(FakeJira::builder().workflow(WORKFLOW.parse().unwrap()).seed(read(&super::web()))).await
}

fn names(listed: &Value) -> Vec<&str> {
    listed["transitions"].as_array().unwrap().iter().map(|transition| transition["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn only_transitions_from_here_are_listed_and_performed() {
    let api = strict().await;
    let path = format!("/issue/{}/transitions", api.issue(json!({})).await);
    let (_, listed) = api.get(&path).await;
    assert_eq!(names(&listed), ["Begin", "Reopen"]);
    assert_eq!(
        (listed["transitions"][1]["isGlobal"].clone(), listed["transitions"][1].get("fields")),
        (json!(true), None)
    );
    let refused = api.post(&path, json!({ "transition": { "id": "31" } })).await;
    assert_eq!(whole(&refused), (400, "Transition id '31' is not valid for this issue."));
    assert_eq!(whole(&api.post(&path, json!({})).await), (400, "Missing 'transition' identifier"));
    assert_eq!(api.as_mel(Method::GET, &path, None).await.1["transitions"].as_array().unwrap().len(), 1);
    assert_eq!(api.post(&path, json!({ "transition": { "id": "21" } })).await.0, 204);
    assert_eq!(names(&api.get(&path).await.1), ["Close", "Reopen"]);
}

#[tokio::test]
async fn a_screen_may_require_fields_and_takes_no_others() {
    let api = strict().await;
    let issue = api.issue(json!({})).await;
    let path = format!("/issue/{issue}/transitions");
    assert_eq!(api.post(&path, json!({ "transition": { "id": 21 } })).await.0, 204);
    let (_, listed) = api.get(&format!("{path}?expand=transitions.fields")).await;
    let resolution = &listed["transitions"][0]["fields"]["resolution"];
    assert_eq!(
        (resolution["required"].clone(), resolution["allowedValues"][1]["name"].as_str()),
        (json!(true), Some("Won't Do"))
    );
    let close = |fields: Value| json!({ "transition": { "id": "31" }, "fields": fields });
    assert_eq!(about(&api.post(&path, close(json!({}))).await, "resolution"), (400, "Resolution is required."));
    let refused = api.post(&path, close(json!({ "resolution": { "name": "Done" }, "summary": "x" }))).await;
    assert!(about(&refused, "summary").1.contains("not on the appropriate screen"));
    assert_eq!(api.fields(&issue).await["status"]["name"], "Doing");
    assert_eq!(api.post(&path, close(json!({ "resolution": { "name": "Won't Do" } }))).await.0, 204);
    let fields = api.fields(&issue).await;
    assert_eq!((fields["resolution"]["name"].as_str(), fields["resolutiondate"].is_string()), (Some("Won't Do"), true));
    assert_eq!(api.post(&path, json!({ "transition": { "id": "41" } })).await.0, 204);
    assert_eq!(api.fields(&issue).await["resolutiondate"], json!(null));
}

#[tokio::test]
async fn a_second_transition_meanwhile_is_a_conflict() {
    let builder = FakeJira::builder().transition_time(Duration::from_millis(200)).seed(read(&super::web()));
    let api = Api::with(builder).await;
    let path = format!("/issue/{}/transitions", api.issue(json!({})).await);
    let body = || json!({ "transition": { "id": "21" } });
    let (one, other) = tokio::join!(api.post(&path, body()), api.post(&path, body()));
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    assert_eq!(api.post(&path, body()).await.0, 204);
}
