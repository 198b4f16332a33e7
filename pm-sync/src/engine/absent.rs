//! Items that are not shown any more: proof first, then the policy, and never many at once.

use chrono::{DateTime, Utc};
use pm_provider::{Effect, Error, ErrorKind, Field, StatusCategory};
use serde_json::{Value, json};

use super::case::Case;
use super::error::{SyncError, SyncResult};
use super::linked::{conflict_id, conflict_row};
use super::planted::{Bug, planted};
use super::proof::{Looks, Proof};
use super::pull::work_on;
use super::session::{Session, seconds};
use super::terms::Terms;
use super::work::Step;
use crate::config::Deletions;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::merge::FieldConflict;
use crate::record::{Patch, Record};
use crate::side::{Change, Row};
use crate::store::{Absence, Cause, Conflict, Intent, IntentOp, Link, LinkState, Settlement, Work, WorkReason};

impl Session<'_> {
    /// One of both items is not shown: what becomes of the other one.
    pub(super) async fn absent(&self, case: Case, link: Link, looks: &Looks) -> SyncResult<Step> {
        let missing: Vec<Side> = Side::BOTH.into_iter().filter(|side| case.rows.get(*side).is_none()).collect();
        for side in &missing {
            match self.prove(&case, &link, *side, looks) {
                Proof::Gone => {}
                Proof::Back => return Ok(Step::Again),
                Proof::Later(until, absence) => return self.look_again(link, until, absence).await,
            }
        }
        match missing.as_slice() {
            [side] => self.decide_absence(case, link, *side).await,
            _ => self.bury(&case, link, Vec::new()).await,
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
                if edited {
                    let conflict = self.deletion_conflict(&link, gone, &row, Some(gone));
                    let settlement = Settlement { conflicts: vec![conflict], ..Settlement::default() };
                    self.store().settle(&self.lease(), settlement).await?;
                }
                self.notes().deletions.insert(link.id.clone(), (link, left, case.works));
                // Done at the end of the run, when it is known how many there are.
                let timing = &self.config().timing;
                Ok(Step::Wait(self.now() + seconds(timing.proof.max(timing.lease))))
            }
        }
    }

    /// The twin is made again, with a mark of its own, and so are its comments.
    async fn make_again(&self, case: &Case, link: Link, gone: Side, row: &Row) -> SyncResult<Step> {
        let conflict = self.deletion_conflict(&link, gone, row, Some(gone.other()));
        let mut links = vec![link];
        if row.item.kind == Kind::Task {
            links.extend(self.store().comment_links(self.mapping(), gone.other(), &row.item.id).await?);
        }
        let late = links[0].ids.get(gone).clone();
        links.iter_mut().for_each(|link| forget_side(link, gone));
        let events = links.iter().map(|link| self.event(&link.id, gone, None, "unlink")).collect();
        let left = links.iter().filter_map(|link| link.item(gone.other()));
        let work: Vec<Work> = left.map(|item| work_on(gone.other(), item, WorkReason::Reference)).collect();
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

    fn deletion_conflict(&self, link: &Link, gone: Side, row: &Row, winner: Option<Side>) -> Conflict {
        let mut values = Pair::<Value>::default();
        *values.get_mut(gone.other()) = serde_json::to_value(&row.record).unwrap_or_default();
        let base = Pair::of(|side| serde_json::to_value(link.base.get(side)).unwrap_or_default());
        let conflict = FieldConflict {
            field: Field::Id.into(),
            cause: Cause::DeletedEdited,
            base,
            values,
            winner,
            decided_by: "edit wins".to_owned(),
        };
        self.count("conflicts");
        let now = self.now();
        let mut row = conflict_row(link, &conflict, conflict_id(link, &conflict), now, winner.map(|_| now));
        row.field = None;
        row
    }

    /// Makes the deletions that are proven, unless there are suspiciously many of them.
    pub(super) async fn delete_proven(&self) -> SyncResult<()> {
        let deletions: Vec<(Link, Side, Vec<Work>)> =
            std::mem::take(&mut self.notes().deletions).into_values().collect();
        if deletions.is_empty() {
            return Ok(());
        }
        let links: usize = self.store().count_links(self.mapping()).await?.values().sum();
        let timing = &self.config().timing;
        let allowed = timing.deletions.max(links * timing.deletions_percent / 100);
        if deletions.len() > allowed && !self.options.approve_deletions {
            self.notes().needs_approval = deletions.len();
            self.warn(format!(
                "{} items were deleted on one side, more than the {allowed} that one run passes on: nothing was deleted; \
                 approve it, or restore them",
                deletions.len()
            ));
            return Ok(());
        }
        // Children first: what has contents is not deleted.
        let mut deletions = deletions;
        deletions.sort_by(|one, other| other.0.created_at.cmp(&one.0.created_at).then(other.0.id.cmp(&one.0.id)));
        for (link, side, works) in deletions {
            let step = self.pass_on(link, side, &works).await?;
            self.after(&works, step).await?;
        }
        Ok(())
    }

    async fn pass_on(&self, link: Link, side: Side, works: &[Work]) -> SyncResult<Step> {
        let Some(item) = link.item(side) else { return self.clear(works).await };
        if self.config().deletions == Deletions::Delete {
            return self.delete_twin(link, side, item, works).await;
        }
        let Some(row) = self.row_of(side, &item).await? else { return Ok(Step::Again) };
        if self.is_touched(&link, side, &row).await? {
            return self.make_again(&buried(works, side, &item, &link), link, side.other(), &row).await;
        }
        match self.archived(&link, side, &row).await? {
            Some(sent) => self.archive_twin(link, side, row, sent, works).await,
            None => self.bury(&buried(works, side, &item, &link), link, Vec::new()).await,
        }
    }

    async fn row_of(&self, side: Side, item: &ItemKey) -> SyncResult<Option<Row>> {
        self.side(side).get(item).await.map_err(SyncError::stopped(side))
    }

    /// Whether what is about to be ended was edited or talked about since both sides agreed. That wins over the deletion
    /// where it can go to the other side.
    async fn is_touched(&self, link: &Link, side: Side, row: &Row) -> SyncResult<bool> {
        if !self.config().writes(side.other()) {
            return Ok(false);
        }
        let terms = self.terms().await?;
        Ok(is_edited(&terms, link, side, &row.record) || self.is_talked_about(link, side).await?)
    }

    /// Journal first, look last: nothing stands between the look and the deletion.
    async fn delete_twin(&self, link: Link, side: Side, item: ItemKey, works: &[Work]) -> SyncResult<Step> {
        let intent = self.ending(&link, side, item, IntentOp::Delete, Patch::new());
        self.begin_ending(&intent).await?;
        let Some(row) = self.row_of(side, &intent.item).await? else { return self.drop_ending(&intent).await };
        if self.is_touched(&link, side, &row).await? {
            self.drop_ending(&intent).await?;
            return self.make_again(&buried(works, side, &intent.item, &link), link, side.other(), &row).await;
        }
        if !self.may_send(&intent).await? {
            return self.drop_ending(&intent).await;
        }
        self.needed(side, 1);
        let version = row.seen.version.as_deref().filter(|_| self.side(side).locks(link.kind));
        let done = self.side(side).delete(&intent.item, version).await;
        self.after_ending(link, &intent, done, works).await
    }

    async fn archive_twin(&self, link: Link, side: Side, row: Row, sent: Patch, works: &[Work]) -> SyncResult<Step> {
        let intent = self.ending(&link, side, row.item.clone(), IntentOp::Update, sent);
        self.begin_ending(&intent).await?;
        if self.changed_meanwhile(&link, &row, side).await? || !self.may_send(&intent).await? {
            return self.drop_ending(&intent).await;
        }
        self.needed(side, 1);
        let version = row.seen.version.as_deref().filter(|_| self.side(side).locks(link.kind));
        let change = Change::new(&intent.item, &intent.sent).if_version(version);
        let done = self.side(side).update(&change).await.map(drop);
        self.after_ending(link, &intent, done, works).await
    }

    async fn begin_ending(&self, intent: &Intent) -> SyncResult<()> {
        self.hold_lease().await?;
        if !planted(Bug::NoIntent) {
            self.store().begin(&self.lease(), vec![intent.clone()]).await?;
        }
        Ok(())
    }

    async fn drop_ending(&self, intent: &Intent) -> SyncResult<Step> {
        let intents_over = vec![intent.id.clone()];
        self.store().settle(&self.lease(), Settlement { intents_over, ..Settlement::default() }).await?;
        Ok(Step::Again)
    }

    /// Whether a task that would be deleted has comments that the other side never showed: they would go along with it.
    async fn is_talked_about(&self, link: &Link, side: Side) -> SyncResult<bool> {
        let wanted = self.config().deletions == Deletions::Delete && self.config().kinds.contains(&Kind::Comment);
        let (Kind::Task, Some(task)) = (link.kind, link.item(side)) else { return Ok(false) };
        if !wanted || !self.side(side).has(Kind::Comment) {
            return Ok(false);
        }
        let rows = self.side(side).comments_of(&task.id).await.map_err(SyncError::stopped(side))?.unwrap_or_default();
        let known = self.store().comment_links(self.mapping(), side, &task.id).await?;
        let is_known = |row: &Row| {
            let link = known.iter().find(|link| link.item(side).as_ref() == Some(&row.item));
            link.and_then(|link| link.seen.get(side).as_ref()).is_some_and(|seen| seen.hash == row.seen.hash)
        };
        Ok(!rows.iter().all(is_known))
    }

    /// The last look at what is about to be archived, where no lock keeps it.
    async fn changed_meanwhile(&self, link: &Link, row: &Row, side: Side) -> SyncResult<bool> {
        if self.side(side).locks(link.kind) || planted(Bug::NoGuard) {
            return Ok(false);
        }
        let now = self.side(side).get(&row.item).await.map_err(SyncError::stopped(side))?;
        Ok(now.is_none_or(|now| now.seen.hash != row.seen.hash))
    }

    async fn after_ending(
        &self,
        mut link: Link,
        intent: &Intent,
        done: pm_provider::Result<()>,
        works: &[Work],
    ) -> SyncResult<Step> {
        match done {
            Ok(()) => {
                link.state = LinkState::Tombstoned;
                link.absence = None;
                self.count("deleted");
                let mut event = self.event(&link.id, intent.side, Some(intent.item.clone()), "delete");
                event.after = intent.sent.clone();
                event.intent = Some(intent.id.clone());
                let settlement = Settlement {
                    intents_over: vec![intent.id.clone()],
                    links: vec![link],
                    events: vec![event],
                    done: works.to_vec(),
                    ..Settlement::default()
                };
                self.store().settle(&self.lease(), settlement).await?;
                Ok(Step::Done)
            }
            Err(error) if *error.effect() == Effect::NotExecuted => {
                let intents_over = vec![intent.id.clone()];
                self.store().settle(&self.lease(), Settlement { intents_over, ..Settlement::default() }).await?;
                let last = works.iter().any(|work| work.attempts + 1 >= self.config().timing.attempts);
                if last && error.kind() == ErrorKind::Conflict && intent.op == IntentOp::Delete {
                    return self.keep_with_contents(link, intent, works, error).await;
                }
                Ok(Step::Failed(error))
            }
            Err(_) => Ok(Step::Wait(intent.deadline_at)),
        }
    }

    /// What has contents that the other side never had cannot be deleted: they are edits, and win like others.
    async fn keep_with_contents(&self, link: Link, intent: &Intent, works: &[Work], error: Error) -> SyncResult<Step> {
        let gone = intent.side.other();
        let row = self.side(intent.side).get(&intent.item).await.map_err(SyncError::stopped(intent.side))?;
        match row.filter(|_| self.config().writes(gone)) {
            Some(row) => {
                let case = buried(works, intent.side, &intent.item, &link);
                self.make_again(&case, link, gone, &row).await
            }
            None => Ok(Step::Failed(error)),
        }
    }

    fn ending(&self, link: &Link, side: Side, item: ItemKey, op: IntentOp, sent: Patch) -> Intent {
        Intent {
            id: self.new_id(),
            op,
            side,
            item,
            link: link.id.clone(),
            mark: None,
            expected: sent.clone(),
            sent,
            base: Pair::default(),
            source_seen: None,
            sent_at: self.now(),
            deadline_at: self.deadline(self.begin_by()),
            epoch: self.lease().epoch,
        }
    }

    /// What archives an item: a task is given up, a sprint is over; a comment, and what is so already, stays as it is.
    async fn archived(&self, link: &Link, side: Side, row: &Row) -> SyncResult<Option<Patch>> {
        let schema = self.side(side).schema().await.map_err(SyncError::stopped(side))?;
        let status = match link.kind {
            Kind::Task => {
                let find = |category| schema.statuses.iter().find(|status| status.category == category);
                let found = find(StatusCategory::Cancelled).or_else(|| find(StatusCategory::Done));
                found.map(|status| json!({"category": status.category, "name": status.name}))
            }
            Kind::Sprint => {
                let over = pm_provider::SprintStatusCategory::Completed;
                let found = schema.sprint_statuses.iter().find(|status| status.category == over);
                found.map(|status| json!({"category": status.category, "name": status.name}))
            }
            Kind::Comment => None,
        };
        let patch = status.map(|status| Patch::new().with(Field::Status, status));
        Ok(patch.filter(|patch| patch.get(&Field::Status.into()) != Some(row.record.get(&Field::Status.into()))))
    }
}

fn buried(works: &[Work], side: Side, item: &ItemKey, link: &Link) -> Case {
    Case {
        works: works.to_vec(),
        side,
        item: item.clone(),
        link: Some(link.clone()),
        rows: Pair::default(),
        assumed: Pair::default(),
        orphan: false,
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
fn is_edited(terms: &Terms, link: &Link, side: Side, record: &Record) -> bool {
    let Some(base) = link.base.get(side) else { return true };
    let differs =
        |(field, _): &(&crate::record::FieldKey, &crate::plan::FieldRule)| record.get(field) != base.get(field);
    terms.plan.fields(link.kind).filter(|(_, rule)| rule.flow != crate::plan::Flow::Ignored).any(|one| differs(&one))
}
