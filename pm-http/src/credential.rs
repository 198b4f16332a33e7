//! Who we are to the backend.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use pm_provider::{BuildContext, Result, Secret, SettingSpec};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::redact::{Redactor, base64};

/// Makes secrets that do not live long: tokens that a backend gives in exchange for others.
#[async_trait]
pub trait MakeSecret: fmt::Debug + Send + Sync + 'static {
    /// Makes a new one.
    ///
    /// # Errors
    /// Whatever the exchange ends with.
    async fn make(&self) -> Result<MadeSecret>;
}

/// A secret that was made, and for how long it is used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MadeSecret {
    /// The secret.
    pub secret: Secret,
    /// For how long it is used, less than it lives; a new one is made afterwards.
    pub life: Duration,
}

impl MadeSecret {
    /// Says for how long a secret is used.
    #[must_use]
    pub fn new(secret: Secret, life: Duration) -> Self {
        Self { secret, life }
    }
}

/// Where a secret comes from: it is fetched when it is first needed, and once more after a 401.
#[derive(Clone)]
pub struct SecretSource(Source);

#[derive(Clone)]
enum Source {
    Fixed(Secret),
    Setting(Box<BuildContext>, String),
    Made(Arc<dyn MakeSecret>),
}

impl SecretSource {
    /// Takes a secret that never changes.
    #[must_use]
    pub fn fixed(secret: Secret) -> Self {
        Self(Source::Fixed(secret))
    }

    /// Takes the secret of a setting, if that is set; nothing is fetched yet.
    #[must_use]
    pub fn from_context(context: &BuildContext, key: &str) -> Option<Self> {
        context.settings.get(key)?;
        Some(Self(Source::Setting(Box::new(context.clone()), key.to_owned())))
    }

    /// Takes secrets that are made when they are needed, and made anew before they expire.
    #[must_use]
    pub fn made(maker: impl MakeSecret) -> Self {
        Self(Source::Made(Arc::new(maker)))
    }

    /// The same for a setting that has to be there.
    ///
    /// # Errors
    /// `Configuration` when it is not set.
    pub fn required(context: &BuildContext, spec: &SettingSpec) -> Result<Self> {
        Self::from_context(context, spec.key).ok_or_else(|| crate::settings::missing(spec))
    }

    /// Fetches the secret: for a provider that makes another one of it.
    ///
    /// # Errors
    /// `Configuration` where there is none any more; whatever an exchange ends with.
    pub async fn fetch(&self) -> Result<Secret> {
        Ok(self.fetch_with_life().await?.0)
    }

    /// The secret, and for how long it is used where that has an end.
    async fn fetch_with_life(&self) -> Result<(Secret, Option<Duration>)> {
        Ok(match &self.0 {
            Source::Fixed(secret) => (secret.clone(), None),
            Source::Setting(context, key) => {
                let secret = context.secret(key).await?;
                (secret.unwrap_or_else(|| Secret::new("")), None)
            }
            Source::Made(maker) => {
                let made = maker.make().await?;
                (made.secret, Some(made.life))
            }
        })
    }
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Fixed(_) => f.write_str("SecretSource(***)"),
            Source::Setting(_, key) => write!(f, "SecretSource(setting `{key}`)"),
            Source::Made(maker) => write!(f, "SecretSource({maker:?})"),
        }
    }
}

/// How a client says who it is, on every request.
#[derive(Clone, Debug)]
pub struct Credential {
    form: Form,
    source: Option<SecretSource>,
}

#[derive(Clone, Debug)]
enum Form {
    Header(&'static str),
    Bearer,
    BearerUnless(&'static str),
    Basic(String),
}

impl Credential {
    /// Says nothing.
    #[must_use]
    pub fn none() -> Self {
        Self { form: Form::Bearer, source: None }
    }

    /// Sends the secret in a header of its own: `X-Redmine-API-Key`.
    #[must_use]
    pub fn header(name: &'static str, secret: SecretSource) -> Self {
        Self { form: Form::Header(name), source: Some(secret) }
    }

    /// Sends the secret as a bearer token.
    #[must_use]
    pub fn bearer(secret: SecretSource) -> Self {
        Self { form: Form::Bearer, source: Some(secret) }
    }

    /// Sends the secret as a bearer token, unless it begins with a prefix: then as it is. Backends with two kinds of tokens
    /// tell them apart so, and which kind it is only shows when the secret is fetched.
    #[must_use]
    pub fn bearer_unless(prefix: &'static str, secret: SecretSource) -> Self {
        Self { form: Form::BearerUnless(prefix), source: Some(secret) }
    }

    /// Sends the secret as the password of a user, as HTTP's Basic scheme does.
    #[must_use]
    pub fn basic(user: impl Into<String>, secret: SecretSource) -> Self {
        Self { form: Form::Basic(user.into()), source: Some(secret) }
    }

    /// Says whether there is a secret to send.
    pub(crate) fn is_some(&self) -> bool {
        self.source.is_some()
    }

    fn header_of(&self, secret: &Secret) -> Result<(HeaderName, HeaderValue)> {
        let (name, text) = match &self.form {
            Form::Header(name) => (header_name(name)?, secret.expose().to_owned()),
            Form::BearerUnless(prefix) if secret.expose().starts_with(prefix) => {
                (AUTHORIZATION, secret.expose().to_owned())
            }
            Form::Bearer | Form::BearerUnless(_) => (AUTHORIZATION, format!("Bearer {}", secret.expose())),
            Form::Basic(user) => (AUTHORIZATION, format!("Basic {}", self.basic_text(user, secret))),
        };
        let mut value = HeaderValue::from_str(&text).map_err(|_| unusable())?;
        value.set_sensitive(true);
        Ok((name, value))
    }

    fn basic_text(&self, user: &str, secret: &Secret) -> String {
        base64(format!("{user}:{}", secret.expose()).as_bytes())
    }

    fn tell(&self, secret: &Secret, redactor: &Redactor) {
        redactor.know(secret.expose());
        if let Form::Basic(user) = &self.form {
            redactor.know(&self.basic_text(user, secret));
            redactor.know(&format!("{user}:{}", secret.expose()));
        }
    }
}

fn header_name(name: &str) -> Result<HeaderName> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
        let message = format!("`{name}` is no name of a header");
        pm_provider::Error::new(pm_provider::ErrorKind::Internal, message)
    })
}

fn unusable() -> pm_provider::Error {
    pm_provider::Error::configuration("the secret holds characters that cannot stand in a header")
        .hint("look for line breaks or letters with accents in it")
}

/// A credential in use: the secret as it was last fetched.
#[derive(Debug)]
pub(crate) struct Keyring {
    credential: Credential,
    current: Mutex<Option<Held>>,
    /// How many secrets there have been.
    age: AtomicU64,
    redactor: Redactor,
}

/// What goes with one request.
pub(crate) struct Login {
    pub(crate) header: (HeaderName, HeaderValue),
    pub(crate) secret: Secret,
    /// Which one of the secrets it is.
    pub(crate) age: u64,
}

/// A secret as it was fetched, and until when it is used.
#[derive(Debug)]
struct Held {
    secret: Secret,
    until: Option<Instant>,
}

impl Held {
    fn is_fresh(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() < until)
    }
}

impl Keyring {
    pub(crate) fn new(credential: Credential, redactor: Redactor) -> Self {
        if let Some(SecretSource(Source::Fixed(secret))) = &credential.source {
            credential.tell(secret, &redactor);
        }
        Self { credential, current: Mutex::new(None), age: AtomicU64::new(0), redactor }
    }

    /// The header to send, with the secret in it; fetches the secret when it is first needed.
    pub(crate) async fn login(&self) -> Result<Option<Login>> {
        let Some(source) = &self.credential.source else { return Ok(None) };
        let mut current = self.current.lock().await;
        let secret = match &*current {
            Some(held) if held.is_fresh() => held.secret.clone(),
            _ => self.take(source.fetch_with_life().await?, &mut current),
        };
        let header = self.credential.header_of(&secret)?;
        Ok(Some(Login { header, secret, age: self.age() }))
    }

    /// Which one of the secrets is in use.
    pub(crate) fn age(&self) -> u64 {
        self.age.load(Ordering::SeqCst)
    }

    /// After a 401: fetches the secret again, and says whether it is another one than was refused.
    pub(crate) async fn renew(&self, refused: &Secret) -> Result<bool> {
        let Some(source) = &self.credential.source else { return Ok(false) };
        let mut current = self.current.lock().await;
        // Another request may have fetched it meanwhile.
        if current.as_ref().is_some_and(|held| held.secret.expose() != refused.expose()) {
            return Ok(true);
        }
        let fetched = self.take(source.fetch_with_life().await?, &mut current);
        Ok(fetched.expose() != refused.expose())
    }

    fn take(&self, (secret, life): (Secret, Option<Duration>), current: &mut Option<Held>) -> Secret {
        self.credential.tell(&secret, &self.redactor);
        if current.as_ref().is_none_or(|known| known.secret.expose() != secret.expose()) {
            self.age.fetch_add(1, Ordering::SeqCst);
        }
        *current = Some(Held { secret: secret.clone(), until: life.map(|life| Instant::now() + life) });
        secret
    }
}
