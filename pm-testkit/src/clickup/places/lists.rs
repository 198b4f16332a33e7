//! Lists: <https://developer.clickup.com/reference/getlists>.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{people, statuses, task_count};
use crate::clickup::access::Caller;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::hooks;
use crate::clickup::model::{List, Place};
use crate::clickup::reply::Reply;
use crate::clickup::request::{Body, Parameters};
use crate::clickup::store::{App, Store};
use crate::clickup::view::{moment, priority};
use crate::clickup::zone::snapped;

/// A list as lists of them show it: without its statuses.
fn listed(store: &Store, list: &List) -> Value {
    let (folder, name, hidden) = store.folder_of(list);
    let mut shown = in_folder(store, list);
    shown["folder"] = json!({ "id": folder.to_string(), "name": name, "hidden": hidden, "access": true });
    shown
}

/// A list as its folder shows it.
pub(super) fn in_folder(store: &Store, list: &List) -> Value {
    let space = store.spaces.get(&list.space);
    json!({
        "id": list.id.to_string(),
        "name": list.name,
        "orderindex": list.id % 1_000,
        "content": list.content,
        "status": list.color.as_ref().map(|color| json!({ "status": color, "color": color, "hide_label": true })),
        "priority": list.priority.map(priority),
        "assignee": list.assignee.map(|id| people::shown(store, id)),
        "task_count": task_count(store, |one| one == list.id),
        "due_date": list.due.map(moment),
        "start_date": list.start.map(moment),
        "space": { "id": list.space.to_string(), "name": space.map(|space| &space.name), "access": true },
        "archived": list.archived,
        "override_statuses": list.statuses.is_some(),
        "permission_level": "create",
    })
}

/// A list by itself, with the statuses that its tasks have.
fn full(store: &Store, list: &List) -> Value {
    let mut shown = listed(store, list);
    shown["due_date_time"] = list.due_time.into();
    shown["start_date_time"] = list.start.map(|_| false).into();
    shown["inbound_address"] = format!("add.task.{}.acme@tasks.clickup.com", list.id).into();
    shown["statuses"] = statuses(store.statuses_of(list.id));
    shown
}

fn lists(store: &Store, parameters: &Parameters, fits: impl Fn(&List) -> bool) -> Reply {
    let archived = parameters.flag("archived");
    let lists = store.lists.values().filter(|list| list.archived == archived && fits(list));
    Reply::ok(json!({ "lists": lists.map(|list| listed(store, list)).collect::<Vec<_>>() }))
}

/// The lists of a space that lie in no folder.
pub(in crate::clickup) async fn of_space(
    State(app): State<App>,
    caller: Caller,
    Path(space): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.read();
    let space = caller.space(&store, &space)?.id;
    Ok(lists(&store, &parameters, |list| list.space == space && list.folder.is_none()))
}

pub(in crate::clickup) async fn of_folder(
    State(app): State<App>,
    caller: Caller,
    Path(folder): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.read();
    let folder = caller.folder(&store, &folder)?.id;
    Ok(lists(&store, &parameters, |list| list.folder == Some(folder)))
}

pub(in crate::clickup) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.read();
    let list = caller.list(&store, &id)?;
    Ok(Reply::ok(full(&store, list)))
}

pub(in crate::clickup) async fn create_in_space(
    State(app): State<App>,
    caller: Caller,
    Path(space): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let space = caller.space(&app.read(), &space)?.id;
    create(&app, &caller, (space, None), &body)
}

pub(in crate::clickup) async fn create_in_folder(
    State(app): State<App>,
    caller: Caller,
    Path(folder): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let (folder, space) = {
        let store = app.read();
        let folder = caller.folder(&store, &folder)?;
        (folder.id, folder.space)
    };
    create(&app, &caller, (space, Some(folder)), &body)
}

fn create(app: &App, caller: &Caller, (space, folder): (u64, Option<u64>), body: &Body) -> Answer<Reply> {
    let mut store = app.write();
    let mut list = List {
        id: 0,
        space,
        folder,
        name: String::new(),
        content: String::new(),
        archived: false,
        color: None,
        priority: None,
        assignee: None,
        start: None,
        due: None,
        due_time: false,
        statuses: None,
    };
    edit(app, &store, &mut list, body)?;
    list.id = store.next_id("lists");
    let id = list.id;
    store.lists.insert(id, list);
    hooks::tell(&mut store, "listCreated", (Place::List(id), caller.user), app.now());
    Ok(Reply::ok(full(&store, &store.lists[&id])))
}

/// What creating and updating have in common. The vendor's documents let a start be neither set nor changed.
fn edit(app: &App, store: &Store, list: &mut List, body: &Body) -> Answer<()> {
    list.name = body.required("name", "List Name")?;
    let same = |one: &List| one.space == list.space && one.folder == list.folder && one.name == list.name;
    if store.lists.values().any(|one| one.id != list.id && same(one)) {
        return Err(Problem::new(400, "List name taken", "SUBCAT_016"));
    }
    if let Some(text) = body.text("markdown_content")?.or(body.text("content")?) {
        list.content = text.to_owned();
    }
    if let Some(due) = body.integer("due_date")? {
        list.due_time = body.flag("due_date_time")?.unwrap_or_default();
        list.due = due.map(|due| if list.due_time { due } else { snapped(due, app.options.zone) });
    }
    if let Some(priority) = body.integer("priority")? {
        list.priority = priority.and_then(|number| u8::try_from(number).ok()).filter(|number| (1..=4).contains(number));
    }
    // The colour, which the vendor calls a status.
    if let Some(color) = body.text("status")? {
        list.color = Some(color.to_owned());
    }
    if body.flag("unset_status")? == Some(true) {
        list.color = None;
    }
    if let Some(assignee) = body.get("assignee") {
        let id = assignee.as_u64().or_else(|| assignee.as_str().and_then(|text| text.parse().ok()));
        list.assignee = id.filter(|id| store.users.contains_key(id));
    }
    Ok(())
}

pub(in crate::clickup) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let mut list = caller.list(&store, &id)?.clone();
    edit(&app, &store, &mut list, &body)?;
    let id = list.id;
    store.lists.insert(id, list);
    hooks::tell(&mut store, "listUpdated", (Place::List(id), caller.user), app.now());
    Ok(Reply::ok(full(&store, &store.lists[&id])))
}

pub(in crate::clickup) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.list(&store, &id)?.id;
    hooks::tell(&mut store, "listDeleted", (Place::List(id), caller.user), app.now());
    store.remove_list(id);
    Ok(Reply::empty())
}
