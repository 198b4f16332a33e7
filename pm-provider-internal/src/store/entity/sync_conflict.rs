//! `sync_conflicts`: values that stood against each other.

use sea_orm::entity::prelude::*;

/// Two values of a field, both kept.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_conflicts")]
pub struct Model {
    /// Points to `project_sync_mappings`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mapping_id: String,
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The link.
    pub link_id: String,
    /// `sprint`, `task`, `comment`.
    pub kind: String,
    /// The item on our side.
    pub a_id: Option<String>,
    /// The item over there.
    pub b_id: Option<String>,
    /// The field; none where it is about the whole item.
    pub field: Option<String>,
    /// How it came about.
    pub cause: String,
    /// What was last agreed, in our terms, as JSON.
    pub a_base: String,
    /// The same in the terms of over there.
    pub b_base: String,
    /// What stood on our side, as JSON.
    pub a_value: String,
    /// What stood over there, as JSON.
    pub b_value: String,
    /// The side whose value won; none while a person has to decide.
    pub winner: Option<String>,
    /// The policy's word, or who decided.
    pub decided_by: Option<String>,
    /// When it was found, in microseconds since 1970 (UTC).
    pub found_at: i64,
    /// When it was decided.
    pub resolved_at: Option<i64>,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
