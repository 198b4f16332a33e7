//! Having webhooks sent.

use std::fmt::Debug;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::Entity;
use crate::registry::Secret;
use crate::setters::setters;
use crate::value::{ProjectId, RawData, WebhookId};

/// Lists, creates and deletes what a backend delivers by itself: an ability of backends whose API does that.
///
/// What arrives is read by [`Webhooks`](crate::Webhooks).
#[async_trait]
pub trait WebhookAdmin: Debug + Send + Sync + 'static {
    /// Lists the webhooks that we may see.
    async fn list_webhooks(&self) -> Result<Vec<Webhook>>;

    /// Has deliveries sent to an address; where a webhook does so already, with the same project and kinds of items and
    /// nothing that narrows it further, it is the answer, and no second one is made.
    ///
    /// No backend has to show a webhook's secret, so that it cannot always be told whether the one that is there has the
    /// wanted one. Where a secret is wanted and cannot be proven to be in place, the webhook is replaced if it has the
    /// name that the new one would have: for a moment both deliver. One of another name is `Conflict`: it is somebody
    /// else's. Where a backend signs nothing, a secret is `Unsupported`.
    ///
    /// A project that is named is the only one of which it tells: kinds of items that the backend cannot narrow to one
    /// project are `Unsupported` when they are named, and else left out, as [`Webhook::entities`] of the answer shows.
    async fn create_webhook(&self, new: NewWebhook) -> Result<Webhook>;

    /// Ends the deliveries; an unknown id is `NotFound`.
    async fn delete_webhook(&self, id: &WebhookId) -> Result<()>;

    /// Shows what deliveries of a webhook are signed with, where the backend chose that itself: no other call does, and a
    /// receiver in another place needs it.
    ///
    /// # Errors
    /// `Unsupported` where backends take secrets, and show none; `NotFound` for a webhook that is not there.
    async fn webhook_secret(&self, id: &WebhookId) -> Result<Secret> {
        let message = format!("the backend does not show the secret of the webhook `{id}`");
        Err(Error::unsupported(message).hint("it is the one that the webhook was created with"))
    }

    /// Lists what a webhook delivered, the latest first, as far back as the backend remembers; an unknown id is `NotFound`.
    ///
    /// `Unsupported` where the backend does not tell.
    async fn list_deliveries(&self, id: &WebhookId) -> Result<Vec<WebhookAttempt>> {
        Err(Error::unsupported(format!("the backend does not tell what the webhook `{id}` delivered")))
    }

    /// Has a delivery of a webhook sent once more, by the id of an attempt; an unknown one is `NotFound`.
    ///
    /// What is sent is the same, under the same [`WebhookAttempt::delivery_id`]. `Unsupported` where the backend does not
    /// do that.
    async fn redeliver(&self, id: &WebhookId, attempt: &str) -> Result<()> {
        let message = format!("the backend does not send the delivery `{attempt}` of the webhook `{id}` again");
        Err(Error::unsupported(message))
    }
}

/// A webhook to be created. `Debug` does not show its secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewWebhook {
    /// The address that deliveries are sent to.
    pub url: String,
    /// The name that people see; the backend's or the provider's own if unset.
    pub name: Option<String>,
    /// The project that it tells of; all that we see if unset, where the backend can do that.
    pub project_id: Option<ProjectId>,
    /// The kinds of items that it tells of; all that the backend can tell of if there are none.
    pub entities: Vec<Entity>,
    /// What deliveries are signed with; the one of the provider's settings if unset.
    pub secret: Option<Secret>,
}

impl NewWebhook {
    /// Has everything that the backend can tell of sent to an address.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), name: None, project_id: None, entities: Vec::new(), secret: None }
    }
}

setters!(NewWebhook {
    optional name: String,
    optional project_id: ProjectId,
    list entities: Entity,
    optional secret: Secret,
});

/// A webhook as the backend has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Webhook {
    /// The backend's id.
    pub id: WebhookId,
    /// The address that deliveries are sent to.
    pub url: String,
    /// The name that people see.
    #[serde(default)]
    pub name: Option<String>,
    /// The project that it tells of, where it is one alone.
    #[serde(default)]
    pub project_id: Option<ProjectId>,
    /// The kinds of items of which it tells every change, as far as our models know them.
    #[serde(default)]
    pub entities: Vec<Entity>,
    /// What else narrows it, in the backend's own words: a query, say. Nothing does if unset.
    #[serde(default)]
    pub filter: Option<String>,
    /// Whether deliveries are sent.
    #[serde(default)]
    pub active: bool,
    /// The backend's JSON.
    #[serde(default, skip_serializing_if = "RawData::is_none")]
    pub raw_data: RawData,
}

impl Webhook {
    /// Makes an active webhook.
    #[must_use]
    pub fn new(id: impl Into<WebhookId>, url: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            url: url.into(),
            name: None,
            project_id: None,
            entities: Vec::new(),
            filter: None,
            active: true,
            raw_data: RawData::none(),
        }
    }
}

setters!(Webhook {
    optional name: String,
    optional project_id: ProjectId,
    list entities: Entity,
    optional filter: String,
    plain active: bool,
    plain raw_data: RawData,
});

/// One attempt of a backend's to deliver something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebhookAttempt {
    /// The backend's id of the attempt.
    pub id: String,
    /// The id of the delivery, the same in all attempts: [`WebhookEvent::delivery_id`](crate::WebhookEvent::delivery_id).
    #[serde(default)]
    pub delivery_id: Option<String>,
    /// What it told of, in the backend's own words.
    #[serde(default)]
    pub event: Option<String>,
    /// When it was made.
    #[serde(default)]
    pub delivered_at: Option<DateTime<Utc>>,
    /// Whether the receiver took it.
    #[serde(default)]
    pub succeeded: bool,
    /// What the receiver answered; nothing if it was not reached.
    #[serde(default)]
    pub http_status: Option<u16>,
    /// What came of it, in the backend's own words.
    #[serde(default)]
    pub outcome: Option<String>,
    /// The backend's JSON.
    #[serde(default, skip_serializing_if = "RawData::is_none")]
    pub raw_data: RawData,
}

impl WebhookAttempt {
    /// Makes an attempt of which nothing else is known.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            delivery_id: None,
            event: None,
            delivered_at: None,
            succeeded: false,
            http_status: None,
            outcome: None,
            raw_data: RawData::none(),
        }
    }
}

setters!(WebhookAttempt {
    optional delivery_id: String,
    optional event: String,
    time delivered_at: DateTime<Utc>,
    plain succeeded: bool,
    optional http_status: u16,
    optional outcome: String,
    plain raw_data: RawData,
});
