//! What can go wrong in here, and what the contract's error makes of it.

use pm_provider::{Effect, Error, ErrorKind, Retry};
use sea_orm::DbErr;

use crate::store::fault::{DatabaseFault, Trouble};

/// The result of everything below the provider's surface.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// A failure on its way up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The caller's fault, or a rule of the contract: already worded.
    #[error(transparent)]
    Contract(#[from] Error),
    /// The database's answer to a statement.
    #[error(transparent)]
    Database(#[from] DatabaseFault),
    /// The database's answer to a commit that may have gone through.
    #[error("the commit was not answered: {0}")]
    Commit(DatabaseFault),
    /// A row that this program cannot have written.
    #[error("a row of `{table}` cannot be read: `{found}` is no {what}")]
    Damaged { table: &'static str, what: &'static str, found: String },
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Database(DatabaseFault::from(&error))
    }
}

impl Failure {
    /// The database's trouble underneath, also below an error that was worded already.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Database(fault) => Some(fault.trouble()),
            Self::Contract(error) => {
                let source = std::error::Error::source(error)?;
                source.downcast_ref::<DatabaseFault>().map(DatabaseFault::trouble)
            }
            Self::Commit(_) | Self::Damaged { .. } => None,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let error = match failure {
            Failure::Contract(error) => error,
            Failure::Database(fault) => fault.into(),
            Failure::Commit(fault) => unanswered(fault),
            Failure::Damaged { .. } => Error::new(ErrorKind::InvalidResponse, failure.to_string()),
        };
        error.in_provider(crate::NAME)
    }
}

/// Whoever repeats a create whose commit went through makes the item twice: only a look at the database tells.
fn unanswered(fault: DatabaseFault) -> Error {
    let message = "the connection broke while the write was being committed; it may have been done";
    Error::new(ErrorKind::Unavailable, message)
        .with_retry(Retry::Never)
        .with_effect(Effect::Unknown)
        .hint("look whether it was done before doing it again; creates with an idempotency key can be repeated")
        .with_source(fault)
}
