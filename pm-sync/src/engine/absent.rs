//! Items that are not shown any more: proof first, then the policy.

use chrono::{DateTime, Utc};
use pm_provider::Field;
use serde_json::Value;

use super::case::Case;
use super::error::SyncResult;
use super::linked::{conflict_id, conflict_row};
use super::proof::{Looks, Proof};
use super::pull::work_on;
use super::session::{Session, seconds};
use super::terms::Terms;
use super::work::Step;
use crate::config::Deletions;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::merge::FieldConflict;
use crate::record::Record;
use crate::side::Row;
use crate::store::{Absence, Cause, Conflict, Link, LinkState, Settlement, Work, WorkReason};

impl Session<'_> {
    /// One of both items is not shown: what becomes of the other one.
    pub(super) async fn absent(&self, case: Case, link: Link, looks: &Looks) -> SyncResult<Step> {
        let missing: Vec<Side> = Side::BOTH.into_iter().filter(|side| case.rows.get(*side).is_none()).collect();
        let on = Some(missing[0]).filter(|_| missing.len() == 1);
        for side in &missing {
            match self.prove(&case, &link, (*side, on), looks) {
                Proof::Gone => {}
                Proof::Back => {
                    self.note_back(&link);
                    return Ok(Step::Again);
                }
                Proof::Later(until, absence) => return self.look_again(link, until, absence).await,
            }
        }
        match missing.as_slice() {
            [side] => self.decide_absence(case, link, *side).await,
            _ => self.bury(&case, link, Vec::new()).await,
        }
    }

    /// An item that was missing is shown again: what could not be hung from it meanwhile is, once in a run.
    pub(super) fn note_back(&self, link: &Link) {
        let mut notes = self.notes();
        for side in Side::BOTH {
            let Some(item) = link.item(side) else { continue };
            if notes.back.insert((side, item.clone())) {
                notes.unseen.remove(&(side, item));
                notes.linked_tasks = true;
            }
        }
    }

    async fn look_again(&self, mut link: Link, until: DateTime<Utc>, absence: Absence) -> SyncResult<Step> {
        if link.absence != Some(absence) {
            link.absence = Some(absence);
            self.store().settle(&self.lease(), Settlement { links: vec![link], ..Settlement::default() }).await?;
        }
        Ok(Step::Wait(until))
    }

    /// Whether a comment went along with its task: that is no deletion of its own.
    async fn went_along(&self, link: &Link, gone: Side) -> SyncResult<bool> {
        let Some(task) = link.item(gone).and_then(|item| item.task()) else { return Ok(false) };
        let links = self.store().links_of(self.mapping(), gone, std::slice::from_ref(&task)).await?;
        let notes = self.notes();
        Ok(links.iter().all(|task| {
            let gone_too = task.absence.is_some() || notes.deletions.contains_key(&task.id);
            task.state != LinkState::Linked || task.item(gone).is_none() || gone_too
        }))
    }

    /// Gone on one side for certain. An edit on the other one since both agreed wins over the deletion.
    async fn decide_absence(&self, case: Case, link: Link, gone: Side) -> SyncResult<Step> {
        let stays = link.kind == Kind::Comment && self.config().deletions == Deletions::Archive;
        if self.went_along(&link, gone).await? || (stays && self.config().writes(gone.other())) {
            return self.bury(&case, link, Vec::new()).await;
        }
        let terms = self.terms().await?;
        let left = gone.other();
        let Some(row) = case.rows.get(left).clone() else { return Ok(Step::Again) };
        let edited = is_edited(&terms, &link, left, &row.record);
        if edited && self.config().writes(gone) {
            return self.make_again(&case, link, gone, &row).await;
        }
        if !self.config().writes(left) {
            return self.keep_the_original(&case, link, gone, &row).await;
        }
        match self.config().deletions {
            Deletions::Unlink | Deletions::Manual => {
                let manual = self.config().deletions == Deletions::Manual;
                let conflicts = if edited || manual {
                    vec![self.deletion_conflict(&link, gone, &row, (!manual).then_some(left))]
                } else {
                    Vec::new()
                };
                self.bury(&case, link, conflicts).await
            }
            Deletions::Archive | Deletions::Delete => {
                self.notes().deletions.insert(link.id.clone(), (link, left, case.works));
                // Done at the end of the run, when it is known how many there are.
                let timing = &self.config().timing;
                Ok(Step::Wait(self.now() + seconds(timing.proof.max(timing.lease))))
            }
        }
    }

    /// The twin is made again, with a mark of its own, and so are its comments.
    pub(super) async fn make_again(&self, case: &Case, link: Link, gone: Side, row: &Row) -> SyncResult<Step> {
        let conflict = self.deletion_conflict(&link, gone, row, Some(gone.other()));
        let mut links = vec![link];
        if row.item.kind == Kind::Task {
            links.extend(self.store().comment_links(self.mapping(), gone.other(), &row.item.id).await?);
        }
        let late = links[0].ids.get(gone).clone();
        links.iter_mut().for_each(|link| forget_side(link, gone));
        let events = links.iter().map(|link| self.event(&link.id, gone, None, "unlink")).collect();
        let mut left: Vec<ItemKey> = links.iter().filter_map(|link| link.item(gone.other())).collect();
        left.extend(self.waiting_comments(gone.other(), &row.item).await?);
        let work: Vec<Work> = left.into_iter().map(|item| work_on(gone.other(), item, WorkReason::Reference)).collect();
        links.extend(late.map(|id| self.late_twin(&ItemKey::new(row.item.kind, id), gone)));
        let settlement = Settlement {
            links,
            conflicts: vec![conflict],
            events,
            done: case.works.clone(),
            work,
            ..Settlement::default()
        };
        self.store().settle(&self.lease(), settlement).await?;
        Ok(Step::Done)
    }

    /// New comments of a task, which could not be written where its twin was gone.
    async fn waiting_comments(&self, side: Side, task: &ItemKey) -> SyncResult<Vec<ItemKey>> {
        if task.kind != Kind::Task {
            return Ok(Vec::new());
        }
        let work = self.store().all_work(self.mapping()).await?;
        let of_task = work.into_iter().filter(|work| work.side == side && work.item.task().as_ref() == Some(task));
        Ok(of_task.map(|work| work.item).filter(|item| !item.is_all_comments()).collect())
    }

    /// What was given up and is shown again, after all, is no new item.
    fn late_twin(&self, item: &ItemKey, side: Side) -> Link {
        let mut link = self.new_link(self.new_id(), side.other(), item, item);
        *link.ids.get_mut(side.other()) = None;
        link.state = LinkState::Tombstoned;
        link
    }

    /// The copy is gone from a side that does not write to us: ours stays, and is not copied again.
    async fn keep_the_original(&self, case: &Case, link: Link, gone: Side, row: &Row) -> SyncResult<Step> {
        let conflict = self.deletion_conflict(&link, gone, row, Some(gone.other()));
        self.warn(format!("{} was deleted on side `{gone}`; it stays here and is not copied again", row.item));
        self.bury(case, link, vec![conflict]).await
    }

    /// Remembers the pair for a while, so that a late twin is not made again.
    pub(super) async fn bury(&self, case: &Case, mut link: Link, conflicts: Vec<Conflict>) -> SyncResult<Step> {
        link.state = LinkState::Tombstoned;
        link.absence = None;
        let events = vec![self.event(&link.id, case.side, Some(case.item.clone()), "unlink")];
        let settlement =
            Settlement { links: vec![link], conflicts, events, done: case.works.clone(), ..Settlement::default() };
        self.store().settle(&self.lease(), settlement).await?;
        Ok(Step::Done)
    }

    pub(super) fn deletion_conflict(&self, link: &Link, gone: Side, row: &Row, winner: Option<Side>) -> Conflict {
        let mut values = Pair::<Value>::default();
        *values.get_mut(gone.other()) = serde_json::to_value(&row.record).unwrap_or_default();
        let base = Pair::of(|side| serde_json::to_value(link.base.get(side)).unwrap_or_default());
        let conflict = FieldConflict {
            field: Field::Id.into(),
            cause: Cause::DeletedEdited,
            base,
            values,
            winner,
            decided_by: if winner == Some(gone) { "deletion wins" } else { "edit wins" }.to_owned(),
        };
        self.count("conflicts");
        let now = self.now();
        let mut row = conflict_row(link, &conflict, conflict_id(link, &conflict), now, winner.map(|_| now));
        row.field = None;
        row
    }
}

/// The item of a side is gone, and a new one is to take its place.
fn forget_side(link: &mut Link, gone: Side) {
    *link.ids.get_mut(gone) = None;
    link.base = Pair::default();
    link.seen = Pair::default();
    link.parked.clear();
    link.absence = None;
    link.state = LinkState::Linked;
    link.attempt += 1;
}

/// Whether a field that is synchronised was changed since both sides agreed.
pub(super) fn is_edited(terms: &Terms, link: &Link, side: Side, record: &Record) -> bool {
    let Some(base) = link.base.get(side) else { return true };
    let differs =
        |(field, _): &(&crate::record::FieldKey, &crate::plan::FieldRule)| record.get(field) != base.get(field);
    terms.plan.fields(link.kind).filter(|(_, rule)| rule.flow != crate::plan::Flow::Ignored).any(|one| differs(&one))
}
