//! The limit on calls at once.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use async_trait::async_trait;
use pm_core::layers::ConcurrencyLimit;
use pm_core::{Answered, Call, Interceptor, Layer, Next, PmProvider, ProjectQuery, Result};

use crate::support::memory;

/// Never answers.
#[derive(Clone, Debug)]
struct Silent;

#[async_trait]
impl Interceptor for Silent {
    async fn around<'a>(&'a self, _call: &'a Call, _next: Next<'a>) -> Result<Answered> {
        pending().await
    }
}

/// Takes a while, and counts how many calls are under way at the same time.
#[derive(Clone, Debug, Default)]
struct Crowd {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

#[async_trait]
impl Interceptor for Crowd {
    async fn around<'a>(&'a self, _call: &'a Call, next: Next<'a>) -> Result<Answered> {
        self.most.fetch_max(self.now.fetch_add(1, SeqCst) + 1, SeqCst);
        tokio::time::sleep(Duration::from_millis(5)).await;
        let answer = next.await;
        self.now.fetch_sub(1, SeqCst);
        answer
    }
}

#[derive(Clone, Debug)]
struct Clumsy;

#[async_trait]
impl Interceptor for Clumsy {
    async fn around<'a>(&'a self, _call: &'a Call, _next: Next<'a>) -> Result<Answered> {
        panic!("on purpose")
    }
}

async fn list(provider: Arc<dyn PmProvider>) -> usize {
    provider.projects_page(&ProjectQuery::new(), None).await.unwrap().items.len()
}

#[tokio::test]
async fn no_more_calls_than_allowed_are_under_way() {
    let crowd = Crowd::default();
    let provider = ConcurrencyLimit::new(3).wrap(crowd.wrap(memory()));
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(list(Arc::clone(&provider)))).collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(crowd.most.load(SeqCst), 3);
}

#[tokio::test]
async fn a_cancelled_call_gives_its_permit_back() {
    let limit = ConcurrencyLimit::new(1);
    let silent = limit.wrap(Silent.wrap(memory()));
    let call = tokio::spawn(list(silent));
    while limit.available() == 1 {
        tokio::task::yield_now().await;
    }
    // One that waits for its turn is cancelled as well.
    let waiting = tokio::time::timeout(Duration::from_millis(10), list(limit.wrap(memory())));
    assert!(waiting.await.is_err());
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(limit.available(), 1);
    assert_eq!(list(limit.wrap(memory())).await, 0);
}

#[tokio::test]
async fn a_failed_or_panicking_call_gives_its_permit_back() {
    let limit = ConcurrencyLimit::new(1);
    limit.wrap(memory()).get_task(&"nowhere".into()).await.unwrap_err();
    assert_eq!(limit.available(), 1);
    assert!(tokio::spawn(list(limit.wrap(Clumsy.wrap(memory())))).await.unwrap_err().is_panic());
    assert_eq!(limit.available(), 1);
}

#[tokio::test]
async fn abilities_count_as_well() {
    let limit = ConcurrencyLimit::new(1);
    let silent = limit.wrap(Silent.wrap(memory()));
    let comments = silent.comments().unwrap();
    let call = tokio::spawn(async move { comments.get_comment(&"1".into(), &"2".into()).await });
    while limit.available() == 1 {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn a_limit_of_none_lets_one_through() {
    assert_eq!(list(ConcurrencyLimit::new(0).wrap(memory())).await, 0);
    assert_eq!(ConcurrencyLimit::new(usize::MAX).available(), tokio::sync::Semaphore::MAX_PERMITS);
}
