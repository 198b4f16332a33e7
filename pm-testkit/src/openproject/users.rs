//! People: users, principals, and who can be assigned.

use std::cmp::Ordering;

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::access::{Caller, is_assignable};
use super::errors::{Answer, Problem};
use super::filters::{Facet, Kind};
use super::hal::{Reply, collection, link, time};
use super::listing::Listing;
use super::model::{Permission, Principal, PrincipalKind};
use super::request::Parameters;
use super::store::{App, Store};

const FILTERS: &[(&str, Kind)] = &[
    ("id", Kind::List),
    ("type", Kind::List),
    ("member", Kind::List),
    ("name", Kind::Text),
    ("login", Kind::Text),
    ("any_name_attribute", Kind::Search),
    ("status", Kind::List),
];

/// Lists users, for administrators alone; others get 403.
///
/// <https://www.openproject.org/docs/api/endpoints/users/>
pub(super) async fn users(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    if !caller.is_admin(&store) {
        return Err(Problem::forbidden());
    }
    let users = store.principals.values().filter(|principal| principal.kind == PrincipalKind::User).collect();
    list(&app, &store, caller, &parameters, "/api/v3/users", users)
}

/// Lists users, groups and placeholders who share a project with the caller.
///
/// <https://www.openproject.org/docs/api/endpoints/principals/>
pub(super) async fn principals(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let visible = store.principals.values().filter(|principal| sees(caller, &store, principal)).collect();
    list(&app, &store, caller, &parameters, "/api/v3/principals", visible)
}

fn list(
    app: &App,
    store: &Store,
    caller: Caller,
    parameters: &Parameters,
    path: &str,
    people: Vec<&Principal>,
) -> Answer<Reply> {
    let listing = Listing {
        path,
        filters: FILTERS,
        columns: &["id", "name"],
        selectable: &["id", "name", "_type", "self"],
        facet: &|principal, name| facet(store, principal, name),
        compare: &|one: &Principal, other: &Principal, column| match column {
            "name" => one.name.cmp(&other.name),
            _ => one.id.cmp(&other.id),
        },
        render: &|principal| principal_of(store, caller, principal),
    };
    listing.answer(app, parameters, people)
}

fn facet(store: &Store, principal: &Principal, name: &str) -> Facet {
    match name {
        "id" => Facet::id(principal.id),
        "type" => Facet::Words(vec![principal.kind.name().to_owned()]),
        // By name and by the number of the database: 1 active, 3 locked.
        "status" if principal.locked => Facet::Words(vec!["locked".to_owned(), "3".to_owned()]),
        "status" => Facet::Words(vec!["active".to_owned(), "1".to_owned()]),
        "member" => {
            let rows = store.memberships.values().filter(|row| row.principal == principal.id);
            Facet::Ids(rows.map(|row| row.project).collect())
        }
        "login" => Facet::text(&principal.login),
        _ => Facet::Text(vec![principal.name.clone(), principal.login.clone(), principal.email.clone()]),
    }
}

/// Says who a user is; `me` stands for the caller, and anonymous callers are refused.
///
/// <https://www.openproject.org/docs/api/endpoints/users/>
pub(super) async fn user(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let id = if id == "me" { Some(caller.user()?) } else { id.parse().ok() };
    let store = app.lock();
    let found = id.and_then(|id| store.principals.get(&id)).filter(|user| user.kind == PrincipalKind::User);
    let user = found.filter(|user| sees(caller, &store, user)).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(principal_of(&store, caller, user)))
}

/// Lists who can be assigned to work packages of a project.
///
/// <https://www.openproject.org/docs/api/endpoints/work-packages/>
pub(super) async fn assignees(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let project = caller.project(&store, &id)?;
    caller.needs(&store, project.id, Permission::AddWorkPackages)?;
    let assignable = store.principals.values().filter(|principal| is_assignable(&store, principal.id, project.id));
    let elements = assignable.map(|principal| principal_of(&store, caller, principal)).collect();
    Ok(Reply::ok(collection(&format!("/api/v3/projects/{}/available_assignees", project.id), elements)))
}

/// Whether two people share a project; administrators see everybody.
fn sees(caller: Caller, store: &Store, principal: &Principal) -> bool {
    let mut shared = store.memberships.values().filter(|row| row.principal == principal.id);
    let is_colleague = |user: u64| shared.any(|row| !store.permissions_of(user, row.project).is_empty());
    caller.is_admin(store) || caller.0 == Some(principal.id) || caller.0.is_some_and(is_colleague)
}

/// Login and parts of the name are for administrators and the user; the address, where it is hidden, as well.
fn principal_of(store: &Store, caller: Caller, principal: &Principal) -> Value {
    let resource = principal.kind.resource();
    let mut shown = json!({
        "_type": principal.kind.name(),
        "id": principal.id,
        "name": principal.name,
        "createdAt": time(principal.created),
        "updatedAt": time(principal.updated),
        "_links": { "self": link(resource, principal.id, &principal.name) },
    });
    if principal.kind != PrincipalKind::User {
        return shown;
    }
    shown["avatar"] =
        format!("https://secure.gravatar.com/avatar/{:032x}?default=404&secure=true", principal.id).into();
    let (first, last) = principal.name.split_once(' ').unwrap_or((&principal.name, ""));
    let close = caller.is_admin(store) || caller.0 == Some(principal.id);
    if close {
        shown["login"] = principal.login.clone().into();
        shown["firstName"] = first.into();
        shown["lastName"] = last.into();
        shown["status"] = (if principal.locked { "locked" } else { "active" }).into();
        shown["language"] = "en".into();
    }
    if close || !principal.hides_email {
        shown["email"] = principal.email.clone().into();
    }
    if caller.is_admin(store) {
        shown["admin"] = principal.admin.into();
    }
    shown
}

/// The order of two times, dates or texts of which some may be missing: missing ones come last (unverified).
pub(super) fn missing_last<T: Ord>(one: Option<T>, other: Option<T>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}
