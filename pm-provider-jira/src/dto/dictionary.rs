//! What seldom changes: the server itself, statuses, priorities, types, fields.

use serde::Deserialize;

use super::Id;

/// What the server is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ServerInfo {
    /// The address of the pages that people open.
    pub(crate) base_url: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) version_numbers: Vec<u64>,
    /// `Cloud`, or `Server` for Data Center too.
    pub(crate) deployment_type: Option<String>,
    pub(crate) server_title: Option<String>,
}

/// A status of issues.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    pub(crate) id: Id,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) status_category: Option<StatusCategory>,
}

/// One of Jira's own three categories, or `undefined`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StatusCategory {
    /// `new`, `indeterminate`, `done` or `undefined`; the name is in the user's language.
    pub(crate) key: String,
}

/// The statuses of an issue type in a project.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TypeStatuses {
    /// The issue type.
    pub(crate) id: Id,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) subtask: bool,
    #[serde(default)]
    pub(crate) statuses: Vec<Status>,
}

/// A priority of issues.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Priority {
    pub(crate) id: Id,
    pub(crate) name: String,
}

/// An issue type.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IssueType {
    pub(crate) id: Id,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) subtask: bool,
    /// 1 for epics, 0 for standard types, -1 for sub-tasks; Cloud only.
    #[serde(default)]
    pub(crate) hierarchy_level: Option<i32>,
    /// The English name, where the shown one is translated (unverified for Data Center).
    #[serde(default)]
    pub(crate) untranslated_name: Option<String>,
}

/// A field of issues.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FieldInfo {
    /// `summary`, `customfield_10016`.
    #[serde(alias = "fieldId")]
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) schema: Option<FieldSchema>,
}

/// What a field holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct FieldSchema {
    /// `string`, `number`, `option`, `array`, …
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// What an array holds.
    pub(crate) items: Option<String>,
    /// `com.pyxis.greenhopper.jira:gh-sprint`, …
    pub(crate) custom: Option<String>,
    pub(crate) custom_id: Option<u64>,
    pub(crate) system: Option<String>,
}
