//! An item, its twin, what was agreed of them, and what a merge makes of them.

use std::collections::BTreeMap;

use pm_provider::Field;
use pm_sync::config::Policy;
use pm_sync::item::{Kind, Pair, Side};
use pm_sync::merge::{MergeInput, Merged, MergedText, merge};
use pm_sync::plan::{FieldPlan, FieldRule, Flow};
use pm_sync::record::{FieldKey, Record};
use pm_sync::store::Parked;
use serde_json::Value;

use super::draw::Draw;
use super::terms::{FIELDS, Terms, Values};

const POLICIES: [Policy; 6] =
    [Policy::Merge, Policy::Primary, Policy::Internal, Policy::External, Policy::Newest, Policy::Manual];

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) terms: Terms,
    pub(crate) rules: BTreeMap<FieldKey, FieldRule>,
    pub(crate) now: Pair<Record>,
    pub(crate) base: Pair<Option<Record>>,
    pub(crate) parked: BTreeMap<FieldKey, Parked>,
    pub(crate) newer: Option<Side>,
    pub(crate) primary: Side,
}

/// The word for a field, with its kind of values.
pub(crate) fn fields() -> impl Iterator<Item = (FieldKey, Values)> {
    FIELDS.into_iter().map(|(field, values)| (FieldKey::Of(field), values))
}

impl World {
    /// Two sides that were agreed and not changed since.
    pub(crate) fn agreed(terms: Terms, draw: &mut Draw<'_>) -> Self {
        let mut now = Pair::<Record>::default();
        for (key, values) in fields() {
            let a = terms.value(draw, values, Side::A);
            // What cannot be said over there was never agreed.
            let Some(b) = terms.carry(values, Side::B, &a) else { continue };
            now.b.set(key.clone(), terms.finer(draw, values, Side::B, &b));
            now.a.set(key, a);
        }
        let base = Pair::of(|side| Some(named(&terms, now.get(side))));
        let rules = fields().map(|(key, _)| (key, FieldRule::both(draw.one_of(&POLICIES)))).collect();
        let newer = draw.one_of(&[None, Some(Side::A), Some(Side::B)]);
        Self { terms, rules, now, base, parked: BTreeMap::new(), newer, primary: draw.one_of(&Side::BOTH) }
    }

    /// Anything at all: limits, ways, edits, what is parked, what was never agreed.
    pub(crate) fn anything(draw: &mut Draw<'_>) -> Self {
        let mut terms = Terms::draw(draw);
        terms.most = Pair::of(|_| draw.once_in(6).then_some(2));
        let mut world = Self::agreed(terms, draw).edited(draw);
        for rule in world.rules.values_mut() {
            rule.policy = draw.one_of(&POLICIES);
            rule.flow = draw.one_of(&[
                Flow::Both,
                Flow::Both,
                Flow::Both,
                Flow::Towards(Side::A),
                Flow::Towards(Side::B),
                Flow::Ignored,
            ]);
            rule.create_only = Pair::of(|_| draw.once_in(10));
            rule.clearable = Pair::of(|_| !draw.once_in(6));
        }
        if let Some(rule) = world.rules.get_mut(&FieldKey::Of(Field::Assignees)) {
            rule.max_items = world.terms.most;
        }
        if draw.once_in(6) {
            world.base.b = None;
        }
        world.park(draw);
        world
    }

    /// The same with anything edited on both sides.
    pub(crate) fn edited(mut self, draw: &mut Draw<'_>) -> Self {
        for side in Side::BOTH {
            for (key, values) in fields() {
                if draw.below(3) > 0 {
                    self.now.get_mut(side).set(key, self.terms.value(draw, values, side));
                }
            }
        }
        self
    }

    fn park(&mut self, draw: &mut Draw<'_>) {
        for (key, values) in fields() {
            if !draw.once_in(6) {
                continue;
            }
            let mut shown = Pair::of(|side| self.now.get(side).get(&key).clone());
            if draw.once_in(3) {
                let side = draw.one_of(&Side::BOTH);
                *shown.get_mut(side) = self.terms.value(draw, values, side);
            }
            let winner = draw.one_of(&[None, Some(Side::A), Some(Side::B)]);
            self.parked.insert(key, Parked { conflict: "c".to_owned(), values: shown, winner });
        }
    }

    pub(crate) fn merge(&self) -> Merged {
        let rules = self.rules.iter().map(|(key, rule)| (Kind::Task, key.clone(), rule.clone()));
        let plan: FieldPlan = rules.collect();
        let over = Pair::of(|side| self.terms.carried(side, self.now.get(side.other())));
        let nothing = Record::new();
        let base_over =
            Pair::of(|side| self.terms.carried(side, self.base.get(side.other()).as_ref().unwrap_or(&nothing)));
        merge(&MergeInput {
            kind: Kind::Task,
            plan: &plan,
            now: Pair::of(|side| self.now.get(side)),
            base: Pair::of(|side| self.base.get(side).as_ref()),
            over: Pair::of(|side| over.get(side)),
            base_over: Pair::of(|side| base_over.get(side)),
            parked: &self.parked,
            newer: self.newer,
            primary: self.primary,
        })
    }

    /// The world after everything was written and remembered.
    pub(crate) fn after(&self, merged: &Merged) -> Self {
        let mut world = self.clone();
        if self.base.a.is_none() || self.base.b.is_none() {
            world.base = Pair::new(Some(Record::new()), Some(Record::new()));
        }
        for side in Side::BOTH {
            world.now.get_mut(side).apply(merged.write.get(side));
            let base = world.base.get_mut(side).get_or_insert_default();
            base.apply(merged.agreed.get(side));
            base.apply(merged.base_after.get(side));
        }
        for (key, text) in &merged.texts {
            world.write_text(key, text);
        }
        for key in &merged.unparked {
            world.parked.remove(key);
        }
        for conflict in merged.conflicts.iter().filter(|conflict| conflict.winner.is_none()) {
            let parked = Parked { conflict: "c".to_owned(), values: conflict.values.clone(), winner: None };
            world.parked.insert(conflict.field.clone(), parked);
        }
        world
    }

    fn write_text(&mut self, key: &FieldKey, text: &MergedText) {
        let carry = |to: Side, text: &Value| self.terms.carry(Values::Text, to, text).unwrap_or_default();
        let mut sides = text.sides.clone();
        if !Side::BOTH.into_iter().any(|side| carry(side, text.sides.get(side.other())) == *text.sides.get(side)) {
            let other = text.otherwise.other();
            *sides.get_mut(other) = carry(other, text.sides.get(text.otherwise));
        }
        for side in Side::BOTH {
            self.now.get_mut(side).set(key.clone(), sides.get(side).clone());
            self.base.get_mut(side).get_or_insert_default().set(key.clone(), sides.get(side).clone());
        }
    }

    /// The same world with the sides called the other way round.
    pub(crate) fn swap(&self) -> Self {
        let other = |side: Option<Side>| side.map(Side::other);
        let parked =
            |parked: &Parked| Parked { values: swap(&parked.values), winner: other(parked.winner), ..parked.clone() };
        Self {
            terms: self.terms.swap(),
            rules: self.rules.iter().map(|(key, rule)| (key.clone(), swap_rule(rule))).collect(),
            now: swap(&self.now),
            base: swap(&self.base),
            parked: self.parked.iter().map(|(key, field)| (key.clone(), parked(field))).collect(),
            newer: other(self.newer),
            primary: self.primary.other(),
        }
    }

    /// All of one field in a few lines, for messages.
    pub(crate) fn tell(&self, key: &FieldKey) -> String {
        let sides = Side::BOTH.map(|side| {
            let shown = self.terms.carried(side, self.now.get(side.other()));
            let (base, now) = (self.base(side, key), self.now(side, key));
            format!("{side}: {base} -> {now} (the other one is {} here)", shown.record.get(key))
        });
        let agreed = Side::BOTH.map(|side| self.base.get(side).is_some());
        let (rule, parked) = (self.rules.get(key), self.parked.get(key));
        format!("`{key}`\n{}\nagreed {agreed:?}, parked {parked:?}\n{rule:?}\n{:?}\n", sides.join("\n"), self.terms)
    }

    pub(crate) fn now(&self, side: Side, key: &FieldKey) -> &Value {
        self.now.get(side).get(key)
    }

    pub(crate) fn base(&self, side: Side, key: &FieldKey) -> &Value {
        let both = self.base.a.as_ref().zip(self.base.b.as_ref());
        both.map_or(&Value::Null, |(a, b)| Pair::new(a, b).get(side).get(key))
    }

    /// Whether a side's value was changed since it was agreed.
    pub(crate) fn is_changed(&self, side: Side, key: &FieldKey) -> bool {
        named(&self.terms, self.now.get(side)).get(key) != self.base(side, key)
    }

    /// Whether both sides say the same in a field, as far as both can tell.
    pub(crate) fn agree(&self, key: &FieldKey, values: Values) -> bool {
        self.terms.agree(values, self.now(Side::A, key), self.now(Side::B, key))
    }
}

/// A record without those whom the other side does not know: what can be agreed of it.
pub(crate) fn named(terms: &Terms, record: &Record) -> Record {
    fields().map(|(key, values)| (key.clone(), terms.named(values, record.get(&key)))).collect()
}

pub(crate) fn swap<T: Clone>(pair: &Pair<T>) -> Pair<T> {
    Pair::new(pair.b.clone(), pair.a.clone())
}

fn swap_rule(rule: &FieldRule) -> FieldRule {
    let mut swapped = rule.clone();
    swapped.flow = match rule.flow {
        Flow::Towards(side) => Flow::Towards(side.other()),
        other => other,
    };
    swapped.policy = match rule.policy {
        Policy::Internal => Policy::External,
        Policy::External => Policy::Internal,
        other => other,
    };
    swapped.create_only = swap(&rule.create_only);
    swapped.clearable = swap(&rule.clearable);
    swapped.max_items = swap(&rule.max_items);
    swapped
}
