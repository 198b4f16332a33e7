//! How the backend is reached: certificates, proxies, patience.

mod address;
mod settings;

use std::fmt;
use std::time::Duration;

use pm_provider::{BuildContext, Error, ErrorKind, Result, Secret, SettingSpec};
use url::Url;

use crate::redact::{Redactor, base64};

pub(crate) use address::{base, is_loopback};

/// What we call ourselves.
const AGENT: &str = concat!("pm-core/", env!("CARGO_PKG_VERSION"));

/// How the backend is reached, as the settings of [`with_transport!`](crate::with_transport) say.
///
/// There is no setting that accepts any certificate.
#[derive(Clone)]
pub struct TransportSettings {
    roots: Vec<reqwest::Certificate>,
    identity: Option<reqwest::Identity>,
    proxy: Option<Secret>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) concurrency: Option<usize>,
    pub(crate) requests_per_minute: Option<u32>,
    names: Names,
}

impl TransportSettings {
    /// Uses the roots and the proxy of the system, and waits as long as the provider thinks right.
    #[must_use]
    pub fn new() -> Self {
        Self {
            roots: Vec::new(),
            identity: None,
            proxy: None,
            timeout: None,
            deadline: None,
            concurrency: None,
            requests_per_minute: None,
            names: Names::default(),
        }
    }

    /// Reads the settings, and the files that they name.
    ///
    /// # Errors
    /// `Configuration` that names the setting, and the file where there is one.
    pub async fn from_context(context: &BuildContext) -> Result<Self> {
        let names = Names { provider: context.provider.clone(), specs: &[] };
        let read = settings::Reader { context, names: &names };
        let settings = Self {
            roots: read.certificates()?,
            identity: read.identity()?,
            proxy: context.url("proxy").await?,
            timeout: read.seconds("timeout_seconds")?,
            deadline: read.seconds("deadline_seconds")?,
            concurrency: read.number("concurrency")?,
            requests_per_minute: read.number("requests_per_minute")?,
            names: names.clone(),
        };
        settings.check_proxy()?;
        Ok(settings)
    }

    /// Takes the names of environment variables, which hints mention, from a provider's table; without it they are made
    /// of the provider's name.
    #[must_use]
    pub fn named_by(mut self, specs: &'static [SettingSpec]) -> Self {
        self.names.specs = specs;
        self
    }

    /// Makes the connections of one client.
    pub(crate) fn connect(&self, base: &Url, redactor: &Redactor) -> Result<reqwest::Client> {
        let prepare = || self.prepare(base, redactor);
        let is_plain = base.scheme() == "http";
        // To this machine, without a proxy and without encryption, the system's authorities are read for nothing.
        if is_plain && is_loopback(base) {
            return self.bare(prepare()?, redactor);
        }
        match prepare()?.tls_certs_merge(self.roots.iter().cloned()).build() {
            // A machine without any authorities is good enough for a backend without encryption.
            Err(_) if is_plain => self.bare(prepare()?, redactor),
            built => built.map_err(|error| self.unprepared(error, redactor)),
        }
    }

    /// Makes the connections to a host that is not the backend: it is shown no certificate of ours.
    pub(crate) fn connect_elsewhere(&self, to: &Url, redactor: &Redactor) -> Result<reqwest::Client> {
        Self { identity: None, ..self.clone() }.connect(to, redactor)
    }

    /// Trusts nobody but the authorities of our own settings.
    fn bare(&self, builder: reqwest::ClientBuilder, redactor: &Redactor) -> Result<reqwest::Client> {
        let built = builder.tls_certs_only(self.roots.iter().cloned()).build();
        built.map_err(|error| self.unprepared(error, redactor))
    }

    fn prepare(&self, base: &Url, redactor: &Redactor) -> Result<reqwest::ClientBuilder> {
        let mut builder = reqwest::Client::builder()
            .user_agent(AGENT)
            .redirect(reqwest::redirect::Policy::none())
            // An attempt is one request: the library underneath repeats nothing on its own.
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(Duration::from_secs(10))
            // Shorter than servers keep idle connections: one that they close as it is used costs an attempt.
            .pool_idle_timeout(Duration::from_secs(15));
        if let Some(identity) = &self.identity {
            builder = builder.identity(identity.clone());
        }
        Ok(match &self.proxy {
            _ if is_loopback(base) => builder.no_proxy(),
            Some(proxy) => builder.proxy(self.proxy(proxy, redactor)?),
            None => builder,
        })
    }

    fn unprepared(&self, error: reqwest::Error, redactor: &Redactor) -> Error {
        let cause = redactor.source(&error.without_url());
        let message = format!("encrypted connections cannot be made here: {cause}");
        Error::configuration(message).hint(self.names.tls_hint()).with_source(cause)
    }

    fn proxy(&self, proxy: &Secret, redactor: &Redactor) -> Result<reqwest::Proxy> {
        if let Ok(url) = Url::parse(proxy.expose())
            && let Some(password) = url.password()
        {
            let plain = percent_encoding::percent_decode_str(password).decode_utf8_lossy().into_owned();
            let user = percent_encoding::percent_decode_str(url.username()).decode_utf8_lossy().into_owned();
            redactor.know(&plain);
            redactor.know(password);
            redactor.know(&base64(format!("{user}:{plain}").as_bytes()));
        }
        reqwest::Proxy::all(proxy.expose()).map_err(|_| self.bad_proxy())
    }

    fn check_proxy(&self) -> Result<()> {
        let Some(proxy) = &self.proxy else { return Ok(()) };
        let is_usable = Url::parse(proxy.expose())
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
        if is_usable { Ok(()) } else { Err(self.bad_proxy()) }
    }

    fn bad_proxy(&self) -> Error {
        Error::configuration(
            "setting `proxy` is no URL of a proxy; allowed are `http://host:port` and `https://host:port`",
        )
        .hint(format!("correct {}", self.names.env("proxy")))
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }
}

impl Default for TransportSettings {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TransportSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportSettings")
            .field("roots", &self.roots.len())
            .field("has_client_certificate", &self.identity.is_some())
            .field("has_proxy", &self.proxy.is_some())
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("concurrency", &self.concurrency)
            .field("requests_per_minute", &self.requests_per_minute)
            .finish_non_exhaustive()
    }
}

/// What settings are called in the environment: for hints.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    provider: String,
    specs: &'static [SettingSpec],
}

impl Names {
    /// The environment variable of a setting, or else the setting's own name.
    pub(crate) fn env(&self, key: &str) -> String {
        if let Some(spec) = self.specs.iter().find(|spec| spec.key == key) {
            return spec.env.to_owned();
        }
        if self.provider.is_empty() {
            return format!("the setting `{key}`");
        }
        let suffix = if key == "base_url" { "URL".to_owned() } else { key.to_uppercase() };
        format!("{}_{suffix}", self.provider.to_uppercase().replace('-', "_"))
    }

    /// Names that were made without a provider get it now.
    pub(crate) fn or_provider(mut self, provider: &str) -> Self {
        if self.provider.is_empty() {
            provider.clone_into(&mut self.provider);
        }
        self
    }

    pub(crate) fn tls_hint(&self) -> String {
        format!(
            "a private certificate authority goes into {}, a certificate of our own into {}",
            self.env("ca_file"),
            self.env("client_certificate_file")
        )
    }
}

pub(crate) fn wrong_setting(names: &Names, key: &str, what: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("setting `{key}` {what}")).hint(format!("correct {}", names.env(key)))
}
