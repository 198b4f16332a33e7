//! `sync_runs`: runs of the engine.

use sea_orm::entity::prelude::*;

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_runs")]
pub struct Model {
    /// Points to `project_sync_mappings`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mapping_id: String,
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The mode.
    pub mode: String,
    /// The digest of the field plan.
    pub plan_hash: String,
    /// What it is at, or was when it ended.
    pub phase: String,
    /// Counters by name, as JSON.
    pub counters: String,
    /// Requests to our side.
    pub a_calls: i64,
    /// Requests to the other side.
    pub b_calls: i64,
    /// When it began, in microseconds since 1970 (UTC).
    pub started_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// How it ended.
    pub outcome: Option<String>,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
