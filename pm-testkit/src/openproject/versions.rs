//! Versions: <https://www.openproject.org/docs/api/endpoints/versions/>.

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::fields;
use super::filters::{self, Facet, Kind};
use super::hal::{Reply, collection, date, formattable, link, path, time};
use super::listing;
use super::model::{Permission, Version};
use super::request::{Body, Parameters};
use super::store::{App, Store};

const STATUSES: [&str; 3] = ["open", "locked", "closed"];
const SHARINGS: [&str; 5] = ["none", "descendants", "hierarchy", "tree", "system"];

/// Lists all versions at once.
pub(super) async fn list(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let visible = store.versions.values().filter(|version| sees(caller, &store, version)).collect();
    found(&app, &store, caller, &parameters, "/api/v3/versions", visible)
}

/// Lists the versions that can be used in a project: its own and those that are shared with it.
pub(super) async fn of_project(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let project = caller.project(&store, &id)?.id;
    let shared = store.versions.values().filter(|version| is_shared_with(&store, version, project)).collect();
    found(&app, &store, caller, &parameters, &format!("/api/v3/projects/{project}/versions"), shared)
}

fn found(
    app: &App,
    store: &Store,
    caller: Caller,
    parameters: &Parameters,
    path: &str,
    mut versions: Vec<&Version>,
) -> Answer<Reply> {
    let kinds = [("sharing", Kind::List), ("name", Kind::Text), ("id", Kind::List)];
    let filters = filters::read(parameters, &kinds)?.unwrap_or_default();
    let criteria = listing::order(parameters, &["id", "name", "semver_name"])?;
    let now = app.now();
    let facet = |version: &Version, name: &str| match name {
        "sharing" => Facet::Words(vec![version.sharing.clone()]),
        "name" => Facet::text(&version.name),
        _ => Facet::id(version.id),
    };
    versions.retain(|version| filters.iter().all(|filter| filter.passes(&facet(version, &filter.name), now)));
    listing::sort(&mut versions, &criteria, |one, other, column| match column {
        "id" => one.id.cmp(&other.id),
        _ => one.name.cmp(&other.name),
    });
    Ok(Reply::ok(collection(path, versions.iter().map(|version| render(store, caller, version)).collect())))
}

/// Whether a version can be used in a project, by its sharing.
pub(super) fn is_shared_with(store: &Store, version: &Version, project: u64) -> bool {
    let own = version.project;
    let below = || store.project_descendants(own).contains(&project);
    let root = |id: u64| store.project_ancestors(id).first().copied().unwrap_or(id);
    own == project
        || match version.sharing.as_str() {
            "descendants" => below(),
            "hierarchy" => below() || store.project_ancestors(own).contains(&project),
            "tree" => root(own) == root(project),
            "system" => true,
            _ => false,
        }
}

fn sees(caller: Caller, store: &Store, version: &Version) -> bool {
    let shows = |project: u64| caller.may(store, project, Permission::ViewWorkPackages);
    shows(version.project) || store.projects.keys().any(|id| shows(*id) && is_shared_with(store, version, *id))
}

fn visible<'a>(store: &'a Store, caller: Caller, id: &str) -> Answer<&'a Version> {
    let found = id.parse().ok().and_then(|id: u64| store.versions.get(&id));
    found.filter(|version| sees(caller, store, version)).ok_or_else(Problem::not_found)
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    visible(&store, caller, &id).map(|version| Reply::ok(render(&store, caller, version)))
}

pub(super) async fn create(State(app): State<App>, caller: Caller, Body(body): Body) -> Answer<Reply> {
    let mut store = app.lock();
    caller.user()?;
    let now = app.now();
    let mut version = Version {
        id: 0,
        project: 0,
        name: String::new(),
        description: String::new(),
        start: None,
        end: None,
        status: "open".to_owned(),
        sharing: "none".to_owned(),
        created: now,
        updated: now,
    };
    let mut problems = apply(&store, caller, &mut version, &body, true);
    if version.project == 0 && problems.is_empty() {
        problems.push(Problem::constraint("definingProject", "Project can't be blank."));
    }
    problems.extend(check(&version));
    Problem::all(problems)?;
    caller.needs(&store, version.project, Permission::ManageVersions)?;
    version.id = store.next_id("versions");
    let shown = render(&store, caller, &version);
    store.versions.insert(version.id, version);
    Ok(Reply::created(shown))
}

pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut version = visible(&store, caller, &id)?.clone();
    caller.needs(&store, version.project, Permission::ManageVersions)?;
    let mut problems = apply(&store, caller, &mut version, &body, false);
    problems.extend(check(&version));
    Problem::all(problems)?;
    version.updated = app.now();
    let shown = render(&store, caller, &version);
    store.versions.insert(version.id, version);
    Ok(Reply::ok(shown))
}

/// Deletes a version that no work package is in; any other is refused (`app/contracts/versions/delete_contract.rb` of
/// opf/openproject).
pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let mut store = app.lock();
    let (id, project) = visible(&store, caller, &id).map(|version| (version.id, version.project))?;
    caller.needs(&store, project, Permission::ManageVersions)?;
    if store.work_packages.values().any(|item| item.version == Some(id)) {
        let message = "The version cannot be deleted as it has work packages attached.";
        return Err(Problem::constraint("base", message));
    }
    store.versions.remove(&id);
    Ok(Reply::no_content())
}

fn apply(store: &Store, caller: Caller, version: &mut Version, body: &Map<String, Value>, new: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, value) in body {
        let applied = match name.as_str() {
            "_links" => fields::links(body).and_then(|links| set_links(store, caller, version, &links, new)),
            "_type" => Ok(()),
            name => set(version, name, value),
        };
        problems.extend(applied.err());
    }
    problems
}

fn set(version: &mut Version, name: &str, value: &Value) -> Answer<()> {
    match name {
        "name" => version.name = fields::text(name, value)?,
        "description" => version.description = fields::formattable(name, value)?,
        "startDate" => version.start = fields::date(name, value)?,
        "endDate" => version.end = fields::date(name, value)?,
        "status" => version.status = fields::text(name, value)?,
        "sharing" => version.sharing = fields::text(name, value)?,
        "id" | "createdAt" | "updatedAt" => return Err(Problem::read_only(name)),
        _ => return Err(Problem::unknown(name)),
    }
    Ok(())
}

/// The project is named on creation and stays.
fn set_links(
    store: &Store,
    caller: Caller,
    version: &mut Version,
    links: &Map<String, Value>,
    new: bool,
) -> Answer<()> {
    for (name, value) in links {
        if name != "definingProject" {
            return Err(Problem::unknown(name));
        }
        let id = fields::id(name, &["projects", "workspaces"], value)?.unwrap_or_default();
        if !new && id != version.project {
            return Err(Problem::read_only(name));
        }
        let seen = store.projects.get(&id).is_some_and(|project| caller.sees(store, project));
        if !seen {
            return Err(Problem::constraint(name, "Project is invalid."));
        }
        version.project = id;
    }
    Ok(())
}

fn check(version: &Version) -> Vec<Problem> {
    let mut problems = Vec::new();
    if version.name.trim().is_empty() {
        problems.push(Problem::constraint("name", "Name can't be blank."));
    } else if version.name.chars().count() > 60 {
        problems.push(Problem::constraint("name", "Name is too long (maximum is 60 characters)."));
    }
    if version.start.zip(version.end).is_some_and(|(start, end)| end < start) {
        problems.push(Problem::constraint("endDate", "Finish date must be greater than or equal to the start date."));
    }
    if !STATUSES.contains(&version.status.as_str()) {
        problems.push(Problem::constraint("status", "Status is not set to one of the allowed values."));
    }
    if !SHARINGS.contains(&version.sharing.as_str()) {
        problems.push(Problem::constraint("sharing", "Sharing is not set to one of the allowed values."));
    }
    problems
}

fn render(store: &Store, caller: Caller, version: &Version) -> Value {
    let own = path("versions", version.id);
    let mut links = json!({
        "self": { "href": own, "title": version.name },
        "schema": { "href": "/api/v3/versions/schema" },
        "availableInProjects": { "href": format!("{own}/projects") },
    });
    if let Some(project) = store.projects.get(&version.project).filter(|project| caller.sees(store, project)) {
        links["definingProject"] = link("projects", project.id, &project.name);
    }
    if caller.may(store, version.project, Permission::ManageVersions) {
        links["update"] = json!({ "href": format!("{own}/form"), "method": "post" });
        links["updateImmediately"] = json!({ "href": own, "method": "patch" });
        links["delete"] = json!({ "href": own, "method": "delete" });
    }
    json!({
        "_type": "Version",
        "id": version.id,
        "name": version.name,
        "description": formattable(&version.description),
        "startDate": date(version.start),
        "endDate": date(version.end),
        "status": version.status,
        "sharing": version.sharing,
        "createdAt": time(version.created),
        "updatedAt": time(version.updated),
        "_links": links,
    })
}
