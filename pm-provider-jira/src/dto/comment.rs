//! Comments.

use serde::Deserialize;
use serde_json::Value;

use super::{Id, Moment, User};

/// A comment.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Comment {
    pub(crate) id: Id,
    #[serde(default)]
    pub(crate) author: Option<User>,
    /// A document on Cloud, a text on Data Center.
    #[serde(default)]
    pub(crate) body: Value,
    #[serde(default)]
    pub(crate) created: Option<Moment>,
    #[serde(default)]
    pub(crate) updated: Option<Moment>,
    /// Only this role or group sees it: `{"type": "role", "value": …}`, with more to it on Cloud.
    #[serde(default)]
    pub(crate) visibility: Option<Value>,
    /// Whether customers of a service desk see it.
    #[serde(default)]
    pub(crate) jsd_public: Option<bool>,
    /// Only there where they are asked for.
    #[serde(default)]
    pub(crate) properties: Vec<Property>,
}

impl Comment {
    /// Says whether the customers of a service desk do not see it.
    pub(crate) fn is_internal(&self) -> bool {
        self.jsd_public == Some(false)
    }

    /// Says whether not everybody who sees the issue sees it.
    pub(crate) fn is_restricted(&self) -> bool {
        self.visibility.is_some() || self.is_internal()
    }
}

/// A property of an issue or a comment: JSON that no person sees.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Property {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: Value,
}
