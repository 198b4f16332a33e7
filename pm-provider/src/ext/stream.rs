//! Pages turned into streams.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use futures_util::stream::{self, FuturesOrdered};
use futures_util::{StreamExt, TryStreamExt};

use crate::ability::{Change, ChangePage, ChangeQuery, Changes};
use crate::error::{Error, ErrorKind, Result};
use crate::query::{Cursor, Page};

/// How many pages are fetched at once where a backend says what lies ahead; its own limits may allow fewer.
const PAGES_AT_ONCE: usize = 8;
/// How many single items are fetched at once.
const ITEMS_AT_ONCE: usize = 8;

type FetchedPage<T> = BoxFuture<'static, Result<Page<T>>>;

/// Follows the pages of a listing; memory holds [`PAGES_AT_ONCE`] of them at most.
pub(super) fn pages<Q, T, F>(query: Q, fetch: F) -> BoxStream<'static, Result<T>>
where
    Q: Clone + Send + 'static,
    T: Send + 'static,
    F: Fn(Q, Option<Cursor>) -> FetchedPage<T> + Send + 'static,
{
    let (upcoming, running) = (VecDeque::from([None]), FuturesOrdered::new());
    let walk = Walk { query, fetch, upcoming, running, last: None, expected: None, resume: None };
    stream::try_unfold(walk, |mut walk| async move {
        let page = walk.next_page().await?;
        Ok::<_, Error>(page.map(|items| (stream::iter(items.into_iter().map(Ok)), walk)))
    })
    .try_flatten()
    .boxed()
}

struct Walk<Q, T, F> {
    query: Q,
    fetch: F,
    upcoming: VecDeque<Option<Cursor>>,
    running: FuturesOrdered<FetchedPage<T>>,
    /// The cursor that was queued last: a page that leads back to it would never end.
    last: Option<Cursor>,
    /// The total when the pages ahead were told.
    expected: Option<u64>,
    /// Where the page that was shown last goes on by itself.
    resume: Option<Cursor>,
}

impl<Q, T, F> Walk<Q, T, F>
where
    Q: Clone + Send + 'static,
    T: Send + 'static,
    F: Fn(Q, Option<Cursor>) -> FetchedPage<T> + Send + 'static,
{
    async fn next_page(&mut self) -> Result<Option<Vec<T>>> {
        while self.running.len() < PAGES_AT_ONCE {
            let Some(cursor) = self.upcoming.pop_front() else { break };
            self.running.push_back((self.fetch)(self.query.clone(), cursor));
        }
        let Some(mut page) = self.running.next().await.transpose()? else { return Ok(None) };
        if self.has_shrunk(&page)
            && let Some(resume) = self.resume.take()
        {
            // Items that went made later ones move up, maybe out of the pages ahead: `next` knows how to go on exactly.
            self.running = FuturesOrdered::new();
            self.upcoming.clear();
            self.expected = None;
            page = (self.fetch)(self.query.clone(), Some(resume)).await?;
        }
        self.resume.clone_from(&page.next);
        let is_last_known = self.running.is_empty() && self.upcoming.is_empty();
        if is_last_known {
            self.queue(page.next, page.ahead, page.total)?;
        }
        Ok(Some(page.items))
    }

    /// Says whether there are fewer items now than when the pages ahead were told.
    fn has_shrunk(&self, page: &Page<T>) -> bool {
        self.expected.is_some_and(|expected| page.total.is_some_and(|total| total < expected))
    }

    /// Queues what the last page that we know of leads to.
    fn queue(&mut self, next: Option<Cursor>, ahead: Vec<Cursor>, total: Option<u64>) -> Result<()> {
        self.expected = total.filter(|_| !ahead.is_empty());
        let Some(next) = next else { return Ok(()) };
        if self.last.as_ref() == Some(&next) {
            return Err(Error::new(ErrorKind::InvalidResponse, "the backend's next page is the same page again"));
        }
        self.upcoming.push_back(Some(next));
        self.upcoming.extend(ahead.into_iter().map(Some));
        self.last = self.upcoming.back().cloned().flatten();
        Ok(())
    }
}

/// Follows the change feed until there is no more at once.
pub(super) fn changes(feed: Arc<dyn Changes>, query: ChangeQuery) -> BoxStream<'static, Result<Change>> {
    let state = Some((feed, query, None));
    stream::try_unfold(state, |state| async move {
        let Some((feed, query, cursor)) = state else { return Ok(None) };
        let ChangePage { items, next, more, .. } = feed.changes_page(&query, cursor).await?;
        let following = more.then_some((feed, query, Some(next)));
        Ok::<_, Error>(Some((stream::iter(items.into_iter().map(Ok)), following)))
    })
    .try_flatten()
    .boxed()
}

/// A stream of one error.
pub(super) fn failed<T: Send + 'static>(error: Error) -> BoxStream<'static, Result<T>> {
    stream::once(async { Err(error) }).boxed()
}

/// Does the same with many items, a few at a time, and keeps their order.
pub(super) fn fan_out<I, T, F>(items: Vec<I>, act: F) -> impl Future<Output = Vec<Result<T>>> + Send + 'static
where
    I: Send + 'static,
    T: Send + 'static,
    F: Fn(I) -> BoxFuture<'static, Result<T>> + Send + 'static,
{
    stream::iter(items).map(act).buffered(ITEMS_AT_ONCE).collect()
}
