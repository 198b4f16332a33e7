//! Webhooks: deliveries, which an administrator sets up in the browser; the API has no requests for that.
//!
//! The signature is `X-OP-Signature: sha1=<hex of HMAC-SHA1>` over the body. There are no deliveries of deletions, none
//! is repeated but after a timeout, and none has an id: a mirror still has to poll.

use pm_http::{HmacAlgorithm, verify_hmac};
use pm_provider::{
    CommentId, Error, ErrorKind, ItemRef, ProjectId, Result, TaskId, WebhookDelivery, WebhookEvent, WebhookEventKind,
    Webhooks,
};
use serde::Deserialize;
use serde_json::Value;

use crate::OpenProjectProvider;
use crate::api::Api;
use crate::dto::id_of;
use crate::provider::told;

const SIGNATURE: &str = "X-OP-Signature";

/// The families of deliveries that tell of items of ours; others (`time_entry`, `attachment`) tell of changed tasks.
#[derive(Debug, Deserialize)]
struct Payload {
    action: String,
    #[serde(default)]
    work_package: Value,
    #[serde(default)]
    project: Value,
    #[serde(default)]
    activity: Value,
    #[serde(default)]
    time_entry: Value,
    #[serde(default)]
    attachment: Value,
}

impl Api {
    fn receive(&self, delivery: &WebhookDelivery) -> Result<Vec<WebhookEvent>> {
        self.check_signature(delivery)?;
        let payload: Payload = serde_json::from_slice(&delivery.body).map_err(|source| {
            let message = "the delivery is not of OpenProject's shape";
            Error::new(ErrorKind::InvalidResponse, message).with_source(source)
        })?;
        Ok(payload.events())
    }

    fn check_signature(&self, delivery: &WebhookDelivery) -> Result<()> {
        let Some(secret) = &self.config.webhook_secret else {
            let error = Error::configuration("deliveries cannot be checked without `webhook_secret`");
            return Err(
                error.hint("set a signature secret in the webhook's settings and in OPENPROJECT_WEBHOOK_SECRET")
            );
        };
        let hex = delivery.header(SIGNATURE).and_then(|value| value.trim().strip_prefix("sha1="));
        let Some(hex) = hex else {
            let message = format!("the delivery has no signature (`{SIGNATURE}: sha1=…`)");
            let error = Error::new(ErrorKind::Unauthenticated, message);
            return Err(error.hint("set a signature secret in the webhook's settings"));
        };
        verify_hmac(HmacAlgorithm::Sha1, secret, &delivery.body, hex).map_err(|error| {
            // What such a server signed cannot be told from what it sent.
            error.hint(
                "compare the secrets; servers before 2024 signed another rendering of the body than they sent, \
                 and a proxy in between must not change it",
            )
        })
    }
}

impl Payload {
    fn events(&self) -> Vec<WebhookEvent> {
        let (family, what) = self.action.split_once(':').unwrap_or((&self.action, "updated"));
        let kind = match what {
            "created" => WebhookEventKind::Created,
            "deleted" | "destroyed" => WebhookEventKind::Deleted,
            _ => WebhookEventKind::Updated,
        };
        let event = match family {
            "work_package" => task(&self.work_package).map(|item| (kind, item, &self.work_package)),
            "project" => self.project().map(|item| (kind, item, &self.project)),
            "work_package_comment" => self.comment().map(|item| (kind, item, &self.activity)),
            "time_entry" => linked_task(&self.time_entry, &["workPackage", "entity"]).map(changed(&self.time_entry)),
            "attachment" => linked_task(&self.attachment, &["container"]).map(changed(&self.attachment)),
            _ => None,
        };
        event.map(|(kind, item, of)| self.told(kind, item, of)).into_iter().collect()
    }

    fn told(&self, kind: WebhookEventKind, item: ItemRef, of: &Value) -> WebhookEvent {
        // Deliveries have no id: the version that they tell of recognises a repeated one.
        let version = of["lockVersion"].as_u64().map(|version| version.to_string());
        let version = version.or_else(|| of["updatedAt"].as_str().map(ToOwned::to_owned)).unwrap_or_default();
        let id = format!("{}:{}:{version}", self.action, of["id"]);
        let project = link(of, "project").or_else(|| link(&of["_embedded"]["workPackage"], "project"));
        let event = WebhookEvent::new(kind, item).delivery_id(id);
        match project {
            Some(project) => event.project_id(ProjectId::new(project.to_string())),
            None => event,
        }
    }

    fn project(&self) -> Option<ItemRef> {
        Some(ItemRef::Project(self.project["id"].as_u64()?.to_string().into()))
    }

    fn comment(&self) -> Option<ItemRef> {
        let comment = CommentId::new(self.activity["id"].as_u64()?.to_string());
        let embedded = self.activity["_embedded"]["workPackage"]["id"].as_u64();
        let task = link(&self.activity, "workPackage").or(embedded)?;
        Some(ItemRef::Comment(TaskId::new(task.to_string()), comment))
    }
}

fn changed<'v>(of: &'v Value) -> impl FnOnce(ItemRef) -> (WebhookEventKind, ItemRef, &'v Value) {
    move |item| (WebhookEventKind::Updated, item, of)
}

fn task(of: &Value) -> Option<ItemRef> {
    Some(ItemRef::Task(of["id"].as_u64()?.to_string().into()))
}

fn link(of: &Value, name: &str) -> Option<u64> {
    id_of(of["_links"][name]["href"].as_str()?)
}

fn linked_task(of: &Value, names: &[&str]) -> Option<ItemRef> {
    let href = names.iter().find_map(|name| of["_links"][*name]["href"].as_str())?;
    let id = href.contains("/work_packages/").then(|| id_of(href)).flatten()?;
    Some(ItemRef::Task(id.to_string().into()))
}

impl Webhooks for OpenProjectProvider {
    fn receive(&self, delivery: &WebhookDelivery) -> Result<Vec<WebhookEvent>> {
        told("receive_webhook", self.api.receive(delivery))
    }
}
