//! New webhooks: none that is there already. ClickUp refuses a second one with the same address and place ("already
//! exists", n8n-io/n8n#17400), so that the list is looked at first, and what is there is changed.

use pm_http::{Creating, Made, Marker, Raw};
use pm_provider::{Entity, Error, ErrorKind, NewWebhook, Result, Webhook};
use serde_json::{Value, json};

use super::events::{events, kinds};
use super::row::shown;
use crate::api::Api;
use crate::ids::Place;
use crate::{ProjectLevel, dto, endpoints};

/// A webhook as it is wanted, with all that the call left open.
struct Wanted {
    url: String,
    place: Option<Place>,
    entities: Vec<Entity>,
    events: Vec<&'static str>,
}

impl Wanted {
    fn body(&self) -> Value {
        let mut body = json!({ "endpoint": self.url, "events": self.events });
        if let Some(place) = &self.place {
            let member = match place.level {
                ProjectLevel::Space => "space_id",
                ProjectLevel::Folder => "folder_id",
                ProjectLevel::List => "list_id",
            };
            body[member] = pm_http::ids::number(&place.id).map_or_else(|| place.id.as_str().into(), Value::from);
        }
        body
    }

    /// Of two with one address and one place ClickUp takes the first only.
    fn is_at(&self, hook: &dto::Hook) -> bool {
        hook.endpoint.as_deref() == Some(&self.url) && hook.place() == self.place && hook.task_id.is_none()
    }
}

impl Api {
    /// Has deliveries sent; a webhook with the same address and place is made to do what is wanted.
    pub(super) async fn create_webhook(&self, new: &NewWebhook) -> Result<Webhook> {
        let wanted = &self.wanted_webhook(new).await?;
        let identity = format!("webhook {} {:?}", wanted.url, wanted.place);
        // Whatever is in the same place is the same: it is looked for before anything is sent.
        let marker = Marker::of("webhook", &identity);
        let send = move || async move {
            let team = self.team().await?;
            let made: Raw<dto::MadeHook> = self.write(&endpoints::CREATE_WEBHOOK, &[&team], &wanted.body()).await?;
            self.learn_secret(&made.item.webhook.item);
            Ok(Made::new(made.item.webhook.item.id.clone(), made.item.webhook))
        };
        let find = move |_| async move {
            let rows = self.hooks().await?.into_iter().filter(|hook| wanted.is_at(&hook.item));
            Ok(rows.map(|row| Made::new(row.item.id.clone(), row)).collect())
        };
        let place = "https://app.clickup.com".to_owned();
        let creating = Creating::new(identity, Some(&marker), place, send, find);
        let made = self.http.create(&creating).await?;
        let row = if creating.is_new() { made.row } else { self.adjusted(wanted, made.row).await? };
        let unshown = || Error::new(ErrorKind::InvalidResponse, "the new webhook has no address");
        shown(&row, self.config.projects).ok_or_else(unshown)
    }

    /// Makes a webhook that is there do what is wanted beside what it does; one that was suspended is taken up again.
    async fn adjusted(&self, wanted: &Wanted, row: Raw<dto::Hook>) -> Result<Raw<dto::Hook>> {
        let level = self.config.projects;
        let told = row.item.entities(level);
        if row.item.is_active() && wanted.entities.iter().all(|entity| told.contains(entity)) {
            return Ok(row);
        }
        let own = match &row.item.events {
            Value::Array(own) => own.iter().filter_map(Value::as_str).collect(),
            own => own.as_str().into_iter().collect::<Vec<_>>(),
        };
        let mut events: Vec<&str> = own;
        events.extend(wanted.events.iter().filter(|event| !events.contains(event)).copied().collect::<Vec<_>>());
        let body = json!({ "endpoint": wanted.url, "events": events, "status": "active" });
        let changed: Raw<dto::MadeHook> = self.write(&endpoints::UPDATE_WEBHOOK, &[&row.item.id], &body).await?;
        self.learn_secret(&changed.item.webhook.item);
        Ok(changed.item.webhook)
    }

    /// Checks and completes what is wanted, before anything is sent that changes anything.
    async fn wanted_webhook(&self, new: &NewWebhook) -> Result<Wanted> {
        let level = self.config.projects;
        let kinds = kinds(level);
        if let Some(entity) = new.entities.iter().find(|entity| !kinds.contains(entity)) {
            return Err(Error::unsupported(format!("ClickUp tells nothing of {entity}s by itself")));
        }
        if new.name.is_some() {
            return Err(Error::unsupported("webhooks of ClickUp's have no names").hint("leave the name out"));
        }
        if new.secret.is_some() {
            let error = Error::unsupported("ClickUp makes the secrets of webhooks itself");
            return Err(error.hint("leave the secret out, and ask for it afterwards (`webhook_secret`)"));
        }
        let place = match &new.project_id {
            Some(project) => Some(self.check_project(project).await?),
            None => None,
        };
        let is_wanted = |entity: &Entity| new.entities.is_empty() || new.entities.contains(entity);
        let entities: Vec<_> = kinds.into_iter().filter(is_wanted).collect();
        let mut events: Vec<_> = entities.iter().flat_map(|entity| events(*entity, level)).copied().collect();
        events.dedup();
        Ok(Wanted { url: new.url.clone(), place, entities, events })
    }
}
