//! Creates and changes work packages.

use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::properties::Draft;
use super::{render, schedule};
use crate::openproject::access::Caller;
use crate::openproject::activities::{note_mails, record};
use crate::openproject::defaults::blank;
use crate::openproject::errors::{Answer, Problem};
use crate::openproject::fields;
use crate::openproject::hal::Reply;
use crate::openproject::model::{Permission, WorkPackage};
use crate::openproject::request::{Body, Parameters};
use crate::openproject::store::{App, Store};

/// Creates a work package in the project that the body names: 201, where the vendor's description says 200 (unverified).
pub(in crate::openproject) async fn create(
    State(app): State<App>,
    caller: Caller,
    parameters: Parameters,
    Body(body): Body,
) -> Answer<Reply> {
    create_in(&app, caller, &parameters, &body, None)
}

pub(in crate::openproject) async fn create_in_project(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    Body(body): Body,
) -> Answer<Reply> {
    create_in(&app, caller, &parameters, &body, Some(&id))
}

fn create_in(
    app: &App,
    caller: Caller,
    parameters: &Parameters,
    body: &Map<String, Value>,
    project: Option<&str>,
) -> Answer<Reply> {
    let mut store = app.lock();
    let user = caller.user()?;
    let mut item = start(app, &store, caller, body, project)?;
    item.author = user;
    let mut draft = Draft::new(&store, &app.options, caller, item);
    draft.apply(body);
    draft.check(None);
    Problem::all(std::mem::take(&mut draft.problems))?;
    let mut item = draft.item;
    caller.needs(&store, item.project, Permission::AddWorkPackages)?;
    let now = app.now();
    note_mails(&mut store, parameters);
    item.id = store.next_id("work_packages");
    (item.created, item.updated) = (now, now);
    let (id, above) = (item.id, chain(&store, item.parent));
    let before = schedule::note(&store, &above);
    store.work_packages.insert(id, item);
    record(&mut store, id, user, String::new(), vec!["The work package was created".to_owned()], now);
    schedule::settle(&mut store, &before, now);
    shown(app, &store, caller, id).map(Reply::created)
}

/// A blank work package in the project of the address or of the body; 404 for one that is not visible, in either place.
pub(super) fn start(
    app: &App,
    store: &Store,
    caller: Caller,
    body: &Map<String, Value>,
    project: Option<&str>,
) -> Answer<WorkPackage> {
    let project = match project {
        Some(id) => {
            let project = caller.project(store, id)?.id;
            caller.needs(store, project, Permission::AddWorkPackages)?;
            project
        }
        None => {
            let links = fields::links(body)?;
            let link = links.get("project").ok_or_else(|| Problem::constraint("project", "Project can't be blank."))?;
            let id = fields::id("project", &["projects", "workspaces"], link)?.unwrap_or_default();
            caller.project(store, &id.to_string())?.id
        }
    };
    Ok(blank(store, project, &app.options))
}

/// A work package and its parents, the root first.
pub(super) fn chain(store: &Store, lowest: Option<u64>) -> Vec<u64> {
    let Some(lowest) = lowest else { return Vec::new() };
    store.ancestors(lowest).into_iter().chain([lowest]).collect()
}

/// Changes a work package. The body must carry the `lockVersion` that was read: none, or another, is 409, even where the
/// other change was to something else (<https://www.openproject.org/docs/api/endpoints/work-packages/>,
/// opf/openproject#6807).
///
/// A request that changes nothing leaves `lockVersion` and `updatedAt` as they are (unverified).
pub(in crate::openproject) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    Body(body): Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let before = caller.work_package(&store, &id)?.clone();
    caller.needs(&store, before.project, Permission::EditWorkPackages)?;
    let user = caller.user()?;
    if body.get("lockVersion").and_then(Value::as_u64) != Some(before.lock_version) {
        return Err(Problem::conflict());
    }
    let mut draft = Draft::new(&store, &app.options, caller, before.clone());
    draft.apply(&body);
    draft.check(Some(&before));
    check_move(&mut draft, &before);
    Problem::all(std::mem::take(&mut draft.problems))?;
    let (item, given) = (draft.item, draft.given);
    if item != before {
        note_mails(&mut store, &parameters);
        save(&mut store, &before, item, app.now());
        let details = given.iter().map(|name| format!("{name} changed")).collect();
        record(&mut store, before.id, user, String::new(), details, app.now());
    }
    shown(&app, &store, caller, before.id).map(Reply::ok)
}

/// Moving needs the right to add in the other project, which has to be visible.
fn check_move(draft: &mut Draft<'_>, before: &WorkPackage) {
    let target = draft.item.project;
    if target != before.project && !draft.caller.may(draft.store, target, Permission::AddWorkPackages) {
        draft.problems.push(Problem::constraint("project", "Project is invalid."));
    }
}

/// Stores a changed work package and what follows from it: its children move along, its parents adapt.
fn save(store: &mut Store, before: &WorkPackage, mut item: WorkPackage, now: DateTime<Utc>) {
    let mut above = chain(store, before.parent);
    above.extend(chain(store, item.parent).into_iter().filter(|id| !above.contains(id)).collect::<Vec<_>>());
    let sums = schedule::note(store, &above);
    item.lock_version += 1;
    item.updated = now;
    let (id, project) = (item.id, item.project);
    store.work_packages.insert(id, item);
    if project != before.project {
        for child in store.descendants(id) {
            if let Some(child) = store.work_packages.get_mut(&child) {
                child.project = project;
                child.lock_version += 1;
                child.updated = now;
            }
        }
    }
    schedule::settle(store, &sums, now);
}

fn shown(app: &App, store: &Store, caller: Caller, id: u64) -> Answer<Value> {
    let item = store.work_packages.get(&id).ok_or_else(Problem::not_found)?;
    Ok(render(store, &app.options, caller, item))
}
