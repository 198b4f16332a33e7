//! New tasks: <https://developer.clickup.com/reference/createtask>.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use serde_json::Value;

use super::draft::{Draft, set_status};
use super::{render, tags, values};
use crate::clickup::access::Caller;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::hooks;
use crate::clickup::model::{Link, Status, StatusKind, Task, task_number};
use crate::clickup::reply::Reply;
use crate::clickup::request::Body;
use crate::clickup::store::{App, Store};

pub(in crate::clickup) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(list): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let list = caller.list(&store, &list)?.id;
    let id = insert(&app, &mut store, (list, caller.user), &body)?;
    hooks::tell_of_task(&mut store, "taskCreated", (id, caller.user), app.now(), &[]);
    Ok(Reply::ok(render::single(&app, &store, &store.tasks[&id], (true, false))))
}

fn blank((list, creator): (u64, u64), status: Status, now: i64) -> Task {
    Task {
        id: 0,
        custom_id: None,
        item: 0,
        name: String::new(),
        text: String::new(),
        status,
        created: now,
        updated: now,
        closed: None,
        done: None,
        archived: false,
        creator,
        assignees: Vec::new(),
        tags: Vec::new(),
        parent: None,
        priority: None,
        start: None,
        due: None,
        points: None,
        estimate: None,
        spent: None,
        fields: BTreeMap::new(),
        list,
        also: Vec::new(),
        attachments: Vec::new(),
    }
}

/// Adds what a body describes to a list; its id.
pub(in crate::clickup) fn insert(app: &App, store: &mut Store, (list, user): (u64, u64), body: &Body) -> Answer<u64> {
    if body.text("name")?.is_none() {
        return Err(Problem::new(400, "Task name invalid", "INPUT_005"));
    }
    let now = app.now();
    let first = store.statuses_of(list).first().cloned();
    let missing = Status { id: "none".to_owned(), name: "open".to_owned(), kind: StatusKind::Open };
    let mut task = blank((list, user), first.unwrap_or(missing), now);
    let draft = Draft { app, store, body, now };
    draft.fill(&mut task)?;
    // A new task in a status that is done has been done from the start.
    let status = task.status.clone();
    set_status(&mut task, status, now);
    task.assignees = draft.people(list, body.list("assignees")?)?;
    let tags = body.list("tags")?.iter().map(tag_name).collect::<Answer<Vec<_>>>()?;
    let fields = body.list("custom_fields")?.iter().map(field_value).collect::<Answer<Vec<_>>>()?;
    for (field, value) in fields {
        values::set(store, &mut task, field, value)?;
    }
    if body.flag("check_required_custom_fields")? == Some(true) {
        values::check_required(store, &task)?;
    }
    let linked = linked(store, body)?;
    task.id = store.next_id("tasks");
    task.custom_id = custom_id(store, list);
    let id = task.id;
    store.tasks.insert(id, task);
    for name in tags {
        tags::put(store, id, &name, user);
    }
    if let Some(other) = linked {
        store.links.push(Link { from: id, to: other, created: now, user });
    }
    Ok(id)
}

fn tag_name(value: &Value) -> Answer<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| Problem::wrong("tags", value, "a string"))
}

fn field_value(value: &Value) -> Answer<(&str, &Value)> {
    let id = value["id"].as_str().ok_or_else(|| Problem::wrong("custom_fields", value, "an object with an id"))?;
    Ok((id, &value["value"]))
}

fn linked(store: &Store, body: &Body) -> Answer<Option<u64>> {
    let Some(key) = body.text("links_to")? else { return Ok(None) };
    let found = task_number(key).filter(|id| store.tasks.contains_key(id));
    found.map(Some).ok_or_else(|| Problem::new(400, "Linked task not found", "ITEM_139"))
}

/// The next custom id of a space that has them.
fn custom_id(store: &mut Store, list: u64) -> Option<String> {
    let space = store.lists.get(&list)?.space;
    let space = store.spaces.get_mut(&space)?;
    let prefix = space.prefix.clone()?;
    space.last_custom += 1;
    Some(format!("{prefix}-{}", space.last_custom))
}
