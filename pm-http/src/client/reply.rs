//! Answers.

use std::time::SystemTime;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use pm_provider::{Effect, Error, ErrorKind, RawData, Result};
use reqwest::header::{AGE, CONTENT_TYPE, DATE, HeaderMap};
use serde::de::DeserializeOwned;

use crate::body;
use crate::endpoint::Endpoint;
use crate::redact::Redactor;

/// Status and headers of an answer.
#[derive(Clone, Copy, Debug)]
pub struct ReplyHead<'a> {
    status: u16,
    headers: &'a HeaderMap,
}

impl<'a> ReplyHead<'a> {
    pub(crate) fn new(status: u16, headers: &'a HeaderMap) -> Self {
        Self { status, headers }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header, where it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// When the answer was made, by the backend's clock; answers out of a cache tell nothing.
    #[must_use]
    pub fn date(&self) -> Option<DateTime<Utc>> {
        if self.headers.contains_key(AGE) {
            return None;
        }
        let date: SystemTime = httpdate::parse_http_date(self.header(DATE.as_str())?).ok()?;
        Some(date.into())
    }

    /// The id under which the backend's operators find the request.
    pub(crate) fn request_id(&self) -> Option<String> {
        const NAMES: [&str; 4] = ["x-request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray"];
        NAMES.iter().find_map(|name| self.header(name)).map(|id| body::clean(id, 80)).filter(|id| !id.is_empty())
    }
}

/// A successful answer.
#[derive(Clone)]
pub struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) endpoint: Endpoint,
    pub(super) provider: &'static str,
    pub(super) redactor: Redactor,
    /// Which of our secrets it was given for.
    pub(super) login: u64,
}

impl Reply {
    /// The status: 200 to 299.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header, where it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head().header(name)
    }

    /// Says whether it answers a request that may have changed something.
    #[must_use]
    pub fn is_of_write(&self) -> bool {
        self.endpoint.is_write()
    }

    /// The body, decompressed.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as bytes that can be handed on without copying them.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.body.clone()
    }

    /// Says whether there is no body, as in answers to many a write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.iter().all(u8::is_ascii_whitespace)
    }

    /// When the answer was made, by the backend's clock.
    #[must_use]
    pub fn server_time(&self) -> Option<DateTime<Utc>> {
        self.head().date()
    }

    /// Reads the body.
    ///
    /// # Errors
    /// `InvalidResponse` that names the place inside of the JSON and repeats none of its values.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        if self.is_empty() {
            return Err(self.misunderstood(Error::new(ErrorKind::InvalidResponse, "the answer is empty")));
        }
        body::json(&self.body).map_err(|error| self.misunderstood(self.with_content_type(error)))
    }

    /// The whole body as raw data.
    ///
    /// # Errors
    /// `InvalidResponse` when it is no JSON.
    pub fn raw(&self) -> Result<RawData> {
        self.json()
    }

    pub(super) fn head(&self) -> ReplyHead<'_> {
        ReplyHead::new(self.status, &self.headers)
    }

    fn with_content_type(&self, error: Error) -> Error {
        match self.header(CONTENT_TYPE.as_str()) {
            Some(kind) if !kind.contains("json") => {
                error.hint(format!("its content type is `{}`; is this the address of the API?", body::clean(kind, 60)))
            }
            _ => error,
        }
    }

    /// What a write did is not known when its answer cannot be read.
    fn misunderstood(&self, error: Error) -> Error {
        let effect = if self.endpoint.is_write() { Effect::Unknown } else { Effect::NotExecuted };
        let error = error.with_effect(effect).with_http_status(self.status).in_provider(self.provider);
        let error = match self.head().request_id() {
            Some(id) => error.with_request_id(id),
            None => error,
        };
        self.redactor.error(&error)
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("path", &self.endpoint.path)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
