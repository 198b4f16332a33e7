//! The one writer of `pm_provider_connections`.

use std::fmt;

use pm_provider::{Error, ErrorKind, Result};
use sea_orm::entity::prelude::Json;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder,
};

use super::entity::{project_sync_mapping, provider_connection};
use super::{Store, Transaction, secret};
use crate::error::Failure;

pub use super::entity::provider_connection::Model as ProviderConnection;

/// A connection to write down.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct NewConnection {
    /// What people call it; unique.
    pub name: String,
    /// The provider's name in the registry: `openproject`, `jira`.
    pub provider_type: String,
    /// Where the system answers, without user name and password.
    pub base_url: Option<String>,
    /// Reference to a secret: `env:NAME`, `file:PATH`, `app:NAME`.
    pub api_key: Option<String>,
    /// Reference to a secret: `env:NAME`, `file:PATH`, `app:NAME`.
    pub api_token: Option<String>,
    /// Who signs in.
    pub username: Option<String>,
    /// The organization, where the system has such a thing.
    pub organization_id: Option<String>,
    /// The project to work on, where one is fixed.
    pub project_key: Option<String>,
    /// The workspace, where the system has such a thing.
    pub workspace_id: Option<String>,
    /// Further settings, a JSON object.
    pub additional_config: Option<Json>,
}

impl NewConnection {
    /// Starts a connection with what every one has.
    #[must_use]
    pub fn new(name: impl Into<String>, provider_type: impl Into<String>) -> Self {
        Self { name: name.into(), provider_type: provider_type.into(), ..Self::default() }
    }

    fn check(&self) -> Result<()> {
        for (column, text) in [("name", &self.name), ("provider_type", &self.provider_type)] {
            if text.trim().is_empty() {
                return Err(Error::invalid_input(format!("`{column}` of the connection is empty")));
            }
        }
        secret::check_reference("api_key", self.api_key.as_deref())?;
        secret::check_reference("api_token", self.api_token.as_deref())?;
        secret::check_address("base_url", self.base_url.as_deref())?;
        secret::check_config("additional_config", self.additional_config.as_ref())
    }

    fn into_active(self) -> provider_connection::ActiveModel {
        provider_connection::ActiveModel {
            name: Set(self.name),
            provider_type: Set(self.provider_type),
            base_url: Set(self.base_url),
            api_key: Set(self.api_key),
            api_token: Set(self.api_token),
            username: Set(self.username),
            organization_id: Set(self.organization_id),
            project_key: Set(self.project_key),
            workspace_id: Set(self.workspace_id),
            additional_config: Set(self.additional_config),
            ..Default::default()
        }
    }
}

impl fmt::Debug for NewConnection {
    /// Leaves out what may be a raw secret until it was checked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewConnection")
            .field("name", &self.name)
            .field("provider_type", &self.provider_type)
            .finish_non_exhaustive()
    }
}

/// Writes a connection down; one of the same name is replaced and keeps its id.
///
/// # Errors
/// `InvalidInput` where a secret is given instead of a reference to it; the message shows the right form, and not
/// the secret.
pub async fn save(store: &Store, connection: NewConnection) -> Result<ProviderConnection> {
    connection.check().map_err(|error| error.in_provider(crate::NAME))?;
    let connection = &connection;
    let saved = store.transact(|transaction| async move {
        let saved = save_within(&transaction, connection.clone()).await?;
        transaction.done(saved)
    });
    saved.await.map_err(Error::from)
}

async fn save_within(transaction: &Transaction, connection: NewConnection) -> Result<ProviderConnection, Failure> {
    let now = transaction.now();
    let present = by_name(transaction, &connection.name).await?;
    let mut row = connection.into_active();
    row.updated_at = Set(now);
    let saved = match present {
        Some(present) => {
            row.id = Set(present.id);
            row.update(transaction).await?
        }
        None => {
            row.id = Set(crate::id::new());
            row.created_at = Set(now);
            row.insert(transaction).await?
        }
    };
    Ok(saved)
}

/// Finds a connection by its name.
///
/// # Errors
/// What the database has to say.
pub async fn find(store: &Store, name: &str) -> Result<Option<ProviderConnection>> {
    Ok(by_name(store.connection(), name).await?)
}

async fn by_name<C: ConnectionTrait>(db: &C, name: &str) -> Result<Option<ProviderConnection>, Failure> {
    let with_name = provider_connection::Column::Name.eq(name);
    Ok(provider_connection::Entity::find().filter(with_name).one(db).await?)
}

/// Lists all connections by name.
///
/// # Errors
/// What the database has to say.
pub async fn list(store: &Store) -> Result<Vec<ProviderConnection>> {
    let all = provider_connection::Entity::find().order_by_asc(provider_connection::Column::Name);
    all.all(store.connection()).await.map_err(Store::error)
}

/// Removes a connection; says whether there was one.
///
/// # Errors
/// `Conflict` while projects are mapped through it.
pub async fn remove(store: &Store, name: &str) -> Result<bool> {
    let removed = store.transact(|transaction| async move {
        let removed = remove_within(&transaction, name).await?;
        transaction.done(removed)
    });
    removed.await.map_err(Error::from)
}

async fn remove_within(transaction: &Transaction, name: &str) -> Result<bool, Failure> {
    let Some(connection) = by_name(transaction, name).await? else { return Ok(false) };
    let through_it = project_sync_mapping::Column::ProviderConnectionId.eq(&connection.id);
    let mapped = project_sync_mapping::Entity::find().filter(through_it).count(transaction).await?;
    if mapped > 0 {
        let message = format!("{mapped} project(s) are mapped through the connection `{name}`");
        return Err(Error::new(ErrorKind::Conflict, message).hint("remove the mappings first").into());
    }
    provider_connection::Entity::delete_by_id(connection.id).exec(transaction).await?;
    Ok(true)
}
