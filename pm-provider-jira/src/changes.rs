//! The change feed: issues by the time of their last change.
//!
//! Pages of a listing that is sorted by that time lose issues: what is changed meanwhile goes to its end, and what comes after
//! it moves up (the comment in apache/devlake's `issue_collector.go`). So no listing is read on: each page asks anew for what
//! changed at the time of the last issue seen or later, in the order of the changes, and leaves out what was told. There is
//! never an upper bound, for clocks differ (constructorfabric/insight#1739), and each scan begins two minutes before the last
//! one did, for the index of Jira Cloud lags behind. Deletions are not to be seen: there are no tombstones.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use pm_http::Raw;
use pm_http::feed::Told;
use pm_provider::{
    Change, ChangeFacts, ChangeKind, ChangePage, ChangeQuery, Changes, Cursor, Direction, Entity, Item, PMTask, Result,
};
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::dto::Issue;
use crate::jql::Jql;
use crate::provider::told;
use crate::tasks::{ALL_FIELDS, Ask, MAX_PAGE_SIZE};
use crate::{JiraProvider, NAME, endpoints, ids};

const FEED: &str = "changes";
/// Times are told by the millisecond.
const GRANULARITY: Duration = Duration::from_millis(1);
/// How long a change may take to show where searches are not late. Those that take longer are told all the same, by a later read.
const LEAST_LAG: Duration = Duration::from_secs(1);
/// How far each scan goes back behind the beginning of the last one.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);
/// How many pages of issues that changed in one second are read on.
const MOST_ALIKE: usize = 1_000;

/// Where the feed stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Place {
    /// From when on this scan reads, in milliseconds.
    #[serde(rename = "f")]
    from: Option<i64>,
    /// How far it has come; none between two scans.
    #[serde(rename = "a")]
    at: Option<i64>,
    /// When it began, by the server's clock.
    #[serde(rename = "b")]
    began: Option<i64>,
    /// What was told of what is read again.
    #[serde(rename = "t")]
    told: Told,
}

/// What one request of the feed found.
struct Found {
    rows: Vec<Raw<Issue>>,
    more: bool,
}

impl Api {
    fn change_facts(&self) -> ChangeFacts {
        let facts = ChangeFacts::exact([Entity::Task]).tombstones(false).inclusive(true);
        facts.granularity(GRANULARITY).index_lag(self.index_lag.max(LEAST_LAG))
    }

    /// Reads a page.
    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<ChangePage> {
        self.capabilities.check_changes(&self.change_facts(), query)?;
        let mut place = Place::open(query, cursor)?;
        let Some(jql) = self.feed_of(query) else { return Ok(ChangePage::new(Vec::new(), place.seal(query)?, false)) };
        if place.at.is_none() {
            place.began = self.server_time().await?.map(|time| time.timestamp_millis());
        }
        let size = self.page_size(query.page_size, MAX_PAGE_SIZE);
        let found = self.changed_since(&jql, &mut place, size).await?;
        let settled = place.began.map(|began| began - OVERLAP.num_milliseconds());
        place.go_on(found.more);
        let tasks = self.to_tasks(found.rows).await?;
        let page = ChangePage::new(tasks.into_iter().map(change).collect(), place.seal(query)?, found.more);
        Ok(match settled.and_then(DateTime::from_timestamp_millis) {
            Some(time) => page.high_water(time),
            None => page,
        })
    }

    /// The cursor of this moment: what shows already is told.
    async fn latest_change(&self, query: &ChangeQuery) -> Result<Cursor> {
        self.capabilities.check_changes(&self.change_facts(), query)?;
        let now = self.server_time().await?.map(|time| time.timestamp_millis());
        let from = now.map(|now| now - OVERLAP.num_milliseconds());
        let mut place = Place { from, began: now, ..Place::default() };
        let Some(jql) = self.feed_of(query) else { return place.seal(query) };
        loop {
            let found = self.changed_since(&jql, &mut place, MAX_PAGE_SIZE).await?;
            place.go_on(found.more);
            if !found.more {
                return place.seal(query);
            }
        }
    }

    /// What the feed is of; `None` where nothing can be told.
    fn feed_of(&self, query: &ChangeQuery) -> Option<Jql> {
        let Some(project) = &query.project else { return Some(Jql::new()) };
        let id = ids::number(project.as_str()).filter(|id| !self.is_gone(*id))?;
        Some(Jql::new().id("project", id))
    }

    /// What changed since the place, without what was told; and whether there is more. Where a whole page changed in the second
    /// of the place and was told, the pages behind it are read.
    async fn changed_since(&self, jql: &Jql, place: &mut Place, size: u32) -> Result<Found> {
        let since = place.at.max(place.from).and_then(DateTime::<Utc>::from_timestamp_millis);
        let jql = since.into_iter().fold(jql.clone(), |jql, since| jql.since("updated", since));
        let jql = jql.order("updated", Direction::Ascending).order("key", Direction::Ascending).to_string();
        let ask = Ask { jql: &jql, fields: ALL_FIELDS, marks: false, size: MAX_PAGE_SIZE };
        let is_cloud = self.flavor().await?.is_cloud();
        let (mut token, mut start, fresh) = (None, 0, self.issues.fresh());
        for _ in 0..MOST_ALIKE {
            let (rows, more) = if is_cloud {
                let page = self.search_by_token(ask, token.as_deref(), &fresh).await?;
                token = page.next_page_token;
                (page.issues, token.is_some())
            } else {
                let page = self.search_by_offset(ask, start).await?;
                start += page.issues.len() as u64;
                let more = start < page.total && !page.issues.is_empty();
                (page.issues, more)
            };
            let found = place.take(self.unburied(rows), more, size as usize);
            if !found.rows.is_empty() || !more {
                return Ok(found);
            }
        }
        Ok(Found { rows: Vec::new(), more: false })
    }

    /// What time it is on the server, to the second, never later.
    async fn server_time(&self) -> Result<Option<DateTime<Utc>>> {
        let request = self.request(&endpoints::SERVER_INFO, &[]).await?;
        Ok(self.send(request).await?.server_time())
    }
}

impl Place {
    /// Takes what is new of some rows, in the order of their changes, so many at most; says whether there is more. Rows whose time
    /// is earlier than that of the place are late, and told as well.
    fn take(&mut self, rows: Vec<Raw<Issue>>, more: bool, size: usize) -> Found {
        let time = |row: &Raw<Issue>| row.item.fields.updated.map_or(0, |time| time.utc().timestamp_millis());
        let second = |row: &Raw<Issue>| time(row).div_euclid(1_000);
        let fresh = rows.into_iter().filter(|row| !self.told.contains(row.item.id.0, time(row), 0));
        let mut fresh: Vec<_> = fresh.collect();
        // Indexes may hold whole seconds: within one of them the order is another, and a part of it is not all of it.
        fresh.sort_by_key(|row| (time(row), row.item.id));
        let last = fresh.last().map(second).filter(|last| more && fresh.first().is_some_and(|row| second(row) < *last));
        fresh.retain(|row| last.is_none_or(|last| second(row) < last));
        let is_cut = fresh.len() > size;
        fresh.truncate(size);
        for row in &fresh {
            self.told.insert(row.item.id.0, time(row), 0);
        }
        self.at = self.at.max(fresh.last().map(|row| second(row) * 1_000));
        Found { rows: fresh, more: more || is_cut }
    }

    /// Ends the scan where there is no more: the next one begins a little before this one did.
    fn go_on(&mut self, more: bool) {
        // Without the server's clock the last change is what time it is at least.
        let next = self.began.or(self.told.latest()).map(|time| time - OVERLAP.num_milliseconds()).max(self.from);
        if more {
            let kept = [next, self.at].into_iter().flatten().min();
            self.told.forget_before(kept.unwrap_or(i64::MIN));
            self.at = self.at.or(self.from).or(Some(0));
            return;
        }
        (self.from, self.at, self.began) = (next, None, None);
        self.told.forget_before(next.unwrap_or(i64::MIN));
    }

    fn seal(&self, query: &ChangeQuery) -> Result<Cursor> {
        let place = serde_json::to_string(self).unwrap_or_default();
        Ok(Cursor::seal(NAME, FEED, query, &place))
    }

    fn open(query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<Self> {
        let Some(cursor) = cursor else { return Ok(Self::default()) };
        serde_json::from_str(cursor.open(NAME, FEED, query)?).map_err(|_| Cursor::malformed())
    }
}

fn change(task: PMTask) -> Change {
    let (project, at) = (task.project_id.clone(), task.updated_at);
    let change = Change::new(ChangeKind::Written(Item::from(task))).project_id(project);
    match at {
        Some(at) => change.at(at),
        None => change,
    }
}

#[async_trait]
impl Changes for JiraProvider {
    fn facts(&self) -> ChangeFacts {
        self.api.change_facts()
    }

    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<Cursor>) -> Result<ChangePage> {
        told("changes_page", self.api.changes_page(query, cursor.as_ref()).await)
    }

    async fn latest(&self, query: &ChangeQuery) -> Result<Cursor> {
        told("latest_change", self.api.latest_change(query).await)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const START: i64 = 1_700_000_000_000;

    /// Issues: id, second of the last change.
    fn rows(rows: &[(u64, i64)]) -> Vec<Raw<Issue>> {
        let row = |(id, second): &(u64, i64)| {
            let updated = DateTime::from_timestamp_millis(START + second * 1_000).unwrap().to_rfc3339();
            serde_json::from_str(&format!(r#"{{"id": "{id}", "fields": {{"updated": "{updated}"}}}}"#)).unwrap()
        };
        rows.iter().map(row).collect()
    }

    fn scan(place: &mut Place, began: i64, changed: &[(u64, i64)]) -> Vec<u64> {
        place.began = Some(START + began * 1_000);
        let ids = place.take(rows(changed), false, 100).rows.iter().map(|row| row.item.id.0).collect();
        place.go_on(false);
        ids
    }

    #[test]
    fn trap_a_change_that_shows_late_is_told() {
        let mut place = Place::default();
        assert_eq!(scan(&mut place, 1_000, &[(1, 10), (2, 990)]), [1, 2]);
        assert_eq!(place.from, Some(START + 880_000));
        assert_eq!(scan(&mut place, 1_001, &[(3, 900), (2, 990)]), [3], "the one before it is not told twice");
        assert_eq!(scan(&mut place, 1_002, &[(3, 900), (2, 1_001)]), [2], "its next change is");
    }

    #[test]
    fn the_cursor_forgets_what_is_long_past() {
        let mut place = Place::default();
        scan(&mut place, 1_000, &[(1, 10), (2, 990)]);
        assert_eq!(place.told.ids().collect::<Vec<_>>(), [2]);
        scan(&mut place, 5_000, &[]);
        assert!(place.told.is_empty());
    }

    #[test]
    fn trap_pages_ask_anew_from_the_last_change_seen() {
        let mut place = Place { began: Some(START + 1_000_000), ..Place::default() };
        place.take(rows(&[(1, 10), (2, 11), (3, 12)]), true, 100);
        place.go_on(true);
        assert_eq!((place.at, place.from), (Some(START + 11_000), None));
        let found = place.take(rows(&[(2, 11), (3, 12)]), false, 100);
        assert_eq!(found.rows.len(), 1, "the change of the page before is left out");
        place.go_on(false);
        assert_eq!((place.at, place.from), (None, Some(START + 880_000)), "however long the scan took");
    }

    #[test]
    fn the_last_second_of_a_page_may_not_be_all_of_it() {
        let mut place = Place::default();
        let found = place.take(rows(&[(5, 10), (1, 11), (2, 11)]), true, 100);
        assert_eq!((found.rows.len(), found.more), (1, true));
        let found = place.take(rows(&[(1, 11), (2, 11)]), true, 1);
        assert_eq!((found.rows.len(), found.more), (1, true), "nothing but one second, and cut");
        assert_eq!(place.take(rows(&[(1, 11), (2, 11)]), false, 1).rows[0].item.id.0, 2);
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let query = ChangeQuery::new();
        let mut place = Place::default();
        scan(&mut place, 1_000, &[(2, 990)]);
        let cursor = place.seal(&query).unwrap();
        assert_eq!(Place::open(&query, Some(&cursor)).unwrap(), place);
        assert!(Place::open(&ChangeQuery::in_project("1"), Some(&cursor)).is_err());
    }
}
