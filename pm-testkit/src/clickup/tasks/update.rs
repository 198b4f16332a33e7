//! Changed tasks: <https://developer.clickup.com/reference/updatetask>.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::draft::Draft;
use super::render;
use crate::clickup::access::Caller;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::hooks;
use crate::clickup::model::Task;
use crate::clickup::reply::Reply;
use crate::clickup::request::{Body, Parameters};
use crate::clickup::store::{App, Store};

/// Tags and custom fields in the body are ignored, as everything that the vendor does not list.
pub(in crate::clickup) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.task(&store, &id, &parameters)?.id;
    let events = change(&app, &mut store, (id, caller.user), &body)?;
    for (event, item) in events {
        hooks::tell_of_task(&mut store, event, (id, caller.user), app.now(), &[item]);
    }
    Ok(Reply::ok(render::single(&app, &store, &store.tasks[&id], (true, false))))
}

/// Changes a task as a body describes; the events that this makes.
pub(in crate::clickup) fn change(
    app: &App,
    store: &mut Store,
    (id, _user): (u64, u64),
    body: &Body,
) -> Answer<Vec<(&'static str, Value)>> {
    let Some(before) = store.tasks.get(&id).cloned() else { return Err(Problem::no_task()) };
    let mut task = before.clone();
    let draft = Draft { app, store, body, now: app.now() };
    draft.fill(&mut task)?;
    if let Some(assignees) = body.get("assignees") {
        assign(&draft, &mut task, assignees)?;
    }
    let events = events(&before, &task);
    store.tasks.insert(id, task);
    Ok(events)
}

/// Takes `{"add": [], "rem": []}`; a list of people is refused.
fn assign(draft: &Draft<'_>, task: &mut Task, assignees: &Value) -> Answer<()> {
    let Value::Object(members) = assignees else {
        return Err(Problem::new(400, "Assignees must be an object with add and rem", "INPUT_020"));
    };
    let ids = |name: &str| members.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let removed = ids("rem");
    task.assignees.retain(|id| !removed.iter().any(|one| one.as_u64() == Some(*id)));
    for id in draft.people(task.list, &ids("add"))? {
        if !task.assignees.contains(&id) {
            task.assignees.push(id);
        }
    }
    Ok(())
}

/// Several events can follow from one change: <https://developer.clickup.com/docs/webhooktaskpayloads>.
fn events(before: &Task, after: &Task) -> Vec<(&'static str, Value)> {
    let mut events = Vec::new();
    let mut note = |event, field: &str, one: Value, other: Value| {
        if one != other {
            events.push((event, json!({ "field": field, "before": one, "after": other })));
        }
    };
    let status = |task: &Task| json!({ "status": task.status.name, "type": task.status.kind.name() });
    note("taskStatusUpdated", "status", status(before), status(after));
    note("taskAssigneeUpdated", "assignee_add", json!(before.assignees), json!(after.assignees));
    note("taskDueDateUpdated", "due_date", json!(before.due), json!(after.due));
    note("taskPriorityUpdated", "priority", json!(before.priority), json!(after.priority));
    note("taskTimeEstimateUpdated", "time_estimate", json!(before.estimate), json!(after.estimate));
    note("taskUpdated", "name", json!(before.name), json!(after.name));
    note("taskUpdated", "content", json!(before.text), json!(after.text));
    if let Some((_, first)) = events.first().cloned()
        && !events.iter().any(|(event, _)| *event == "taskUpdated")
    {
        events.push(("taskUpdated", first));
    }
    events
}
