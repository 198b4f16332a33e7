//! `sync_intents`: writes that may be on their way.

use sea_orm::entity::prelude::*;

/// A write that is about to be sent. It goes when its outcome is known.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_intents")]
pub struct Model {
    /// Points to `project_sync_mappings`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mapping_id: String,
    /// A UUID of version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `create`, `update`, `delete`.
    pub op: String,
    /// The side that is written to.
    pub side: String,
    /// `sprint`, `task`, `comment`.
    pub kind: String,
    /// The item that is written; for a create the item that gets a twin.
    pub item_id: String,
    /// The link.
    pub link_id: String,
    /// The mark of a create: its idempotency key.
    pub mark: Option<String>,
    /// What is sent, as JSON.
    pub sent: String,
    /// What will be read of it afterwards, as JSON.
    pub expected: String,
    /// What will then be agreed, in our terms, as JSON.
    pub a_base: String,
    /// The same in the terms of over there.
    pub b_base: String,
    /// What was seen of the item that gets a twin, as JSON.
    pub source_seen: Option<String>,
    /// When it was written down, in microseconds since 1970 (UTC).
    pub sent_at: i64,
    /// Until when the server can still be at it.
    pub deadline_at: i64,
    /// The lease under which it was sent.
    pub epoch: i64,
}

/// No relation is declared: the statements of this crate join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
