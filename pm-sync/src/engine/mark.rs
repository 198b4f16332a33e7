//! The marks of what the engine makes.

use crate::item::ItemKey;

/// How many twins of one item are looked for when the engine's own database knows of none.
const ATTEMPTS: u32 = 3;

/// The mark of the twin of an item: the same whoever computes it, so that a lost engine database links again instead of
/// doubling.
pub(super) fn mark(instance: &str, item: &ItemKey, attempt: u32) -> String {
    format!("pm1:{instance}:{}:{}:{attempt}", item.kind, item.id)
}

/// The marks that a twin of an item can have, the likeliest first.
pub(super) fn all_marks(instance: &str, item: &ItemKey) -> impl Iterator<Item = String> {
    (0..ATTEMPTS).map(move |attempt| mark(instance, item, attempt))
}
