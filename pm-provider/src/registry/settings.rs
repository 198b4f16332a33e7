//! Settings of providers, and what each provider says of its own.

use std::collections::BTreeMap;
use std::fmt;

use super::{Secret, SecretReference};
use crate::error::{Error, Result};

/// How much of a setting may be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exposure {
    /// All of it.
    #[default]
    Public,
    /// A URL that may hold a password: shown without it.
    Url,
    /// None of it: given as a reference, or as a [`Secret`].
    Secret,
}

/// A column that connections have in a table of the internal database, whatever their provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ConnectionColumn {
    /// `base_url`
    BaseUrl,
    /// `api_key`
    ApiKey,
    /// `api_token`
    ApiToken,
    /// `username`
    Username,
    /// `organization_id`
    OrganizationId,
    /// `project_key`
    ProjectKey,
    /// `workspace_id`
    WorkspaceId,
}

impl ConnectionColumn {
    /// Every column.
    pub const ALL: [Self; 7] = [
        Self::BaseUrl,
        Self::ApiKey,
        Self::ApiToken,
        Self::Username,
        Self::OrganizationId,
        Self::ProjectKey,
        Self::WorkspaceId,
    ];

    /// What the column is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BaseUrl => "base_url",
            Self::ApiKey => "api_key",
            Self::ApiToken => "api_token",
            Self::Username => "username",
            Self::OrganizationId => "organization_id",
            Self::ProjectKey => "project_key",
            Self::WorkspaceId => "workspace_id",
        }
    }
}

/// One setting of a provider, as its factory declares it: names, documentation, errors and redaction come from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingSpec {
    /// The key in [`Settings`]: `base_url`.
    pub key: &'static str,
    /// The environment variable: `OPENPROJECT_URL`. A secret, or a URL that may hold one, is also read from the file
    /// that `…_FILE` names.
    pub env: &'static str,
    /// How much of it may be shown.
    pub exposure: Exposure,
    /// Whether the provider cannot do without.
    pub required: bool,
    /// Whether it decides whom secrets are entrusted to, though it is no address: a certificate authority.
    pub trust_anchor: bool,
    /// The columns that hold it where connections are kept in a table, beside the one that is called like its key; it is
    /// written to the first.
    pub columns: &'static [ConnectionColumn],
    /// What it is, in one line.
    pub help: &'static str,
}

impl SettingSpec {
    /// Declares a setting that may be left out and shown.
    #[must_use]
    pub const fn new(key: &'static str, env: &'static str, help: &'static str) -> Self {
        Self { key, env, exposure: Exposure::Public, required: false, trust_anchor: false, columns: &[], help }
    }

    /// The provider cannot do without it.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// It decides whom secrets are entrusted to: programs take it only from somebody whom they trust with the secrets.
    #[must_use]
    pub const fn trust_anchor(mut self) -> Self {
        self.trust_anchor = true;
        self
    }

    /// These columns hold it where connections are kept in a table: `token` is in `api_token`, say.
    #[must_use]
    pub const fn columns(mut self, columns: &'static [ConnectionColumn]) -> Self {
        self.columns = columns;
        self
    }

    /// It is a secret.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.exposure = Exposure::Secret;
        self
    }

    /// It is a URL that may hold a password.
    #[must_use]
    pub const fn url(mut self) -> Self {
        self.exposure = Exposure::Url;
        self
    }
}

/// The value of one setting. `Debug` shows references only.
#[derive(Clone)]
#[non_exhaustive]
pub enum SettingValue {
    /// A text.
    Text(String),
    /// Where a secret is.
    Reference(SecretReference),
    /// A secret that the application holds in its hands.
    Secret(Secret),
}

impl fmt::Debug for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("***"),
            Self::Reference(reference) => write!(f, "{reference}"),
            Self::Secret(secret) => secret.fmt(f),
        }
    }
}

/// The settings of one provider, by key. `Debug` shows keys and references, never values.
///
/// ```
/// use pm_provider::{Secret, Settings};
/// let settings = Settings::new()
///     .set("base_url", "https://projects.example.org")
///     .secret("api_key", Secret::new("s3cr3t"));
/// assert!(!format!("{settings:?}").contains("s3cr3t"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Settings(BTreeMap<String, SettingValue>);

impl Settings {
    /// Has no setting yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a text, or for a secret its reference (`env:NAME`). An empty text counts as unset.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, text: impl Into<String>) -> Self {
        let (key, text) = (key.into(), text.into());
        if text.is_empty() {
            self.0.remove(&key);
        } else {
            self.0.insert(key, SettingValue::Text(text));
        }
        self
    }

    /// Sets where a secret is.
    #[must_use]
    pub fn reference(mut self, key: impl Into<String>, reference: SecretReference) -> Self {
        self.0.insert(key.into(), SettingValue::Reference(reference));
        self
    }

    /// Sets a secret that the application holds in its hands.
    #[must_use]
    pub fn secret(mut self, key: impl Into<String>, secret: Secret) -> Self {
        self.0.insert(key.into(), SettingValue::Secret(secret));
        self
    }

    /// The value of a setting.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&SettingValue> {
        self.0.get(key)
    }

    /// The keys that are set.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Checks the settings against what a provider declares.
    ///
    /// # Errors
    /// `Configuration` for a key that the provider does not know, a required one that is missing, and a raw text
    /// where a reference to a secret must be.
    pub fn check(&self, provider: &str, specs: &[SettingSpec]) -> Result<()> {
        self.check_unknown(provider, specs)?;
        for spec in specs {
            match self.get(spec.key) {
                None if spec.required => return Err(missing(provider, spec)),
                Some(SettingValue::Text(text)) if spec.exposure == Exposure::Secret => {
                    text.parse::<SecretReference>().map_err(|error| {
                        let message = format!("setting `{}` is a secret: {}", spec.key, error.message());
                        let hint = error.hint_text().unwrap_or_default().to_owned();
                        Error::configuration(message).hint(hint).in_provider(provider)
                    })?;
                }
                Some(SettingValue::Reference(_) | SettingValue::Secret(_)) if spec.exposure == Exposure::Public => {
                    let message = format!("setting `{}` is no secret; it is given as a text", spec.key);
                    return Err(Error::configuration(message).in_provider(provider));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_unknown(&self, provider: &str, specs: &[SettingSpec]) -> Result<()> {
        let Some(unknown) = self.keys().find(|key| specs.iter().all(|spec| spec.key != *key)) else {
            return Ok(());
        };
        let known: Vec<_> = specs.iter().map(|spec| format!("`{}`", spec.key)).collect();
        let message = format!("unknown setting `{unknown}`; allowed are {}", known.join(", "));
        let error = Error::configuration(message).in_provider(provider);
        Err(match super::registry::nearest(unknown, specs.iter().map(|spec| spec.key)) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        })
    }
}

pub(super) fn missing(provider: &str, spec: &SettingSpec) -> Error {
    let message = format!("setting `{}` is missing: {}", spec.key, spec.help);
    let file = if spec.exposure == Exposure::Public { String::new() } else { format!(", or {}_FILE", spec.env) };
    Error::configuration(message).in_provider(provider).hint(format!("set {}{file}", spec.env))
}
