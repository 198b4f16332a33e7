//! Projects: <https://www.openproject.org/docs/api/endpoints/projects/>.

use std::time::Instant;

use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::defaults::{PROJECT_ADMIN, add_everybody, add_member, default_types, identifier_of};
use super::errors::{Answer, Problem};
use super::fields;
use super::filters::{Facet, Kind};
use super::hal::{Reply, collection, formattable, link, no_link, path, time};
use super::listing::Listing;
use super::model::{Permission, Project};
use super::request::{Body, Parameters};
use super::store::{App, Store};

/// There is no filter on `updatedAt`, as in the vendor's list.
const FILTERS: &[(&str, Kind)] = &[
    ("active", Kind::Flag),
    ("ancestor", Kind::List),
    ("created_at", Kind::Time),
    ("id", Kind::List),
    ("latest_activity_at", Kind::Time),
    ("name_and_identifier", Kind::Text),
    ("parent_id", Kind::List),
    ("principal", Kind::List),
    ("project_status_code", Kind::List),
    ("public", Kind::Flag),
    ("type_id", Kind::List),
];

const COLUMNS: &[&str] = &["id", "name", "typeahead", "created_at", "createdAt", "public", "latest_activity_at"];

/// The statuses that a project can report.
const STATUSES: [(&str, &str); 6] = [
    ("not_started", "Not started"),
    ("on_track", "On track"),
    ("at_risk", "At risk"),
    ("off_track", "Off track"),
    ("finished", "Finished"),
    ("discontinued", "Discontinued"),
];

pub(super) async fn list(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let visible = store.projects.values().filter(|project| caller.sees(&store, project)).collect();
    let listing = Listing {
        path: "/api/v3/projects",
        filters: FILTERS,
        columns: COLUMNS,
        selectable: &["id", "name", "identifier", "active", "public", "createdAt", "updatedAt", "_type", "self"],
        facet: &|project, name| facet(&store, project, name),
        compare: &|one: &Project, other: &Project, column| match column {
            "name" | "typeahead" => one.name.to_lowercase().cmp(&other.name.to_lowercase()),
            "created_at" | "createdAt" => one.created.cmp(&other.created),
            "latest_activity_at" => latest_activity(&store, one).cmp(&latest_activity(&store, other)),
            "public" => one.public.cmp(&other.public),
            _ => one.id.cmp(&other.id),
        },
        render: &|project| render(&store, caller, project),
    };
    listing.answer(&app, &parameters, visible)
}

fn facet(store: &Store, project: &Project, name: &str) -> Facet {
    match name {
        "active" => Facet::Flag(project.active),
        "public" => Facet::Flag(project.public),
        "ancestor" => Facet::Ids(store.project_ancestors(project.id)),
        "created_at" => Facet::Time(project.created),
        "latest_activity_at" => Facet::Time(latest_activity(store, project)),
        "name_and_identifier" => Facet::Text(vec![project.name.clone(), project.identifier.clone()]),
        "parent_id" => Facet::id(project.parent),
        "principal" => {
            let rows = store.memberships.values().filter(|row| row.project == project.id);
            Facet::Ids(rows.map(|row| row.principal).collect())
        }
        "project_status_code" => Facet::Words(project.status.clone().into_iter().collect()),
        "type_id" => Facet::Ids(project.types.clone()),
        _ => Facet::id(project.id),
    }
}

fn latest_activity(store: &Store, project: &Project) -> DateTime<Utc> {
    let inside = store.work_packages.values().filter(|item| item.project == project.id).map(|item| item.updated);
    inside.max().map_or(project.updated, |latest| latest.max(project.updated))
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let project = caller.project(&store, &id)?;
    Ok(Reply::ok(render(&store, caller, project)))
}

/// Creates a project: needs the global permission. The creator becomes a member (unverified).
pub(super) async fn create(State(app): State<App>, caller: Caller, Body(body): Body) -> Answer<Reply> {
    let mut store = app.lock();
    let user = caller.user()?;
    if !caller.adds_projects(&store) {
        return Err(Problem::forbidden());
    }
    let now = app.now();
    let mut project = blank(&store, now);
    let mut problems = apply(&store, caller, &mut project, &body);
    if project.identifier.is_empty() {
        project.identifier = free_identifier(&store, &project.name);
    }
    problems.extend(check(&store, &project));
    Problem::all(problems)?;
    project.id = store.next_id("projects");
    let id = project.id;
    store.projects.insert(id, project);
    add_member(&mut store, id, user, PROJECT_ADMIN, now);
    if app.options.everybody_is_member {
        add_everybody(&mut store, id, now);
    }
    let shown = store.projects.get(&id).map(|project| render(&store, caller, project));
    shown.map(Reply::created).ok_or_else(Problem::not_found)
}

fn blank(store: &Store, now: DateTime<Utc>) -> Project {
    Project {
        id: 0,
        identifier: String::new(),
        name: String::new(),
        description: String::new(),
        active: true,
        public: false,
        status: None,
        status_explanation: String::new(),
        parent: None,
        types: default_types(store),
        created: now,
        updated: now,
        gone_at: None,
    }
}

fn free_identifier(store: &Store, name: &str) -> String {
    let wanted = identifier_of(name);
    let numbered = (1..).map(|number| format!("{wanted}-{number}"));
    let mut names = std::iter::once(wanted.clone()).chain(numbered);
    names.find(|name| store.projects.values().all(|project| project.identifier != *name)).unwrap_or(wanted)
}

/// Changes a project. There is no `lockVersion`: the last write wins.
pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut project = caller.project(&store, &id)?.clone();
    if !caller.is_admin(&store) {
        caller.needs(&store, project.id, Permission::EditProject)?;
    }
    let before = project.clone();
    let mut problems = apply(&store, caller, &mut project, &body);
    problems.extend(check(&store, &project));
    Problem::all(problems)?;
    if format!("{before:?}") != format!("{project:?}") {
        project.updated = app.now();
    }
    let shown = render(&store, caller, &project);
    store.projects.insert(project.id, project);
    Ok(Reply::ok(shown))
}

fn apply(store: &Store, caller: Caller, project: &mut Project, body: &Map<String, Value>) -> Vec<Problem> {
    let links = fields::links(body).map(|links| links.into_iter().map(|(name, value)| (name, value, true)));
    let (links, failed) = match links {
        Ok(links) => (links.collect::<Vec<_>>(), None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    let properties = body.iter().filter(|(name, _)| *name != "_links" && *name != "_type" && *name != "_meta");
    let properties = properties.map(|(name, value)| (name.clone(), value.clone(), false));
    let wrong = properties.chain(links).filter_map(|(name, value, is_link)| {
        let applied =
            if is_link { set_link(store, caller, project, &name, &value) } else { set(project, &name, &value) };
        applied.err()
    });
    failed.into_iter().chain(wrong.collect::<Vec<_>>()).collect()
}

fn set(project: &mut Project, name: &str, value: &Value) -> Answer<()> {
    match name {
        "name" => project.name = fields::text(name, value)?,
        "identifier" => project.identifier = fields::text(name, value)?,
        "description" => project.description = fields::formattable(name, value)?,
        "statusExplanation" => project.status_explanation = fields::formattable(name, value)?,
        "active" => project.active = fields::flag(name, value)?,
        "public" => project.public = fields::flag(name, value)?,
        "id" | "createdAt" | "updatedAt" | "favorited" => return Err(Problem::read_only(name)),
        _ => return Err(Problem::unknown(name)),
    }
    Ok(())
}

fn set_link(store: &Store, caller: Caller, project: &mut Project, name: &str, value: &Value) -> Answer<()> {
    match name {
        "parent" => {
            let parent = fields::id(name, &["projects", "workspaces"], value)?;
            if let Some(id) = parent {
                let seen = store.projects.get(&id).is_some_and(|parent| caller.sees(store, parent));
                let circular = id == project.id || store.project_ancestors(id).contains(&project.id);
                if !seen || circular {
                    return Err(Problem::constraint("parent", "Subproject of is invalid."));
                }
            }
            project.parent = parent;
        }
        "status" => {
            project.status = match fields::href(name, value)? {
                None => None,
                Some(href) => Some(status_code(&href)?),
            };
        }
        _ => return Err(Problem::unknown(name)),
    }
    Ok(())
}

fn status_code(href: &str) -> Answer<String> {
    let code = href.strip_prefix("/api/v3/project_statuses/");
    let code = code.ok_or_else(|| Problem::resource_type("status", "/api/v3/project_statuses/:id", href))?;
    let known = STATUSES.iter().find(|(known, _)| *known == code).map(|(known, _)| (*known).to_owned());
    known.ok_or_else(|| Problem::constraint("status", "Status is not set to one of the allowed values."))
}

fn check(store: &Store, project: &Project) -> Vec<Problem> {
    let mut problems = Vec::new();
    if project.name.trim().is_empty() {
        problems.push(Problem::constraint("name", "Name can't be blank."));
    } else if project.name.chars().count() > 255 {
        problems.push(Problem::constraint("name", "Name is too long (maximum is 255 characters)."));
    }
    let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let identifier = &project.identifier;
    if identifier.len() > 100 {
        problems.push(Problem::constraint("identifier", "Identifier is too long (maximum is 100 characters)."));
    } else if !identifier.chars().all(well_formed) || identifier.bytes().all(|byte| byte.is_ascii_digit()) {
        problems.push(Problem::constraint("identifier", "Identifier is invalid."));
    } else if store.projects.values().any(|other| other.id != project.id && other.identifier == *identifier) {
        problems.push(Problem::constraint("identifier", "Identifier has already been taken."));
    }
    problems
}

/// Deletes a project, for administrators: 204 at once, archived at once, gone when the background job has run.
///
/// Its sub-projects go with it. 422 while work packages elsewhere use its versions.
pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let mut store = app.lock();
    let id = caller.project(&store, &id)?.id;
    if !caller.is_admin(&store) {
        return Err(Problem::forbidden());
    }
    let mut family = store.project_descendants(id);
    family.push(id);
    let is_foreign = |item: &&super::model::WorkPackage| !family.contains(&item.project);
    let project_of = |version: u64| store.versions.get(&version).map(|version| version.project);
    let mut used = store.work_packages.values().filter(is_foreign).filter_map(|item| item.version.and_then(project_of));
    if used.any(|project| family.contains(&project)) {
        let message = "Work packages in non descendant projects reference versions of the project or its descendants.";
        return Err(Problem::constraint("base", message));
    }
    let gone_at = Instant::now() + app.options.deletion_delay;
    for project in family {
        if let Some(project) = store.projects.get_mut(&project) {
            project.active = false;
            project.gone_at = Some(gone_at);
        }
    }
    Ok(Reply::no_content())
}

/// No project here has categories.
pub(super) async fn categories(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let project = caller.project(&app.lock(), &id)?.id;
    Ok(Reply::ok(collection(&format!("/api/v3/projects/{project}/categories"), Vec::new())))
}

/// Shows what a project's status means.
pub(super) async fn project_status(_: State<App>, _: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let found = STATUSES.iter().find(|(code, _)| *code == id).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(
        json!({ "_type": "ProjectStatus", "id": found.0, "name": found.1, "_links": { "self": status(found.0) } }),
    ))
}

fn status(code: &str) -> Value {
    let title = STATUSES.iter().find(|(known, _)| *known == code).map_or(code, |(_, title)| title);
    json!({ "href": format!("/api/v3/project_statuses/{code}"), "title": title })
}

/// An ancestor that the caller cannot see shows as undisclosed:
/// <https://www.openproject.org/docs/api/basic-objects/>.
fn parent_link(store: &Store, caller: Caller, id: u64) -> Value {
    match store.projects.get(&id).filter(|parent| caller.sees(store, parent)) {
        Some(parent) => link("projects", id, &parent.name),
        None => json!({ "href": "urn:openproject-org:api:v3:undisclosed", "title": "Undisclosed" }),
    }
}

pub(super) fn render(store: &Store, caller: Caller, project: &Project) -> Value {
    let own = path("projects", project.id);
    let ancestors = store.project_ancestors(project.id);
    let mut links = json!({
        "self": { "href": own, "title": project.name },
        "categories": { "href": format!("{own}/categories") },
        "types": { "href": format!("{own}/types") },
        "versions": { "href": format!("{own}/versions") },
        "workPackages": { "href": format!("{own}/work_packages") },
        "parent": project.parent.map_or_else(no_link, |parent| parent_link(store, caller, parent)),
        "ancestors": ancestors.iter().map(|id| parent_link(store, caller, *id)).collect::<Vec<_>>(),
        "status": project.status.as_deref().map_or_else(no_link, status),
    });
    if caller.may(store, project.id, Permission::AddWorkPackages) {
        links["createWorkPackage"] = json!({ "href": format!("{own}/work_packages/form"), "method": "post" });
        links["createWorkPackageImmediately"] = json!({ "href": format!("{own}/work_packages"), "method": "post" });
    }
    if caller.may(store, project.id, Permission::EditProject) {
        links["update"] = json!({ "href": format!("{own}/form"), "method": "post" });
        links["updateImmediately"] = json!({ "href": own, "method": "patch" });
    }
    if caller.is_admin(store) {
        links["delete"] = json!({ "href": own, "method": "delete" });
    }
    json!({
        "_type": "Project",
        "id": project.id,
        "identifier": project.identifier,
        "name": project.name,
        "active": project.active,
        "public": project.public,
        "description": formattable(&project.description),
        "statusExplanation": formattable(&project.status_explanation),
        "createdAt": time(project.created),
        "updatedAt": time(project.updated),
        "_links": links,
    })
}
