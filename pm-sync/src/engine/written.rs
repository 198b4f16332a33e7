//! What came of writes: the intents are over, the link knows what both sides agree on, and an answer that is not what was
//! sent is told.

use pm_provider::{Error, ErrorKind};

use super::error::{SyncResult, copy_of};
use super::linked::{FIRST, Planned, conflict_id, conflict_row, fill_in, only};
use super::planted::{Bug, planted};
use super::pull::work_on;
use super::session::Session;
use super::work::Step;
use crate::item::{Kind, Pair, Side};
use crate::merge::FieldConflict;
use crate::record::{FieldKey, Patch, Record};
use crate::side::Row;
use crate::store::{Cause, Conflict, Event, Intent, Link, Seen, Settlement, WorkReason};

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

impl Session<'_> {
    /// Writes down what came of it.
    pub(super) async fn finish(
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

    fn update_event(&self, planned: &Planned, intent: &Intent, row: &Row) -> Event {
        let before = &planned.rows.get(intent.side).record;
        let of = |record: &Record| -> Patch {
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
    ) -> SyncResult<Link> {
        let terms = self.terms().await?;
        let mut link = planned.link.clone();
        let merged = &planned.merged;
        let done = |side: Side| matches!(written.get(side), Some(Written::Done(_)));
        let stored = |side: Side, field: &FieldKey| match written.get(side) {
            Some(Written::Partly(row, _)) => merged.write.get(side).get(field) == Some(row.record.get(field)),
            _ => done(side),
        };
        for side in Side::BOTH {
            let base = link.base.get_mut(side).get_or_insert_with(Record::new);
            base.apply(merged.agreed.get(side));
        }
        // The side that is written first comes first.
        for written in [FIRST, FIRST.other()] {
            let agreed = agreed_by(planned, written);
            for side in Side::BOTH {
                let base = link.base.get_mut(side).get_or_insert_with(Record::new);
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
                *link.seen.get_mut(side) = Some(Seen { at, ..row.seen.clone() });
            }
        }
        Ok(link)
    }

    /// What was stored is not what the backend had said that it would store: it is taken as it is and never sent back, and
    /// people are told. Fields that were not sent and differ were changed by somebody meanwhile.
    fn compare_answer(&self, planned: &Planned, side: Side, row: &Row, link: &mut Link, settlement: &mut Settlement) {
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
        link: &Link,
        side: Side,
        field: &FieldKey,
        expected: &serde_json::Value,
        stored: &serde_json::Value,
    ) -> Conflict {
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
pub(super) fn agreed_by(planned: &Planned, written: Side) -> Pair<Patch> {
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
