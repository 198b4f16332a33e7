//! What each injected fault does, and what the log says of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use pm_provider::{
    Effect, ErrorKind, NewComment, NewProject, NewTask, PMProject, PmProvider, PmProviderExt, ProjectPatch, Retry,
    TaskQuery,
};
use pm_testkit::fault::Outcome;
use pm_testkit::{Fault, FaultInjector, MemoryProvider};

/// A spoilt provider, its faults, and the sound one underneath with one project in it.
async fn spoilt() -> (Arc<dyn PmProvider>, FaultInjector, Arc<MemoryProvider>, PMProject) {
    let sound = Arc::new(MemoryProvider::new());
    let project = sound.create_project(NewProject::new("Garden")).await.unwrap();
    let faults = FaultInjector::new();
    (faults.wrap(sound.clone()), faults, sound, project)
}

async fn tasks(provider: &Arc<MemoryProvider>) -> usize {
    provider.list_tasks(TaskQuery::new()).await.unwrap().len()
}

#[tokio::test]
async fn without_a_plan_nothing_is_spoilt() {
    let (provider, faults, sound, project) = spoilt().await;
    let task = provider.create_task(NewTask::new(&project.id, "one")).await.unwrap();
    assert_eq!(sound.get_task(&task.id).await.unwrap(), task);
    assert_eq!(provider.capabilities(), sound.capabilities());
    let calls = faults.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].operation.as_str(), calls[0].outcome), ("create_task", Outcome::Succeeded));
    assert!(calls[0].writes && calls[0].fault.is_none());
}

#[tokio::test]
async fn fail_before_leaves_nothing_behind() {
    let (provider, faults, sound, project) = spoilt().await;
    faults.at(1, Fault::FailBefore);
    let error = provider.create_task(NewTask::new(&project.id, "one")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unavailable, &Effect::NotExecuted));
    assert_eq!((error.provider(), error.operation()), (Some("memory"), Some("create_task")));
    assert_eq!(tasks(&sound).await, 0);
    provider.create_task(NewTask::new(&project.id, "one")).await.unwrap();
    assert_eq!(tasks(&sound).await, 1);
}

#[tokio::test]
async fn fail_after_leaves_the_write_behind() {
    let (provider, faults, sound, project) = spoilt().await;
    faults.always(Fault::FailAfter);
    let error = provider.create_task(NewTask::new(&project.id, "one")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect(), error.retry()), (ErrorKind::Timeout, &Effect::Unknown, Retry::Never));
    assert_eq!(tasks(&sound).await, 1);
    let error = provider.get_project(&project.id).await.unwrap_err();
    assert_eq!((error.effect(), error.retry()), (&Effect::NotExecuted, Retry::Now), "a read can be made again");
}

#[tokio::test]
async fn fail_after_does_not_hide_that_the_backend_refused() {
    let (provider, faults, _, _) = spoilt().await;
    faults.at(1, Fault::FailAfter);
    let error = provider.create_task(NewTask::new("nowhere", "one")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(faults.calls()[0].outcome, Outcome::Failed(ErrorKind::NotFound));
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back() {
    let (provider, faults, _, _) = spoilt().await;
    let pause = Duration::from_secs(30);
    faults.on("health_check", 2, Fault::RateLimit(pause));
    provider.health_check().await.unwrap();
    let error = provider.health_check().await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::RateLimited, Retry::After(pause)));
    provider.health_check().await.unwrap();
}

#[tokio::test]
async fn a_refusal_has_the_kind_that_was_asked_for() {
    let (provider, faults, _, _) = spoilt().await;
    faults.always_on("health_check", Fault::Refuse(ErrorKind::Unauthenticated));
    for _ in 0..2 {
        assert_eq!(provider.health_check().await.unwrap_err().kind(), ErrorKind::Unauthenticated);
    }
    faults.heal();
    provider.health_check().await.unwrap();
    assert_eq!(faults.calls_of("health_check").len(), 3);
}

#[tokio::test]
async fn a_partial_write_names_the_item_and_what_is_missing() {
    let (provider, faults, sound, project) = spoilt().await;
    faults.on("update_project", 1, Fault::partial(["name"], ["status"]));
    let error = provider.update_project(&project.id, ProjectPatch::new().name("Park")).await.unwrap_err();
    let (applied, failed) = (vec!["name".to_owned()], vec!["status".to_owned()]);
    assert_eq!(error.effect(), &Effect::Partial { id: project.id.to_string(), applied, failed });
    assert_eq!(sound.get_project(&project.id).await.unwrap().name, "Park");
}

#[tokio::test]
async fn a_partial_create_names_the_id_that_the_test_knows() {
    let (provider, faults, sound, project) = spoilt().await;
    let (applied, failed) = (vec!["title".to_owned()], vec!["sprint_id".to_owned()]);
    let id = Some("task-000001".to_owned());
    faults.at(1, Fault::Partial { id, applied, failed });
    let error = provider.create_task(NewTask::new(&project.id, "one")).await.unwrap_err();
    let Effect::Partial { id, .. } = error.effect() else { panic!("{error}") };
    assert_eq!(sound.get_task(&id.as_str().into()).await.unwrap().title, "one");
}

#[tokio::test(start_paused = true)]
async fn a_delay_takes_its_time() {
    let (provider, faults, _, _) = spoilt().await;
    faults.at(1, Fault::Delay(Duration::from_secs(3600)));
    let (started, really) = (tokio::time::Instant::now(), Instant::now());
    provider.health_check().await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(3600));
    assert!(really.elapsed() < Duration::from_secs(60), "the test's clock jumps");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_is_logged_when_the_caller_gives_up() {
    let (provider, faults, sound, project) = spoilt().await;
    faults.on("create_task", 1, Fault::Hang);
    let mut call = provider.create_task(NewTask::new(&project.id, "one"));
    assert!(tokio::time::timeout(Duration::from_secs(60), &mut call).await.is_err());
    assert_eq!(faults.calls()[0].outcome, Outcome::Running);
    drop(call);
    assert_eq!(faults.calls()[0].outcome, Outcome::Dropped);
    assert_eq!(tasks(&sound).await, 0);
}

#[tokio::test]
async fn a_function_picks_calls_and_the_first_plan_wins() {
    let (provider, faults, _, project) = spoilt().await;
    let id = project.id.to_string();
    faults.when(move |call| call.subject.as_ref() == Some(&id), Fault::Refuse(ErrorKind::PermissionDenied));
    faults.always(Fault::FailBefore);
    assert_eq!(provider.get_project(&project.id).await.unwrap_err().kind(), ErrorKind::PermissionDenied);
    assert_eq!(provider.get_project(&"other".into()).await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn abilities_are_spoilt_too() {
    let (provider, faults, sound, project) = spoilt().await;
    let task = sound.create_task(NewTask::new(&project.id, "one")).await.unwrap();
    faults.always_on("create_comment", Fault::FailAfter);
    let comments = provider.comments().unwrap();
    comments.create_comment(NewComment::new(&task.id, "hello")).await.unwrap_err();
    assert_eq!(sound.list_comments(&task.id).await.unwrap().len(), 1);
    assert_eq!(faults.calls()[0].fault, Some(Fault::FailAfter));
}

#[tokio::test]
async fn two_providers_behind_one_injector_share_its_count() {
    let (provider, faults, _, _) = spoilt().await;
    let other = faults.wrap(Arc::new(MemoryProvider::new()));
    faults.at(2, Fault::FailBefore);
    provider.health_check().await.unwrap();
    assert_eq!(other.health_check().await.unwrap_err().kind(), ErrorKind::Unavailable);
}
