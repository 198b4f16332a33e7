//! Webhooks: deliveries, and having them sent.
//!
//! A delivery of a webhook that has a secret is signed: `X-Hub-Signature-256: sha256=<hex of HMAC-SHA256>` over the body
//! (<https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>). GitHub repeats nothing by itself:
//! what was missed can be delivered again for three days, and a mirror still has to poll
//! (<https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries>).

mod admin;
mod create;
mod events;
mod payload;
mod row;

use std::borrow::Cow;

use pm_http::{HmacAlgorithm, verify_hmac};
use pm_provider::{Error, ErrorKind, Result, WebhookDelivery, WebhookEvent, Webhooks};

use crate::GitHubProvider;
use crate::api::Api;
use crate::provider::told;
use payload::Payload;

const SIGNATURE: &str = "X-Hub-Signature-256";
const EVENT: &str = "X-GitHub-Event";
const DELIVERY: &str = "X-GitHub-Delivery";

impl Api {
    fn receive(&self, delivery: &WebhookDelivery) -> Result<Vec<WebhookEvent>> {
        self.check_signature(delivery)?;
        let shapeless = |message: &str| Error::new(ErrorKind::InvalidResponse, message);
        let event = delivery.header(EVENT);
        let event = event.ok_or_else(|| shapeless("the delivery does not say of what it tells (`X-GitHub-Event`)"))?;
        let body = json(&delivery.body).ok_or_else(|| shapeless("the delivery is a form without a payload"))?;
        let payload: Payload = serde_json::from_slice(&body)
            .map_err(|source| shapeless("the delivery is not of GitHub's shape").with_source(source))?;
        Ok(payload.events(event, delivery.header(DELIVERY)))
    }

    fn check_signature(&self, delivery: &WebhookDelivery) -> Result<()> {
        let Some(secret) = &self.config.webhook_secret else {
            let error = Error::configuration("deliveries cannot be checked without `webhook_secret`");
            return Err(error.hint("set a secret in the webhook's settings and in GITHUB_WEBHOOK_SECRET"));
        };
        let signature = delivery.header(SIGNATURE).and_then(|value| value.trim().strip_prefix("sha256="));
        match signature {
            Some(hex) => verify_hmac(HmacAlgorithm::Sha256, secret, &delivery.body, hex),
            None => {
                let message = format!("the delivery has no signature (`{SIGNATURE}: sha256=…`)");
                Err(Error::new(ErrorKind::Unauthenticated, message).hint("set a secret in the webhook's settings"))
            }
        }
    }
}

/// The JSON of a body: it is all of it, or stands in the form that webhooks send if nobody chose JSON.
fn json(body: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !body.starts_with(b"payload=") {
        return Some(Cow::Borrowed(body));
    }
    let (_, payload) = url::form_urlencoded::parse(body).find(|(name, _)| name == "payload")?;
    Some(Cow::Owned(payload.into_owned().into_bytes()))
}

impl Webhooks for GitHubProvider {
    fn receive(&self, delivery: &WebhookDelivery) -> Result<Vec<WebhookEvent>> {
        told("receive_webhook", self.api.receive(delivery))
    }
}
