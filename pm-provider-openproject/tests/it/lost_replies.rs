//! Replies that are lost after the server did what it was asked: nothing is there twice.

use std::sync::Arc;

use pm_provider::{
    Comments, DeleteOptions, NewComment, NewProject, NewRelation, NewSprint, NewTask, PmProvider, PmProviderExt,
    ProjectQuery, RelationKind, Relations, SprintQuery, TaskPatch, TaskQuery,
};
use pm_provider_openproject::OpenProjectProvider;
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::openproject::FakeOpenProject;

use crate::support::{begin, task};

/// Loses the reply to the next request of a kind, and makes sure afterwards that it did.
fn lose(server: &FakeOpenProject, method: &str, path: &str) -> pm_testkit::http_fault::PlannedFault {
    server.faults().add(FaultRule::new(HttpFault::DropReply).method(method).path(path).nth(1))
}

async fn titles(provider: &Arc<OpenProjectProvider>) -> Vec<String> {
    let tasks = provider.list_tasks(TaskQuery::new()).await.unwrap();
    tasks.into_iter().map(|task| task.title).collect()
}

#[tokio::test]
async fn a_task_whose_reply_is_lost_is_found_with_and_without_a_key() {
    for key in [None, Some("key-1")] {
        let (server, provider, project) = begin().await;
        let fault = lose(&server, "POST", "/work_packages");
        let mut new = NewTask::new(&project, "Paint").description("the *fence*");
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
    let fault = lose(&server, "POST", "/work_packages");
    let second = task(&provider, &project, "Twin").await;
    assert_eq!(fault.fired(), 1);
    assert_ne!(first.id, second.id);
    assert_eq!(titles(&provider).await.len(), 2);
}

#[tokio::test]
async fn projects_sprints_and_comments_are_found_too() {
    let (server, provider, project) = begin().await;
    let fault = lose(&server, "POST", "/projects");
    let made = provider.create_project(NewProject::new("Shed")).await.unwrap();
    assert_eq!((made.name.as_str(), fault.fired()), ("Shed", 1));
    assert_eq!(provider.list_projects(ProjectQuery::new()).await.unwrap().len(), 2);
    let fault = lose(&server, "POST", "/versions");
    let sprint = provider.create_sprint(NewSprint::new(&project, "Spring")).await.unwrap();
    assert_eq!((sprint.name.as_str(), fault.fired()), ("Spring", 1));
    assert_eq!(provider.list_sprints(SprintQuery::in_project(&project)).await.unwrap().len(), 1);
    let id = task(&provider, &project, "Talk").await.id;
    let fault = lose(&server, "POST", "/activities");
    let comment = provider.create_comment(NewComment::new(&id, "once")).await.unwrap();
    assert_eq!((comment.body.as_str(), fault.fired()), ("once", 1));
    assert_eq!(provider.list_comments(id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn relations_are_found_too() {
    let (server, provider, project) = begin().await;
    let (one, two) = (task(&provider, &project, "one").await.id, task(&provider, &project, "two").await.id);
    let fault = lose(&server, "POST", "/relations");
    let made = provider.create_relation(NewRelation::new(RelationKind::Blocks, &one, &two)).await.unwrap();
    assert_eq!((made.kind, fault.fired()), (RelationKind::Blocks, 1));
    assert_eq!(provider.list_relations(one).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_whose_reply_is_lost_is_repeated_with_the_same_lock_version() {
    let (server, provider, project) = begin().await;
    let before = task(&provider, &project, "before").await;
    let fault = lose(&server, "PATCH", "/work_packages");
    let after = provider.update_task(&before.id, TaskPatch::new().title("after")).await.unwrap();
    assert_eq!((after.title.as_str(), fault.fired()), ("after", 1));
    // Sent twice: done the first time, refused as a conflict the second time, and found to be ours.
    let sent = server.faults().requests_of("PATCH", "/work_packages");
    assert_eq!(sent.len(), 2);
}

#[tokio::test]
async fn a_delete_whose_reply_is_lost_succeeds() {
    let (server, provider, project) = begin().await;
    let id = task(&provider, &project, "going").await.id;
    let fault = lose(&server, "DELETE", "/work_packages");
    provider.delete_task(&id, DeleteOptions::new()).await.unwrap();
    assert_eq!(fault.fired(), 1);
    assert!(titles(&provider).await.is_empty());
}

#[tokio::test]
async fn a_key_is_found_again_by_another_process() {
    let (server, provider, project) = begin().await;
    let new = || NewTask::new(&project, "Paint").description("the fence").idempotency_key("import:1");
    let first = provider.create_task(new()).await.unwrap();
    let elsewhere = crate::support::provider(&server);
    let second = elsewhere.create_task(new()).await.unwrap();
    assert_eq!(first.id, second.id);
    assert_eq!(first.description.as_deref(), Some("the fence"), "the mark is not shown");
    assert!(first.raw_data.as_str().unwrap().contains("pm-core:"), "but it is there");
    let changed = provider.update_task(&first.id, TaskPatch::new().description("new text")).await.unwrap();
    assert_eq!(changed.description.as_deref(), Some("new text"));
    assert_eq!(elsewhere.create_task(new()).await.unwrap().id, first.id, "and stays when the text changes");
}
