//! Webhooks: deliveries, and having them sent.
//!
//! A delivery of a webhook that has a secret is signed: `X-Hub-Signature: sha256=<hex of HMAC-SHA256>` over the body, where
//! the word before the `=` is the method. Jira repeats a delivery that failed with the same
//! `x-atlassian-webhook-identifier`, keeps no order, and gives up after five times: a mirror still has to poll
//! (<https://developer.atlassian.com/cloud/jira/platform/webhooks/>).

mod admin;
mod create;
mod events;
mod payload;
mod row;

use pm_http::{HmacAlgorithm, verify_hmac};
use pm_provider::{Error, ErrorKind, Result, WebhookDelivery, WebhookEvent, Webhooks};

use crate::JiraProvider;
use crate::api::Api;
use crate::provider::told;
pub(crate) use create::Memory;
use payload::Payload;

const SIGNATURE: &str = "X-Hub-Signature";
const IDENTIFIER: &str = "x-atlassian-webhook-identifier";

impl Api {
    fn receive(&self, delivery: &WebhookDelivery) -> Result<Vec<WebhookEvent>> {
        self.check_signature(delivery)?;
        let payload: Payload = serde_json::from_slice(&delivery.body).map_err(|source| {
            let message = "the delivery is not of Jira's shape";
            Error::new(ErrorKind::InvalidResponse, message).with_source(source)
        })?;
        Ok(payload.events(delivery.header(IDENTIFIER)))
    }

    fn check_signature(&self, delivery: &WebhookDelivery) -> Result<()> {
        let Some(secret) = &self.config.webhook_secret else {
            let error = Error::configuration("deliveries cannot be checked without `webhook_secret`");
            return Err(error.hint("set a secret in the webhook's settings and in JIRA_WEBHOOK_SECRET"));
        };
        let refuse = |message: String| {
            let error = Error::new(ErrorKind::Unauthenticated, message);
            Err(error
                .hint("set a secret in the webhook's settings; webhooks of OAuth and Connect apps are not signed so"))
        };
        let signature = delivery.header(SIGNATURE).and_then(|value| value.trim().split_once('='));
        match signature {
            Some(("sha256", hex)) => verify_hmac(HmacAlgorithm::Sha256, secret, &delivery.body, hex),
            Some((method, _)) => refuse(format!("the delivery is signed by the method `{method}`; `sha256` is known")),
            None => refuse(format!("the delivery has no signature (`{SIGNATURE}: sha256=…`)")),
        }
    }
}

impl Webhooks for JiraProvider {
    fn receive(&self, delivery: &WebhookDelivery) -> Result<Vec<WebhookEvent>> {
        told("receive_webhook", self.api.receive(delivery))
    }
}
