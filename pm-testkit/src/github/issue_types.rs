//! Types and fields of an organisation's issues.
//!
//! <https://docs.github.com/en/rest/orgs/issue-types>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, put};
use serde_json::{Value, json};

use super::access::{Caller, Rights};
use super::errors::{Answer, Problem};
use super::model::{AccountKind, IssueField, IssueType};
use super::node::{node_id, prefix};
use super::reply::Reply;
use super::request::Body;
use super::store::{App, Store};
use super::view::View;

const COLORS: [&str; 8] = ["gray", "blue", "green", "yellow", "orange", "red", "pink", "purple"];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/orgs/{organization}/issue-types", get(list).post(create))
        .route("/orgs/{organization}/issue-types/{id}", put(update).delete(delete))
        .route("/orgs/{organization}/issue-fields", get(fields))
}

/// An organisation that the caller has something to do with; 404 for others.
fn organization(store: &Store, caller: &Caller, login: &str, administers: bool) -> Answer<u64> {
    let me = caller.account()?;
    let found = store.account_named(login).filter(|account| account.kind == AccountKind::Organization);
    let found = found.ok_or_else(Problem::not_found)?;
    let everywhere = store.accounts.get(&me).and_then(|account| account.everywhere);
    let owns = caller.ceiling == Rights::Admin && (found.owners.contains(&me) || everywhere == Some(Rights::Admin));
    let belongs = owns || everywhere.is_some() || found.owners.contains(&me) || found.members.contains(&me);
    match if administers { owns } else { belongs } {
        true => Ok(found.id),
        false => Err(Problem::not_found()),
    }
}

async fn list(State(app): State<App>, caller: Caller, Path(login): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let owner = organization(&store, &caller, &login, false)?;
    let view = View::new(&store, &caller);
    let types = store.issue_types.values().filter(|kind| kind.organization == owner);
    Ok(Reply::ok(types.map(|kind| view.issue_type(kind)).collect::<Vec<_>>()))
}

async fn create(State(app): State<App>, caller: Caller, Path(login): Path<String>, body: Body) -> Answer<Reply> {
    let mut store = app.lock();
    let owner = organization(&store, &caller, &login, true)?;
    let blank = IssueType {
        id: 0,
        organization: owner,
        name: String::new(),
        description: None,
        color: None,
        enabled: true,
        created: app.now(),
        updated: app.now(),
    };
    let mut kind = changed(&store, blank, &body)?;
    kind.id = store.next_id("issue types");
    let shown = View::new(&store, &caller).issue_type(&kind);
    store.issue_types.insert(kind.id, kind);
    Ok(Reply::ok(shown))
}

async fn update(
    State(app): State<App>,
    caller: Caller,
    Path((login, id)): Path<(String, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let owner = organization(&store, &caller, &login, true)?;
    let before = store.issue_types.get(&id).filter(|kind| kind.organization == owner);
    let mut kind = changed(&store, before.ok_or_else(Problem::not_found)?.clone(), &body)?;
    kind.updated = app.now();
    let shown = View::new(&store, &caller).issue_type(&kind);
    store.issue_types.insert(id, kind);
    Ok(Reply::ok(shown))
}

/// Issues of the type have none from now on.
async fn delete(State(app): State<App>, caller: Caller, Path((login, id)): Path<(String, u64)>) -> Answer<Reply> {
    let mut store = app.lock();
    let owner = organization(&store, &caller, &login, true)?;
    store.issue_types.get(&id).filter(|kind| kind.organization == owner).ok_or_else(Problem::not_found)?;
    store.issue_types.remove(&id);
    store.issues.values_mut().filter(|issue| issue.kind == Some(id)).for_each(|issue| issue.kind = None);
    Ok(Reply::empty())
}

fn changed(store: &Store, mut kind: IssueType, body: &Body) -> Answer<IssueType> {
    kind.name = body.required("name")?;
    kind.enabled = body.flag("is_enabled")?.unwrap_or(kind.enabled);
    kind.description = body.text("description")?.unwrap_or(kind.description);
    kind.color = body.text("color")?.unwrap_or(kind.color);
    let same = |other: &IssueType| other.id != kind.id && other.organization == kind.organization;
    let taken = store.issue_types.values().any(|other| same(other) && other.name.eq_ignore_ascii_case(&kind.name));
    match kind.color.as_deref() {
        _ if taken => Err(Problem::already_exists("IssueType", "name")),
        Some(color) if !COLORS.contains(&color) => Err(Problem::invalid("IssueType", "color", color)),
        _ => Ok(kind),
    }
}

/// <https://docs.github.com/en/rest/orgs/issue-fields>; what fields have beside these is unverified.
async fn fields(State(app): State<App>, caller: Caller, Path(login): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let owner = organization(&store, &caller, &login, false)?;
    let fields = store.issue_fields.values().filter(|field| field.organization == owner);
    Ok(Reply::ok(fields.map(shown).collect::<Vec<_>>()))
}

fn shown(field: &IssueField) -> Value {
    let option = |(id, name): &(u64, String)| json!({ "id": id, "name": name, "color": "gray", "description": null });
    json!({
        "id": field.id,
        "node_id": node_id(prefix::ISSUE_FIELD, field.id),
        "name": field.name,
        "description": null,
        "data_type": field.data_type,
        "visibility": "all",
        "options": field.options.iter().map(option).collect::<Vec<_>>(),
    })
}
