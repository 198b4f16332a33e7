//! Webhooks of repositories.
//!
//! <https://docs.github.com/en/rest/repos/webhooks>: only for administrators, and for others as if there were none.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use serde_json::{Map, Value, json};

use super::access::{Caller, Rights};
use super::changes::keep;
use super::deliveries;
use super::errors::{Answer, Problem};
use super::model::Hook;
use super::paging::numbered;
use super::reply::Reply;
use super::request::{Body, Parameters};
use super::store::{App, Store};
use super::view::{View, time};

pub(super) fn routes() -> Router<App> {
    let hook = "/repositories/{repository}/hooks/{id}";
    Router::new()
        .route("/repositories/{repository}/hooks", get(list).post(create))
        .route(hook, get(show).patch(update).delete(delete))
        .route(&format!("{hook}/config"), get(config).patch(update_config))
        .route(&format!("{hook}/pings"), post(ping))
        .route(&format!("{hook}/tests"), post(ping))
        .merge(deliveries::routes())
}

/// A hook of a repository that the caller administers.
pub(super) fn find<'a>(store: &'a Store, caller: &Caller, repository: u64, id: u64) -> Answer<&'a Hook> {
    caller.hidden_repository(store, repository, Rights::Admin)?;
    store.hooks.get(&id).filter(|hook| hook.repository == repository).ok_or_else(Problem::not_found)
}

impl View<'_> {
    fn hook(&self, hook: &Hook) -> Value {
        let url = format!("{}/hooks/{}", self.repository_href_of(hook.repository), hook.id);
        let last = self.store.deliveries.values().rfind(|delivery| delivery.hook == hook.id);
        let last = match last {
            Some(last) => {
                let state = if last.status < 300 { "active" } else { "failed" };
                json!({ "code": last.status, "status": state, "message": deliveries::outcome(last.status) })
            }
            None => json!({ "code": null, "status": "unused", "message": null }),
        };
        json!({
            "type": "Repository",
            "id": hook.id,
            "name": "web",
            "active": hook.active,
            "events": hook.events,
            "config": shown_config(hook),
            "updated_at": time(hook.updated),
            "created_at": time(hook.created),
            "url": url,
            "test_url": format!("{url}/test"),
            "ping_url": format!("{url}/pings"),
            "deliveries_url": format!("{url}/deliveries"),
            "last_response": last,
        })
    }
}

/// The settings of a hook; a secret is never told.
fn shown_config(hook: &Hook) -> Value {
    let mut config = json!({ "content_type": hook.content_type, "insecure_ssl": hook.insecure_ssl, "url": hook.url });
    if hook.secret.is_some() {
        config["secret"] = "********".into();
    }
    config
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    caller.hidden_repository(&store, repository, Rights::Admin)?;
    let hooks: Vec<&Hook> = store.hooks.values().filter(|hook| hook.repository == repository).collect();
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &hooks, |hook| view.hook(hook)))
}

async fn show(State(app): State<App>, caller: Caller, Path((repository, id)): Path<(u64, u64)>) -> Answer<Reply> {
    let store = app.lock();
    let hook = find(&store, &caller, repository, id)?;
    Ok(Reply::ok(View::new(&store, &caller).hook(hook)))
}

async fn config(State(app): State<App>, caller: Caller, Path((repository, id)): Path<(u64, u64)>) -> Answer<Reply> {
    let store = app.lock();
    find(&store, &caller, repository, id).map(|hook| Reply::ok(shown_config(hook)))
}

/// A new hook is pinged at once.
async fn create(State(app): State<App>, caller: Caller, Path(repository): Path<u64>, body: Body) -> Answer<Reply> {
    let mut store = app.lock();
    caller.hidden_repository(&store, repository, Rights::Admin)?;
    let name = body.text("name")?.flatten().unwrap_or_else(|| "web".to_owned());
    if name != "web" {
        return Err(Problem::invalid("Hook", "name", name));
    }
    let now = app.now();
    let mut hook = Hook {
        id: 0,
        repository,
        active: body.flag("active")?.unwrap_or(true),
        events: body.texts("events")?.unwrap_or_else(|| vec!["push".to_owned()]),
        url: String::new(),
        content_type: "form".to_owned(),
        secret: None,
        insecure_ssl: "0".to_owned(),
        created: now,
        updated: now,
    };
    configure(&mut hook, members(&body, "config")?);
    check(&store, &hook)?;
    hook.id = store.next_id("hooks");
    let id = hook.id;
    store.hooks.insert(id, hook);
    let shown = store.hooks.get(&id).map(|hook| View::new(&store, &caller).hook(hook));
    send_ping(&app, &mut store, &caller, id);
    Ok(Reply::created(shown.unwrap_or_default()))
}

fn members<'a>(body: &'a Body, name: &str) -> Answer<&'a Map<String, Value>> {
    static NOTHING: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    match body.get(name) {
        None | Some(Value::Null) => Ok(&NOTHING),
        Some(Value::Object(members)) => Ok(members),
        Some(other) => Err(super::request::wrong(name, other, "an object")),
    }
}

/// Takes over settings. A secret that is not said again is gone.
fn configure(hook: &mut Hook, config: &Map<String, Value>) {
    let text = |name: &str| match config.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    hook.url = text("url").unwrap_or_else(|| hook.url.clone());
    hook.content_type = text("content_type").unwrap_or_else(|| hook.content_type.clone());
    hook.insecure_ssl = text("insecure_ssl").unwrap_or_else(|| hook.insecure_ssl.clone());
    hook.secret = text("secret").filter(|secret| !secret.is_empty());
}

fn check(store: &Store, hook: &Hook) -> Answer<()> {
    let error = |message: &str| {
        let error = json!({ "resource": "Hook", "code": "custom", "message": message });
        Err(Problem::validation(vec![error]))
    };
    if !hook.url.starts_with("http://") && !hook.url.starts_with("https://") {
        return error("url is missing a scheme");
    }
    let others = store.hooks.values().filter(|other| other.repository == hook.repository && other.id != hook.id);
    let same = others.into_iter().any(|other| other.url == hook.url && other.content_type == hook.content_type);
    if same { error("Hook already exists on this repository") } else { Ok(()) }
}

async fn update(
    State(app): State<App>,
    caller: Caller,
    Path((repository, id)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut hook = find(&store, &caller, repository, id)?.clone();
    hook.active = body.flag("active")?.unwrap_or(hook.active);
    hook.events = body.texts("events")?.unwrap_or(hook.events);
    hook.events.extend(body.texts("add_events")?.unwrap_or_default());
    let removed = body.texts("remove_events")?.unwrap_or_default();
    hook.events.retain(|event| !removed.contains(event));
    if body.get("config").is_some() {
        configure(&mut hook, members(&body, "config")?);
    }
    replace(&app, &mut store, hook)?;
    let view = View::new(&store, &caller);
    Ok(Reply::ok(store.hooks.get(&id).map(|hook| view.hook(hook)).unwrap_or_default()))
}

fn replace(app: &App, store: &mut Store, mut hook: Hook) -> Answer<()> {
    check(store, &hook)?;
    hook.updated = app.now();
    store.hooks.insert(hook.id, hook);
    Ok(())
}

async fn update_config(
    State(app): State<App>,
    caller: Caller,
    Path((repository, id)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut hook = find(&store, &caller, repository, id)?.clone();
    configure(&mut hook, &body.0);
    let shown = shown_config(&hook);
    replace(&app, &mut store, hook)?;
    Ok(Reply::ok(shown))
}

async fn delete(State(app): State<App>, caller: Caller, Path((repository, id)): Path<(u64, u64)>) -> Answer<Reply> {
    let mut store = app.lock();
    find(&store, &caller, repository, id)?;
    store.hooks.remove(&id);
    store.deliveries.retain(|_, delivery| delivery.hook != id);
    Ok(Reply::empty())
}

async fn ping(State(app): State<App>, caller: Caller, Path((repository, id)): Path<(u64, u64)>) -> Answer<Reply> {
    let mut store = app.lock();
    find(&store, &caller, repository, id)?;
    send_ping(&app, &mut store, &caller, id);
    Ok(Reply::empty())
}

fn send_ping(app: &App, store: &mut Store, caller: &Caller, id: u64) {
    let view = View::of(store, caller);
    let hook = store.hooks.get(&id);
    let repository = hook.and_then(|hook| store.repositories.get(&hook.repository));
    let payload = json!({
        "zen": "Responsive is better than fast.",
        "hook_id": id,
        "hook": hook.map(|hook| view.hook(hook)),
        "repository": repository.map(|repository| view.repository(repository)),
        "sender": view.user(caller.account),
    });
    keep(store, app.now(), id, ("ping", None), payload);
}
