//! Creating many issues at once.

use pm_provider::{
    Batch, BatchOperation, BatchOptions, BatchOutcome, Effect, ErrorKind, Item, NewSprint, NewTask, PMTask, PmProvider,
    PmProviderExt, Result, TaskPatch, TaskQuery,
};
use pm_testkit::http_fault::{FaultRule, HttpFault};

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
    assert_eq!(alone[0].as_ref().unwrap_err().kind(), ErrorKind::InvalidInput, "none of them at all");
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
