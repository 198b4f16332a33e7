//! `pm_idempotency_keys`: which item a create with a key made.
//!
//! Rows outlive their items: a key whose item was deleted since must not make a second one.

use sea_orm::entity::prelude::*;

/// One key that was used.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_idempotency_keys")]
pub struct Model {
    /// `task`, `project` and so on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entity: String,
    /// The caller's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The item that it made.
    pub item_id: String,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
