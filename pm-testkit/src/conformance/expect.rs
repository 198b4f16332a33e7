//! What rules say about results, without ever panicking.

use std::fmt::Debug;

use pm_provider::{Effect, Error, ErrorKind};

use super::verdict::{Outcome, Stop};

/// More than this of a value tells nobody anything.
const SHOWN: usize = 1_000;

/// Says how a rule is broken.
pub(super) fn broken(expected: impl Into<String>, came: impl Into<String>) -> Stop {
    let came = came.into();
    let cut = came.char_indices().nth(SHOWN).map_or(came.len(), |(at, _)| at);
    let rest = if cut < came.len() { " …" } else { "" };
    Stop::Failed { expected: expected.into(), came: format!("{}{rest}", &came[..cut]) }
}

/// Makes sure that a condition holds.
pub(super) fn ensure(condition: bool, expected: impl Into<String>, came: impl Debug) -> Outcome {
    if condition { Ok(()) } else { Err(broken(expected, format!("{came:?}"))) }
}

/// Makes sure that two values are equal.
pub(super) fn same<T: PartialEq + Debug + ?Sized>(what: &str, expected: &T, came: &T) -> Outcome {
    if expected == came { Ok(()) } else { Err(broken(format!("{what}: {expected:?}"), format!("{came:?}"))) }
}

/// Makes sure that a call succeeds.
pub(super) fn done<T>(what: &str, result: Result<T, Error>) -> Outcome<T> {
    result.map_err(|error| broken(format!("{what} to succeed"), format!("{:?}: {error}", error.kind())))
}

/// Makes sure that a call is refused with an error of this kind, and that nothing was done.
pub(super) fn refused<T: Debug>(what: &str, kind: ErrorKind, result: Result<T, Error>) -> Outcome<Error> {
    let expected = format!("{what} to be refused as {kind:?}");
    let error = match result {
        Ok(value) => return Err(broken(expected, format!("{value:?}"))),
        Err(error) => error,
    };
    if error.kind() != kind {
        return Err(broken(expected, format!("{:?}: {error}", error.kind())));
    }
    if *error.effect() != Effect::NotExecuted {
        return Err(broken(format!("{what} to leave nothing behind"), format!("{:?}", error.effect())));
    }
    Ok(error)
}
