//! The way that a field's values go.

use crate::config::{Mode, SyncConfig};
use crate::item::{Pair, Side};
use crate::plan::Flow;

use super::support::Sides;

/// Which sides a mode may write to; `observe` is seen as what it would be.
pub(super) fn wanted(config: &SyncConfig) -> Pair<bool> {
    match config.mode {
        Mode::Observe => Pair::new(true, true),
        _ => Pair::of(|side| config.writes(side)),
    }
}

/// The way of a field, and why it is not both, from which sides it may go to and which of them can take it.
pub(super) fn flow(wanted: &Pair<bool>, takes: &Pair<bool>, sides: &Sides<'_>) -> (Flow, Option<String>) {
    let goes = |side: Side| *wanted.get(side) && *takes.get(side);
    let flow = match (goes(Side::A), goes(Side::B)) {
        (true, true) => Flow::Both,
        (true, false) => Flow::Towards(Side::A),
        (false, true) => Flow::Towards(Side::B),
        (false, false) => Flow::Ignored,
    };
    let stuck = Side::BOTH.into_iter().find(|side| *wanted.get(*side) && !takes.get(*side));
    (flow, stuck.map(|side| format!("`{}` does not let us write it", sides.name(side))))
}
