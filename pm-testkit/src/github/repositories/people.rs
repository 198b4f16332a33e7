//! Who works in a repository.
//!
//! <https://docs.github.com/en/rest/issues/assignees>, <https://docs.github.com/en/rest/collaborators/collaborators>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::{Value, json};

use super::render::permissions;
use crate::github::access::{Caller, Rights, is_assignable, rights_of};
use crate::github::errors::{Answer, Problem};
use crate::github::model::{Account, AccountKind, Repository};
use crate::github::paging::numbered;
use crate::github::reply::Reply;
use crate::github::request::{Body, Parameters};
use crate::github::store::{App, Store};
use crate::github::view::View;

pub(super) fn routes() -> Router<App> {
    let person = get(is_collaborator).put(add).delete(remove);
    Router::new()
        .route("/repositories/{repository}/assignees", get(assignees))
        .route("/repositories/{repository}/assignees/{login}", get(may_be_assigned))
        .route("/repositories/{repository}/collaborators", get(collaborators))
        .route("/repositories/{repository}/collaborators/{login}", person)
        .route("/repositories/{repository}/collaborators/{login}/permission", get(permission))
}

async fn assignees(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let repository = caller.repository(&store, repository)?;
    let mut people: Vec<&Account> =
        store.accounts.values().filter(|account| is_assignable(&store, account.id, repository)).collect();
    people.sort_by_key(|account| account.login.to_lowercase());
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &people, |account| view.simple_user(account)))
}

async fn may_be_assigned(
    State(app): State<App>,
    caller: Caller,
    Path((repository, login)): Path<(u64, String)>,
) -> Answer<Reply> {
    let store = app.lock();
    let repository = caller.repository(&store, repository)?;
    let account = store.account_named(&login).filter(|account| is_assignable(&store, account.id, repository));
    account.map(|_| Reply::empty()).ok_or_else(Problem::not_found)
}

/// What somebody may do who was let in: the owner, members of the organisation, and those who were added.
fn role(store: &Store, account: &Account, repository: &Repository) -> Option<Rights> {
    let owner = store.accounts.get(&repository.owner)?;
    let inside = repository.owner == account.id
        || owner.owners.contains(&account.id)
        || owner.members.contains(&account.id)
        || repository.collaborators.contains_key(&account.id)
        || account.everywhere.is_some();
    let is_person = account.kind == AccountKind::User;
    (inside && is_person).then(|| rights_of(store, account.id, repository)).flatten()
}

fn collaborator(view: &View<'_>, account: &Account, rights: Rights) -> Value {
    let mut shown = view.simple_user(account);
    shown["permissions"] = permissions(rights);
    shown["role_name"] = rights.name().into();
    shown
}

/// Only those with push access see who works in a repository.
fn place<'a>(store: &'a Store, caller: &Caller, repository: u64) -> Answer<&'a Repository> {
    let place = caller.repository(store, repository)?;
    match caller.may(store, place, Rights::Write) {
        true => Ok(place),
        false => Err(Problem::forbidden("Must have push access to view repository collaborators.")),
    }
}

async fn collaborators(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let place = place(&store, &caller, repository)?;
    let least = parameters.get("permission").and_then(Rights::of_name).unwrap_or(Rights::Read);
    let people = store.accounts.values().filter_map(|account| Some((account, role(&store, account, place)?)));
    let people: Vec<(&Account, Rights)> = people.filter(|(_, rights)| *rights >= least).collect();
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &people, |(account, rights)| collaborator(&view, account, *rights)))
}

async fn is_collaborator(
    State(app): State<App>,
    caller: Caller,
    Path((repository, login)): Path<(u64, String)>,
) -> Answer<Reply> {
    let store = app.lock();
    let place = place(&store, &caller, repository)?;
    let account = store.account_named(&login).and_then(|account| role(&store, account, place));
    account.map(|_| Reply::empty()).ok_or_else(Problem::not_found)
}

async fn permission(
    State(app): State<App>,
    caller: Caller,
    Path((repository, login)): Path<(u64, String)>,
) -> Answer<Reply> {
    let store = app.lock();
    let place = caller.repository(&store, repository)?;
    let account = store.account_named(&login).ok_or_else(Problem::not_found)?;
    let rights = rights_of(&store, account.id, place);
    // The old names of rights: those between count as the next one below.
    let permission = match rights {
        None => "none",
        Some(Rights::Read | Rights::Triage) => "read",
        Some(Rights::Write | Rights::Maintain) => "write",
        Some(Rights::Admin) => "admin",
    };
    let view = View::new(&store, &caller);
    Ok(Reply::ok(json!({
        "permission": permission,
        "role_name": rights.map_or("none", Rights::name),
        "user": collaborator(&view, account, rights.unwrap_or(Rights::Read)),
    })))
}

/// Lets somebody in at once; the vendor sends an invitation first.
async fn add(
    State(app): State<App>,
    caller: Caller,
    Path((repository, login)): Path<(u64, String)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    caller.repository_for(&store, repository, Rights::Admin)?;
    let account = store.account_named(&login).ok_or_else(Problem::not_found)?.id;
    let word = body.text("permission")?.flatten().unwrap_or_else(|| "push".to_owned());
    let rights = Rights::of_name(&word).ok_or_else(|| Problem::invalid("Repository", "permission", word.as_str()))?;
    if let Some(place) = store.repositories.get_mut(&repository) {
        place.collaborators.insert(account, rights);
    }
    Ok(Reply::empty())
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((repository, login)): Path<(u64, String)>,
) -> Answer<Reply> {
    let mut store = app.lock();
    caller.repository_for(&store, repository, Rights::Admin)?;
    let account = store.account_named(&login).ok_or_else(Problem::not_found)?.id;
    if let Some(place) = store.repositories.get_mut(&repository) {
        place.collaborators.remove(&account);
    }
    Ok(Reply::empty())
}
