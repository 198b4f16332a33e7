//! Error bodies: `{"message": …, "errors": [{"resource", "field", "code", "message"}], "documentation_url": …}`, read by
//! octocrab; what stands in their place is plain HTML of proxies and of the site itself.

use std::time::Duration;

use bytes::Bytes;
use chrono::Utc;
use futures_util::FutureExt;
use http_body_util::{BodyExt, Full};
use octocrab::GitHubError;
use pm_http::ErrorReply;
use pm_provider::{Error, ErrorKind, Field, Retry};
use serde_json::Value;

use crate::limits::until;

/// What to do about a credential that is not accepted.
pub(crate) const CHECK_TOKEN: &str = "check GITHUB_TOKEN: it is wrong, expired or revoked";
/// Reads the body of an error answer; `None` where it is none of GitHub's and its status says enough.
pub(crate) fn read(reply: &ErrorReply<'_>) -> Option<Error> {
    if let Some(limited) = limited(reply) {
        return Some(limited);
    }
    let error = typed(reply)?;
    let (kind, text) = (kind(&error, reply), text(&error));
    let told = match kind {
        ErrorKind::NotFound => Error::new(kind, format!("not there or not visible: {text}")),
        _ => Error::new(kind, text),
    };
    let told = match hint(kind, reply, &error) {
        Some(hint) => told.hint(hint),
        None => told,
    };
    Some(field_errors(&error).into_iter().fold(told, |told, (field, what)| told.on_field(field, what)))
}

/// The body as octocrab reads it; `None` where it is not GitHub's.
fn typed(reply: &ErrorReply<'_>) -> Option<GitHubError> {
    let is_githubs = reply.json::<Value>().is_some_and(|body| body.get("message").is_some());
    if !is_githubs {
        return None;
    }
    let body = Full::new(Bytes::copy_from_slice(reply.body)).map_err(|never| match never {}).boxed();
    let response = http::Response::builder().status(reply.status).body(body).ok()?;
    // The body is there as a whole: nothing is waited for.
    match octocrab::map_github_error(response).now_or_never()? {
        Err(octocrab::Error::GitHub { source, .. }) => Some(*source),
        _ => None,
    }
}

/// A limit, if the answer is about one: 403 or 429, and the headers or only the text say so
/// (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit>;
/// without any header: hub4j/github-api#2009).
fn limited(reply: &ErrorReply<'_>) -> Option<Error> {
    if !matches!(reply.status, 403 | 429) {
        return None;
    }
    let now = reply.server_time().unwrap_or_else(Utc::now);
    if reply.header("x-ratelimit-remaining").is_some_and(|left| left.trim() == "0") {
        let error = Error::new(ErrorKind::RateLimited, "the requests of this hour are used up");
        return Some(match reply.header("x-ratelimit-reset").and_then(|reset| until(reset, now)) {
            // A pause of no time at all would be none.
            Some(pause) => error.with_retry(Retry::After(pause.max(Duration::from_secs(1)))),
            None => error,
        });
    }
    let is_secondary = reply.header("retry-after").is_some() || is_about_limits(reply.body) || reply.status == 429;
    // How long to wait says `Retry-After`; without it the client's own wait, which grows.
    is_secondary.then(|| Error::new(ErrorKind::RateLimited, "too many requests at once, or too many of one kind"))
}

/// Says whether a text tells of a secondary limit; "abuse detection" is what it was called before.
pub(crate) fn is_about_limits(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    ["secondary rate limit", "abuse detection", "submitted too quickly", "api rate limit exceeded"]
        .iter()
        .any(|words| text.contains(words))
}

fn kind(error: &GitHubError, reply: &ErrorReply<'_>) -> ErrorKind {
    match reply.status {
        401 => ErrorKind::Unauthenticated,
        403 | 451 => ErrorKind::PermissionDenied,
        404 => ErrorKind::NotFound,
        // Issues that were deleted, and all of them where the repository has none.
        410 if error.message.to_ascii_lowercase().contains("disabled") => ErrorKind::Conflict,
        410 => ErrorKind::NotFound,
        406 | 415 => ErrorKind::Internal,
        409 | 423 => ErrorKind::Conflict,
        408 | 504 => ErrorKind::Timeout,
        412 => ErrorKind::VersionConflict,
        422 if codes(error).any(|code| code == "already_exists") => ErrorKind::Conflict,
        301..=308 => ErrorKind::InvalidResponse,
        500.. => ErrorKind::Unavailable,
        _ => ErrorKind::InvalidInput,
    }
}

/// What is wrong with each field: `missing_field`, `invalid`, `already_exists`, `unprocessable`, or a text of its own
/// (<https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed>).
fn field_errors(error: &GitHubError) -> Vec<(Field, String)> {
    let member = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let rows = error.errors.iter().flatten();
    let known = rows.filter_map(|row| {
        let field = field(&member(row, "field")?, member(row, "resource").as_deref())?;
        let what = member(row, "message").unwrap_or_else(|| meaning(&member(row, "code").unwrap_or_default()));
        Some((field, what))
    });
    known.collect()
}

fn codes(error: &GitHubError) -> impl Iterator<Item = &str> {
    error.errors.iter().flatten().filter_map(|row| row.get("code")?.as_str())
}

fn meaning(code: &str) -> String {
    match code {
        "missing" => "it leads nowhere",
        "missing_field" => "it has to be given",
        "invalid" => "it is not allowed",
        "already_exists" => "there is one like it already",
        "unprocessable" => "it cannot be used",
        other => return format!("`{other}`"),
    }
    .to_owned()
}

/// The message with what its parts say, but for what stands at fields of ours.
fn text(error: &GitHubError) -> String {
    let parts = error.errors.iter().flatten().filter_map(|row| match row {
        Value::String(text) => Some(text.clone()),
        row => {
            let message = row.get("message").and_then(Value::as_str).map(ToOwned::to_owned);
            let field = row.get("field").and_then(Value::as_str);
            let is_ours = field.is_some_and(|name| self::field(name, None).is_some());
            let coded = || Some(format!("`{}`: {}", field?, meaning(row.get("code")?.as_str()?)));
            message.or_else(|| coded().filter(|_| !is_ours))
        }
    });
    let texts: Vec<_> = std::iter::once(error.message.trim().to_owned()).chain(parts).collect();
    texts.join("; ")
}

fn hint(kind: ErrorKind, reply: &ErrorReply<'_>, error: &GitHubError) -> Option<&'static str> {
    match kind {
        ErrorKind::Unauthenticated => Some(CHECK_TOKEN),
        ErrorKind::PermissionDenied if reply.header("x-github-sso").is_some() => {
            Some("the organisation wants single sign-on: authorise the token for it in the settings of your tokens")
        }
        ErrorKind::PermissionDenied if error.message.contains("archived") => {
            Some("the repository is archived: nothing in it can be written before it is unarchived")
        }
        ErrorKind::PermissionDenied => Some("the token lacks a permission: see docs/providers/github.md"),
        // GitHub does not tell what is private from what is not there.
        ErrorKind::NotFound if reply.endpoint.is_write() => {
            Some("it does not exist, or the token may not see it, or may not write there")
        }
        ErrorKind::Conflict if reply.status == 410 => {
            Some("issues are switched off in the repository: an administrator can switch them on in its settings")
        }
        ErrorKind::Internal => Some("this is a fault of this library: please report it"),
        _ => None,
    }
}

/// The field behind a name of GitHub's.
pub(crate) fn field(name: &str, resource: Option<&str>) -> Option<Field> {
    Some(match (name, resource) {
        ("title", Some("Milestone")) | ("name", _) => Field::Name,
        ("description", Some("Milestone")) => Field::Goal,
        ("title", _) => Field::Title,
        ("body", Some("IssueComment")) => Field::Body,
        ("body" | "description", _) => Field::Description,
        ("state" | "state_reason", _) => Field::Status,
        ("milestone", _) => Field::SprintId,
        ("assignees" | "assignee", _) => Field::Assignees,
        ("labels", _) => Field::Labels,
        ("due_on", _) => Field::EndDate,
        ("type", _) => Field::TaskType,
        ("sub_issue_id" | "parent", _) => Field::ParentTaskId,
        ("head", Some("PullRequest")) => Field::SourceBranch,
        ("base", Some("PullRequest")) => Field::TargetBranch,
        ("private" | "visibility", _) => Field::Visibility,
        _ => return None,
    })
}
