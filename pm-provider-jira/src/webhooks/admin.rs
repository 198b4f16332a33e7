//! Having deliveries sent: admin webhooks, which never expire and are signed.
//!
//! Cloud and Data Center before 10 have them under `rest/webhooks/1.0/webhook`; Data Center 10 moved them to
//! `rest/jira-webhook/1.0/webhooks`, where the secret stands in `configuration.SECRET`
//! (<https://developer.atlassian.com/server/jira/platform/webhooks/>).

use async_trait::async_trait;
use pm_http::{Endpoint, Raw, named, unless_missing};
use pm_provider::{Entity, Error, ErrorKind, Field, NewWebhook, Result, Secret, Webhook, WebhookAdmin, WebhookId};
use serde_json::{Value, json};

use super::events::{KINDS, events, is_narrowed};
use super::row::{Row, SECTION, Scope, shown};
use crate::JiraProvider;
use crate::api::Api;
use crate::provider::told;
use crate::{endpoints, ids};

/// The name of webhooks that were given none.
const NAME: &str = "pm-core";
/// Which of Data Center's releases moved webhooks to another place, and taught them to sign.
const MOVED_IN: u64 = 10;

/// The three requests of the place where this Jira has its webhooks.
pub(super) struct Requests {
    pub(super) list: &'static Endpoint,
    pub(super) create: &'static Endpoint,
    delete: &'static Endpoint,
    is_cloud: bool,
    is_moved: bool,
}

impl Requests {
    fn new(is_cloud: bool, is_moved: bool) -> Self {
        let (list, create, delete) = if is_moved {
            (
                &endpoints::LIST_WEBHOOKS_ON_SERVER,
                &endpoints::CREATE_WEBHOOK_ON_SERVER,
                &endpoints::DELETE_WEBHOOK_ON_SERVER,
            )
        } else {
            (&endpoints::LIST_WEBHOOKS, &endpoints::CREATE_WEBHOOK, &endpoints::DELETE_WEBHOOK)
        };
        Self { list, create, delete, is_cloud, is_moved }
    }
}

/// A webhook as it is wanted, with all that the call left open.
pub(super) struct Wanted {
    pub(super) requests: Requests,
    pub(super) url: String,
    pub(super) name: String,
    pub(super) scope: Scope,
    pub(super) entities: Vec<Entity>,
    pub(super) secret: Option<Secret>,
}

impl Wanted {
    /// Says whether a webhook does what is wanted, whatever its secret.
    pub(super) fn is_done_by(&self, row: &Row) -> bool {
        row.does(&self.url, &self.scope, &self.entities, self.requests.is_cloud)
    }

    /// The webhook of the contract.
    pub(super) fn shown(&self, row: Raw<Row>) -> Result<Webhook> {
        let unnamed = || Error::new(ErrorKind::InvalidResponse, "the new webhook has no id");
        shown(row, self.requests.is_cloud).ok_or_else(unnamed)
    }

    pub(super) fn body(&self) -> Value {
        let events = self.entities.iter().flat_map(|entity| events(*entity, self.requests.is_cloud));
        let mut body = json!({ "name": self.name, "url": self.url, "events": events.collect::<Vec<_>>() });
        let filter = match &self.scope {
            Scope::Project(project) => Some(json!({SECTION: format!("project = {project}")})),
            _ => None,
        };
        let secret = self.secret.as_ref().map(Secret::expose);
        if self.requests.is_moved {
            let mut configuration = json!({"EXCLUDE_BODY": "false"});
            if let Some(filter) = &filter {
                // As the server itself shows it (unverified for requests).
                configuration["FILTERS"] = json!(filter.to_string());
            }
            if let Some(secret) = secret {
                configuration["SECRET"] = json!(secret);
            }
            body["active"] = json!(true);
            body["configuration"] = configuration;
        } else {
            body["excludeBody"] = json!(false);
            if let Some(secret) = secret {
                body["secret"] = json!(secret);
            }
        }
        if let Some(filter) = filter {
            body["filters"] = filter;
        }
        body
    }
}

impl Api {
    async fn webhook_requests(&self) -> Result<Requests> {
        if self.flavor().await?.is_cloud() {
            return Ok(Requests::new(true, false));
        }
        let info = self.server_info().await?;
        Ok(Requests::new(false, info.version_numbers.first().is_some_and(|major| *major >= MOVED_IN)))
    }

    pub(super) async fn webhook_rows(&self, requests: &Requests) -> Result<Vec<Raw<Row>>> {
        self.get(requests.list, &[]).await.map_err(admins_only)
    }

    async fn list_webhooks(&self) -> Result<Vec<Webhook>> {
        let requests = self.webhook_requests().await?;
        let rows = self.webhook_rows(&requests).await?;
        Ok(rows.into_iter().filter_map(|row| shown(row, requests.is_cloud)).collect())
    }

    /// Checks and completes what is wanted, before anything is sent that changes anything.
    pub(super) async fn wanted_webhook(&self, new: &NewWebhook) -> Result<Wanted> {
        let entities = wanted_entities(new)?;
        let requests = self.webhook_requests().await?;
        let secret = new.secret.as_ref().or(self.config.webhook_secret.as_ref()).cloned();
        if let Some(secret) = &secret {
            self.http.conceal(secret);
            if !requests.is_cloud && !requests.is_moved {
                // Nothing of 8 and 9 tells of secrets (unverified); the guide to the webhooks of 10 does.
                let error = Error::unsupported("Jira Data Center signs no deliveries before version 10");
                return Err(error.hint("without a secret nobody can tell who sends: poll instead"));
            }
        }
        let scope = match &new.project_id {
            Some(id) => {
                let project = ids::existing("project", id)?;
                self.project_row(project).await?;
                Scope::Project(project)
            }
            None => Scope::All,
        };
        let name = new.name.as_deref().unwrap_or(NAME).to_owned();
        Ok(Wanted { requests, url: new.url.clone(), name, scope, entities, secret })
    }

    /// Ends a webhook; one that is gone already is no error.
    pub(super) async fn end_webhook(&self, requests: &Requests, id: &str) -> Result<()> {
        let answer = unless_missing(self.delete(requests.delete, &[id], &[]).await);
        answer.map(drop).map_err(admins_only)
    }

    async fn delete_webhook(&self, id: &WebhookId) -> Result<()> {
        let number = ids::existing("webhook", id)?;
        let requests = self.webhook_requests().await?;
        let answer = self.delete(requests.delete, &[&number.to_string()], &[]).await;
        answer.map_err(|error| admins_only(named(error, "webhook", id)))
    }
}

/// The kinds of items, in the order in which Jira's are listed.
fn wanted_entities(new: &NewWebhook) -> Result<Vec<Entity>> {
    for entity in &new.entities {
        if !KINDS.contains(entity) {
            return Err(Error::unsupported(format!("Jira tells nothing of {entity}s by itself")));
        }
        if new.project_id.is_some() && !is_narrowed(*entity) {
            let error = Error::unsupported(format!("Jira tells of the {entity}s of all projects, or of none"));
            return Err(error.hint("name no project, or have a webhook of its own sent for them"));
        }
    }
    let is_wanted = |entity: &Entity| match new.entities.as_slice() {
        [] => new.project_id.is_none() || is_narrowed(*entity),
        named => named.contains(entity),
    };
    Ok(KINDS.into_iter().filter(is_wanted).collect())
}

pub(super) fn admins_only(error: Error) -> Error {
    match error.kind() {
        ErrorKind::PermissionDenied => error.hint("only administrators of the whole Jira may list and create webhooks"),
        ErrorKind::InvalidInput if error.message().to_ascii_lowercase().contains("url") => {
            error.on_field(Field::Url, "was refused")
        }
        _ => error,
    }
}

#[async_trait]
impl WebhookAdmin for JiraProvider {
    async fn list_webhooks(&self) -> Result<Vec<Webhook>> {
        told("list_webhooks", self.api.list_webhooks().await)
    }

    async fn create_webhook(&self, new: NewWebhook) -> Result<Webhook> {
        told("create_webhook", self.api.create_webhook(&new).await)
    }

    async fn delete_webhook(&self, id: &WebhookId) -> Result<()> {
        told("delete_webhook", self.api.delete_webhook(id).await)
    }
}
