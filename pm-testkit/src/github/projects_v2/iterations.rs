//! The iterations of a field.

use chrono::{Datelike, NaiveDate};

use super::model::{Iteration, Iterations};

/// An iteration as it is written: there is no id in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::github) struct Span {
    pub(in crate::github) title: String,
    pub(in crate::github) start: NaiveDate,
    pub(in crate::github) days: i64,
}

/// A configuration as it is written. Every iteration gets a new id, the same title and days or not: that is why
/// writing one takes away every item's iteration (`github/github-mcp-server#2953`).
pub(in crate::github) fn iterations(
    start: NaiveDate,
    duration: i64,
    spans: Vec<Span>,
    mut id: impl FnMut() -> String,
) -> Iterations {
    let all = spans.into_iter();
    let all = all.map(|span| Iteration { id: id(), title: span.title, start: span.start, duration: span.days });
    Iterations { duration, start_day: start.weekday().number_from_monday(), all: all.collect() }
}
