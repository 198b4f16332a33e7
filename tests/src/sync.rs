//! Mappings between the embedded backend and a real Redmine.

use std::sync::Arc;

use pm_core::{PmProvider, ProjectId, Result, Secret};
use pm_provider_internal::InternalProvider;
use pm_provider_internal::store::{Store, StoreOptions, connections, mappings};
use pm_provider_redmine::{RedmineConfig, RedmineProvider};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{EngineParts, SideParts};
use pm_sync::store::SqlStore;
use serde_json::{Value, json};

/// A mapping of a project in a database to one of a Redmine.
#[derive(Clone, Debug)]
pub struct RedmineMapping {
    /// Where the embedded backend is.
    pub database_url: String,
    /// The mapping's id.
    pub mapping: String,
    /// Our project.
    pub project: ProjectId,
    /// The address of the Redmine.
    pub redmine_url: String,
    /// The key of whoever synchronises.
    pub redmine_key: String,
    /// The project over there.
    pub redmine_project: ProjectId,
}

/// Both ways, with times of seconds instead of minutes.
#[must_use]
pub fn settings() -> Value {
    json!({
        "mode": "bidirectional",
        "timing": {"lease": 10, "request": 2, "settle": 1, "proof": 1, "account": 600, "reconcile": 0, "backoff": 1},
    })
}

/// The same for a project that is edited and tidied up on both sides: deletions are passed on, and looked for a while after
/// they were looked for last.
#[must_use]
pub fn thorough_settings() -> Value {
    let mut settings = settings();
    settings["deletions"] = "delete".into();
    settings["timing"]["reconcile"] = 5.into();
    settings
}

impl RedmineMapping {
    /// What an engine of this mapping is made of.
    ///
    /// # Errors
    /// What the database or the Redmine says.
    pub async fn parts(&self, config: SyncConfig) -> Result<EngineParts> {
        let store = Store::open(&self.database_url, &StoreOptions::default()).await?;
        let ours = InternalProvider::from_store(store.clone(), Some("sync")).await?;
        let a = SideParts::new(Arc::new(ours), self.project.clone(), "internal");
        let b = SideParts::new(self.redmine()?, self.redmine_project.clone(), self.redmine_url.clone());
        Ok(EngineParts::new(self.mapping.clone(), a, b, Arc::new(SqlStore::new(store)), config))
    }

    /// The provider on the other side.
    ///
    /// # Errors
    /// When the address is none.
    pub fn redmine(&self) -> Result<Arc<dyn PmProvider>> {
        let config = RedmineConfig::new(&self.redmine_url, Secret::new(&*self.redmine_key));
        Ok(Arc::new(RedmineProvider::new(config)?))
    }

    /// Writes the rows down that the engine's tables hang on; returns the mapping's id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn save(store: &Store, project: &ProjectId, redmine_project: &ProjectId) -> Result<String> {
        let connection = connections::save(store, connections::NewConnection::new("theirs", "redmine")).await?;
        let mapping = mappings::NewMapping::new(project.clone(), connection.id, redmine_project.as_str());
        Ok(mappings::save(store, &mapping).await?.id)
    }
}
