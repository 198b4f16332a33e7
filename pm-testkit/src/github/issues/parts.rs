//! Labels, assignees and the lock of one issue.
//!
//! <https://docs.github.com/en/rest/issues/labels>, <https://docs.github.com/en/rest/issues/assignees>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{delete, get, post, put};
use serde_json::json;

use super::draft::{label_names, people};
use super::edit::change;
use crate::github::access::{Caller, Rights, is_assignable};
use crate::github::errors::{Answer, Problem};
use crate::github::model::Label;
use crate::github::paging::numbered;
use crate::github::reply::Reply;
use crate::github::request::{Body, Parameters};
use crate::github::store::{App, Store};
use crate::github::view::View;

pub(super) fn routes() -> Router<App> {
    let labels = get(labels).post(add_labels).put(set_labels).delete(remove_labels);
    Router::new()
        .route("/repositories/{repository}/issues/{number}/labels", labels)
        .route("/repositories/{repository}/issues/{number}/labels/{name}", delete(remove_label))
        .route("/repositories/{repository}/issues/{number}/assignees", post(assign).delete(unassign))
        .route("/repositories/{repository}/issues/{number}/assignees/{login}", get(may_be_assigned))
        .route("/repositories/{repository}/issues/{number}/lock", put(lock).delete(unlock))
}

/// The id of an issue that the caller may manage.
fn managed(store: &Store, caller: &Caller, repository: u64, number: u64) -> Answer<u64> {
    let id = caller.issue(store, repository, number)?.id;
    caller.repository_for(store, repository, Rights::Write).map(|_| id)
}

fn names(store: &Store, id: u64) -> Vec<String> {
    let labels = store.issues.get(&id).map(|issue| issue.labels.as_slice()).unwrap_or_default();
    labels.iter().filter_map(|label| store.labels.get(label)).map(|label| label.name.clone()).collect()
}

fn shown_labels(view: &View<'_>, id: u64) -> Reply {
    Reply::ok(view.store.issues.get(&id).map(|issue| view.labels_of(issue)).unwrap_or_default())
}

async fn labels(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, repository, number)?;
    let labels: Vec<&Label> = issue.labels.iter().filter_map(|id| store.labels.get(id)).collect();
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &labels, |label| view.label(label)))
}

async fn add_labels(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let id = managed(&store, &caller, repository, number)?;
    let added = label_names(body.list("labels")?.unwrap_or_default())?;
    let names = [names(&store, id), added].concat();
    relabel(&app, &mut store, &caller, id, &names)
}

async fn set_labels(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let id = managed(&store, &caller, repository, number)?;
    let names = label_names(body.list("labels")?.unwrap_or_default())?;
    relabel(&app, &mut store, &caller, id, &names)
}

async fn remove_labels(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
) -> Answer<Reply> {
    let mut store = app.lock();
    let id = managed(&store, &caller, repository, number)?;
    relabel(&app, &mut store, &caller, id, &[]).map(|_| Reply::empty())
}

async fn remove_label(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number, name)): Path<(u64, u64, String)>,
) -> Answer<Reply> {
    let mut store = app.lock();
    let id = managed(&store, &caller, repository, number)?;
    let before = names(&store, id);
    let names: Vec<String> = before.iter().filter(|one| !one.eq_ignore_ascii_case(&name)).cloned().collect();
    if names.len() == before.len() {
        return Err(Problem::new(404, "Label does not exist"));
    }
    relabel(&app, &mut store, &caller, id, &names)
}

fn relabel(app: &App, store: &mut Store, caller: &Caller, id: u64, names: &[String]) -> Answer<Reply> {
    change(app, store, caller, id, |editor, issue| {
        editor.labels(issue, names);
        Ok(())
    })?;
    Ok(shown_labels(&View::of(store, caller), id))
}

async fn assign(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let id = managed(&store, &caller, repository, number)?;
    let logins = body.texts("assignees")?.unwrap_or_default();
    // Those who cannot be assigned are left out here, without an error.
    let place = caller.repository(&store, repository)?;
    let can = |login: &&String| store.account_named(login).is_some_and(|one| is_assignable(&store, one.id, place));
    let logins: Vec<String> = logins.iter().filter(can).cloned().collect();
    let added = people(&store, place, &logins)?;
    change(&app, &mut store, &caller, id, |editor, issue| {
        let mut all = issue.assignees.clone();
        all.extend(added.into_iter().filter(|one| !issue.assignees.contains(one)));
        all.truncate(10);
        editor.assignees(issue, all);
        Ok(())
    })?;
    Ok(Reply::created(View::new(&store, &caller).issue_by_id(id)))
}

async fn unassign(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let id = managed(&store, &caller, repository, number)?;
    let logins = body.texts("assignees")?.unwrap_or_default();
    let gone: Vec<u64> = logins.iter().filter_map(|login| store.account_named(login)).map(|one| one.id).collect();
    change(&app, &mut store, &caller, id, |editor, issue| {
        let rest = issue.assignees.iter().filter(|one| !gone.contains(one)).copied().collect();
        editor.assignees(issue, rest);
        Ok(())
    })?;
    Ok(Reply::ok(View::new(&store, &caller).issue_by_id(id)))
}

async fn may_be_assigned(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number, login)): Path<(u64, u64, String)>,
) -> Answer<Reply> {
    let store = app.lock();
    caller.issue(&store, repository, number)?;
    let place = caller.repository(&store, repository)?;
    let account = store.account_named(&login).filter(|account| is_assignable(&store, account.id, place));
    account.map(|_| Reply::empty()).ok_or_else(Problem::not_found)
}

async fn lock(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let reason = body.text("lock_reason")?.flatten();
    set_lock(&app, &caller, (repository, number), Some(reason))
}

async fn unlock(State(app): State<App>, caller: Caller, Path(place): Path<(u64, u64)>) -> Answer<Reply> {
    set_lock(&app, &caller, place, None)
}

fn set_lock(app: &App, caller: &Caller, place: (u64, u64), lock: Option<Option<String>>) -> Answer<Reply> {
    let mut store = app.lock();
    let id = managed(&store, caller, place.0, place.1)?;
    change(app, &mut store, caller, id, |editor, issue| {
        let kind = if lock.is_some() { "locked" } else { "unlocked" };
        editor.happened(kind, kind, json!({}));
        (issue.locked, issue.lock_reason) = (lock.is_some(), lock.flatten());
        Ok(())
    })?;
    Ok(Reply::empty())
}
