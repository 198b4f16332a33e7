//! Why a run stopped.

use std::fmt;

use pm_provider::Error;

use crate::item::Side;
use crate::store::StoreError;

/// What a run answers.
pub type SyncResult<T> = Result<T, SyncError>;

/// Why a run stopped. Nothing is lost by it: what was done is written down, and the next run goes on.
#[derive(Debug)]
#[non_exhaustive]
pub enum SyncError {
    /// Another worker has the mapping now.
    Busy {
        /// The mapping.
        mapping: String,
    },
    /// Another worker has taken the mapping over.
    LeaseLost,
    /// One side cannot be trusted now: who we are has changed, what was there is not shown, or it does not answer.
    Stopped {
        /// The side.
        side: Side,
        /// What it said.
        error: Error,
    },
    /// The engine's own database failed.
    Store(StoreError),
}

impl SyncError {
    /// Stops because of one side.
    pub(crate) fn stopped(side: Side) -> impl FnOnce(Error) -> Self {
        move |error| Self::Stopped { side, error }
    }
}

impl fmt::Display for SyncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { mapping } => write!(f, "another worker is synchronising the mapping `{mapping}`"),
            Self::LeaseLost => f.write_str("another worker has taken over this mapping"),
            Self::Stopped { side, error } => {
                write!(f, "side `{side}` cannot be synchronised now, and nothing was deleted: {error}")
            }
            Self::Store(error) => write!(f, "the engine's database failed: {error}"),
        }
    }
}

impl std::error::Error for SyncError {}

impl From<StoreError> for SyncError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost => Self::LeaseLost,
            other => Self::Store(other),
        }
    }
}

/// The same error once more, without its source.
pub(super) fn copy_of(error: &Error) -> Error {
    let mut copy = Error::new(error.kind(), error.message()).with_retry(error.retry());
    copy = copy.with_effect(error.effect().clone());
    if let Some(provider) = error.provider() {
        copy = copy.in_provider(provider);
    }
    if let Some(hint) = error.hint_text() {
        copy = copy.hint(hint);
    }
    copy
}
