//! Webhooks: deliveries, and having them sent.

use pm_provider::{
    Entity, ErrorKind, ItemRef, NewWebhook, PmProvider, Secret, TaskPatch, WebhookAdmin, WebhookDelivery,
    WebhookEventKind, WebhookId, Webhooks,
};
use pm_provider_clickup::ClickUpProvider;
use pm_testkit::clickup::FakeClickUp;
use pm_testkit::http_fault::{FaultRule, HttpFault};

use crate::support::{begin, config, task};

const URL: &str = "https://receiver.example/hook";

#[tokio::test]
async fn what_changes_is_told_and_its_signature_checked() {
    let (server, provider, project) = begin().await;
    let hook = provider.create_webhook(NewWebhook::new(URL).project_id(&project)).await.unwrap();
    assert_eq!((hook.project_id.as_ref(), hook.active), (Some(&project), true));
    assert_eq!(hook.entities, [Entity::Task, Entity::Comment, Entity::Sprint, Entity::Project]);
    let task = task(&provider, &project, "Paint").await;
    provider.update_task(&task.id, TaskPatch::new().title("Repaint")).await.unwrap();
    let deliveries = server.deliveries();
    let told: Vec<_> =
        deliveries.iter().flat_map(|delivery| provider.receive(delivery).unwrap()).map(|event| event.item).collect();
    assert!(told.contains(&ItemRef::Task(task.id.clone())), "{told:?}");
    // Another program knows the secret by the setting alone.
    let secret = provider.webhook_secret(&hook.id).await.unwrap();
    let receiver = ClickUpProvider::new(config(&server).webhook_secret(secret)).unwrap();
    let events = receiver.receive(&deliveries[0]).unwrap();
    assert_eq!(events[0].kind, WebhookEventKind::Created);
    let mut forged = deliveries[0].clone();
    forged.body.push(b' ');
    assert_eq!(receiver.receive(&forged).unwrap_err().kind(), ErrorKind::Unauthenticated);
    let unsigned = WebhookDelivery::new(deliveries[0].body.clone());
    assert_eq!(receiver.receive(&unsigned).unwrap_err().kind(), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn nobody_believes_a_delivery_without_a_secret() {
    let server = FakeClickUp::start().await.unwrap();
    let provider = ClickUpProvider::new(config(&server)).unwrap();
    let error = provider.receive(&WebhookDelivery::new(*b"{}").with_header("X-Signature", "00")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn trap_a_webhook_that_is_there_already_is_changed_in_its_place() {
    let (server, provider, project) = begin().await;
    let wanted = || NewWebhook::new(URL).project_id(&project);
    let first = provider.create_webhook(wanted().entities([Entity::Comment])).await.unwrap();
    assert_eq!(first.entities, [Entity::Comment]);
    let second = provider.create_webhook(wanted().entities([Entity::Task])).await.unwrap();
    assert_eq!((second.id, second.entities), (first.id.clone(), vec![Entity::Task, Entity::Comment]));
    server.set_hook_health(first.id.as_str(), "suspended", 100);
    let listed = provider.list_webhooks().await.unwrap();
    assert_eq!((listed.len(), listed[0].active), (1, false));
    assert!(listed[0].raw_data.as_str().unwrap().contains("fail_count"));
    let again = provider.create_webhook(wanted().entities([Entity::Task])).await.unwrap();
    assert!(again.active, "it is taken up again");
    provider.delete_webhook(&first.id).await.unwrap();
    assert!(provider.list_webhooks().await.unwrap().is_empty());
    let gone = provider.delete_webhook(&WebhookId::new("7fa3ec74-69a8-4530-a251-8a13730bd204")).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_webhook_whose_reply_is_lost_is_there_once() {
    let (server, provider, _) = begin().await;
    let lost = FaultRule::new(HttpFault::DropReply).method("POST").path("/webhook").nth(1);
    let fault = server.faults().add(lost);
    let hook = provider.create_webhook(NewWebhook::new(URL)).await.unwrap();
    assert_eq!((fault.fired(), hook.project_id), (1, None));
    assert_eq!(provider.list_webhooks().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_clickup_cannot_do_is_said_before_anything_is_sent() {
    let (server, provider, _) = begin().await;
    server.faults().forget_requests();
    for new in [
        NewWebhook::new(URL).secret(Secret::new("mine")),
        NewWebhook::new(URL).name("ours"),
        NewWebhook::new(URL).entities([Entity::User]),
    ] {
        assert_eq!(provider.create_webhook(new).await.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    assert!(server.requests().is_empty());
    assert!(provider.capabilities().abilities.contains(&pm_provider::Ability::WebhookAdmin));
}
