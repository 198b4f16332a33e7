//! Sets, of which single members are added and removed.
//!
//! What goes from one side to the other is a change, never the whole set: members that cannot be named over there are
//! not in it, so nobody touches them.

use std::collections::BTreeSet;

use pm_provider::Field;
use serde_json::Value;

use super::field::FieldView;
use crate::item::{Pair, Side};
use crate::record::FieldKey;

type Members<'a> = BTreeSet<&'a str>;

/// Members that came and members that went.
struct Change<'a> {
    added: Members<'a>,
    removed: Members<'a>,
}

/// What a side's set becomes by what was changed on the other one; its own changes stay.
pub(super) fn with_change(field: &FieldView<'_>, target: Side) -> Value {
    value_of(&apply(field, target, members(field.now.get(target))))
}

/// What both sets become by the changes of both; `None` where a side cannot have that.
pub(super) fn together(field: &FieldView<'_>) -> Option<Pair<Option<Value>>> {
    let sides = Pair::of(|side| {
        let value = field.over(side).ok().map(|_| with_change(field, side))?;
        let same = value == **field.now.get(side);
        (same || field.takes(side, &value).is_ok()).then_some(value)
    });
    (sides.a.is_some() && sides.b.is_some()).then_some(sides)
}

/// What a side's set becomes if the other side wins: its own changes are taken back and those of the winner made. Whom
/// the winner does not know stays, or stays away.
pub(super) fn overruled(field: &FieldView<'_>, loser: Side) -> Value {
    let own = Change::between(&members(field.base_of(loser)), &members(field.named(loser)));
    let mut set = members(field.now.get(loser));
    set.retain(|member| !own.added.contains(member));
    let winners = field.over(loser).map(members).unwrap_or_default();
    let spelling = Spelling::of(field, loser);
    set.extend(own.removed.iter().filter(|member| spelling.has(&winners, member)));
    value_of(&apply(field, loser, set))
}

/// The other side's change in the terms of a side.
fn seen_of<'a>(field: &FieldView<'a>, target: Side) -> Change<'a> {
    let before = field.base_over(target).map(members).unwrap_or_default();
    Change::between(&before, &field.over(target).map(members).unwrap_or_default())
}

/// Makes the other side's change in a set of this one.
fn apply<'a>(field: &FieldView<'a>, target: Side, mut set: Members<'a>) -> Members<'a> {
    let change = seen_of(field, target);
    let spelling = Spelling::of(field, target);
    set.retain(|ours| !spelling.has(&change.removed, ours));
    let new = change.added.iter().filter(|new| !set.iter().any(|ours| spelling.is_same(ours, new)));
    let new: Vec<_> = new.copied().collect();
    set.extend(new);
    set
}

/// How the members of a side are told from those that the other side sends.
struct Spelling<'a> {
    respells: bool,
    shown: Members<'a>,
}

impl<'a> Spelling<'a> {
    fn of(field: &FieldView<'a>, target: Side) -> Self {
        let source = target.other();
        let mut shown = field.over(source).map(members).unwrap_or_default();
        shown.extend(field.base_over(source).map(members).unwrap_or_default());
        Self { respells: *field.key == FieldKey::Of(Field::Labels), shown }
    }

    /// Whether a label of ours is one of theirs, if by another spelling: then they do not show ours as it is, but in
    /// their own case.
    fn is_same(&self, ours: &str, theirs: &str) -> bool {
        let respelled = || self.respells && !self.shown.contains(ours) && ours.to_lowercase() == theirs.to_lowercase();
        ours == theirs || respelled()
    }

    fn has(&self, all: &Members<'_>, ours: &str) -> bool {
        all.iter().any(|theirs| self.is_same(ours, theirs))
    }
}

impl<'a> Change<'a> {
    fn between(before: &Members<'a>, after: &Members<'a>) -> Self {
        Self { added: after - before, removed: before - after }
    }
}

fn members(value: &Value) -> Members<'_> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn value_of(set: &Members<'_>) -> Value {
    if set.is_empty() { Value::Null } else { set.iter().copied().collect() }
}
