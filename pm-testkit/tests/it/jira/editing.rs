//! What edits take and refuse.

use serde_json::json;

use super::{Api, about, doc, whole};

#[tokio::test]
async fn an_edit_answers_nothing_unless_the_issue_is_asked_for() {
    let api = Api::web().await;
    let issue = api.issue(json!({ "labels": ["a", "b"] })).await;
    let path = format!("/issue/{issue}");
    let update = json!({ "fields": { "summary": "New" }, "update": { "labels": [{ "add": "c" }, { "remove": "a" }] } });
    assert_eq!(api.put(&path, update).await, (204, json!(null)));
    let fields = api.fields(&issue).await;
    assert_eq!((fields["summary"].as_str(), fields["labels"].clone()), (Some("New"), json!(["b", "c"])));
    let (status, shown) = api.put(&format!("{path}?returnIssue=true"), json!({ "fields": { "labels": null } })).await;
    assert_eq!((status, shown["fields"]["labels"].clone()), (200, json!([])));
    assert_eq!((api.server.notified_writes(), api.server.silent_writes()), (3, 0));
    assert_eq!(api.put(&format!("{path}?notifyUsers=false"), json!({ "fields": {} })).await.0, 204);
    assert_eq!(api.server.silent_writes(), 1);
}

#[tokio::test]
async fn the_status_is_no_field_and_a_transition_in_the_body_is_ignored() {
    let api = Api::web().await;
    let issue = api.issue(json!({})).await;
    let path = format!("/issue/{issue}");
    let refused = api.put(&path, json!({ "fields": { "status": { "name": "Done" } } })).await;
    assert!(about(&refused, "status").1.contains("not on the appropriate screen"));
    assert_eq!(api.put(&path, json!({ "transition": { "id": "41" }, "fields": {} })).await.0, 204);
    assert_eq!(api.fields(&issue).await["status"]["name"], "To Do");
    let both = json!({ "fields": { "labels": [] }, "update": { "labels": [{ "add": "a" }] } });
    assert_eq!(about(&api.put(&path, both).await, "labels").0, 400);
    let unknown = json!({ "update": { "summary": [{ "add": "a" }] } });
    assert_eq!(about(&api.put(&path, unknown).await, "summary"), (400, "Field does not support update 'add'"));
    assert_eq!(whole(&api.put("/issue/WEB-99", json!({ "fields": {} })).await).0, 404);
}

#[tokio::test]
async fn estimates_are_written_as_time_tracking_and_read_in_seconds() {
    let api = Api::web().await;
    let issue = api.issue(json!({ "timetracking": { "originalEstimate": "1d 2h" } })).await;
    let fields = api.fields(&issue).await;
    let tracking = json!({
        "originalEstimate": "1d 2h", "originalEstimateSeconds": 36_000,
        "remainingEstimate": "1d 2h", "remainingEstimateSeconds": 36_000,
    });
    assert_eq!((fields["timetracking"].clone(), fields["timeoriginalestimate"].as_u64()), (tracking, Some(36_000)));
    let path = format!("/issue/{issue}");
    let refused = api.put(&path, json!({ "fields": { "timeoriginalestimate": 60 } })).await;
    assert!(about(&refused, "timeoriginalestimate").1.contains("not on the appropriate screen"));
    assert_eq!(api.put(&path, json!({ "fields": { "timetracking": { "originalEstimate": "soon" } } })).await.0, 400);
    let edit = json!({ "update": { "timetracking": [{ "edit": { "originalEstimate": "90m" } }] } });
    assert_eq!(api.put(&path, edit).await.0, 204);
    assert_eq!(api.fields(&issue).await["timetracking"]["originalEstimate"], "1h 30m");
}

#[tokio::test]
async fn people_are_assigned_by_account_id_and_only_those_who_work_in_the_project() {
    let api = Api::seeded(json!({
        "users": [{ "name": "robot", "kind": "app" }, { "name": "gone", "inactive": true }],
        "projects": [{ "key": "WEB", "private": true, "members": ["mel"] }],
    }))
    .await;
    let issue = api.issue(json!({})).await;
    let (_, people) = api.get("/users/search?maxResults=50").await;
    let id = |name: &str| {
        let people = people.as_array().unwrap();
        people.iter().find(|user| user["displayName"] == name).unwrap()["accountId"].as_str().unwrap().to_owned()
    };
    let path = format!("/issue/{issue}/assignee");
    assert_eq!(api.put(&path, json!({ "accountId": id("Mel Member") })).await.0, 204);
    assert_eq!(api.fields(&issue).await["assignee"]["displayName"], "Mel Member");
    for name in ["robot", "gone"] {
        let refused = api.put(&path, json!({ "accountId": id(name) })).await;
        let message = format!("User '{}' cannot be assigned issues.", id(name));
        assert_eq!(about(&refused, "assignee"), (400, message.as_str()));
    }
    assert_eq!(api.put(&path, json!({ "accountId": null })).await.0, 204);
    assert_eq!(api.fields(&issue).await["assignee"], json!(null));
    assert_eq!(api.put(&path, json!({})).await.0, 400);
    let (_, assignable) = api.get("/user/assignable/search?project=WEB").await;
    assert_eq!(assignable.as_array().unwrap().len(), 2);
    // An empty page is the end, a short one is not.
    assert_eq!(api.get("/users/search?startAt=4").await.1, json!([]));
}

#[tokio::test]
async fn custom_fields_are_read_as_they_are_written() {
    let api = Api::web().await;
    let id = |name: &'static str| api.field(name);
    let (select, many, number) = (id("Severity").await, id("Platforms").await, id("Budget").await);
    let (rich, user, date) = (id("Acceptance criteria").await, id("Reviewer").await, id("Start date").await);
    let me = api.get("/myself").await.1["accountId"].clone();
    let fields = json!({
        &select: { "value": "Major" }, &many: [{ "value": "Linux" }, { "value": "macOS" }], &number: 1.5,
        &rich: doc("Given"), &user: { "accountId": me }, &date: "2026-12-01",
    });
    let issue = api.issue(fields).await;
    let fields = api.fields(&issue).await;
    assert_eq!((fields[&select]["value"].as_str(), fields[&many][1]["value"].as_str()), (Some("Major"), Some("macOS")));
    assert_eq!((fields[&number].as_f64(), fields[&rich].clone()), (Some(1.5), doc("Given")));
    assert_eq!((fields[&user]["accountId"].clone(), fields[&date].as_str()), (me, Some("2026-12-01")));
    let remove = json!({ "update": { &many: [{ "remove": { "value": "Linux" } }] }, "fields": { &select: null } });
    assert_eq!(api.put(&format!("/issue/{issue}"), remove).await.0, 204);
    let fields = api.fields(&issue).await;
    assert_eq!((fields[&many].as_array().unwrap().len(), fields[&select].clone()), (1, json!(null)));
    let (_, meta) = api.get(&format!("/issue/{issue}/editmeta")).await;
    assert_eq!(meta["fields"][&many]["operations"], json!(["add", "set", "remove"]));
    assert_eq!(meta["fields"]["labels"]["schema"], json!({ "type": "array", "items": "string", "system": "labels" }));
    assert_eq!(meta["fields"].get("status"), None);
}

#[tokio::test]
async fn a_moved_issue_answers_to_its_old_key_under_its_new_one() {
    let seed = json!({ "projects": [{ "key": "WEB", "issues": [{ "summary": "Moved", "old_keys": ["OLD-7"] }] }] });
    let api = Api::seeded(seed).await;
    let (status, issue) = api.get("/issue/old-7").await;
    assert_eq!((status, issue["key"].as_str()), (200, Some("WEB-1")));
}

#[tokio::test]
async fn the_history_tells_what_changed() {
    let api = Api::web().await;
    let issue = api.issue(json!({})).await;
    assert_eq!(api.put(&format!("/issue/{issue}"), json!({ "fields": { "summary": "New" } })).await.0, 204);
    let done = json!({ "transition": { "id": "41" } });
    assert_eq!(api.post(&format!("/issue/{issue}/transitions"), done).await.0, 204);
    let (_, page) = api.get(&format!("/issue/{issue}/changelog")).await;
    let items = [&page["values"][0]["items"][0], &page["values"][1]["items"][0]];
    assert_eq!((items[0]["fromString"].as_str(), items[0]["toString"].as_str()), (Some("A task"), Some("New")));
    assert_eq!((items[1]["field"].as_str(), items[1]["toString"].as_str()), (Some("status"), Some("Done")));
    let (_, shown) = api.get(&format!("/issue/{issue}?expand=changelog&fields=summary")).await;
    assert_eq!(shown["changelog"]["histories"][0]["items"][0]["field"], "status");
}
