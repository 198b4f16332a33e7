//! A provider of numbered tasks, for the tests of streams and layers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pm_provider::*;

pub(crate) const SIZE: usize = 10;

/// How the backend tells what lies ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ahead {
    Never,
    FromTheFirstPage,
}

pub(crate) fn task(number: usize) -> PMTask {
    PMTask::new(number.to_string(), "1", format!("task {number}"), StatusCategory::Todo)
}

/// A mock of `count` tasks in pages of [`SIZE`] and a counter of the pages that were asked for.
pub(crate) fn numbered(count: usize, ahead: Ahead) -> (Arc<dyn PmProvider>, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&calls);
    let mut mock = mock_provider();
    mock.expect_tasks_page().returning(move |query, cursor| {
        seen.fetch_add(1, Ordering::SeqCst);
        let start: usize = match &cursor {
            Some(cursor) => cursor.open("mock", "tasks", query)?.parse().unwrap(),
            None => 0,
        };
        let place = |start: usize| Cursor::seal("mock", "tasks", query, &start.to_string());
        let starts: Vec<_> = (start + SIZE..count).step_by(SIZE).map(place).collect();
        let page = Page::new((start..count.min(start + SIZE)).map(task).collect()).next(starts.first().cloned());
        Ok(match (ahead, cursor) {
            (Ahead::FromTheFirstPage, None) => page.ahead(starts.into_iter().skip(1).collect()),
            _ => page,
        })
    });
    (Arc::new(mock), calls)
}
