//! One HTTP client for one backend and one credential.

mod attempt;
mod builder;
mod clock;
mod download;
mod failure;
mod reply;
mod request;
mod send;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use pm_provider::{Error, Result, Secret};
use reqwest::header::HeaderMap;
use url::Url;

use crate::create::Creates;
use crate::credential::Keyring;
use crate::endpoint::Endpoint;
use crate::limits::{Limiter, Pause, Quota};
use crate::redact::Redactor;
use crate::retry::RetryPolicy;
use crate::revalidate::Shelf;
use crate::transport::{Names, TransportSettings};

pub use builder::ClientBuilder;
pub(crate) use clock::ServerClock;
pub use download::Download;
pub(crate) use download::Elsewhere;
pub use failure::ErrorReply;
pub use reply::{Reply, ReplyHead};
pub use request::Request;

/// Reads a backend's error body.
pub(crate) type ErrorHook = fn(&ErrorReply<'_>) -> Option<Error>;
/// Reads who has to wait.
pub(crate) type PauseHook = fn(&ErrorReply<'_>) -> Pause;
/// Reads what a backend says is left of our allowance.
pub(crate) type QuotaHook = fn(&ReplyHead<'_>) -> Option<Quota>;

/// Sends the requests of one provider: with retries, limits, clear errors, and without a secret in any text.
///
/// Cheap to clone; clones share connections, limits and what was learnt.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) provider: &'static str,
    pub(crate) base: Url,
    pub(crate) http: reqwest::Client,
    pub(crate) transport: TransportSettings,
    pub(crate) elsewhere: Elsewhere,
    pub(crate) headers: HeaderMap,
    pub(crate) keyring: Keyring,
    pub(crate) retry: RetryPolicy,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) errors: Option<ErrorHook>,
    pub(crate) refusals: Option<ErrorHook>,
    pub(crate) quota: Option<QuotaHook>,
    pub(crate) pauses: Option<PauseHook>,
    pub(crate) clock_probe: Option<Endpoint>,
    pub(crate) clock: ServerClock,
    pub(crate) sent: AtomicU64,
    pub(crate) creates: Creates,
    pub(crate) shelf: Shelf,
    pub(crate) redactor: Redactor,
    pub(crate) names: Names,
}

impl Client {
    /// Begins a client for the backend at an address.
    pub fn builder(provider: &'static str, base_url: &str) -> ClientBuilder {
        ClientBuilder::new(provider, base_url)
    }

    /// Begins a request; the parameters fill the `{…}` of the endpoint's path.
    pub fn request<'a>(&'a self, endpoint: &'a Endpoint, parameters: &[&str]) -> Request<'a> {
        Request::new(self, endpoint, self.url(endpoint, parameters))
    }

    /// Begins a request to a link that the backend gave, a next page say. The endpoint says what the link stands for.
    ///
    /// The link may be relative. One that leads to another host is refused when the request is sent: credentials never
    /// follow it.
    pub fn follow<'a>(&'a self, endpoint: &'a Endpoint, link: &str) -> Request<'a> {
        Request::new(self, endpoint, self.same_origin(link))
    }

    /// The backend's address, with a slash at its end: for links to its web pages.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.0.base
    }

    /// Keeps a secret out of all errors and logs that is no credential of ours, but goes to the backend in a body: that of
    /// a webhook, say.
    pub fn conceal(&self, secret: &Secret) {
        self.0.redactor.know_another(secret.expose());
    }

    /// How many secrets there have been: another number means another one than before.
    #[must_use]
    pub fn credential_age(&self) -> u64 {
        self.0.keyring.age()
    }

    /// Says whether an answer was given for the credential that is in use now; it was not where the secret was replaced
    /// meanwhile. Servers that answer anybody tell who comes with an old one less than the whole.
    #[must_use]
    pub fn is_current(&self, reply: &Reply) -> bool {
        reply.login == self.credential_age()
    }

    /// Takes the secrets out of an error that a provider made of an answer's text.
    #[must_use]
    pub fn redacted(&self, error: &Error) -> Error {
        self.0.redactor.error(error)
    }

    /// What time it is on the backend's side, as far as its answers told; cut to whole seconds.
    #[must_use]
    pub fn server_time(&self) -> Option<DateTime<Utc>> {
        self.0.clock.now()
    }

    /// How many requests were sent to the backend so far: every attempt for itself, every redirect that was followed, and
    /// those that were never answered, but none for which there was no connection.
    #[must_use]
    pub fn requests_sent(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }

    fn url(&self, endpoint: &Endpoint, parameters: &[&str]) -> Result<Url> {
        let path = endpoint.fill(parameters)?;
        let mut url = self.0.base.clone();
        url.set_path(&format!("{}{}", self.0.base.path(), path.trim_start_matches('/')));
        Ok(url)
    }

    fn same_origin(&self, link: &str) -> Result<Url> {
        let strange = |what: &str| Error::new(pm_provider::ErrorKind::InvalidResponse, what);
        let url = self.0.base.join(link).map_err(|_| strange("the backend gave a link that is no URL"))?;
        if url.origin() != self.0.base.origin() || !url.username().is_empty() || url.password().is_some() {
            return Err(strange("the backend gave a link to another place than itself"));
        }
        Ok(url)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("provider", &self.0.provider)
            .field("base_url", &self.0.base.as_str())
            .field("retry", &self.0.retry)
            .field("limiter", &self.0.limiter)
            .finish_non_exhaustive()
    }
}
