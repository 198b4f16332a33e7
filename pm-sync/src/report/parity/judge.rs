//! Whether a field says the same on both sides, and why not.

use super::Why;
use crate::item::Side;
use crate::merge::{FieldView, Obstacle};

/// Why the two sides of a field differ; `None` if they say the same. What cannot be said is told before what only
/// waits.
pub(super) fn judge(field: &FieldView<'_>, lags: bool) -> Option<(Why, Option<String>)> {
    if field.is_equal() {
        let strangers = || (Why::NotMapped, Some("some of them are known on one side alone".to_owned()));
        return field.has_strangers().then(strangers);
    }
    let ways = || Side::BOTH.into_iter().filter(|side| field.flows_to(*side));
    let unsaid = ways().find_map(|side| not_mapped(field, side));
    let refused = || ways().find_map(|side| not_supported(field, side));
    Some(unsaid.or_else(refused).unwrap_or((if lags { Why::Lag } else { Why::Different }, None)))
}

fn not_mapped(field: &FieldView<'_>, side: Side) -> Option<(Why, Option<String>)> {
    match field.over(side) {
        Err(Obstacle::Waits) => Some((Why::Lag, Some("what it refers to has no twin yet".to_owned()))),
        Err(Obstacle::Unsayable(reason)) => Some((Why::NotMapped, Some(reason.into_owned()))),
        Ok(_) => None,
    }
}

fn not_supported(field: &FieldView<'_>, side: Side) -> Option<(Why, Option<String>)> {
    match field.takes(side, field.over(side).ok()?) {
        Err(Obstacle::Unsayable(reason)) => Some((Why::NotSupported, Some(reason.into_owned()))),
        _ => None,
    }
}
