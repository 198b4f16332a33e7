//! Items with a twin: what a merge comes to, and what is written down before anything is sent.

use std::collections::BTreeMap;

use pm_provider::Field;
use serde_json::Value;

use super::case::Case;
use super::create::waits;
use super::error::SyncResult;
use super::planted::{Bug, planted};
use super::proof::Looks;
use super::session::Session;
use super::terms::{CarryError, Terms};
use super::work::Step;
use crate::item::{Kind, Pair, Side};
use crate::merge::{FieldConflict, MergeInput, Merged, MergedText, halfway, merge};
use crate::plan::Flow;
use crate::record::{FieldKey, Patch, Record};
use crate::relations::is_ties;
use crate::side::Row;
use crate::store::{Conflict, Link, LinkState, Parked, Settlement, WorkReason};
use crate::translate::{Carried, may_cross};

/// How far apart the servers' times of two edits must be to say which is newer, in seconds.
const CLEARLY_NEWER: i64 = 5;

/// An item and its twin, merged and ready to be written.
pub(super) struct Planned {
    pub(super) case: Case,
    /// The link with what is parked now.
    pub(super) link: Link,
    pub(super) rows: Pair<Row>,
    pub(super) merged: Merged,
    /// What is agreed of fields that are written to both sides when [`FIRST`] is done and the other side is not.
    pub(super) halfway: Pair<Patch>,
    pub(super) conflicts: Vec<Conflict>,
}

/// The side that is written first where both are.
pub(super) const FIRST: Side = Side::A;

enum Planning {
    Ready(Box<Planned>),
    Over(Step),
}

impl Session<'_> {
    /// Merges items with their twins and writes what comes of it.
    pub(super) async fn step_linked(&self, cases: Vec<Case>) -> SyncResult<()> {
        let looks = self.look_at_missing(&cases).await?;
        let mut ready = Vec::new();
        for case in cases {
            let works = case.works.clone();
            match self.plan_case(case, &looks).await? {
                Planning::Ready(planned) => ready.push(*planned),
                Planning::Over(step) => self.after(&works, step).await?,
            }
        }
        Box::pin(self.write_all(ready)).await
    }

    async fn plan_case(&self, case: Case, looks: &Looks) -> SyncResult<Planning> {
        let Some(link) = case.link.clone() else { return Ok(Planning::Over(Step::Done)) };
        if link.state != LinkState::Linked {
            if link.item(case.side.other()).is_none() && !case.is_told_gone(case.side) {
                let name = self.side(case.side).name();
                self.warn(format!(
                    "{} is back on `{name}`, where it was replaced meanwhile: delete one of both",
                    case.item
                ));
            }
            return Ok(Planning::Over(self.clear(&case.works).await?));
        }
        if let Some(until) = self.doubt_of(&link) {
            return Ok(Planning::Over(Step::Wait(until)));
        }
        if case.orphan {
            return Ok(Planning::Over(self.bury(&case, link, Vec::new()).await?));
        }
        if let Some(side) = Side::BOTH.into_iter().find(|side| link.item(*side).is_none()) {
            let works = case.works.clone();
            let seen_on_the_other = Case { side: side.other(), item: item_on(&link, side.other(), &case), ..case };
            let step = self.create_twin(seen_on_the_other).await?;
            self.after(&works, step).await?;
            return Ok(Planning::Over(Step::Done));
        }
        let rows = match (case.rows.a.clone(), case.rows.b.clone()) {
            (Some(a), Some(b)) => Pair::new(a, b),
            _ => return Ok(Planning::Over(self.absent(case, link, looks).await?)),
        };
        if link.absence.is_some() || case.works.iter().any(|work| work.reason == WorkReason::Missing) {
            self.note_back(&link);
        }
        if rows.a.elsewhere || rows.b.elsewhere {
            return Ok(Planning::Over(self.release(&case, link).await?));
        }
        if !may_cross(&rows.a, self.config()) || !may_cross(&rows.b, self.config()) {
            self.count("withheld");
            return Ok(Planning::Over(self.clear(&case.works).await?));
        }
        self.merge_case(case, link, rows).await
    }

    /// Until when a write to one of both items is in doubt.
    pub(super) fn doubt_of(&self, link: &Link) -> Option<chrono::DateTime<chrono::Utc>> {
        let notes = self.notes();
        let doubt = |side| notes.doubts.get(&(side, link.item(side)?)).copied();
        Side::BOTH.into_iter().filter_map(doubt).max()
    }

    /// The item went to another project: both stay, and are not synchronised any more.
    async fn release(&self, case: &Case, mut link: Link) -> SyncResult<Step> {
        link.state = LinkState::Released;
        let events = vec![self.event(&link.id, case.side, Some(case.item.clone()), "unlink")];
        self.warn(format!("{} went to another project and is not synchronised any more", case.item));
        let settlement = Settlement { links: vec![link], events, done: case.works.clone(), ..Settlement::default() };
        self.store().settle(&self.lease(), settlement).await?;
        Ok(Step::Done)
    }

    async fn merge_case(&self, case: Case, link: Link, rows: Pair<Row>) -> SyncResult<Planning> {
        let mut terms = self.terms().await?;
        let mut planned = self.merge_with(&terms, case.clone(), &link, &rows).await;
        if matches!(&planned, Ok((_, true))) && self.learn_people().await? {
            terms = self.terms().await?;
            planned = self.merge_with(&terms, case.clone(), &link, &rows).await;
        }
        match planned {
            // What was not read is not agreed on either: it may be gone by now.
            Ok((planned, _)) if agrees_unseen(&planned) => Ok(Planning::Over(Step::Again)),
            Ok((planned, _)) => Ok(Planning::Ready(Box::new(planned))),
            Err(CarryError::Item(error)) => Ok(Planning::Over(Step::Failed(error))),
            Err(CarryError::Run(error)) => Err(error),
        }
    }

    /// Merges; also says whether somebody was named whom we do not know.
    async fn merge_with(
        &self,
        terms: &Terms,
        case: Case,
        link: &Link,
        rows: &Pair<Row>,
    ) -> Result<(Planned, bool), CarryError> {
        let kind = link.kind;
        let base = bases(link);
        let (over, base_over) = self.carry_both(terms, kind, rows, &base).await?;
        let input = MergeInput {
            kind,
            plan: &terms.plan,
            now: Pair::new(&rows.a.record, &rows.b.record),
            base: Pair::new(base.a, base.b),
            over: Pair::new(&over.a, &over.b),
            base_over: Pair::new(&base_over.a, &base_over.b),
            parked: &link.parked,
            newer: newer(rows),
            primary: self.config().primary_side(),
        };
        let merged = self.settle_texts(terms, kind, merge(&input), rows).await?;
        let halfway = halfway_of(&input, &merged);
        let mut link = link.clone();
        link.pending_parent = Side::BOTH.into_iter().any(|side| waits(over.get(side)));
        link.absence = None;
        let strangers = Side::BOTH.into_iter().any(|side| !over.get(side).strangers.is_empty());
        for (field, reason) in over.a.kept.iter().chain(&over.b.kept) {
            if *field != Field::ParentTaskId.into() {
                self.warn(format!("`{field}` is kept as it is: {reason}"));
            }
        }
        let conflicts = self.conflicts_of(&mut link, &merged);
        Ok((Planned { case, link, rows: rows.clone(), merged, halfway, conflicts }, strangers))
    }

    async fn carry_both(
        &self,
        terms: &Terms,
        kind: Kind,
        rows: &Pair<Row>,
        base: &Pair<Option<&Record>>,
    ) -> Result<(Pair<Carried>, Pair<Carried>), CarryError> {
        let (mut over, mut base_over) = (Pair::<Carried>::default(), Pair::<Carried>::default());
        for to in Side::BOTH {
            let (from, there) = (to.other(), &rows.get(to).record);
            let record = &rows.get(from).record;
            let carried = self.carry(terms, kind, from, record, Some(there)).await?;
            *base_over.get_mut(to) = match base.get(from) {
                Some(base) if *base == record => carried.clone(),
                Some(base) => self.carry(terms, kind, from, base, Some(there)).await?,
                None => Carried::default(),
            };
            *over.get_mut(to) = carried;
        }
        Ok((over, base_over))
    }

    /// Texts that were merged line by line: what each side becomes, and that it is agreed.
    async fn settle_texts(
        &self,
        terms: &Terms,
        kind: Kind,
        mut merged: Merged,
        rows: &Pair<Row>,
    ) -> Result<Merged, CarryError> {
        for (field, text) in std::mem::take(&mut merged.texts) {
            let sides = self.same_text(terms, kind, &field, text, rows).await?;
            let differs = |side: &Side| rows.get(*side).record.get(&field) != sides.get(*side);
            let writes = Side::BOTH.iter().any(differs);
            for side in Side::BOTH {
                let value = sides.get(side);
                let bases = if writes { &mut merged.base_after } else { &mut merged.agreed };
                bases.get_mut(side).set(field.clone(), value.clone());
                if differs(&side) {
                    merged.write.get_mut(side).set(field.clone(), value.clone());
                }
            }
        }
        Ok(merged)
    }

    /// The texts of both sides as they are if one shows as the other one over there, else one of them for both.
    async fn same_text(
        &self,
        terms: &Terms,
        kind: Kind,
        field: &FieldKey,
        text: MergedText,
        rows: &Pair<Row>,
    ) -> Result<Pair<Value>, CarryError> {
        let (one, other) = (text.otherwise, text.otherwise.other());
        let mut sides = Pair::<Value>::default();
        for side in Side::BOTH {
            let patch = Patch::new().with(field.clone(), text.sides.get(side).clone());
            let shown = self.side(side).preview(kind, &patch).await.map_err(CarryError::Item)?;
            *sides.get_mut(side) = shown.get(field).cloned().unwrap_or_default();
        }
        let over = self.carry_text(terms, kind, (one, field), sides.get(one), rows).await?;
        let back = self.carry_text(terms, kind, (other, field), sides.get(other), rows).await?;
        if over != *sides.get(other) && back != *sides.get(one) {
            *sides.get_mut(other) = over;
        }
        Ok(sides)
    }

    /// A text of a side as the other one would show it. What else a comment says of itself has a part in that.
    async fn carry_text(
        &self,
        terms: &Terms,
        kind: Kind,
        (side, field): (Side, &FieldKey),
        text: &Value,
        rows: &Pair<Row>,
    ) -> Result<Value, CarryError> {
        let mut record = rows.get(side).record.clone();
        record.set(field.clone(), text.clone());
        let there = &rows.get(side.other()).record;
        let carried = self.carry(terms, kind, side, &record, Some(there)).await?;
        Ok(carried.record.get(field).clone())
    }

    /// The rows for what stood against each other; parks what a person has to decide.
    fn conflicts_of(&self, link: &mut Link, merged: &Merged) -> Vec<Conflict> {
        let now = self.now();
        let mut rows = Vec::new();
        for field in &merged.unparked {
            let Some(parked) = link.parked.get(field).cloned() else { continue };
            // What is to be written is over only when it is.
            if Side::BOTH.into_iter().all(|side| merged.write.get(side).get(field).is_none()) {
                link.parked.remove(field);
            }
            // What a person decided is written down already, with who it was.
            if parked.winner.is_none() {
                let over = FieldConflict {
                    field: field.clone(),
                    cause: crate::store::Cause::BothEdited,
                    base: Pair::of(|side| base_value(link, side, field)),
                    values: parked.values,
                    winner: parked.winner,
                    decided_by: "agreed".to_owned(),
                };
                rows.push(conflict_row(link, &over, parked.conflict, now, Some(now)));
            }
        }
        for conflict in &merged.conflicts {
            let asked = link.parked.get(&conflict.field).filter(|_| conflict.winner.is_none());
            let id = asked.map(|parked| parked.conflict.clone()).unwrap_or_else(|| conflict_id(link, conflict));
            let resolved = conflict.winner.map(|_| now);
            if conflict.winner.is_none() {
                let parked = Parked { conflict: id.clone(), values: conflict.values.clone(), winner: None };
                link.parked.insert(conflict.field.clone(), parked);
            }
            self.count("conflicts");
            self.notes().progress.conflicts += 1;
            rows.push(conflict_row(link, conflict, id, now, resolved));
        }
        rows
    }
}

fn halfway_of(input: &MergeInput<'_>, merged: &Merged) -> Pair<Patch> {
    let mut bases = Pair::<Patch>::default();
    for (field, _) in merged.write.a.iter().filter(|(field, _)| merged.write.b.get(field).is_some()) {
        let Some(agreed) = halfway(input, field, FIRST) else { continue };
        for side in Side::BOTH {
            bases.get_mut(side).set(field.clone(), agreed.get(side).clone());
        }
    }
    bases
}

/// Whether bases would move by what is only assumed of a side.
fn agrees_unseen(planned: &Planned) -> bool {
    let moves = !planned.merged.agreed.a.is_empty() || !planned.merged.agreed.b.is_empty();
    moves && (planned.case.assumed.a || planned.case.assumed.b)
}

fn item_on(link: &Link, side: Side, case: &Case) -> crate::item::ItemKey {
    link.item(side).unwrap_or_else(|| case.item.clone())
}

fn bases(link: &Link) -> Pair<Option<&Record>> {
    if planted(Bug::OneBase) {
        return Pair::new(link.base.a.as_ref(), link.base.a.as_ref());
    }
    Pair::new(link.base.a.as_ref(), link.base.b.as_ref())
}

fn base_value(link: &Link, side: Side, field: &FieldKey) -> serde_json::Value {
    link.base.get(side).as_ref().map(|base| base.get(field).clone()).unwrap_or_default()
}

/// The side that was clearly changed later, by the servers' clocks.
fn newer(rows: &Pair<Row>) -> Option<Side> {
    let apart = (rows.a.seen.at? - rows.b.seen.at?).num_seconds();
    match apart {
        apart if apart > CLEARLY_NEWER => Some(Side::A),
        apart if apart < -CLEARLY_NEWER => Some(Side::B),
        _ => None,
    }
}

/// An id made of what the conflict is about: found twice, it is one conflict.
pub(super) fn conflict_id(link: &Link, conflict: &FieldConflict) -> String {
    let parts = serde_json::json!([link.id, conflict.field, conflict.cause, conflict.base, conflict.values]);
    Record::new().with(Field::Body, parts.to_string()).digest()
}

pub(super) fn conflict_row(
    link: &Link,
    conflict: &FieldConflict,
    id: String,
    now: chrono::DateTime<chrono::Utc>,
    resolved_at: Option<chrono::DateTime<chrono::Utc>>,
) -> Conflict {
    Conflict {
        id,
        link: link.id.clone(),
        kind: link.kind,
        ids: link.ids.clone(),
        field: Some(conflict.field.clone()),
        cause: conflict.cause,
        base: conflict.base.clone(),
        values: conflict.values.clone(),
        winner: conflict.winner,
        decided_by: Some(conflict.decided_by.clone()).filter(|_| resolved_at.is_some()),
        found_at: now,
        resolved_at,
    }
}

/// Fields that are not synchronised have no say in whether something changed: their base is whatever stands there.
pub(super) fn fill_in(base: &mut Option<Record>, terms: &Terms, kind: Kind, shown: &Record) {
    let base = base.get_or_insert_with(Record::new);
    let ignored = |field: &FieldKey| !is_ties(field) && terms.plan.rule(kind, field).flow == Flow::Ignored;
    let gone: BTreeMap<FieldKey, ()> =
        base.iter().filter(|(field, _)| ignored(field)).map(|(f, _)| (f.clone(), ())).collect();
    for field in gone.into_keys() {
        base.set(field, serde_json::Value::Null);
    }
    for (field, value) in shown.iter().filter(|(field, _)| ignored(field)) {
        base.set(field.clone(), value.clone());
    }
}

/// The part of a patch that has to do with some fields.
pub(super) fn only(patch: &Patch, keep: impl Fn(&FieldKey) -> bool) -> Patch {
    patch.iter().filter(|(field, _)| keep(field)).map(|(field, value)| (field.clone(), value.clone())).collect()
}
