//! `pm_task_assignees`.

use sea_orm::entity::prelude::*;

/// One assignee of one task.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_task_assignees")]
pub struct Model {
    /// Points to `pm_tasks`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: String,
    /// Points to `pm_users`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: String,
    /// Keeps the order in which assignees were given.
    pub position: i64,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
