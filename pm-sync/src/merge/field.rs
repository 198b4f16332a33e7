//! One field of an item, as both sides have it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use pm_provider::Field;
use serde_json::Value;

use super::MergeInput;
use crate::item::{Kind, Pair, Side};
use crate::plan::{FieldRule, Flow};
use crate::record::FieldKey;
use crate::translate::Carried;

/// All that is known of one field.
#[derive(Debug)]
pub(crate) struct FieldView<'a> {
    pub(super) key: &'a FieldKey,
    pub(super) rule: &'a FieldRule,
    /// What stands on each side.
    pub(super) now: Pair<&'a Value>,
    /// The same without those whom the other side does not know.
    named: Pair<Cow<'a, Value>>,
    strangers: Pair<&'a BTreeSet<String>>,
    /// What was last agreed; `None` if nothing ever was.
    pub(super) base: Option<Pair<&'a Value>>,
    over: Pair<Result<&'a Value, Obstacle<'a>>>,
    base_over: Pair<Option<&'a Value>>,
}

/// Why a value cannot be written to a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle<'a> {
    /// What it refers to has no twin yet.
    Waits,
    /// It cannot be said there, and why.
    Unsayable(Cow<'a, str>),
}

impl<'a> FieldView<'a> {
    pub(crate) fn new(input: &MergeInput<'a>, key: &'a FieldKey, rule: &'a FieldRule) -> Self {
        let base = input.base.a.zip(input.base.b).map(|(a, b)| Pair::new(a.get(key), b.get(key)));
        let now = Pair::of(|side| input.now.get(side).get(key));
        let strangers = Pair::of(|side: Side| &input.over.get(side.other()).strangers);
        Self {
            key,
            rule,
            now,
            named: Pair::of(|side| without(key, now.get(side), strangers.get(side))),
            strangers,
            base,
            over: Pair::of(|side| carried(input.over.get(side), key)),
            base_over: Pair::of(|side| base.and(carried(input.base_over.get(side), key).ok())),
        }
    }

    /// The other side's value as this one would show it.
    pub(crate) fn over(&self, side: Side) -> Result<&'a Value, Obstacle<'a>> {
        self.over.get(side).clone()
    }

    /// The other side's base as this one would show it, if there is one and it can be said here.
    pub(super) fn base_over(&self, side: Side) -> Option<&'a Value> {
        *self.base_over.get(side)
    }

    /// What was last agreed on a side; unset if nothing ever was.
    pub(super) fn base_of(&self, side: Side) -> &'a Value {
        self.base.as_ref().map_or(&Value::Null, |base| base.get(side))
    }

    /// What stands on a side, without those whom the other side does not know.
    pub(super) fn named(&self, side: Side) -> &Value {
        self.named.get(side)
    }

    /// A value of a side without those whom the other side does not know: they are never agreed, so that they go over
    /// as soon as they are known.
    pub(super) fn agreeable<'v>(&self, side: Side, value: &'v Value) -> Cow<'v, Value> {
        without(self.key, value, self.strangers.get(side))
    }

    /// Whether there is anybody whom the other side does not know.
    pub(crate) fn has_strangers(&self) -> bool {
        Side::BOTH.into_iter().any(|side| self.named(side) != *self.now.get(side))
    }

    /// Whether both sides say the same, in the terms of one of them.
    pub(crate) fn is_equal(&self) -> bool {
        Side::BOTH.into_iter().any(|side| self.over(side).is_ok_and(|value| value == self.named(side)))
    }

    /// Whether what stands on a side is not what was agreed.
    pub(super) fn is_changed(&self, side: Side) -> bool {
        self.base.as_ref().is_some_and(|base| self.named(side) != *base.get(side))
    }

    /// Whether a change of the other side would show on this one.
    pub(super) fn would_show(&self, side: Side) -> bool {
        match (self.over(side), self.base_over(side)) {
            (Ok(now), Some(base)) => now != base,
            _ => true,
        }
    }

    /// Whether values may go towards a side.
    pub(crate) fn flows_to(&self, side: Side) -> bool {
        match self.rule.flow {
            Flow::Both => true,
            Flow::Towards(target) => target == side,
            Flow::Ignored => false,
        }
    }

    /// Whether a side, whose item is there already, takes a value.
    pub(crate) fn takes(&self, side: Side, value: &Value) -> Result<(), Obstacle<'static>> {
        let refuse = |why: &str| Err(Obstacle::Unsayable(format!("side `{side}` {why}").into()));
        let members = value.as_array().map_or(0, Vec::len);
        match self.rule.max_items.get(side) {
            _ if *self.rule.create_only.get(side) => refuse("takes it with a create alone"),
            _ if value.is_null() && !self.rule.clearable.get(side) => refuse("cannot empty it"),
            Some(most) if members > *most => refuse(&format!("holds {most} of them at most")),
            _ => Ok(()),
        }
    }
}

/// A set of people without some of them.
fn without<'v>(key: &FieldKey, value: &'v Value, strangers: &BTreeSet<String>) -> Cow<'v, Value> {
    if strangers.is_empty() || *key != FieldKey::Of(Field::Assignees) {
        return Cow::Borrowed(value);
    }
    let known = |member: &&Value| !member.as_str().is_some_and(|id| strangers.contains(id));
    let left: Vec<Value> = value.as_array().into_iter().flatten().filter(known).cloned().collect();
    Cow::Owned(if left.is_empty() { Value::Null } else { left.into() })
}

fn carried<'a>(carried: &'a Carried, key: &FieldKey) -> Result<&'a Value, Obstacle<'a>> {
    match carried.kept.get(key) {
        None => Ok(carried.record.get(key)),
        Some(_) if waits(carried, key) => Err(Obstacle::Waits),
        Some(why) => Err(Obstacle::Unsayable(why.into())),
    }
}

/// Whether a reference is not carried because its twin is still to be made.
fn waits(carried: &Carried, key: &FieldKey) -> bool {
    let kind = match key {
        FieldKey::Of(Field::ParentTaskId) => Kind::Task,
        FieldKey::Of(Field::SprintId) => Kind::Sprint,
        _ => return false,
    };
    carried.waits_for.iter().any(|item| item.kind == kind)
}

impl Obstacle<'_> {
    /// The same without borrowing.
    pub(super) fn owned(self) -> Obstacle<'static> {
        match self {
            Self::Waits => Obstacle::Waits,
            Self::Unsayable(why) => Obstacle::Unsayable(why.into_owned().into()),
        }
    }
}
