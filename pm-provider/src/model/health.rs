//! What a health check says.

use serde::{Deserialize, Serialize};

use super::PMUser;
use crate::setters::setters;

/// The answer of a healthy backend: what it is and who we are there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Health {
    /// The backend's own name and version: `SQLite 3.51.3`, `OpenProject 17.6`.
    pub backend: String,
    /// The user that our credential belongs to, where there is one.
    #[serde(default)]
    pub user: Option<PMUser>,
}

impl Health {
    /// Makes the answer of a backend that is well.
    #[must_use]
    pub fn new(backend: impl Into<String>) -> Self {
        Self { backend: backend.into(), user: None }
    }
}

setters!(Health { optional user: PMUser });
