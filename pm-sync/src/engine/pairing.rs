//! Items that were on both sides before they were mapped: found by what they say, when a mapping asks for that.

use std::collections::HashSet;

use super::error::SyncResult;
use super::pull::work_on;
use super::session::Session;
use crate::config::Matching;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::matching::pair_up;
use crate::side::Row;
use crate::store::{Settlement, Work, WorkReason};

impl Session<'_> {
    /// Whether rows are kept for pairing.
    pub(super) fn pairs_content(&self) -> bool {
        self.config().matching == Matching::Content
    }

    /// Links pairs that are beyond doubt, and leaves the others to a person: rather a question than a second ticket.
    pub(super) async fn pair_content(&self) -> SyncResult<()> {
        let full = self.notes().full;
        if !self.pairs_content() || !(full.a || full.b) {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.notes().listed);
        for kind in [Kind::Sprint, Kind::Task] {
            let a = self.unlinked(Side::A, kind, &rows.a).await?;
            let b = self.unlinked(Side::B, kind, &rows.b).await?;
            let terms = self.terms().await?;
            let pairs = pair_up(kind, &a, &b, &terms.translator);
            for (ours, theirs) in &pairs.sure {
                self.adopt(Side::A, ours, theirs, 0).await?;
            }
            for unsure in pairs.unsure {
                let candidates: Vec<String> = unsure.candidates.iter().map(ToString::to_string).collect();
                let why = format!("{}; it may be {} over there", unsure.why, candidates.join(" or "));
                self.put_work_aside(unsure.side, unsure.item, &why).await?;
            }
        }
        Ok(())
    }

    async fn unlinked(&self, side: Side, kind: Kind, rows: &[Row]) -> SyncResult<Vec<Row>> {
        let keys: Vec<ItemKey> = rows.iter().map(|row| row.item.clone()).filter(|item| item.kind == kind).collect();
        let links = self.store().links_of(self.mapping(), side, &keys).await?;
        let linked: HashSet<ItemKey> = links.iter().filter_map(|link| link.item(side)).collect();
        let mut seen = HashSet::new();
        let free = rows.iter().filter(|row| row.item.kind == kind && !linked.contains(&row.item));
        // Read twice, the later reading counts.
        let mut latest: Vec<Row> = free.rev().filter(|row| seen.insert(row.item.clone())).cloned().collect();
        latest.reverse();
        Ok(latest)
    }

    /// Leaves an item to a person.
    pub(super) async fn put_work_aside(&self, side: Side, item: ItemKey, why: &str) -> SyncResult<()> {
        let aside = Work { last_error: Some(why.to_owned()), ..work_on(side, item.clone(), WorkReason::Doubt) };
        self.store().settle(&self.lease(), Settlement { work: vec![aside], ..Settlement::default() }).await?;
        self.count("quarantined");
        self.notes().progress.quarantined += 1;
        self.warn(format!("{item} of side `{side}` was put aside: {why}"));
        Ok(())
    }
}

/// Rows by side.
pub(super) type Listed = Pair<Vec<Row>>;
