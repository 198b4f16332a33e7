//! Batches against a provider that has them, and one that counts how many calls run at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use pm_http::apply_batch;
use pm_provider::{
    Answered, BatchOperation, BatchOptions, BatchOutcome, Call, DeleteOptions, Error, ErrorKind, Interceptor, Item,
};
use pm_provider::{
    ItemRef, NewComment, NewProject, NewSprint, NewTask, Next, PmProvider, Result, TaskPatch, intercept,
};
use pm_testkit::memory::MemoryProvider;

/// Counts how many calls run at once.
#[derive(Clone, Debug, Default)]
struct Counter {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

#[async_trait]
impl Interceptor for Counter {
    async fn around<'a>(&'a self, _call: &'a Call, next: Next<'a>) -> Result<Answered> {
        self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let answered = next.await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        answered
    }
}

fn provider() -> (Arc<dyn PmProvider>, Counter) {
    let counter = Counter::default();
    (intercept(Arc::new(MemoryProvider::new()), counter.clone()), counter)
}

fn titles(outcomes: &[Result<BatchOutcome>]) -> Vec<String> {
    let title = |outcome: &Result<BatchOutcome>| match outcome {
        Ok(BatchOutcome::Written(Item::Task(task))) => task.title.clone(),
        Ok(BatchOutcome::Written(item)) => format!("{:?}", item.reference().entity()),
        Ok(_) => "deleted".to_owned(),
        Err(error) => format!("{:?}", error.kind()),
    };
    outcomes.iter().map(title).collect()
}

#[tokio::test]
async fn results_come_in_order_and_side_by_side() {
    let (provider, counter) = provider();
    let project = provider.create_project(NewProject::new("p")).await.unwrap();
    let names: Vec<_> = (0..9).map(|number| format!("task {number}")).collect();
    let operations = names.iter().map(|name| NewTask::new(&project.id, name).into()).collect();
    let outcomes = apply_batch(&*provider, operations, &BatchOptions::new(), 3).await;
    assert_eq!(titles(&outcomes), names);
    assert_eq!(counter.most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn operations_see_those_before_them_and_fail_alone() {
    let (provider, _) = provider();
    let project = provider.create_project(NewProject::new("p")).await.unwrap();
    let task = provider.create_task(NewTask::new(&project.id, "one")).await.unwrap();
    let rename = |title: &str| BatchOperation::UpdateTask(task.id.clone(), Box::new(TaskPatch::new().title(title)));
    let operations = vec![
        rename("two"),
        NewTask::new("nowhere", "lost").into(),
        NewComment::new(&task.id, "text").into(),
        NewSprint::new(&project.id, "s").into(),
        rename("three"),
        BatchOperation::Delete(ItemRef::Task(task.id.clone()), DeleteOptions::new()),
        rename("four"),
    ];
    let outcomes = apply_batch(&*provider, operations, &BatchOptions::new(), 4).await;
    assert_eq!(titles(&outcomes), ["two", "NotFound", "Comment", "Sprint", "three", "deleted", "NotFound"]);
    let error: &Error = outcomes[1].as_ref().unwrap_err();
    assert_eq!((error.provider(), error.operation()), (Some("memory"), Some("create_task")));
}

#[tokio::test]
async fn one_key_makes_one_item() {
    let (provider, _) = provider();
    let project = provider.create_project(NewProject::new("p")).await.unwrap();
    let keyed = |title: &str| NewTask::new(&project.id, title).idempotency_key("k").into();
    let outcomes = apply_batch(&*provider, vec![keyed("a"), keyed("b")], &BatchOptions::new(), 4).await;
    assert_eq!(titles(&outcomes), ["a", "a"]);
    assert!(apply_batch(&*provider, Vec::new(), &BatchOptions::new(), 0).await.is_empty());
    let user = BatchOperation::Delete(ItemRef::User("u".into()), DeleteOptions::new());
    let outcomes = apply_batch(&*provider, vec![user], &BatchOptions::new(), 1).await;
    assert_eq!(outcomes[0].as_ref().unwrap_err().kind(), ErrorKind::Unsupported);
}
