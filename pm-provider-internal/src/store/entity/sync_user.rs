//! `sync_users`: who is who.

use sea_orm::entity::prelude::*;

/// One person on both sides.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_users")]
pub struct Model {
    /// Points to `project_sync_mappings`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mapping_id: String,
    /// The user on our side.
    #[sea_orm(primary_key, auto_increment = false)]
    pub a_id: String,
    /// The user over there.
    pub b_id: String,
    /// How they were found to be one: `explicit`, `email`, `login`.
    pub how: String,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
