//! Statuses, types of tasks, custom fields.

use serde::Deserialize;
use serde_json::Value;

use super::wire;

/// A status of tasks.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(crate) struct Status {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) status: String,
    /// `open`, `custom`, `done` or `closed`.
    #[serde(default, rename = "type", deserialize_with = "wire::text_or_empty")]
    pub(crate) kind: String,
    #[serde(default, deserialize_with = "wire::whole")]
    pub(crate) orderindex: Option<i64>,
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) id: Option<String>,
}

/// A type of tasks beside the plain one.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct TaskType {
    #[serde(default, deserialize_with = "wire::whole")]
    pub(crate) id: Option<i64>,
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) name: String,
}

/// A custom field: as a List defines it. That one is required is not minded by the API unless it is asked to.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct CustomField {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) name: String,
    #[serde(default, rename = "type", deserialize_with = "wire::text_or_empty")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) type_config: Value,
}
