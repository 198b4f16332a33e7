//! Listings in the order of a time that the server shows in whole seconds only.
//!
//! The server sorts by what it stores, which may be finer or not, and ties come in any order. So the items of one second
//! are taken together, and put in order by id on our side.

use std::collections::BTreeSet;
use std::future::Future;

use chrono::{DateTime, Utc};
use pm_http::page::Listing;
use pm_provider::{Cursor, Direction, Page, Result};
use serde::Serialize;

/// Where an item stands: its second, then its id.
pub(crate) type Key = (i64, u64);

/// Makes the key of an item.
pub(crate) fn key(time: Option<DateTime<Utc>>, id: u64) -> Key {
    (time.map_or(0, |time| time.timestamp()), id)
}

/// How the server writes a second in a filter.
pub(crate) fn text(second: i64) -> String {
    let time = DateTime::<Utc>::from_timestamp(second, 0).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What one request brought.
#[derive(Debug)]
pub(crate) struct Rows<T> {
    pub(crate) rows: Vec<T>,
    /// Whether there are more rows after these.
    pub(crate) more: bool,
    /// How many rows the filter finds in all.
    pub(crate) total: Option<u64>,
}

/// How often a list is begun again that does not join, before its order is taken to be none.
const BEGINNINGS: usize = 3;

/// Reads a list of many requests while others change it.
///
/// A row that moves away, or goes, lets all rows after it move up, so that an offset would skip one. So each request
/// begins with the last second that was seen; and where one second is longer than an answer, with the last row of the
/// answer before, which shows whether anything moved.
#[derive(Debug)]
pub(crate) struct Walk<T> {
    /// What came, each item once.
    pub(crate) rows: Vec<T>,
    falling: bool,
    from: Option<i64>,
    skip: usize,
    ids: BTreeSet<u64>,
    begun_again: usize,
}

impl<T> Walk<T> {
    pub(crate) fn new(from: Option<i64>, falling: bool) -> Self {
        Self { rows: Vec::new(), falling, from, skip: 0, ids: BTreeSet::new(), begun_again: 0 }
    }

    /// The second with which the next request begins.
    pub(crate) fn from(&self) -> Option<i64> {
        self.from
    }

    /// How many rows the next request skips.
    pub(crate) fn skip(&self) -> usize {
        self.skip
    }

    /// Takes an answer; says whether there is more.
    pub(crate) fn take(&mut self, answer: Rows<T>, key: impl Fn(&T) -> Key) -> bool {
        let (Some(first), Some(last)) = (answer.rows.first().map(&key), answer.rows.last().map(&key)) else {
            return self.skip > 0 && self.again();
        };
        if self.skip > 0 && !self.ids.contains(&first.1) && self.again() {
            return true;
        }
        let count = answer.rows.len();
        for row in answer.rows {
            if self.ids.insert(key(&row).1) {
                self.rows.push(row);
            }
        }
        let is_beyond = self.from.is_none_or(|from| if self.falling { last.0 < from } else { last.0 > from });
        if is_beyond {
            (self.from, self.skip) = (Some(last.0), 0);
        } else {
            self.skip += count.saturating_sub(1).max(1);
        }
        answer.more
    }

    /// Begins the second again, if that was not done too often.
    fn again(&mut self) -> bool {
        self.begun_again += 1;
        self.skip = if self.begun_again <= BEGINNINGS { 0 } else { self.skip };
        self.begun_again <= BEGINNINGS
    }
}

/// Makes a page of what comes after a cursor.
///
/// `fetch` gets the second to begin with, included, and how many rows to skip.
pub(crate) async fn page<T, Q, F, R>(
    listing: &Listing<'_, Q>,
    cursor: Option<&Cursor>,
    key: impl Fn(&T) -> Key,
    mut fetch: F,
) -> Result<Page<T>>
where
    Q: Serialize,
    F: FnMut(Option<i64>, usize) -> R,
    R: Future<Output = Result<Rows<T>>>,
{
    let falling = listing.direction == Direction::Descending;
    let after: Option<Key> = listing.open(cursor)?;
    let is_new = |at: Key| after.is_none_or(|after| if falling { at < after } else { at > after });
    let mut walk = Walk::new(after.map(|(second, _)| second), falling);
    let mut total = None;
    let more = loop {
        let fetched = fetch(walk.from(), walk.skip()).await?;
        total = total.or(fetched.total);
        if !walk.take(fetched, &key) {
            break false;
        }
        // The last second may go on in the next request.
        let last = walk.rows.last().map(|row| key(row).0);
        let is_whole = |row: &T| is_new(key(row)) && Some(key(row).0) != last;
        if walk.rows.iter().filter(|row| is_whole(row)).count() >= listing.size {
            walk.rows.retain(|row| Some(key(row).0) != last);
            break true;
        }
    };
    let mut rows = walk.rows;
    rows.retain(|row| is_new(key(row)));
    rows.sort_by_key(|row| key(row));
    if falling {
        rows.reverse();
    }
    let more = more || rows.len() > listing.size;
    rows.truncate(listing.size);
    let next = rows.last().filter(|_| more).map(|row| listing.seal(&key(row))).transpose()?;
    Ok(Page::new(rows).next(next).total(total.filter(|_| after.is_none())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use futures_util::FutureExt;

    /// A server with requests of three rows, in an order of its own within a second.
    fn walk(stored: &[Key], size: usize, direction: Direction) -> Vec<Key> {
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let listing = Listing::new("redmine", "things", &"query", size).direction(direction);
            let fetch = |from: Option<i64>, skip: usize| {
                let within = stored.iter().copied().filter(|(second, _)| {
                    from.is_none_or(
                        |from| if direction == Direction::Descending { *second <= from } else { *second >= from },
                    )
                });
                let all: Vec<Key> = within.collect();
                let rows: Vec<Key> = all.iter().copied().skip(skip).take(3).collect();
                let more = skip + rows.len() < all.len();
                async move { Ok(Rows { rows, more, total: None }) }
            };
            let page = page(&listing, cursor.as_ref(), |row| *row, fetch).now_or_never().unwrap().unwrap();
            assert!(page.items.len() <= size);
            seen.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return seen;
            }
        }
    }

    #[test]
    fn ties_lose_nothing_at_any_page_size() {
        let stored = [(1, 4), (1, 2), (1, 9), (1, 1), (2, 8), (3, 7), (3, 3), (3, 5), (4, 6)];
        let mut expected = stored.to_vec();
        expected.sort_unstable();
        for size in 1..10 {
            assert_eq!(walk(&stored, size, Direction::Ascending), expected, "pages of {size}");
        }
        let falling: Vec<_> = stored.iter().rev().copied().collect();
        expected.reverse();
        for size in 1..10 {
            assert_eq!(walk(&falling, size, Direction::Descending), expected, "pages of {size}");
        }
    }

    #[test]
    fn what_moves_away_hides_nothing() {
        let mut stored: Vec<Key> = vec![(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (2, 7)];
        let (mut walk, mut asked) = (Walk::new(None, false), 0);
        loop {
            let from = walk.from();
            let all: Vec<Key> = stored.iter().copied().filter(|row| from.is_none_or(|from| row.0 >= from)).collect();
            let rows: Vec<Key> = all.iter().copied().skip(walk.skip()).take(3).collect();
            let more = walk.skip() + rows.len() < all.len();
            if !walk.take(Rows { rows, more, total: None }, |row| *row) {
                break;
            }
            asked += 1;
            if asked == 2 {
                stored.remove(0);
            }
        }
        let ids: BTreeSet<u64> = walk.rows.iter().map(|row| row.1).collect();
        assert_eq!((ids.len(), walk.rows.len()), (7, 7), "each once: {:?}", walk.rows);
    }

    #[test]
    fn a_server_that_ignores_where_to_begin_is_read_to_its_end() {
        let stored: Vec<Key> = (1..=10).map(|number| (i64::try_from(number).unwrap(), number)).collect();
        let mut walk = Walk::new(None, false);
        for _ in 0..100 {
            let rows: Vec<Key> = stored.iter().copied().skip(walk.skip()).take(3).collect();
            let more = walk.skip() + rows.len() < stored.len();
            if !walk.take(Rows { rows, more, total: None }, |row| *row) {
                break;
            }
        }
        assert_eq!(walk.rows, stored);
    }

    #[test]
    fn seconds_are_written_as_the_server_reads_them() {
        assert_eq!(text(1_795_286_550), "2026-11-21T18:42:30Z");
    }
}
