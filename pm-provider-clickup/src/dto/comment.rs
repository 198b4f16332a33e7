//! Comments.

use pm_http::Raw;
use serde::Deserialize;

use super::scalar::{flag, millis, object, text, whole};
use super::task::Person;

/// A comment on a task, or an answer to one.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Comment {
    #[serde(default, deserialize_with = "text")]
    pub(crate) id: String,
    /// Without any marks: those are in the parts that `comment` holds.
    #[serde(default, deserialize_with = "text")]
    pub(crate) comment_text: String,
    #[serde(default, deserialize_with = "object")]
    pub(crate) user: Option<Person>,
    #[serde(default, deserialize_with = "flag")]
    pub(crate) resolved: bool,
    #[serde(default, deserialize_with = "object")]
    pub(crate) assignee: Option<Person>,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) date: Option<i64>,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) reply_count: Option<i64>,
}

/// A page of comments, the latest first.
#[derive(Debug, Deserialize)]
pub(crate) struct Comments {
    #[serde(default = "Vec::new")]
    pub(crate) comments: Vec<Raw<Comment>>,
}

/// What the answer to a new comment tells of it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct MadeComment {
    #[serde(default, deserialize_with = "text")]
    pub(crate) id: String,
}
