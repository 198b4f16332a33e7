//! Webhooks: <https://developer.clickup.com/docs/webhooks>. Nothing leaves the server: what would have been sent is kept.

use axum::extract::{Path, State};
use pm_provider::WebhookDelivery;
use serde_json::{Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::model::{Delivery, Hook, Place, task_key, task_number};
use super::places::people;
use super::reply::Reply;
use super::request::{Body, Parameters};
use super::store::{App, Store};
use crate::secrets;

/// Everything that can be subscribed to.
const EVENTS: [&str; 28] = [
    "taskCreated",
    "taskUpdated",
    "taskDeleted",
    "taskPriorityUpdated",
    "taskStatusUpdated",
    "taskAssigneeUpdated",
    "taskDueDateUpdated",
    "taskTagUpdated",
    "taskMoved",
    "taskCommentPosted",
    "taskCommentUpdated",
    "taskTimeEstimateUpdated",
    "taskTimeTrackedUpdated",
    "listCreated",
    "listUpdated",
    "listDeleted",
    "folderCreated",
    "folderUpdated",
    "folderDeleted",
    "spaceCreated",
    "spaceUpdated",
    "spaceDeleted",
    "goalCreated",
    "goalUpdated",
    "goalDeleted",
    "keyResultCreated",
    "keyResultUpdated",
    "keyResultDeleted",
];

fn shown(hook: &Hook) -> Value {
    let at = |wanted: fn(Place) -> Option<Value>| wanted(hook.place).unwrap_or_default();
    json!({
        "id": hook.id,
        "userid": hook.user,
        "team_id": hook.workspace,
        "endpoint": hook.endpoint,
        "client_id": "",
        "events": hook.events,
        "task_id": at(|place| if let Place::Task(id) = place { Some(task_key(id).into()) } else { None }),
        "list_id": at(|place| if let Place::List(id) = place { Some(id.into()) } else { None }),
        "folder_id": at(|place| if let Place::Folder(id) = place { Some(id.into()) } else { None }),
        "space_id": at(|place| if let Place::Space(id) = place { Some(id.into()) } else { None }),
        "health": { "status": hook.status, "fail_count": hook.failures },
        "secret": hook.secret,
    })
}

/// Those that the caller made: others' are not shown.
pub(super) async fn list(State(app): State<App>, caller: Caller, Path(team): Path<String>) -> Answer<Reply> {
    let store = app.read();
    let team = caller.workspace(&store, &team)?.id;
    let mine = store.hooks.iter().filter(|hook| hook.workspace == team && hook.user == caller.user);
    Ok(Reply::ok(json!({ "webhooks": mine.map(shown).collect::<Vec<_>>() })))
}

/// `"*"`, or a list of names, or a list with a star.
fn events(body: &Body) -> Answer<Option<Vec<String>>> {
    let names = match body.get("events") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        Some(other) => return Err(Problem::wrong("events", other, "an array")),
    };
    if names.contains(&"*") {
        return Ok(Some(EVENTS.map(str::to_owned).into()));
    }
    let known = !names.is_empty() && names.iter().all(|name| EVENTS.contains(name));
    if known {
        Ok(Some(names.into_iter().map(str::to_owned).collect()))
    } else {
        Err(Problem::new(400, "Webhook events invalid", "OAUTH_170"))
    }
}

/// The narrowest place that a body names, or the whole workspace.
fn place(store: &Store, caller: &Caller, team: u64, body: &Body) -> Answer<Place> {
    let id = |name: &str| {
        body.get(name).filter(|value| !value.is_null()).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    if let Some(task) = id("task_id") {
        return caller.task(store, &task, &Parameters::default()).map(|task| Place::Task(task.id));
    }
    if let Some(list) = id("list_id") {
        return caller.list(store, &list).map(|list| Place::List(list.id));
    }
    if let Some(folder) = id("folder_id") {
        return caller.folder(store, &folder).map(|folder| Place::Folder(folder.id));
    }
    if let Some(space) = id("space_id") {
        return caller.space(store, &space).map(|space| Place::Space(space.id));
    }
    Ok(Place::Workspace(team))
}

/// <https://developer.clickup.com/reference/createwebhook>: the same address for the same place is refused
/// (`n8n-io/n8n#17400`; the code is unverified). The secret is the server's.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(team): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let team = caller.workspace(&store, &team)?.id;
    let endpoint = body.required("endpoint", "Webhook endpoint")?;
    let events = events(&body)?.ok_or_else(|| Problem::new(400, "Webhook events invalid", "OAUTH_170"))?;
    let place = place(&store, &caller, team, &body)?;
    let same = |hook: &Hook| hook.workspace == team && hook.endpoint == endpoint && hook.place == place;
    if store.hooks.iter().any(same) {
        return Err(Problem::new(400, "Webhook configuration already exists", "OAUTH_171"));
    }
    let hook = Hook {
        id: uuid::Uuid::now_v7().to_string(),
        user: caller.user,
        workspace: team,
        endpoint,
        events,
        place,
        secret: secrets::random(4).to_uppercase(),
        status: "active".to_owned(),
        failures: 0,
    };
    let reply = Reply::ok(json!({ "id": hook.id, "webhook": shown(&hook) }));
    store.hooks.push(hook);
    Ok(reply)
}

/// <https://developer.clickup.com/reference/updatewebhook>: a suspended one is set to `active` this way.
pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let mut hook = caller.hook(&store, &id)?.clone();
    if let Some(endpoint) = body.text("endpoint")? {
        hook.endpoint = endpoint.to_owned();
    }
    if let Some(events) = events(&body)? {
        hook.events = events;
    }
    if let Some(status) = body.text("status")? {
        hook.failures = if status == "active" { 0 } else { hook.failures };
        hook.status = status.to_owned();
    }
    let reply = Reply::ok(json!({ "id": hook.id, "webhook": shown(&hook) }));
    if let Some(place) = store.hooks.iter_mut().find(|one| one.id == id) {
        *place = hook;
    }
    Ok(reply)
}

pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let mut store = app.write();
    caller.hook(&store, &id)?;
    store.hooks.retain(|hook| hook.id != id);
    Ok(Reply::empty())
}

/// The places that something lies in, itself included.
fn around(store: &Store, place: Place) -> Vec<Place> {
    let of_space = |space: u64| {
        let workspace = store.spaces.get(&space).map(|space| Place::Workspace(space.workspace));
        [Some(Place::Space(space)), workspace].into_iter().flatten().collect::<Vec<_>>()
    };
    match place {
        Place::Workspace(_) => vec![place],
        Place::Space(id) => of_space(id),
        Place::Folder(id) => {
            let space = store.folders.get(&id).map(|folder| folder.space);
            [place].into_iter().chain(space.into_iter().flat_map(of_space)).collect()
        }
        Place::List(id) => store.places_of(id),
        Place::Task(id) => {
            let list = store.tasks.get(&id).map(|task| task.list);
            [place].into_iter().chain(list.into_iter().flat_map(|list| store.places_of(list))).collect()
        }
    }
}

/// One entry of a history: <https://developer.clickup.com/docs/webhooktaskpayloads>.
fn history(store: &Store, place: Place, (user, now): (u64, i64), mut item: Value) -> Value {
    item["id"] = uuid::Uuid::now_v7().as_u64_pair().1.to_string().into();
    item["type"] = 1.into();
    item["date"] = now.to_string().into();
    item["source"] = Value::Null;
    item["user"] = people::shown(store, user);
    if let Place::Task(id) = place {
        item["parent_id"] = store.tasks.get(&id).map(|task| task.list.to_string()).into();
    }
    item
}

fn payload(store: &Store, event: &str, place: Place, items: Vec<Value>, (user, now): (u64, i64)) -> Value {
    let items: Vec<Value> = items.into_iter().map(|item| history(store, place, (user, now), item)).collect();
    match place {
        Place::Task(id) => json!({ "event": event, "history_items": items, "task_id": task_key(id) }),
        Place::List(id) => json!({ "event": event, "history_items": items, "list_id": id.to_string() }),
        Place::Folder(id) => json!({ "event": event, "folder_id": id.to_string() }),
        Place::Space(id) => json!({ "event": event, "space_id": id.to_string() }),
        Place::Workspace(_) => json!({ "event": event }),
    }
}

/// Tells the hooks around a place of something that happened to it. What is deleted must still be there.
pub(super) fn tell(store: &mut Store, event: &'static str, (place, user): (Place, u64), now: i64) {
    told(store, event, (place, user), now, &[]);
}

/// The same for a task, with what its history says.
pub(super) fn tell_of_task(store: &mut Store, event: &'static str, (id, user): (u64, u64), now: i64, items: &[Value]) {
    told(store, event, (Place::Task(id), user), now, items);
}

fn told(store: &mut Store, event: &'static str, (place, user): (Place, u64), now: i64, items: &[Value]) {
    if store.hooks.is_empty() {
        return;
    }
    let around = around(store, place);
    let hears = |hook: &&Hook| {
        let wanted = hook.events.iter().any(|one| one == event);
        wanted && hook.status != "suspended" && around.contains(&hook.place)
    };
    let hooks: Vec<String> = store.hooks.iter().filter(hears).map(|hook| hook.id.clone()).collect();
    for hook in hooks {
        let mut payload = payload(store, event, place, items.to_vec(), (user, now));
        payload["webhook_id"] = hook.clone().into();
        store.deliveries.push(Delivery { hook, payload });
    }
}

/// A delivery as it reaches its receiver: `X-Signature` is the bare hexadecimal HMAC-SHA256 of the body.
///
/// <https://developer.clickup.com/docs/webhooksignature>
fn signed(payload: &Value, secret: Option<&str>) -> WebhookDelivery {
    let body = payload.to_string();
    let signature = secret.and_then(|secret| secrets::sha256_digits(secret, body.as_bytes()));
    let delivery = WebhookDelivery::new(body).with_header("Content-Type", "application/json; charset=utf-8");
    match signature {
        Some(signature) => delivery.with_header("X-Signature", signature),
        None => delivery,
    }
}

/// What was delivered so far, signed with the secrets of the hooks.
pub(super) fn deliveries(store: &Store) -> Vec<WebhookDelivery> {
    let secret =
        |delivery: &Delivery| store.hooks.iter().find(|hook| hook.id == delivery.hook).map(|hook| hook.secret.clone());
    store.deliveries.iter().map(|one| signed(&one.payload, secret(one).as_deref())).collect()
}

/// Renders a delivery about a task, a list, a folder or a space.
pub(super) fn render(app: &App, event: &str, id: &str, secret: Option<&str>) -> Option<WebhookDelivery> {
    let store = app.read();
    let number = || id.parse::<u64>().ok();
    let place = match event {
        _ if !EVENTS.contains(&event) => None,
        _ if event.starts_with("task") => task_number(id).map(Place::Task),
        _ if event.starts_with("list") => number().map(Place::List),
        _ if event.starts_with("folder") => number().map(Place::Folder),
        _ => number().map(Place::Space),
    }?;
    let user = store.users.keys().next().copied().unwrap_or_default();
    let item = json!({ "field": if event == "taskCreated" { "task_creation" } else { "name" }, "before": null, "after": null });
    let mut payload = payload(&store, event, place, vec![item], (user, app.now()));
    payload["webhook_id"] = uuid::Uuid::now_v7().to_string().into();
    Some(signed(&payload, secret))
}
