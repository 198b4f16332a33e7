//! Interceptors see every call and can neither leak nor lie.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::FutureExt;
use pm_provider::*;

use super::support::task;

#[derive(Clone, Debug, Default)]
struct Recorder {
    calls: Arc<Mutex<Vec<Call>>>,
    inside: Arc<AtomicUsize>,
}

struct Inside(Arc<AtomicUsize>);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Interceptor for Recorder {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        self.calls.lock().unwrap().push(call.clone());
        self.inside.fetch_add(1, Ordering::SeqCst);
        let _inside = Inside(Arc::clone(&self.inside));
        next.await
    }
}

#[tokio::test]
async fn calls_go_through_with_their_answers() {
    let recorder = Recorder::default();
    let mut mock = mock_provider();
    mock.expect_get_task().returning(|_| Ok(task(7)));
    mock.expect_delete_task().returning(|id, _| Err(Error::not_found("task", id)));
    let provider = recorder.wrap(Arc::new(mock));
    assert_eq!(provider.get_task(&"7".into()).await.unwrap(), task(7));
    let error = provider.delete_task(&"8".into(), DeleteOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let calls = recorder.calls.lock().unwrap();
    let seen: Vec<_> =
        calls.iter().map(|call| (call.operation.as_str(), call.writes, call.subject.as_deref())).collect();
    assert_eq!(seen, [("get_task", false, Some("7")), ("delete_task", true, Some("8"))]);
}

#[test]
fn what_was_sent_is_told_through_layers() {
    let mut mock = MockPmProvider::new();
    mock.expect_capabilities().return_const(Capabilities::new("mock"));
    mock.expect_name().return_const("mock".to_owned());
    mock.expect_requests_sent().returning(|| Some(3));
    assert_eq!(Recorder::default().wrap(Arc::new(mock)).requests_sent(), Some(3));
    assert_eq!(mock_provider().requests_sent(), None);
}

#[tokio::test]
async fn what_an_interceptor_holds_is_dropped_with_the_call() {
    let recorder = Recorder::default();
    let mut mock = mock_provider();
    mock.expect_get_task().returning(|_| Ok(task(7)));
    let provider = recorder.wrap(intercept(Arc::new(mock), Stuck));
    let id = TaskId::from("7");
    let mut call = provider.get_task(&id);
    assert!((&mut call).now_or_never().is_none());
    assert_eq!(recorder.inside.load(Ordering::SeqCst), 1);
    drop(call);
    assert_eq!(recorder.inside.load(Ordering::SeqCst), 0);
}

#[derive(Debug)]
struct Stuck;

#[async_trait]
impl Interceptor for Stuck {
    async fn around<'a>(&'a self, _call: &'a Call, _next: Next<'a>) -> Result<Answered> {
        std::future::pending().await
    }

    fn capabilities(&self, inner: Capabilities) -> Capabilities {
        inner.read_only()
    }
}

#[derive(Clone, Debug)]
struct Refuse;

#[async_trait]
impl Interceptor for Refuse {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        if call.writes {
            return Err(Error::new(ErrorKind::ReadOnly, call.operation.clone()));
        }
        next.await
    }
}

#[tokio::test]
async fn a_refused_call_never_reaches_the_provider() {
    // The mock has no expectation for a create: reaching it would panic.
    let provider = Refuse.wrap(Arc::new(mock_provider()));
    let error = provider.create_task(NewTask::new("1", "x")).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::ReadOnly, "create_task"));
}
