//! How a client is put together.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use pm_provider::{Error, ErrorKind, Result};
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};

use super::{Client, Elsewhere, ErrorHook, ErrorReply, Inner, PauseHook, QuotaHook, ReplyHead, ServerClock};
use crate::create::Creates;
use crate::credential::{Credential, Keyring};
use crate::endpoint::Endpoint;
use crate::limits::{Limits, Pause, Quota};
use crate::redact::Redactor;
use crate::retry::RetryPolicy;
use crate::revalidate::Shelf;
use crate::transport::{TransportSettings, base, is_loopback};

/// Puts a [`Client`] together.
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    provider: &'static str,
    base_url: String,
    credential: Credential,
    transport: TransportSettings,
    retry: RetryPolicy,
    limits: Limits,
    errors: Option<ErrorHook>,
    refusals: Option<ErrorHook>,
    quota: Option<QuotaHook>,
    pauses: Option<PauseHook>,
    headers: Vec<(String, String)>,
    clock_probe: Option<Endpoint>,
    shelf: Option<usize>,
}

impl ClientBuilder {
    pub(super) fn new(provider: &'static str, base_url: &str) -> Self {
        Self {
            provider,
            base_url: base_url.to_owned(),
            credential: Credential::none(),
            transport: TransportSettings::new(),
            retry: RetryPolicy::new(),
            limits: Limits::new(),
            errors: None,
            refusals: None,
            quota: None,
            pauses: None,
            headers: Vec::new(),
            clock_probe: None,
            shelf: None,
        }
    }

    /// Says who we are.
    pub fn credential(mut self, credential: Credential) -> Self {
        self.credential = credential;
        self
    }

    /// Says how the backend is reached. What the settings say of patience and limits comes before what `retry` and
    /// `limits` say.
    pub fn transport(mut self, transport: TransportSettings) -> Self {
        self.transport = transport;
        self
    }

    /// Says how often and how long a request is tried.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Says how many requests are sent at once and a minute.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads the backend's error bodies: kind, message, field errors and hint. Effect, retry, status and request id are
    /// set here. `None` leaves an error to the meaning of its status.
    ///
    /// A refusal (400 to 499) whose error says [`Retry::Now`](pm_provider::Retry::Now) is one that passes: reads and
    /// idempotent writes are sent again.
    pub fn errors(mut self, read: fn(&ErrorReply<'_>) -> Option<Error>) -> Self {
        self.errors = Some(read);
        self
    }

    /// Reads a refusal out of an answer whose status says that all is well: GraphQL's limits, say. Nothing may have been
    /// done where it finds one; what passes ([`errors`](ClientBuilder::errors) says what that is) is sent again.
    ///
    /// It sees every answer that succeeds: what it looks at first should be cheap.
    pub fn refusals(mut self, read: fn(&ErrorReply<'_>) -> Option<Error>) -> Self {
        self.refusals = Some(read);
        self
    }

    /// Reads the headers in which the backend says what is left of our allowance.
    pub fn limit_headers(mut self, read: fn(&ReplyHead<'_>) -> Option<Quota>) -> Self {
        self.quota = Some(read);
        self
    }

    /// Says who has to wait when the backend asks for a pause: with 429, say. Everybody does, if nothing is said.
    pub fn pauses(mut self, read: fn(&ErrorReply<'_>) -> Pause) -> Self {
        self.pauses = Some(read);
        self
    }

    /// Sends a header on every request.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Names a cheap GET whose reply tells the backend's clock.
    pub fn clock_probe(mut self, endpoint: Endpoint) -> Self {
        self.clock_probe = Some(endpoint);
        self
    }

    /// Sets how many bytes all answers may take that are kept for
    /// [revalidation](crate::Request::revalidate), 8 MiB if nothing is said; one of them may take a quarter.
    pub fn shelf(mut self, bytes: usize) -> Self {
        self.shelf = Some(bytes);
        self
    }

    /// Makes the client; sends nothing.
    ///
    /// # Errors
    /// `Configuration` when the address or the transport's settings are wrong.
    pub fn build(self) -> Result<Client> {
        let provider = self.provider;
        self.try_build().map_err(|error| error.in_provider(provider))
    }

    fn try_build(self) -> Result<Client> {
        let redactor = Redactor::default();
        let names = self.transport.names().clone().or_provider(self.provider);
        let base = base(&self.base_url, &names)?;
        let http = self.transport.connect(&base, &redactor)?;
        if self.credential.is_some() && base.scheme() == "http" && !is_loopback(&base) {
            tracing::warn!(provider = self.provider, "the credential is sent without encryption: use `https://`");
        }
        let headers = self.default_headers()?;
        let (retry, limits) = self.policies();
        Ok(Client(Arc::new(Inner {
            provider: self.provider,
            base,
            http,
            transport: self.transport,
            elsewhere: Elsewhere::default(),
            headers,
            keyring: Keyring::new(self.credential, redactor.clone()),
            retry,
            limiter: limits.limiter(),
            errors: self.errors,
            refusals: self.refusals,
            quota: self.quota,
            pauses: self.pauses,
            clock_probe: self.clock_probe,
            clock: ServerClock::default(),
            sent: AtomicU64::new(0),
            creates: Creates::default(),
            shelf: self.shelf.map_or_else(Shelf::default, Shelf::new),
            redactor,
            names,
        })))
    }

    fn policies(&self) -> (RetryPolicy, Limits) {
        let (mut retry, mut limits) = (self.retry, self.limits.clone());
        retry.timeout = self.transport.timeout.unwrap_or(retry.timeout);
        // Whoever lets one attempt take long does not want all of them to take less.
        retry.deadline = self.transport.deadline.unwrap_or(retry.deadline.max(retry.timeout));
        if let Some(requests) = self.transport.concurrency {
            limits = limits.concurrency(requests);
        }
        if let Some(requests) = self.transport.requests_per_minute {
            limits = limits.requests_per_minute(requests);
        }
        (retry, limits)
    }

    fn default_headers(&self) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in &self.headers {
            let (name, value) = header(name, value)?;
            headers.insert(name, value);
        }
        Ok(headers)
    }
}

pub(super) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        _ => Err(Error::new(ErrorKind::Internal, format!("the header `{name}` cannot be sent"))),
    }
}
