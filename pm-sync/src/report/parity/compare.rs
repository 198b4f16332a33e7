//! Counts what is equal, item by item.

use std::collections::BTreeMap;

use super::judge::judge;
use super::{Difference, Lone, Named, NotCompared, ParityReport, Why};
use crate::item::{Kind, Pair, Side};
use crate::merge::{FieldView, MergeInput};
use crate::plan::{FieldPlan, Flow};
use crate::record::FieldKey;
use crate::side::Row;
use crate::translate::Carried;

/// Two projects being compared, item by item: nothing but differences is kept.
#[derive(Debug)]
pub struct Comparison<'p> {
    plan: &'p FieldPlan,
    report: ParityReport,
    left_out: BTreeMap<(Kind, FieldKey), u64>,
}

/// An item and its twin.
#[derive(Clone, Copy, Debug)]
pub struct TwoRows<'a> {
    /// What stands on each side.
    pub rows: Pair<&'a Row>,
    /// What each side would show if the other one's values were written to it, as a merge has it.
    pub over: Pair<&'a Carried>,
    /// Whether something is still to be synchronised in it.
    pub lags: bool,
}

impl<'p> Comparison<'p> {
    /// Begins to compare by a plan; `names` are what the sides are called.
    #[must_use]
    pub fn new(plan: &'p FieldPlan, names: Pair<String>) -> Self {
        let kinds = Kind::ALL.into_iter();
        let ignored = kinds.flat_map(|kind| plan.fields(kind).map(move |(key, rule)| (kind, key, rule)));
        let ignored = ignored.filter(|(_, _, rule)| rule.flow == Flow::Ignored);
        let left_out = ignored.map(|(kind, key, _)| ((kind, key.clone()), 0)).collect();
        Self { plan, report: ParityReport { names, ..ParityReport::default() }, left_out }
    }

    /// Compares an item with its twin.
    pub fn pair(&mut self, two: &TwoRows<'_>) {
        let kind = two.rows.a.item.kind;
        self.report.pairs += 1;
        self.count_left_out(kind, &[two.rows.a, two.rows.b]);
        let (nothing, parked) = (Carried::default(), BTreeMap::new());
        let input = MergeInput {
            kind,
            plan: self.plan,
            now: two.rows.map(|row| &row.record),
            base: Pair::default(),
            over: two.over,
            base_over: Pair::new(&nothing, &nothing),
            parked: &parked,
            newer: None,
            primary: Side::A,
        };
        for (key, rule) in compared(self.plan, kind) {
            self.report.compared += 1;
            match judge(&FieldView::new(&input, key, rule), two.lags) {
                None => self.report.equal += 1,
                Some((why, reason)) => self.report.different.push(difference(two, key, why, reason)),
            }
        }
    }

    /// Counts an item of a side that has no twin.
    pub fn lone(&mut self, side: Side, row: &Row, why: Why) {
        let kind = row.item.kind;
        self.count_left_out(kind, &[row]);
        self.report.compared += compared(self.plan, kind).count() as u64;
        let lone = Lone { kind, item: Named::of(row), why };
        match side {
            Side::A => self.report.missing.push(lone),
            Side::B => self.report.extra.push(lone),
        }
    }

    /// Counts an item of a side that the mapping leaves out on purpose.
    pub fn withheld(&mut self, side: Side) {
        *self.report.withheld.get_mut(side) += 1;
    }

    /// Says what came of it.
    #[must_use]
    pub fn finish(mut self) -> ParityReport {
        let plan = self.plan;
        let not_compared = self.left_out.into_iter().map(|((kind, field), items)| {
            let reason = plan.rule(kind, &field).reason.clone().unwrap_or_default();
            NotCompared { kind, field, items, reason }
        });
        self.report.not_compared = not_compared.collect();
        self.report.percent = percent(&self.report);
        self.report
    }

    fn count_left_out(&mut self, kind: Kind, rows: &[&Row]) {
        let ignored = self.left_out.iter_mut().filter(|((of, _), _)| *of == kind);
        for ((_, key), items) in ignored {
            *items += u64::from(rows.iter().any(|row| !row.record.get(key).is_null()));
        }
    }
}

fn compared(plan: &FieldPlan, kind: Kind) -> impl Iterator<Item = (&FieldKey, &crate::plan::FieldRule)> {
    plan.fields(kind).filter(|(_, rule)| rule.flow != Flow::Ignored)
}

fn difference(two: &TwoRows<'_>, key: &FieldKey, why: Why, reason: Option<String>) -> Difference {
    Difference {
        kind: two.rows.a.item.kind,
        items: two.rows.map(Named::of),
        field: key.clone(),
        values: two.rows.map(|row| row.record.get(key).clone()),
        why,
        reason,
    }
}

/// Hundredths are rounded down, so that one difference in a million is none too few to be seen.
fn percent(report: &ParityReport) -> f64 {
    if report.equal == report.compared && report.differences() == 0 {
        return 100.0;
    }
    let hundredths = (report.equal.saturating_mul(10_000) / report.compared.max(1)).min(9_999);
    f64::from(u32::try_from(hundredths).unwrap_or_default()) / 100.0
}
