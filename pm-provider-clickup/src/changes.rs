//! The change feed: tasks by the time of their last change.
//!
//! What changed since a moment can be asked for by the millisecond, strictly after it, across the Workspace
//! (<https://developer.clickup.com/reference/getfilteredteamtasks>). No page is read on by its number: what changes
//! meanwhile goes to the end, and what comes after it moves up. Each page begins at the moment of the last task seen, and
//! leaves out what was told; a scan is over when there is no more, and the next one begins a minute before it did.
//!
//! The listing of the Workspace shows no archived tasks, and deletions are not to be seen: there are no tombstones.
//! Comments, and time that is tracked, need not move the time of a task (unverified).

use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use pm_http::Raw;
use pm_http::feed::{Told, look};
use pm_provider::{
    Change, ChangeFacts, ChangeKind, ChangePage, ChangeQuery, Changes, Cursor, Direction, Entity, Item, PMTask, Result,
    SortField,
};
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::dto::{self, Task};
use crate::ids;
use crate::provider::told;
use crate::tasks::{Scope, Source, Spot, Walk};
use crate::{ClickUpProvider, NAME, endpoints};

const FEED: &str = "changes";
/// Times are told by the millisecond.
const GRANULARITY: Duration = Duration::from_millis(1);
/// How far each scan goes back behind the beginning of the last one, in milliseconds.
const OVERLAP: i64 = 60_000;

fn facts() -> ChangeFacts {
    ChangeFacts::exact([Entity::Task]).tombstones(false).inclusive(true).granularity(GRANULARITY)
}

/// Where the feed stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Place {
    /// The moment from which on this scan reads.
    #[serde(rename = "f", default)]
    from: Option<i64>,
    /// When it began, by the server's clock; none between two scans.
    #[serde(rename = "b", default)]
    began: Option<i64>,
    /// How far it has come.
    #[serde(rename = "s", default)]
    spot: Option<Spot>,
    /// What was told of what is read again.
    #[serde(rename = "t", default)]
    told: Told,
}

impl Api {
    /// Reads a page.
    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<ChangePage> {
        self.capabilities.check_changes(&facts(), query)?;
        let mut place = Place::open(query, cursor)?;
        let Some(scope) = self.fed_scope(query).await? else {
            return Ok(ChangePage::new(Vec::new(), place.seal(query)?, false));
        };
        let size = query.page_size.map_or(dto::PAGE, |size| (size as usize).max(1));
        let (rows, more, settled) = self.go_on(&mut place, &scope, size).await?;
        let mut tasks = self.to_tasks(rows).await?;
        tasks.retain(|task| query.project.as_ref().is_none_or(|project| task.project_id == *project));
        let page = ChangePage::new(tasks.into_iter().map(change).collect(), place.seal(query)?, more);
        Ok(match settled.and_then(DateTime::from_timestamp_millis) {
            Some(time) => page.high_water(time),
            None => page,
        })
    }

    /// The cursor of this moment: what shows already is told.
    async fn latest_change(&self, query: &ChangeQuery) -> Result<Cursor> {
        self.capabilities.check_changes(&facts(), query)?;
        let now = self.asked_time().await?;
        let mut place = Place { from: now.map(|now| now - OVERLAP), ..Place::default() };
        let Some(scope) = self.fed_scope(query).await? else { return place.seal(query) };
        loop {
            let (_, more, _) = self.go_on(&mut place, &scope, dto::PAGE).await?;
            if !more {
                return place.seal(query);
            }
        }
    }

    /// What the feed looks through; `None` where nothing can be told.
    async fn fed_scope(&self, query: &ChangeQuery) -> Result<Option<Scope>> {
        let scope = match &query.project {
            Some(project) => match ids::Place::read(project, &self.config) {
                Ok(place) => Some(Scope::of_live(&place)),
                Err(error) if error.hint_text().is_some() => return Err(error),
                Err(_) => None,
            },
            None => Some(
                self.config
                    .space_id
                    .iter()
                    .fold(Scope::default(), |scope, space| scope.with_parameter("space_ids[]", space)),
            ),
        };
        Ok(scope.map(|scope| Scope { by: SortField::UpdatedAt, direction: Direction::Ascending, ..scope }))
    }

    /// Reads on in the scan that is under way, or begins one: what is new, whether there is more, and up to when
    /// everything will have been seen.
    async fn go_on(
        &self,
        place: &mut Place,
        scope: &Scope,
        size: usize,
    ) -> Result<(Vec<Raw<Task>>, bool, Option<i64>)> {
        if place.spot.is_none() {
            place.began = self.asked_time().await?;
        }
        let (by, direction) = (SortField::UpdatedAt, Direction::Ascending);
        let walk =
            Walk { by, direction, size: Some(size), page: dto::PAGE, is_complete: false, sources: vec![Source::Main] };
        let spot = place.spot.take().unwrap_or_else(|| Spot { at: place.from, ..Spot::default() });
        let seen = place.told.clone();
        // What was told does not count for the size of a page.
        let is_new = |row: &Raw<Task>| !seen.contains(number(&row.item.id), moment(&row.item), look(&row.raw));
        let found = walk.read(&spot, |ask| self.fetch_tasks(scope, ask), is_new).await?;
        for row in &found.rows {
            place.told.insert(number(&row.item.id), moment(&row.item), look(&row.raw));
        }
        let settled = place.began.map(|began| began - OVERLAP);
        place.spot = found.next;
        let more = place.spot.is_some();
        if more {
            place.forget_what_is_past();
        } else {
            place.end_scan();
        }
        Ok((found.rows, more, settled))
    }

    /// What time it is on ClickUp's side, in milliseconds, to the second, never later.
    async fn asked_time(&self) -> Result<Option<i64>> {
        if let Some(time) = self.http.server_time() {
            return Ok(Some(time.timestamp_millis()));
        }
        let reply = self.http.request(&endpoints::ME, &[]).send().await?;
        Ok(reply.server_time().map(|time| time.timestamp_millis()))
    }
}

fn moment(task: &Task) -> i64 {
    task.date_updated.unwrap_or_default()
}

/// Ids of tasks are texts of digits and letters; the feed remembers numbers.
fn number(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Place {
    /// Forgets what is not read again before this scan ends.
    fn forget_what_is_past(&mut self) {
        let at = self.spot.as_ref().and_then(|spot| spot.at);
        let kept = [self.next_scan(), at].into_iter().flatten().min();
        self.told.forget_before(kept.unwrap_or(i64::MIN));
    }

    /// Where the next scan begins. Without the server's clock the last change is what time it is at least.
    fn next_scan(&self) -> Option<i64> {
        self.began.or(self.told.latest()).map(|time| time - OVERLAP).max(self.from)
    }

    fn end_scan(&mut self) {
        let next = self.next_scan();
        (self.from, self.began, self.spot) = (next, None, None);
        self.told.forget_before(next.unwrap_or(i64::MIN));
    }

    fn seal(&self, query: &ChangeQuery) -> Result<Cursor> {
        pm_http::page::Listing::new(NAME, FEED, query, 1).seal(self)
    }

    fn open(query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<Self> {
        Ok(pm_http::page::Listing::new(NAME, FEED, query, 1).open(cursor)?.unwrap_or_default())
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
impl Changes for ClickUpProvider {
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

    fn scanned(began: i64, told: &[(&str, i64)]) -> Place {
        let mut place = Place { began: Some(began), ..Place::default() };
        for (id, time) in told {
            place.told.insert(number(id), *time, 0);
        }
        place.end_scan();
        place
    }

    #[test]
    fn the_next_scan_begins_a_minute_before_this_one_did() {
        let place = scanned(100_000, &[("86a", 10_000), ("86b", 70_000)]);
        assert_eq!((place.from, place.began), (Some(40_000), None));
        assert_eq!(place.told.ids().collect::<Vec<_>>(), [number("86b")]);
    }

    #[test]
    fn without_the_servers_clock_the_last_change_counts() {
        let mut place = scanned(100_000, &[("86a", 170_000)]);
        place.end_scan();
        assert_eq!(place.from, Some(110_000));
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let query = ChangeQuery::new();
        for place in [Place::default(), scanned(100_000, &[("86a", 70_000)])] {
            assert_eq!(Place::open(&query, Some(&place.seal(&query).unwrap())).unwrap(), place);
        }
        for text in ["", "1", r#"{"f":"yesterday"}"#] {
            assert!(Place::open(&query, Some(&Cursor::seal(NAME, FEED, &query, text))).is_err(), "{text}");
        }
    }
}
