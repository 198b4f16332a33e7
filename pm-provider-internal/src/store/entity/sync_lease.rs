//! `sync_leases`: which worker may write for a mapping.

use sea_orm::entity::prelude::*;

/// The right to write for one mapping.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_leases")]
pub struct Model {
    /// Points to `project_sync_mappings`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mapping_id: String,
    /// Who has it; none while nobody does.
    pub owner: Option<String>,
    /// Counts the leases: a later one fences the ones before.
    pub epoch: i64,
    /// Until when, by the database's clock, in microseconds since 1970 (UTC).
    pub expires_at: i64,
    /// The last number that any row of `sync_work` got.
    pub last_generation: i64,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
