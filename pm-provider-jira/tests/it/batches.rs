//! Creating many issues at once.

use pm_provider::{
    Batch, BatchOperation, BatchOptions, BatchOutcome, Effect, ErrorKind, Item, ItemRef, NewSprint, NewTask, PMTask,
    PmProvider, PmProviderExt, Result, SyncSupport, TaskPatch, TaskQuery,
};
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::jira::FakeJira;

use crate::site::Site;

fn creates(site: &Site, count: usize, key: Option<&str>) -> Vec<BatchOperation> {
    let new = |number: usize| {
        let mut new = NewTask::new(&site.project, format!("number {number}"));
        new.idempotency_key = key.map(|key| format!("{key}:{number}"));
        BatchOperation::from(new)
    };
    (0..count).map(new).collect()
}

async fn apply(site: &Site, operations: Vec<BatchOperation>) -> Vec<Result<BatchOutcome>> {
    site.provider.apply_batch(operations, BatchOptions::new()).await.unwrap()
}

fn task(outcome: &Result<BatchOutcome>) -> &PMTask {
    match outcome {
        Ok(BatchOutcome::Written(Item::Task(task))) => task,
        other => panic!("{other:?}"),
    }
}

async fn titles(site: &Site) -> Vec<String> {
    let tasks = site.provider.list_tasks(TaskQuery::in_project(&site.project)).await.unwrap();
    tasks.into_iter().map(|task| task.title).collect()
}

#[tokio::test]
async fn fifty_are_created_by_one_request_and_a_hundred_read_by_one() {
    for (site, read) in [(Site::cloud().await, "POST issue/bulkfetch"), (Site::data_center().await, "POST search")] {
        site.task("warms up").await;
        site.requests();
        let outcomes = apply(&site, creates(&site, 120, None)).await;
        let made: Vec<_> = outcomes.iter().map(|outcome| task(outcome).title.clone()).collect();
        assert_eq!(made, (0..120).map(|number| format!("number {number}")).collect::<Vec<_>>(), "in their order");
        let requests = site.requests();
        let count = |wanted: &str| requests.iter().filter(|request| *request == wanted).count();
        assert_eq!((count("POST issue/bulk"), count(read)), (3, 2), "{requests:?}");
        assert!(requests.len() <= 6, "{requests:?}");
        let keys: Vec<u64> =
            outcomes.iter().map(|outcome| task(outcome).key.as_ref().unwrap()[4..].parse().unwrap()).collect();
        assert!(keys.is_sorted(), "and so are their keys");
    }
}

#[tokio::test]
async fn each_fails_alone_and_says_why() {
    let site = Site::cloud().await;
    let mut operations = creates(&site, 4, None);
    operations[1] = NewTask::new(&site.project, "x").labels(["with blank"]).into();
    operations[2] = NewTask::new(&site.project, "y").assignees(["nobody-there"]).into();
    let outcomes = apply(&site, operations).await;
    assert_eq!((task(&outcomes[0]).title.as_str(), task(&outcomes[3]).title.as_str()), ("number 0", "number 3"));
    for (index, field) in [(1, pm_provider::Field::Labels), (2, pm_provider::Field::Assignees)] {
        let error = outcomes[index].as_ref().unwrap_err();
        assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, field), "{error}");
        assert_eq!(error.operation(), Some("create_task"));
    }
    let alone = apply(&site, vec![NewTask::new(&site.project, "y").assignees(["nobody-there"]).into()]).await;
    let error = alone[0].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "none of them at all");
    assert_eq!(error.field_errors()[0].field, pm_provider::Field::Assignees, "{error}");
}

#[tokio::test]
async fn a_lost_answer_neither_doubles_nor_loses_any() {
    for site in [Site::cloud().await, Site::data_center().await] {
        for key in [None, Some("import")] {
            let before = titles(&site).await.len();
            let fault = site.lose("POST", "/issue/bulk");
            let outcomes = apply(&site, creates(&site, 60, key)).await;
            assert_eq!(fault.fired(), 1);
            let made: Vec<_> = outcomes.iter().map(|outcome| task(outcome).title.clone()).collect();
            assert_eq!(made, (0..60).map(|number| format!("number {number}")).collect::<Vec<_>>());
            assert_eq!(titles(&site).await.len(), before + 60);
        }
    }
}

#[tokio::test]
async fn a_batch_with_keys_can_be_sent_again() {
    let site = Site::cloud().await;
    let first = apply(&site, creates(&site, 30, Some("import"))).await;
    let mut again = creates(&site, 40, Some("import"));
    again.push(NewTask::new(&site.project, "twice").idempotency_key("import:39").into());
    let second = apply(&site, again).await;
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(task(one).id, task(other).id);
    }
    assert_eq!(task(&second[40]).id, task(&second[39]).id, "a key that comes twice makes one");
    assert_eq!(titles(&site).await.len(), 40);
}

#[tokio::test]
async fn a_request_that_was_not_executed_is_told_for_each() {
    let site = Site::cloud().await;
    site.task("warms up").await;
    site.server.faults().add(
        FaultRule::new(HttpFault::Status { status: 403, applied: false }).method("POST").path("/issue/bulk").times(9),
    );
    for outcome in apply(&site, creates(&site, 2, None)).await {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::PermissionDenied, &Effect::NotExecuted));
    }
    assert_eq!(titles(&site).await.len(), 1);
}

#[tokio::test]
async fn operations_see_what_those_before_them_did() {
    let site = Site::cloud().await;
    let sprint = site.provider.create_sprint(NewSprint::new(&site.project, "Sprint 1")).await.unwrap();
    let old = site.task("old").await;
    let new = |title: &str| NewTask::new(&site.project, title).sprint_id(&sprint.id).status("In Progress");
    let operations = vec![
        new("one").into(),
        BatchOperation::UpdateTask(old.id.clone(), Box::new(TaskPatch::new().title("renamed"))),
        BatchOperation::UpdateTask(old.id.clone(), Box::new(TaskPatch::new().add_labels(["late"]))),
        new("two").parent_task_id("999999").into(),
        new("three").into(),
    ];
    let outcomes = apply(&site, operations).await;
    for index in [0, 4] {
        let made = task(&outcomes[index]);
        assert_eq!((made.sprint_id.as_ref(), made.status.name.as_str()), (Some(&sprint.id), "In Progress"));
    }
    assert_eq!((task(&outcomes[2]).title.as_str(), task(&outcomes[2]).labels.len()), ("renamed", 1));
    assert_eq!(outcomes[3].as_ref().unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn trap_what_a_fetch_does_not_show_is_there_all_the_same() {
    let site = Site::of(FakeJira::builder().fetched_at_once(3)).await;
    let first = apply(&site, creates(&site, 8, Some("import"))).await;
    let again = apply(&site, creates(&site, 8, Some("import"))).await;
    for (one, other) in first.iter().zip(&again) {
        assert_eq!(task(one).id, task(other).id);
    }
    assert_eq!(titles(&site).await.len(), 8, "no key made a second one");
    let mut wanted: Vec<ItemRef> = first.iter().map(|outcome| ItemRef::Task(task(outcome).id.clone())).collect();
    wanted.push(ItemRef::Task("999999".into()));
    assert_eq!(site.provider.get_many(&wanted).await.unwrap().len(), 8);
}

#[tokio::test]
async fn batches_and_creates_with_a_key_at_once_make_one() {
    let site = Site::cloud().await;
    site.task("warms up").await;
    let new = || NewTask::new(&site.project, "alone").idempotency_key("import:1");
    let (one, other, alone) = tokio::join!(
        apply(&site, creates(&site, 3, Some("import"))),
        apply(&site, creates(&site, 3, Some("import"))),
        site.provider.create_task(new()),
    );
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(task(one).id, task(other).id);
    }
    assert_eq!(alone.unwrap().id, task(&one[1]).id);
    assert_eq!(titles(&site).await.len(), 4);
}

#[tokio::test]
async fn a_batch_that_is_refused_as_a_whole_creates_one_by_one_in_its_own_turn() {
    let site = Site::cloud().await;
    site.task("warms up").await;
    let refused = HttpFault::Status { status: 400, applied: false };
    site.server.faults().add(FaultRule::new(refused).method("POST").path("/issue/bulk").nth(1));
    let outcomes = apply(&site, creates(&site, 2, Some("import"))).await;
    assert_ne!(task(&outcomes[0]).id, task(&outcomes[1]).id);
}

#[tokio::test]
async fn one_that_takes_no_sprint_keeps_no_other_from_it() {
    let site = Site::cloud().await;
    let sprint = site.provider.create_sprint(NewSprint::new(&site.project, "Sprint 1")).await.unwrap();
    let parent = site.task("parent").await;
    let new = |title: &str| NewTask::new(&site.project, title).sprint_id(&sprint.id);
    let operations = vec![new("one").into(), new("part").parent_task_id(&parent.id).into(), new("two").into()];
    let outcomes = apply(&site, operations).await;
    let error = outcomes[1].as_ref().unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidInput, &Effect::NotExecuted), "{error}");
    // Whatever else Jira refuses one for is only known when all are moved.
    let refused = HttpFault::Status { status: 400, applied: false };
    site.server.faults().add(FaultRule::new(refused).method("POST").path("/sprint/").times(2));
    let refused = apply(&site, vec![new("three").into(), new("four").into()]).await;
    let error = refused[0].as_ref().unwrap_err();
    assert!(matches!(error.effect(), Effect::Partial { failed, .. } if failed == &["`sprint_id`"]), "{error:?}");
    for outcome in [&outcomes[0], &outcomes[2], &refused[1]] {
        assert_eq!(task(outcome).sprint_id.as_ref(), Some(&sprint.id));
    }
}

#[tokio::test]
async fn what_creates_name_in_common_is_asked_for_once() {
    let site = Site::cloud().await;
    let sprint = site.provider.create_sprint(NewSprint::new(&site.project, "Sprint 1")).await.unwrap();
    let parent = site.task("parent").await;
    let part = |number: usize| NewTask::new(&site.project, format!("part {number}")).parent_task_id(&parent.id);
    let planned = |number: usize| NewTask::new(&site.project, format!("{number}")).sprint_id(&sprint.id);
    apply(&site, vec![part(0).into(), planned(0).into()]).await;
    site.requests();
    let operations = (1..=10).flat_map(|number| [part(number).into(), planned(number).into()]).collect();
    assert!(apply(&site, operations).await.iter().all(Result::is_ok));
    let requests = site.requests();
    let count = |wanted: &str| requests.iter().filter(|request| *request == wanted).count();
    assert_eq!(count(&format!("GET issue/{}", parent.id)), 1, "{requests:?}");
    assert_eq!(count(&format!("GET agile/1.0/sprint/{}", sprint.id)), 1, "{requests:?}");
}
