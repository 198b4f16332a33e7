//! Error bodies: `{"errorMessages": […], "errors": {"field": "message"}, "warningMessages": […]}`, and what stands in
//! their place: `{"message": …}` of the gateway and of newer resources, plain HTML of proxies and login pages.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use pm_http::{ErrorReply, Pause};
use pm_provider::{Error, ErrorKind, Field, Retry};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The header in which Jira tells how it liked the credential, on answers that succeed as well.
pub(crate) const LOGIN_REASON: &str = "x-seraph-loginreason";

/// Whatever member has not the form that we know is nothing: the others still say what was wrong.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    #[serde(deserialize_with = "texts")]
    error_messages: Vec<String>,
    errors: Value,
    #[serde(deserialize_with = "texts")]
    warning_messages: Vec<String>,
    #[serde(deserialize_with = "texts")]
    message: Vec<String>,
    #[serde(deserialize_with = "texts")]
    error_message: Vec<String>,
}

/// A list of texts, or one text, or none.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        _ => Vec::new(),
    })
}

/// Reads the body of an error answer; `None` where it is none of Jira's and its status says enough.
pub(crate) fn read(reply: &ErrorReply<'_>) -> Option<Error> {
    if let Some(error) = reply.header(LOGIN_REASON).and_then(refused_login) {
        return Some(error);
    }
    let body: Body = reply.json().unwrap_or_default();
    let error = match reply.status {
        409 => met(reply, body),
        410 => gone(),
        429 => limited(reply, &body),
        _ if body.is_empty() => return None,
        status => body.into_error(status),
    };
    Some(error)
}

/// The error for one item of a request about many.
pub(crate) fn of_element(errors: &Value, status: u16) -> Error {
    let body: Body = serde_json::from_value(errors.clone()).unwrap_or_default();
    body.into_error(status).with_http_status(status)
}

/// What the header of the login says when it went wrong: then an answer is that to nobody, whatever its status.
///
/// `AUTHENTICATED_FAILED`: the credential is wrong; `AUTHENTICATION_DENIED`: too many wrong ones, a captcha has to be
/// solved in the browser first
/// (<https://confluence.atlassian.com/jirakb/understanding-the-seraph-login-reason-header-in-jira-server-and-data-center-1141986998.html>).
pub(crate) fn refused_login(reason: &str) -> Option<Error> {
    let reason = reason.to_ascii_uppercase();
    let (message, hint) = if reason.contains("AUTHENTICATION_DENIED") {
        ("Jira wants a captcha solved before it takes a password again", "sign in once in the browser, or use a token")
    } else if reason.contains("AUTHENTICATED_FAILED") {
        ("Jira does not accept the credential, and answers as it does to everybody", CHECK_TOKEN)
    } else {
        return None;
    };
    Some(Error::new(ErrorKind::Unauthenticated, message).hint(hint))
}

/// What to do about a credential that is not accepted.
pub(crate) const CHECK_TOKEN: &str = "check JIRA_API_TOKEN: it may be wrong, expired or revoked; on Cloud it goes with the e-mail address in \
     JIRA_USERNAME, a personal access token of Data Center without one";

impl Body {
    fn is_empty(&self) -> bool {
        self.texts().is_empty() && self.fields().is_empty()
    }

    fn texts(&self) -> Vec<&str> {
        let texts = self.error_messages.iter().chain(&self.warning_messages);
        let texts = texts.chain(&self.message).chain(&self.error_message);
        texts.map(|text| text.trim()).filter(|text| !text.is_empty()).collect()
    }

    /// What is wrong with each field, by the name that Jira gives it.
    fn fields(&self) -> BTreeMap<&str, String> {
        let Some(errors) = self.errors.as_object() else { return BTreeMap::new() };
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        errors.iter().map(|(field, value)| (field.as_str(), text(value))).collect()
    }

    fn into_error(self, status: u16) -> Error {
        let kind = self.kind(status);
        let error = Error::new(kind, self.text(status));
        let error = match hint(kind, status) {
            Some(hint) => error.hint(hint),
            None => error,
        };
        self.fields().into_iter().fold(error, |error, (name, message)| match field(name) {
            Some(field) => error.on_field(field, message),
            None => error,
        })
    }

    fn kind(&self, status: u16) -> ErrorKind {
        match status {
            401 => ErrorKind::Unauthenticated,
            403 => ErrorKind::PermissionDenied,
            404 => ErrorKind::NotFound,
            405 => ErrorKind::Unsupported,
            406 | 415 => ErrorKind::Internal,
            409 | 423 => ErrorKind::Conflict,
            408 | 504 => ErrorKind::Timeout,
            412 => ErrorKind::VersionConflict,
            500.. => ErrorKind::Unavailable,
            _ => ErrorKind::InvalidInput,
        }
    }

    /// Both of Jira's lists in one text; a field that is ours has its message in the error's own list as well.
    fn text(&self, status: u16) -> String {
        let named = self.fields().into_iter().map(|(name, message)| match field(name) {
            Some(_) => message,
            None => format!("`{name}`: {message}"),
        });
        let texts: Vec<_> = self.texts().into_iter().map(ToOwned::to_owned).chain(named).collect();
        let text = texts.join("; ");
        if status == 404 { format!("{NOT_THERE}: {text}") } else { text }
    }
}

/// How each text of Jira's own about what it does not find begins.
const NOT_THERE: &str = "not there or not visible";

/// Says whether Jira itself said that something is not there, rather than a proxy, or whoever is at a wrong address.
pub(crate) fn is_jiras_own(missing: &Error) -> bool {
    missing.message().starts_with(NOT_THERE)
}

/// A removed operation (410, CHANGE-2046) is no missing item: nothing that callers do mends it.
fn gone() -> Error {
    let message = "this Jira has removed the operation that was asked for";
    Error::unsupported(message).hint("update this library; or `flavor` is set to `datacenter` for a Cloud site")
}

/// Another change is under way: nothing happened, and it passes. Reads change nothing; Jira gives up long ones by this
/// status as well (`GET users/search` after ten seconds, by its reference).
fn met(reply: &ErrorReply<'_>, body: Body) -> Error {
    let is_write = reply.endpoint.is_write();
    let error = match (body.is_empty(), is_write) {
        (false, true) => body.into_error(reply.status),
        (true, true) => Error::new(ErrorKind::Conflict, "another change was under way").hint(TRY_AGAIN),
        (is_empty, false) => {
            let said = if is_empty { String::new() } else { format!(": {}", body.text(reply.status)) };
            let message = format!("Jira gave up answering, for it took too long or met a change{said}");
            Error::new(ErrorKind::Unavailable, message)
        }
    };
    error.with_retry(Retry::Now)
}

const TRY_AGAIN: &str = "somebody else changed it at the same moment: try again";

/// Nothing happened; how long to wait says `Retry-After`, else the time at which the allowance is full again.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>
fn limited(reply: &ErrorReply<'_>, body: &Body) -> Error {
    let reason = reply.header("ratelimit-reason").unwrap_or_default();
    let what = match reason {
        "jira-quota-global-based" | "jira-quota-tenant-based" => "the allowance of this hour is used up",
        "jira-burst-based" => "too many requests of one kind at once",
        "jira-per-issue-on-write" => "too many changes of one issue at once",
        _ => "too many requests",
    };
    let reason = if reason.is_empty() { String::new() } else { format!(" (`{reason}`)") };
    let said = body.texts().first().map(|text| format!(": {text}")).unwrap_or_default();
    let error = Error::new(ErrorKind::RateLimited, format!("{what}{reason}{said}"));
    // Their time is measured by their clock: ours may be ahead, and the time past already.
    let now = reply.server_time().unwrap_or_else(Utc::now);
    match reply.header("x-ratelimit-reset").and_then(|text| until(text, now)) {
        Some(pause) => error.with_retry(Retry::After(pause)),
        None => error,
    }
}

/// Whom a limit is about: the quota is that of all requests, a burst is one of one operation, and changes of one issue are
/// counted by themselves, which wait for each other anyhow.
pub(crate) fn pause(reply: &ErrorReply<'_>) -> Pause {
    match reply.header("ratelimit-reason") {
        Some("jira-burst-based") => Pause::Endpoint,
        Some("jira-per-issue-on-write") => Pause::Request,
        _ => Pause::All,
    }
}

/// How long until a time in ISO 8601, which may have no seconds: `2026-11-21T15:00Z`.
fn until(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let with_seconds = || crate::dto::moment(&format!("{}:00Z", text.trim().strip_suffix('Z')?));
    crate::dto::moment(text).or_else(with_seconds)?.signed_duration_since(now).to_std().ok()
}

fn hint(kind: ErrorKind, status: u16) -> Option<&'static str> {
    match (kind, status) {
        (ErrorKind::Unauthenticated, _) => Some(CHECK_TOKEN),
        (ErrorKind::PermissionDenied, _) => {
            Some("the user lacks a permission: see the permissions in docs/providers/jira.md")
        }
        (ErrorKind::Conflict, _) => Some(TRY_AGAIN),
        (ErrorKind::InvalidInput, 413) => {
            Some("the item is full: Jira limits comments, links and worklogs of one issue")
        }
        (ErrorKind::Internal, 406 | 415) => Some("this is a fault of this library: please report it"),
        _ => None,
    }
}

/// The field behind a name of Jira's.
pub(crate) fn field(name: &str) -> Option<Field> {
    Some(match name {
        "summary" => Field::Title,
        "name" | "projectName" | "sprintName" => Field::Name,
        "key" | "projectKey" => Field::Key,
        "description" => Field::Description,
        "status" | "state" => Field::Status,
        "priority" => Field::Priority,
        "project" | "projectId" => Field::ProjectId,
        "parent" | "parentId" => Field::ParentTaskId,
        "sprint" => Field::SprintId,
        "assignee" => Field::Assignees,
        "reporter" => Field::AuthorId,
        "lead" | "leadAccountId" | "projectLead" => Field::OwnerId,
        "timetracking" | "timetracking_originalestimate" | "timeoriginalestimate" => Field::EstimatedHours,
        "duedate" => Field::DueDate,
        "startDate" => Field::StartDate,
        "endDate" => Field::EndDate,
        "goal" => Field::Goal,
        "issuetype" | "issueType" => Field::TaskType,
        "labels" => Field::Labels,
        "security" | "visibility" => Field::Visibility,
        "comment" | "body" => Field::Body,
        custom if custom.starts_with("customfield_") => Field::CustomFields,
        _ => return None,
    })
}
