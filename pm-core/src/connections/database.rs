//! The database that connections are looked for in.

use std::sync::Arc;

use pm_provider::{BuildContext, Error, ErrorKind, Result, Settings};
use pm_provider_internal::store::Store;
use pm_provider_internal::{InternalConfig, InternalFactory, NAME};

use crate::environment::Environment;
use crate::secrets::EnvironmentSecrets;

/// Where rows come from, and how far they are trusted.
#[derive(Clone)]
pub(super) enum Database {
    /// There is none.
    None,
    /// The application's own.
    Own(Store),
    /// One that others may write into.
    Shared(Store),
    /// The same, opened when it is needed.
    Settings(Settings, Environment),
}

impl Database {
    pub(super) fn of_environment(environment: &Environment) -> Result<Self> {
        Ok(Self::Settings(environment.settings(&InternalFactory)?, environment.clone()))
    }

    /// Whether others may write into it.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self, Self::Shared(_) | Self::Settings(..))
    }

    /// Opens it; `None` where there is none. It is not made: somebody only looks.
    pub(super) async fn open(&self) -> Result<Option<Store>> {
        match self {
            Self::None => Ok(None),
            Self::Own(store) | Self::Shared(store) => Ok(Some(store.clone())),
            Self::Settings(settings, environment) => match opened(settings, environment).await {
                Ok(store) => Ok(Some(store)),
                // Most people have no such database, and never heard of it.
                Err(error) if error.kind() == ErrorKind::Configuration && settings.get("database_url").is_none() => {
                    Ok(None)
                }
                Err(error) => Err(error),
            },
        }
    }

    /// Opens it for somebody who cannot do without.
    pub(super) async fn required(&self) -> Result<Store> {
        match self {
            Self::Settings(settings, environment) => opened(settings, environment).await,
            other => other.open().await?.ok_or_else(|| Error::configuration("there is no database for connections")),
        }
    }
}

async fn opened(settings: &Settings, environment: &Environment) -> Result<Store> {
    let secrets = Arc::new(EnvironmentSecrets::new(environment.clone()));
    let context = BuildContext::new(NAME, settings.clone(), secrets).create_missing(false);
    let config = InternalConfig::from_context(&context).await?;
    Store::open(&config.database_url, &config.options).await
}
