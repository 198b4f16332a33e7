//! Webhooks: deliveries that a backend sends by itself.

use std::fmt::{self, Debug};

use serde::{Deserialize, Serialize};

use super::ItemRef;
use crate::error::Result;
use crate::setters::setters;
use crate::value::ProjectId;

/// Checks and reads what a backend delivers.
///
/// One method does both, so that nothing is read that was not checked.
pub trait Webhooks: Debug + Send + Sync + 'static {
    /// Checks the signature of a delivery and says what it tells; events are hints, never data to be trusted.
    ///
    /// # Errors
    /// `Unauthenticated` for a wrong or missing signature, `InvalidResponse` for a body of another shape.
    fn receive(&self, delivery: &WebhookDelivery) -> Result<Vec<WebhookEvent>>;
}

/// A delivery as it came over the wire. `Debug` shows neither values of headers nor the body.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookDelivery {
    /// Header names and values, names in any case.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte: signatures are over these.
    pub body: Vec<u8>,
    /// The URL that it was sent to, which some vendors sign as well.
    pub url: Option<String>,
}

impl WebhookDelivery {
    /// Takes a delivery without headers yet.
    #[must_use]
    pub fn new(body: impl Into<Vec<u8>>) -> Self {
        Self { headers: Vec::new(), body: body.into(), url: None }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Finds a header without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(present, _)| present.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

setters!(WebhookDelivery { optional url: String });

impl Debug for WebhookDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("WebhookDelivery").field("headers", &names).field("body", &self.body.len()).finish()
    }
}

/// What a delivery tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebhookEvent {
    /// What happened.
    pub kind: WebhookEventKind,
    /// The item.
    pub item: ItemRef,
    /// Its project, where the delivery says so.
    pub project_id: Option<ProjectId>,
    /// The id of the delivery, to recognise a repeated one.
    pub delivery_id: Option<String>,
}

impl WebhookEvent {
    /// Makes an event.
    #[must_use]
    pub fn new(kind: WebhookEventKind, item: ItemRef) -> Self {
        Self { kind, item, project_id: None, delivery_id: None }
    }
}

setters!(WebhookEvent { optional project_id: ProjectId, optional delivery_id: String });

/// What happened to the item of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WebhookEventKind {
    /// It was created.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
}
