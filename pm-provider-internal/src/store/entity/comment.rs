//! `pm_comments`.

use sea_orm::entity::prelude::*;

/// One comment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_comments")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Points to `pm_tasks`.
    pub task_id: String,
    /// Points to `pm_users`.
    pub author_id: Option<String>,
    /// The author's name when the comment was written, or as copied from elsewhere.
    pub author_name: Option<String>,
    /// `public` or `restricted`.
    pub visibility: String,
    /// Starts at 1 and grows by one with each change.
    pub version: i64,
    /// Microseconds since 1970 (UTC).
    pub created_at: i64,
    /// Microseconds since 1970 (UTC).
    pub updated_at: i64,
    /// Markdown.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// The payload of the system that the row was copied from, untouched.
    #[sea_orm(column_type = "Text")]
    pub raw_data: Option<String>,
    /// The project of the task, copied for listings.
    pub project_id: Option<String>,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
