use std::fmt;

/// Says why there is no cluster or no database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresError {
    unavailable: bool,
    message: String,
}

impl PostgresError {
    /// Says whether this machine lacks PostgreSQL, so that tests which need it may be left out; otherwise it is there
    /// and did not work.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        self.unavailable
    }

    pub(super) fn unavailable(message: impl Into<String>) -> Self {
        Self { unavailable: true, message: message.into() }
    }

    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self { unavailable: false, message: message.into() }
    }
}

impl fmt::Display for PostgresError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for PostgresError {}
