//! The change feed: work packages by the time of their last change.
//!
//! The filter `<>d` is exact to the millisecond and inclusive. A change has the time at which its write began, and shows a
//! little later: so reading goes back by a few seconds, and leaves out what was told already.
//! Deletions never show up: there are no tombstones, so that who mirrors a project has to compare ids now and then.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use pm_http::feed::Told;
use pm_http::{Raw, page};
use pm_provider::{
    Change, ChangeFacts, ChangeKind, ChangePage, ChangeQuery, Changes, Cursor, Direction, Entity, Item, PMTask, Result,
};
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::dto::WorkPackage;
use crate::filters::Filters;
use crate::ids;
use crate::page::Listing;
use crate::{NAME, OpenProjectProvider, endpoints, provider};

const LISTING: &str = "changes";
/// Times are told by the millisecond.
const GRANULARITY: Duration = Duration::from_millis(1);
/// How long after its time a change may show: a write has the time at which it began, and shows when it is committed.
const OVERLAP: TimeDelta = TimeDelta::seconds(5);

fn facts() -> ChangeFacts {
    ChangeFacts::exact([Entity::Task]).tombstones(false).inclusive(true).granularity(GRANULARITY)
}

impl Api {
    /// Reads a page. One reading to the end is a scan: within it pages go on exactly where the last one ended. The next
    /// scan begins a little before this one did, and leaves out what was told, which the cursor holds.
    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<ChangePage> {
        self.capabilities.check_changes(&facts(), query)?;
        let mut place = Place::open(query, cursor)?;
        let Some(filters) = self.change_filters(query, &place) else {
            return Ok(ChangePage::new(Vec::new(), place.seal(query)?, false));
        };
        if place.inner.is_none() {
            place.began = self.server_time().await?;
        }
        let listing = listing(query, filters, self.page_size(query.page_size));
        let mut rows = listing.page(place.inner.as_ref(), |ask| self.fetch_work_packages(ask)).await?;
        let project = query.project.as_ref().and_then(|id| ids::number(id.as_str()));
        rows.rows.retain(|row| project.is_none() || row.item.links.project.id() == project);
        let more = rows.next.is_some();
        let fresh = place.take(rows.rows, rows.next);
        let tasks = self.to_tasks(fresh).await?;
        let page = ChangePage::new(tasks.into_iter().map(change).collect(), place.seal(query)?, more);
        // Within a scan its beginning stands in the place, at its end it is where the next one reads from.
        let settled = if more { place.began.and_then(earlier) } else { place.settled };
        Ok(if let Some(time) = settled { page.high_water(time) } else { page })
    }

    /// `None` where nothing can be told.
    fn change_filters(&self, query: &ChangeQuery, place: &Place) -> Option<Filters> {
        let filters = match &query.project {
            None => Filters::none(),
            Some(project) => {
                let id = ids::number(project.as_str()).filter(|id| !self.is_gone(Some(*id)))?;
                Filters::none().is("project", [id])
            }
        };
        Some(place.from.into_iter().fold(filters, |filters, from| filters.since("updatedAt", from)))
    }

    /// The cursor of this moment: what shows already is told.
    async fn latest_change(&self, query: &ChangeQuery) -> Result<Cursor> {
        self.capabilities.check_changes(&facts(), query)?;
        let began = self.server_time().await?;
        let from = began.and_then(earlier);
        let mut place = Place { from, began, ..Place::default() };
        let Some(filters) = self.change_filters(query, &place) else { return place.seal(query) };
        let listing = listing(query, filters, self.page_size(None));
        loop {
            let rows = listing.page(place.inner.as_ref(), |ask| self.fetch_work_packages(ask)).await?;
            let more = rows.next.is_some();
            place.take(rows.rows, rows.next);
            if !more {
                return place.seal(query);
            }
        }
    }

    /// What time it is on the server, to the second, never later.
    async fn server_time(&self) -> Result<Option<DateTime<Utc>>> {
        Ok(self.http.request(&endpoints::ROOT, &[]).send().await?.server_time())
    }
}

fn change(task: PMTask) -> Change {
    let (project, at) = (task.project_id.clone(), task.updated_at);
    let change = Change::new(ChangeKind::Written(Item::from(task))).project_id(project);
    if let Some(at) = at { change.at(at) } else { change }
}

fn listing(query: &ChangeQuery, filters: Filters, size: u64) -> Listing<'_, ChangeQuery, WorkPackage> {
    let time = |row: &WorkPackage| row.updated_at;
    Listing { name: LISTING, query, filters, field: "updatedAt", direction: Direction::Ascending, time, size }
}

fn earlier(time: DateTime<Utc>) -> Option<DateTime<Utc>> {
    time.checked_sub_signed(OVERLAP)
}

/// Where the feed stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Place {
    /// The time from which on this scan reads.
    from: Option<DateTime<Utc>>,
    /// When this scan began, by the server's clock.
    began: Option<DateTime<Utc>>,
    /// What was told of what the next scan reads again.
    told: Told,
    /// The next page of this scan.
    inner: Option<Cursor>,
    /// Up to when everything has been told, once a scan is at its end.
    #[serde(skip)]
    settled: Option<DateTime<Utc>>,
}

impl Place {
    /// Takes a page; says what of it is new.
    fn take(&mut self, rows: Vec<Raw<WorkPackage>>, next: Option<Cursor>) -> Vec<Raw<WorkPackage>> {
        let fresh: Vec<_> = rows.into_iter().filter(|row| self.is_new(&row.item)).collect();
        self.inner = next;
        let last = self.told.latest().and_then(DateTime::from_timestamp_millis);
        // Without the server's clock the last change is what time it is at least.
        let from = self.began.or(last).and_then(earlier).max(self.from);
        if let Some(from) = from {
            self.told.forget_before(from.timestamp_millis());
        }
        if self.inner.is_none() {
            self.settled = self.began.and(from);
            (self.from, self.began) = (from, None);
        }
        fresh
    }

    /// Notes that a row was told; says whether it is new. A work package looks different with each lock version.
    fn is_new(&mut self, row: &WorkPackage) -> bool {
        let time = row.updated_at.map(|time| time.timestamp_millis()).unwrap_or_default();
        self.told.insert(row.id, time, row.lock_version.unwrap_or_default())
    }

    fn seal(&self, query: &ChangeQuery) -> Result<Cursor> {
        page::Listing::new(NAME, "feed", query, 1).seal(self)
    }

    fn open(query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<Self> {
        Ok(page::Listing::new(NAME, "feed", query, 1).open(cursor)?.unwrap_or_default())
    }
}

#[async_trait]
impl Changes for OpenProjectProvider {
    fn facts(&self) -> ChangeFacts {
        facts()
    }

    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<Cursor>) -> Result<ChangePage> {
        provider::told("changes_page", self.api.changes_page(query, cursor.as_ref()).await)
    }

    async fn latest(&self, query: &ChangeQuery) -> Result<Cursor> {
        provider::told("latest_change", self.api.latest_change(query).await)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
    }

    /// Work packages: id, second of the last change, lock version.
    fn rows(rows: &[(u64, i64, u64)]) -> Vec<Raw<WorkPackage>> {
        let row = |(id, second, lock): &(u64, i64, u64)| {
            let row = serde_json::json!({ "id": id, "subject": "x", "lockVersion": lock,
                "updatedAt": at(*second).to_rfc3339(), "_links": {} });
            serde_json::from_str(&row.to_string()).unwrap()
        };
        rows.iter().map(row).collect()
    }

    fn scan(place: &mut Place, began: i64, changed: &[(u64, i64, u64)]) -> Vec<u64> {
        place.began = Some(at(began));
        place.take(rows(changed), None).iter().map(|row| row.item.id).collect()
    }

    #[test]
    fn a_change_that_shows_late_is_told() {
        let mut place = Place::default();
        assert_eq!(scan(&mut place, 20, &[(1, 10, 0), (2, 18, 0)]), [1, 2]);
        assert_eq!((place.from, place.settled), (Some(at(15)), Some(at(15))));
        assert_eq!(scan(&mut place, 21, &[(3, 17, 0), (2, 18, 0)]), [3], "the one before it is not told twice");
        assert_eq!(scan(&mut place, 22, &[(3, 17, 0), (2, 18, 1)]), [2], "a change of the same moment is");
    }

    #[test]
    fn the_cursor_forgets_what_is_long_past() {
        let mut place = Place::default();
        scan(&mut place, 20, &[(1, 10, 0), (2, 18, 0)]);
        assert_eq!(place.told.ids().collect::<Vec<_>>(), [2]);
        scan(&mut place, 60, &[]);
        assert!(place.told.is_empty());
        assert_eq!(place.from, Some(at(55)));
    }

    #[test]
    fn the_next_scan_begins_before_this_one_did() {
        let mut place = Place { began: Some(at(20)), ..Place::default() };
        let next = || Some(Cursor::from_text("next"));
        assert_eq!(place.take(rows(&[(1, 10, 0)]), next()).len(), 1);
        assert_eq!((place.from, place.began, place.settled), (None, Some(at(20)), None));
        place.take(rows(&[(2, 90, 0)]), None);
        assert_eq!((place.from, place.settled), (Some(at(15)), Some(at(15))), "however long it took");
    }

    #[test]
    fn without_the_servers_clock_the_last_change_counts() {
        let mut place = Place::default();
        place.take(rows(&[(1, 10, 0), (2, 30, 0)]), None);
        assert_eq!((place.from, place.settled), (Some(at(25)), None));
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let mut told = Told::default();
        told.insert(1, 1_700_000_000_123, 4);
        let inner = Some(Cursor::from_text("a|b"));
        let query = ChangeQuery::new();
        for place in [Place::default(), Place { from: Some(at(1)), began: Some(at(2)), told, inner, settled: None }] {
            assert_eq!(Place::open(&query, Some(&place.seal(&query).unwrap())).unwrap(), place);
        }
        for text in ["", "1", "[]", r#"{"from":"yesterday"}"#] {
            let cursor = Cursor::seal(NAME, "feed", &query, text);
            assert!(Place::open(&query, Some(&cursor)).is_err(), "{text}");
        }
    }
}
