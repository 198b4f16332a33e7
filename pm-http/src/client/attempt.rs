//! One attempt: one request on the wire, one answer or none.

use std::error::Error as StdError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use pm_provider::{Error, ErrorKind};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use tokio::time::timeout;
use url::Url;

use super::failure::Failure;
use super::request::Draft;
use super::{Inner, ReplyHead};
use crate::body::MAX_BYTES;
use crate::endpoint::{Endpoint, Method};

/// An answer of any status.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The answer itself, where its body is left unread.
    pub(super) rest: Option<reqwest::Response>,
}

impl Answer {
    pub(super) fn head(&self) -> ReplyHead<'_> {
        ReplyHead::new(self.status, &self.headers)
    }
}

/// A header that the request itself does not have: the credential, and what is kept already.
pub(super) type Extra = (HeaderName, HeaderValue);

type Attempted = Result<Answer, Failure>;

/// How many redirects within the backend a read follows.
const REDIRECTS: usize = 5;

impl Inner {
    /// Sends a request once; a read follows redirects that stay with the backend.
    pub(super) async fn attempt(
        &self,
        endpoint: &Endpoint,
        draft: &Draft,
        extra: &[Extra],
        limit: Duration,
    ) -> Attempted {
        let work = self.attempt_unlimited(endpoint, draft, extra);
        match timeout(limit, work).await {
            Ok(answer) => answer,
            Err(_) => {
                let message = format!("no answer within {} seconds", limit.as_secs_f32().ceil());
                Err(Failure::open(Error::new(ErrorKind::Timeout, message), true))
            }
        }
    }

    async fn attempt_unlimited(&self, endpoint: &Endpoint, draft: &Draft, extra: &[Extra]) -> Attempted {
        let mut url = draft.url.clone();
        // Who was once elsewhere brings no credential back.
        let mut is_away = draft.streams && !self.is_home(&url);
        for _ in 0..=REDIRECTS {
            let answer = match is_away {
                true => self.fetch_elsewhere(&url).await?,
                false => self.exchange(endpoint, draft, url.clone(), extra).await?,
            };
            match self.redirect(endpoint, draft, &answer, &url)? {
                Some(target) => url = target,
                None if is_away => return Self::judge_elsewhere(answer, &url),
                None => return Ok(answer),
            }
            is_away |= draft.streams && !self.is_home(&url);
        }
        let error = Error::new(ErrorKind::InvalidResponse, "the backend redirects in circles");
        Err(Failure::final_one(error))
    }

    async fn exchange(&self, endpoint: &Endpoint, draft: &Draft, url: Url, extra: &[Extra]) -> Attempted {
        let mut headers = self.headers.clone();
        headers.extend(draft.headers.clone());
        headers.extend(extra.iter().cloned());
        let mut request = self.http.request(wire(endpoint.method), url).headers(headers);
        if let Some(body) = &draft.body {
            request = request.body(body.clone());
        }
        // Who waits no longer drops this future while the request is under way: it counts from the beginning.
        self.sent.fetch_add(1, Ordering::Relaxed);
        let response = request.send().await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                self.sent.fetch_sub(1, Ordering::Relaxed);
            }
            self.unsent(error)
        })?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        if let Some(date) = ReplyHead::new(status, &headers).date() {
            self.clock.learn(date);
        }
        if draft.streams && (200..300).contains(&status) {
            return Ok(Answer { status, headers, body: Bytes::new(), rest: Some(response) });
        }
        let body = self.read(response).await?;
        Ok(Answer { status, headers, body, rest: None })
    }

    async fn read(&self, response: reqwest::Response) -> Result<Bytes, Failure> {
        let told = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let mut body = BytesMut::with_capacity(told.min(MAX_BYTES));
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| self.cut_off(error))?;
            if body.len() + chunk.len() > MAX_BYTES {
                let message = format!("the answer is larger than {} MiB", MAX_BYTES / 1024 / 1024);
                return Err(Failure::open(Error::new(ErrorKind::InvalidResponse, message), false));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(without_slack(body))
    }

    /// Where a redirect leads to, if the answer is one and may be followed.
    fn redirect(
        &self,
        endpoint: &Endpoint,
        draft: &Draft,
        answer: &Answer,
        from: &Url,
    ) -> Result<Option<Url>, Failure> {
        if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let target = answer.head().header(LOCATION.as_str()).and_then(|location| from.join(location).ok());
        let Some(target) = target else {
            let error = Error::new(ErrorKind::InvalidResponse, "the backend redirects to nowhere");
            return Err(Failure::open(error.with_http_status(answer.status), false));
        };
        // A name or a password in the address would be sent in the place of the credential.
        let is_bare = target.username().is_empty() && target.password().is_none();
        let stays = target.origin() == self.base.origin() && is_bare;
        match endpoint.method {
            Method::Get if draft.streams && self.is_store(&target) => Ok(Some(target)),
            Method::Get if stays => Ok(Some(target)),
            _ if stays => Err(self.redirected_write(answer.status)),
            _ => Err(self.led_away(answer.status, &target)),
        }
    }

    fn redirected_write(&self, status: u16) -> Failure {
        let error = Error::new(ErrorKind::InvalidResponse, "the backend redirects a write, which is not followed")
            .hint(format!("{} is perhaps not the exact address of the API", self.names.env("base_url")))
            .with_http_status(status);
        // After a 302 or 303 the write may have been executed: that is how web forms are answered.
        Failure { is_certain: !matches!(status, 302 | 303), ..Failure::final_one(error) }
    }

    /// Another place, or the same one by another scheme: the credential stays here.
    fn led_away(&self, status: u16, target: &Url) -> Failure {
        let origin = target.origin().ascii_serialization();
        let message = format!("the backend redirects to `{origin}`, where the credential does not follow");
        let error = Error::new(ErrorKind::Configuration, message)
            .hint(format!("if that is where the backend lives now, set {} to it", self.names.env("base_url")))
            .with_http_status(status);
        Failure { is_certain: status != 303, ..Failure::final_one(error) }
    }

    /// What it means that no answer began.
    fn unsent(&self, error: reqwest::Error) -> Failure {
        let error = error.without_url();
        let cause = self.redactor.source(&error);
        let (text, host) = (cause.to_string(), self.base.host_str().unwrap_or_default().to_owned());
        if text.contains("proxy authorization required") {
            let failure = Error::configuration("the proxy wants a user name and a password, or other ones");
            return Failure::final_one(failure.hint(format!("correct {}", self.names.env("proxy"))).with_source(cause));
        }
        if is_tls(&text, error.is_connect()) {
            let message = format!("no trusted connection to `{host}`: {}", tls_reason(&text));
            let failure = Error::new(ErrorKind::Unavailable, message).hint(self.names.tls_hint()).with_source(cause);
            return Failure::final_one(failure.with_retry(pm_provider::Retry::Never));
        }
        if error.is_builder() {
            return Failure::final_one(
                Error::new(ErrorKind::Internal, "the request cannot be sent").with_source(cause),
            );
        }
        if error.is_connect() {
            let what = if error.is_dns() { "is not known" } else { "cannot be reached" };
            let failure = Error::new(ErrorKind::Unavailable, format!("`{host}` {what}")).with_source(cause);
            let hint = format!("check {}, and whether a proxy stands between", self.names.env("base_url"));
            return Failure::before(failure.hint(hint));
        }
        let message = "the connection was closed before an answer came";
        Failure::open(Error::new(ErrorKind::Unavailable, message).with_source(cause), true)
    }

    /// What it means that an answer broke off.
    pub(super) fn cut_off(&self, error: reqwest::Error) -> Failure {
        let is_garbled = is_undecodable(&error);
        let cause = self.redactor.source(&error.without_url());
        if is_garbled {
            let error = Error::new(ErrorKind::InvalidResponse, "the answer cannot be decompressed");
            return Failure::open(error.with_source(cause), false);
        }
        let error = Error::new(ErrorKind::Unavailable, "the answer broke off in the middle").with_source(cause);
        Failure::open(error, true)
    }
}

/// A body of untold length grew by doubling: what is kept for long must not hold twice what it shows.
fn without_slack(body: BytesMut) -> Bytes {
    if body.capacity() > body.len() + body.len() / 4 { Bytes::copy_from_slice(&body) } else { body.freeze() }
}

/// The decompressor's own complaint is about the data; anything of the connection is not.
fn is_undecodable(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            use std::io::ErrorKind::{InvalidData, InvalidInput};
            // Brotli's own complaint has no kind of its own.
            if matches!(error.kind(), InvalidData | InvalidInput) || error.to_string().contains("brotli") {
                return true;
            }
        }
        source = error.source();
    }
    false
}

/// Alerts by which a server ends a handshake, which in TLS 1.3 arrive when the first request is already under way.
const REFUSALS: [&str; 8] = [
    "CertificateRequired",
    "BadCertificate",
    "UnsupportedCertificate",
    "CertificateRevoked",
    "CertificateExpired",
    "CertificateUnknown",
    "UnknownCA",
    "AccessDenied",
];

/// Says whether a connection failed because one side does not trust the other: then no request was looked at.
pub(super) fn is_tls(text: &str, is_connect: bool) -> bool {
    let alert = text.split_once("received fatal alert: ").map(|(_, alert)| alert);
    text.contains("invalid peer certificate")
        || (is_connect && (alert.is_some() || text.contains("received corrupt message")))
        || alert.is_some_and(|alert| REFUSALS.iter().any(|refusal| alert.starts_with(refusal)))
}

/// The last part of the chain: the one about the certificate.
pub(super) fn tls_reason(text: &str) -> &str {
    let parts = ["invalid peer certificate", "received fatal alert", "received corrupt message"];
    let start = parts.iter().filter_map(|part| text.find(part)).min();
    start.map_or(text, |start| &text[start..])
}

fn wire(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}
