//! Webhooks.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

/// A webhook of a repository.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Hook {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) active: Option<bool>,
    #[serde(default)]
    pub(crate) events: Vec<String>,
    #[serde(default)]
    pub(crate) config: HookConfig,
}

/// Where a webhook delivers to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct HookConfig {
    pub(crate) url: Option<String>,
    /// `json` or `form`.
    pub(crate) content_type: Option<String>,
    /// Stars, where there is one.
    pub(crate) secret: Option<String>,
    /// `"0"` or `"1"`, or a number.
    pub(crate) insecure_ssl: Option<Value>,
}

/// One attempt at a delivery.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) id: u64,
    /// The same for all attempts at one delivery.
    pub(crate) guid: String,
    #[serde(default)]
    pub(crate) delivered_at: Option<DateTime<Utc>>,
    /// `OK`, or what went wrong.
    #[serde(default)]
    pub(crate) status: Option<String>,
    #[serde(default)]
    pub(crate) status_code: Option<u16>,
    #[serde(default)]
    pub(crate) event: Option<String>,
    #[serde(default)]
    pub(crate) action: Option<String>,
}
