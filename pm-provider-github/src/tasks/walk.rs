//! The pages of one repository's issues, each seen exactly once.
//!
//! GitHub numbers pages up to 10,000 rows and gives a cursor (`after`) in the link to the next page; behind those rows
//! a page that is asked for by number is refused (google/go-github#3565, MeltanoLabs/tap-github#415). A cursor says
//! where the last row was, whatever comes and goes. A number says only how many rows lie before: where some of them are
//! gone, the ones behind have moved up. So our place also holds the last row that was seen. The next page goes on
//! directly behind it when its first row has the next number, as issues and pull requests share theirs; otherwise the
//! one row before the page is looked at, and where that is not the one we saw, the page before is read again.

use std::future::Future;

use pm_http::Raw;
use pm_http::page::link;
use pm_provider::{Direction, Result};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::dto::Issue;

/// How many rows can be reached by the numbers of pages. The page that would end with the last of them is refused
/// already: `page=100&per_page=100` (google/go-github#3976).
pub(crate) const MOST_ROWS: u64 = 10_000;
/// How many pages are read back or on in search of the place before it is taken as it is.
const PATIENCE: u32 = 64;

/// A row by its place in the listing: seconds since 1970 at which it was created, and its number.
type Age = (i64, u64);

/// Where a listing stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The repository; 0 for the first.
    #[serde(rename = "r")]
    pub(crate) repository: u64,
    /// How many rows come before.
    #[serde(rename = "n")]
    pub(crate) rows: u64,
    /// The last row that was seen.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<Age>,
    /// GitHub's own cursor.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
}

impl Place {
    /// The beginning of a repository.
    pub(crate) fn start(repository: u64) -> Self {
        Self { repository, ..Self::default() }
    }

    /// Says whether nothing of the repository was read yet.
    pub(crate) fn is_start(&self) -> bool {
        self.rows == 0 && self.after.is_none()
    }

    /// A page that is known by its number alone.
    fn numbered(repository: u64, page: u64, size: u64) -> Self {
        Self { repository, rows: (page - 1) * size, ..Self::default() }
    }
}

/// One request for rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The number of the page, from 1; none where the cursor says it all.
    pub(crate) page: Option<u64>,
    pub(crate) size: u64,
    pub(crate) after: Option<String>,
}

/// What one request brought.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Raw<Issue>>,
    /// Whether there is a page behind this one.
    pub(crate) more: bool,
    /// The cursor of the page behind.
    pub(crate) after: Option<String>,
    /// The number of the last page, where it is told.
    pub(crate) last_page: Option<u64>,
}

impl Rows {
    /// Takes rows and the `Link` header that came with them.
    pub(crate) fn new(rows: Vec<Raw<Issue>>, header: Option<&str>) -> Self {
        let target = |relation| header.and_then(|header| link(header, relation));
        let next = target("next");
        let after = next.and_then(|target| parameter(target, "after"));
        let last_page = target("last").and_then(|target| parameter(target, "page")?.parse().ok());
        Self { rows, more: next.is_some(), after, last_page }
    }
}

/// A parameter of a link's query; the link may be relative.
fn parameter(target: &str, name: &str) -> Option<String> {
    let (_, query) = target.split_once('?')?;
    let url = Url::parse(&format!("http://localhost/?{query}")).ok()?;
    let value = url.query_pairs().find(|(known, _)| known == name)?.1.into_owned();
    Some(value)
}

/// One page of a repository, and what lies behind.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) rows: Vec<Raw<Issue>>,
    pub(crate) next: Option<Place>,
    /// The pages after the next one.
    pub(crate) ahead: Vec<Place>,
}

/// How a repository is walked through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk {
    pub(crate) size: u64,
    pub(crate) direction: Direction,
    /// Every row is listed whatever becomes of it: numbers follow each other, and rows never move down.
    pub(crate) is_complete: bool,
}

impl Walk {
    /// Reads the page of a place.
    pub(crate) async fn read<F, R>(&self, place: &Place, mut fetch: F) -> Result<Found>
    where
        F: FnMut(Ask) -> R,
        R: Future<Output = Result<Rows>>,
    {
        if place.after.is_some() {
            let page = place.rows.is_multiple_of(self.size).then_some(place.rows / self.size + 1);
            let fetched = fetch(Ask { page, size: self.size, after: place.after.clone() }).await?;
            return Ok(self.found(place, place.rows, fetched, |_| true));
        }
        let page = place.rows / self.size + 1;
        let fetched = fetch(self.ask(page)).await?;
        match place.last {
            Some(last) => self.settle(place, last, page, fetched, fetch).await,
            None => {
                let start = (page - 1) * self.size;
                let seen = usize::try_from(place.rows - start).unwrap_or_default();
                let mut found = self.found(place, start, fetched, |_| true);
                found.rows.drain(..seen.min(found.rows.len()));
                Ok(found)
            }
        }
    }

    fn ask(&self, page: u64) -> Ask {
        Ask { page: Some(page), size: self.size, after: None }
    }

    /// Goes on directly behind the last row that was seen, wherever it is by now.
    async fn settle<F, R>(&self, place: &Place, last: Age, page: u64, fetched: Rows, mut fetch: F) -> Result<Found>
    where
        F: FnMut(Ask) -> R,
        R: Future<Output = Result<Rows>>,
    {
        let (mut page, mut fetched) = (page, fetched);
        for _ in 0..PATIENCE {
            match self.look(last, page, &fetched) {
                Look::Here => break,
                Look::Behind if fetched.more => page += 1,
                Look::Behind => break,
                Look::Before => page -= 1,
                Look::Unsure => {
                    let before = fetch(Ask { page: Some((page - 1) * self.size), size: 1, after: None }).await?;
                    match before.rows.first().map(|row| row.item.age()) {
                        Some(age) if self.is_after(age, last) => page -= 1,
                        _ => break,
                    }
                }
            }
            fetched = fetch(self.ask(page)).await?;
        }
        let start = (page - 1) * self.size;
        let seen = fetched.rows.iter().position(|row| row.item.number == last.1);
        let mut place_in_page = 0;
        Ok(self.found(place, start, fetched, |row| {
            place_in_page += 1;
            match seen {
                Some(seen) => place_in_page - 1 > seen,
                None => self.is_after(row.item.age(), last),
            }
        }))
    }

    /// Where the row is that comes directly behind the last one that was seen.
    fn look(&self, last: Age, page: u64, fetched: &Rows) -> Look {
        let ages = || fetched.rows.iter().map(|row| row.item.age());
        let (Some(first), Some(end)) = (ages().next(), ages().next_back()) else {
            return if page > 1 { Look::Before } else { Look::Here };
        };
        if ages().any(|age| age.1 == last.1) {
            return if end.1 == last.1 { Look::Behind } else { Look::Here };
        }
        if !self.is_after(end, last) {
            return Look::Behind;
        }
        let follows = self.is_complete && self.direction == Direction::Ascending && first.1 == last.1 + 1;
        match self.is_after(first, last) && !follows && page > 1 {
            true => Look::Unsure,
            false => Look::Here,
        }
    }

    fn is_after(&self, age: Age, other: Age) -> bool {
        match self.direction {
            Direction::Descending => age < other,
            _ => age > other,
        }
    }

    fn found(&self, place: &Place, start: u64, fetched: Rows, is_new: impl FnMut(&Raw<Issue>) -> bool) -> Found {
        let Rows { mut rows, more, after, last_page } = fetched;
        let end = start + rows.len() as u64;
        let last = rows.last().map(|row| row.item.age()).or(place.last);
        let mut is_new = is_new;
        rows.retain(|row| is_new(row));
        let next = more.then_some(Place { repository: place.repository, rows: end, last, after });
        let ahead = last_page.filter(|_| place.is_start() && more).map(|last| self.ahead(place.repository, last));
        Found { rows, next, ahead: ahead.unwrap_or_default() }
    }

    /// Whether pages can be read side by side: only where rows do not move down, and move up only when an issue is
    /// deleted or transferred. Elsewhere some would be shown twice, or not at all.
    pub(crate) fn has_ahead(&self) -> bool {
        self.is_complete && self.direction == Direction::Ascending
    }

    /// The pages behind the next one, as far as they can be asked for by number.
    pub(crate) fn ahead(&self, repository: u64, last_page: u64) -> Vec<Place> {
        if !self.has_ahead() {
            return Vec::new();
        }
        let most = last_page.min((MOST_ROWS - 1) / self.size);
        (3..=most).map(|page| Place::numbered(repository, page, self.size)).collect()
    }
}

/// Where the row is that comes next.
enum Look {
    /// On this page.
    Here,
    /// On this page if the row before it is the last one seen, else before.
    Unsure,
    /// On an earlier page.
    Before,
    /// On a later page.
    Behind,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::cell::{Cell, RefCell};

    use super::*;

    /// A repository: rows by their numbers, in the order of the listing.
    struct Repository {
        rows: RefCell<Vec<u64>>,
        requests: Cell<u32>,
        has_cursors: bool,
    }

    fn row(number: u64) -> Raw<Issue> {
        let created = chrono::DateTime::from_timestamp(1_700_000_000 + i64::try_from(number).unwrap(), 0).unwrap();
        let created = created.to_rfc3339();
        serde_json::from_str(&format!(r#"{{"id": {number}, "number": {number}, "created_at": "{created}"}}"#)).unwrap()
    }

    impl Repository {
        fn of(rows: impl IntoIterator<Item = u64>) -> Self {
            Self { rows: RefCell::new(rows.into_iter().collect()), requests: Cell::new(0), has_cursors: false }
        }

        fn answer(&self, ask: &Ask) -> Rows {
            self.requests.set(self.requests.get() + 1);
            let rows = self.rows.borrow();
            let size = usize::try_from(ask.size).unwrap();
            let start = match &ask.after {
                Some(after) => {
                    let after: u64 = after.parse().unwrap();
                    rows.iter().position(|number| *number > after).unwrap_or(rows.len())
                }
                None => (usize::try_from(ask.page.unwrap()).unwrap() - 1) * size,
            };
            let page: Vec<u64> = rows.iter().skip(start).take(size).copied().collect();
            let more = start + page.len() < rows.len() && !page.is_empty();
            let after = page.last().filter(|_| more && self.has_cursors).map(u64::to_string);
            let last_page = Some(rows.len().div_ceil(size) as u64).filter(|_| more);
            Rows { rows: page.into_iter().map(row).collect(), more, after, last_page }
        }

        async fn read(&self, walk: Walk, place: &Place) -> (Vec<u64>, Option<Place>, Vec<Place>) {
            let found = walk.read(place, |ask| async move { Ok(self.answer(&ask)) }).await.unwrap();
            (found.rows.iter().map(|row| row.item.number).collect(), found.next, found.ahead)
        }

        async fn walk(&self, walk: Walk, between: impl Fn(usize, &mut Vec<u64>)) -> Vec<u64> {
            let (mut place, mut seen) = (Some(Place::start(42)), Vec::new());
            for step in 0.. {
                let Some(at) = place else { break };
                let (rows, next, _) = self.read(walk, &at).await;
                seen.extend(rows);
                place = next;
                between(step, &mut self.rows.borrow_mut());
            }
            seen
        }
    }

    fn walk(size: u64) -> Walk {
        Walk { size, direction: Direction::Ascending, is_complete: true }
    }

    #[tokio::test]
    async fn a_calm_repository_costs_one_request_a_page() {
        let repository = Repository::of(1..=10);
        assert_eq!(repository.walk(walk(3), |_, _| ()).await, (1..=10).collect::<Vec<_>>());
        assert_eq!(repository.requests.get(), 4);
    }

    #[tokio::test]
    async fn gaps_between_pages_are_looked_at() {
        let repository = Repository::of([1, 2, 3, 5, 6, 7]);
        assert_eq!(repository.walk(walk(3), |_, _| ()).await, [1, 2, 3, 5, 6, 7]);
        assert_eq!(repository.requests.get(), 3, "one row more than two pages");
    }

    #[tokio::test]
    async fn what_moves_up_is_not_missed() {
        for gone in [1, 3] {
            let repository = Repository::of(1..=9);
            let seen = repository
                .walk(walk(3), |step, rows| {
                    if step == 0 {
                        rows.retain(|number| *number != gone);
                    }
                })
                .await;
            assert_eq!(seen, (1..=9).collect::<Vec<_>>(), "without {gone}");
        }
        let repository = Repository::of(1..=9);
        let seen = repository
            .walk(walk(2), |step, rows| {
                if step == 2 {
                    rows.retain(|number| *number > 5);
                }
            })
            .await;
        assert_eq!(seen, (1..=9).collect::<Vec<_>>(), "several pages at once");
    }

    #[tokio::test]
    async fn what_is_filtered_moves_up_all_the_time() {
        let open = Walk { is_complete: false, ..walk(2) };
        let repository = Repository::of(1..=8);
        let first_is_closed = |_, rows: &mut Vec<u64>| *rows = rows.split_off(1);
        let seen = repository.walk(open, first_is_closed).await;
        assert_eq!(seen, (1..=8).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn newer_ones_in_front_hide_and_double_nothing() {
        let newest = Walk { direction: Direction::Descending, ..walk(2) };
        let repository = Repository::of((1..=6).rev());
        let seen = repository
            .walk(newest, |step, rows| {
                if step < 2 {
                    for _ in 0..3 {
                        let next = rows[0] + 1;
                        rows.insert(0, next);
                    }
                }
            })
            .await;
        assert_eq!(seen, [6, 5, 4, 3, 2, 1]);
    }

    #[tokio::test]
    async fn the_cursor_of_the_link_needs_no_second_look() {
        let repository = Repository { has_cursors: true, ..Repository::of([1, 2, 3, 5, 6, 7, 9]) };
        let seen = repository
            .walk(walk(3), |step, rows| {
                if step == 0 {
                    rows.remove(0);
                }
            })
            .await;
        assert_eq!(seen, [1, 2, 3, 5, 6, 7, 9]);
        assert_eq!(repository.requests.get(), 3);
    }

    #[tokio::test]
    async fn pages_ahead_end_where_numbers_do() {
        let repository = Repository::of(1..=500);
        let (_, next, ahead) = repository.read(walk(100), &Place::start(42)).await;
        assert_eq!(next.unwrap().rows, 100);
        assert_eq!(ahead.iter().map(|place| place.rows).collect::<Vec<_>>(), [200, 300, 400]);
        assert_eq!(repository.read(walk(100), &ahead[1]).await.0.len(), 100);
        assert_eq!(walk(100).ahead(42, 515).last().unwrap().rows, 9_800, "page 99 ends with row 9,900");
        let newest = Walk { direction: Direction::Descending, ..walk(100) };
        assert!(newest.ahead(42, 5).is_empty());
    }

    #[tokio::test]
    async fn a_place_is_good_for_another_size() {
        let repository = Repository::of(1..=10);
        let (_, next, _) = repository.read(walk(3), &Place::start(42)).await;
        assert_eq!(repository.read(walk(2), &next.unwrap()).await.0, [4], "the rest of the second page");
        let numbered = Place::numbered(42, 3, 3);
        assert_eq!(repository.read(walk(4), &numbered).await.0, [7, 8]);
    }

    #[test]
    fn links_tell_cursor_and_last_page() {
        let header = r#"<https://api.github.com/repositories/42/issues?after=Y3Vy%3D%3D&per_page=30&page=2>; rel="next",
            <https://api.github.com/repositories/42/issues?per_page=30&page=9>; rel="last""#;
        let rows = Rows::new(Vec::new(), Some(header));
        assert_eq!((rows.more, rows.after.as_deref(), rows.last_page), (true, Some("Y3Vy=="), Some(9)));
        let rows = Rows::new(Vec::new(), None);
        assert_eq!((rows.more, rows.after, rows.last_page), (false, None, None));
        assert!(Rows::new(Vec::new(), Some("<issues>; rel=next")).more);
    }
}
