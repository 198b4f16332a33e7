//! The small dictionaries that are the same for the whole server.

use serde::Deserialize;

/// The root: what the server is.
#[derive(Debug, Deserialize)]
pub(crate) struct Root {
    #[serde(default, rename = "instanceName")]
    pub(crate) instance_name: Option<String>,
    /// Shown to administrators only.
    #[serde(default, rename = "coreVersion")]
    pub(crate) core_version: Option<String>,
}

/// A status of work packages.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Status {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default, rename = "isClosed")]
    pub(crate) is_closed: bool,
    #[serde(default, rename = "isDefault")]
    pub(crate) is_default: bool,
}

/// A priority of work packages.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Priority {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) position: u64,
    #[serde(default, rename = "isDefault")]
    pub(crate) is_default: bool,
    #[serde(default = "yes", rename = "isActive")]
    pub(crate) is_active: bool,
}

/// A type of work packages.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Type {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default, rename = "isDefault")]
    pub(crate) is_default: bool,
    /// Milestones have one `date` instead of start and end.
    #[serde(default, rename = "isMilestone")]
    pub(crate) is_milestone: bool,
}

/// A label, on the newest servers.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Label {
    pub(crate) id: u64,
    pub(crate) name: String,
}

fn yes() -> bool {
    true
}
