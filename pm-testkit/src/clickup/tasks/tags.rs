//! Tags of tasks: <https://developer.clickup.com/reference/addtagtotask>.

use axum::extract::{Path, State};
use serde_json::json;

use super::touch;
use crate::clickup::access::Caller;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::hooks;
use crate::clickup::reply::Reply;
use crate::clickup::request::Parameters;
use crate::clickup::store::{App, Store};

/// Puts a tag on a task, in lower case; the space has it from now on (unverified).
pub(super) fn put(store: &mut Store, task: u64, name: &str, user: u64) {
    let name = name.trim().to_lowercase();
    let list = store.tasks.get(&task).map(|task| task.list);
    let space = list.and_then(|list| store.lists.get(&list)).map(|list| list.space);
    if let Some(space) = space.and_then(|space| store.spaces.get_mut(&space)) {
        space.tags.entry(name.clone()).or_insert(user);
    }
    if let Some(task) = store.tasks.get_mut(&task)
        && !task.tags.contains(&name)
    {
        task.tags.push(name);
    }
}

pub(in crate::clickup) async fn add(
    State(app): State<App>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.task(&store, &id, &parameters)?.id;
    if name.trim().is_empty() {
        return Err(Problem::new(400, "Tag name invalid", "TAGS_003"));
    }
    put(&mut store, id, &name, caller.user);
    changed(&mut store, (id, caller.user), "tag", &name, app.now());
    Ok(Reply::empty())
}

/// Taking off what is not on changes nothing (unverified).
pub(in crate::clickup) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.task(&store, &id, &parameters)?.id;
    let lower = name.to_lowercase();
    if let Some(task) = store.tasks.get_mut(&id) {
        task.tags.retain(|tag| *tag != lower);
    }
    changed(&mut store, (id, caller.user), "tag_removed", &lower, app.now());
    Ok(Reply::empty())
}

fn changed(store: &mut Store, (id, user): (u64, u64), field: &str, name: &str, now: i64) {
    touch(store, id, now);
    let item = json!({ "field": field, "before": null, "after": [{ "name": name }] });
    hooks::tell_of_task(store, "taskTagUpdated", (id, user), now, std::slice::from_ref(&item));
    hooks::tell_of_task(store, "taskUpdated", (id, user), now, &[item]);
}
