//! What an answer means where its error is none, and who gave it.

use std::fmt::Display;

use pm_provider::{Effect, Error, ErrorKind, Result};

/// Names provider and operation in an error: every method of a provider ends with it.
///
/// # Errors
/// The same error, with both names.
pub fn told<T>(provider: &str, operation: &str, answer: Result<T>) -> Result<T> {
    answer.map_err(|error| error.in_provider(provider).during(operation))
}

/// `None` for what is not there.
///
/// # Errors
/// Any other error.
pub fn unless_missing<T>(answer: Result<T>) -> Result<Option<T>> {
    unless(answer, |kind| kind == ErrorKind::NotFound)
}

/// `None` for what only others may see: administrators, say.
///
/// # Errors
/// Any other error.
pub fn unless_forbidden<T>(answer: Result<T>) -> Result<Option<T>> {
    unless(answer, |kind| kind == ErrorKind::PermissionDenied)
}

/// `None` for what is not there, or is hidden from us.
///
/// # Errors
/// Any other error.
pub fn unless_hidden<T>(answer: Result<T>) -> Result<Option<T>> {
    unless(answer, |kind| matches!(kind, ErrorKind::NotFound | ErrorKind::PermissionDenied))
}

fn unless<T>(answer: Result<T>, is_none: impl Fn(ErrorKind) -> bool) -> Result<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_none(error.kind()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The answer to a delete: what is gone after an earlier attempt of ours was deleted by us.
///
/// # Errors
/// Any other error.
pub fn deleted<T>(answer: Result<T>) -> Result<()> {
    match answer {
        Err(error) if error.kind() == ErrorKind::NotFound && *error.effect() == Effect::Unknown => Ok(()),
        answer => answer.map(drop),
    }
}

/// Names the item in the error for one that is not there.
///
/// ```
/// use pm_http::named;
/// use pm_provider::{Error, ErrorKind};
/// let error = named(Error::new(ErrorKind::NotFound, "404"), "task", 12);
/// assert!(error.message().contains("`12`"));
/// ```
#[must_use]
pub fn named(error: Error, what: &str, id: impl Display) -> Error {
    if error.kind() != ErrorKind::NotFound {
        return error;
    }
    let missing = Error::not_found(what, id).hint("it does not exist, or it is not visible to this user");
    let missing = missing.with_effect(error.effect().clone());
    match error.http_status() {
        Some(status) => missing.with_http_status(status),
        None => missing,
    }
}

/// The same error once more, without what is underneath it: one answer may be that to many operations.
///
/// ```
/// use pm_http::copied;
/// use pm_provider::{Effect, Error, ErrorKind};
/// let error = Error::new(ErrorKind::Unavailable, "down").with_effect(Effect::Unknown).with_http_status(503);
/// assert_eq!((copied(&error).effect(), copied(&error).http_status()), (&Effect::Unknown, Some(503)));
/// ```
#[must_use]
pub fn copied(error: &Error) -> Error {
    let same = Error::new(error.kind(), error.message()).with_retry(error.retry()).with_effect(error.effect().clone());
    let same = error.http_status().into_iter().fold(same, Error::with_http_status);
    let same = error.request_id().into_iter().fold(same, Error::with_request_id);
    let same = error.subject_text().into_iter().fold(same, Error::subject);
    let same = error.hint_text().into_iter().fold(same, Error::hint);
    let same = error.provider().into_iter().fold(same, Error::in_provider);
    let same = error.operation().into_iter().fold(same, Error::during);
    error.field_errors().iter().fold(same, |same, problem| same.on_field(problem.field, problem.message.clone()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn failed(kind: ErrorKind) -> Result<u8> {
        Err(Error::new(kind, "no"))
    }

    #[test]
    fn only_what_is_meant_becomes_none() {
        use ErrorKind::{NotFound, PermissionDenied, Unavailable};
        assert_eq!(unless_missing(Ok(1)).unwrap(), Some(1));
        assert_eq!(unless_missing(failed(NotFound)).unwrap(), None);
        assert!(unless_missing(failed(PermissionDenied)).is_err());
        assert_eq!(unless_forbidden(failed(PermissionDenied)).unwrap(), None);
        assert!(unless_forbidden(failed(NotFound)).is_err());
        assert_eq!(unless_hidden(failed(NotFound)).unwrap(), None);
        assert_eq!(unless_hidden(failed(PermissionDenied)).unwrap(), None);
        assert!(unless_hidden(failed(Unavailable)).is_err());
    }

    #[test]
    fn what_our_own_earlier_attempt_deleted_is_deleted() {
        let gone = |effect| Err::<(), _>(Error::new(ErrorKind::NotFound, "404").with_effect(effect));
        assert!(deleted(gone(Effect::Unknown)).is_ok());
        assert!(deleted(gone(Effect::NotExecuted)).is_err(), "it never was there");
        assert!(deleted(failed(ErrorKind::Timeout)).is_err());
        assert!(deleted(Ok(7)).is_ok());
    }

    #[test]
    fn what_is_named_keeps_status_and_effect() {
        let error = Error::new(ErrorKind::NotFound, "404").with_http_status(404).with_effect(Effect::Unknown);
        let error = named(error, "task", 12);
        assert_eq!((error.http_status(), error.effect()), (Some(404), &Effect::Unknown));
        assert!(error.message().contains("`12`"), "{error}");
        assert_eq!(named(Error::new(ErrorKind::Timeout, "late"), "task", 12).message(), "late");
    }

    #[test]
    fn provider_and_operation_are_told() {
        let error = told("redmine", "get_task", failed(ErrorKind::Timeout)).unwrap_err().to_string();
        assert!(error.contains("redmine") && error.contains("get_task"), "{error}");
    }
}
