//! Memberships: <https://www.openproject.org/docs/api/endpoints/memberships/>.

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::access::{Caller, principal_of};
use super::errors::{Answer, Problem};
use super::fields;
use super::filters::{Facet, Kind};
use super::hal::{Reply, link, path, time};
use super::listing::Listing;
use super::model::{Membership, Permission};
use super::request::{Body, Parameters};
use super::store::{App, Store};

const FILTERS: &[(&str, Kind)] = &[
    ("id", Kind::List),
    ("principal", Kind::List),
    ("project", Kind::List),
    ("role", Kind::List),
    ("name", Kind::Text),
    ("created_at", Kind::Time),
    ("updated_at", Kind::Time),
];

/// Lists the memberships of projects whose members the caller may see.
pub(super) async fn list(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let name = |row: &Membership| store.principals.get(&row.principal).map(|person| person.name.clone());
    let listing = Listing {
        path: "/api/v3/memberships",
        filters: FILTERS,
        columns: &["id", "name", "created_at", "updated_at"],
        selectable: &["id", "self", "project", "principal", "roles"],
        facet: &|row: &Membership, filter| match filter {
            "principal" => Facet::id(row.principal),
            "project" => Facet::id(row.project),
            "role" => Facet::Ids(row.roles.clone()),
            "name" => Facet::Text(name(row).into_iter().collect()),
            "created_at" => Facet::Time(row.created),
            "updated_at" => Facet::Time(row.updated),
            _ => Facet::id(row.id),
        },
        compare: &|one, other, column| match column {
            "name" => name(one).cmp(&name(other)),
            "created_at" => one.created.cmp(&other.created),
            "updated_at" => one.updated.cmp(&other.updated),
            _ => one.id.cmp(&other.id),
        },
        render: &|row| render(&store, row),
    };
    listing.answer(&app, &parameters, store.memberships.values().filter(|row| sees(caller, &store, row)).collect())
}

fn sees(caller: Caller, store: &Store, row: &Membership) -> bool {
    caller.may(store, row.project, Permission::ViewMembers)
}

fn visible<'a>(store: &'a Store, caller: Caller, id: &str) -> Answer<&'a Membership> {
    let row = id.parse().ok().and_then(|id: u64| store.memberships.get(&id));
    row.filter(|row| sees(caller, store, row)).ok_or_else(Problem::not_found)
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    visible(&store, caller, &id).map(|row| Reply::ok(render(&store, row)))
}

/// Makes somebody a member of a project.
pub(super) async fn create(State(app): State<App>, caller: Caller, Body(body): Body) -> Answer<Reply> {
    let mut store = app.lock();
    let links = fields::links(&body)?;
    let empty = Value::Null;
    let project = fields::id("project", &["projects", "workspaces"], links.get("project").unwrap_or(&empty))?;
    let project = project.filter(|id| store.projects.get(id).is_some_and(|project| caller.sees(&store, project)));
    let project = project.ok_or_else(|| Problem::constraint("project", "Project is invalid."))?;
    caller.needs(&store, project, Permission::ManageMembers)?;
    let href = fields::href("principal", links.get("principal").unwrap_or(&empty))?.unwrap_or_default();
    let (resource, id) = fields::target("principal", &["users", "groups", "placeholder_users"], &href)?;
    let principal = principal_of(&store, &resource, id);
    let principal = principal.ok_or_else(|| Problem::constraint("principal", "Principal does not exist."))?;
    if !store.permissions_of(principal, project).is_empty() {
        return Err(Problem::constraint("principal", "User has already been taken."));
    }
    let roles = roles(&store, &links)?;
    let now = app.now();
    let id = store.next_id("memberships");
    let row = Membership { id, project, principal, roles, created: now, updated: now };
    let shown = render(&store, &row);
    store.memberships.insert(id, row);
    Ok(Reply::created(shown))
}

/// Changes the roles.
pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut row = visible(&store, caller, &id)?.clone();
    caller.needs(&store, row.project, Permission::ManageMembers)?;
    let links = fields::links(&body)?;
    if let Some(name) = links.keys().find(|name| *name != "roles") {
        return Err(Problem::read_only(name));
    }
    row.roles = roles(&store, &links)?;
    row.updated = app.now();
    let shown = render(&store, &row);
    store.memberships.insert(row.id, row);
    Ok(Reply::ok(shown))
}

pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let mut store = app.lock();
    let (id, project) = visible(&store, caller, &id).map(|row| (row.id, row.project))?;
    caller.needs(&store, project, Permission::ManageMembers)?;
    store.memberships.remove(&id);
    Ok(Reply::no_content())
}

fn roles(store: &Store, links: &Map<String, Value>) -> Answer<Vec<u64>> {
    let list = links.get("roles").and_then(Value::as_array).cloned().unwrap_or_default();
    let ids = list.iter().map(|link| fields::id("roles", &["roles"], link)).collect::<Answer<Vec<_>>>()?;
    let ids: Vec<u64> = ids.into_iter().flatten().collect();
    match !ids.is_empty() && ids.iter().all(|id| store.roles.contains_key(id)) {
        true => Ok(ids),
        false => Err(Problem::constraint("roles", "Roles need to be assigned.")),
    }
}

fn render(store: &Store, row: &Membership) -> Value {
    let own = path("memberships", row.id);
    let project = store.projects.get(&row.project).map_or("", |project| project.name.as_str());
    let principal =
        store.principals.get(&row.principal).map(|person| link(person.kind.resource(), person.id, &person.name));
    let title = store.principals.get(&row.principal).map_or("", |person| person.name.as_str());
    let roles = row.roles.iter().filter_map(|id| store.roles.get(id)).map(|role| link("roles", role.id, role.name));
    json!({
        "_type": "Membership",
        "id": row.id,
        "createdAt": time(row.created),
        "updatedAt": time(row.updated),
        "_links": {
            "self": { "href": own, "title": title },
            "schema": { "href": "/api/v3/memberships/schema" },
            "project": link("projects", row.project, project),
            "principal": principal,
            "roles": roles.collect::<Vec<_>>(),
        },
    })
}
