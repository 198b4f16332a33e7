//! `sync_work`: items that have to be looked at.

use sea_orm::entity::prelude::*;

/// An item that has to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_work")]
pub struct Model {
    /// Points to `project_sync_mappings`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mapping_id: String,
    /// The side on which it was seen: `a`, `b`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub side: String,
    /// `sprint`, `task`, `comment`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The item.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: String,
    /// Counts the rows that were ever written down for the mapping.
    pub generation: i64,
    /// Why it is looked at.
    pub reason: String,
    /// Smaller is more pressing.
    pub priority: i64,
    /// The place of the kind in the order of writing.
    pub kind_rank: i64,
    /// How often it failed in a row.
    pub attempts: i64,
    /// Not before this time, in microseconds since 1970 (UTC).
    pub not_before: Option<i64>,
    /// The last failure; with no `not_before` it is in quarantine.
    pub last_error: Option<String>,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
