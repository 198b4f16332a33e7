//! Files of tasks.

use serde::Deserialize;

use super::{User, wire};

/// A file that hangs on a task.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct File {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) id: String,
    /// The name of the file.
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) title: String,
    #[serde(default, deserialize_with = "wire::whole")]
    pub(crate) date: Option<i64>,
    #[serde(default, deserialize_with = "wire::whole")]
    pub(crate) size: Option<i64>,
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) mimetype: Option<String>,
    #[serde(default, deserialize_with = "wire::object")]
    pub(crate) user: Option<User>,
    #[serde(default, deserialize_with = "wire::flag")]
    pub(crate) deleted: bool,
    /// Where it lies: on another host, which wants no token.
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) url: Option<String>,
}

/// The files of a task; a task without any has no such member.
#[derive(Debug, Deserialize)]
pub(crate) struct Files {
    #[serde(default = "Vec::new", deserialize_with = "wire::rows")]
    pub(crate) attachments: Vec<pm_http::Raw<File>>,
}
