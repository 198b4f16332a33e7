//! Files.

use pm_http::Raw;
use serde::Deserialize;

use super::{Id, Moment, User};

/// An issue of which only the files are asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct WithAttachments {
    #[serde(default)]
    pub(crate) fields: Attached,
}

/// Not there where attachments are switched off.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Attached {
    #[serde(default)]
    pub(crate) attachment: Option<Vec<Raw<Attachment>>>,
}

/// A file.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attachment {
    pub(crate) id: Id,
    #[serde(default)]
    pub(crate) filename: String,
    #[serde(default)]
    pub(crate) author: Option<User>,
    #[serde(default)]
    pub(crate) created: Option<Moment>,
    #[serde(default)]
    pub(crate) size: Option<u64>,
    #[serde(default)]
    pub(crate) mime_type: Option<String>,
    /// Where people open it.
    #[serde(default)]
    pub(crate) content: Option<String>,
}
