//! Webhooks.

use serde::Deserialize;
use serde_json::Value;

use super::wire;

/// A webhook.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Hook {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) endpoint: Option<String>,
    /// Their names; `*` stands for all.
    #[serde(default)]
    pub(crate) events: Value,
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) task_id: Option<String>,
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) list_id: Option<String>,
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) folder_id: Option<String>,
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) space_id: Option<String>,
    #[serde(default, deserialize_with = "wire::object")]
    pub(crate) health: Option<Health>,
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) secret: Option<String>,
}

/// How deliveries fare: `active`, `failing`, `suspended`
/// (<https://developer.clickup.com/docs/webhookhealth>).
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Health {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) status: String,
}

/// The answer to a new or a changed webhook.
#[derive(Debug, Deserialize)]
pub(crate) struct MadeHook {
    pub(crate) webhook: pm_http::Raw<Hook>,
}
