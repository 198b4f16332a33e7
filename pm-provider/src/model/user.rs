//! Users.

use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::value::{RawData, UserId};

/// A user of any backend, as far as it shows one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PMUser {
    /// The backend's immutable id.
    pub id: UserId,
    /// The name that people see.
    pub name: String,
    /// The name that the user signs in with.
    #[serde(default)]
    pub login: Option<String>,
    /// The e-mail address, where the backend shows it.
    #[serde(default)]
    pub email: Option<String>,
    /// Where the picture is.
    #[serde(default)]
    pub avatar_url: Option<String>,
    /// Whether the user can still sign in.
    #[serde(default = "yes")]
    pub active: bool,
    /// The backend's own JSON, untouched.
    #[serde(default)]
    pub raw_data: RawData,
}

fn yes() -> bool {
    true
}

impl PMUser {
    /// Makes an active user.
    #[must_use]
    pub fn new(id: impl Into<UserId>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            login: None,
            email: None,
            avatar_url: None,
            active: true,
            raw_data: RawData::none(),
        }
    }
}

setters!(PMUser {
    optional login: String,
    optional email: String,
    optional avatar_url: String,
    plain active: bool,
    plain raw_data: RawData,
});
