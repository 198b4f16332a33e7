//! Keys: what was created with one is found again, and never created twice.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use pm_provider::{
    Batch, BatchOperation, BatchOptions, BatchOutcome, Clock, Effect, Entity, Item, MarkerQuery, NewProject, NewSprint,
    NewTask, PMTask, PmProvider, Retry, SyncSupport, TaskPatch,
};
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::jira::FakeJira;

use crate::site::{Site, config};

/// A clock that stands still until it is moved.
#[derive(Clone, Debug)]
struct Still(Arc<Mutex<DateTime<Utc>>>);

impl Still {
    fn now() -> Self {
        Self(Arc::new(Mutex::new(Utc::now())))
    }

    fn pass(&self, hours: i64) {
        *self.0.lock().unwrap() += TimeDelta::hours(hours);
    }
}

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

#[tokio::test]
async fn a_look_up_since_a_time_leaves_no_hole_in_what_is_remembered() {
    for builder in [FakeJira::builder(), FakeJira::data_center_builder()] {
        let clock = Still::now();
        let site = Site::of(builder.clock(clock.clone()).index_lag(Duration::ZERO)).await;
        let new = |key: &str| NewTask::new(&site.project, key).idempotency_key(key);
        for key in ["a", "b"] {
            site.provider.create_task(new(key)).await.unwrap();
        }
        clock.pass(1);
        let other = site.another();
        let theirs = other.create_task(new("theirs")).await.unwrap();
        clock.pass(1);
        let newest = other.create_task(new("newest")).await.unwrap();
        let since = clock.now() - TimeDelta::minutes(1);
        let query = MarkerQuery::new(Entity::Task, ["newest"]).project(&site.project).since(since);
        let found = site.provider.find_by_marker(&query).await.unwrap();
        assert_eq!(found.len(), 1, "{newest:?}");
        assert_eq!(site.provider.create_task(new("theirs")).await.unwrap().id, theirs.id);
    }
}

fn fail(site: &Site, path: &str) {
    let refused = HttpFault::Status { status: 403, applied: false };
    site.server.faults().add(FaultRule::new(refused).method("POST").path(path).nth(1));
}

#[tokio::test]
async fn a_create_that_was_interrupted_is_finished_by_who_uses_its_key_again() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let sprint = site.provider.create_sprint(NewSprint::new(&site.project, "Sprint 1")).await.unwrap();
        let new = |key: &str| {
            let new = NewTask::new(&site.project, "Twice").idempotency_key(key).status("In Progress");
            new.sprint_id(&sprint.id)
        };
        for (key, broken, is_other) in [("a", "/transitions", false), ("b", "/sprint/", true)] {
            fail(&site, broken);
            let error = site.provider.create_task(new(key)).await.unwrap_err();
            let Effect::Partial { id, .. } = error.effect() else { panic!("{error:?}") };
            // The index of another program lags.
            tokio::time::sleep(Duration::from_millis(400)).await;
            let provider = if is_other { site.another() } else { Arc::clone(&site.provider) };
            let done = provider.create_task(new(key)).await.unwrap();
            assert_eq!(done.id.as_str(), id.as_str());
            assert_eq!((done.status.name.as_str(), done.sprint_id.as_ref()), ("In Progress", Some(&sprint.id)));
            // From then on it is what people make of it.
            let patch = TaskPatch::new().status("Done").clear_sprint_id();
            site.provider.update_task(&done.id, patch).await.unwrap();
            for provider in [site.another(), Arc::clone(&site.provider)] {
                let same = provider.create_task(new(key)).await.unwrap();
                assert_eq!((same.status.name.as_str(), same.sprint_id), ("Done", None));
            }
        }
    }
}

fn task(outcome: &pm_provider::Result<BatchOutcome>) -> &PMTask {
    match outcome {
        Ok(BatchOutcome::Written(Item::Task(task))) => task,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_batch_that_was_interrupted_is_finished_by_who_sends_it_again() {
    let site = Site::cloud().await;
    let create = |key: &str| -> BatchOperation {
        NewTask::new(&site.project, key).idempotency_key(key).status("In Progress").into()
    };
    let apply = async |keys: &[&str]| {
        let operations = keys.iter().map(|key| create(key)).collect();
        site.provider.apply_batch(operations, BatchOptions::new()).await.unwrap()
    };
    fail(&site, "/transitions");
    let first = apply(&["a", "b"]).await;
    assert_eq!(first.iter().filter(|outcome| outcome.is_err()).count(), 1);
    let again = apply(&["a", "b", "c"]).await;
    assert!(again.iter().all(|outcome| task(outcome).status.name == "In Progress"));
    site.provider.update_task(&task(&again[0]).id, TaskPatch::new().status("Done")).await.unwrap();
    assert_eq!(task(&apply(&["a"]).await[0]).status.name, "Done");
}

#[tokio::test]
async fn a_key_whose_create_was_lost_makes_nothing_until_the_index_must_show_it() {
    let lag = Duration::from_secs(6);
    let server = FakeJira::builder().index_lag(lag).rate_limits(false).start().await.unwrap();
    let lagging = config(&server).index_lag(lag);
    let provider = pm_provider_jira::JiraProvider::new(lagging).unwrap();
    let project = provider.create_project(NewProject::new("Web").key("WEB")).await.unwrap().id;
    server.faults().add(FaultRule::new(HttpFault::DropReply).method("POST").path("/issue").nth(1));
    let new = || NewTask::new(&project, "Once").idempotency_key("once");
    for _ in 0..2 {
        let error = provider.create_task(new()).await.unwrap_err();
        assert_eq!(error.effect(), &Effect::Unknown, "{error}");
    }
    let again = provider.apply_batch(vec![new().into()], BatchOptions::new()).await.unwrap();
    let error = again[0].as_ref().unwrap_err();
    assert!(matches!(error.retry(), Retry::After(left) if left <= lag), "{error:?}");
    tokio::time::sleep(lag).await;
    let made = provider.create_task(new()).await.unwrap();
    assert_eq!(made.key.as_deref(), Some("WEB-1"));
    let creates = server.requests().into_iter().filter(|request| request.path().ends_with("/issue")).count();
    assert_eq!(creates, 1);
}

/// Whether a request asks for marks.
fn is_look(request: &str) -> bool {
    request.starts_with("POST search") || request.starts_with("GET search") || request.contains("/properties/")
}

#[tokio::test]
async fn a_new_key_is_sent_without_a_look() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let new = |key: &str| NewTask::new(&site.project, key).idempotency_key(key);
        site.task("what is asked for once").await;
        site.requests();
        let made = site.provider.create_task(new("a").new_key(true)).await.unwrap();
        let requests = site.requests();
        assert_eq!(requests.iter().filter(|request| *request == "POST issue").count(), 1, "{requests:?}");
        assert!(!requests.iter().any(|request| is_look(request)), "{requests:?}");
        let again = site.provider.create_task(new("a")).await.unwrap();
        assert_eq!((again.id, site.writes()), (made.id, Vec::<String>::new()));
    }
}

#[tokio::test]
async fn a_new_key_whose_answer_is_lost_makes_one_issue() {
    for site in [Site::cloud().await, Site::data_center().await] {
        site.task("what is asked for once").await;
        site.lose("POST", "/issue");
        site.requests();
        let new = NewTask::new(&site.project, "Once").idempotency_key("once");
        let made = site.provider.create_task(new.clone().new_key(true)).await.unwrap();
        let requests = site.requests();
        let (sent, looked) = (
            requests.iter().position(|request| request == "POST issue"),
            requests.iter().position(|request| is_look(request)),
        );
        assert!(sent < looked && sent.is_some(), "{requests:?}");
        assert_eq!(requests.iter().filter(|request| *request == "POST issue").count(), 1, "{requests:?}");
        assert_eq!(site.another().create_task(new).await.unwrap().id, made.id);
        assert!(site.writes().is_empty());
    }
}

#[tokio::test]
async fn a_batch_of_new_keys_is_sent_without_a_look() {
    let site = Site::cloud().await;
    site.task("what is asked for once").await;
    site.requests();
    let new = |key: &str| NewTask::new(&site.project, key).idempotency_key(key);
    let apply = async |news: Vec<NewTask>| {
        let operations = news.into_iter().map(BatchOperation::from).collect();
        site.provider.apply_batch(operations, BatchOptions::new()).await.unwrap()
    };
    let ids = |outcomes: &[pm_provider::Result<BatchOutcome>]| -> Vec<_> {
        outcomes.iter().map(|outcome| task(outcome).id.clone()).collect()
    };
    let made = apply(["a", "b", "c"].map(|key| new(key).new_key(true)).into()).await;
    let requests = site.requests();
    assert_eq!(requests.first().map(String::as_str), Some("POST issue/bulk"), "{requests:?}");
    let again = apply(["a", "b", "c", "d"].map(new).into()).await;
    assert_eq!(ids(&made), ids(&again)[..3]);
    assert_eq!(site.writes(), ["POST issue/bulk"]);
}
