//! Issues within issues, and issues that wait for others.

use serde_json::{Value, json};

use super::{Api, ISSUES, each};

async fn family(count: usize) -> (Api, Vec<Value>) {
    let api = Api::web().await;
    let mut ids = Vec::new();
    for number in 1..=count {
        ids.push(api.issue(json!({ "title": format!("Issue {number}") })).await["id"].clone());
    }
    (api, ids)
}

#[tokio::test]
async fn children_are_named_by_their_id() {
    let (api, ids) = family(4).await;
    let children = format!("{ISSUES}/1/sub_issues");
    assert_eq!(api.post(&children, json!({ "sub_issue_id": 2 })).await.0, 404, "a number is no id");
    for id in &ids[1..4] {
        assert_eq!(api.post(&children, json!({ "sub_issue_id": id })).await.0, 201);
    }
    api.patch(&format!("{ISSUES}/2"), json!({ "state": "closed" })).await;
    let (_, parent) = api.get(&format!("{ISSUES}/1")).await;
    assert_eq!(parent["sub_issues_summary"], json!({ "total": 3, "completed": 1, "percent_completed": 33 }));
    let order = json!({ "sub_issue_id": ids[3], "before_id": ids[1] });
    assert_eq!(api.patch(&format!("{children}/priority"), order).await.0, 200);
    assert_eq!(each(&api.get(&children).await.1, "number"), [4, 2, 3]);
    let (_, child) = api.get(&format!("{ISSUES}/2")).await;
    assert!(child["parent_issue_url"].as_str().unwrap().ends_with("/repos/acme/web/issues/1"));
    assert_eq!(api.get(&format!("{ISSUES}/2/parent")).await.1["number"], 1);
    assert_eq!(api.delete(&format!("{ISSUES}/1/sub_issue"), json!({ "sub_issue_id": ids[1] })).await.0, 200);
    assert_eq!(api.get(&format!("{ISSUES}/2/parent")).await.0, 404);
    assert_eq!(api.get(&format!("{ISSUES}/2")).await.1.get("parent_issue_url"), None);
}

#[tokio::test]
async fn a_family_is_a_tree() {
    let (api, ids) = family(9).await;
    let add = async |parent: usize, child: usize, more: Value| {
        let mut body = json!({ "sub_issue_id": ids[child - 1] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, answer) = api.post(&format!("{ISSUES}/{parent}/sub_issues"), body).await;
        (status, answer["message"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(add(1, 2, json!({})).await.0, 201);
    let (status, message) = add(3, 2, json!({})).await;
    assert_eq!(status, 422);
    assert!(message.contains("Sub issue may only have one parent"), "{message}");
    assert_eq!(add(3, 2, json!({ "replace_parent": true })).await.0, 201);
    assert_eq!(api.get(&format!("{ISSUES}/1/sub_issues")).await.1, json!([]));
    assert_eq!(add(2, 3, json!({})).await.0, 422, "no circles");
    assert_eq!(add(1, 1, json!({})).await.0, 422);
    for (parent, child) in [(2, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9)] {
        assert_eq!(add(parent, child, json!({})).await.0, 201);
    }
    assert_eq!(add(1, 3, json!({})).await.0, 422, "nine levels");
    let (_, note) = api.post("/repos/ada/notes/issues", json!({ "title": "Elsewhere" })).await;
    let refused = api.post(&format!("{ISSUES}/1/sub_issues"), json!({ "sub_issue_id": note["id"] })).await;
    assert_eq!(refused.0, 422, "another owner");
}

#[tokio::test]
async fn issues_wait_for_others() {
    let (api, ids) = family(3).await;
    let waits = format!("{ISSUES}/1/dependencies/blocked_by");
    assert_eq!(api.post(&waits, json!({ "issue_id": ids[1] })).await.0, 201);
    assert_eq!(api.post(&waits, json!({ "issue_id": ids[1] })).await.0, 422, "once is enough");
    assert_eq!(api.post(&waits, json!({ "issue_id": ids[0] })).await.0, 422, "not for itself");
    assert_eq!(api.post(&waits, json!({ "issue_id": 2 })).await.0, 404);
    assert_eq!(each(&api.get(&waits).await.1, "number"), [2]);
    assert_eq!(each(&api.get(&format!("{ISSUES}/2/dependencies/blocking")).await.1, "number"), [1]);
    api.patch(&format!("{ISSUES}/2"), json!({ "state": "closed" })).await;
    let (_, issue) = api.get(&format!("{ISSUES}/1")).await;
    let summary = json!({ "blocked_by": 0, "total_blocked_by": 1, "blocking": 0, "total_blocking": 0 });
    assert_eq!(issue["issue_dependencies_summary"], summary);
    assert_eq!(api.delete(&format!("{waits}/{}", ids[1]), json!({})).await.0, 200);
    assert_eq!(api.delete(&format!("{waits}/{}", ids[1]), json!({})).await.0, 404);
}
