//! Items that are looked at together: their links, and what stands on both sides now.

use std::collections::HashMap;

use super::error::{SyncError, SyncResult};
use super::session::Session;
use crate::item::{ItemKey, Pair, Side};
use crate::side::Row;
use crate::store::{Link, LinkState, Seen, Work, WorkReason};

/// An item, or an item and its twin, with all work on them.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// The work; done with the case.
    pub(super) works: Vec<Work>,
    /// The side on which it was seen.
    pub(super) side: Side,
    /// The item there.
    pub(super) item: ItemKey,
    /// The link, if it has one.
    pub(super) link: Option<Link>,
    /// What stands on both sides; `None` where nothing is shown.
    pub(super) rows: Pair<Option<Row>>,
    /// Sides that were not read, because nothing says that they changed: what stands there is what was last settled. A write
    /// to them is bound to that.
    pub(super) assumed: Pair<bool>,
    /// Whether it is a comment that is missed and goes along with its task.
    pub(super) orphan: bool,
}

impl Case {
    /// The item on a side, if anything is to be known of it. Both sides may give the same ids.
    fn to_be_read(&self, side: Side) -> Option<ItemKey> {
        let item = match &self.link {
            Some(link) if link.state != LinkState::Linked => None,
            Some(link) => link.item(side),
            None => (self.side == side).then(|| self.item.clone()),
        };
        item.filter(|_| !self.orphan && !self.is_told_gone(side))
    }

    /// Whether something says that the item is gone.
    fn is_missed(&self) -> bool {
        self.works.iter().any(|work| matches!(work.reason, WorkReason::Deleted | WorkReason::Missing))
    }

    /// Whether a feed told that the item is gone on a side.
    pub(super) fn is_told_gone(&self, side: Side) -> bool {
        self.works.iter().any(|work| work.side == side && work.reason == WorkReason::Deleted)
    }
}

impl Session<'_> {
    /// Puts work together with its links and rows.
    pub(super) async fn cases(&self, works: Vec<Work>) -> SyncResult<Vec<Case>> {
        let mut cases = self.join_links(works).await?;
        self.find_orphans(&mut cases).await?;
        for side in Side::BOTH {
            self.read_rows(side, &mut cases).await?;
        }
        Ok(cases)
    }

    async fn join_links(&self, works: Vec<Work>) -> SyncResult<Vec<Case>> {
        let mut links: HashMap<(Side, ItemKey), Link> = HashMap::new();
        for side in Side::BOTH {
            let keys: Vec<_> = works.iter().filter(|work| work.side == side).map(|work| work.item.clone()).collect();
            if keys.is_empty() {
                continue;
            }
            let found = self.store().links_of(self.mapping(), side, &keys).await?;
            links.extend(found.into_iter().filter_map(|link| Some(((side, link.item(side)?), link))));
        }
        let mut cases: Vec<Case> = Vec::new();
        let mut by_link: HashMap<String, usize> = HashMap::new();
        for work in works {
            let link = links.get(&(work.side, work.item.clone())).cloned();
            if let Some(place) = link.as_ref().and_then(|link| by_link.get(&link.id)) {
                cases[*place].works.push(work);
                continue;
            }
            if let Some(link) = &link {
                by_link.insert(link.id.clone(), cases.len());
            }
            cases.push(Case {
                side: work.side,
                item: work.item.clone(),
                works: vec![work],
                link,
                rows: Pair::default(),
                assumed: Pair::default(),
                orphan: false,
            });
        }
        Ok(cases)
    }

    /// Finds comments that are said to be gone, or are not shown, and whose task is not synchronised any more; or is about to
    /// be deleted, where the feed told of the comment.
    async fn find_orphans(&self, cases: &mut [Case]) -> SyncResult<()> {
        for side in Side::BOTH {
            let task = |case: &Case| case.link.as_ref()?.item(side)?.task();
            let tasks: Vec<ItemKey> = cases.iter().filter(|case| case.is_missed()).filter_map(task).collect();
            if tasks.is_empty() {
                continue;
            }
            let links = self.store().links_of(self.mapping(), side, &tasks).await?;
            let deleted = |link: &Link| self.notes().deletions.contains_key(&link.id);
            for case in cases.iter_mut().filter(|case| case.is_missed()) {
                let Some(task) = task(case) else { continue };
                let told = Side::BOTH.into_iter().any(|side| case.is_told_gone(side));
                let is_over = |link: &Link| link.state != LinkState::Linked || (told && deleted(link));
                let mut of_task = links.iter().filter(|link| link.item(side).as_ref() == Some(&task)).peekable();
                case.orphan |= of_task.peek().is_some() && of_task.all(is_over);
            }
        }
        Ok(())
    }

    /// Whether the item was planned in this run already: what was assumed of it then did not hold.
    fn was_planned(&self, case: &Case) -> bool {
        let notes = self.notes();
        case.works.iter().any(|work| notes.rounds.contains_key(&(work.side, work.item.clone())))
    }

    async fn read_rows(&self, side: Side, cases: &mut [Case]) -> SyncResult<()> {
        let mut wanted = Vec::new();
        for case in cases.iter_mut() {
            let Some(item) = case.to_be_read(side) else { continue };
            if let Some(row) = self.notes().fresh.remove(&(side, item.clone())) {
                *case.rows.get_mut(side) = Some(row);
            } else if let Some(row) = assumed(case, side, &item).filter(|_| !self.was_planned(case)) {
                *case.rows.get_mut(side) = Some(row);
                *case.assumed.get_mut(side) = true;
            } else {
                wanted.push(item);
            }
        }
        let read = self.side(side).get_many(&wanted).await;
        let rows = read.map_err(SyncError::stopped(side))?;
        let mut rows: HashMap<ItemKey, Row> = rows.into_iter().map(|row| (row.item.clone(), row)).collect();
        for case in cases.iter_mut().filter(|case| case.rows.get(side).is_none()) {
            *case.rows.get_mut(side) = case.to_be_read(side).and_then(|item| rows.remove(&item));
        }
        Ok(())
    }
}

/// What stands on a side of which nothing says that it changed: its base, if that is all there was.
fn assumed(case: &Case, side: Side, item: &ItemKey) -> Option<Row> {
    let only_the_other = case.works.iter().all(|work| work.side != side && work.reason == WorkReason::Changed);
    let link = case.link.as_ref().filter(|_| only_the_other)?;
    let (base, seen) = (link.base.get(side).as_ref()?, link.seen.get(side).as_ref()?);
    let base = &crate::relations::without(base);
    (base.digest() == seen.hash && link.absence.is_none()).then(|| as_settled(item, base, seen))
}

fn as_settled(item: &ItemKey, base: &crate::record::Record, seen: &Seen) -> Row {
    Row::new(item.clone(), base.clone(), seen.clone())
}
