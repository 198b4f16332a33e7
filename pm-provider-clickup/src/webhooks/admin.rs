//! Listing and ending webhooks. ClickUp shows those that the token's user made by the API, and no others.

use async_trait::async_trait;
use pm_http::{Raw, named};
use pm_provider::{Error, NewWebhook, Result, Secret, Webhook, WebhookAdmin, WebhookId};

use super::row::shown;
use crate::api::Api;
use crate::provider::told;
use crate::{ClickUpProvider, dto, endpoints};

impl Api {
    /// The webhooks of the Workspace; their secrets are kept for checking deliveries, and out of errors.
    pub(super) async fn hooks(&self) -> Result<Vec<Raw<dto::Hook>>> {
        let hooks: dto::Hooks = self.get(&endpoints::LIST_WEBHOOKS, &[&self.team().await?]).await?;
        hooks.webhooks.iter().for_each(|hook| self.learn_secret(&hook.item));
        Ok(hooks.webhooks)
    }

    /// Keeps the secret of a webhook.
    pub(super) fn learn_secret(&self, hook: &dto::Hook) {
        if let Some(secret) = hook.secret() {
            self.http.conceal(&secret);
            self.secrets.learn(&hook.id, secret);
        }
    }

    async fn list_webhooks(&self) -> Result<Vec<Webhook>> {
        let hooks = self.hooks().await?;
        Ok(hooks.iter().filter_map(|hook| shown(hook, self.config.projects)).collect())
    }

    /// Ends a webhook; one of somebody else, or of another Workspace, is none of ours.
    async fn delete_webhook(&self, id: &WebhookId) -> Result<()> {
        let deleted = self.delete(&endpoints::DELETE_WEBHOOK, &[id.as_str()]).await;
        deleted.map_err(|error| named(error, "webhook", id))
    }

    async fn webhook_secret(&self, id: &WebhookId) -> Result<Secret> {
        let hooks = self.hooks().await?;
        if !hooks.iter().any(|hook| hook.item.id == id.as_str()) {
            return Err(Error::not_found("webhook", id));
        }
        let hidden = || Error::unsupported(format!("ClickUp no longer shows the secret of the webhook `{id}`"));
        self.secrets.of(id.as_str()).ok_or_else(|| hidden().hint("delete the webhook and make it anew"))
    }
}

#[async_trait]
impl WebhookAdmin for ClickUpProvider {
    async fn list_webhooks(&self) -> Result<Vec<Webhook>> {
        told("list_webhooks", self.api.list_webhooks().await)
    }

    async fn create_webhook(&self, new: NewWebhook) -> Result<Webhook> {
        told("create_webhook", self.api.create_webhook(&new).await)
    }

    async fn delete_webhook(&self, id: &WebhookId) -> Result<()> {
        told("delete_webhook", self.api.delete_webhook(id).await)
    }

    async fn webhook_secret(&self, id: &WebhookId) -> Result<Secret> {
        told("webhook_secret", self.api.webhook_secret(id).await)
    }
}
