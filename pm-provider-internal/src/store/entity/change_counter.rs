//! `pm_change_counter`: one row, bumped as the last statement of each write transaction.
//!
//! A sequence would hand out numbers in the order of asking, not of committing; a reader would then skip changes for good.

use sea_orm::entity::prelude::*;

/// The counter.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_change_counter")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The highest `seq` of `pm_changes` that was ever given.
    pub value: i64,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
