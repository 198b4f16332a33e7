//! What a factory builds from.

use std::sync::Arc;

use super::{Clock, Secret, SecretResolver, SettingSpec, SettingValue, Settings, SystemClock};
use crate::error::{Error, Result};

/// What a factory builds from: checked settings, a clock, and somebody who fetches secrets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BuildContext {
    /// The name under which the provider was asked for.
    pub provider: String,
    /// The settings, checked against the factory's table.
    pub settings: Settings,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Fetches secrets.
    pub secrets: Arc<dyn SecretResolver>,
    /// Whether the provider may make its storage where there is none, and the acting user in it; a program that only
    /// reads says no.
    pub create_missing: bool,
}

impl BuildContext {
    /// Makes a context with the clock of the machine; storage that is missing may be made.
    pub fn new(provider: impl Into<String>, settings: Settings, secrets: Arc<dyn SecretResolver>) -> Self {
        Self { provider: provider.into(), settings, clock: Arc::new(SystemClock), secrets, create_missing: true }
    }

    /// Takes another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Says whether the provider may make its storage where there is none.
    #[must_use]
    pub fn create_missing(mut self, create: bool) -> Self {
        self.create_missing = create;
        self
    }

    /// The text of a setting, if it is set.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.settings.get(key) {
            Some(SettingValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The text of a setting that the provider cannot do without.
    ///
    /// # Errors
    /// `Configuration` that names the environment variable to set.
    pub fn required_text(&self, spec: &SettingSpec) -> Result<&str> {
        self.text(spec.key).ok_or_else(|| super::settings::missing(&self.provider, spec))
    }

    /// The URL of a setting: as it is written, or fetched from where it is; `None` when the setting is not set.
    ///
    /// It is a [`Secret`] because it may hold a password.
    ///
    /// # Errors
    /// `Configuration` when it is set, but there is nothing there.
    pub async fn url(&self, key: &str) -> Result<Option<Secret>> {
        match self.settings.get(key) {
            Some(SettingValue::Text(text)) => Ok(Some(Secret::new(text))),
            _ => self.secret(key).await,
        }
    }

    /// The secret of a setting, fetched from where it is; `None` when the setting is not set.
    ///
    /// # Errors
    /// `Configuration` when it is set, but there is nothing there.
    pub async fn secret(&self, key: &str) -> Result<Option<Secret>> {
        let place = |error: Error| error.in_provider(&self.provider);
        match self.settings.get(key) {
            None => Ok(None),
            Some(SettingValue::Secret(secret)) => Ok(Some(secret.clone())),
            Some(SettingValue::Reference(reference)) => self.secrets.resolve(reference).await.map(Some).map_err(place),
            Some(SettingValue::Text(text)) => {
                self.secrets.resolve(&text.parse().map_err(place)?).await.map(Some).map_err(place)
            }
        }
    }
}
