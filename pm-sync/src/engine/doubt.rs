//! Creates that may have been made, and what has to wait for them.

use chrono::{DateTime, Utc};
use pm_provider::Error;

use super::case::Case;
use super::error::{SyncError, SyncResult};
use super::planted::{Bug, planted};
use super::session::{Session, seconds};
use super::work::Step;
use crate::item::{ItemKey, Kind, Side};
use crate::store::{Intent, Work};

impl Session<'_> {
    /// While creates towards the item's own side are in doubt, the item may be what one of them made. Once the server
    /// cannot be at them any more their marks say so, as long as that side shows the item itself.
    pub(super) async fn may_be_ours(&self, case: &Case) -> SyncResult<Option<Step>> {
        let (side, kind) = (case.side, case.item.kind);
        let doubtful = self.in_doubt_towards(side, kind);
        if doubtful.is_empty() {
            return Ok(None);
        }
        let until = doubtful.iter().map(|intent| self.gives_up_at(intent)).max();
        if let Some(until) = until.filter(|until| self.now() < *until) {
            return Ok(Some(Step::Wait(until)));
        }
        self.recover_creates(side, kind, doubtful).await?;
        if self.is_linked(side, &case.item).await? {
            return Ok(Some(Step::Again));
        }
        if self.notes().undecided.contains_key(&(side, case.item.clone())) {
            return Ok(Some(Step::Again));
        }
        let shown = self.side(side).get(&case.item).await.map_err(SyncError::stopped(side))?.is_some();
        Ok((!shown).then(|| Step::Wait(self.now() + seconds(self.config().timing.proof))))
    }

    pub(super) fn in_doubt_towards(&self, side: Side, kind: Kind) -> Vec<Intent> {
        let notes = self.notes();
        let of = |intent: &&Intent| intent.side == side && intent.item.kind == kind;
        notes.creating.values().filter(of).cloned().collect()
    }

    /// Earlier creates of the item's twin that may have been made.
    pub(super) fn earlier_creates(&self, target: Side, item: &ItemKey) -> Vec<Intent> {
        let notes = self.notes();
        let of = |intent: &&Intent| intent.side == target && intent.item == *item;
        notes.creating.values().filter(of).cloned().collect()
    }

    /// From when on a create in doubt that cannot be found was not made.
    pub(super) fn gives_up_at(&self, intent: &Intent) -> DateTime<Utc> {
        if planted(Bug::NoSettleWait) {
            return intent.sent_at;
        }
        let visible_within = match self.side(intent.side).guarantee(intent.item.kind) {
            pm_provider::CreateGuarantee::Marker { visible_within, .. } => visible_within.as_secs() + 1,
            _ => self.side(intent.side).facts().map_or(0, |facts| facts.index_lag.as_secs() + 1),
        };
        intent.deadline_at + seconds(visible_within + self.config().timing.settle)
    }

    pub(super) fn create_in_doubt(&self, case: &Case, intent: Intent, error: &Error) -> Step {
        self.warn(format!("the twin of {} may have been made: {error}", case.item));
        let until = self.gives_up_at(&intent);
        let mut notes = self.notes();
        notes.doubts.insert((case.side, case.item.clone()), until);
        notes.creating.insert(intent.id.clone(), intent);
        drop(notes);
        Step::Wait(until)
    }

    /// Whether the feed may tell of the task only after its comment.
    pub(super) fn may_be_told_late(&self, case: &Case) -> bool {
        let lags = self.side(case.side).facts().is_some_and(|facts| !facts.index_lag.is_zero());
        lags && case.works.iter().all(|work| work.attempts == 0)
    }

    /// Puts work off until the feed has told all that there was by now.
    pub(super) async fn look_once_more(&self, case: &Case) -> SyncResult<Step> {
        let lag = self.side(case.side).facts().map_or(0, |facts| facts.index_lag.as_secs());
        let until = self.now() + seconds(lag + self.config().timing.settle);
        self.wait_until(until);
        let later = |work: &Work| Work { attempts: 1, not_before: Some(until), ..work.clone() };
        self.store().put_off(&self.lease(), case.works.iter().map(later).collect()).await?;
        Ok(Step::Done)
    }
}
