//! `project_sync_mappings`: which project of ours is which project of another system.

use std::fmt;

use sea_orm::entity::prelude::*;

use crate::store::secret;

/// One project of ours beside one of another system.
///
/// `sync_config` holds no raw secrets: [`mappings`](crate::store::mappings) refuses them, and so does an active model
/// that is inserted or updated. `Entity::insert`, `insert_many` and `update_many` ask no active model.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "project_sync_mappings")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Points to `pm_projects`.
    pub internal_project_id: String,
    /// Points to `pm_provider_connections`.
    pub provider_connection_id: String,
    /// The project's id over there.
    pub external_project_id: String,
    /// Whether it is kept in step.
    pub sync_enabled: bool,
    /// When it was last brought in step.
    pub last_sync_at: Option<DateTimeUtc>,
    /// Further settings, a JSON object.
    #[sea_orm(column_type = "JsonBinary")]
    pub sync_config: Option<Json>,
}

impl fmt::Debug for Model {
    /// Leaves out the settings, which may hold a secret that came past the checks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("id", &self.id)
            .field("internal_project_id", &self.internal_project_id)
            .field("provider_connection_id", &self.provider_connection_id)
            .field("external_project_id", &self.external_project_id)
            .field("sync_enabled", &self.sync_enabled)
            .field("last_sync_at", &self.last_sync_at)
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
        secret::check_mapping(&self).map_err(|error| DbErr::Custom(error.message().to_owned()))?;
        Ok(self)
    }
}
