//! Webhooks that administrators register: `/rest/webhooks/1.0/webhook`.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/webhooks/>,
//! <https://developer.atlassian.com/server/jira/platform/webhooks/>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::jql;
use super::model::Webhook;
use super::reply::Reply;
use super::request::{Body, only};
use super::store::{App, Store};

/// The member of `filters` that holds the query for events of issues.
const SECTION: &str = "issue-related-events-section";

const MEMBERS: [&str; 9] =
    ["name", "description", "url", "events", "filters", "excludeBody", "excludeIssueDetails", "enabled", "secret"];

/// The events of the vendor's lists, but for those of its settings. That others are refused is unverified.
#[rustfmt::skip]
const EVENTS: [&str; 51] = [
    "jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "issue_property_set", "issue_property_deleted",
    "comment_created", "comment_updated", "comment_deleted", "worklog_created", "worklog_updated", "worklog_deleted",
    "issuelink_created", "issuelink_deleted", "attachment_created", "attachment_deleted", "entity_property_set",
    "entity_property_deleted", "jira:worklog_updated", "project_created", "project_updated", "project_deleted",
    "project_soft_deleted", "project_restored_deleted", "project_archived", "project_restored_archived",
    "jira:version_created", "jira:version_updated", "jira:version_released", "jira:version_unreleased",
    "jira:version_moved", "jira:version_deleted", "user_created", "user_updated", "user_deleted", "issuetype_created",
    "issuetype_updated", "issuetype_deleted", "sprint_created", "sprint_updated", "sprint_deleted", "sprint_started",
    "sprint_closed", "board_created", "board_updated", "board_deleted", "board_configuration_changed",
    "option_voting_changed", "option_watching_changed", "option_subtasks_changed", "option_issuelinks_changed",
    "option_timetracking_changed",
];

pub(super) fn routes() -> Router<App> {
    Router::new().route("/webhook", get(list).post(create)).route("/webhook/{id}", get(show).put(update).delete(delete))
}

/// Lists all webhooks: a bare list.
async fn list(State(app): State<App>, caller: Caller) -> Answer<Reply> {
    let store = app.lock();
    needs_admin(&store, &caller)?;
    Ok(Reply::ok(store.webhooks.values().map(|webhook| render(&store, &caller, webhook)).collect::<Value>()))
}

async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    needs_admin(&store, &caller)?;
    Ok(Reply::ok(render(&store, &caller, find(&store, &id)?)))
}

/// Registers a webhook. Its secret is never shown again; its id is the end of `self`.
async fn create(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &MEMBERS)?;
    let mut store = app.lock();
    needs_admin(&store, &caller)?;
    let id = store.next_small_id("webhooks");
    let empty = Webhook {
        id,
        name: String::new(),
        url: String::new(),
        events: Vec::new(),
        filter: String::new(),
        secret: None,
        enabled: true,
        exclude_body: false,
        changed: app.now(),
        changed_by: caller.user.clone().unwrap_or_default(),
    };
    let webhook = changed(empty, &body)?;
    store.webhooks.insert(id, webhook.clone());
    Ok(Reply::created(render(&store, &caller, &webhook)))
}

async fn update(State(app): State<App>, caller: Caller, Path(id): Path<String>, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &MEMBERS)?;
    let mut store = app.lock();
    needs_admin(&store, &caller)?;
    let before = find(&store, &id)?.clone();
    let webhook = Webhook { changed: app.now(), ..changed(before, &body)? };
    store.webhooks.insert(webhook.id, webhook.clone());
    Ok(Reply::ok(render(&store, &caller, &webhook)))
}

async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let mut store = app.lock();
    needs_admin(&store, &caller)?;
    let id = find(&store, &id)?.id;
    store.webhooks.remove(&id);
    Ok(Reply::empty())
}

/// What a body makes of a webhook. Name, address and events are required (messages are unverified).
fn changed(mut webhook: Webhook, body: &Map<String, Value>) -> Answer<Webhook> {
    let text = |member: &str| body.get(member).and_then(Value::as_str).map(str::to_owned);
    webhook.name = text("name").unwrap_or(webhook.name);
    webhook.url = text("url").unwrap_or(webhook.url);
    webhook.secret = text("secret").or(webhook.secret);
    if let Some(events) = body.get("events").and_then(Value::as_array) {
        webhook.events = events.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    if let Some(filter) = body.get("filters").and_then(|filters| filters.get(SECTION)) {
        webhook.filter = filter.as_str().unwrap_or_default().to_owned();
    }
    let flag = |member: &str| body.get(member).and_then(Value::as_bool);
    webhook.enabled = flag("enabled").unwrap_or(webhook.enabled);
    webhook.exclude_body = flag("excludeBody").or(flag("excludeIssueDetails")).unwrap_or(webhook.exclude_body);
    check(&webhook).map(|()| webhook)
}

fn check(webhook: &Webhook) -> Answer<()> {
    if webhook.name.trim().is_empty() {
        return Err(Problem::bad("The webhook name cannot be empty."));
    }
    if !webhook.url.starts_with("http://") && !webhook.url.starts_with("https://") {
        return Err(Problem::bad("The webhook URL is not valid."));
    }
    if let Some(event) = webhook.events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        return Err(Problem::bad(format!("The webhook event '{event}' is not known.")));
    }
    if webhook.events.is_empty() {
        return Err(Problem::bad("At least one webhook event is required."));
    }
    jql::parse(&webhook.filter).map(|_| ()).map_err(|error| Problem::bad(error.message))
}

/// 401 for nobody, 403 for those who do not administer the site.
fn needs_admin(store: &Store, caller: &Caller) -> Answer<()> {
    caller.needs_admin(store)
}

fn find<'a>(store: &'a Store, id: &str) -> Answer<&'a Webhook> {
    let webhook = id.parse().ok().and_then(|id: u64| store.webhooks.get(&id));
    webhook.ok_or_else(|| Problem::new(404, format!("The webhook with id '{id}' does not exist.")))
}

/// A webhook without its secret; that `isSigned` tells whether there is one is unverified.
fn render(store: &Store, caller: &Caller, webhook: &Webhook) -> Value {
    let who = store.users.get(&webhook.changed_by);
    json!({
        "name": webhook.name,
        "url": webhook.url,
        "excludeBody": webhook.exclude_body,
        "filters": { SECTION: webhook.filter },
        "events": webhook.events,
        "enabled": webhook.enabled,
        "self": format!("{}/rest/webhooks/1.0/webhook/{}", caller.base, webhook.id),
        "lastUpdatedUser": webhook.changed_by,
        "lastUpdatedDisplayName": who.map(|user| user.display_name.as_str()),
        "lastUpdated": webhook.changed.timestamp_millis(),
        "isSigned": webhook.secret.is_some(),
    })
}
