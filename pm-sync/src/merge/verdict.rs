//! What comes of a field that nobody has to decide yet.

use serde_json::Value;

use super::field::{FieldView, Obstacle};
use super::outcome::Outcome;
use super::{sets, texts};
use crate::config::Policy;
use crate::item::Side;
use crate::plan::Flow;
use crate::store::Cause;

/// What decides where nothing else does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ties {
    /// The side that was changed later, where that is clear.
    pub(super) newer: Option<Side>,
    /// The side that breaks ties.
    pub(super) primary: Side,
}

/// The word for what decides the edited copy of a field that goes one way.
const ONE_WAY: &str = "one_way";

/// Decides one field.
pub(super) fn decide(field: &FieldView<'_>, ties: Ties) -> Outcome {
    let changed = (field.is_changed(Side::A), field.is_changed(Side::B));
    match changed {
        (false, false) if field.base.is_some() => Outcome::Nothing,
        _ if field.is_equal() => Outcome::Agreed,
        _ if field.base.is_none() => never_agreed(field, ties),
        (true, true) => both_changed(field, ties),
        (a_changed, _) => one_changed(field, if a_changed { Side::A } else { Side::B }),
    }
}

/// One side changed the field, the other one did not.
fn one_changed(field: &FieldView<'_>, source: Side) -> Outcome {
    let target = source.other();
    if !field.would_show(target) {
        return Outcome::Agreed;
    }
    if !field.flows_to(target) {
        return won(field, target, Cause::EditedCopy, ONE_WAY);
    }
    if let Some(text) = texts::with_change(field, target) {
        return Outcome::Text(text);
    }
    arriving(field, target).map_or(Outcome::Nothing, |value| Outcome::becomes(target, value))
}

/// What a side becomes by what was changed on the other one alone.
fn arriving(field: &FieldView<'_>, target: Side) -> Result<Value, Obstacle<'static>> {
    let over = field.over(target).map_err(Obstacle::owned)?;
    let value = if field.key.is_set() { sets::with_change(field, target) } else { over.clone() };
    field.takes(target, &value).map(|()| value)
}

/// Both sides changed the field, to different values.
fn both_changed(field: &FieldView<'_>, ties: Ties) -> Outcome {
    if Side::BOTH.into_iter().all(|side| !field.would_show(side)) {
        return Outcome::Agreed;
    }
    if let Flow::Towards(target) = field.rule.flow {
        return won(field, target.other(), Cause::EditedCopy, ONE_WAY);
    }
    together(field, ties).unwrap_or_else(|| by_policy(field, Cause::BothEdited, ties))
}

/// Both items were there before they were linked, and differ in the field.
fn never_agreed(field: &FieldView<'_>, ties: Ties) -> Outcome {
    match (field.named(Side::A).is_null(), field.named(Side::B).is_null()) {
        (false, true) => onto_unset(field, Side::B),
        (true, false) => onto_unset(field, Side::A),
        _ => match field.rule.flow {
            Flow::Towards(target) => won(field, target.other(), Cause::NeverAgreed, ONE_WAY),
            _ => together(field, ties).unwrap_or_else(|| by_policy(field, Cause::NeverAgreed, ties)),
        },
    }
}

/// One side says nothing of the field and nothing was ever agreed. Where values only go the other way, that is left so:
/// unset is not cleared.
fn onto_unset(field: &FieldView<'_>, unset: Side) -> Outcome {
    if !field.flows_to(unset) {
        return Outcome::Agreed;
    }
    arriving(field, unset).map_or(Outcome::Nothing, |value| Outcome::becomes(unset, value))
}

/// Both changes, where they can be made together and the policy is to do so.
fn together(field: &FieldView<'_>, ties: Ties) -> Option<Outcome> {
    if field.rule.policy != Policy::Merge {
        return None;
    }
    if field.key.is_set() {
        return sets::together(field).map(Outcome::Become);
    }
    texts::together(field, ties.primary).map(Outcome::Text)
}

fn by_policy(field: &FieldView<'_>, cause: Cause, ties: Ties) -> Outcome {
    match (field.rule.policy, ties.newer) {
        (Policy::Manual, _) => Outcome::Parked { cause, why: "manual".to_owned() },
        (Policy::Internal, _) => won(field, Side::A, cause, "internal"),
        (Policy::External, _) => won(field, Side::B, cause, "external"),
        (Policy::Newest, Some(newer)) => won(field, newer, cause, "newest"),
        (Policy::Primary | Policy::Merge | Policy::Newest, _) => won(field, ties.primary, cause, "primary"),
    }
}

/// A side's value is taken, if the other side can have it.
fn won(field: &FieldView<'_>, winner: Side, cause: Cause, by: &'static str) -> Outcome {
    match taken(field, winner) {
        Ok(value) => Outcome::Won { winner, value, cause, by },
        Err(Obstacle::Waits) => Outcome::Nothing,
        Err(Obstacle::Unsayable(why)) => Outcome::Parked { cause, why: why.into_owned() },
    }
}

/// What the other side becomes if a side wins.
pub(super) fn taken(field: &FieldView<'_>, winner: Side) -> Result<Value, Obstacle<'static>> {
    let loser = winner.other();
    let over = field.over(loser).map_err(Obstacle::owned)?;
    let value = if field.key.is_set() { sets::overruled(field, loser) } else { over.clone() };
    field.takes(loser, &value).map(|()| value)
}
