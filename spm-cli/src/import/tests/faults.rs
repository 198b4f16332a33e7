use std::time::Duration;

use pm_core::{ErrorKind, Item, TaskPatch};
use pm_testkit::{Fault, FaultInjector};

use super::*;
use crate::exit::Code;
use crate::import::source::CHUNK_ROWS;

/// Rows of a chunk.
const CHUNK: u64 = CHUNK_ROWS as u64;

fn spoiled() -> (FaultInjector, Bench, Arc<dyn PmProvider>) {
    let faults = FaultInjector::new();
    let inner: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new());
    (faults.clone(), Bench::over(faults.wrap(Arc::clone(&inner))), inner)
}

fn many(count: u64) -> String {
    (0..count).map(|row| format!("{{\"id\":{row},\"title\":\"x{row}\"}}\n")).collect()
}

#[tokio::test]
async fn what_fails_for_a_moment_is_tried_again() {
    for fault in [Fault::FailBefore, Fault::FailAfter, Fault::RateLimit(Duration::from_millis(30))] {
        let (faults, bench, _) = spoiled();
        faults.on("apply_batch", 2, fault.clone());
        faults.on("find_by_marker", 3, fault);
        bench.make_project().await;
        let (summary, _) = bench.run(&by_name(), &PLAIN, many(3 * CHUNK)).await;
        assert_eq!(counts(&summary.unwrap()), [3 * CHUNK, 0, 0, 0, 0]);
        assert_eq!(bench.tasks().await.len(), 3 * CHUNK_ROWS);
    }
}

#[tokio::test]
async fn what_goes_on_failing_ends_the_import_and_the_next_run_completes_it() {
    let (faults, bench, _) = spoiled();
    faults.on("apply_batch", 2, Fault::FailAfter);
    for call in 3..10 {
        faults.on("apply_batch", call, Fault::FailBefore);
    }
    let (summary, _) = bench.run(&by_name(), &PLAIN, many(3 * CHUNK)).await;
    let summary = summary.unwrap();
    assert_eq!(counts(&summary), [CHUNK, 0, 0, 0, 0]);
    assert!(summary.stopped.unwrap().contains("apply_batch"), "the reason is named");
    faults.heal();
    let (summary, _) = bench.run(&by_name(), &PLAIN, many(3 * CHUNK)).await;
    assert_eq!(
        counts(&summary.unwrap()),
        [CHUNK, 0, 2 * CHUNK, 0, 0],
        "what was written without an answer is there once"
    );
    assert_eq!(bench.tasks().await.len(), 3 * CHUNK_ROWS);
}

#[tokio::test]
async fn what_fails_before_any_row_is_an_error() {
    let (faults, bench, _) = spoiled();
    faults.always_on("create_project", Fault::Refuse(ErrorKind::PermissionDenied));
    let (refused, _) = bench.run(&by_name(), &PLAIN, many(3)).await;
    assert_eq!(refused.unwrap_err().code, Code::Denied);
}

#[tokio::test]
async fn without_batches_rows_go_one_by_one() {
    for strict in [false, true] {
        let provider = MemoryProvider::new().restrict(|mut capabilities| {
            capabilities.abilities.remove(&pm_core::Ability::Batch);
            capabilities
        });
        let bench = Bench::over(Arc::new(provider));
        let project = bench.make_project().await;
        bench.provider.create_task(pm_core::NewTask::new(&project.id, "mine").key("GAR-5")).await.unwrap();
        let issues: Vec<_> = (1..=6).map(|number| issue(number, json!({}))).collect();
        let (summary, _) = bench.issues(&Options { strict, keep_numbers: true, ..PLAIN }, &issues).await;
        assert_eq!(counts(&summary), if strict { [4, 0, 0, 0, 1] } else { [5, 0, 0, 0, 1] });
    }
}

#[tokio::test]
async fn the_number_of_questions_does_not_grow_with_the_rows_of_a_chunk() {
    let (faults, bench, _) = spoiled();
    bench.make_project().await;
    bench.run(&by_name(), &PLAIN, many(2 * CHUNK)).await.0.unwrap();
    assert_eq!((faults.calls_of("find_by_marker").len(), faults.calls_of("apply_batch").len()), (2, 2));
    bench.run(&by_name(), &PLAIN, many(2 * CHUNK)).await.0.unwrap();
    assert_eq!((faults.calls_of("find_by_marker").len(), faults.calls_of("apply_batch").len()), (4, 2));
}

/// Edits the task between the look-up and the write.
#[derive(Debug)]
struct Meddler(Arc<dyn PmProvider>, std::sync::atomic::AtomicBool, TaskPatch);

#[pm_core::async_trait]
impl pm_core::Interceptor for Meddler {
    async fn around<'a>(
        &'a self,
        call: &'a pm_core::Call,
        next: pm_core::Next<'a>,
    ) -> pm_core::Result<pm_core::Answered> {
        if call.operation == "apply_batch" && !self.1.swap(true, std::sync::atomic::Ordering::Relaxed) {
            let task = self.0.list_tasks(TaskQuery::new()).await?.remove(0);
            self.0.update_task(&task.id, self.2.clone()).await?;
        }
        next.await
    }
}

#[tokio::test]
async fn what_somebody_changes_at_the_same_moment_is_not_lost() {
    let inner: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new());
    Bench::over(Arc::clone(&inner)).rows(&PLAIN, json!([{"id": 1, "title": "Old", "description": "old"}])).await;
    let meddler = Meddler(Arc::clone(&inner), <_>::default(), TaskPatch::new().title("Mine"));
    let bench = Bench::over(pm_core::intercept(Arc::clone(&inner), meddler));
    let (summary, heard) = bench.rows(&UPDATE, json!([{"id": 1, "title": "New", "description": "new"}])).await;
    assert_eq!((counts(&summary), heard.conflicts()), ([0, 1, 0, 0, 0], vec!["1 title: Old -> New | Mine".to_owned()]));
    let task = bench.tasks().await.remove(0);
    assert_eq!((task.title.as_str(), task.description.as_deref()), ("Mine", Some("new")));
    let found = inner.sync_support().unwrap().get_many(&[pm_core::ItemRef::Task(task.id)]).await.unwrap();
    let Some(Item::Task(task)) = found.into_iter().next() else { panic!("no task") };
    assert_eq!(task.raw_data.parse::<Value>().unwrap()["title"], "New");
}
