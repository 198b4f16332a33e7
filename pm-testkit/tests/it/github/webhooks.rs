//! Hooks, and what they were told.

use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Api, ISSUES, answer, codes, each, link};

const HOOKS: &str = "/repos/acme/web/hooks";

async fn hooked() -> (Api, String) {
    let api = Api::web().await;
    let config = json!({ "url": "https://example.com/hook", "content_type": "json", "secret": "s3cret" });
    let body = json!({ "config": config, "events": ["issues", "issue_comment"] });
    let (status, hook) = api.post(HOOKS, body).await;
    assert_eq!((status, &hook["config"]["secret"]), (201, &json!("********")));
    (api, format!("{HOOKS}/{}", hook["id"]))
}

fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

#[tokio::test]
async fn hooks_are_for_administrators() {
    let (api, hook) = hooked().await;
    assert_eq!(api.by("mel", Method::GET, HOOKS, None).await.0, 404);
    let twice =
        api.post(HOOKS, json!({ "config": { "url": "https://example.com/hook", "content_type": "json" } })).await;
    assert_eq!((twice.0, &twice.1["errors"][0]["message"]), (422, &json!("Hook already exists on this repository")));
    assert_eq!(codes(&api.post(HOOKS, json!({})).await).0, 422, "an address is needed");
    let (_, changed) = api.patch(&hook, json!({ "add_events": ["label"], "active": false })).await;
    assert_eq!((&changed["events"], &changed["active"]), (&json!(["issues", "issue_comment", "label"]), &json!(false)));
    assert_eq!(changed["config"]["secret"], "********");
    let (_, config) = api.patch(&format!("{hook}/config"), json!({ "url": "https://example.com/other" })).await;
    assert_eq!(config.get("secret"), None, "a secret that is not said again is gone");
    assert_eq!(api.delete(&hook, json!({})).await.0, 204);
    assert_eq!(api.get(HOOKS).await.1, json!([]));
}

#[tokio::test]
async fn what_happens_is_told_signed() {
    let (api, _) = hooked().await;
    api.issue(json!({ "title": "A" })).await;
    api.post(&format!("{ISSUES}/1/comments"), json!({ "body": "Yes" })).await;
    api.patch(&format!("{ISSUES}/1"), json!({ "state": "closed", "labels": ["bug"] })).await;
    api.post("/repos/acme/web/labels", json!({ "name": "unheard" })).await;
    let told = api.server.deliveries("acme/web");
    let names: Vec<String> = told
        .iter()
        .map(|one| {
            let body: Value = serde_json::from_slice(&one.body).unwrap();
            format!("{}.{}", one.header("x-github-event").unwrap(), body["action"].as_str().unwrap_or_default())
        })
        .collect();
    assert_eq!(names, ["ping.", "issues.opened", "issue_comment.created", "issues.closed", "issues.labeled"]);
    let opened = &told[1];
    assert_eq!(opened.header("x-hub-signature-256").unwrap(), signature("s3cret", &opened.body));
    let body: Value = serde_json::from_slice(&opened.body).unwrap();
    assert_eq!((&body["issue"]["number"], &body["sender"]["login"]), (&json!(1), &json!("ada")));
    assert_eq!(body["repository"]["full_name"], "acme/web");
}

#[tokio::test]
async fn deliveries_are_listed_and_told_again() {
    let (api, hook) = hooked().await;
    api.server.receivers_answer(500);
    api.issue(json!({ "title": "A" })).await;
    let first = api.response(Method::GET, &format!("{hook}/deliveries?per_page=1"), None).await;
    let next = link(&first, "next").unwrap();
    let (_, list) = answer(first).await;
    assert_eq!((&list[0]["event"], &list[0]["status_code"]), (&json!("issues"), &json!(500)));
    assert_eq!(each(&api.get(&next).await.1, "event"), ["ping"]);
    assert_eq!(api.get(&hook).await.1["last_response"]["code"], 500);
    let one = format!("{hook}/deliveries/{}", list[0]["id"]);
    assert_eq!(api.get(&one).await.1["request"]["payload"]["action"], "opened");
    api.server.receivers_answer(200);
    assert_eq!(api.post(&format!("{one}/attempts"), json!({})).await.0, 202);
    let (_, list) = api.get(&format!("{hook}/deliveries")).await;
    assert_eq!(each(&list, "redelivery"), [true, false, false]);
    assert_eq!(list[0]["guid"], list[1]["guid"]);
    assert_ne!(list[0]["id"], list[1]["id"]);
    assert_eq!(each(&api.get(&format!("{hook}/deliveries?status=failure")).await.1, "status_code"), [500]);
}

#[tokio::test]
async fn a_delivery_is_rendered_on_demand() {
    let api = Api::web().await;
    let issue = api.issue(json!({ "title": "A" })).await;
    let id = issue["id"].as_u64().unwrap();
    let delivery = api.server.webhook("issues", "deleted", id, Some("key")).unwrap();
    assert_eq!(delivery.header("x-hub-signature-256").unwrap(), signature("key", &delivery.body));
    let body: Value = serde_json::from_slice(&delivery.body).unwrap();
    assert_eq!((&body["action"], &body["issue"]["id"]), (&json!("deleted"), &json!(id)));
    assert!(api.server.webhook("issues", "deleted", 1, None).is_none());
    assert!(api.server.webhook("sparkle", "deleted", id, None).is_none());
}
