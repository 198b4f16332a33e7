//! Replies that are lost after ClickUp did what it was asked: nothing is there twice.

use std::sync::Arc;

use pm_provider::{
    Comments, DeleteOptions, Effect, NewComment, NewRelation, NewSprint, NewTask, PmProvider, PmProviderExt,
    RelationKind, Relations, TaskPatch, TaskQuery,
};
use pm_provider_clickup::{ClickUpProvider, SprintMembership};
use pm_testkit::clickup::FakeClickUp;
use pm_testkit::http_fault::{FaultRule, HttpFault, PlannedFault};

use crate::support::{begin, config, provider, task};

/// Loses the reply to the next request of a kind.
fn lose(server: &FakeClickUp, method: &str, path: &str) -> PlannedFault {
    server.faults().add(FaultRule::new(HttpFault::DropReply).method(method).path(path).nth(1))
}

async fn titles(provider: &Arc<ClickUpProvider>) -> Vec<String> {
    let tasks = provider.list_tasks(TaskQuery::new()).await.unwrap();
    tasks.into_iter().map(|task| task.title).collect()
}

#[tokio::test]
async fn a_task_whose_reply_is_lost_is_found_with_and_without_a_key() {
    for key in [None, Some("key-1")] {
        let (server, provider, project) = begin().await;
        let fault = lose(&server, "POST", "/task");
        let mut new = NewTask::new(&project, "Paint").description("the *fence*").labels(["wood"]);
        new.idempotency_key = key.map(ToOwned::to_owned);
        let made = provider.create_task(new).await.unwrap();
        assert_eq!(fault.fired(), 1);
        assert_eq!((made.title.as_str(), made.description.as_deref()), ("Paint", Some("the *fence*")));
        assert_eq!(titles(&provider).await, ["Paint"]);
    }
}

#[tokio::test]
async fn two_wanted_twins_stay_two_when_a_reply_is_lost() {
    let (server, provider, project) = begin().await;
    let first = task(&provider, &project, "Twin").await;
    let fault = lose(&server, "POST", "/task");
    let second = task(&provider, &project, "Twin").await;
    assert_eq!(fault.fired(), 1);
    assert_ne!(first.id, second.id);
    assert_eq!(titles(&provider).await.len(), 2);
}

#[tokio::test]
async fn comments_and_relations_are_found_too() {
    let (server, provider, project) = begin().await;
    let (one, two) = (task(&provider, &project, "one").await.id, task(&provider, &project, "two").await.id);
    for key in [None, Some("key-1")] {
        let fault = lose(&server, "POST", "/comment");
        let mut new = NewComment::new(&one, "once");
        new.idempotency_key = key.map(ToOwned::to_owned);
        let comment = provider.create_comment(new).await.unwrap();
        assert_eq!((comment.body.as_str(), fault.fired()), ("once", 1));
    }
    assert_eq!(provider.list_comments(one.clone()).await.unwrap().len(), 2);
    let fault = lose(&server, "POST", "/dependency");
    let made = provider.create_relation(NewRelation::new(RelationKind::Blocks, &one, &two)).await.unwrap();
    assert_eq!((made.kind, fault.fired()), (RelationKind::Blocks, 1));
    assert_eq!(provider.list_relations(one).await.unwrap().len(), 1);
}

#[tokio::test]
async fn changes_and_deletes_whose_reply_is_lost_are_done_once() {
    let (server, provider, project) = begin().await;
    let before = task(&provider, &project, "before").await;
    let (put, tag) = (lose(&server, "PUT", "/task"), lose(&server, "POST", "/tag"));
    let patch = TaskPatch::new().title("after").add_labels(["new"]);
    let after = provider.update_task(&before.id, patch).await.unwrap();
    assert_eq!((after.title.as_str(), after.labels.as_slice()), ("after", ["new".to_owned()].as_slice()));
    let delete = lose(&server, "DELETE", "/task");
    provider.delete_task(&before.id, DeleteOptions::new()).await.unwrap();
    assert_eq!((put.fired(), tag.fired(), delete.fired()), (1, 1, 1));
    assert!(titles(&provider).await.is_empty());
}

#[tokio::test]
async fn a_key_is_found_again_by_another_process() {
    let (server, provider, project) = begin().await;
    let new = || NewTask::new(&project, "Paint").description("the fence").idempotency_key("import:1");
    let first = provider.create_task(new()).await.unwrap();
    let elsewhere = crate::support::provider(&server);
    assert_eq!(elsewhere.create_task(new()).await.unwrap().id, first.id);
    assert_eq!(first.description.as_deref(), Some("the fence"), "the mark is not shown");
    assert!(first.raw_data.as_str().unwrap().contains("pm-core:"), "but it is there");
    let changed = provider.update_task(&first.id, TaskPatch::new().description("new text")).await.unwrap();
    assert_eq!(changed.description.as_deref(), Some("new text"));
    let cleared = provider.update_task(&first.id, TaskPatch::new().clear_description()).await.unwrap();
    assert_eq!(cleared.description, None);
    let third = crate::support::provider(&server);
    assert_eq!(third.create_task(new()).await.unwrap().id, first.id, "and stays when the text changes");
}

#[tokio::test]
async fn an_archived_task_keeps_its_key() {
    let (server, provider, project) = begin().await;
    let new = || NewTask::new(&project, "Paint").idempotency_key("import:1");
    let first = provider.create_task(new()).await.unwrap();
    server.edit_task(first.id.as_str(), serde_json::json!({ "archived": true })).unwrap();
    assert_eq!(crate::support::provider(&server).create_task(new()).await.unwrap().id, first.id);
}

#[tokio::test]
async fn a_create_that_got_half_way_goes_on_with_its_key() {
    let (server, _, project) = begin().await;
    let adding = config(&server).sprint_membership(SprintMembership::Add);
    let provider = Arc::new(ClickUpProvider::new(adding).unwrap());
    let sprint = provider.create_sprint(NewSprint::new(&project, "Sprint 1")).await.unwrap();
    let refusal = HttpFault::Status { status: 403, applied: false };
    let path = format!("/list/{}/task/", sprint.id);
    let fault = server.faults().add(FaultRule::new(refusal).method("POST").path(path).nth(1));
    let new = || NewTask::new(&project, "Paint").sprint_id(&sprint.id).idempotency_key("import:1");
    let error = provider.create_task(new()).await.unwrap_err();
    assert_eq!(fault.fired(), 1);
    assert!(matches!(error.effect(), Effect::Partial { failed, .. } if failed == &["sprint_id"]), "{error}");
    let made = provider.create_task(new()).await.unwrap();
    assert_eq!(made.sprint_id, Some(sprint.id));
    assert_eq!(titles(&crate::support::provider(&server)).await, ["Paint"]);
}

#[tokio::test]
async fn a_second_provider_sees_the_same() {
    let (server, one, project) = begin().await;
    task(&one, &project, "Paint").await;
    assert_eq!(titles(&provider(&server)).await, ["Paint"]);
}
