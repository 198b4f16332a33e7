//! All ids of a side beside all links: what no feed tells. Nothing is deleted here; candidates become work.

use std::collections::HashSet;

use super::error::SyncResult;
use super::pull::work_on;
use super::session::{Session, seconds};
use crate::item::{ItemKey, Kind, Side};
use crate::side::Fed;
use crate::store::{LinkState, Settlement, Work, WorkReason};

/// How many links are looked at at once.
const LINKS: usize = 500;

impl Session<'_> {
    /// Compares the ids of sides whose feed tells no deletions, where that is due.
    pub(super) async fn reconcile(&self) -> SyncResult<()> {
        for side in Side::BOTH {
            if self.compares_ids(side) && self.is_reconcile_due(side) && !*self.notes().full.get(side) {
                for kind in [Kind::Sprint, Kind::Task] {
                    if self.config().kinds.contains(&kind) && self.side(side).has(kind) {
                        self.compare_ids(side, kind).await?;
                    }
                }
                self.note_reconciled(side).await?;
            }
        }
        Ok(())
    }

    /// Whether a side's feed tells no deletions.
    pub(super) fn compares_ids(&self, side: Side) -> bool {
        self.side(side).facts().is_none_or(|facts| !facts.tombstones)
    }

    pub(super) fn is_reconcile_due(&self, side: Side) -> bool {
        let last = self.notes().states.get(side).reconciled_at;
        self.options.reconcile || last.is_none_or(|at| self.now() >= at + seconds(self.config().timing.reconcile))
    }

    async fn note_reconciled(&self, side: Side) -> SyncResult<()> {
        let now = self.now();
        self.notes().states.get_mut(side).reconciled_at = Some(now);
        self.take_in(side, Vec::new()).await
    }

    async fn compare_ids(&self, side: Side, kind: Kind) -> SyncResult<()> {
        let (mut shown, mut cursor) = (HashSet::<ItemKey>::new(), None);
        let mut work: Vec<Work> = Vec::new();
        loop {
            let page = self.side(side).list_page(kind, cursor).await;
            let (rows, next) = page.map_err(|error| self.unreachable(side, error))?;
            self.needed(side, 1);
            shown.extend(rows.iter().map(|row| row.item.clone()));
            work.extend(self.sort_out(side, rows.into_iter().map(|row| Fed::Row(Box::new(row))).collect()).await?);
            match next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        self.add_missing(side, kind, &shown, &mut work).await?;
        if !work.is_empty() {
            self.store().settle(&self.lease(), Settlement { work, ..Settlement::default() }).await?;
        }
        Ok(())
    }

    async fn add_missing(
        &self,
        side: Side,
        kind: Kind,
        shown: &HashSet<ItemKey>,
        work: &mut Vec<Work>,
    ) -> SyncResult<()> {
        let mut after: Option<String> = None;
        loop {
            let links = self.store().links_after(self.mapping(), Some(kind), after.as_deref(), LINKS).await?;
            let Some(last) = links.last() else { return Ok(()) };
            after = Some(last.id.clone());
            let living = links.iter().filter(|link| link.state == LinkState::Linked);
            let missing = living.filter_map(|link| link.item(side)).filter(|item| !shown.contains(item));
            let mut missing: Vec<ItemKey> = missing.collect();
            self.drop_proving(side, &mut missing).await?;
            work.extend(missing.into_iter().map(|item| work_on(side, item, WorkReason::Missing)));
        }
    }

    /// What is being proven gone already is looked at again in its time.
    pub(super) async fn drop_proving(&self, side: Side, missing: &mut Vec<ItemKey>) -> SyncResult<()> {
        if missing.is_empty() {
            return Ok(());
        }
        let known = self.store().work_of(self.mapping(), side, missing).await?;
        let proving = known.iter().filter(|work| work.reason == WorkReason::Missing && work.not_before.is_some());
        let proving: HashSet<&ItemKey> = proving.map(|work| &work.item).collect();
        missing.retain(|item| !proving.contains(item));
        Ok(())
    }
}
