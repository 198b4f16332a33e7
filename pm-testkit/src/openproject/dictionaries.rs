//! The small lists, unpaginated: statuses, types, priorities, roles.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::hal::{Reply, collection, link, path, time};
use super::model::{Priority, Role, Status, Type};
use super::store::App;

/// <https://www.openproject.org/docs/api/endpoints/statuses/>
pub(super) async fn statuses(State(app): State<App>, _: Caller) -> Reply {
    Reply::ok(collection("/api/v3/statuses", app.lock().statuses.values().map(status_of).collect()))
}

pub(super) async fn status(State(app): State<App>, _: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    one(id.parse().ok().and_then(|id| store.statuses.get(&id)), status_of)
}

/// <https://www.openproject.org/docs/api/endpoints/types/>
pub(super) async fn types(State(app): State<App>, _: Caller) -> Reply {
    Reply::ok(collection("/api/v3/types", app.lock().types.values().map(type_of).collect()))
}

pub(super) async fn one_type(State(app): State<App>, _: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    one(id.parse().ok().and_then(|id| store.types.get(&id)), type_of)
}

/// The types that are enabled in a project: others cannot be used there.
pub(super) async fn project_types(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let project = caller.project(&store, &id)?;
    let enabled = project.types.iter().filter_map(|id| store.types.get(id)).map(type_of).collect();
    Ok(Reply::ok(collection(&format!("/api/v3/projects/{}/types", project.id), enabled)))
}

/// <https://www.openproject.org/docs/api/endpoints/priorities/>
pub(super) async fn priorities(State(app): State<App>, _: Caller) -> Reply {
    Reply::ok(collection("/api/v3/priorities", app.lock().priorities.values().map(priority_of).collect()))
}

pub(super) async fn priority(State(app): State<App>, _: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    one(id.parse().ok().and_then(|id| store.priorities.get(&id)), priority_of)
}

/// <https://www.openproject.org/docs/api/endpoints/roles/>
pub(super) async fn roles(State(app): State<App>, _: Caller) -> Reply {
    Reply::ok(collection("/api/v3/roles", app.lock().roles.values().map(role_of).collect()))
}

pub(super) async fn role(State(app): State<App>, _: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    one(id.parse().ok().and_then(|id| store.roles.get(&id)), role_of)
}

fn one<T>(found: Option<&T>, render: fn(&T) -> Value) -> Answer<Reply> {
    found.map(|row| Reply::ok(render(row))).ok_or_else(Problem::not_found)
}

pub(super) fn status_of(status: &Status) -> Value {
    json!({
        "_type": "Status",
        "id": status.id,
        "name": status.name,
        "isClosed": status.closed,
        "color": "#1098AD",
        "isDefault": status.default,
        "isReadonly": status.readonly,
        "excludedFromTotals": false,
        "defaultDoneRatio": if status.closed { 100 } else { 0 },
        "position": status.id,
        "_links": { "self": link("statuses", status.id, &status.name) },
    })
}

pub(super) fn type_of(kind: &Type) -> Value {
    json!({
        "_type": "Type",
        "id": kind.id,
        "name": kind.name,
        "color": "#1A67A3",
        "position": kind.id,
        "isDefault": kind.default,
        "isMilestone": kind.milestone,
        "createdAt": time(chrono::DateTime::UNIX_EPOCH),
        "updatedAt": time(chrono::DateTime::UNIX_EPOCH),
        "_links": { "self": link("types", kind.id, &kind.name) },
    })
}

pub(super) fn priority_of(priority: &Priority) -> Value {
    json!({
        "_type": "Priority",
        "id": priority.id,
        "name": priority.name,
        "position": priority.id,
        "color": "#C0EB75",
        "isDefault": priority.default,
        "isActive": priority.active,
        "_links": { "self": link("priorities", priority.id, &priority.name) },
    })
}

fn role_of(role: &Role) -> Value {
    json!({
        "_type": "Role",
        "id": role.id,
        "name": role.name,
        "_links": { "self": { "href": path("roles", role.id), "title": role.name } },
    })
}
