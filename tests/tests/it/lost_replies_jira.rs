//! Lost answers of the fake Jiras.

use std::time::Duration;

use pm_core::{BatchOperation, BatchOptions, BatchOutcome, Item, NewTask, PmProviderExt, Result, TaskQuery};
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::jira::FakeJira;
use pm_tests::remote;

use crate::lost_replies::{Kind, Spoilable, exactly_one, two_that_are_wanted, unique};

fn create(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Project => ("POST", "/project"),
        Kind::Task => ("POST", "/issue"),
        Kind::Sprint => ("POST", "/rest/agile/1.0/sprint"),
        Kind::Comment => ("POST", "/comment"),
    }
}

/// No more than ten letters: Data Center takes no digits, unless its administrators say otherwise.
fn key(name: &str) -> String {
    let letter = |digit: u8| char::from(if digit.is_ascii_digit() { digit - b'0' + b'G' } else { digit });
    let last: String = name.bytes().rev().filter(u8::is_ascii_alphanumeric).take(9).map(letter).collect();
    format!("L{}", last.to_uppercase())
}

/// The server has to live as long as what is spoiled on it.
async fn backend(name: &'static str, server: FakeJira) -> (FakeJira, Spoilable) {
    let provider = remote::open_jira(&server.url(), &server, &[]).await.unwrap();
    let faults = server.faults().clone();
    (server, Spoilable { name, provider, faults, create, key, names_keys: true })
}

async fn cloud() -> (FakeJira, Spoilable) {
    backend("Jira Cloud", FakeJira::cloud().await.unwrap()).await
}

async fn data_center() -> (FakeJira, Spoilable) {
    backend("Jira Data Center", FakeJira::data_center().await.unwrap()).await
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_item_on_cloud() {
    let (_server, backend) = cloud().await;
    exactly_one(&backend).await;
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_item_on_data_center() {
    let (_server, backend) = data_center().await;
    exactly_one(&backend).await;
}

#[tokio::test]
async fn two_wanted_items_are_two_on_cloud() {
    let (_server, backend) = cloud().await;
    two_that_are_wanted(&backend).await;
}

#[tokio::test]
async fn two_wanted_items_are_two_on_data_center() {
    let (_server, backend) = data_center().await;
    two_that_are_wanted(&backend).await;
}

/// How many tasks one request creates.
const MANY: usize = 50;

#[tokio::test]
async fn a_lost_answer_to_many_creates_makes_each_once_on_cloud() {
    let (_server, backend) = cloud().await;
    many_once(&backend).await;
}

#[tokio::test]
async fn a_lost_answer_to_many_creates_makes_each_once_on_data_center() {
    let (_server, backend) = data_center().await;
    many_once(&backend).await;
}

/// Keyed and unkeyed, some of them twins: each that is wanted is there once, and its id is told in its place.
async fn many_once(backend: &Spoilable) {
    let second = Duration::from_secs(1);
    for keyed in [false, true] {
        for fault in [
            HttpFault::DropReply,
            HttpFault::ServiceUnavailable { retry_after: None, applied: true },
            HttpFault::TooManyRequests { retry_after: second },
        ] {
            once(backend, keyed, fault).await;
        }
    }
}

async fn once(backend: &Spoilable, keyed: bool, fault: HttpFault) {
    let what = format!("{}: {MANY} tasks, keyed: {keyed}, {fault:?}", backend.name);
    let (place, prefix) = (backend.place().await, unique("Many"));
    let operations = || -> Vec<BatchOperation> {
        // The last ten have the titles of the first ten.
        let titles = (0..MANY).map(|number| format!("{prefix} {}", number % (MANY - 10)));
        let keys = (0..MANY).map(|number| keyed.then(|| format!("{prefix} {number}")));
        let new = titles.zip(keys).map(|(title, key)| {
            let mut new = NewTask::new(place.project.as_str(), title);
            new.idempotency_key = key;
            new
        });
        new.map(|new| BatchOperation::CreateTask(Box::new(new))).collect()
    };
    let batch = backend.provider.batch().unwrap();
    let planned = backend.faults.add(FaultRule::new(fault).method("POST").path("/issue/bulk").times(1));
    let told = ids(batch.apply_batch(operations(), BatchOptions::new()).await.unwrap(), &what);
    assert_eq!(planned.fired(), 1, "{what}: nothing was spoiled");
    assert_eq!(there(backend, &place.project, &prefix).await, sorted(&told), "{what}");
    println!("{what}: {} there, {} ids told", MANY, told.len());
    if keyed {
        let again = ids(batch.apply_batch(operations(), BatchOptions::new()).await.unwrap(), &what);
        assert_eq!(again, told, "{what}: again");
        assert_eq!(there(backend, &place.project, &prefix).await.len(), MANY, "{what}: again");
    }
}

fn ids(outcomes: Vec<Result<BatchOutcome>>, what: &str) -> Vec<String> {
    let id = |outcome: Result<BatchOutcome>| match outcome {
        Ok(BatchOutcome::Written(Item::Task(task))) => task.id.to_string(),
        other => panic!("{what}: {other:?}"),
    };
    outcomes.into_iter().map(id).collect()
}

async fn there(backend: &Spoilable, project: &str, prefix: &str) -> Vec<String> {
    let all = backend.provider.list_tasks(TaskQuery::in_project(project)).await.unwrap();
    let ours = all.into_iter().filter(|task| task.title.starts_with(prefix)).map(|task| task.id.to_string());
    sorted(&ours.collect::<Vec<_>>())
}

fn sorted(ids: &[String]) -> Vec<String> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    ids
}
