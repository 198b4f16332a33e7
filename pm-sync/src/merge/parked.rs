//! Fields that a person has to decide, or has decided.

use super::field::FieldView;
use super::outcome::{Outcome, record};
use super::verdict::{self, Ties, taken};
use super::{Merged, Side};
use crate::store::Parked;

/// Merges a field that is parked: it costs nothing while nobody decides and both values stay.
pub(super) fn merge(field: &FieldView<'_>, parked: &Parked, ties: Ties, merged: &mut Merged) {
    let outcome = match parked.winner {
        _ if field.is_equal() => Some(Outcome::Agreed),
        Some(winner) if stands(field, parked, winner.other()) => decided(field, winner),
        None if Side::BOTH.into_iter().all(|side| stands(field, parked, side)) => None,
        // Somebody has edited it since: what was asked is not the question any more.
        _ => Some(verdict::decide(field, ties)),
    };
    let Some(outcome) = outcome else { return };
    // A question that was answered is over, even where a new one takes its place.
    if parked.winner.is_some() || !matches!(outcome, Outcome::Parked { .. }) {
        merged.unparked.push(field.key.clone());
    }
    record(field, outcome, merged);
}

/// Whether a side has the value that the person was shown.
fn stands(field: &FieldView<'_>, parked: &Parked, side: Side) -> bool {
    *field.now.get(side) == parked.values.get(side)
}

/// Does what the person decided; `None`: it stays parked until it can be done.
fn decided(field: &FieldView<'_>, winner: Side) -> Option<Outcome> {
    let loser = winner.other();
    if !field.flows_to(loser) {
        return Some(Outcome::Agreed);
    }
    taken(field, winner).ok().map(|value| Outcome::becomes(loser, value))
}
