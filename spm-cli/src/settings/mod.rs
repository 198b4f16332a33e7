//! Where settings come from: flags, then a named connection by itself, or environment, `.env`, user file, the first that has one.

use std::sync::Arc;

use pm_core::layers::TracingLayer;
use pm_core::{
    Connection, Connections, EnvironmentSecrets, PmProvider, PmProviderBuilder, ProviderRegistry, SettingValue,
    Settings,
};

use crate::cli::Globals;
use crate::failure::{Failure, Result};
use crate::host::Host;
use crate::output::note;

mod address;
mod dotenv;
mod file;
mod flags;
mod gather;
mod missing;
mod setting;
mod trust;
mod trust_file;
mod user_file;

pub(crate) use dotenv::DotEnv;
pub(crate) use gather::{Choice, Loaded, nearest_folder};
pub(crate) use setting::{Origin, Setting, printable, shown_text};
pub(crate) use trust::{Examined, remembered_path};
pub(crate) use trust_file::{Entry, TrustFile};
pub(crate) use user_file::{Key, PROVIDER, UserFile, set, spec_of, unset};

/// What a command does with the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It only looks: no database is made.
    Read,
    /// It writes, and makes a database where there is none.
    Write,
}

/// Everything that says how the backend is reached. Files are read when a command needs them.
#[derive(Debug)]
pub(crate) struct Sources {
    flags: flags::Flags,
    verbose: bool,
}

impl Sources {
    pub(crate) fn read(globals: &Globals) -> Result<Self> {
        Ok(Self { flags: flags::Flags::read(globals)?, verbose: globals.verbose > 0 })
    }

    /// The backend that `--provider` names.
    pub(crate) fn provider_flag(&self) -> Option<&str> {
        self.flags.provider.as_deref()
    }

    /// The connection that `--connection` names.
    #[cfg(feature = "sync")]
    pub(crate) fn connection_flag(&self) -> Option<&str> {
        self.flags.connection.as_deref()
    }

    /// The settings on the command line, as those of a connection in the making.
    pub(crate) fn flags_on(&self, connection: Connection) -> Connection {
        self.flags.applied_to(connection)
    }

    /// Reads environment and files, and the connection that was chosen.
    pub(crate) async fn load(&self, registry: &ProviderRegistry, host: &Host) -> Result<Loaded> {
        let mut loaded = Loaded::read(self.flags.clone(), host, registry)?;
        if let Some((name, origin)) = loaded.connection_name()? {
            let connection = connections(&loaded, registry, host)?.get(&name).await.map_err(Failure::from);
            loaded.connect(connection.map_err(|failure| chosen_by(failure, origin))?, origin);
        }
        Ok(loaded)
    }

    /// All connections, whatever was chosen.
    pub(crate) fn connections(&self, registry: &ProviderRegistry, host: &Host) -> Result<Connections> {
        connections(&Loaded::read(self.flags.clone(), host, registry)?, registry, host)
    }

    /// The name of the connection that was chosen.
    pub(crate) fn chosen_connection(&self, registry: &ProviderRegistry, host: &Host) -> Result<Option<String>> {
        let chosen = Loaded::read(self.flags.clone(), host, registry)?.connection_name()?;
        Ok(chosen.map(|(name, _)| name))
    }

    /// Looks at what `.env` wishes of the chosen backend; `None` where there is no such file.
    pub(crate) async fn examine(&self, registry: &ProviderRegistry, host: &Host) -> Result<Option<Examined>> {
        let loaded = self.load(registry, host).await?;
        let choice = loaded.choice(registry)?;
        let mut settings = loaded.settings(&choice)?;
        trust::examine_all(&loaded, &choice, &mut settings, host)
    }

    pub(crate) async fn open(
        &self,
        registry: &ProviderRegistry,
        host: &Host,
        access: Access,
    ) -> Result<Arc<dyn PmProvider>> {
        let loaded = self.load(registry, host).await?;
        let choice = loaded.choice(registry)?;
        let mut settings = loaded.settings(&choice)?;
        if let Some(examined) = trust::examine_all(&loaded, &choice, &mut settings, host)? {
            examined.check()?;
        }
        let name = choice.factory.name().to_owned();
        let mut builder = match loaded.connection() {
            Some(connection) => builder_for(connection.clone(), registry, host),
            None => PmProviderBuilder::new(registry.clone())
                .provider(&name)
                .settings(for_build(&settings))
                .secrets(Arc::new(EnvironmentSecrets::new(host.environment.clone()))),
        };
        builder = builder.create_missing(access == Access::Write);
        if self.verbose {
            note(format_args!("settings: {}", in_one_line(&choice, &settings)));
            builder = builder.layer(TracingLayer);
        }
        builder.build().await.map_err(|error| missing::explain(error, &name, &settings, host))
    }
}

/// Begins a provider of a connection.
pub(crate) fn builder_for(connection: Connection, registry: &ProviderRegistry, host: &Host) -> PmProviderBuilder {
    PmProviderBuilder::from_environment(host.environment.clone()).registry(registry.clone()).connection(connection)
}

/// The connections of the user's file and of the internal database, as the settings beside flags say where that is.
fn connections(loaded: &Loaded, registry: &ProviderRegistry, host: &Host) -> Result<Connections> {
    let connections = Connections::of_environment(&host.environment)?.registry(registry.clone());
    with_database(connections, loaded, registry, host)
}

#[cfg(feature = "internal")]
fn with_database(
    connections: Connections,
    loaded: &Loaded,
    registry: &ProviderRegistry,
    host: &Host,
) -> Result<Connections> {
    let Ok(factory) = registry.get("internal") else { return Ok(connections) };
    let choice = Choice { factory: Arc::clone(factory), origin: Origin::Default, connection: None };
    let mut settings = loaded.settings_of_other(&**factory)?;
    let examined = trust::examine_all(loaded, &choice, &mut settings, host)?;
    // A database that `.env` names and nobody trusts is not looked into; those who want it hear of it elsewhere.
    let is_trusted = examined.is_none_or(|examined| examined.open.is_empty());
    let settings = if is_trusted { for_build(&settings) } else { Settings::new() };
    Ok(connections.internal(settings, &host.environment))
}

#[cfg(not(feature = "internal"))]
fn with_database(
    connections: Connections,
    _loaded: &Loaded,
    _registry: &ProviderRegistry,
    _host: &Host,
) -> Result<Connections> {
    Ok(connections)
}

/// Says who asked for a connection that is not there, where it was not the command line.
fn chosen_by(failure: Failure, origin: Origin) -> Failure {
    match origin {
        Origin::Environment => failure.during("`PM_CONNECTION` of the environment"),
        Origin::DotEnv => failure.during("`PM_CONNECTION` in `.env`"),
        _ => failure,
    }
}

/// Where the settings come from, in one line.
pub(crate) fn in_one_line(choice: &Choice, settings: &[Setting]) -> String {
    let provider = format!("provider `{}` ({})", choice.factory.name(), choice.place());
    let settings = settings.iter().map(|setting| format!("`{}` ({})", setting.spec.key, setting.place()));
    std::iter::once(provider).chain(settings).collect::<Vec<_>>().join(", ")
}

fn for_build(settings: &[Setting]) -> Settings {
    settings.iter().fold(Settings::new(), |built, setting| match setting.value.clone() {
        SettingValue::Text(text) => built.set(setting.spec.key, text),
        SettingValue::Reference(reference) => built.reference(setting.spec.key, reference),
        SettingValue::Secret(secret) => built.secret(setting.spec.key, secret),
        _ => built,
    })
}
