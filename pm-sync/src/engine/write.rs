//! Writing: journal first, guard last, nothing between guard and write, and the answer is what was stored.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use pm_provider::{Effect, Error, ErrorKind};

use super::error::{SyncError, SyncResult, copy_of};
use super::linked::{FIRST, Planned, conflict_id, conflict_row, fill_in, only};
use super::planted::{Bug, planted};
use super::pull::work_on;
use super::session::Session;
use super::work::Step;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::merge::FieldConflict;
use crate::record::{FieldKey, Patch};
use crate::side::{Change, Row};
use crate::store::{Cause, Intent, IntentOp, Settlement, WorkReason};

/// How many items are changed with one call, at most: all of them are in doubt when its answer is lost.
const TOGETHER: usize = 25;

/// What came of one write.
pub(super) enum Written {
    /// It was stored like this.
    Done(Box<Row>),
    /// Some of it was stored, and it stands like this now.
    Partly(Box<Row>, Error),
    /// Nothing happened.
    NotExecuted(Error),
    /// It may have happened.
    InDoubt,
    /// It was too late to send it.
    NotSent,
}

/// A planned item with its intents, by side.
struct Journalled {
    planned: Planned,
    intents: Pair<Option<Intent>>,
}

impl Session<'_> {
    /// Writes what merges came to: all of them are written down, guarded together, and sent side by side.
    pub(super) async fn write_all(&self, planned: Vec<Planned>) -> SyncResult<()> {
        let (writing, quiet): (Vec<_>, Vec<_>) = planned
            .into_iter()
            .partition(|planned| !planned.merged.write.a.is_empty() || !planned.merged.write.b.is_empty());
        for planned in quiet {
            self.finish(planned, Pair::default(), Pair::default()).await?;
        }
        let (together, mut alone): (Vec<_>, Vec<_>) = writing.into_iter().partition(|one| self.fits_a_batch(one));
        let most = self.most_together();
        let mut together = together.into_iter().peekable();
        while together.peek().is_some() {
            let group: Vec<Planned> = together.by_ref().take(most).collect();
            if group.len() > 1 { self.write_together(group).await? } else { alone.extend(group) }
        }
        self.write_alone(alone).await
    }

    /// Whether all sides that an item is written to take several with one call.
    fn fits_a_batch(&self, planned: &Planned) -> bool {
        let written = Side::BOTH.into_iter().filter(|side| !planned.merged.write.get(*side).is_empty());
        written.into_iter().all(|side| self.side(side).batch_size() > 1)
    }

    fn most_together(&self) -> usize {
        let sizes = Side::BOTH.into_iter().map(|side| self.side(side).batch_size());
        sizes.filter(|size| *size > 1).fold(TOGETHER, usize::min)
    }

    async fn write_alone(&self, planned: Vec<Planned>) -> SyncResult<()> {
        if planned.is_empty() {
            return Ok(());
        }
        self.hold_lease().await?;
        let journalled = self.journal(planned, self.begin_by()).await?;
        let guarded = self.guard(journalled).await?;
        let sends = stream::iter(guarded).map(|journalled| self.send(journalled));
        let mut sends = sends.buffer_unordered(self.config().parallel.max(1));
        while let Some(sent) = sends.next().await {
            sent?;
        }
        Ok(())
    }

    /// Changes items with one call a side. What goes to both sides goes to the second one only once the first has it.
    async fn write_together(&self, planned: Vec<Planned>) -> SyncResult<()> {
        self.hold_lease().await?;
        let begin_by = self.begin_many_by();
        let journalled = self.journal(planned, begin_by).await?;
        let guarded = self.guard(journalled).await?;
        let mut written: Vec<Pair<Option<Written>>> = guarded.iter().map(|_| Pair::default()).collect();
        for side in [FIRST, FIRST.other()] {
            self.send_many(side, &guarded, &mut written, begin_by).await?;
        }
        for (one, written) in guarded.into_iter().zip(written) {
            self.finish(one.planned, one.intents, written).await?;
        }
        Ok(())
    }

    async fn send_many(
        &self,
        side: Side,
        items: &[Journalled],
        written: &mut [Pair<Option<Written>>],
        begin_by: DateTime<Utc>,
    ) -> SyncResult<()> {
        let is_open =
            |before: &Pair<Option<Written>>| matches!(before.get(side.other()), None | Some(Written::Done(_)));
        let places: Vec<usize> = (0..items.len()).filter(|at| is_open(&written[*at])).collect();
        let sent: Vec<(usize, &Planned, &Intent)> = places
            .into_iter()
            .filter_map(|at| Some((at, &items[at].planned, items[at].intents.get(side).as_ref()?)))
            .collect();
        if sent.is_empty() {
            return Ok(());
        }
        self.hold_lease().await?;
        let answers = match self.now() <= begin_by {
            true => self.update_many(side, &sent, begin_by).await,
            false => sent.iter().map(|_| Written::NotSent).collect(),
        };
        for ((at, ..), answer) in sent.iter().zip(answers) {
            *written[*at].get_mut(side) = Some(answer);
        }
        Ok(())
    }

    async fn update_many(
        &self,
        side: Side,
        sent: &[(usize, &Planned, &Intent)],
        begin_by: DateTime<Utc>,
    ) -> Vec<Written> {
        let changes: Vec<Change<'_>> =
            sent.iter().map(|(_, planned, intent)| self.change(planned, side, intent)).collect();
        self.needed(side, changes.len() as u64);
        let answers = match self.side(side).update_many(&changes, begin_by).await {
            Ok(answers) => answers,
            Err(error) => sent.iter().map(|_| Err(copy_of(&error))).collect(),
        };
        let mut written = Vec::new();
        for ((_, _, intent), answer) in sent.iter().zip(answers) {
            written.push(self.written(side, intent, answer).await);
        }
        written
    }

    /// Writes down what is about to be sent. The values that lose are written down first.
    async fn journal(&self, planned: Vec<Planned>, begin_by: DateTime<Utc>) -> SyncResult<Vec<Journalled>> {
        let losing = planned.iter().filter(|planned| !planned.conflicts.is_empty());
        let (mut conflicts, mut links) = (Vec::new(), Vec::new());
        for planned in losing {
            conflicts.extend(planned.conflicts.clone());
            links.push(planned.link.clone());
        }
        if !conflicts.is_empty() {
            let settlement = Settlement { conflicts, links, ..Settlement::default() };
            self.store().settle(&self.lease(), settlement).await?;
        }
        let journalled: Vec<Journalled> =
            planned.into_iter().map(|planned| self.with_intents(planned, begin_by)).collect();
        let both = journalled.iter().flat_map(|one| [one.intents.a.clone(), one.intents.b.clone()]);
        let intents: Vec<Intent> = both.flatten().collect();
        if !planted(Bug::NoIntent) {
            self.store().begin(&self.lease(), intents).await?;
        }
        Ok(journalled)
    }

    fn with_intents(&self, planned: Planned, begin_by: DateTime<Utc>) -> Journalled {
        let intents = Pair::of(|side| self.intent(&planned, side, begin_by));
        Journalled { planned, intents }
    }

    fn intent(&self, planned: &Planned, side: Side, begin_by: DateTime<Utc>) -> Option<Intent> {
        let sent = planned.merged.write.get(side).clone();
        Some(Intent {
            id: self.new_id(),
            op: IntentOp::Update,
            side,
            item: planned.link.item(side).filter(|_| !sent.is_empty())?,
            link: planned.link.id.clone(),
            mark: None,
            base: agreed_by(planned, side),
            expected: sent.clone(),
            sent,
            source_seen: None,
            sent_at: self.now(),
            deadline_at: self.deadline(begin_by),
            epoch: self.lease().epoch,
        })
    }

    /// Reads once more what is about to be overwritten where no lock keeps it: whoever was changed meanwhile is planned anew.
    async fn guard(&self, journalled: Vec<Journalled>) -> SyncResult<Vec<Journalled>> {
        let mut stale: HashSet<String> = HashSet::new();
        for side in Side::BOTH {
            let written: Vec<(&Journalled, ItemKey)> = journalled
                .iter()
                .filter(|one| !self.side(side).locks(one.planned.link.kind))
                .filter_map(|one| Some((one, one.intents.get(side).as_ref()?.item.clone())))
                .collect();
            if written.is_empty() || planted(Bug::NoGuard) {
                continue;
            }
            let keys: Vec<ItemKey> = written.iter().map(|(_, item)| item.clone()).collect();
            let read = self.side(side).get_many(&keys).await.map_err(SyncError::stopped(side))?;
            self.needed(side, 1);
            let now: HashMap<ItemKey, Row> = read.into_iter().map(|row| (row.item.clone(), row)).collect();
            for (one, item) in written {
                let merged = &one.planned.rows.get(side).seen.hash;
                if now.get(&item).is_none_or(|row| row.seen.hash != *merged) {
                    stale.insert(one.planned.link.id.clone());
                }
            }
        }
        let (stale, good): (Vec<_>, Vec<_>) =
            journalled.into_iter().partition(|one| stale.contains(&one.planned.link.id));
        for one in stale {
            self.drop_intents(&one.intents).await?;
            self.forget_rows(&one.planned);
            self.after(&one.planned.case.works, Step::Again).await?;
        }
        Ok(good)
    }

    /// What was read of an item is not what stands there: the next look reads it.
    fn forget_rows(&self, planned: &Planned) {
        for side in Side::BOTH {
            if let Some(item) = planned.link.item(side) {
                self.notes().fresh.remove(&(side, item));
            }
        }
    }

    async fn drop_intents(&self, intents: &Pair<Option<Intent>>) -> SyncResult<()> {
        let intents_over: Vec<String> =
            [&intents.a, &intents.b].into_iter().flatten().map(|intent| intent.id.clone()).collect();
        Ok(self.store().settle(&self.lease(), Settlement { intents_over, ..Settlement::default() }).await?)
    }

    async fn send(&self, journalled: Journalled) -> SyncResult<()> {
        let Journalled { planned, intents } = journalled;
        let mut written = Pair::<Option<Written>>::default();
        for side in [FIRST, FIRST.other()] {
            let Some(intent) = intents.get(side) else { continue };
            let sent =
                if self.may_send(intent).await? { self.update(&planned, side, intent).await } else { Written::NotSent };
            *written.get_mut(side) = Some(sent);
            if !matches!(written.get(side), Some(Written::Done(_))) {
                break;
            }
        }
        self.finish(planned, intents, written).await
    }

    async fn update(&self, planned: &Planned, side: Side, intent: &Intent) -> Written {
        self.needed(side, 1);
        let answer = self.side(side).update(&self.change(planned, side, intent)).await;
        self.written(side, intent, answer).await
    }

    fn change<'c>(&self, planned: &'c Planned, side: Side, intent: &'c Intent) -> Change<'c> {
        let version = planned.rows.get(side).seen.version.as_deref();
        let version = version.filter(|_| self.side(side).locks(planned.link.kind));
        Change::new(&intent.item, &intent.sent).if_version(version)
    }

    async fn written(&self, side: Side, intent: &Intent, answer: Result<Row, Error>) -> Written {
        match answer {
            Ok(row) => Written::Done(Box::new(row)),
            Err(error) if *error.effect() == Effect::NotExecuted => Written::NotExecuted(error),
            Err(error) if matches!(error.effect(), Effect::Partial { .. }) => self.look_at(side, intent, error).await,
            Err(error) => self.in_doubt(intent, &error),
        }
    }

    /// The backend says that it took some of it: what stands there says which fields are done.
    async fn look_at(&self, side: Side, intent: &Intent, error: Error) -> Written {
        match self.side(side).get(&intent.item).await {
            Ok(Some(row)) => Written::Partly(Box::new(row), error),
            _ => self.in_doubt(intent, &error),
        }
    }

    fn in_doubt(&self, intent: &Intent, error: &Error) -> Written {
        self.warn(format!("a change of {} may have been made: {error}", intent.item));
        Written::InDoubt
    }

    /// Writes down what came of it.
    async fn finish(
        &self,
        planned: Planned,
        intents: Pair<Option<Intent>>,
        written: Pair<Option<Written>>,
    ) -> SyncResult<()> {
        let mut settlement = Settlement::default();
        let step = self.outcome(&planned, &intents, &written, &mut settlement);
        let is_refused = |side: &Side| matches!(written.get(*side), Some(Written::NotExecuted(_)));
        let refused = Side::BOTH.into_iter().find(is_refused).and_then(|side| intents.get(side).as_ref());
        let step = match (step, refused) {
            (Step::Failed(error), Some(intent)) => self.refused(intent, None, error).await?,
            (step, _) => step,
        };
        if matches!(step, Step::Done) {
            settlement.done.clone_from(&planned.case.works);
        }
        let link = self.link_after(&planned, &written, &mut settlement).await?;
        settlement.links.push(link);
        if intents.a.is_none() && intents.b.is_none() {
            settlement.conflicts.extend(planned.conflicts.clone());
        }
        self.store().settle(&self.lease(), settlement).await?;
        if !matches!(step, Step::Done) {
            self.forget_rows(&planned);
        }
        self.after(&planned.case.works, step).await
    }

    fn outcome(
        &self,
        planned: &Planned,
        intents: &Pair<Option<Intent>>,
        written: &Pair<Option<Written>>,
        settlement: &mut Settlement,
    ) -> Step {
        let mut step = Step::Done;
        for side in Side::BOTH {
            let Some(intent) = intents.get(side) else { continue };
            match written.get(side) {
                Some(Written::Done(row)) => {
                    self.count("updated");
                    *self.notes().wrote.get_mut(side) |= row.item.kind == Kind::Task;
                    settlement.intents_over.push(intent.id.clone());
                    settlement.events.push(self.update_event(planned, intent, row));
                }
                Some(Written::NotExecuted(error)) => {
                    settlement.intents_over.push(intent.id.clone());
                    step = match error.kind() {
                        ErrorKind::VersionConflict | ErrorKind::NotFound => Step::Again,
                        _ => Step::Failed(copy_of(error)),
                    };
                }
                Some(Written::Partly(row, error)) => {
                    settlement.intents_over.push(intent.id.clone());
                    settlement.events.push(self.update_event(planned, intent, row));
                    step = Step::Failed(copy_of(error));
                }
                Some(Written::NotSent) => {
                    settlement.intents_over.push(intent.id.clone());
                    step = Step::Again;
                }
                Some(Written::InDoubt) => {
                    for side in Side::BOTH {
                        if let Some(item) = planned.link.item(side) {
                            self.notes().doubts.insert((side, item), intent.deadline_at);
                        }
                    }
                    step = Step::Wait(intent.deadline_at);
                }
                // The other side's write came first and was not done.
                None => settlement.intents_over.push(intent.id.clone()),
            }
        }
        step
    }

    fn update_event(&self, planned: &Planned, intent: &Intent, row: &Row) -> crate::store::Event {
        let before = &planned.rows.get(intent.side).record;
        let of = |record: &crate::record::Record| -> Patch {
            intent.sent.iter().map(|(field, _)| (field.clone(), record.get(field).clone())).collect()
        };
        let mut event = self.event(&intent.link, intent.side, Some(intent.item.clone()), "update");
        event.before = of(before);
        event.after = of(&row.record);
        event.intent = Some(intent.id.clone());
        event
    }

    /// The link with the bases of what is done.
    async fn link_after(
        &self,
        planned: &Planned,
        written: &Pair<Option<Written>>,
        settlement: &mut Settlement,
    ) -> SyncResult<crate::store::Link> {
        let terms = self.terms().await?;
        let mut link = planned.link.clone();
        let merged = &planned.merged;
        let done = |side: Side| matches!(written.get(side), Some(Written::Done(_)));
        let stored = |side: Side, field: &FieldKey| match written.get(side) {
            Some(Written::Partly(row, _)) => merged.write.get(side).get(field) == Some(row.record.get(field)),
            _ => done(side),
        };
        for side in Side::BOTH {
            let base = link.base.get_mut(side).get_or_insert_with(crate::record::Record::new);
            base.apply(merged.agreed.get(side));
        }
        // The side that is written first comes first.
        for written in [FIRST, FIRST.other()] {
            let agreed = agreed_by(planned, written);
            for side in Side::BOTH {
                let base = link.base.get_mut(side).get_or_insert_with(crate::record::Record::new);
                base.apply(&only(agreed.get(side), |field| stored(written, field)));
            }
        }
        let is_over = |field: &FieldKey| {
            Side::BOTH.into_iter().all(|side| merged.write.get(side).get(field).is_none() || stored(side, field))
        };
        // What is asked anew stays parked.
        let is_asked =
            |field: &FieldKey| merged.conflicts.iter().any(|one| one.field == *field && one.winner.is_none());
        for field in merged.unparked.iter().filter(|field| is_over(field) && !is_asked(field)) {
            link.parked.remove(field);
        }
        let all_done = Side::BOTH.into_iter().all(|side| merged.write.get(side).is_empty() || done(side));
        for side in Side::BOTH {
            let row = match written.get(side) {
                Some(Written::Done(row)) => {
                    self.compare_answer(planned, side, row, &mut link, settlement);
                    row
                }
                _ => planned.rows.get(side),
            };
            if all_done {
                fill_in(link.base.get_mut(side), &terms, link.kind, &row.record);
                let at = row.seen.at.max(link.seen.get(side).as_ref().and_then(|seen| seen.at));
                *link.seen.get_mut(side) = Some(crate::store::Seen { at, ..row.seen.clone() });
            }
        }
        Ok(link)
    }

    /// What was stored is not what the backend had said that it would store: it is taken as it is and never sent back, and
    /// people are told. Fields that were not sent and differ were changed by somebody meanwhile.
    fn compare_answer(
        &self,
        planned: &Planned,
        side: Side,
        row: &Row,
        link: &mut crate::store::Link,
        settlement: &mut Settlement,
    ) {
        let sent = planned.merged.write.get(side);
        let before = &planned.rows.get(side).record;
        for (field, expected) in sent.iter() {
            let stored = row.record.get(field);
            if stored == expected {
                continue;
            }
            if let Some(base) = link.base.get_mut(side) {
                base.set(field.clone(), stored.clone());
            }
            if !planted(Bug::BaseFromReadBack) {
                settlement.conflicts.push(self.normalised(link, side, field, expected, stored));
            }
        }
        let mut others = row.record.iter().chain(before.iter()).map(|(field, _)| field);
        if others.any(|field| sent.get(field).is_none() && row.record.get(field) != before.get(field)) {
            settlement.work.push(work_on(side, row.item.clone(), WorkReason::Changed));
        }
    }

    pub(super) fn normalised(
        &self,
        link: &crate::store::Link,
        side: Side,
        field: &FieldKey,
        expected: &serde_json::Value,
        stored: &serde_json::Value,
    ) -> crate::store::Conflict {
        let name = self.side(side).name();
        self.warn(format!("`{name}` stored `{field}` otherwise than it was sent"));
        self.count("conflicts");
        let mut values = Pair::new(expected.clone(), expected.clone());
        *values.get_mut(side) = stored.clone();
        let conflict = FieldConflict {
            field: field.clone(),
            cause: Cause::Normalised,
            base: Pair::new(expected.clone(), expected.clone()),
            values,
            winner: Some(side.other()),
            decided_by: "normalised".to_owned(),
        };
        let now = self.now();
        conflict_row(link, &conflict, conflict_id(link, &conflict), now, Some(now))
    }
}

/// What is agreed once a side is written: a field that both get is agreed by halves.
fn agreed_by(planned: &Planned, written: Side) -> Pair<Patch> {
    let merged = &planned.merged;
    let is_sent = |field: &FieldKey| merged.write.get(written).get(field).is_some();
    let is_half = |field: &FieldKey| written == FIRST && merged.write.get(FIRST.other()).get(field).is_some();
    Pair::of(|side| {
        let whole = only(merged.base_after.get(side), |field| is_sent(field) && !is_half(field));
        let half = only(planned.halfway.get(side), is_half);
        let both = whole.iter().chain(half.iter());
        both.map(|(field, value)| (field.clone(), value.clone())).collect()
    })
}
