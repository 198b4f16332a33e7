//! The change feed: issues by the time of their last change.
//!
//! The server shows times in whole seconds, stores when a change began and not when it could be seen, and tells of no
//! deletion. So each read begins a few seconds before the last change that was told, and leaves out what was told already
//! and looks the same; the cursor holds what that is.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use pm_http::feed::{Told, look};
use pm_http::page::Listing;
use pm_http::{Raw, named};
use pm_provider::{
    Change, ChangeFacts, ChangeKind, ChangePage, ChangeQuery, Changes, Cursor, Entity, Item, ProjectId, Result,
};
use serde::{Deserialize, Serialize};

use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::{IssueDto, Issues};
use crate::provider::RedmineProvider;
use crate::server::{Parameter, Server, placed};
use crate::{NAME, endpoints, id, seconds};

/// How long before the last change a read begins: a write that waited for the database carries the time at which it
/// began to wait.
const OVERLAP: i64 = 5;
/// How many seconds after its time no write shows any more: what is older than this is remembered no longer.
const LONGEST_WRITE: i64 = 60;
/// How often a second is begun again that does not join, before its order is taken to be none.
const BEGINNINGS: usize = 3;

/// Where a feed stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Place {
    /// The second from which on it is read.
    from: Option<i64>,
    /// What was told of since then.
    told: Told,
}

/// What the feed promises.
pub(crate) fn facts() -> ChangeFacts {
    ChangeFacts::exact([Entity::Task]).tombstones(false).inclusive(true).granularity(Duration::from_secs(1))
}

impl Server {
    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<ChangePage> {
        self.capabilities.check_changes(&facts(), query)?;
        let size = query.page_size.unwrap_or(MAX_PAGE_SIZE).min(MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, "changes", query, size);
        let place: Place = listing.open(cursor)?.unwrap_or_default();
        let vocabulary = self.vocabulary().await?;
        let mut scan = Scan::new(place, size);
        let mut asked_at = None;
        loop {
            let (issues, at) = self.changed_issues(query.project.as_ref(), scan.from, scan.skip, false).await?;
            asked_at = asked_at.or(at);
            if !scan.take(issues) {
                break;
            }
        }
        let more = scan.more;
        // A write that is not to be seen yet may carry a time this far back; and the present second is not over.
        let settled = asked_at.and_then(|at| at.checked_sub_signed(TimeDelta::seconds(OVERLAP + 1)));
        let (fresh, next) = scan.end(asked_at.map(|at| at.timestamp() - LONGEST_WRITE));
        let items = fresh.iter().map(|issue| {
            let task = self.mapper.task(issue, &vocabulary);
            let (project, at) = (task.project_id.clone(), task.updated_at);
            let mut change = Change::new(ChangeKind::Written(Item::from(task))).project_id(project);
            change.at = at;
            change
        });
        let mut page = ChangePage::new(items.collect(), listing.seal(&next)?, more);
        page.high_water = settled;
        Ok(page)
    }

    /// The cursor of this moment: everything that is there has been told.
    async fn latest(&self, query: &ChangeQuery) -> Result<Cursor> {
        self.capabilities.check_changes(&facts(), query)?;
        let listing = Listing::new(NAME, "changes", query, 1);
        let (newest, _) = self.changed_issues(query.project.as_ref(), None, 0, true).await?;
        let Some(newest) = newest.issues.first().map(second) else { return listing.seal(&Place::default()) };
        let place = Place { from: Some(newest - OVERLAP), told: Told::default() };
        let mut scan = Scan::new(place, usize::MAX);
        loop {
            let (issues, _) = self.changed_issues(query.project.as_ref(), scan.from, scan.skip, false).await?;
            if !scan.take(issues) {
                return listing.seal(&scan.end(None).1);
            }
        }
    }

    /// Issues in the order of their last change; the newest alone when it is asked for.
    async fn changed_issues(
        &self,
        project: Option<&ProjectId>,
        from: Option<i64>,
        skip: usize,
        newest: bool,
    ) -> Result<(Issues, Option<DateTime<Utc>>)> {
        let mut query: Vec<Parameter> = vec![("status_id", "*".to_owned()), ("offset", skip.to_string())];
        query.push(("limit", if newest { 1 } else { MAX_PAGE_SIZE }.to_string()));
        query.push(("sort", if newest { "updated_on:desc,id:desc" } else { "updated_on:asc,id:asc" }.to_owned()));
        if let Some(project) = project {
            query.push(("project_id", id::existing("project", project.as_str())?.to_string()));
            query.push(("subproject_id", "!*".to_owned()));
        }
        query.extend(from.map(|second| ("updated_on", format!(">={}", seconds::text(second)))));
        let answer = self.reply(&endpoints::LIST_ISSUES, &[], &query).await;
        let answer = answer.map_err(|error| match project {
            Some(project) => named(error, "project", project),
            None => error,
        })?;
        Ok((answer.json()?, answer.server_time()))
    }
}

fn second(issue: &Raw<IssueDto>) -> i64 {
    seconds::key(issue.item.updated_on, issue.item.id).0
}

/// One read of the feed.
struct Scan {
    place: Place,
    size: usize,
    /// With which second the next request begins: an offset over more than one would skip an issue where another one
    /// moved away.
    from: Option<i64>,
    /// How many rows the next request skips.
    skip: usize,
    /// What came in this read.
    seen: BTreeSet<u64>,
    begun_again: usize,
    fresh: Vec<Raw<IssueDto>>,
    more: bool,
}

impl Scan {
    fn new(place: Place, size: usize) -> Self {
        let from = place.from;
        let (seen, fresh) = (BTreeSet::new(), Vec::new());
        Self { place, size, from, skip: 0, seen, begun_again: 0, fresh, more: false }
    }

    /// Takes rows; says whether it wants the next ones.
    fn take(&mut self, answer: Issues) -> bool {
        let count = answer.issues.len();
        let first = answer.issues.first().map(|issue| issue.item.id);
        if self.skip > 0 && first.is_none_or(|id| !self.seen.contains(&id)) && self.begun_again < BEGINNINGS {
            // Something moved away from before it, so that others moved up.
            (self.skip, self.begun_again) = (0, self.begun_again + 1);
            return true;
        }
        let reached = self.skip + count;
        let is_last = answer.total_count.map_or(count < MAX_PAGE_SIZE as usize, |total| reached as u64 >= total);
        match answer.issues.last().map(second) {
            Some(last) if self.from.is_none_or(|from| last > from) => (self.from, self.skip) = (Some(last), 0),
            // The next one begins with the last row of this one, to show that they join.
            _ => self.skip += count.saturating_sub(1).max(1),
        }
        for issue in answer.issues {
            self.seen.insert(issue.item.id);
            let (id, second, look) = (issue.item.id, second(&issue), look(&issue.raw));
            // `>=` begins a fraction of a second early on databases that store such.
            let is_early = self.place.from.is_some_and(|from| second < from);
            if is_early || self.place.told.contains(id, second, look) {
                // Told before.
            } else if self.fresh.iter().any(|known| known.item.id == issue.item.id) {
                // It moved while it was read.
            } else if self.fresh.len() == self.size {
                self.more = true;
                return false;
            } else {
                self.fresh.push(issue);
            }
        }
        !is_last && count > 0
    }

    /// What is new, and where to read on. Up to a settled second nothing appears any more: what was read of it to its end
    /// need not be remembered.
    fn end(self, settled: Option<i64>) -> (Vec<Raw<IssueDto>>, Place) {
        let last = self.fresh.iter().map(second).max();
        let mut from = last.map(|last| last - OVERLAP).max(self.place.from);
        // A second that a page ends in goes on.
        let read = if self.more { last.map(|last| last - 1) } else { settled };
        if let Some(passed) = settled.zip(read).map(|(settled, read)| settled.min(read)) {
            from = from.map(|from| from.max(passed + 1));
        }
        let mut told = self.place.told;
        for issue in &self.fresh {
            told.insert(issue.item.id, second(issue), look(&issue.raw));
        }
        if let Some(from) = from {
            told.forget_before(from);
        }
        (self.fresh, Place { from, told })
    }
}

#[async_trait]
impl Changes for RedmineProvider {
    fn facts(&self) -> ChangeFacts {
        facts()
    }

    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<Cursor>) -> Result<ChangePage> {
        placed("changes_page", self.server().changes_page(query, cursor.as_ref())).await
    }

    async fn latest(&self, query: &ChangeQuery) -> Result<Cursor> {
        placed("latest", self.server().latest(query)).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Issues with a time of change each: id, second, title.
    fn issues(rows: &[(u64, u32, &str)]) -> Issues {
        let issue = |(id, second, title): &(u64, u32, &str)| {
            format!(
                r#"{{"id":{id},"project":{{"id":1}},"status":{{"id":1,"name":"New"}},"subject":"{title}",
                    "updated_on":"2026-11-21T18:00:{second:02}Z"}}"#
            )
        };
        let list: Vec<_> = rows.iter().map(issue).collect();
        serde_json::from_str(&format!(r#"{{"issues":[{}],"total_count":{}}}"#, list.join(","), rows.len())).unwrap()
    }

    fn read(place: &Place, size: usize, rows: &[(u64, u32, &str)]) -> (Vec<u64>, bool, Place) {
        let mut scan = Scan::new(place.clone(), size);
        while scan.take(issues(rows)) {}
        let more = scan.more;
        let (fresh, place) = scan.end(None);
        (fresh.iter().map(|issue| issue.item.id).collect(), more, place)
    }

    #[test]
    fn more_changes_than_a_page_in_one_second_are_all_told() {
        let rows = [(1, 10, "a"), (2, 10, "b"), (3, 10, "c")];
        let (first, more, place) = read(&Place::default(), 2, &rows);
        assert_eq!((first, more), (vec![1, 2], true));
        let (second, more, place) = read(&place, 2, &rows);
        assert_eq!((second, more), (vec![3], false));
        assert_eq!(read(&place, 2, &rows).0, Vec::<u64>::new());
    }

    #[test]
    fn a_change_in_the_second_that_was_told_is_told() {
        let (_, _, place) = read(&Place::default(), 10, &[(1, 10, "a"), (2, 10, "b")]);
        let (told, _, _) = read(&place, 10, &[(1, 10, "changed"), (2, 10, "b")]);
        assert_eq!(told, [1]);
    }

    #[test]
    fn a_change_that_shows_late_is_told() {
        let (_, _, place) = read(&Place::default(), 10, &[(1, 10, "a"), (2, 12, "b")]);
        let (told, _, place) = read(&place, 10, &[(1, 10, "a"), (3, 11, "late"), (2, 12, "b")]);
        assert_eq!(told, [3]);
        assert_eq!(place.from, read(&Place::default(), 10, &[(2, 12, "b")]).2.from);
    }

    #[test]
    fn the_cursor_forgets_what_is_settled() {
        let rows = [(1, 10, "a"), (2, 11, "b"), (3, 11, "c"), (4, 12, "d")];
        let settled = |second: u32| Some(issues(&[(1, second, "x")]).issues.first().map(super::second).unwrap());
        let ends = |size: usize, at: u32| {
            let mut scan = Scan::new(Place::default(), size);
            while scan.take(issues(&rows)) {}
            let place = scan.end(settled(at)).1;
            (place.from == settled(at).map(|second| second + 1), place.told.len())
        };
        assert_eq!(ends(10, 30), (true, 0), "nothing appears any more");
        assert_eq!(ends(10, 11), (true, 1), "the last second may go on");
        assert_eq!(ends(2, 10), (true, 1), "of the second in which the page ends one was told");
        assert_eq!(ends(2, 30).1, 1, "its rest is still to come");
    }

    #[test]
    fn an_issue_that_moves_away_hides_no_other() {
        let rows = |ids: std::ops::Range<u64>, total: u64| {
            let rows: Vec<_> = ids.map(|id| (id, 10, "a")).collect();
            Issues { total_count: Some(total), ..issues(&rows) }
        };
        let mut scan = Scan::new(Place::default(), usize::MAX);
        assert!(scan.take(rows(1..101, 150)));
        assert_eq!(scan.skip, 0, "the second is asked for, from its beginning");
        assert!(scan.take(rows(1..101, 150)));
        assert_eq!(scan.skip, 99);
        // Meanwhile the first issue was changed: issue 101 moved up to the last row of the answer before.
        assert!(scan.take(rows(101..151, 149)));
        assert_eq!(scan.skip, 0);
        assert!(scan.take(rows(2..102, 149)));
        assert!(!scan.take(rows(101..151, 149)));
        assert_eq!(scan.fresh.len(), 150);
    }

    #[test]
    fn what_comes_a_fraction_too_early_stops_nothing() {
        let rows = [(1, 4, "a"), (2, 4, "b"), (3, 4, "c"), (4, 10, "d")];
        let (_, _, place) = read(&Place::default(), 10, &rows);
        assert_eq!(place.from, read(&Place::default(), 10, &[(9, 10, "x")]).2.from);
        let (told, more, _) = read(&place, 2, &rows);
        assert_eq!((told, more), (Vec::<u64>::new(), false));
    }

    #[test]
    fn the_cursor_forgets_what_is_long_past() {
        let (_, _, place) = read(&Place::default(), 10, &[(1, 10, "a"), (2, 30, "b")]);
        assert_eq!(place.told.ids().collect::<Vec<_>>(), [2]);
    }
}
