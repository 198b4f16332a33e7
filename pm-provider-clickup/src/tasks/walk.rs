//! The pages of a listing that comes from several places at once, each task seen exactly once.
//!
//! ClickUp numbers pages of a hundred from 0 and tells no total
//! (<https://developer.clickup.com/reference/gettasks>): a number says only how many tasks lie before, so that what is
//! deleted meanwhile makes others slip through. But listings can be asked for what was created behind a moment. So our
//! place is the moment of the last task that was looked at, with the ids of those of that very moment: following `next`
//! is exact, whatever comes and goes.
//!
//! That goes one page after the other, however. So a full page also tells the numbers of some pages behind it, all
//! counted from one such moment: two, then four, eight, sixteen, never more. Where a task is deleted while the pages of
//! one such batch are under way, one that follows can slip through; the next batch is counted anew. Listings with
//! filters whose tasks come and go by their nature, and those by the time of the last change, have no such numbers.
//!
//! Archived tasks, and those of archived Lists, are listed List by List, in requests of their own: each of these is a
//! source beside the main one. One that has no more is not asked again.

use std::collections::HashSet;
use std::future::Future;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::Raw;
use pm_provider::{Direction, Error, ErrorKind, Result, SortField};
use serde::{Deserialize, Serialize};

use crate::dto::Task;

/// How many sources are asked at once; the client's own limits may allow fewer.
const AT_ONCE: usize = 8;
/// How many pages a batch has at most.
const LARGEST_BATCH: u32 = 16;
/// How many pages are read on in search of a task that was not seen yet.
const PATIENCE: u32 = 10_000;

/// Where tasks come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Source {
    /// Whatever is not put away.
    #[serde(rename = "m")]
    Main,
    /// The archived tasks of a List.
    #[serde(rename = "a")]
    Archived(String),
    /// The other tasks of a List that is archived itself.
    #[serde(rename = "l")]
    Hidden(String),
}

impl Source {
    fn is_main(&self) -> bool {
        *self == Self::Main
    }
}

/// One request for tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) source: Source,
    /// Only what lies behind this moment, in the direction of the listing.
    pub(crate) behind: Option<i64>,
    pub(crate) page: u32,
}

/// What one request brought.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Raw<Task>>,
    pub(crate) more: bool,
}

/// Where a listing stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The moment of the last task that was looked at.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<i64>,
    /// The tasks of that moment that were looked at.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) seen: Vec<String>,
    /// The page, counted from there.
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    pub(crate) page: u32,
    /// How many pages are counted from there; 0 where it is this one alone.
    #[serde(rename = "b", default, skip_serializing_if = "is_zero")]
    pub(crate) batch: u32,
    /// The sources that have more; all where none was asked yet.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(crate) sources: Option<Vec<Source>>,
    /// The moment from which on there are archived tasks that were not shown; without one there are none.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub(crate) archived: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// One page of a listing, and what lies behind.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) rows: Vec<Raw<Task>>,
    pub(crate) next: Option<Place>,
    /// The pages after the next one.
    pub(crate) ahead: Vec<Place>,
}

/// A task by its place in the listing.
type Key = (i64, String);

/// How a listing is walked through.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    pub(crate) by: SortField,
    pub(crate) direction: Direction,
    /// The most that a page shows; no limit where a caller sets none.
    pub(crate) size: Option<usize>,
    /// How many tasks a page of ClickUp's has.
    pub(crate) page: usize,
    /// Whether pages may be read side by side: every task is listed whatever becomes of it.
    pub(crate) is_complete: bool,
    /// All sources, the main one first.
    pub(crate) sources: Vec<Source>,
}

/// What was read of one source.
struct Read {
    source: Source,
    rows: Vec<Raw<Task>>,
    more: bool,
}

impl Walk {
    /// Reads the page of a place; only tasks that are accepted are shown.
    pub(crate) async fn read<F, R>(
        &self,
        place: &Place,
        fetch: F,
        accepts: impl Fn(&Raw<Task>) -> bool,
    ) -> Result<Found>
    where
        F: Fn(Ask) -> R,
        R: Future<Output = Result<Rows>>,
    {
        // Whoever cuts pages follows `next`, which begins at the same moment.
        let is_counted = place.page > 0 || (place.batch > 0 && self.shows_whole_pages(place));
        let found = match is_counted {
            true => self.counted(place, &fetch, accepts).await?,
            false => self.front(place, &fetch, accepts).await?,
        };
        let is_last = !is_counted || place.page + 1 >= place.batch;
        Ok(if is_last { self.with_batch(place, found) } else { found })
    }

    /// What comes directly behind a place, out of all sources.
    async fn front<F, R>(&self, place: &Place, fetch: &F, accepts: impl Fn(&Raw<Task>) -> bool) -> Result<Found>
    where
        F: Fn(Ask) -> R,
        R: Future<Output = Result<Rows>>,
    {
        let sources = place.sources.clone().unwrap_or_else(|| self.sources.clone());
        let reading = stream::iter(sources).map(|source| self.unseen(place, source, fetch));
        let reads: Vec<Read> = reading.buffered(AT_ONCE).try_collect().await?;
        // Behind the last task of a page others of its source may come before what another source has.
        let ends = reads.iter().filter(|read| read.more).filter_map(|read| read.rows.last());
        let end = ends.map(|row| self.key(&row.item)).reduce(|one, other| self.first(one, other));
        let mut page = Page::new(self, place, accepts);
        for read in reads {
            page.add(read, end.as_ref());
        }
        Ok(page.cut())
    }

    /// What a source has that was not looked at yet: its first page, or, where as many were created in one moment, one
    /// behind it.
    async fn unseen<F, R>(&self, place: &Place, source: Source, fetch: &F) -> Result<Read>
    where
        F: Fn(Ask) -> R,
        R: Future<Output = Result<Rows>>,
    {
        for page in 0..PATIENCE {
            let Rows { mut rows, more } = fetch(self.ask(place, source.clone(), page)).await?;
            rows.retain(|row| !self.is_seen(place, &row.item));
            if !rows.is_empty() || !more {
                return Ok(Read { source, rows, more });
            }
        }
        Err(Error::new(ErrorKind::InvalidResponse, "the backend's listing never ends: its pages hold nothing new"))
    }

    fn ask(&self, place: &Place, source: Source, page: u32) -> Ask {
        let before = if self.direction == Direction::Descending { 1 } else { -1 };
        Ask { source, behind: place.at.map(|at| at.saturating_add(before)), page }
    }

    fn is_seen(&self, place: &Place, task: &Task) -> bool {
        let (Some(at), moment) = (place.at, self.moment(task)) else { return false };
        self.is_after(&at, &moment) || (at == moment && place.seen.contains(&task.id))
    }

    fn moment(&self, task: &Task) -> i64 {
        let moment = if self.by == SortField::UpdatedAt { task.date_updated } else { task.date_created };
        moment.unwrap_or_default()
    }

    fn key(&self, task: &Task) -> Key {
        (self.moment(task), task.id.clone())
    }

    fn is_after<T: Ord>(&self, one: &T, other: &T) -> bool {
        if self.direction == Direction::Descending { one < other } else { one > other }
    }

    fn first<T: Ord>(&self, one: T, other: T) -> T {
        if self.is_after(&one, &other) { other } else { one }
    }

    fn last_of(&self, rows: &[Raw<Task>]) -> Option<Key> {
        let keys = rows.iter().map(|row| self.key(&row.item));
        keys.reduce(|one, other| if self.is_after(&other, &one) { other } else { one })
    }

    /// Whether pages of ClickUp's are shown whole: with those archived tasks that belong between theirs they are larger.
    fn shows_whole_pages(&self, place: &Place) -> bool {
        self.size.is_none_or(|size| size >= self.page && place.archived.is_none())
    }

    /// Adds the numbers of some pages to what was found, where the main source goes on and pages may be read so.
    fn with_batch(&self, place: &Place, mut found: Found) -> Found {
        let is_whole = found.next.as_ref().is_some_and(|next| self.shows_whole_pages(next));
        let may = self.is_complete && self.by == SortField::CreatedAt && is_whole;
        let goes_on = |next: &Place| next.sources.iter().flatten().any(Source::is_main);
        let Some(next) = found.next.as_mut().filter(|next| may && next.page == 0 && goes_on(next)) else {
            return found;
        };
        let batch = (place.batch * 2).clamp(2, LARGEST_BATCH);
        next.batch = batch;
        found.ahead = (1..batch).map(|page| Place { page, ..next.clone() }).collect();
        found
    }

    /// A page that is known by its number: its tasks of the main source, and the archived ones that lie between the last
    /// task of the page before and its own.
    async fn counted<F, R>(&self, place: &Place, fetch: &F, accepts: impl Fn(&Raw<Task>) -> bool) -> Result<Found>
    where
        F: Fn(Ask) -> R,
        R: Future<Output = Result<Rows>>,
    {
        let Rows { mut rows, more } = fetch(self.ask(place, Source::Main, place.page)).await?;
        let is_of_one_moment = rows.iter().map(|row| self.moment(&row.item)).collect::<HashSet<_>>().len() == 1;
        let end = self.last_of(&rows).filter(|_| more);
        rows.retain(|row| !self.is_seen(place, &row.item));
        let mut page = Page::new(self, place, accepts);
        if self.reaches_archived(place, end.as_ref()) {
            for read in self.archived_between(place, fetch, end.as_ref()).await? {
                page.add(read, end.as_ref());
            }
        } else {
            page.keep_archived();
        }
        page.add(Read { source: Source::Main, rows, more }, None);
        let mut found = page.cut();
        if more && is_of_one_moment && place.page > 0 {
            // Which others of that moment were shown is not known here: the pages are counted on.
            found.next = Some(Place { page: place.page + 1, batch: 1, ..place.clone() });
        }
        Ok(found)
    }

    fn reaches_archived(&self, place: &Place, end: Option<&Key>) -> bool {
        let Some(archived) = place.archived else { return false };
        end.is_none_or(|end| !self.is_after(&archived, &end.0))
    }

    /// The archived tasks behind the page before this one, up to the first behind this one; none where the page before
    /// is the last one, which has them all.
    async fn archived_between<F, R>(&self, place: &Place, fetch: &F, end: Option<&Key>) -> Result<Vec<Read>>
    where
        F: Fn(Ask) -> R,
        R: Future<Output = Result<Rows>>,
    {
        let mut start = None;
        if place.page > 0 {
            let before = fetch(self.ask(place, Source::Main, place.page - 1)).await?;
            if !before.more {
                return Ok(Vec::new());
            }
            start = self.last_of(&before.rows);
        }
        let sources: Vec<_> = place.sources.iter().flatten().filter(|source| !source.is_main()).cloned().collect();
        let start = start.as_ref();
        let reading = stream::iter(sources).map(|source| self.all_between(place, source, fetch, start, end));
        reading.buffered(AT_ONCE).try_collect().await
    }

    /// All that a source has behind a task, up to the first behind another.
    async fn all_between<F, R>(
        &self,
        place: &Place,
        source: Source,
        fetch: &F,
        start: Option<&Key>,
        end: Option<&Key>,
    ) -> Result<Read>
    where
        F: Fn(Ask) -> R,
        R: Future<Output = Result<Rows>>,
    {
        let from = Place { at: start.map(|start| start.0).or(place.at), ..place.clone() };
        let is_past = |row: &Raw<Task>| end.is_some_and(|end| self.is_after(&self.key(&row.item), end));
        let is_before = |row: &Raw<Task>| start.is_some_and(|start| !self.is_after(&self.key(&row.item), start));
        let mut rows: Vec<Raw<Task>> = Vec::new();
        let mut page = 0;
        loop {
            let read = fetch(self.ask(&from, source.clone(), page)).await?;
            let is_enough = read.rows.last().is_some_and(is_past) || !read.more || page > PATIENCE;
            rows.extend(read.rows);
            page += 1;
            if is_enough {
                rows.retain(|row| !is_before(row) && !self.is_seen(place, &row.item));
                return Ok(Read { source, rows, more: read.more });
            }
        }
    }
}

/// A page as it comes together.
struct Page<'a, A> {
    walk: &'a Walk,
    place: &'a Place,
    accepts: A,
    rows: Vec<(Key, Source, Raw<Task>)>,
    /// The sources that have more behind this page.
    sources: Vec<Source>,
    archived: Option<i64>,
}

impl<'a, A: Fn(&Raw<Task>) -> bool> Page<'a, A> {
    fn new(walk: &'a Walk, place: &'a Place, accepts: A) -> Self {
        Self { walk, place, accepts, rows: Vec::new(), sources: Vec::new(), archived: None }
    }

    /// Leaves the archived sources as they were.
    fn keep_archived(&mut self) {
        self.archived = self.place.archived;
        let sources = self.place.sources.iter().flatten();
        self.sources = sources.filter(|source| !source.is_main()).cloned().collect();
    }

    /// Adds what a source has, up to the end of the page.
    fn add(&mut self, read: Read, end: Option<&Key>) {
        if read.more {
            self.put_off(&read.source, read.rows.last().map(|row| self.walk.moment(&row.item)));
        }
        for row in read.rows {
            let key = self.walk.key(&row.item);
            if end.is_some_and(|end| self.walk.is_after(&key, end)) {
                self.put_off(&read.source, Some(key.0));
            } else {
                self.rows.push((key, read.source.clone(), row));
            }
        }
    }

    /// Notes that a source has more, from a moment on.
    fn put_off(&mut self, source: &Source, moment: Option<i64>) {
        if !self.sources.contains(source) {
            self.sources.push(source.clone());
        }
        if let (true, Some(moment)) = (!source.is_main(), moment) {
            let known = self.archived.unwrap_or(moment);
            self.archived = Some(self.walk.first(known, moment));
        }
    }

    /// Sorts what there is, cuts it to what a page shows at most, and says where it goes on.
    fn cut(mut self) -> Found {
        let mut ids = HashSet::new();
        // One that is put away while it is read comes from two sources.
        self.rows.retain(|(key, ..)| ids.insert(key.1.clone()));
        self.rows.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        if self.walk.direction == Direction::Descending {
            self.rows.reverse();
        }
        let left = self.rows.split_off(self.looked_at());
        for (key, source, _) in &left {
            self.put_off(source, Some(key.0));
        }
        let next = self.next();
        let Self { rows, accepts, .. } = self;
        let rows = rows.into_iter().map(|(.., row)| row).filter(|row| accepts(row)).collect();
        Found { rows, next, ahead: Vec::new() }
    }

    /// How many tasks are looked at until so many are found as a page shows.
    fn looked_at(&self) -> usize {
        let Some(most) = self.walk.size else { return self.rows.len() };
        let accepted = self.rows.iter().enumerate().filter(|(_, (.., row))| (self.accepts)(row));
        accepted.map(|(index, _)| index + 1).nth(most.saturating_sub(1)).unwrap_or(self.rows.len())
    }

    fn next(&self) -> Option<Place> {
        if self.sources.is_empty() {
            return None;
        }
        let place = Place {
            page: 0,
            batch: 0,
            sources: Some(self.sources.clone()),
            archived: self.archived,
            ..self.place.clone()
        };
        let Some(((at, _), ..)) = self.rows.last() else { return Some(place) };
        let of_moment = self.rows.iter().rev().take_while(|((moment, _), ..)| moment == at);
        let mut seen: Vec<_> = of_moment.map(|((_, id), ..)| id.clone()).collect();
        if self.place.at == Some(*at) {
            seen.extend(self.place.seen.iter().cloned());
        }
        Some(Place { at: Some(*at), seen, ..place })
    }
}

#[cfg(test)]
mod tests;
