//! Webhooks.

use serde_json::{Value, json};

use super::{Api, code, named};

#[tokio::test]
async fn a_webhook_is_made_once_with_a_secret_of_the_servers() {
    let api = Api::new().await;
    let path = format!("/team/{}/webhook", api.team);
    let body = json!({ "endpoint": "https://example.net/hook", "events": ["taskCreated"], "space_id": api.space.parse::<u64>().unwrap() });
    let (status, made) = api.post(&path, body.clone()).await;
    assert_eq!((status, made["webhook"]["secret"].as_str().unwrap().len()), (200, 64));
    assert_eq!(made["webhook"]["health"], json!({ "status": "active", "fail_count": 0 }));
    let again = api.post(&path, body).await;
    assert!(again.1["err"].as_str().unwrap().contains("already exists"));
    assert_eq!(again.0, 400);
    let all = json!({ "endpoint": "https://example.net/hook", "events": "*" });
    assert_eq!(
        api.post(&path, all).await.1["webhook"]["events"].as_array().unwrap().len(),
        28,
        "another place, all events"
    );
    assert_eq!(api.post(&path, json!({ "endpoint": "https://a.net", "events": ["odd"] })).await.0, 400);
    assert_eq!(api.get(&path).await.1["webhooks"].as_array().unwrap().len(), 2);
    let hook = format!("/webhook/{}", made["id"].as_str().unwrap());
    api.server.set_hook_health(made["id"].as_str().unwrap(), "suspended", 100);
    assert_eq!(api.get(&path).await.1["webhooks"][0]["health"], json!({ "status": "suspended", "fail_count": 100 }));
    let change = json!({ "endpoint": "https://example.net/hook", "events": "*", "status": "active" });
    assert_eq!(api.put(&hook, change).await.1["webhook"]["health"]["fail_count"], 0);
    assert_eq!(api.delete(&hook).await.0, 200);
    assert_eq!(code(&api.delete(&hook).await).0, 404);
}

#[tokio::test]
async fn hooks_hear_of_what_happens_in_their_place() {
    let api = Api::new().await;
    let path = format!("/team/{}/webhook", api.team);
    let here =
        json!({ "endpoint": "https://example.net/1", "events": "*", "list_id": api.list.parse::<u64>().unwrap() });
    let (_, made) = api.post(&path, here).await;
    api.post(&format!("/list/{}/task", api.other), named("Elsewhere")).await;
    let (_, task) = api.post(&format!("/list/{}/task", api.list), named("Here")).await;
    api.put(&format!("/task/{}", task["id"].as_str().unwrap()), json!({ "status": "complete" })).await;
    let deliveries = api.server.deliveries();
    let events: Vec<String> = deliveries
        .iter()
        .map(|delivery| {
            let body: Value = serde_json::from_slice(&delivery.body).unwrap();
            assert_eq!((&body["task_id"], &body["webhook_id"]), (&task["id"], &made["id"]));
            body["event"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(events, ["taskCreated", "taskStatusUpdated", "taskUpdated"]);
    let signature = deliveries[0].header("x-signature").unwrap();
    assert!(signature.len() == 64 && signature.chars().all(|c| c.is_ascii_hexdigit() && !c.is_uppercase()));
    let rendered = api.server.webhook("taskDeleted", task["id"].as_str().unwrap(), Some("secret")).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&rendered.body).unwrap()["event"], "taskDeleted");
    assert!(api.server.webhook("odd", "1", None).is_none());
}
