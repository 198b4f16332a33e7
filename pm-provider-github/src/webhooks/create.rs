//! New webhooks: none that is there already, and none whose secret is not the wanted one.

use std::sync::Arc;

use pm_http::{Creating, Made, Marker, Raw, unless_missing};
use pm_provider::{Effect, Entity, Error, ErrorKind, NewWebhook, Result, Secret, Webhook};
use serde_json::{Value, json};

use super::admin::admins_only;
use super::events::{KINDS, events};
use super::row::{id, shown};
use crate::api::Api;
use crate::dto::Hook;
use crate::endpoints;
use crate::ids::RepositoryId;
use crate::repositories::Repository;

/// A webhook as it is wanted, with all that the call left open.
struct Wanted {
    repository: Arc<Repository>,
    url: String,
    entities: Vec<Entity>,
    secret: Option<Secret>,
}

impl Wanted {
    /// `web` is the only name that webhooks of repositories have.
    fn body(&self) -> Value {
        let events: Vec<_> = self.entities.iter().flat_map(|entity| events(*entity)).collect();
        let mut config = json!({ "url": self.url, "content_type": "json", "insecure_ssl": "0" });
        if let Some(secret) = &self.secret {
            config["secret"] = json!(secret.expose());
        }
        json!({ "name": "web", "active": true, "events": events, "config": config })
    }
}

impl Api {
    /// Has deliveries sent; a webhook of the same address and kinds of items is given the wanted secret in its place: of
    /// two with one address GitHub says "Hook already exists on this repository".
    pub(super) async fn create_webhook(&self, new: &NewWebhook) -> Result<Webhook> {
        let wanted = &self.wanted_webhook(new).await?;
        let repository = &*wanted.repository;
        let identity = format!("webhook {} {} {:?}", repository.id, wanted.url, wanted.entities);
        // Whatever does the same is the same: it is looked for before anything is sent.
        let marker = Marker::of("webhook", &identity);
        let send = move || async move {
            let row = self.write_in::<Hook>(repository, &endpoints::CREATE_HOOK, &[], &wanted.body()).await;
            let row = row.map_err(|error| admins_only(taken(error)))?;
            Ok(Made::new(row.item.id, row))
        };
        let find = move |_| async move {
            let rows = self.hooks_of(repository).await?.into_iter();
            let same = rows.filter(|row| row.item.does(&wanted.url, &wanted.entities));
            Ok(same.map(|row| Made::new(row.item.id, row)).collect())
        };
        let place = self.places.page(&format!("{}/settings/hooks", repository.full_name()));
        let creating = Creating::new(identity, Some(&marker), place, send, find);
        let row = self.http.create(&creating).await?.row;
        let row = if creating.is_new() { row } else { self.with_secret(wanted, row).await? };
        if wanted.secret.is_some() && !row.item.is_signed() {
            return Err(self.end_unsigned(wanted, row.item.id).await);
        }
        let unshown = || Error::new(ErrorKind::InvalidResponse, "the new webhook has no address");
        shown(row, repository.id).ok_or_else(unshown)
    }

    /// Gives a webhook that is there the wanted secret: nobody can see whether it has it already.
    async fn with_secret(&self, wanted: &Wanted, row: Raw<Hook>) -> Result<Raw<Hook>> {
        if wanted.secret.is_none() {
            return Ok(row);
        }
        let mut body = wanted.body();
        if let Some(members) = body.as_object_mut() {
            members.remove("name");
        }
        let number = row.item.id.to_string();
        self.write_in(&wanted.repository, &endpoints::UPDATE_HOOK, &[&number], &body).await.map_err(admins_only)
    }

    /// A webhook that took no secret is of no use to whoever checks signatures.
    async fn end_unsigned(&self, wanted: &Wanted, hook: u64) -> Error {
        let ended = self.delete_in(&wanted.repository, &endpoints::DELETE_HOOK, &[&hook.to_string()]).await;
        let error = Error::new(ErrorKind::InvalidResponse, "the webhook was made without the secret");
        match unless_missing(ended) {
            Ok(_) => error.hint("it was ended again"),
            Err(failed) => {
                let applied = vec!["the webhook".to_owned()];
                let failed = vec![format!("its end: {}", failed.message())];
                let id = id(wanted.repository.id, hook);
                error.with_effect(Effect::Partial { id, applied, failed })
            }
        }
    }

    /// Checks and completes what is wanted, before anything is sent that changes anything.
    async fn wanted_webhook(&self, new: &NewWebhook) -> Result<Wanted> {
        let entities = wanted_entities(new)?;
        if new.name.as_deref().is_some_and(|name| name != "web") {
            let error = Error::unsupported("webhooks of GitHub's have no names");
            return Err(error.hint("leave the name out"));
        }
        let secret = new.secret.as_ref().or(self.config.webhook_secret.as_ref()).cloned();
        secret.iter().for_each(|secret| self.http.conceal(secret));
        let repository = match (&new.project_id, &self.config.repo_owner, &self.config.repo_name) {
            (Some(project), ..) if crate::ids::is_v2(project) => {
                let error = Error::unsupported("of Projects v2 only webhooks of organisations and Apps tell");
                return Err(error.hint("poll them, or set a webhook up in the settings of the organisation"));
            }
            (Some(project), ..) => self.repository_of(project).await?,
            (None, Some(owner), Some(name)) => {
                self.repository(&RepositoryId::Name(owner.clone(), name.clone())).await?
            }
            _ => {
                let error = Error::unsupported("a webhook of GitHub's tells of one repository");
                return Err(error.hint("name the project"));
            }
        };
        Ok(Wanted { repository, url: new.url.clone(), entities, secret })
    }
}

/// The kinds of items, in the order in which ours are listed.
fn wanted_entities(new: &NewWebhook) -> Result<Vec<Entity>> {
    if let Some(entity) = new.entities.iter().find(|entity| !KINDS.contains(entity)) {
        return Err(Error::unsupported(format!("GitHub tells nothing of {entity}s by itself")));
    }
    let is_wanted = |entity: &Entity| new.entities.is_empty() || new.entities.contains(entity);
    Ok(KINDS.into_iter().filter(is_wanted).collect())
}

/// Another webhook with the same address, which tells of something else.
fn taken(error: Error) -> Error {
    if error.kind() != ErrorKind::InvalidInput || !error.message().contains("already exists") {
        return error;
    }
    let told = Error::new(ErrorKind::Conflict, error.message());
    told.hint("a webhook with this address tells of other kinds of items: delete it first").with_http_status(422)
}
