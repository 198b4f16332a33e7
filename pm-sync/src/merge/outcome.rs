//! What comes of one field, and how it is written down.

use serde_json::Value;

use super::field::FieldView;
use super::{FieldConflict, Merged, MergedText};
use crate::item::{Pair, Side};
use crate::store::Cause;

/// What comes of one field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// Nothing: not even bases move.
    Nothing,
    /// What stands on both sides is agreed.
    Agreed,
    /// Each side becomes this; `None`: as it is.
    Become(Pair<Option<Value>>),
    /// A text that was merged line by line.
    Text(MergedText),
    /// The values stood against each other, and one of them won: the other side becomes this.
    Won { winner: Side, value: Value, cause: Cause, by: &'static str },
    /// A person has to decide, and why.
    Parked { cause: Cause, why: String },
}

impl Outcome {
    /// One side becomes a value.
    pub(super) fn becomes(side: Side, value: Value) -> Self {
        let mut sides = Pair::default();
        *sides.get_mut(side) = Some(value);
        Self::Become(sides)
    }
}

/// Writes down what comes of a field.
pub(super) fn record(field: &FieldView<'_>, outcome: Outcome, merged: &mut Merged) {
    match outcome {
        Outcome::Nothing => {}
        Outcome::Agreed => agree(field, merged),
        Outcome::Become(sides) => become_these(field, &sides, merged),
        Outcome::Text(text) => drop(merged.texts.insert(field.key.clone(), text)),
        Outcome::Won { winner, value, cause, by } => {
            merged.conflicts.push(conflict(field, cause, Some(winner), by.to_owned()));
            record(field, Outcome::becomes(winner.other(), value), merged);
        }
        Outcome::Parked { cause, why } => merged.conflicts.push(conflict(field, cause, None, why)),
    }
}

fn agree(field: &FieldView<'_>, merged: &mut Merged) {
    for side in Side::BOTH {
        let now = field.named(side);
        if now != field.base_of(side) {
            merged.agreed.get_mut(side).set(field.key.clone(), now.clone());
        }
    }
}

fn become_these(field: &FieldView<'_>, sides: &Pair<Option<Value>>, merged: &mut Merged) {
    let changed = |side: &Side| sides.get(*side).as_ref().is_some_and(|value| value != *field.now.get(*side));
    if !Side::BOTH.iter().any(changed) {
        return agree(field, merged);
    }
    for side in Side::BOTH {
        let value = sides.get(side).as_ref().unwrap_or(field.now.get(side));
        merged.base_after.get_mut(side).set(field.key.clone(), field.agreeable(side, value).into_owned());
        if changed(&side) {
            merged.write.get_mut(side).set(field.key.clone(), value.clone());
        }
    }
}

fn conflict(field: &FieldView<'_>, cause: Cause, winner: Option<Side>, decided_by: String) -> FieldConflict {
    FieldConflict {
        field: field.key.clone(),
        cause,
        base: Pair::of(|side| field.base_of(side).clone()),
        values: Pair::of(|side| (*field.now.get(side)).clone()),
        winner,
        decided_by,
    }
}
