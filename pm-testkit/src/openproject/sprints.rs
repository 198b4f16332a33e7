//! Sprints, which can only be read, and labels: newer servers alone have them.
//!
//! Only the listing and the single sprint are mounted (`modules/backlogs/lib/api/v3/sprints/sprints_api.rb` of the
//! vendor's source); <https://www.openproject.org/docs/api/endpoints/sprints/>.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::filters::{Facet, Kind};
use super::hal::{Reply, date, formattable, link, path, time};
use super::listing::Listing;
use super::model::{Label, Permission, Sprint};
use super::request::Parameters;
use super::store::{App, Store};

/// Lists the sprints of all projects.
pub(super) async fn list(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = mounted(&app, app.options.sprints)?;
    let visible = store.sprints.values().filter(|sprint| sees(caller, &store, sprint)).collect();
    found(&app, &store, caller, &parameters, "/api/v3/sprints", visible)
}

/// Lists the sprints of a project: its own and those that are shared with it.
pub(super) async fn of_project(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = mounted(&app, app.options.sprints)?;
    let project = caller.project(&store, &id)?.id;
    let usable = store.sprints.values().filter(|sprint| is_usable(&store, sprint, project)).collect();
    found(&app, &store, caller, &parameters, &format!("/api/v3/projects/{project}/sprints"), usable)
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = mounted(&app, app.options.sprints)?;
    let sprint = id.parse().ok().and_then(|id: u64| store.sprints.get(&id));
    let sprint = sprint.filter(|sprint| sees(caller, &store, sprint)).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(render(&store, caller, sprint)))
}

/// Lists labels. Servers that are older answer 404, which is how a client finds out.
pub(super) async fn labels(State(app): State<App>, _: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = mounted(&app, app.options.labels)?;
    let listing = Listing {
        path: "/api/v3/labels",
        filters: &[("id", Kind::List), ("name", Kind::Text)],
        columns: &["id", "name"],
        selectable: &["id", "name", "self"],
        facet: &|label: &Label, name| if name == "id" { Facet::id(label.id) } else { Facet::text(&label.name) },
        compare: &|one, other, column| match column {
            "name" => one.name.cmp(&other.name),
            _ => one.id.cmp(&other.id),
        },
        render: &label_of,
    };
    listing.answer(&app, &parameters, store.labels.values().collect())
}

pub(super) async fn label(State(app): State<App>, _: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = mounted(&app, app.options.labels)?;
    let label = id.parse().ok().and_then(|id: u64| store.labels.get(&id)).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(label_of(label)))
}

fn mounted(app: &App, there: bool) -> Answer<std::sync::MutexGuard<'_, Store>> {
    match there {
        true => Ok(app.lock()),
        false => Err(Problem::not_found()),
    }
}

/// Whether a sprint can be chosen in a project.
pub(super) fn is_usable(store: &Store, sprint: &Sprint, project: u64) -> bool {
    let identifier = store.projects.get(&project).map(|project| &project.identifier);
    sprint.project == project || identifier.is_some_and(|identifier| sprint.shared_with.contains(identifier))
}

fn sees(caller: Caller, store: &Store, sprint: &Sprint) -> bool {
    let shows = |project: u64| caller.may(store, project, Permission::ViewWorkPackages);
    shows(sprint.project) || store.projects.keys().any(|id| is_usable(store, sprint, *id) && shows(*id))
}

fn found(
    app: &App,
    store: &Store,
    caller: Caller,
    parameters: &Parameters,
    path: &str,
    sprints: Vec<&Sprint>,
) -> Answer<Reply> {
    let listing = Listing {
        path,
        filters: &[("id", Kind::List), ("name", Kind::Text), ("defining_workspace", Kind::List)],
        columns: &["id", "name"],
        selectable: &["id", "name", "self"],
        facet: &|sprint: &Sprint, name| match name {
            "defining_workspace" => Facet::id(sprint.project),
            "name" => Facet::text(&sprint.name),
            _ => Facet::id(sprint.id),
        },
        compare: &|one, other, column| match column {
            "name" => one.name.cmp(&other.name),
            _ => one.id.cmp(&other.id),
        },
        render: &|sprint| render(store, caller, sprint),
    };
    listing.answer(app, parameters, sprints)
}

fn render(store: &Store, caller: Caller, sprint: &Sprint) -> Value {
    let title = match sprint.status.as_str() {
        "active" => "Active",
        "completed" => "Completed",
        _ => "In planning",
    };
    let mut shown = json!({
        "_type": "Sprint",
        "id": sprint.id,
        "name": sprint.name,
        "description": formattable(&sprint.description),
        "startDate": date(sprint.start),
        "finishDate": date(sprint.finish),
        "createdAt": time(sprint.created),
        "updatedAt": time(sprint.updated),
        "_links": {
            "self": { "href": path("sprints", sprint.id), "title": sprint.name },
            "status": { "href": format!("urn:openproject-org:api:v3:sprints:status:{}", sprint.status), "title": title },
        },
    });
    if let Some(project) = store.projects.get(&sprint.project).filter(|project| caller.sees(store, project)) {
        shown["_links"]["definingWorkspace"] = link("projects", project.id, &project.name);
    }
    shown
}

fn label_of(label: &Label) -> Value {
    json!({
        "_type": "Label",
        "id": label.id,
        "name": label.name,
        "_links": { "self": link("labels", label.id, &label.name) },
    })
}
