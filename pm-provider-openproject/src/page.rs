//! Pages of listings that the server pages by number.
//!
//! `offset` is a page number from 1, and rows move up when one before them is deleted: a client that counts pages loses
//! rows then. So the next page is asked for by the time of the last row (`<>d`, inclusive), without the rows of that
//! very time that were seen. Page numbers only serve as hints of what lies ahead.

use std::future::Future;

use chrono::{DateTime, Utc};
use pm_http::Raw;
use pm_provider::{Cursor, Direction, Page, Result};
use serde::Serialize;

use crate::NAME;
use crate::dto::{Collection, HasId};
use crate::filters::{Filters, sort_by};

/// What one request asks for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) filters: Filters,
    pub(crate) sort: String,
    /// The number of the page, from 1.
    pub(crate) number: u64,
    pub(crate) size: u64,
}

/// A listing in one order.
#[derive(Debug)]
pub(crate) struct Listing<'a, Q, T> {
    /// The kind of listing, which keeps cursors apart.
    pub(crate) name: &'static str,
    pub(crate) query: &'a Q,
    pub(crate) filters: Filters,
    /// The time that it is sorted by, as filters and orders name it.
    pub(crate) field: &'static str,
    pub(crate) direction: Direction,
    pub(crate) time: fn(&T) -> Option<DateTime<Utc>>,
    pub(crate) size: u64,
}

/// The rows of a page before they become items, and where it goes on.
#[derive(Debug)]
pub(crate) struct Rows<T> {
    pub(crate) rows: Vec<Raw<T>>,
    pub(crate) next: Option<Cursor>,
    pub(crate) ahead: Vec<Cursor>,
    pub(crate) total: Option<u64>,
}

impl<T> Rows<T> {
    /// Turns the rows into items.
    pub(crate) fn into_page<U>(self, items: Vec<U>) -> Page<U> {
        Page::new(items).next(self.next).ahead(self.ahead).total(self.total)
    }

    /// Tells nothing about what lies ahead: the server counts, and pages, what our side leaves out.
    pub(crate) fn tell_no_total(&mut self) {
        self.ahead.clear();
        self.total = None;
    }

    /// Notes that rows were left out on our side, which the server counts all the same.
    ///
    /// Who follows the pages ahead goes by the total to notice deletions. A first page without one promises none. On a
    /// page ahead it gets smaller: who reads it goes on by `next`, which is exact.
    pub(crate) fn left_out(&mut self, count: usize, is_first: bool) {
        if count == 0 {
            return;
        }
        if is_first {
            self.tell_no_total();
        } else {
            self.total = self.total.map(|total| total.saturating_sub(count as u64));
        }
    }
}

/// The most pages that a first page tells to lie ahead: cursors are no list of the whole server.
const MOST_AHEAD: u64 = 1_000;

impl<Q: Serialize, T: HasId> Listing<'_, Q, T> {
    /// Fetches the page that a cursor stands for.
    pub(crate) async fn page<F, Answer>(&self, cursor: Option<&Cursor>, fetch: F) -> Result<Rows<T>>
    where
        F: Fn(Ask) -> Answer,
        Answer: Future<Output = Result<Collection<Raw<T>>>>,
    {
        match cursor.map(|cursor| self.open(cursor)).transpose()? {
            None => self.first(fetch).await,
            Some(Place::Number { number, size }) => self.numbered(number, size, fetch).await,
            Some(Place::After(after)) => self.after(after, fetch).await,
        }
    }

    fn ask(&self, filters: Filters, number: u64, size: u64) -> Ask {
        Ask { filters, sort: sort_by(self.field, self.direction), number, size }
    }

    async fn first<F, Answer>(&self, fetch: F) -> Result<Rows<T>>
    where
        F: Fn(Ask) -> Answer,
        Answer: Future<Output = Result<Collection<Raw<T>>>>,
    {
        let answer = fetch(self.ask(self.filters.clone(), 1, self.size)).await?;
        // The server's size counts, not the one that was asked for: an administrator may allow less.
        let (total, size) = (answer.total, answer.page_size.unwrap_or(self.size).min(self.size).max(1));
        let mut rows = answer.into_elements();
        let more = is_more(total, 1, size, rows.len());
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let pages = total.map_or(0, |total| total.div_ceil(size)).min(MOST_AHEAD);
        let ahead: Vec<_> = (3..=pages).map(|number| self.seal(&Place::Number { number, size })).collect();
        let aligned = (!ahead.is_empty()).then_some(size);
        let next = if more { self.behind(&rows, 1, size, aligned, None) } else { None };
        Ok(Rows { rows, next, ahead, total })
    }

    async fn numbered<F, Answer>(&self, number: u64, size: u64, fetch: F) -> Result<Rows<T>>
    where
        F: Fn(Ask) -> Answer,
        Answer: Future<Output = Result<Collection<Raw<T>>>>,
    {
        let answer = fetch(self.ask(self.filters.clone(), number, size)).await?;
        let total = answer.total;
        let rows = answer.into_elements();
        let more = is_more(total, number, size, rows.len());
        let next = if more { self.behind(&rows, number, size, None, None) } else { None };
        // The total tells whether rows were deleted since the first page: then those here have moved up.
        Ok(Rows { rows, next, ahead: Vec::new(), total })
    }

    async fn after<F, Answer>(&self, mut after: After, fetch: F) -> Result<Rows<T>>
    where
        F: Fn(Ask) -> Answer,
        Answer: Future<Output = Result<Collection<Raw<T>>>>,
    {
        let size = after.size.map_or(self.size, |aligned| aligned.min(self.size));
        let wanted = usize::try_from(size).unwrap_or(usize::MAX);
        let (mut rows, mut number) = (Vec::new(), 1);
        let more = loop {
            let asked = size.saturating_add(after.seen.len() as u64);
            let filters = match self.direction {
                Direction::Descending => self.filters.clone().until(self.field, after.time),
                _ => self.filters.clone().since(self.field, after.time),
            };
            let answer = fetch(self.ask(filters, number, asked)).await?;
            let (total, given, came) = (answer.total, answer.page_size.unwrap_or(asked).max(1), answer.count());
            let unseen = answer.into_elements().into_iter().filter(|row| !after.has(self.direction, row, self.time));
            let before = rows.len();
            rows.extend(unseen);
            let more = is_more(total, number, given, came);
            if rows.len() > wanted || !more {
                break more;
            }
            if rows.len() > before {
                after = self.advance(&rows, Some(&after)).unwrap_or(after);
                number = 1;
            } else {
                // Nothing but rows that were seen, all of one time: what follows is behind them.
                number += 1;
            }
            if rows.len() == wanted {
                break true;
            }
        };
        let more = more || rows.len() > wanted;
        rows.truncate(wanted);
        let next = if more { self.behind(&rows, number, size, None, Some(&after)) } else { None };
        Ok(Rows { rows, next, ahead: Vec::new(), total: None })
    }

    /// The place behind the last of some rows.
    fn behind(
        &self,
        rows: &[Raw<T>],
        number: u64,
        size: u64,
        aligned: Option<u64>,
        before: Option<&After>,
    ) -> Option<Cursor> {
        rows.last()?;
        let Some(mut after) = self.advance(rows, before) else {
            // Without a time there is nothing but the number to go by.
            return Some(self.seal(&Place::Number { number: number + 1, size }));
        };
        after.size = aligned;
        if number > 1 && before.is_none() {
            // What stands on the pages before this one was not seen here; of one time it goes by id.
            after.floor = match self.direction {
                Direction::Descending => after.seen.iter().max().copied(),
                _ => after.seen.iter().min().copied(),
            };
        }
        Some(self.seal(&Place::After(after)))
    }

    /// The last time of some rows, and which rows of it were seen.
    fn advance(&self, rows: &[Raw<T>], before: Option<&After>) -> Option<After> {
        let time = (self.time)(&rows.last()?.item).map(pm_provider::value::micros)?;
        let of_that_time =
            rows.iter().rev().take_while(|row| (self.time)(&row.item).map(pm_provider::value::micros) == Some(time));
        let mut seen: Vec<u64> = of_that_time.map(|row| row.item.id()).collect();
        let earlier = before.filter(|before| before.time == time);
        seen.extend(earlier.into_iter().flat_map(|before| before.seen.iter().copied()));
        seen.sort_unstable();
        seen.dedup();
        Some(After { time, floor: earlier.and_then(|before| before.floor), seen, size: None })
    }

    fn seal(&self, place: &Place) -> Cursor {
        Cursor::seal(NAME, self.name, self.query, &place.to_string())
    }

    fn open(&self, cursor: &Cursor) -> Result<Place> {
        Place::parse(cursor.open(NAME, self.name, self.query)?).ok_or_else(Cursor::malformed)
    }
}

/// Whether there is a page behind this one.
fn is_more(total: Option<u64>, number: u64, size: u64, came: usize) -> bool {
    came > 0 && total.is_some_and(|total| number.saturating_mul(size) < total)
}

/// Where a listing goes on.
#[derive(Clone, Debug, PartialEq)]
enum Place {
    /// A page by its number: exact only while nothing is deleted.
    Number { number: u64, size: u64 },
    /// Behind a row.
    After(After),
}

/// Behind a row of some time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct After {
    /// The time.
    pub(crate) time: DateTime<Utc>,
    /// Rows of that time up to this id were seen.
    pub(crate) floor: Option<u64>,
    /// Rows of that time that were seen: times are told by the millisecond, and many rows can have the same.
    pub(crate) seen: Vec<u64>,
    /// The size of the pages that were said to lie ahead, which this one must keep to.
    pub(crate) size: Option<u64>,
}

impl After {
    fn has<T: HasId>(&self, direction: Direction, row: &Raw<T>, time: fn(&T) -> Option<DateTime<Utc>>) -> bool {
        let id = row.item.id();
        let Some(time) = time(&row.item).map(pm_provider::value::micros) else { return false };
        if time != self.time {
            // The filter takes all of a second in, more than was left to see.
            return direction == Direction::Descending && time > self.time;
        }
        let below = self.floor.is_some_and(|floor| match direction {
            Direction::Descending => id >= floor,
            _ => id <= floor,
        });
        below || self.seen.binary_search(&id).is_ok()
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number { number, size } => write!(f, "n:{number}:{size}"),
            Self::After(After { time, floor, seen, size }) => {
                let (floor, size) = (floor.unwrap_or(0), size.unwrap_or(0));
                write!(f, "a:{}:{floor}:{size}:{}", time.timestamp_micros(), ranges(seen))
            }
        }
    }
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<_> = text.split(':').collect();
        match parts.as_slice() {
            ["n", number, size] => {
                let (number, size): (u64, u64) = (number.parse().ok()?, size.parse().ok()?);
                (number > 0 && size > 0).then_some(Self::Number { number, size })
            }
            ["a", time, floor, size, seen] => {
                let some = |text: &str| text.parse::<u64>().ok().map(|number| (number > 0).then_some(number));
                let seen = ids_of(seen)?;
                let time = DateTime::from_timestamp_micros(time.parse().ok()?)?;
                Some(Self::After(After { time, floor: some(floor)?, seen, size: some(size)? }))
            }
            _ => None,
        }
    }
}

/// The most rows of one time that a place names.
const MOST_SEEN: u64 = 1_000_000;

/// Sorted ids as text: those that follow one another as a range, so that the cursor stays short where an import made
/// thousands of rows in one moment.
fn ranges(ids: &[u64]) -> String {
    let runs = ids.chunk_by(|one, next| one + 1 == *next);
    let text = runs.filter_map(|run| match run {
        [] => None,
        [one] => Some(one.to_string()),
        [first, .., last] => Some(format!("{first}-{last}")),
    });
    text.collect::<Vec<_>>().join(",")
}

/// Reads ids and ranges of ids.
fn ids_of(text: &str) -> Option<Vec<u64>> {
    let mut ids = Vec::new();
    for range in text.split(',').filter(|range| !range.is_empty()) {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        if last < first || last - first >= MOST_SEEN {
            return None;
        }
        ids.extend(first..=last);
    }
    ids.sort_unstable();
    Some(ids)
}

#[cfg(test)]
mod tests;
