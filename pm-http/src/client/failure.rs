//! Answers that are errors, and what they mean.

use std::time::Duration;

use chrono::{DateTime, Utc};
use pm_provider::{Error, ErrorKind, Retry};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::de::DeserializeOwned;

use super::ReplyHead;
use crate::body;
use crate::endpoint::{Endpoint, Repeat};

/// An answer that is an error, for the provider that knows the backend's error bodies.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ErrorReply<'a> {
    /// The status.
    pub status: u16,
    /// The body, decompressed. Text of it that goes into an error is freed from secrets afterwards.
    pub body: &'a [u8],
    /// What was asked for.
    pub endpoint: &'a Endpoint,
    /// The path that was asked for, parameters filled in.
    pub path: &'a str,
    pub(super) headers: &'a HeaderMap,
}

impl ErrorReply<'_> {
    /// The body as a type of the backend's, where it is one.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body).ok()
    }

    /// A header, where it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        ReplyHead::new(self.status, self.headers).header(name)
    }

    /// When the answer was made, by the backend's clock: what a time in a header is measured by. Answers out of a cache
    /// tell nothing.
    #[must_use]
    pub fn server_time(&self) -> Option<DateTime<Utc>> {
        ReplyHead::new(self.status, self.headers).date()
    }

    /// What a status means where the provider says nothing else.
    pub(super) fn meaning(&self) -> Error {
        let kind = kind(self.status);
        let said = match self.foreign_text() {
            Some(text) => format!(" with {text}"),
            None => String::new(),
        };
        let error = Error::new(kind, format!("the backend answered `{}`{said}", reason(self.status)));
        match hint(self.status) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// What the body says, where it is for people.
    fn foreign_text(&self) -> Option<String> {
        let kind = self.header(CONTENT_TYPE.as_str());
        if body::is_html(kind, self.body) {
            return Some(body::page_name(self.body));
        }
        let is_text = kind.is_some_and(|kind| kind.starts_with("text/plain"));
        let text = body::clean(&String::from_utf8_lossy(&self.body[..self.body.len().min(1000)]), 200);
        (is_text && !text.is_empty()).then(|| format!("`{text}`"))
    }
}

pub(super) fn reason(status: u16) -> String {
    match reqwest::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()) {
        Some(reason) => format!("{status} {reason}"),
        None => status.to_string(),
    }
}

fn kind(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::PermissionDenied,
        404 | 410 => ErrorKind::NotFound,
        405 | 501 => ErrorKind::Unsupported,
        406 | 415 => ErrorKind::Internal,
        407 => ErrorKind::Configuration,
        408 | 504 => ErrorKind::Timeout,
        409 | 423 => ErrorKind::Conflict,
        412 => ErrorKind::VersionConflict,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::InvalidInput,
        500.. => ErrorKind::Unavailable,
        _ => ErrorKind::InvalidResponse,
    }
}

fn hint(status: u16) -> Option<&'static str> {
    match status {
        401 => Some("check the credential: it is missing, wrong, expired or revoked"),
        405 | 501 => Some("the backend is too old for this, or the address is not that of its API"),
        407 => Some("the proxy wants a user name and a password"),
        _ => None,
    }
}

/// What became of one attempt that failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// The backend certainly did nothing.
    pub(super) is_certain: bool,
    /// The same request may succeed a little later.
    pub(super) is_passing: bool,
    /// How long the backend asks to wait.
    pub(super) hint: Option<Duration>,
}

impl Failure {
    /// A failure that no repetition mends; nothing was done.
    pub(super) fn final_one(error: Error) -> Self {
        Self { error, is_certain: true, is_passing: false, hint: None }
    }

    /// A failure that leaves open whether something was done.
    pub(super) fn open(error: Error, is_passing: bool) -> Self {
        Self { error, is_certain: false, is_passing, hint: None }
    }

    /// A failure before anything was sent, that may pass.
    pub(super) fn before(error: Error) -> Self {
        Self { error, is_certain: true, is_passing: true, hint: None }
    }

    /// What an answer means for the attempt.
    ///
    /// Of a refusal (400 to 499) only the provider knows whether it passes: some backends refuse what meets another
    /// change. Such a one is repeated where twice leaves behind what once does.
    pub(super) fn answered(status: u16, error: Error, hint: Option<Duration>, repeat: Repeat) -> Self {
        let is_limited = error.kind() == ErrorKind::RateLimited;
        let is_broken = status >= 500 || status == 408;
        let is_met = !is_broken && error.retry() == Retry::Now && repeat != Repeat::Never;
        Self {
            error,
            is_certain: is_limited || !is_broken,
            is_passing: is_limited || is_met || (is_broken && status != 501),
            hint,
        }
    }
}
