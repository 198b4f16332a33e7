//! Webhooks: deliveries as they come, and having them sent.

use hmac::{Hmac, KeyInit, Mac};
use pm_provider::{
    Entity, ErrorKind, ItemRef, NewWebhook, PmProvider, Secret, TaskId, WebhookDelivery, WebhookEventKind, WebhookId,
};
use pm_provider_github::GitHubProvider;
use serde_json::{Value, json};
use sha2::Sha256;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, config, repository};

async fn site() -> (MockServer, GitHubProvider) {
    let server = MockServer::start().await;
    let config = config(&server).webhook_secret(Secret::new("wh-s3cr3t"));
    answer(&server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
    answer(&server, "GET", "/user/repos", 200, json!([repository(7, "octo", "web")])).await;
    (server, GitHubProvider::new(config).unwrap())
}

fn signed(body: &[u8]) -> WebhookDelivery {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"wh-s3cr3t").unwrap();
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let delivery = WebhookDelivery::new(body).with_header("X-Hub-Signature-256", format!("sha256={hex}"));
    delivery.with_header("X-GitHub-Event", "issues").with_header("X-GitHub-Delivery", "72d3162e-cc78")
}

const OPENED: &str = r#"{"action":"opened","issue":{"number":3},"repository":{"id":7}}"#;

#[tokio::test]
async fn a_signed_delivery_is_read_and_any_other_is_not() {
    let (_server, provider) = site().await;
    let webhooks = provider.webhooks().unwrap();
    let events = webhooks.receive(&signed(OPENED.as_bytes())).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].kind, &events[0].item), (WebhookEventKind::Created, &ItemRef::Task(TaskId::new("7#3"))));
    assert_eq!(events[0].delivery_id.as_deref(), Some("72d3162e-cc78"));
    let mut forged = signed(OPENED.as_bytes());
    forged.body = OPENED.replace("opened", "deleted").into_bytes();
    assert_eq!(webhooks.receive(&forged).unwrap_err().kind(), ErrorKind::Unauthenticated);
    let unsigned = WebhookDelivery::new(OPENED).with_header("X-GitHub-Event", "issues");
    assert_eq!(webhooks.receive(&unsigned).unwrap_err().kind(), ErrorKind::Unauthenticated);
    let old = unsigned.with_header("X-Hub-Signature", "sha1=00");
    assert_eq!(webhooks.receive(&old).unwrap_err().kind(), ErrorKind::Unauthenticated, "SHA-1 does not count");
}

#[tokio::test]
async fn a_form_is_read_as_well() {
    let (_server, provider) = site().await;
    let form = format!("payload={}", OPENED.replace('{', "%7B").replace('}', "%7D").replace('"', "%22"));
    let events = provider.webhooks().unwrap().receive(&signed(form.as_bytes())).unwrap();
    assert_eq!(events[0].item, ItemRef::Task(TaskId::new("7#3")));
}

fn hook(id: u64, events: &[&str], has_secret: bool) -> Value {
    let mut config = json!({ "url": "https://sync.example.org/in", "content_type": "json", "insecure_ssl": "0" });
    if has_secret {
        config["secret"] = json!("********");
    }
    json!({ "id": id, "name": "web", "active": true, "events": events, "config": config })
}

async fn sent(server: &MockServer, verb: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    let those = requests.iter().filter(|request| request.method.as_str() == verb);
    those.map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

#[tokio::test]
async fn a_webhook_is_made_once_and_has_the_secret() {
    let (server, provider) = site().await;
    answer(&server, "GET", "/repos/octo/web/hooks", 200, json!([])).await;
    answer(&server, "POST", "/repos/octo/web/hooks", 201, hook(42, &["issues", "sub_issues"], true)).await;
    let new = NewWebhook::new("https://sync.example.org/in").project_id("7").entities([Entity::Task]);
    let made = provider.webhook_admin().unwrap().create_webhook(new).await.unwrap();
    assert_eq!((made.id.as_str(), made.entities.as_slice()), ("7#h42", [Entity::Task].as_slice()));
    let config = json!({ "url": "https://sync.example.org/in", "content_type": "json", "insecure_ssl": "0",
        "secret": "wh-s3cr3t" });
    let expected = json!({ "name": "web", "active": true, "events": ["issues", "sub_issues"], "config": config });
    assert_eq!(sent(&server, "POST").await, [expected]);
}

#[tokio::test]
async fn one_that_is_there_is_given_the_secret_in_the_place_of_a_second_one() {
    let (server, provider) = site().await;
    answer(&server, "GET", "/repos/octo/web/hooks", 200, json!([hook(42, &["milestone"], true)])).await;
    answer(&server, "PATCH", "/repos/octo/web/hooks/42", 200, hook(42, &["milestone"], true)).await;
    let new = NewWebhook::new("https://sync.example.org/in").project_id("7").entities([Entity::Sprint]);
    provider.webhook_admin().unwrap().create_webhook(new).await.unwrap();
    assert!(sent(&server, "POST").await.is_empty());
    assert_eq!(sent(&server, "PATCH").await[0]["config"]["secret"], "wh-s3cr3t");
}

#[tokio::test]
async fn what_was_missed_is_listed_and_delivered_again() {
    let (server, provider) = site().await;
    let missed = json!([{ "id": 12, "guid": "72d3162e-cc78", "delivered_at": "2026-11-20T10:00:00Z", "status": "Invalid HTTP Response: 503",
        "status_code": 503, "event": "issues", "action": "opened", "redelivery": false },
        { "id": 11, "guid": "0b989ba4", "delivered_at": "2026-11-20T09:00:00Z", "status": "OK", "status_code": 200, "event": "ping" }]);
    answer(&server, "GET", "/repos/octo/web/hooks/42/deliveries", 200, missed).await;
    let again = ResponseTemplate::new(202).set_body_json(json!({}));
    let at = "/repos/octo/web/hooks/42/deliveries/12/attempts";
    Mock::given(method("POST")).and(path(at)).respond_with(again).expect(1).mount(&server).await;
    let admin = provider.webhook_admin().unwrap();
    let id = WebhookId::new("7#h42");
    let attempts = admin.list_deliveries(&id).await.unwrap();
    let shown: Vec<_> = attempts.iter().map(|one| (one.id.as_str(), one.succeeded, one.event.as_deref())).collect();
    assert_eq!(shown, [("12", false, Some("issues.opened")), ("11", true, Some("ping"))]);
    assert_eq!(attempts[0].delivery_id.as_deref(), Some("72d3162e-cc78"));
    admin.redeliver(&id, &attempts[0].id).await.unwrap();
}
