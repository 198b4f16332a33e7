//! `pm_changes`: the change feed, one row per item.
//!
//! Each write moves the item's row to the end, so the table never holds more rows than there ever were items.

use sea_orm::entity::prelude::*;

/// The latest change of one item.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_changes")]
pub struct Model {
    /// `task`, `project` and so on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entity: String,
    /// The item.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: String,
    /// Place in commit order.
    pub seq: i64,
    /// The project that the item belongs to, where it does.
    pub project_id: Option<String>,
    /// The task that a comment is about.
    pub task_id: Option<String>,
    /// Whether the item is gone.
    pub deleted: bool,
    /// Microseconds since 1970 (UTC).
    pub changed_at: i64,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
