//! How recent an answer must be.

use serde::{Deserialize, Serialize};

/// How recent an answer must be, where a provider remembers answers for a while.
///
/// What a provider remembers is in memory alone, bounded, and of its settings' making; one that remembers nothing answers
/// both alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Freshness {
    /// What was read lately will do.
    #[default]
    Remembered,
    /// The backend is asked now, whatever is remembered; what it says is remembered from then on.
    Fresh,
}

impl Freshness {
    /// Asks the backend now where this is wanted.
    #[must_use]
    pub fn fresh_if(wanted: bool) -> Self {
        if wanted { Self::Fresh } else { Self::Remembered }
    }

    /// Says whether the backend is to be asked now.
    #[must_use]
    pub fn is_fresh(self) -> bool {
        self == Self::Fresh
    }
}
