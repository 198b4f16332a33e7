//! In what order a listing comes.

use serde::{Deserialize, Serialize};

/// What a listing is sorted by; items that are equal in it are sorted by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SortField {
    /// When the item was created.
    #[default]
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
}

/// In which direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Direction {
    /// Smallest, oldest first.
    #[default]
    Ascending,
    /// Largest, newest first.
    Descending,
}

/// The order of a listing: created ascending, then id, if nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Sort {
    /// What it is sorted by.
    pub by: SortField,
    /// In which direction.
    pub direction: Direction,
}

impl Sort {
    /// Sorts by a field, smallest first.
    #[must_use]
    pub fn ascending(by: SortField) -> Self {
        Self { by, direction: Direction::Ascending }
    }

    /// Sorts by a field, largest first.
    #[must_use]
    pub fn descending(by: SortField) -> Self {
        Self { by, direction: Direction::Descending }
    }
}
