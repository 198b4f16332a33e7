//! Which project of the internal database is which project of another system.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use pm_provider::{Error, ErrorKind, PmProvider, ProjectId, Result};
use pm_provider_internal::InternalProvider;
use pm_provider_internal::store::connections::{self, ProviderConnection};
use pm_provider_internal::store::mappings::{self, ProjectMapping};
use pm_provider_internal::store::{Store, mappings::NewMapping as NewRow};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, EngineParts, SideParts};
use pm_sync::store::{SqlStore, SyncStore};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::connections::Connection;

/// A project of the internal database beside one of a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Mapping {
    /// A UUID of version 7.
    pub id: String,
    /// Our project.
    pub project: ProjectId,
    /// The connection's name.
    pub connection: String,
    /// The provider of the connection, as its row says.
    pub provider: String,
    /// The project over there.
    pub external: ProjectId,
    /// Whether it is kept in step.
    pub enabled: bool,
    /// When it was last brought in step.
    pub last_sync_at: Option<DateTime<Utc>>,
    /// The settings as they are written.
    pub settings: Value,
}

impl Mapping {
    fn of(row: ProjectMapping, connection: &ProviderConnection) -> Self {
        Self {
            id: row.id,
            project: row.internal_project_id.into(),
            connection: connection.name.clone(),
            provider: connection.provider_type.to_lowercase(),
            external: row.external_project_id.into(),
            enabled: row.sync_enabled,
            last_sync_at: row.last_sync_at,
            settings: row.sync_config.unwrap_or_default(),
        }
    }

    /// The settings.
    ///
    /// # Errors
    /// `Configuration` that names the member and what is allowed.
    pub fn config(&self) -> Result<SyncConfig> {
        SyncConfig::from_json(&self.settings)
    }
}

/// A mapping to write down.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NewMapping {
    /// Our project.
    pub project: ProjectId,
    /// The connection's name.
    pub connection: String,
    /// The project over there.
    pub external: ProjectId,
    /// Whether it is kept in step.
    pub enabled: bool,
    /// The settings: a JSON object with members of [`SyncConfig`], or null for the defaults.
    pub settings: Value,
}

impl NewMapping {
    /// Pairs two projects, to be looked at: the mode of a mapping that says none is `observe`.
    #[must_use]
    pub fn new(project: impl Into<ProjectId>, connection: impl Into<String>, external: impl Into<ProjectId>) -> Self {
        let (project, connection, external) = (project.into(), connection.into(), external.into());
        Self { project, connection, external, enabled: true, settings: Value::Null }
    }

    /// Sets the settings.
    #[must_use]
    pub fn config(mut self, config: &SyncConfig) -> Self {
        self.settings = serde_json::to_value(config).unwrap_or_default();
        self
    }
}

/// The mappings of an internal database, and what is remembered of them.
#[derive(Clone, Debug)]
pub struct Mappings {
    store: Store,
}

impl Mappings {
    /// Takes those of a database, whose tables must be there.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &Store {
        &self.store
    }

    /// What the engine remembers, of all mappings.
    #[must_use]
    pub fn memory(&self) -> Arc<dyn SyncStore> {
        Arc::new(SqlStore::new(self.store.clone()))
    }

    /// Makes the engine of a mapping; sends nothing.
    ///
    /// `external` is the provider of the connection, below every cache, and `instance` what tells its system from all others,
    /// today and when this database is lost: see [`instance`].
    ///
    /// # Errors
    /// `Configuration` when the settings of the mapping make no sense; what the database has to say.
    pub async fn engine(
        &self,
        mapping: &Mapping,
        external: Arc<dyn PmProvider>,
        instance: impl Into<String>,
    ) -> Result<Engine> {
        let config = mapping.config()?;
        // Nobody acts on this side: who wrote something is said by the other side, or unknown.
        let internal = Arc::new(InternalProvider::from_store(self.store.clone(), None).await?);
        let ours = SideParts::new(internal, mapping.project.clone(), pm_provider_internal::NAME);
        let theirs = SideParts::new(external, mapping.external.clone(), instance);
        Ok(Engine::new(EngineParts::new(&mapping.id, ours, theirs, self.memory(), config)))
    }

    /// Lists them, by connection and project over there.
    ///
    /// # Errors
    /// What the database has to say.
    pub async fn list(&self) -> Result<Vec<Mapping>> {
        let connections = connections::list(&self.store).await?;
        let rows = mappings::list(&self.store, None).await?;
        let mut found: Vec<_> = rows.into_iter().filter_map(|row| with_connection(row, &connections)).collect();
        found.sort_by(|one, other| (&one.connection, &one.external).cmp(&(&other.connection, &other.external)));
        Ok(found)
    }

    /// Finds the mapping of a project over there.
    ///
    /// # Errors
    /// What the database has to say.
    pub async fn find(&self, connection: &str, external: &ProjectId) -> Result<Option<Mapping>> {
        let Some(connection) = connections::find(&self.store, connection).await? else { return Ok(None) };
        let row = mappings::find(&self.store, &connection.id, external.as_str()).await?;
        Ok(row.map(|row| Mapping::of(row, &connection)))
    }

    /// Writes a mapping down; one for the same project over there is replaced and keeps what is remembered of it.
    ///
    /// # Errors
    /// `Configuration` for settings that make no sense, and for a connection that the table of the database does not have;
    /// `InvalidInput` when our project is not there; `Conflict` when the project over there is mapped to another one of
    /// ours: what is remembered of that pair would be taken for this one's.
    pub async fn save(&self, new: &NewMapping) -> Result<Mapping> {
        SyncConfig::from_json(&new.settings)?;
        let connection = connections::find(&self.store, &new.connection).await?;
        let connection = connection.ok_or_else(|| no_connection(&new.connection))?;
        let present = mappings::find(&self.store, &connection.id, new.external.as_str()).await?;
        if let Some(present) = present.filter(|present| present.internal_project_id != new.project.as_str()) {
            return Err(mapped_elsewhere(new, &present.internal_project_id));
        }
        let mut row = NewRow::new(&new.project, &connection.id, new.external.as_str());
        row.sync_enabled = new.enabled;
        row.sync_config = Some(new.settings.clone()).filter(|settings| !settings.is_null());
        let row = mappings::save(&self.store, &row).await?;
        Ok(Mapping::of(row, &connection))
    }

    /// Removes a mapping, and all that is remembered of it; says whether there was one. The projects stay on both sides.
    ///
    /// # Errors
    /// What the database has to say.
    pub async fn remove(&self, id: &str) -> Result<bool> {
        mappings::remove(&self.store, id).await
    }
}

/// What tells the system of a connection from all others: its provider and its address, so that what was made of its items
/// is recognised through a connection of any name.
#[must_use]
pub fn instance(connection: &Connection) -> String {
    let address = connection.settings().find(|(key, _)| matches!(*key, "base_url" | "database_url"));
    let provider = connection.provider().to_lowercase();
    match address {
        Some((_, address)) => format!("{provider} {}", address.trim_end_matches('/')),
        None => provider,
    }
}

fn with_connection(row: ProjectMapping, connections: &[ProviderConnection]) -> Option<Mapping> {
    let connection = connections.iter().find(|connection| connection.id == row.provider_connection_id)?;
    Some(Mapping::of(row, connection))
}

fn no_connection(name: &str) -> Error {
    let message = format!("the internal database has no connection `{name}`, and a mapping needs it there");
    Error::configuration(message)
        .hint(format!("`spm connection add {name} --database --provider NAME KEY=VALUE …` writes it there"))
}

fn mapped_elsewhere(new: &NewMapping, other: &str) -> Error {
    let (external, connection) = (&new.external, &new.connection);
    let message = format!("project `{external}` of `{connection}` is mapped to the project `{other}` already");
    Error::new(ErrorKind::Conflict, message).hint("remove that mapping first: what is remembered of it goes with it")
}
