//! `pm_sprints`.

use sea_orm::entity::prelude::*;

/// One sprint.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_sprints")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Points to `pm_projects`.
    pub project_id: String,
    /// The `1` of `KEY-S1`.
    pub number: i64,
    /// Display name.
    pub name: String,
    /// First day.
    pub start_date: Option<Date>,
    /// Last day.
    pub end_date: Option<Date>,
    /// `planned`, `active` or `completed`.
    pub status_category: String,
    /// The status as people call it.
    pub status_name: String,
    /// What the team can do, in seconds.
    pub capacity_seconds: Option<i64>,
    /// What the team took on, in seconds.
    pub planned_seconds: Option<i64>,
    /// Where people look at it.
    pub url: Option<String>,
    /// Starts at 1 and grows by one with each change.
    pub version: i64,
    /// Microseconds since 1970 (UTC).
    pub created_at: i64,
    /// Microseconds since 1970 (UTC).
    pub updated_at: i64,
    /// What the sprint is for.
    #[sea_orm(column_type = "Text")]
    pub goal: Option<String>,
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
