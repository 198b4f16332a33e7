//! New issues and their form.

use reqwest::Method;
use serde_json::json;

use super::{Api, ISSUES, codes, each};

#[tokio::test]
async fn a_new_issue_has_everything_that_lists_show() {
    let api = Api::web().await;
    let made = api
        .issue(json!({
            "title": "Paint the fence", "body": "Green\r\nplease", "labels": ["garden", "Bug"], "assignees": ["mel"],
            "milestone": 1, "type": "task",
        }))
        .await;
    assert!(made["id"].as_u64().unwrap() > u64::from(u32::MAX) / 2, "ids have left 31 bits behind");
    assert_eq!((&made["number"], &made["state"], &made["state_reason"]), (&json!(1), &json!("open"), &json!(null)));
    assert_eq!(made["body"], "Green\r\nplease");
    assert_eq!(each(&made["labels"], "name"), ["garden", "bug"]);
    assert_eq!(each(&made["labels"], "color"), ["ededed", "d73a4a"]);
    assert_eq!((&made["assignee"]["login"], &made["assignees"][0]["login"]), (&json!("mel"), &json!("mel")));
    assert_eq!((&made["milestone"]["number"], &made["milestone"]["open_issues"]), (&json!(1), &json!(1)));
    assert_eq!((&made["type"]["name"], &made["user"]["login"]), (&json!("Task"), &json!("ada")));
    assert_eq!(made["html_url"], "https://github.com/acme/web/issues/1");
    assert_eq!(made["sub_issues_summary"], json!({ "total": 0, "completed": 0, "percent_completed": 0 }));
    let (status, shown) = api.get(&format!("{ISSUES}/1")).await;
    assert_eq!((status, &shown), (200, &made));
    assert_eq!(api.get(ISSUES).await.1, json!([made]));
    assert_eq!(api.server.issue("acme/web", 1).unwrap()["title"], "Paint the fence");
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_the_vendors_form() {
    let api = Api::web().await;
    let long = "x".repeat(70_000);
    for (body, code) in [
        (json!({ "title": " " }), "Issue.title: missing_field"),
        (json!({ "title": "x".repeat(300) }), "Issue.title: custom"),
        (json!({ "title": "A", "body": long }), "Issue.body: custom"),
        (json!({ "title": "A", "milestone": 7 }), "Issue.milestone: invalid"),
        (json!({ "title": "A", "assignees": ["nobody"] }), "Issue.assignees: invalid"),
        (json!({ "title": "A", "assignees": ["rita"] }), "Issue.assignees: invalid"),
        (json!({ "title": "A", "type": "Story" }), "Issue.type: invalid"),
    ] {
        let refused = api.post(ISSUES, body).await;
        assert_eq!(codes(&refused), (422, vec![code.to_owned()]));
        assert_eq!(refused.1["message"], "Validation Failed");
        assert!(refused.1["documentation_url"].as_str().unwrap().starts_with("https://docs.github.com/rest"));
    }
    let (status, refused) = api.post(ISSUES, json!({})).await;
    assert_eq!((status, &refused["message"]), (422, &json!("Invalid request.\n\n\"title\" wasn't supplied.")));
    let (status, refused) = api.post(ISSUES, json!({ "title": "A", "labels": "bug" })).await;
    let message = "Invalid request.\n\nFor 'properties/labels', \"bug\" is not an array.";
    assert_eq!((status, &refused["message"]), (422, &json!(message)));
    let request = api.request(Method::POST, ISSUES).bearer_auth(api.server.token()).body("{");
    assert_eq!(request.send().await.unwrap().status(), 400);
    assert_eq!(api.server.issues("acme/web").len(), 0);
}

#[tokio::test]
async fn without_push_access_some_fields_are_dropped_without_a_word() {
    let api = Api::web().await;
    let wishes = json!({ "title": "A", "labels": ["bug"], "assignees": ["mel"], "milestone": 1, "type": "Bug" });
    let rita = api.server.token_of("rita").unwrap();
    let made = api.response_as(&rita, Method::POST, ISSUES, Some(wishes.clone())).await;
    let (status, made) = super::answer(made).await;
    assert_eq!(status, 201);
    assert_eq!((&made["labels"], &made["assignees"], &made["milestone"]), (&json!([]), &json!([]), &json!(null)));
    assert_eq!(made["type"], json!(null));
    let (status, edited) = api.by("rita", Method::PATCH, &format!("{ISSUES}/1"), Some(wishes)).await;
    assert_eq!((status, &edited["labels"]), (200, &json!([])));
    let closed = api.by("rita", Method::PATCH, &format!("{ISSUES}/1"), Some(json!({ "state": "closed" }))).await;
    assert_eq!((closed.0, &closed.1["state"]), (200, &json!("closed")));
    api.issue(json!({ "title": "Of ada" })).await;
    let refused = api.by("rita", Method::PATCH, &format!("{ISSUES}/2"), Some(json!({ "title": "B" }))).await;
    assert_eq!(refused.0, 403);
}

#[tokio::test]
async fn types_are_dropped_in_repositories_of_people() {
    let api = Api::web().await;
    let (status, made) = api.post("/repos/ada/notes/issues", json!({ "title": "A", "type": "Bug" })).await;
    assert_eq!((status, &made["type"]), (201, &json!(null)));
}
