//! Listings that span pages.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::{StreamExt, TryStreamExt};
use pm_provider::*;

use super::support::{Ahead, SIZE, numbered, task};

#[tokio::test]
async fn all_pages_come_once_and_in_order() {
    for ahead in [Ahead::Never, Ahead::FromTheFirstPage] {
        for count in [0, 1, SIZE - 1, SIZE, SIZE + 1, 95] {
            let (provider, calls) = numbered(count, ahead);
            let tasks = provider.list_tasks(TaskQuery::new()).await.unwrap();
            let expected: Vec<_> = (0..count).map(task).collect();
            assert_eq!(tasks, expected, "{ahead:?} {count}");
            assert_eq!(calls.load(Ordering::SeqCst), count.div_ceil(SIZE).max(1), "{ahead:?} {count}");
        }
    }
}

#[tokio::test]
async fn a_stream_fetches_no_more_than_it_is_asked_for() {
    let (provider, calls) = numbered(1_000, Ahead::Never);
    let first: Vec<_> = provider.stream_tasks(TaskQuery::new()).take(SIZE + 1).try_collect().await.unwrap();
    assert_eq!(first.len(), SIZE + 1);
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    let (provider, calls) = numbered(1_000, Ahead::FromTheFirstPage);
    let _: Vec<_> = provider.stream_tasks(TaskQuery::new()).take(SIZE + 1).try_collect().await.unwrap();
    assert!(calls.load(Ordering::SeqCst) <= 6, "{calls:?}");
}

#[tokio::test]
async fn an_error_ends_the_stream_after_the_items_before_it() {
    let mut mock = mock_provider();
    mock.expect_tasks_page().returning(|query, cursor| match cursor {
        None => Ok(Page::new(vec![task(0)]).next(Some(Cursor::seal("mock", "tasks", query, "1")))),
        Some(_) => Err(Error::new(ErrorKind::Unavailable, "gone")),
    });
    let provider: Arc<dyn PmProvider> = Arc::new(mock);
    let mut stream = provider.stream_tasks(TaskQuery::new());
    assert_eq!(stream.next().await.unwrap().unwrap(), task(0));
    assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_page_that_leads_to_itself_is_an_error_and_no_endless_loop() {
    let mut mock = mock_provider();
    mock.expect_tasks_page()
        .returning(|query, _| Ok(Page::new(vec![task(0)]).next(Some(Cursor::seal("mock", "tasks", query, "same")))));
    let provider: Arc<dyn PmProvider> = Arc::new(mock);
    let error = provider.list_tasks(TaskQuery::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn a_key_names_one_item_or_none_or_is_a_conflict() {
    for (count, kind) in [(0, Some(ErrorKind::NotFound)), (1, None), (2, Some(ErrorKind::Conflict))] {
        let (provider, _) = numbered(count, Ahead::Never);
        let found = provider.task_by_key("WEB-1").await;
        let error = found.err();
        assert_eq!(error.as_ref().map(Error::kind), kind);
        let place = error.map(|error| (error.provider().map(str::to_owned), error.operation().map(str::to_owned)));
        assert!(place.is_none_or(|place| place == (Some("mock".to_owned()), Some("task_by_key".to_owned()))));
    }
}

#[tokio::test]
async fn many_tasks_are_fetched_each_with_its_own_result() {
    let mut mock = mock_provider();
    mock.expect_get_task().returning(|id| match id.as_str() {
        "2" => Err(Error::not_found("task", id)),
        other => Ok(task(other.parse().unwrap())),
    });
    let provider: Arc<dyn PmProvider> = Arc::new(mock);
    let found = provider.get_tasks(["1", "2", "3"].map(TaskId::from)).await;
    let ids: Vec<_> = found.iter().map(|result| result.as_ref().ok().map(|task| task.id.as_str())).collect();
    assert_eq!(ids, [Some("1"), None, Some("3")]);
}

#[tokio::test]
async fn an_ability_that_is_not_there_is_unsupported() {
    let provider: Arc<dyn PmProvider> = Arc::new(mock_provider());
    let error = provider.list_comments("1").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Unsupported, "mock: `mock` has no ability `comments`".into())
    );
}

/// Tasks in pages of [`SIZE`], `next` by the last one seen and pages ahead by their place; `gone` goes after page one.
fn shrinking(count: usize, gone: usize) -> Arc<dyn PmProvider> {
    let mut mock = mock_provider();
    let mut left: Vec<usize> = (0..count).collect();
    mock.expect_tasks_page().returning_st(move |query, cursor| {
        let seal = |place: String| Cursor::seal("mock", "tasks", query, &place);
        let place = cursor.as_ref().map(|cursor| cursor.open("mock", "tasks", query)).transpose()?;
        let start = match place.and_then(|place| place.split_once(' ')) {
            Some(("after", last)) => left.iter().filter(|number| **number <= last.parse().unwrap()).count(),
            Some((_, start)) => start.parse().unwrap(),
            None => 0,
        };
        let items: Vec<_> = left.iter().skip(start).take(SIZE).copied().collect();
        let next = items.last().filter(|last| Some(*last) != left.last()).map(|last| seal(format!("after {last}")));
        let is_exact = place.is_some_and(|place| place.starts_with("after"));
        let mut page = Page::new(items.into_iter().map(task).collect()).next(next);
        page = page.total((!is_exact).then_some(left.len() as u64));
        if place.is_none() {
            page =
                page.ahead((start + 2 * SIZE..left.len()).step_by(SIZE).map(|at| seal(format!("at {at}"))).collect());
            left.retain(|number| *number != gone);
        }
        Ok(page)
    });
    Arc::new(mock)
}

#[tokio::test]
async fn pages_ahead_lose_nothing_when_items_go_meanwhile() {
    for gone in [0, 3, SIZE, 34, 94] {
        let listed = shrinking(95, gone).list_tasks(TaskQuery::new()).await.unwrap();
        // What went after it was read is there, what went before is not; all others are, once.
        let expected: Vec<_> = (0..95).filter(|number| *number != gone || gone < SIZE).map(task).collect();
        assert_eq!(listed, expected, "{gone}");
    }
}
