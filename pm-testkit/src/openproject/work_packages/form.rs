//! Forms: what could be written, and what would be wrong with it. <https://www.openproject.org/docs/api/forms/>

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::properties::Draft;
use super::schema::Schema;
use super::write;
use crate::openproject::access::Caller;
use crate::openproject::defaults::blank;
use crate::openproject::errors::{Answer, Problem};
use crate::openproject::hal::{Reply, date, formattable, path};
use crate::openproject::model::{Permission, WorkPackage};
use crate::openproject::request::Body;
use crate::openproject::store::{App, Store};

/// The form for a new work package in the project that the body names, if it names one.
pub(in crate::openproject) async fn create(State(app): State<App>, caller: Caller, Body(body): Body) -> Answer<Reply> {
    let store = app.lock();
    caller.user()?;
    let named = body.get("_links").is_some_and(|links| links.get("project").is_some());
    let item = match named {
        true => write::start(&app, &store, caller, &body, None)?,
        false => blank(&store, 0, &app.options),
    };
    Ok(answer(&app, &store, caller, item, None, &body, "/api/v3/work_packages"))
}

pub(in crate::openproject) async fn create_in_project(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Reply> {
    let store = app.lock();
    caller.user()?;
    let item = write::start(&app, &store, caller, &body, Some(&id))?;
    let commit = format!("{}/work_packages", path("projects", item.project));
    Ok(answer(&app, &store, caller, item, None, &body, &commit))
}

/// The form for a change. Writes nothing, and needs no `lockVersion`; a stale one is 409 (unverified).
pub(in crate::openproject) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Reply> {
    let store = app.lock();
    let stored = caller.work_package(&store, &id)?;
    caller.needs(&store, stored.project, Permission::EditWorkPackages)?;
    let given = body.get("lockVersion").and_then(Value::as_u64);
    if given.is_some_and(|given| given != stored.lock_version) {
        return Err(Problem::conflict());
    }
    let commit = path("work_packages", stored.id);
    Ok(answer(&app, &store, caller, stored.clone(), Some(stored), &body, &commit))
}

/// The schema of a project's work packages of one type: `PROJECT-TYPE`. It has no choices; forms do.
pub(in crate::openproject) async fn schema(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let store = app.lock();
    let (project, kind) = id.split_once('-').ok_or_else(Problem::not_found)?;
    let project = caller.project(&store, project)?.id;
    let kind = kind.parse().ok().filter(|kind| store.types.contains_key(kind)).ok_or_else(Problem::not_found)?;
    let item = WorkPackage { kind, ..blank(&store, project, &app.options) };
    let schema = Schema { store: &store, options: &app.options, item: &item, stored_status: None };
    Ok(Reply::ok(schema.whole(false)))
}

fn answer(
    app: &App,
    store: &Store,
    caller: Caller,
    item: WorkPackage,
    stored: Option<&WorkPackage>,
    body: &Map<String, Value>,
    commit: &str,
) -> Reply {
    let mut draft = Draft::new(store, &app.options, caller, item);
    draft.apply(body);
    draft.check(stored);
    if draft.item.project == 0 {
        draft.problems.push(Problem::constraint("project", "Project can't be blank."));
    }
    let (item, problems) = (draft.item, draft.problems);
    let schema =
        Schema { store, options: &app.options, item: &item, stored_status: stored.map(|stored| stored.status) };
    let method = if stored.is_some() { "patch" } else { "post" };
    let mut links = json!({
        "self": { "href": format!("{commit}/form"), "method": "post" },
        "validate": { "href": format!("{commit}/form"), "method": "post" },
    });
    if problems.is_empty() {
        links["commit"] = json!({ "href": commit, "method": method });
    }
    Reply::ok(json!({
        "_type": "Form",
        "_embedded": {
            "payload": payload(&item, stored),
            "schema": schema.whole(true),
            "validationErrors": Problem::by_attribute(&problems),
        },
        "_links": links,
    }))
}

/// The draft as far as it can be written.
fn payload(item: &WorkPackage, stored: Option<&WorkPackage>) -> Value {
    let target = |resource: &str, id: Option<u64>| json!({ "href": id.map(|id| path(resource, id)) });
    let mut payload = json!({
        "subject": item.subject,
        "description": formattable(&item.description),
        "scheduleManually": item.scheduled_by_hand,
        "startDate": date(item.start),
        "dueDate": date(item.due),
        "_links": {
            "project": target("projects", (item.project != 0).then_some(item.project)),
            "type": target("types", Some(item.kind)),
            "status": target("statuses", Some(item.status)),
            "priority": target("priorities", Some(item.priority)),
            "assignee": target("users", item.assignee),
            "responsible": target("users", item.responsible),
            "parent": target("work_packages", item.parent),
            "version": target("versions", item.version),
        },
    });
    if let Some(stored) = stored {
        payload["lockVersion"] = stored.lock_version.into();
    }
    payload
}
