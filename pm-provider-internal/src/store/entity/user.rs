//! `pm_users`: the people that tasks are assigned to.

use sea_orm::entity::prelude::*;

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pm_users")]
pub struct Model {
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Display name.
    pub name: String,
    /// Sign-in name.
    pub login: Option<String>,
    /// The same in lower case, in every alphabet; unique.
    pub login_folded: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// The same in lower case, in every alphabet.
    pub email_folded: Option<String>,
    /// Address of a picture.
    pub avatar_url: Option<String>,
    /// Whether the person still takes part.
    pub active: bool,
    /// The payload of the system that the row was copied from, untouched.
    #[sea_orm(column_type = "Text")]
    pub raw_data: Option<String>,
    /// Starts at 1 and grows by one with each change.
    pub version: i64,
    /// Microseconds since 1970 (UTC).
    pub created_at: i64,
    /// Microseconds since 1970 (UTC).
    pub updated_at: i64,
    /// Lower-case text that the `text` filter looks into.
    #[sea_orm(column_type = "Text")]
    pub search_text: String,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
