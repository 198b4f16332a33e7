//! Deliveries of webhooks.

use pm_provider::Comments;
use pm_provider::{ErrorKind, ItemRef, NewComment, PmProvider, Secret, WebhookDelivery, WebhookEventKind, Webhooks};
use pm_provider_openproject::{OpenProjectConfig, OpenProjectProvider};

use crate::support::{begin, task};

fn receiver(secret: Option<&str>) -> OpenProjectProvider {
    let config = OpenProjectConfig::new("https://projects.example.org", Secret::new("k"));
    let config = secret.into_iter().fold(config, |config, secret| config.webhook_secret(Secret::new(secret)));
    OpenProjectProvider::new(config).unwrap()
}

#[tokio::test]
async fn a_delivery_is_checked_and_told() {
    let (server, provider, project) = begin().await;
    let id = task(&provider, &project, "Paint").await.id;
    let number = id.as_str().parse().unwrap();
    let receiver = receiver(Some("s3cr3t"));
    let delivery = server.webhook("work_package:updated", number, Some("s3cr3t")).unwrap();
    let events = receiver.receive(&delivery).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].kind, &events[0].item), (WebhookEventKind::Updated, &ItemRef::Task(id.clone())));
    assert_eq!(events[0].project_id, Some(project));
    let again = receiver.receive(&delivery).unwrap();
    assert_eq!(events[0].delivery_id, again[0].delivery_id, "a repeated delivery is recognised");
    provider.update_task(&id, pm_provider::TaskPatch::new().title("Paint it")).await.unwrap();
    let next = server.webhook("work_package:updated", number, Some("s3cr3t")).unwrap();
    assert_ne!(events[0].delivery_id, receiver.receive(&next).unwrap()[0].delivery_id, "and a new one is new");
}

#[tokio::test]
async fn projects_and_comments_are_told_too() {
    let (server, provider, project) = begin().await;
    let id = task(&provider, &project, "Paint").await.id;
    let comment = provider.create_comment(NewComment::new(&id, "done")).await.unwrap();
    let receiver = receiver(Some("s3cr3t"));
    let told = |action: &str, id: &str| {
        let delivery = server.webhook(action, id.parse().unwrap(), Some("s3cr3t")).unwrap();
        receiver.receive(&delivery).unwrap().remove(0)
    };
    let event = told("project:created", project.as_str());
    assert_eq!((event.kind, event.item), (WebhookEventKind::Created, ItemRef::Project(project.clone())));
    let event = told("work_package_comment:comment", comment.id.as_str());
    assert_eq!(event.item, ItemRef::Comment(id, comment.id));
}

#[tokio::test]
async fn trap_a_wrong_signature_says_what_may_be_wrong() {
    let (server, provider, project) = begin().await;
    let id = task(&provider, &project, "Paint").await.id.as_str().parse().unwrap();
    let receiver = receiver(Some("s3cr3t"));
    for secret in [Some("another"), None] {
        let delivery = server.webhook("work_package:updated", id, secret).unwrap();
        assert_eq!(receiver.receive(&delivery).unwrap_err().kind(), ErrorKind::Unauthenticated);
    }
    let mut changed = server.webhook("work_package:updated", id, Some("s3cr3t")).unwrap();
    changed.body.push(b' ');
    let error = receiver.receive(&changed).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(error.to_string().contains("another rendering"), "{error}");
    assert!(!format!("{error:?}").contains("s3cr3t"));
}

#[test]
fn nothing_is_read_that_cannot_be_checked() {
    let delivery = WebhookDelivery::new(r#"{"action":"work_package:updated"}"#);
    assert_eq!(receiver(None).receive(&delivery).unwrap_err().kind(), ErrorKind::Configuration);
}
