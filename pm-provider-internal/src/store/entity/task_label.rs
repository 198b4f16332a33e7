//! `pm_task_labels`.

use sea_orm::entity::prelude::*;

/// One label of one task.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_task_labels")]
pub struct Model {
    /// Points to `pm_tasks`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: String,
    /// The label as it was written.
    #[sea_orm(primary_key, auto_increment = false)]
    pub label: String,
    /// Keeps the order in which labels were given.
    pub position: i64,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
