//! What comes of a rule.

use std::fmt;

use pm_provider::Error;

/// How a rule ended that found nothing wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The provider keeps the rule.
    Passed,
    /// The provider cannot do what the rule is about, and says so as it should. Holds what it cannot do.
    Unsupported(String),
}

/// A rule that a provider breaks.
///
/// `Debug` prints the same as `Display`, because that is what a failing test shows.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The rule, with its number: `r001_…`.
    pub rule: String,
    /// What should have come.
    pub expected: String,
    /// What came.
    pub came: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}\n    came {}", self.rule, self.expected, self.came)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failure {}

/// Why a rule did not run to its end; inside of rules, so that `?` ends them.
#[derive(Debug)]
pub(super) enum Stop {
    /// The provider cannot do it, and said so properly.
    Unsupported(String),
    /// The rule is broken.
    Failed { expected: String, came: String },
}

/// What a step of a rule gives.
pub(super) type Outcome<T = ()> = Result<T, Stop>;

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed { expected: "the call to succeed".to_owned(), came: format!("{:?}: {error}", error.kind()) }
    }
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Self {
        Self::Failed { expected: "JSON that can be read and written".to_owned(), came: error.to_string() }
    }
}

impl From<tokio::task::JoinError> for Stop {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Failed { expected: "a call made in a task of its own to end".to_owned(), came: error.to_string() }
    }
}
