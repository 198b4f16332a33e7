//! Webhooks of administrators, and what they send.

use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Api, doc, whole};

fn hook() -> Value {
    json!({
        "name": "Mine", "url": "https://example.net/hook", "events": ["jira:issue_created", "comment_created"],
        "filters": { "issue-related-events-section": "project = WEB" }, "secret": "hush"
    })
}

#[tokio::test]
async fn administrators_register_webhooks() {
    let api = Api::web().await;
    let (status, made) = api.post("//rest/webhooks/1.0/webhook", hook()).await;
    assert_eq!((status, made.get("secret"), &made["enabled"]), (201, None, &json!(true)));
    let address = made["self"].as_str().unwrap();
    assert!(address.ends_with("/rest/webhooks/1.0/webhook/1"));
    let (_, list) = api.get("//rest/webhooks/1.0/webhook").await;
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["filters"]["issue-related-events-section"], "project = WEB");
    let (_, off) = api.put("//rest/webhooks/1.0/webhook/1", json!({ "enabled": false })).await;
    assert_eq!((&off["enabled"], &off["name"]), (&json!(false), &json!("Mine")));
    assert_eq!(api.delete("//rest/webhooks/1.0/webhook/1").await.0, 204);
    assert_eq!(api.delete("//rest/webhooks/1.0/webhook/1").await.0, 404);
}

#[tokio::test]
async fn others_do_not() {
    let api = Api::web().await;
    assert_eq!(api.as_mel(Method::POST, "//rest/webhooks/1.0/webhook", Some(hook())).await.0, 403);
    assert_eq!(api.as_nobody("//rest/webhooks/1.0/webhook").await.0, 401);
    let with = |member: &str, value: Value| {
        let mut body = hook();
        body[member] = value;
        body
    };
    let wrong = [
        with("url", json!("nowhere")),
        with("name", json!("")),
        with("events", json!(["jira:issue_hugged"])),
        with("events", json!([])),
        with("filters", json!({ "issue-related-events-section": "project =" })),
    ];
    for body in wrong {
        let refused = api.post("//rest/webhooks/1.0/webhook", body).await;
        assert_eq!(refused.0, 400, "{refused:?}");
        assert!(!whole(&refused).1.is_empty());
    }
}

fn header<'a>(delivery: &'a pm_provider::WebhookDelivery, name: &str) -> Option<&'a str> {
    delivery.header(name)
}

#[tokio::test]
async fn deliveries_are_signed_and_have_an_identity() {
    let api = Api::web().await;
    api.issue(json!({ "description": doc("Hello") })).await;
    let delivery = api.server.webhook("jira:issue_created", 10000, Some("hush")).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"hush").unwrap();
    mac.update(&delivery.body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(header(&delivery, "x-hub-signature"), Some(format!("sha256={digits}").as_str()));
    let again = api.server.webhook("jira:issue_created", 10000, None).unwrap();
    assert_eq!(header(&again, "x-hub-signature"), None);
    assert!(header(&again, "x-atlassian-webhook-identifier").is_some());
    assert_ne!(header(&again, "x-atlassian-webhook-identifier"), header(&delivery, "x-atlassian-webhook-identifier"));
}

#[tokio::test]
async fn deliveries_tell_of_items_in_the_old_version() {
    let api = Api::web().await;
    api.issue(json!({ "description": doc("Hello") })).await;
    api.put("/issue/WEB-1", json!({ "fields": { "summary": "New" } })).await;
    let body = |event: &str, id: u64| -> Value {
        serde_json::from_slice(&api.server.webhook(event, id, None).unwrap().body).unwrap()
    };
    let updated = body("jira:issue_updated", 10000);
    assert_eq!((&updated["webhookEvent"], &updated["issue"]["key"]), (&json!("jira:issue_updated"), &json!("WEB-1")));
    assert_eq!(updated["issue"]["fields"]["description"], "Hello");
    assert!(updated["issue"]["self"].as_str().unwrap().contains("/rest/api/2/"));
    let item = &updated["changelog"]["items"][0];
    assert_eq!((&item["fieldId"], &item["toString"]), (&json!("summary"), &json!("New")));
    api.post("/issue/WEB-1/comment", json!({ "body": doc("Hi") })).await;
    let comment = body("comment_created", 10000);
    assert_eq!((&comment["comment"]["body"], &comment["issue"]["key"]), (&json!("Hi"), &json!("WEB-1")));
    assert_eq!(body("project_updated", 10000)["project"]["id"], 10000);
    assert!(api.server.webhook("jira:issue_deleted", 77, None).is_none());
    assert!(api.server.webhook("moon_landed", 1, None).is_none());
}
