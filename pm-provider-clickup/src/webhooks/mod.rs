//! Webhooks: deliveries, and having them sent (<https://developer.clickup.com/docs/webhooks>).
//!
//! A delivery says little more than which item it is about: whoever wants to know what changed asks for that. One change
//! may come as several deliveries (`taskStatusUpdated` beside `taskUpdated`), and what was not taken in five attempts is
//! never sent again: a mirror still has to poll from time to time.

mod admin;
mod create;
mod events;
mod payload;
mod row;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use pm_http::{HmacAlgorithm, verify_hmac};
use pm_provider::{Error, ErrorKind, Result, Secret, WebhookDelivery, WebhookEvent, Webhooks};

use crate::ClickUpProvider;
use crate::api::Api;
use crate::provider::told;
use payload::Payload;

/// The hexadecimal HMAC-SHA256 of the body, without a word before it
/// (<https://developer.clickup.com/docs/webhooksignature>).
const SIGNATURE: &str = "X-Signature";

/// The secrets that ClickUp made, as far as it showed them: by webhook.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Mutex<HashMap<String, Secret>>);

impl Secrets {
    fn learn(&self, webhook: &str, secret: Secret) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(webhook.to_owned(), secret);
    }

    fn of(&self, webhook: &str) -> Option<Secret> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(webhook).cloned()
    }
}

impl Api {
    fn receive(&self, delivery: &WebhookDelivery) -> Result<Vec<WebhookEvent>> {
        let shapeless = |source| {
            let message = "the delivery is not of ClickUp's shape";
            Error::new(ErrorKind::InvalidResponse, message).with_source(source)
        };
        let payload = serde_json::from_slice::<Payload>(&delivery.body);
        // Which secret counts is all that is taken from it before the signature is checked.
        let webhook = payload.as_ref().map(|payload| payload.webhook_id.clone()).unwrap_or_default();
        self.check_signature(delivery, &webhook)?;
        Ok(payload.map_err(shapeless)?.events(self.config.projects))
    }

    fn check_signature(&self, delivery: &WebhookDelivery, webhook: &str) -> Result<()> {
        let secrets = [self.secrets.of(webhook), self.config.webhook_secret.clone()];
        let secrets: Vec<_> = secrets.into_iter().flatten().collect();
        if secrets.is_empty() {
            let error = Error::configuration("deliveries cannot be checked without `webhook_secret`");
            return Err(error.hint("ClickUp makes the secret with the webhook: set it as CLICKUP_WEBHOOK_SECRET"));
        }
        let Some(hex) = delivery.header(SIGNATURE) else {
            let message = format!("the delivery has no signature (`{SIGNATURE}`)");
            return Err(Error::new(ErrorKind::Unauthenticated, message));
        };
        let checked = secrets.iter().map(|secret| verify_hmac(HmacAlgorithm::Sha256, secret, &delivery.body, hex));
        checked.reduce(Result::or).unwrap_or(Ok(()))
    }
}

impl Webhooks for ClickUpProvider {
    fn receive(&self, delivery: &WebhookDelivery) -> Result<Vec<WebhookEvent>> {
        told("receive_webhook", self.api.receive(delivery))
    }
}
