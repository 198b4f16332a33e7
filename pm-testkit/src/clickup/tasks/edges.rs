//! Dependencies and links between tasks.

use axum::extract::{Path, State};
use serde_json::json;

use super::{render, touch};
use crate::clickup::access::Caller;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::model::{Dependency, Link};
use crate::clickup::reply::Reply;
use crate::clickup::request::{Body, Parameters};
use crate::clickup::store::{App, Store};

/// Who waits for whom: exactly one of both directions must be named.
fn direction(
    store: &Store,
    caller: &Caller,
    (id, parameters): (u64, &Parameters),
    (depends_on, dependency_of): (Option<&str>, Option<&str>),
) -> Answer<(u64, u64)> {
    let other = |key: &str| caller.task(store, key, parameters).map(|task| task.id);
    match (depends_on, dependency_of) {
        (Some(key), None) => Ok((id, other(key)?)),
        (None, Some(key)) => Ok((other(key)?, id)),
        _ => Err(Problem::new(400, "Must provide depends_on or dependency_of", "DEP_001")),
    }
}

/// <https://developer.clickup.com/reference/adddependency>
pub(in crate::clickup) async fn add_dependency(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.task(&store, &id, &parameters)?.id;
    let keys = (body.text("depends_on")?, body.text("dependency_of")?);
    let (task, depends_on) = direction(&store, &caller, (id, &parameters), keys)?;
    if task == depends_on || waits(&store, depends_on, task) {
        return Err(Problem::new(400, "Dependency would be circular", "DEP_003"));
    }
    let known = |edge: &Dependency| edge.task == task && edge.depends_on == depends_on;
    if !store.dependencies.iter().any(known) {
        let edge = Dependency { task, depends_on, created: app.now(), user: caller.user };
        store.dependencies.push(edge);
    }
    touch(&mut store, id, app.now());
    Ok(Reply::empty())
}

/// Whether one task waits for another, directly or by way of others.
fn waits(store: &Store, task: u64, other: u64) -> bool {
    let next = store.dependencies.iter().filter(|edge| edge.task == task);
    next.into_iter().any(|edge| edge.depends_on == other || waits(store, edge.depends_on, other))
}

/// <https://developer.clickup.com/reference/deletedependency>
pub(in crate::clickup) async fn remove_dependency(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.task(&store, &id, &parameters)?.id;
    let keys = (parameters.get("depends_on"), parameters.get("dependency_of"));
    let (task, depends_on) = direction(&store, &caller, (id, &parameters), keys)?;
    let before = store.dependencies.len();
    store.dependencies.retain(|edge| edge.task != task || edge.depends_on != depends_on);
    if store.dependencies.len() == before {
        return Err(Problem::new(404, "Dependency not found", "DEP_004"));
    }
    touch(&mut store, id, app.now());
    Ok(Reply::empty())
}

fn pair(store: &Store, caller: &Caller, (id, other): (&str, &str), parameters: &Parameters) -> Answer<(u64, u64)> {
    let one = caller.task(store, id, parameters)?.id;
    Ok((one, caller.task(store, other, parameters)?.id))
}

fn joins(link: &Link, (one, other): (u64, u64)) -> bool {
    (link.from, link.to) == (one, other) || (link.from, link.to) == (other, one)
}

/// <https://developer.clickup.com/reference/addtasklink>
pub(in crate::clickup) async fn add_link(
    State(app): State<App>,
    caller: Caller,
    Path((id, other)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.write();
    let (one, other) = pair(&store, &caller, (&id, &other), &parameters)?;
    if one == other {
        return Err(Problem::new(400, "A task can not be linked to itself", "LINK_001"));
    }
    if !store.links.iter().any(|link| joins(link, (one, other))) {
        store.links.push(Link { from: one, to: other, created: app.now(), user: caller.user });
    }
    touch(&mut store, one, app.now());
    Ok(Reply::ok(json!({ "task": render::task(&app, &store, &store.tasks[&one], false) })))
}

/// Taking away what is not there changes nothing (unverified).
pub(in crate::clickup) async fn remove_link(
    State(app): State<App>,
    caller: Caller,
    Path((id, other)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.write();
    let (one, other) = pair(&store, &caller, (&id, &other), &parameters)?;
    store.links.retain(|link| !joins(link, (one, other)));
    touch(&mut store, one, app.now());
    Ok(Reply::ok(json!({ "task": render::task(&app, &store, &store.tasks[&one], false) })))
}
