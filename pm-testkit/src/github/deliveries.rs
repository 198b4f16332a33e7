//! What hooks were told, and telling it again.
//!
//! <https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook>, headers and bodies:
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads>. Nothing is delivered by itself.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use chrono::TimeDelta;
use pm_provider::WebhookDelivery;
use serde_json::{Value, json};

use super::access::Caller;
use super::changes::{Change, item_of, payload};
use super::errors::{Answer, Problem};
use super::hooks::find;
use super::model::{Delivery, Hook};
use super::reply::Reply;
use super::request::Parameters;
use super::store::{App, Store};
use super::view::time;
use crate::secrets::sha256_signature;

/// How long deliveries are kept:
/// <https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks>.
const KEPT: TimeDelta = TimeDelta::days(3);

pub(super) fn routes() -> Router<App> {
    let path = "/repositories/{repository}/hooks/{hook}/deliveries";
    Router::new()
        .route(path, get(list))
        .route(&format!("{path}/{{id}}"), get(show))
        .route(&format!("{path}/{{id}}/attempts"), post(attempt))
}

/// How a receiver's answer reads.
pub(super) fn outcome(status: u16) -> String {
    if status < 300 { "OK".to_owned() } else { format!("Invalid HTTP Response: {status}") }
}

fn shown(store: &Store, delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": time(delivery.delivered),
        "redelivery": delivery.redelivery,
        "duration": 0.03,
        "status": outcome(delivery.status),
        "status_code": delivery.status,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": null,
        "repository_id": store.hooks.get(&delivery.hook).map(|hook| hook.repository),
        "throttled_at": null,
    })
}

/// The latest first; the next page begins at a cursor.
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path((repository, hook)): Path<(u64, u64)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    find(&store, &caller, repository, hook)?;
    let size = parameters.number("per_page").unwrap_or(30).min(100);
    let start = match parameters.get("cursor") {
        None => u64::MAX,
        Some(cursor) => {
            let start = cursor.strip_prefix("v1_").and_then(|id| id.parse().ok());
            start.ok_or_else(|| Problem::new(400, "Invalid cursor"))?
        }
    };
    let wanted = parameters.get("status");
    let since = app.now() - KEPT;
    let fits = |one: &&Delivery| {
        let succeeded = if one.status < 300 { "success" } else { "failure" };
        one.hook == hook && one.delivered >= since && wanted.is_none_or(|wanted| wanted == succeeded)
    };
    let mut rows = store.deliveries.range(..=start).rev().map(|(_, delivery)| delivery).filter(fits);
    let page: Vec<Value> = rows.by_ref().take(size).map(|delivery| shown(&store, delivery)).collect();
    let address = |id: u64| format!("{}{}?per_page={size}&cursor=v1_{id}", caller.base, parameters.path);
    let links = rows.next().map(|next| ("next", address(next.id))).into_iter().collect();
    Ok(Reply::page(page, links))
}

fn one<'a>(
    store: &'a Store,
    caller: &Caller,
    (repository, hook, id): (u64, u64, u64),
) -> Answer<(&'a Hook, &'a Delivery)> {
    let found = find(store, caller, repository, hook)?;
    let delivery = store.deliveries.get(&id).filter(|delivery| delivery.hook == hook);
    delivery.map(|delivery| (found, delivery)).ok_or_else(Problem::not_found)
}

async fn show(State(app): State<App>, caller: Caller, Path(place): Path<(u64, u64, u64)>) -> Answer<Reply> {
    let store = app.lock();
    let (hook, delivery) = one(&store, &caller, place)?;
    let mut full = shown(&store, delivery);
    full["url"] = hook.url.clone().into();
    let sent = sent(hook, delivery);
    let headers: serde_json::Map<String, Value> =
        sent.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    full["request"] = json!({ "headers": headers, "payload": delivery.payload });
    full["response"] = json!({ "headers": {}, "payload": "" });
    Ok(Reply::ok(full))
}

/// Delivers once more what has been delivered: with the same guid, under another id.
async fn attempt(State(app): State<App>, caller: Caller, Path(place): Path<(u64, u64, u64)>) -> Answer<Reply> {
    let mut store = app.lock();
    let (_, before) = one(&store, &caller, place)?;
    let again = Delivery { redelivery: true, delivered: app.now(), status: store.receivers, ..before.clone() };
    let id = store.next_id("deliveries");
    store.deliveries.insert(id, Delivery { id, ..again });
    Ok(Reply::of(202, json!({})))
}

/// A delivery as it reaches its receiver.
fn sent(hook: &Hook, delivery: &Delivery) -> WebhookDelivery {
    let signature = hook.secret.as_deref();
    signed(&delivery.payload, (&delivery.event, &delivery.guid), signature)
        .with_header("X-GitHub-Hook-ID", hook.id.to_string())
        .with_header("X-GitHub-Hook-Installation-Target-Type", "repository")
        .with_header("X-GitHub-Hook-Installation-Target-ID", hook.repository.to_string())
}

fn signed(payload: &Value, (event, guid): (&str, &str), secret: Option<&str>) -> WebhookDelivery {
    let body = payload.to_string();
    let delivery = WebhookDelivery::new(body.clone())
        .with_header("Content-Type", "application/json")
        .with_header("User-Agent", "GitHub-Hookshot/044aadd")
        .with_header("X-GitHub-Event", event)
        .with_header("X-GitHub-Delivery", guid);
    match secret.and_then(|secret| sha256_signature(secret, body.as_bytes())) {
        Some(signature) => delivery.with_header("X-Hub-Signature-256", signature),
        None => delivery,
    }
}

/// Renders the delivery of an event about an item, as somebody caused it who may do everything.
pub(super) fn render(
    app: &App,
    base: String,
    (event, action, id): (&str, &'static str, u64),
    secret: Option<&str>,
) -> Option<WebhookDelivery> {
    let store = app.lock();
    let caller = Caller::inside(&store, base);
    let item = item_of(&store, event, id)?;
    let payload = payload(&store, &caller, Change::of(item, action));
    Some(signed(&payload, (event, &uuid::Uuid::now_v7().to_string()), secret))
}

/// What the hooks of a repository were told so far.
pub(super) fn of_repository(store: &Store, repository: &str) -> Vec<WebhookDelivery> {
    let repository = store.repository_named(repository).map(|repository| repository.id);
    let hook = |delivery: &Delivery| store.hooks.get(&delivery.hook).filter(|hook| Some(hook.repository) == repository);
    store.deliveries.values().filter_map(|one| Some(sent(hook(one)?, one))).collect()
}
