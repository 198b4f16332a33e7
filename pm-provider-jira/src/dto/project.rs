//! Projects.

use serde::Deserialize;

use super::{Id, User};

/// A project.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Project {
    pub(crate) id: Id,
    pub(crate) key: String,
    pub(crate) name: String,
    /// Plain text, on Cloud as well; only there where it is asked for.
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) lead: Option<User>,
    #[serde(default)]
    pub(crate) archived: Option<bool>,
    /// In the recycle bin.
    #[serde(default)]
    pub(crate) deleted: Option<bool>,
}

/// What a create answers: no field but these.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Made {
    pub(crate) id: Id,
}
