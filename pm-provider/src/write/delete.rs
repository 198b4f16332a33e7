//! How something is deleted.

use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::value::Version;

/// What happens to the contents of a deleted item: the tasks of a project, the children of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Contents {
    /// Refuse to delete what is not empty.
    #[default]
    Refuse,
    /// Delete the contents along with it.
    Delete,
}

/// How something is deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct DeleteOptions {
    /// Delete only if the item still has this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_version: Option<Version>,
    /// What happens to the contents.
    pub contents: Contents,
}

impl DeleteOptions {
    /// Deletes whatever version there is, unless it has contents.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the contents along.
    #[must_use]
    pub fn with_contents() -> Self {
        Self::new().contents(Contents::Delete)
    }
}

setters!(DeleteOptions { optional if_version: Version, plain contents: Contents });
