//! `sync_events`: what the engine did. Rows are only ever added.

use sea_orm::entity::prelude::*;

/// One write.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_events")]
pub struct Model {
    /// Points to `project_sync_mappings`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mapping_id: String,
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The run.
    pub run_id: String,
    /// The link.
    pub link_id: String,
    /// The side that was written to.
    pub side: String,
    /// `sprint`, `task`, `comment`.
    pub kind: Option<String>,
    /// The item that was written.
    pub item_id: Option<String>,
    /// What was done.
    pub op: String,
    /// The fields before, as JSON.
    pub fields_before: String,
    /// The fields afterwards, as JSON.
    pub fields_after: String,
    /// The intent.
    pub intent_id: Option<String>,
    /// When, in microseconds since 1970 (UTC).
    pub done_at: i64,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
