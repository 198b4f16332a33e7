//! Listing and ending webhooks, and delivering again what was missed.

use std::sync::Arc;

use async_trait::async_trait;
use pm_http::ids::number;
use pm_http::{Raw, named, unless_hidden};
use pm_provider::{Error, ErrorKind, Field, NewWebhook, Result, Webhook, WebhookAdmin, WebhookAttempt, WebhookId};

use super::row::shown;
use crate::api::Api;
use crate::dto::{Delivery, Hook};
use crate::ids::RepositoryId;
use crate::provider::told;
use crate::repositories::Repository;
use crate::{GitHubProvider, endpoints};

impl Api {
    /// The webhooks of a repository.
    pub(super) async fn hooks_of(&self, repository: &Repository) -> Result<Vec<Raw<Hook>>> {
        let request = self.in_repository(repository, &endpoints::LIST_HOOKS, &[]);
        self.all(&endpoints::LIST_HOOKS, request).await.map_err(admins_only)
    }

    /// Those of all repositories that we administer; elsewhere GitHub shows none.
    async fn list_webhooks(&self) -> Result<Vec<Webhook>> {
        let repositories = self.repositories_for(None).await?;
        let is_alone = repositories.len() == 1;
        let mut webhooks = Vec::new();
        for repository in repositories {
            let is_known_to_hide = repository.permissions.is_some_and(|permissions| !permissions.admin);
            if is_known_to_hide && !is_alone {
                continue;
            }
            let rows = self.hooks_of(&repository).await;
            let rows = if is_alone { rows? } else { unless_hidden(rows)?.unwrap_or_default() };
            webhooks.extend(rows.into_iter().filter_map(|row| shown(row, repository.id)));
        }
        Ok(webhooks)
    }

    async fn delete_webhook(&self, id: &WebhookId) -> Result<()> {
        let (repository, hook) = self.hook_place(id).await?;
        let answer = self.delete_in(&repository, &endpoints::DELETE_HOOK, &[&hook.to_string()]).await;
        answer.map_err(|error| named(error, "webhook", id))
    }

    /// What a webhook delivered in the last three days, the latest first.
    async fn list_deliveries(&self, id: &WebhookId) -> Result<Vec<WebhookAttempt>> {
        let (repository, hook) = self.hook_place(id).await?;
        let request = self.in_repository(&repository, &endpoints::LIST_DELIVERIES, &[&hook.to_string()]);
        let rows = self.all(&endpoints::LIST_DELIVERIES, request).await;
        Ok(rows.map_err(|error| named(error, "webhook", id))?.into_iter().map(attempt).collect())
    }

    /// Has a delivery sent once more.
    async fn redeliver(&self, id: &WebhookId, attempt: &str) -> Result<()> {
        let (repository, hook) = self.hook_place(id).await?;
        let attempt = number(attempt).ok_or_else(|| Error::not_found("delivery", attempt))?.to_string();
        let request = self.in_repository(&repository, &endpoints::REDELIVER, &[&hook.to_string(), &attempt]);
        request.send().await.map(drop).map_err(|error| named(error, "delivery", attempt))
    }

    /// The repository and the number of a webhook: `1296269#h42`.
    pub(super) async fn hook_place(&self, id: &WebhookId) -> Result<(Arc<Repository>, u64)> {
        let place = id.as_str().rsplit_once("#h");
        let place = place.and_then(|(repository, hook)| Some((RepositoryId::read(repository)?, number(hook)?)));
        let (repository, hook) = place.ok_or_else(|| Error::not_found("webhook", id))?;
        Ok((self.repository_with(&repository, "webhook", id).await?, hook))
    }
}

/// One attempt at a delivery.
fn attempt(raw: Raw<Delivery>) -> WebhookAttempt {
    let Raw { item, raw } = raw;
    let mut attempt = WebhookAttempt::new(item.id.to_string()).delivery_id(item.guid).raw_data(raw);
    // Where nobody was reached there is no status: GitHub says 0 then.
    attempt.http_status = item.status_code.filter(|status| *status != 0);
    attempt.succeeded = attempt.http_status.is_some_and(|status| (200..300).contains(&status));
    attempt.delivered_at = item.delivered_at;
    attempt.outcome = item.status;
    attempt.event = match (item.event, item.action) {
        (Some(event), Some(action)) => Some(format!("{event}.{action}")),
        (event, _) => event,
    };
    attempt
}

/// Who may not see the webhooks of a repository is told that there are none of that name.
pub(super) fn admins_only(error: Error) -> Error {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::NotFound => {
            error.hint("only administrators of a repository see and change its webhooks")
        }
        ErrorKind::InvalidInput if error.message().to_ascii_lowercase().contains("url") => {
            error.on_field(Field::Url, "was refused")
        }
        _ => error,
    }
}

#[async_trait]
impl WebhookAdmin for GitHubProvider {
    async fn list_webhooks(&self) -> Result<Vec<Webhook>> {
        told("list_webhooks", self.api.list_webhooks().await)
    }

    async fn create_webhook(&self, new: NewWebhook) -> Result<Webhook> {
        told("create_webhook", self.api.create_webhook(&new).await)
    }

    async fn delete_webhook(&self, id: &WebhookId) -> Result<()> {
        told("delete_webhook", self.api.delete_webhook(id).await)
    }

    async fn list_deliveries(&self, id: &WebhookId) -> Result<Vec<WebhookAttempt>> {
        told("list_deliveries", self.api.list_deliveries(id).await)
    }

    async fn redeliver(&self, id: &WebhookId, attempt: &str) -> Result<()> {
        told("redeliver", self.api.redeliver(id, attempt).await)
    }
}
