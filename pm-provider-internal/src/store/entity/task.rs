//! `pm_tasks`.

use sea_orm::entity::prelude::*;

/// One task, without its labels and assignees.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_tasks")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Points to `pm_projects`.
    pub project_id: String,
    /// The `12` of `KEY-12`.
    pub number: i64,
    /// One line.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// `backlog`, `todo`, `in_progress` and so on.
    pub status_category: String,
    /// The status as people call it.
    pub status_name: String,
    /// `low`, `normal`, `high` and so on.
    pub priority_level: Option<String>,
    /// The priority as people call it.
    pub priority_name: Option<String>,
    /// Points to `pm_tasks`.
    pub parent_task_id: Option<String>,
    /// Points to `pm_sprints`.
    pub sprint_id: Option<String>,
    /// Points to `pm_users`.
    pub author_id: Option<String>,
    /// Seconds.
    pub estimated_seconds: Option<i64>,
    /// Seconds.
    pub actual_seconds: Option<i64>,
    /// First day.
    pub start_date: Option<Date>,
    /// Last day.
    pub due_date: Option<Date>,
    /// `Bug`, `Feature` and so on, as people call it.
    pub task_type: Option<String>,
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
    /// Microseconds since 1970 (UTC).
    pub completed_at: Option<i64>,
    /// A JSON object, by field name.
    #[sea_orm(column_type = "Text")]
    pub custom_fields: Option<String>,
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
