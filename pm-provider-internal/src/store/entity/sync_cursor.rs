//! `sync_cursors`: how far each side was read.

use sea_orm::entity::prelude::*;

/// How the reading of one side stands. All times are microseconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_cursors")]
pub struct Model {
    /// Points to `project_sync_mappings`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mapping_id: String,
    /// `a`, `b`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub side: String,
    /// Where the feed goes on.
    pub cursor: Option<String>,
    /// Up to when everything was seen, by the server's clock.
    pub high_water: Option<i64>,
    /// When everything was last listed to the end.
    pub full_scan_at: Option<i64>,
    /// When all ids were last compared.
    pub reconciled_at: Option<i64>,
    /// The settings under which it was read.
    pub config_hash: Option<String>,
    /// Who we were.
    pub account: Option<String>,
    /// When we last asked who we are.
    pub account_at: Option<i64>,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
