//! `project_sync_mappings`: which project of ours is which project of another system.

use sea_orm::entity::prelude::*;

/// One project of ours beside one of another system.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
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

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
