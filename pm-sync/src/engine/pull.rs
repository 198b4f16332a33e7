//! From the feeds to work.
//!
//! A row that looks as it did when it was last settled is our own echo, or an overlap of the feed: it makes no work and
//! costs no call.

use std::collections::{HashMap, HashSet};

use pm_provider::{Cursor, Error, ErrorKind, Field};

use super::error::SyncResult;
use super::planted::{Bug, planted};
use super::session::Session;
use crate::item::{ItemKey, Kind, Side};
use crate::side::{Fed, Row};
use crate::store::{Link, LinkState, SideState, TakeIn, Work, WorkReason};

impl Session<'_> {
    /// Reads what changed on a side and writes down what has to be looked at.
    pub(super) async fn pull(&self, side: Side) -> SyncResult<()> {
        self.begin_reading(side);
        if self.side(side).facts().is_some() {
            self.read_feed(side).await?;
        }
        for kind in [Kind::Sprint, Kind::Task] {
            if self.is_listed(side, kind) || (kind == Kind::Sprint && self.names_unknown_sprint(side).await?) {
                self.read_listing(side, kind).await?;
            }
        }
        self.end_reading(side).await
    }

    /// Whether a task that was just read is in a sprint that we do not know, on a side whose feed tells no sprints.
    async fn names_unknown_sprint(&self, side: Side) -> SyncResult<bool> {
        let told = self.side(side).feeds(Kind::Sprint) || !self.side(side).has(Kind::Sprint);
        if told || !self.config().kinds.contains(&Kind::Sprint) {
            return Ok(false);
        }
        let named: HashSet<ItemKey> = {
            let notes = self.notes();
            let rows = notes.fresh.iter().filter(|((of, _), _)| *of == side).map(|(_, row)| row);
            let sprints = rows.filter_map(|row| row.record.get(&Field::SprintId.into()).as_str().map(str::to_owned));
            sprints.map(|id| ItemKey::new(Kind::Sprint, id)).collect()
        };
        let named: Vec<ItemKey> = named.into_iter().collect();
        Ok(!named.is_empty() && self.store().links_of(self.mapping(), side, &named).await?.len() < named.len())
    }

    /// Other settings, or another account, may show other items: everything is read again, and nothing is deleted.
    fn begin_reading(&self, side: Side) {
        let hash = self.config().digest();
        let mut notes = self.notes();
        let state = notes.states.get_mut(side);
        if state.config_hash.as_ref() != Some(&hash) || self.options.full_scan {
            state.config_hash = Some(hash);
            state.full_scan_at = None;
            state.cursor = None;
        }
        let full = state.full_scan_at.is_none();
        *notes.full.get_mut(side) = full;
    }

    /// Kinds that the feed does not tell of are listed: tasks each time, sprints now and then, unless all ids are compared
    /// then.
    fn is_listed(&self, side: Side, kind: Kind) -> bool {
        let wanted = self.config().kinds.contains(&kind) && self.side(side).has(kind);
        let fed = self.side(side).feeds(kind);
        let is_due = self.is_reconcile_due(side) && !self.compares_ids(side);
        wanted && !fed && (kind == Kind::Task || *self.notes().full.get(side) || is_due)
    }

    pub(super) async fn read_feed(&self, side: Side) -> SyncResult<()> {
        let mut cursor = self.notes().states.get(side).cursor.clone().map(Cursor::from_text);
        loop {
            let page = match self.side(side).feed_page(&self.config().kinds, cursor.clone()).await {
                Err(error) if cursor.is_some() && is_expired(&error) => {
                    self.forget_cursor(side);
                    cursor = None;
                    continue;
                }
                page => page.map_err(|error| self.unreachable(side, error))?,
            };
            self.needed(side, 1);
            let work = self.sort_out(side, page.items).await?;
            {
                let mut notes = self.notes();
                let state = notes.states.get_mut(side);
                state.cursor = Some(page.next.as_str().to_owned());
                state.high_water = page.high_water.or(state.high_water);
            }
            self.take_in(side, work).await?;
            if !page.more {
                return Ok(());
            }
            cursor = Some(page.next);
        }
    }

    fn forget_cursor(&self, side: Side) {
        let mut notes = self.notes();
        notes.states.get_mut(side).cursor = None;
        notes.states.get_mut(side).full_scan_at = None;
        *notes.full.get_mut(side) = true;
    }

    async fn read_listing(&self, side: Side, kind: Kind) -> SyncResult<()> {
        let mut cursor = None;
        loop {
            let read = self.side(side).list_page(kind, cursor).await;
            let (rows, next) = read.map_err(|error| self.unreachable(side, error))?;
            self.needed(side, 1);
            let fed = rows.into_iter().map(|row| Fed::Row(Box::new(row))).collect();
            let work = self.sort_out(side, fed).await?;
            if !work.is_empty() {
                self.store().take_in(&self.lease(), TakeIn { work, ..TakeIn::default() }).await?;
            }
            match next {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn end_reading(&self, side: Side) -> SyncResult<()> {
        {
            let now = self.now();
            let mut notes = self.notes();
            let state = notes.states.get_mut(side);
            if state.full_scan_at.is_none() {
                state.full_scan_at = Some(now);
                state.reconciled_at = Some(now);
            }
        }
        self.take_in(side, Vec::new()).await?;
        self.show();
        Ok(())
    }

    /// Writes down work together with how the reading stands, where any of it is news.
    pub(super) async fn take_in(&self, side: Side, work: Vec<Work>) -> SyncResult<()> {
        let news = {
            let notes = self.notes();
            let state = notes.states.get(side);
            // That nothing happened until later is no news: nothing goes by it.
            let told = |stored: &SideState| *state == SideState { high_water: state.high_water, ..stored.clone() };
            (!notes.stored.get(side).as_ref().is_some_and(told)).then(|| state.clone())
        };
        if work.is_empty() && news.is_none() {
            return Ok(());
        }
        let state = news.clone().map(|state| (side, state));
        self.store().take_in(&self.lease(), TakeIn { work, state, ..TakeIn::default() }).await?;
        if news.is_some() {
            *self.notes().stored.get_mut(side) = news;
        }
        Ok(())
    }

    /// Turns what a page showed into work; keeps the rows as fresh reads.
    pub(super) async fn sort_out(&self, side: Side, fed: Vec<Fed>) -> SyncResult<Vec<Work>> {
        let keys: Vec<ItemKey> = fed.iter().map(|fed| fed.item().clone()).collect();
        let links = self.store().links_of(self.mapping(), side, &keys).await?;
        let links: HashMap<ItemKey, Link> =
            links.into_iter().filter_map(|link| Some((link.item(side)?, link))).collect();
        let trusted = self.side(side).facts().is_none_or(|facts| facts.index_lag.is_zero());
        let mut work = Vec::new();
        for fed in fed {
            self.notes().progress.fed += 1;
            match fed {
                Fed::Gone(item) => {
                    if links.contains_key(&item) {
                        work.push(work_on(side, item, WorkReason::Deleted));
                    }
                }
                Fed::Row(row) => self.sort_row(side, *row, &links, trusted, &mut work),
            }
        }
        self.notes().progress.queued += work.len() as u64;
        Ok(work)
    }

    fn sort_row(&self, side: Side, row: Row, links: &HashMap<ItemKey, Link>, trusted: bool, work: &mut Vec<Work>) {
        if !self.config().kinds.contains(&row.item.kind) {
            return;
        }
        let link = links.get(&row.item);
        if link.is_none() && self.pairs_content() && *self.notes().full.get(side) {
            self.notes().listed.get_mut(side).push(row.clone());
        }
        let news = News::of(&row, link, side);
        if row.item.kind == Kind::Task && news != News::Nothing && self.scans_comments(side) {
            work.push(work_on(side, ItemKey::comments_of(&row.item.id), WorkReason::Changed));
            self.notes().touched_at.extend(row.seen.at.map(|at| ((side, row.item.clone()), at)));
        }
        if news == News::Fields || planted(Bug::EchoAsChange) {
            work.push(work_on(side, row.item.clone(), WorkReason::Changed));
            if trusted {
                self.notes().fresh.insert((side, row.item.clone()), row);
            }
        }
    }

    /// Whether comments of a side have to be read task by task: where they go to the other side, and no feed tells of them.
    pub(super) fn scans_comments(&self, side: Side) -> bool {
        let wanted = self.config().kinds.contains(&Kind::Comment) && self.config().writes(side.other());
        wanted && self.side(side).has(Kind::Comment) && !self.side(side).feeds(Kind::Comment)
    }
}

/// What a row says that we did not know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    /// Its fields.
    Fields,
    /// Something about it, but none of its fields: a comment, say.
    Touched,
    /// Nothing.
    Nothing,
}

impl News {
    fn of(row: &Row, link: Option<&Link>, side: Side) -> Self {
        let Some(link) = link else { return Self::Fields };
        let Some(seen) = link.seen.get(side) else { return Self::Fields };
        let absent = link.absence.is_some_and(|absence| absence.side.is_none_or(|known| known == side));
        if seen.hash != row.seen.hash || absent || (row.elsewhere && link.state == LinkState::Linked) {
            return Self::Fields;
        }
        if row.seen.at > seen.at { Self::Touched } else { Self::Nothing }
    }
}

impl Fed {
    fn item(&self) -> &ItemKey {
        match self {
            Self::Row(row) => &row.item,
            Self::Gone(item) => item,
        }
    }
}

/// Work on an item, with the priority of its kind: what others stand on comes first.
pub(super) fn work_on(side: Side, item: ItemKey, reason: WorkReason) -> Work {
    let priority = match (item.kind, reason) {
        (_, WorkReason::Deleted | WorkReason::Missing) => 40,
        (Kind::Sprint, _) => 0,
        (Kind::Task, _) => 10,
        (Kind::Comment, _) => 20,
    };
    let mut work = Work::new(side, item, reason);
    work.priority = priority;
    work
}

fn is_expired(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::NotFound) || error.http_status() == Some(410)
}
