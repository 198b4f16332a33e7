//! Custom fields: <https://developer.clickup.com/reference/getaccessiblecustomfields>.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{touch, values};
use crate::clickup::access::Caller;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::hooks;
use crate::clickup::model::{Field, Place};
use crate::clickup::reply::Reply;
use crate::clickup::request::{Body, Parameters};
use crate::clickup::store::{App, Store};

fn fields<'a>(fields: impl Iterator<Item = &'a Field>) -> Reply {
    Reply::ok(json!({ "fields": fields.map(values::definition).collect::<Vec<_>>() }))
}

/// Those made at one level, and the workspace's.
fn at(store: &Store, place: Place, workspace: Option<u64>) -> Reply {
    let wanted = [Some(place), workspace.map(Place::Workspace)];
    fields(store.fields.iter().filter(|field| wanted.contains(&Some(field.place))))
}

pub(in crate::clickup) async fn of_workspace(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let store = app.read();
    let id = caller.workspace(&store, &id)?.id;
    Ok(at(&store, Place::Workspace(id), None))
}

pub(in crate::clickup) async fn of_space(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let store = app.read();
    let space = caller.space(&store, &id)?;
    Ok(at(&store, Place::Space(space.id), Some(space.workspace)))
}

pub(in crate::clickup) async fn of_folder(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let store = app.read();
    let folder = caller.folder(&store, &id)?;
    let workspace = store.spaces.get(&folder.space).map(|space| space.workspace);
    Ok(at(&store, Place::Folder(folder.id), workspace))
}

/// All that tasks of a list can have.
pub(in crate::clickup) async fn of_list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let store = app.read();
    let list = caller.list(&store, &id)?.id;
    Ok(fields(store.fields_of(list)))
}

/// <https://developer.clickup.com/reference/setcustomfieldvalue>
pub(in crate::clickup) async fn set(
    State(app): State<App>,
    caller: Caller,
    Path((id, field)): Path<(String, String)>,
    parameters: Parameters,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let mut task = caller.task(&store, &id, &parameters)?.clone();
    let value = body.get("value").ok_or_else(|| Problem::new(400, "Value is required", "FIELD_008"))?;
    values::set(&store, &mut task, &field, value)?;
    let id = task.id;
    store.tasks.insert(id, task);
    changed(&mut store, (id, caller.user), (&field, value.clone()), app.now());
    Ok(Reply::empty())
}

/// <https://developer.clickup.com/reference/removecustomfieldvalue>
pub(in crate::clickup) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((id, field)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.write();
    let mut task = caller.task(&store, &id, &parameters)?.clone();
    values::set(&store, &mut task, &field, &Value::Null)?;
    let id = task.id;
    store.tasks.insert(id, task);
    changed(&mut store, (id, caller.user), (&field, Value::Null), app.now());
    Ok(Reply::empty())
}

fn changed(store: &mut Store, (id, user): (u64, u64), (field, value): (&str, Value), now: i64) {
    touch(store, id, now);
    let item = json!({ "field": "custom_field", "custom_field": { "id": field }, "before": null, "after": value });
    hooks::tell_of_task(store, "taskUpdated", (id, user), now, &[item]);
}
