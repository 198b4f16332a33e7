//! Lists of a task: another home, and lists that show it beside.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::draft::set_status;
use super::touch;
use crate::clickup::access::Caller;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::hooks;
use crate::clickup::model::{Place, Status, Task};
use crate::clickup::reply::Reply;
use crate::clickup::request::{Body, Parameters};
use crate::clickup::store::{App, Store};

/// Gives a task another home: <https://developer.clickup.com/docs/move-a-task-to-a-new-list>.
///
/// The lists that show it beside stay. Its subtasks go along, and a subtask that is moved by itself keeps its parent (both
/// unverified).
pub(in crate::clickup) async fn home_list(
    State(app): State<App>,
    caller: Caller,
    Path(place): Path<(String, String, String)>,
    body: Body,
) -> Answer<Reply> {
    relocate(&app, &caller, place, &body).map_err(Problem::third)
}

fn relocate(
    app: &App,
    caller: &Caller,
    (workspace, task, list): (String, String, String),
    body: &Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let workspace = caller.workspace(&store, &workspace)?.id;
    let id = caller.task(&store, &task, &Parameters::default())?.id;
    let list = caller.list(&store, &list)?.id;
    if store.workspace_of(list) != Some(workspace) {
        return Err(Problem::none("List"));
    }
    let moving: Vec<u64> = [id].into_iter().chain(store.descendants(id)).collect();
    let mut statuses = Vec::new();
    for one in &moving {
        let Some(task) = store.tasks.get(one) else { continue };
        statuses.push((*one, status_there(&store, task, list, body, *one == id)?));
    }
    let carried = body.flag("move_custom_fields")?.unwrap_or_default();
    let now = app.now();
    for (one, status) in statuses {
        settle(&mut store, (one, list), status, (carried, now));
    }
    let item = json!({ "field": "section_moved", "after": { "id": list.to_string() } });
    hooks::tell_of_task(&mut store, "taskMoved", (id, caller.user), now, std::slice::from_ref(&item));
    hooks::tell_of_task(&mut store, "taskUpdated", (id, caller.user), now, &[item]);
    Ok(Reply::ok(json!({ "data": { "task_id": task, "new_list_id": list.to_string() } })))
}

/// The status that a task has in another list: the one of the same name, or the one that the request maps its own to.
///
/// Where the request maps none, it is refused; subtasks of the moved task take the first status then (unverified).
fn status_there(store: &Store, task: &Task, list: u64, body: &Body, is_moved: bool) -> Answer<Status> {
    let there = store.statuses_of(list);
    let mapped = body.list("status_mappings")?.iter().find(|pair| pair["source_status_id"] == task.status.id.as_str());
    let by_mapping = mapped.and_then(|pair| there.iter().find(|one| pair["destination_status_id"] == one.id.as_str()));
    let by_name = there.iter().find(|one| one.name == task.status.name);
    let found = by_mapping.or(by_name).or(if is_moved { None } else { there.first() });
    found.cloned().ok_or_else(|| Problem::new(400, "Status mappings are required for the new list", "ITEM_150"))
}

fn settle(store: &mut Store, (id, list): (u64, u64), status: Status, (carried, now): (bool, i64)) {
    let Some(mut task) = store.tasks.get(&id).cloned() else { return };
    let home = task.list;
    task.list = list;
    task.also.retain(|other| *other != list);
    set_status(&mut task, status, now);
    if carried {
        carry_fields(store, &task, (home, list));
    }
    store.tasks.insert(id, task);
    touch(store, id, now);
}

/// Adds the custom fields of one list that a task has values of to another list.
fn carry_fields(store: &mut Store, task: &Task, (from, to): (u64, u64)) {
    let has: Vec<String> = store.fields_of(to).map(|field| field.id.clone()).collect();
    let places = store.places_of(from);
    let missing = |id: &&String| !has.contains(id);
    let ids: Vec<String> = task.fields.keys().filter(missing).cloned().collect();
    for field in store.fields.iter_mut().filter(|field| ids.contains(&field.id) && places.contains(&field.place)) {
        // One field in two lists is one of their space here.
        if let Some(list) = store.lists.get(&to) {
            field.place = Place::Space(list.space);
        }
    }
}

/// Shows a task in one more list: <https://developer.clickup.com/reference/addtasktolist>.
pub(in crate::clickup) async fn add(
    State(app): State<App>,
    caller: Caller,
    Path((list, task)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.write();
    let (list, id, home) = both(&app, &store, &caller, (&list, &task), &parameters)?;
    if let Some(task) = store.tasks.get_mut(&id)
        && home != list
        && !task.also.contains(&list)
    {
        task.also.push(list);
    }
    shown_elsewhere(&mut store, (id, caller.user), list, app.now());
    Ok(Reply::empty())
}

/// Shows a task in one list less; its home cannot be taken away.
pub(in crate::clickup) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((list, task)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.write();
    let (list, id, home) = both(&app, &store, &caller, (&list, &task), &parameters)?;
    if home == list {
        return Err(Problem::new(400, "Task can not be removed from its home list", "TIML_002"));
    }
    if let Some(task) = store.tasks.get_mut(&id) {
        task.also.retain(|other| *other != list);
    }
    shown_elsewhere(&mut store, (id, caller.user), list, app.now());
    Ok(Reply::empty())
}

fn both(
    app: &App,
    store: &Store,
    caller: &Caller,
    (list, task): (&str, &str),
    parameters: &Parameters,
) -> Answer<(u64, u64, u64)> {
    let list = caller.list(store, list)?.id;
    let task = caller.task(store, task, parameters)?;
    if !app.options.multiple_lists {
        return Err(Problem::new(400, "Tasks in Multiple Lists is not enabled for this Workspace", "TIML_001"));
    }
    Ok((list, task.id, task.list))
}

fn shown_elsewhere(store: &mut Store, (id, user): (u64, u64), list: u64, now: i64) {
    touch(store, id, now);
    let item: Value = json!({ "field": "linked_list", "after": { "id": list.to_string() } });
    hooks::tell_of_task(store, "taskUpdated", (id, user), now, &[item]);
}
