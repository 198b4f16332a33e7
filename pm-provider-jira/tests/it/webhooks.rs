//! Deliveries.

use pm_provider::{ErrorKind, ItemRef, Secret, WebhookDelivery, WebhookEventKind, Webhooks};
use pm_provider_jira::{JiraConfig, JiraProvider};
use serde_json::{Value, json};

fn receiver(secret: Option<&str>) -> JiraProvider {
    let config = JiraConfig::new("https://example.atlassian.net", Secret::new("k"));
    let config = secret.into_iter().fold(config, |config, secret| config.webhook_secret(Secret::new(secret)));
    JiraProvider::new(config).unwrap()
}

/// The vendor's own example: <https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks>.
const SECRET: &str = "It's a Secret to Everybody";
const SIGNATURE: &str = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";

#[test]
fn the_vendors_own_example_is_checked_before_anything_is_read() {
    let delivery = WebhookDelivery::new("Hello World!").with_header("x-hub-signature", SIGNATURE);
    let error = receiver(Some(SECRET)).receive(&delivery).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "the signature is right, and the body no delivery: {error}");
    for (secret, delivery) in [
        ("another", delivery.clone()),
        (SECRET, WebhookDelivery::new("Hello World!")),
        (SECRET, WebhookDelivery::new("Hello World?").with_header("X-Hub-Signature", SIGNATURE)),
        (
            SECRET,
            WebhookDelivery::new("Hello World!").with_header("X-Hub-Signature", SIGNATURE.replace("sha256", "sha1")),
        ),
        (SECRET, WebhookDelivery::new("Hello World!").with_header("X-Hub-Signature-256", SIGNATURE)),
    ] {
        assert_eq!(receiver(Some(secret)).receive(&delivery).unwrap_err().kind(), ErrorKind::Unauthenticated);
    }
    assert_eq!(receiver(None).receive(&delivery).unwrap_err().kind(), ErrorKind::Configuration);
}

fn events(body: &Value) -> Vec<(WebhookEventKind, ItemRef, Option<String>)> {
    use hmac::{Hmac, KeyInit, Mac};
    let text = body.to_string();
    let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(b"s3cr3t").unwrap();
    mac.update(text.as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let delivery = WebhookDelivery::new(text)
        .with_header("X-Hub-Signature", format!("sha256={hex}"))
        .with_header("X-Atlassian-Webhook-Identifier", "0123-abc");
    let told = receiver(Some("s3cr3t")).receive(&delivery).unwrap();
    assert!(told.iter().all(|event| event.delivery_id.as_deref() == Some("0123-abc")));
    told.into_iter().map(|event| (event.kind, event.item, event.project_id.map(|id| id.to_string()))).collect()
}

#[test]
fn each_kind_of_delivery_tells_of_its_item() {
    use WebhookEventKind::{Created, Deleted, Updated};
    let issue = json!({ "id": "10010", "key": "WEB-1", "fields": { "project": { "id": "10000" } } });
    let task = || ItemRef::Task("10010".into());
    let web = || Some("10000".to_owned());
    for (event, kind) in
        [("jira:issue_created", Created), ("jira:issue_updated", Updated), ("jira:issue_deleted", Deleted)]
    {
        assert_eq!(events(&json!({ "webhookEvent": event, "issue": issue })), [(kind, task(), web())]);
    }
    let told = events(&json!({ "webhookEvent": "comment_created", "issue": issue, "comment": { "id": "10200" } }));
    assert_eq!(told, [(Created, ItemRef::Comment("10010".into(), "10200".into()), web())]);
    let link = "https://example.org/rest/api/2/issue/10010/comment/10200";
    let told = events(&json!({ "webhookEvent": "comment_deleted", "comment": { "id": 10200, "self": link } }));
    assert_eq!(told, [(Deleted, ItemRef::Comment("10010".into(), "10200".into()), None)]);
    for (event, kind) in [
        ("sprint_created", Created),
        ("sprint_started", Updated),
        ("sprint_closed", Updated),
        ("sprint_deleted", Deleted),
    ] {
        let told = events(&json!({ "webhookEvent": event, "sprint": { "id": 7, "originBoardId": 1 } }));
        assert_eq!(told, [(kind, ItemRef::Sprint("7".into()), None)]);
    }
    let told = events(&json!({ "webhookEvent": "project_updated", "project": { "id": 10000, "key": "WEB" } }));
    assert_eq!(told, [(Updated, ItemRef::Project("10000".into()), web())]);
    let told = events(&json!({ "webhookEvent": "worklog_deleted", "worklog": { "id": "1", "issueId": "10010" } }));
    assert_eq!(told, [(Updated, task(), None)]);
    let ends = json!({ "sourceIssueId": 10010, "destinationIssueId": 10011 });
    let told = events(&json!({ "webhookEvent": "issuelink_created", "issueLink": ends }));
    assert_eq!(told, [(Updated, task(), None), (Updated, ItemRef::Task("10011".into()), None)]);
    assert!(events(&json!({ "webhookEvent": "jira:version_released", "version": { "id": "1" } })).is_empty());
    assert!(events(&json!({ "webhookEvent": "board_created", "board": { "id": 1 } })).is_empty());
}

#[test]
fn trap_what_happens_to_a_project_has_two_words() {
    use WebhookEventKind::{Created, Deleted, Updated};
    for (event, kind) in [
        ("project_created", Created),
        ("project_updated", Updated),
        ("project_deleted", Deleted),
        ("project_soft_deleted", Deleted),
        ("project_restored_deleted", Created),
        ("project_archived", Updated),
        ("project_restored_archived", Updated),
    ] {
        let told = events(&json!({ "webhookEvent": event, "project": { "id": 10000, "key": "WEB" } }));
        assert_eq!(told, [(kind, ItemRef::Project("10000".into()), Some("10000".to_owned()))], "{event}");
    }
}
