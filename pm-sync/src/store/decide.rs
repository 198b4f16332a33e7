//! What becomes of a conflict that a person decides: the same in every store.

use chrono::{DateTime, Utc};
use pm_provider::{Error, ErrorKind};

use super::{Conflict, Link, StoreResult, Work, WorkReason};
use crate::item::Side;

/// Whether a person still has to decide.
pub(super) fn is_undecided(conflict: &Conflict) -> bool {
    conflict.winner.is_none() && conflict.resolved_at.is_none()
}

/// Writes the decision into the conflict; `false` if the same was decided before.
///
/// # Errors
/// `Conflict` if it was decided otherwise: the other value is no longer on any side, so that only an edit brings it back.
pub(super) fn decide(conflict: &mut Conflict, winner: Side, by: &str, now: DateTime<Utc>) -> StoreResult<bool> {
    if is_undecided(conflict) {
        conflict.winner = Some(winner);
        conflict.decided_by = Some(by.to_owned());
        conflict.resolved_at = Some(now);
        return Ok(true);
    }
    if conflict.winner == Some(winner) {
        return Ok(false);
    }
    let message = format!("the conflict `{}` is over already", conflict.id);
    let hint = "both values are kept with it: edit the item to bring the other one back";
    Err(Error::new(ErrorKind::Conflict, message).hint(hint).into())
}

/// Keeps what a person decided while the engine was about to write the conflict anew.
pub(super) fn keep_decision(conflict: &mut Conflict, known: &Conflict) {
    if is_undecided(conflict) && !is_undecided(known) {
        conflict.winner = known.winner;
        conflict.decided_by.clone_from(&known.decided_by);
        conflict.resolved_at = known.resolved_at;
    }
}

/// Tells the link what was decided. Answers the work that carries it out; none where no item is left to look at.
pub(super) fn work_of(link: &mut Link, conflict: &Conflict) -> Option<Work> {
    for parked in link.parked.values_mut().filter(|parked| parked.conflict == conflict.id) {
        parked.winner = conflict.winner;
    }
    let seen = |side| Some(Work::new(side, link.item(side)?, WorkReason::Asked));
    seen(Side::A).or_else(|| seen(Side::B))
}
