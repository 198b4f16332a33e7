//! People.

use serde::Deserialize;

use super::wire;

/// A person, as far as is shown.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct User {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) id: String,
    /// The name that people see: neither unique nor for signing in.
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) username: Option<String>,
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) email: Option<String>,
    #[serde(default, rename = "profilePicture", deserialize_with = "wire::some_text")]
    pub(crate) picture: Option<String>,
    /// Shown of ourselves.
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) timezone: Option<String>,
}

/// A member of a Workspace.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Member {
    pub(crate) user: pm_http::Raw<User>,
}

/// Who we are: `{"user": {…}}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Me {
    pub(crate) user: pm_http::Raw<User>,
}
