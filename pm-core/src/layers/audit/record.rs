//! One record.

use chrono::{DateTime, Utc};
use pm_provider::{Effect, Error};
use serde::Serialize;

/// What is recorded of one call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AuditRecord {
    /// When it began.
    pub at: DateTime<Utc>,
    /// Who acted, where the application says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The provider.
    pub provider: String,
    /// The operation by its name in the contract: `create_task`.
    pub operation: String,
    /// The id of the item that it was about, or that it made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Whether it was to change anything.
    pub writes: bool,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: AuditOutcome,
    /// How long it took, in milliseconds.
    pub elapsed_ms: f64,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditOutcome {
    /// It did what it was asked to.
    Ok,
    /// It is a batch of which some parts failed.
    Parts {
        /// How many were done.
        done: usize,
        /// How many were not, or perhaps.
        failed: usize,
    },
    /// It failed and left nothing behind.
    Failed(AuditFailure),
    /// It failed, and whether it was executed is not known.
    Unknown(AuditFailure),
    /// It failed when some of it was done.
    Partial {
        /// What was applied, by name.
        applied: Vec<String>,
        /// What was not.
        left_out: Vec<String>,
        /// Why.
        #[serde(flatten)]
        failure: AuditFailure,
    },
    /// Its caller went away: whether it was executed is not known.
    Cancelled,
    /// It panicked: whether it was executed is not known.
    Panicked,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuditFailure {
    /// The kind of error, as it is called in the contract: `NotFound`.
    pub kind: String,
    /// The status of the backend's answer, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The backend's own number for the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The message, where messages are recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What was wrong, field by field; what to do about it is for people who wait for an answer.
fn without_hint(error: &Error) -> String {
    let text = error.to_string();
    text.split("\nhint: ").next().unwrap_or(&text).to_owned()
}

impl AuditOutcome {
    pub(super) fn failed(error: &Error, with_message: bool) -> Self {
        let failure = AuditFailure {
            kind: format!("{:?}", error.kind()),
            http_status: error.http_status(),
            request_id: error.request_id().map(str::to_owned),
            message: with_message.then(|| without_hint(error)),
        };
        match error.effect() {
            Effect::NotExecuted => Self::Failed(failure),
            Effect::Partial { applied, failed, .. } => {
                Self::Partial { applied: applied.clone(), left_out: failed.clone(), failure }
            }
            // Whatever else there may be: nobody can say that nothing happened.
            _ => Self::Unknown(failure),
        }
    }
}
