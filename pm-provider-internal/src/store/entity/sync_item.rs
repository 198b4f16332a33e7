//! `sync_items`: which item is the twin of which, and what was last agreed.

use sea_orm::entity::prelude::*;

/// An item and its twin.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_items")]
pub struct Model {
    /// Points to `project_sync_mappings`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mapping_id: String,
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `sprint`, `task`, `comment`.
    pub kind: String,
    /// The item on our side.
    pub a_id: Option<String>,
    /// The item over there.
    pub b_id: Option<String>,
    /// Its fields when both last agreed, in our terms, as JSON.
    pub a_base: Option<String>,
    /// The same in the terms of over there.
    pub b_base: Option<String>,
    /// The digest of the fields that were last seen on our side.
    pub a_hash: Option<String>,
    /// The digest of those over there.
    pub b_hash: Option<String>,
    /// The version that was last seen on our side.
    pub a_version: Option<String>,
    /// The version over there, where it has one.
    pub b_version: Option<String>,
    /// When our item had last changed then, in microseconds since 1970 (UTC).
    pub a_changed_at: Option<i64>,
    /// When the one over there had, by its server's clock.
    pub b_changed_at: Option<i64>,
    /// `linked`, `tombstoned`, `released`.
    pub state: String,
    /// Whether the parent has no twin yet.
    pub pending_parent: bool,
    /// Fields that a person has to decide, as JSON.
    pub parked: Option<String>,
    /// The side on which the item was missing; none where it was on both.
    pub absent_side: Option<String>,
    /// Since when, in microseconds since 1970 (UTC).
    pub absent_since: Option<i64>,
    /// How often a twin was made again after it had been deleted.
    pub attempt: i64,
    /// When the link was made, in microseconds since 1970 (UTC).
    pub created_at: i64,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
