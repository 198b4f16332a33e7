//! Answers: data and errors, both looked at.
//!
//! An answer of status 200 may be a refusal (`{"data": null, "errors": […]}`), or hold data with holes in it, and say at
//! which paths and why.

use std::time::Duration;

use chrono::Utc;
use pm_http::{ErrorReply, Reply};
use pm_provider::{Effect, Error, ErrorKind, Result, Retry};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use crate::error::is_about_limits;
use crate::limits::until;

/// Refusals are short; larger answers have data.
const LARGEST_REFUSAL: usize = 64 * 1024;
/// What secondary limits ask for at least, where they say so of one change among others.
const SECONDARY_WAIT: Duration = Duration::from_secs(60);

#[derive(Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Body<T> {
    #[serde(default = "Option::default")]
    data: Option<T>,
    #[serde(default)]
    errors: Option<Vec<Problem>>,
}

/// What went wrong at one place of a document.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    /// `NOT_FOUND`, `FORBIDDEN`, `RATE_LIMITED`, …; errors of the document itself have a code among the extensions.
    #[serde(rename = "type")]
    kind: Option<String>,
    path: Option<Vec<Value>>,
    message: String,
    extensions: Option<Extensions>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Extensions {
    code: Option<String>,
}

impl Problem {
    /// Where it went wrong: names of fields or aliases, and places in lists.
    pub(crate) fn path(&self) -> &[Value] {
        self.path.as_deref().unwrap_or_default()
    }

    /// Says whether it is about a field of the document's first level, by its name or alias.
    pub(crate) fn is_at(&self, name: &str) -> bool {
        self.path().first().and_then(Value::as_str) == Some(name)
    }

    /// Says whether the document was never executed, for it makes no sense to this server.
    pub(super) fn is_of_document(&self) -> bool {
        self.kind.is_none() && self.code().is_some()
    }

    fn code(&self) -> Option<&str> {
        self.extensions.as_ref()?.code.as_deref()
    }

    fn is_limit(&self) -> bool {
        let kind = self.kind.as_deref().unwrap_or_default();
        kind.starts_with("RATE_LIMIT") || is_about_limits(self.message.as_bytes())
    }

    /// GitHub's own "Something went wrong while executing your query": a query that took too long, or a fault.
    fn is_breakdown(&self) -> bool {
        matches!(self.kind.as_deref(), Some("SERVICE_UNAVAILABLE" | "INTERNAL" | "TIMEOUT"))
            || self.message.starts_with("Something went wrong")
            || self.message.contains("timedout")
    }

    fn meaning(&self) -> ErrorKind {
        match self.kind.as_deref() {
            _ if self.is_limit() => ErrorKind::RateLimited,
            _ if self.is_breakdown() => ErrorKind::Unavailable,
            Some("NOT_FOUND") => ErrorKind::NotFound,
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES" | "UNAUTHORIZED") => ErrorKind::PermissionDenied,
            Some("UNAUTHENTICATED") => ErrorKind::Unauthenticated,
            Some("STALE_DATA" | "CONFLICT") => ErrorKind::Conflict,
            Some("MAX_NODE_LIMIT_EXCEEDED" | "RESOURCE_LIMITS_EXCEEDED") => ErrorKind::Internal,
            _ if self.is_of_document() => ErrorKind::Unsupported,
            _ => ErrorKind::InvalidInput,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match (self.meaning(), self.kind.as_deref()) {
            (_, Some("INSUFFICIENT_SCOPES")) => Some(
                "the token lacks a scope: Projects v2 take `project` (classic tokens), or the permission `Projects` of an organisation (fine-grained ones)",
            ),
            (ErrorKind::PermissionDenied, _) => Some("the token lacks a permission: see docs/providers/github.md"),
            (ErrorKind::NotFound, _) => Some("it does not exist, or the token may not see it"),
            (ErrorKind::Unsupported, _) => Some("this GitHub Enterprise Server is perhaps too old for it"),
            _ => None,
        }
    }

    /// The error that it is; nothing was done at its place.
    pub(crate) fn error(&self) -> Error {
        let kind = self.meaning();
        let text = if self.message.trim().is_empty() { "the backend gives no reason" } else { self.message.trim() };
        let error = match kind {
            ErrorKind::NotFound => Error::new(kind, format!("not there or not visible: {text}")),
            _ => Error::new(kind, text),
        };
        let error = if kind == ErrorKind::RateLimited { error.with_retry(Retry::After(SECONDARY_WAIT)) } else { error };
        match self.hint() {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// Data with what is missing in it.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) data: T,
    pub(crate) problems: Vec<Problem>,
}

impl<T> Answer<T> {
    /// The data, where nothing is missing.
    ///
    /// # Errors
    /// The first of its problems.
    pub(crate) fn whole(self) -> Result<T> {
        match self.problems.first() {
            None => Ok(self.data),
            Some(problem) => Err(problem.error()),
        }
    }
}

/// Reads the answer to a query.
pub(super) fn read<T: DeserializeOwned>(reply: &Reply) -> Result<Answer<T>> {
    match reply.json::<Body<T>>() {
        Ok(Body { data: Some(data), errors }) => Ok(Answer { data, problems: errors.unwrap_or_default() }),
        Ok(Body { data: None, errors }) => Err(first(&errors.unwrap_or_default())),
        // A hole may be where something is needed: then why it is there says more.
        Err(error) => match reply.json::<Body<IgnoredAny>>() {
            Ok(Body { errors: Some(errors), .. }) if !errors.is_empty() => Err(first(&errors)),
            _ => Err(error),
        },
    }
}

fn first(problems: &[Problem]) -> Error {
    let nothing = || Error::new(ErrorKind::InvalidResponse, "the backend answered with neither data nor an error");
    problems.first().map_or_else(nothing, Problem::error)
}

/// Problems of an answer to changes, with the data by alias.
pub(super) fn read_changes<T: DeserializeOwned>(reply: &Reply) -> Result<(Option<T>, Vec<Problem>)> {
    let body: Body<T> = reply.json()?;
    Ok((body.data, body.errors.unwrap_or_default()))
}

/// The refusal in an answer of status 200: a limit, or, to a query, a fault that passes. Nothing was done.
///
/// "If you exceed your primary rate limit, the response status will still be 200 … If you exceed a secondary rate limit,
/// the response status will be 200 or 403"
/// (<https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#exceeding-the-rate-limit>).
pub(crate) fn refusal(reply: &ErrorReply<'_>) -> Option<Error> {
    if !reply.endpoint.path.starts_with(super::ASK.path) || reply.body.len() > LARGEST_REFUSAL {
        return None;
    }
    let Body { data: None, errors: Some(problems) } = reply.json::<Body<IgnoredAny>>()? else { return None };
    if let Some(limit) = problems.iter().find(|problem| problem.is_limit()) {
        let error = limit.error();
        // Where nobody says how long, the client's own limits do.
        return Some(error.with_retry(wait(reply).map_or(Retry::Now, Retry::After)));
    }
    let broken = problems.iter().find(|problem| problem.is_breakdown()).filter(|_| !reply.endpoint.is_write())?;
    Some(broken.error().with_retry(Retry::Now))
}

/// How long to wait until the allowance of the hour is full again; `None` for secondary limits, which say nothing.
fn wait(reply: &ErrorReply<'_>) -> Option<Duration> {
    let is_used_up = reply.header("x-ratelimit-remaining").is_some_and(|left| left.trim() == "0");
    let now = reply.server_time().unwrap_or_else(Utc::now);
    let reset = reply.header("x-ratelimit-reset").filter(|_| is_used_up).and_then(|reset| until(reset, now));
    reset.map(|pause| pause.max(Duration::from_secs(1)))
}

/// The same error once more: one answer may be that to many changes.
pub(crate) fn copy(error: &Error) -> Error {
    let same = Error::new(error.kind(), error.message()).with_retry(error.retry()).with_effect(error.effect().clone());
    let same = error.http_status().into_iter().fold(same, Error::with_http_status);
    let same = error.request_id().into_iter().fold(same, Error::with_request_id);
    error.hint_text().into_iter().fold(same, Error::hint)
}

/// The error for a change of which nobody knows whether it was made.
pub(super) fn unknown(problem: Option<&Problem>) -> Error {
    let error = problem.map_or_else(
        || Error::new(ErrorKind::InvalidResponse, "the backend does not say what became of a change"),
        Problem::error,
    );
    error.with_effect(Effect::Unknown)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn problem(json: &str) -> Problem {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn types_have_a_meaning() {
        for (kind, meaning) in [
            ("NOT_FOUND", ErrorKind::NotFound),
            ("FORBIDDEN", ErrorKind::PermissionDenied),
            ("INSUFFICIENT_SCOPES", ErrorKind::PermissionDenied),
            ("RATE_LIMITED", ErrorKind::RateLimited),
            ("RATE_LIMIT", ErrorKind::RateLimited),
            ("UNPROCESSABLE", ErrorKind::InvalidInput),
            ("SERVICE_UNAVAILABLE", ErrorKind::Unavailable),
        ] {
            let problem = problem(&format!(r#"{{"type": "{kind}", "message": "no", "path": null}}"#));
            assert_eq!(problem.error().kind(), meaning, "{kind}");
        }
        let undefined = problem(r#"{"message": "Field 'x' doesn't exist", "extensions": {"code": "undefinedField"}}"#);
        assert_eq!(undefined.error().kind(), ErrorKind::Unsupported);
        assert!(undefined.is_of_document());
        let limited = problem(r#"{"message": "You have exceeded a secondary rate limit"}"#);
        assert_eq!(limited.error().kind(), ErrorKind::RateLimited);
    }

    #[test]
    fn a_path_begins_with_an_alias() {
        let problem = problem(r#"{"message": "no", "path": ["m3", "projectV2Item", 0]}"#);
        assert!(problem.is_at("m3") && !problem.is_at("m1"));
        assert_eq!(problem.path().len(), 3);
    }
}
