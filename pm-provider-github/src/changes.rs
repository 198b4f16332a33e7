//! The change feed: issues by the time of their last change.
//!
//! Pages of a listing that is sorted by that time lose issues: what is changed meanwhile goes to its end, and what
//! comes after it moves up. So no listing is read on: each page asks anew for what changed at the time of the last
//! issue seen or later, and leaves out what was told; a scan is over when that brings nothing new. Each scan begins two
//! minutes before the last one did. Times are whole seconds, and `since` is said to be "after" in one place and "at or
//! after" in another: a second more is asked for. Never since the beginning of time, for which GitHub lists nothing
//! (airbytehq/airbyte#85376): the first scan goes without. Deletions and transfers are not to be seen: there are no
//! tombstones.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_http::Raw;
use pm_http::feed::{Told, look};
use pm_provider::{
    Change, ChangeFacts, ChangeKind, ChangePage, ChangeQuery, Changes, Cursor, Entity, ErrorKind, Item, PMTask, Result,
};
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::config::MAX_PAGE_SIZE;
use crate::dto::Issue;
use crate::ids::RepositoryId;
use crate::provider::told;
use crate::repositories::Repository;
use crate::tasks::{Rows, second};
use crate::{GitHubProvider, NAME, endpoints};

const FEED: &str = "changes";
/// Times are told by the second.
const GRANULARITY: Duration = Duration::from_secs(1);
/// How far each scan goes back behind the beginning of the last one, in seconds.
const OVERLAP: i64 = 120;
/// How many pages of issues that changed in one second are read on.
const MOST_ALIKE: u64 = 99;

fn facts() -> ChangeFacts {
    ChangeFacts::exact([Entity::Task]).tombstones(false).inclusive(true).granularity(GRANULARITY)
}

/// Where the feed stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Place {
    /// The repository that is being scanned; none between two scans.
    #[serde(rename = "r")]
    repository: Option<u64>,
    /// From when on this scan reads.
    #[serde(rename = "f")]
    from: Option<i64>,
    /// How far it has come in the repository.
    #[serde(rename = "a")]
    at: Option<i64>,
    /// When it began, by the server's clock.
    #[serde(rename = "b")]
    began: Option<i64>,
    /// What was told of what is read again.
    #[serde(rename = "t")]
    told: Told,
}

impl Api {
    /// Reads a page.
    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<ChangePage> {
        self.capabilities.check_changes(&facts(), query)?;
        let mut place = Place::open(query, cursor)?;
        let repositories = self.fed_repositories(query).await?;
        let size = self.page_size(query.page_size) as usize;
        let (found, settled) = self.go_on(&mut place, &repositories, size).await?;
        let changes = found.tasks.into_iter().map(change).collect();
        let page = ChangePage::new(changes, place.seal(query)?, found.more);
        Ok(match settled.and_then(|second| DateTime::from_timestamp(second, 0)) {
            Some(time) => page.high_water(time),
            None => page,
        })
    }

    /// The cursor of this moment: what shows already is told.
    async fn latest_change(&self, query: &ChangeQuery) -> Result<Cursor> {
        self.capabilities.check_changes(&facts(), query)?;
        let now = self.now().await?;
        let mut place = Place { from: now.map(|now| now - OVERLAP), ..Place::default() };
        let repositories = self.fed_repositories(query).await?;
        loop {
            let (found, _) = self.go_on(&mut place, &repositories, MAX_PAGE_SIZE as usize).await?;
            if !found.more {
                return place.seal(query);
            }
        }
    }

    /// The repositories that the feed is of; none where nothing can be told.
    async fn fed_repositories(&self, query: &ChangeQuery) -> Result<Vec<Arc<Repository>>> {
        let mut repositories = match &query.project {
            Some(project) => match RepositoryId::read(project.as_str()) {
                Some(id) => pm_http::unless_hidden(self.repository(&id).await)?.into_iter().collect(),
                None => Vec::new(),
            },
            None => self.all_repositories().await?,
        };
        repositories.retain(|repository| repository.has_issues && !self.is_gone(repository.id));
        repositories.sort_by_key(|repository| repository.id);
        Ok(repositories)
    }

    /// Reads on in the scan that is under way, or begins one. Says up to when everything will have been seen.
    async fn go_on(
        &self,
        place: &mut Place,
        repositories: &[Arc<Repository>],
        size: usize,
    ) -> Result<(Telling, Option<i64>)> {
        let at = place.repository;
        // A repository that went is left out; the scan goes on behind it.
        let current = repositories.iter().position(|known| at.is_none_or(|at| known.id >= at));
        let Some(current) = current else {
            place.end_scan();
            return Ok((Telling::default(), None));
        };
        let repository = &repositories[current];
        if at.is_none() {
            place.began = self.now().await?;
        }
        if at != Some(repository.id) {
            (place.repository, place.at) = (Some(repository.id), None);
        }
        let settled = place.began.map(|began| began - OVERLAP);
        let found = match self.changed_in(repository, place, size).await {
            // It went while it was being read.
            Err(error) if error.kind() == ErrorKind::NotFound => Found { rows: Vec::new(), more: false },
            found => found?,
        };
        let tasks = self.to_tasks(repository, found.rows).await?;
        let following = repositories.get(current + 1);
        match (found.more, following) {
            (true, _) => place.forget_what_is_past(),
            (false, Some(next)) => (place.repository, place.at) = (Some(next.id), None),
            (false, None) => place.end_scan(),
        }
        Ok((Telling { tasks, more: found.more || following.is_some() }, settled))
    }

    /// What changed in a repository since the place, without what was told; and whether there is more. Where a whole
    /// page changed in the second of the place and was told, the pages behind it are read.
    async fn changed_in(&self, repository: &Repository, place: &mut Place, size: usize) -> Result<Found> {
        let (mut page, mut at) = (1, place.at);
        while page <= MOST_ALIKE {
            let since = place.at.max(place.from).and_then(|since| DateTime::from_timestamp(since - 1, 0));
            let (rows, more) = self.changed_page(repository, since, page).await?;
            let found = place.take(rows, more, size);
            if !found.rows.is_empty() || !more {
                return Ok(found);
            }
            // All of it was told: the next request begins where that ended.
            (page, at) = if place.at > at { (1, place.at) } else { (page + 1, at) };
        }
        Ok(Found { rows: Vec::new(), more: false })
    }

    async fn changed_page(
        &self,
        repository: &Repository,
        since: Option<DateTime<Utc>>,
        page: u64,
    ) -> Result<(Vec<Raw<Issue>>, bool)> {
        let request = self.in_repository(repository, &endpoints::LIST_ISSUES, &[]).revalidate();
        let request = request.query("state", "all").query("sort", "updated").query("direction", "asc");
        let request = request.query("per_page", MAX_PAGE_SIZE);
        let since = since.filter(|since| since.timestamp() > 0);
        let request = since.iter().fold(request, |request, since| request.query("since", second(*since)));
        let request = if page > 1 { request.query("page", page) } else { request };
        let reply = request.send().await?;
        let rows: Vec<Raw<Issue>> = reply.json()?;
        Ok((rows, Rows::new(Vec::new(), reply.header("link")).more))
    }

    /// What time it is on the server; asking costs nothing of the primary limit.
    async fn now(&self) -> Result<Option<i64>> {
        let reply = self.request(&endpoints::RATE_LIMIT, &[]).send().await?;
        Ok(reply.server_time().map(|time| time.timestamp()))
    }
}

/// What one request of the feed found.
struct Found {
    rows: Vec<Raw<Issue>>,
    more: bool,
}

/// What a page of the feed tells.
#[derive(Default)]
struct Telling {
    tasks: Vec<PMTask>,
    more: bool,
}

impl Place {
    /// Takes what is new of some rows, in their order, so many at most; says whether there is more. Pull requests are
    /// passed over, and count for how far it has come.
    fn take(&mut self, rows: Vec<Raw<Issue>>, more: bool, size: usize) -> Found {
        let time = |row: &Raw<Issue>| row.item.updated_at.map_or(0, |time| time.timestamp());
        let mut new = Vec::new();
        let (mut at, mut is_cut) = (self.at, false);
        for row in rows {
            if new.len() >= size {
                is_cut = true;
                break;
            }
            let time = time(&row);
            at = at.max(Some(time));
            if self.told.insert(row.item.id, time, look(&row.raw)) && !row.item.pull_request {
                new.push(row);
            }
        }
        let moved = at > self.at;
        self.at = at;
        // Where nothing is new and the time has moved on, the next request begins further on: there is more to be read.
        Found { more: is_cut || (more && (moved || !new.is_empty())), rows: new }
    }

    /// Forgets what is not read again before this scan ends.
    fn forget_what_is_past(&mut self) {
        let next = self.next_scan();
        let kept = [next, self.at.map(|at| at - 1)].into_iter().flatten().min();
        self.told.forget_before(kept.unwrap_or(i64::MIN));
    }

    /// Where the next scan begins: a little before this one did. Without the server's clock the last change is what
    /// time it is at least.
    fn next_scan(&self) -> Option<i64> {
        self.began.or(self.told.latest()).map(|time| time - OVERLAP).max(self.from)
    }

    fn end_scan(&mut self) {
        let next = self.next_scan();
        (self.repository, self.from, self.at, self.began) = (None, next, None, None);
        self.told.forget_before(next.map_or(i64::MIN, |next| next - 1));
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
impl Changes for GitHubProvider {
    fn facts(&self) -> ChangeFacts {
        facts()
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

    const START: i64 = 1_700_000_000;

    /// Issues: id, second of the last change.
    fn rows(rows: &[(u64, i64)]) -> Vec<Raw<Issue>> {
        let row = |(id, second): &(u64, i64)| {
            let updated = DateTime::from_timestamp(START + second, 0).unwrap().to_rfc3339();
            serde_json::from_str(&format!(r#"{{"id": {id}, "number": {id}, "updated_at": "{updated}"}}"#)).unwrap()
        };
        rows.iter().map(row).collect()
    }

    fn ids(found: &Found) -> Vec<u64> {
        found.rows.iter().map(|row| row.item.id).collect()
    }

    fn scan(place: &mut Place, began: i64, changed: &[(u64, i64)]) -> Vec<u64> {
        place.began = Some(START + began);
        let ids = ids(&place.take(rows(changed), false, 100));
        place.end_scan();
        ids
    }

    #[test]
    fn trap_a_change_that_shows_late_is_told() {
        let mut place = Place::default();
        assert_eq!(scan(&mut place, 1_000, &[(1, 10), (2, 990)]), [1, 2]);
        assert_eq!(place.from, Some(START + 880));
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
        let mut place = Place { began: Some(START + 1_000), ..Place::default() };
        let found = place.take(rows(&[(1, 10), (2, 11), (3, 12)]), true, 100);
        assert_eq!((ids(&found), found.more, place.at), (vec![1, 2, 3], true, Some(START + 12)));
        place.forget_what_is_past();
        let found = place.take(rows(&[(3, 12), (4, 12), (1, 13)]), false, 100);
        assert_eq!(
            (ids(&found), found.more),
            (vec![4, 1], false),
            "what was told is left out, what changed again is not"
        );
    }

    #[test]
    fn a_page_of_one_is_told_one_by_one() {
        let mut place = Place::default();
        let all = [(1, 11), (2, 11), (3, 12)];
        for expected in [(1, true), (2, true), (3, false)] {
            let found = place.take(rows(&all), false, 1);
            assert_eq!((ids(&found), found.more), (vec![expected.0], expected.1));
            place.forget_what_is_past();
        }
    }

    #[test]
    fn pull_requests_are_passed_over() {
        let mut place = Place::default();
        let pull = r#"{"id": 1, "number": 1, "updated_at": "2026-01-01T00:00:00Z", "pull_request": {}}"#;
        let found = place.take(vec![serde_json::from_str(pull).unwrap()], true, 100);
        assert_eq!((ids(&found), found.more), (vec![], true), "a page of pull requests is no end");
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
