//! `pm_projects`.

use sea_orm::entity::prelude::*;

/// One project.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_projects")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Short name in front of task numbers, unique ignoring case.
    pub key: String,
    /// Display name.
    pub name: String,
    /// `planned`, `active`, `on_hold` and so on.
    pub status_category: String,
    /// The status as people call it.
    pub status_name: String,
    /// `low`, `normal`, `high` and so on.
    pub priority_level: Option<String>,
    /// The priority as people call it.
    pub priority_name: Option<String>,
    /// First day.
    pub start_date: Option<Date>,
    /// Last day.
    pub end_date: Option<Date>,
    /// Points to `pm_users`.
    pub owner_id: Option<String>,
    /// `public` or `restricted`.
    pub visibility: String,
    /// Where people look at it.
    pub url: Option<String>,
    /// Starts at 1 and grows by one with each change.
    pub version: i64,
    /// Microseconds since 1970 (UTC).
    pub created_at: i64,
    /// Microseconds since 1970 (UTC).
    pub updated_at: i64,
    /// The number that the next task gets by itself; it only grows.
    pub next_task_number: i64,
    /// The number that the next sprint gets by itself; it only grows.
    pub next_sprint_number: i64,
    /// Markdown.
    #[sea_orm(column_type = "Text")]
    pub description: Option<String>,
    /// The payload of the system that the row was copied from, untouched.
    #[sea_orm(column_type = "Text")]
    pub raw_data: Option<String>,
    /// Lower-case text that the `text` filter looks into.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
