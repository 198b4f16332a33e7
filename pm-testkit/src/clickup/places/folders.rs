//! Folders, which filters call projects: <https://developer.clickup.com/reference/getfolders>.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{lists, statuses, task_count};
use crate::clickup::access::Caller;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::hooks;
use crate::clickup::model::{Folder, List, Place};
use crate::clickup::reply::Reply;
use crate::clickup::request::{Body, Parameters};
use crate::clickup::store::{App, Store};

fn shown(store: &Store, folder: &Folder) -> Value {
    let space = store.spaces.get(&folder.space);
    let inside: Vec<&List> = store
        .lists
        .values()
        .filter(|list| list.folder == Some(folder.id) && list.archived == folder.archived)
        .collect();
    let own = folder.statuses.as_deref().or_else(|| space.map(|space| space.statuses.as_slice()));
    json!({
        "id": folder.id.to_string(),
        "name": folder.name,
        "orderindex": folder.id % 1_000,
        "override_statuses": folder.statuses.is_some(),
        "hidden": false,
        "space": { "id": folder.space.to_string(), "name": space.map(|space| &space.name), "access": true },
        "task_count": task_count(store, |list| inside.iter().any(|one| one.id == list)).to_string(),
        "archived": folder.archived,
        "statuses": statuses(own.unwrap_or_default()),
        "lists": inside.into_iter().map(|list| lists::in_folder(store, list)).collect::<Vec<_>>(),
        "permission_level": "create",
    })
}

pub(in crate::clickup) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(space): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.read();
    let space = caller.space(&store, &space)?.id;
    let archived = parameters.flag("archived");
    let fits = |folder: &&Folder| folder.space == space && folder.archived == archived;
    let folders: Vec<Value> = store.folders.values().filter(fits).map(|folder| shown(&store, folder)).collect();
    Ok(Reply::ok(json!({ "folders": folders })))
}

pub(in crate::clickup) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.read();
    let folder = caller.folder(&store, &id)?;
    Ok(Reply::ok(shown(&store, folder)))
}

/// Refuses a name that another folder of the space has (unverified).
fn check_name(store: &Store, space: u64, name: &str, own: Option<u64>) -> Answer<()> {
    let taken = |folder: &Folder| folder.space == space && folder.name == name && Some(folder.id) != own;
    match store.folders.values().any(taken) {
        true => Err(Problem::new(400, "Folder with this name already exists", "CAT_014")),
        false => Ok(()),
    }
}

pub(in crate::clickup) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(space): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let space = caller.space(&store, &space)?.id;
    let name = body.required("name", "Folder name")?;
    check_name(&store, space, &name, None)?;
    let id = store.next_id("folders");
    store.folders.insert(id, Folder { id, space, name, archived: false, statuses: None });
    hooks::tell(&mut store, "folderCreated", (Place::Folder(id), caller.user), app.now());
    Ok(Reply::ok(shown(&store, &store.folders[&id])))
}

pub(in crate::clickup) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let mut folder = caller.folder(&store, &id)?.clone();
    let name = body.required("name", "Folder name")?;
    check_name(&store, folder.space, &name, Some(folder.id))?;
    folder.name = name;
    let id = folder.id;
    store.folders.insert(id, folder);
    hooks::tell(&mut store, "folderUpdated", (Place::Folder(id), caller.user), app.now());
    Ok(Reply::ok(shown(&store, &store.folders[&id])))
}

pub(in crate::clickup) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.folder(&store, &id)?.id;
    hooks::tell(&mut store, "folderDeleted", (Place::Folder(id), caller.user), app.now());
    store.remove_folder(id);
    Ok(Reply::empty())
}
