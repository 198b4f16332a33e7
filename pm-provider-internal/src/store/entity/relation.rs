//! `pm_relations`: links between tasks.

use sea_orm::entity::prelude::*;

/// One link from a task to another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_relations")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Points to `pm_tasks`.
    pub from_task_id: String,
    /// Points to `pm_tasks`.
    pub to_task_id: String,
    /// `blocks`, `relates_to` and so on.
    pub kind: String,
    /// Microseconds since 1970 (UTC).
    pub created_at: i64,
    /// The project of the task that the link comes from, copied for listings.
    pub project_id: Option<String>,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
