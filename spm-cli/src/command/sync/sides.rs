//! One value for each side, by the names that people have for them.

use pm_core::sync::item::Pair;
use serde::Serialize;

/// One value for each side, by the names that people have for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Sides<T> {
    pub(super) internal: T,
    pub(super) external: T,
}

impl<T> From<Pair<T>> for Sides<T> {
    fn from(pair: Pair<T>) -> Self {
        Self { internal: pair.a, external: pair.b }
    }
}
