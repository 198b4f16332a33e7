//! The one writer of `project_sync_mappings`.

use std::fmt;

use chrono::{DateTime, Utc};
use pm_provider::value::micros;
use pm_provider::{Error, ProjectId, Result};
use sea_orm::entity::prelude::Json;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity::{project, project_sync_mapping, provider_connection};
use super::{Store, Transaction};
use crate::error::Failure;

pub use super::entity::project_sync_mapping::Model as ProjectMapping;

/// A pair of projects to write down.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct NewMapping {
    /// Our project.
    pub internal_project_id: ProjectId,
    /// The connection's id.
    pub provider_connection_id: String,
    /// The project's id over there.
    pub external_project_id: String,
    /// Whether it is kept in step.
    pub sync_enabled: bool,
    /// Further settings, a JSON object.
    pub sync_config: Option<Json>,
}

impl NewMapping {
    /// Pairs two projects, to be kept in step.
    #[must_use]
    pub fn new(
        internal_project_id: impl Into<ProjectId>,
        provider_connection_id: impl Into<String>,
        external_project_id: impl Into<String>,
    ) -> Self {
        Self {
            internal_project_id: internal_project_id.into(),
            provider_connection_id: provider_connection_id.into(),
            external_project_id: external_project_id.into(),
            sync_enabled: true,
            sync_config: None,
        }
    }

    fn check(&self) -> Result<()> {
        if self.external_project_id.trim().is_empty() {
            return Err(Error::invalid_input("`external_project_id` of the mapping is empty"));
        }
        super::secret::check_config("sync_config", self.sync_config.as_ref())
    }
}

impl fmt::Debug for NewMapping {
    /// Leaves out the settings, which may hold a raw secret until they were checked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMapping")
            .field("internal_project_id", &self.internal_project_id)
            .field("provider_connection_id", &self.provider_connection_id)
            .field("external_project_id", &self.external_project_id)
            .field("sync_enabled", &self.sync_enabled)
            .finish_non_exhaustive()
    }
}

/// Writes a mapping down; one for the same project over there is replaced and keeps its id and its last sync.
///
/// # Errors
/// `InvalidInput` when our project or the connection does not exist.
pub async fn save(store: &Store, mapping: &NewMapping) -> Result<ProjectMapping> {
    mapping.check().map_err(|error| error.in_provider(crate::NAME))?;
    let saved = store.transact(|transaction| async move {
        let saved = save_within(&transaction, mapping).await?;
        transaction.done(saved)
    });
    saved.await.map_err(Error::from)
}

async fn save_within(transaction: &Transaction, mapping: &NewMapping) -> Result<ProjectMapping, Failure> {
    refuse_unknown(transaction, mapping).await?;
    let present = by_target(transaction, &mapping.provider_connection_id, &mapping.external_project_id).await?;
    let mut row = project_sync_mapping::ActiveModel {
        internal_project_id: Set(mapping.internal_project_id.as_str().to_owned()),
        provider_connection_id: Set(mapping.provider_connection_id.clone()),
        external_project_id: Set(mapping.external_project_id.clone()),
        sync_enabled: Set(mapping.sync_enabled),
        sync_config: Set(mapping.sync_config.clone()),
        ..Default::default()
    };
    let saved = match present {
        Some(present) => {
            row.id = Set(present.id);
            row.update(transaction).await?
        }
        None => {
            row.id = Set(crate::id::new());
            row.insert(transaction).await?
        }
    };
    Ok(saved)
}

async fn refuse_unknown(transaction: &Transaction, mapping: &NewMapping) -> Result<(), Failure> {
    let project = mapping.internal_project_id.as_str();
    if project::Entity::find_by_id(project).one(transaction).await?.is_none() {
        return Err(Error::invalid_input(format!("there is no project `{project}`")).into());
    }
    let connection = &mapping.provider_connection_id;
    if provider_connection::Entity::find_by_id(connection).one(transaction).await?.is_none() {
        return Err(Error::invalid_input(format!("there is no connection with the id `{connection}`")).into());
    }
    Ok(())
}

async fn by_target<C: ConnectionTrait>(
    db: &C,
    provider_connection_id: &str,
    external_project_id: &str,
) -> Result<Option<ProjectMapping>, Failure> {
    let found = project_sync_mapping::Entity::find()
        .filter(project_sync_mapping::Column::ProviderConnectionId.eq(provider_connection_id))
        .filter(project_sync_mapping::Column::ExternalProjectId.eq(external_project_id));
    Ok(found.one(db).await?)
}

/// Finds the mapping of a project over there.
///
/// # Errors
/// What the database has to say.
pub async fn find(
    store: &Store,
    provider_connection_id: &str,
    external_project_id: &str,
) -> Result<Option<ProjectMapping>> {
    Ok(by_target(store.connection(), provider_connection_id, external_project_id).await?)
}

/// Lists the mappings of one connection, or all, by connection and project over there.
///
/// # Errors
/// What the database has to say.
pub async fn list(store: &Store, provider_connection_id: Option<&str>) -> Result<Vec<ProjectMapping>> {
    let mut mappings = project_sync_mapping::Entity::find()
        .order_by_asc(project_sync_mapping::Column::ProviderConnectionId)
        .order_by_asc(project_sync_mapping::Column::ExternalProjectId);
    if let Some(id) = provider_connection_id {
        mappings = mappings.filter(project_sync_mapping::Column::ProviderConnectionId.eq(id));
    }
    mappings.all(store.connection()).await.map_err(Store::error)
}

/// Writes down when a mapping was last brought in step, to the microsecond.
///
/// # Errors
/// `NotFound` when there is no such mapping.
pub async fn set_last_sync(store: &Store, id: &str, at: DateTime<Utc>) -> Result<()> {
    let updated = store.transact(|transaction| async move {
        let found = set_last_sync_within(&transaction, id, at).await?;
        transaction.done(found)
    });
    if updated.await? { Ok(()) } else { Err(Error::not_found("mapping", id).in_provider(crate::NAME)) }
}

/// The same as a part of a write; says whether there is such a mapping.
///
/// # Errors
/// What the database has to say.
pub async fn set_last_sync_within(transaction: &Transaction, id: &str, at: DateTime<Utc>) -> Result<bool> {
    // SQLite would keep the nanoseconds, PostgreSQL would round them.
    let row = project_sync_mapping::ActiveModel { last_sync_at: Set(Some(micros(at))), ..Default::default() };
    let with_id = project_sync_mapping::Column::Id.eq(id);
    let updated = project_sync_mapping::Entity::update_many().set(row).filter(with_id).exec(transaction).await;
    Ok(updated.map_err(Store::error)?.rows_affected > 0)
}

/// Removes a mapping; says whether there was one. The projects stay on both sides.
///
/// # Errors
/// What the database has to say.
pub async fn remove(store: &Store, id: &str) -> Result<bool> {
    let removed = store.transact(|transaction| async move {
        let removed = project_sync_mapping::Entity::delete_by_id(id).exec(&transaction).await?;
        transaction.done(removed.rows_affected)
    });
    Ok(removed.await? > 0)
}
