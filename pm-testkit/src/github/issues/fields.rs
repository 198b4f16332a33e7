//! Values of an organisation's issue fields.
//!
//! <https://docs.github.com/en/rest/issues/issue-field-values>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{delete, get};
use serde_json::json;

use super::draft::read_fields;
use super::edit::change;
use crate::github::access::{Caller, Rights};
use crate::github::errors::{Answer, Problem};
use crate::github::reply::Reply;
use crate::github::request::Body;
use crate::github::store::{App, Store};
use crate::github::view::View;

pub(super) fn routes() -> Router<App> {
    let path = "/repositories/{repository}/issues/{number}/issue-field-values";
    Router::new().route(path, get(list).post(add).put(set)).route(&format!("{path}/{{field}}"), delete(remove))
}

async fn list(State(app): State<App>, caller: Caller, Path((repository, number)): Path<(u64, u64)>) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, repository, number)?;
    Ok(Reply::ok(View::new(&store, &caller).field_values(issue)))
}

/// Adds values, or replaces those that are there; none at all clears everything.
async fn add(State(app): State<App>, caller: Caller, Path(place): Path<(u64, u64)>, body: Body) -> Answer<Reply> {
    let clears = body.list("issue_field_values")?.unwrap_or_default().is_empty();
    write(&app, &caller, place, &body, clears)
}

/// Replaces all values.
async fn set(State(app): State<App>, caller: Caller, Path(place): Path<(u64, u64)>, body: Body) -> Answer<Reply> {
    write(&app, &caller, place, &body, true)
}

fn write(app: &App, caller: &Caller, (repository, number): (u64, u64), body: &Body, clears: bool) -> Answer<Reply> {
    let mut store = app.lock();
    let id = writable(&store, caller, repository, number)?;
    let place = caller.repository(&store, repository)?;
    let values = read_fields(&store, place, body.list("issue_field_values")?.unwrap_or_default())?;
    change(app, &mut store, caller, id, |editor, issue| {
        if clears {
            issue.fields.clear();
        }
        issue.fields.extend(values);
        editor.happened("", "field_added", json!({}));
        Ok(())
    })?;
    let view = View::new(&store, caller);
    Ok(Reply::ok(store.issues.get(&id).map(|issue| view.field_values(issue)).unwrap_or_default()))
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number, field)): Path<(u64, u64, u64)>,
) -> Answer<Reply> {
    let mut store = app.lock();
    let id = writable(&store, &caller, repository, number)?;
    change(&app, &mut store, &caller, id, |editor, issue| {
        issue.fields.remove(&field).ok_or_else(Problem::not_found)?;
        editor.happened("", "field_removed", json!({}));
        Ok(())
    })?;
    Ok(Reply::empty())
}

fn writable(store: &Store, caller: &Caller, repository: u64, number: u64) -> Answer<u64> {
    let id = caller.issue(store, repository, number)?.id;
    caller.repository_for(store, repository, Rights::Write).map(|_| id)
}
