//! Operations and abilities by name.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Entity;

/// What can be done with a kind of item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Operation {
    /// List them.
    List,
    /// Get one by its id.
    Get,
    /// Create one.
    Create,
    /// Change one.
    Update,
    /// Delete one.
    Delete,
}

impl Operation {
    /// Every operation, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::List, Self::Get, Self::Create, Self::Update, Self::Delete];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// The name of the operation on a kind of item, as errors and layers have it: `create_task`, `list_projects`.
    #[must_use]
    pub fn on(self, entity: Entity) -> String {
        match self {
            Self::List => format!("list_{entity}s"),
            other => format!("{other}_{entity}"),
        }
    }

    /// Says whether it changes anything.
    #[must_use]
    pub fn writes(self) -> bool {
        !matches!(self, Self::List | Self::Get)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// An optional ability, which a provider has or has not as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ability {
    /// [`Comments`](crate::Comments)
    Comments,
    /// [`Relations`](crate::Relations)
    Relations,
    /// [`Batch`](crate::Batch)
    Batch,
    /// [`Changes`](crate::Changes)
    Changes,
    /// [`SyncSupport`](crate::SyncSupport)
    SyncSupport,
    /// [`PullRequests`](crate::PullRequests)
    PullRequests,
    /// [`Attachments`](crate::Attachments)
    Attachments,
    /// [`Webhooks`](crate::Webhooks)
    Webhooks,
    /// [`WebhookAdmin`](crate::WebhookAdmin)
    WebhookAdmin,
    /// [`UserAdmin`](crate::UserAdmin)
    UserAdmin,
}

impl Ability {
    /// Every ability, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::Comments,
        Self::Relations,
        Self::Batch,
        Self::Changes,
        Self::SyncSupport,
        Self::PullRequests,
        Self::Attachments,
        Self::Webhooks,
        Self::WebhookAdmin,
        Self::UserAdmin,
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Comments => "comments",
            Self::Relations => "relations",
            Self::Batch => "batch",
            Self::Changes => "changes",
            Self::SyncSupport => "sync_support",
            Self::PullRequests => "pull_requests",
            Self::Attachments => "attachments",
            Self::Webhooks => "webhooks",
            Self::WebhookAdmin => "webhook_admin",
            Self::UserAdmin => "user_admin",
        }
    }
}

impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
