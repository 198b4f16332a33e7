//! `pm_provider_connections`: how to reach other systems.

use std::fmt;

use sea_orm::entity::prelude::*;

use crate::store::secret;

/// One way to reach one system.
///
/// `api_key` and `api_token` hold *references* to secrets (`env:NAME`, `file:PATH`, `app:NAME`), never the secrets:
/// a raw one is refused by [`connections`](crate::store::connections), and where an active model is inserted or updated.
/// `Entity::insert`, `insert_many` and `update_many` ask no active model: who uses them keeps the rule themselves.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_provider_connections")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// What people call it; unique.
    #[sea_orm(unique)]
    pub name: String,
    /// The provider's name in the registry: `openproject`, `jira`.
    pub provider_type: String,
    /// Where the system answers.
    pub base_url: Option<String>,
    /// Reference to a secret.
    pub api_key: Option<String>,
    /// Reference to a secret.
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
    #[sea_orm(column_type = "JsonBinary")]
    pub additional_config: Option<Json>,
    /// When it was written down.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

impl fmt::Debug for Model {
    /// Leaves out the columns that may hold a secret which came past the checks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("provider_type", &self.provider_type)
            .finish_non_exhaustive()
    }
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

#[async_trait::async_trait]
impl ActiveModelBehavior for ActiveModel {
    /// Refuses raw secrets, so that a caller who goes around the writer meets the same rule.
    async fn before_save<C: ConnectionTrait>(self, _db: &C, _insert: bool) -> Result<Self, DbErr> {
        secret::check_connection(&self).map_err(|error| DbErr::Custom(error.message().to_owned()))?;
        Ok(self)
    }
}
