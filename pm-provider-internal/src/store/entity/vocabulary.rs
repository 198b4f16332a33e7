//! `pm_vocabulary`: names of statuses and priorities that were used beside the usual ones.

use sea_orm::entity::prelude::*;

/// One name.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_vocabulary")]
pub struct Model {
    /// The project whose tasks and sprints use it; empty for projects themselves.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// `task_status`, `project_status`, `sprint_status` or `priority`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The name as people call it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The category or level that it was used for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: String,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
