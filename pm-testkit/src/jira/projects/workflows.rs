//! Workflows, as administrators read them.

use axum::extract::State;
use serde_json::{Value, json};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::model::{Category, Transition, WorkflowRow};
use super::super::paging::Page;
use super::super::reply::Reply;
use super::super::request::{Body, Parameters, id_of};
use super::super::store::App;
use super::super::view::View;

/// Lists workflows with their statuses and transitions, for administrators.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-workflows/#api-rest-api-3-workflow-search-get>
pub(super) async fn search(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    caller.needs_admin(&store)?;
    let view = View::new(&app, &store, &caller);
    let names = parameters.list("workflowName");
    let rows: Vec<&WorkflowRow> =
        store.workflows.values().filter(|row| names.is_empty() || names.contains(&row.name.as_str())).collect();
    let page = Page::read(&parameters, 50, 50)?;
    Ok(Reply::ok(page.linked(&view.href("/workflow/search"), &rows, |row| found(view, row, &parameters))))
}

fn found(view: View<'_>, row: &WorkflowRow, parameters: &Parameters) -> Value {
    let mut shown = json!({
        "id": { "name": row.name, "entityId": format!("00000000-0000-4000-8000-{:012}", row.id) },
        "description": "", "created": "2026-01-01T00:00:00.000+0000", "updated": "2026-01-01T00:00:00.000+0000",
    });
    if parameters.expands("statuses") {
        let statuses = row.statuses.iter().filter_map(|id| view.store.statuses.get(id));
        let statuses = statuses.map(|status| {
            json!({ "id": status.id.to_string(), "name": status.name, "properties": { "issueEditable": true } })
        });
        shown["statuses"] = statuses.collect();
    }
    if parameters.expands("transitions") {
        let initial = json!({ "id": "1", "name": "Create", "description": "", "from": [], "to": row.initial.to_string(),
            "type": "initial" });
        let others = row.transitions.iter().map(|transition| {
            let from = transition.from.iter().flatten().map(|id| Value::from(id.to_string()));
            let kind = if transition.from.is_none() { "global" } else { "directed" };
            json!({
                "id": transition.id.to_string(), "name": transition.name, "description": "",
                "from": from.collect::<Value>(), "to": transition.to.to_string(), "type": kind,
            })
        });
        shown["transitions"] = std::iter::once(initial).chain(others).collect();
    }
    shown
}

/// Reads the workflows of pairs of project and issue type, or all of them, with the statuses that they name: for
/// administrators.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-workflows/#api-rest-api-3-workflows-post>
pub(super) async fn read(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    let store = app.lock();
    caller.needs_admin(&store)?;
    let view = View::new(&app, &store, &caller);
    let mut rows: Vec<&WorkflowRow> = match body.get("projectAndIssueTypes").and_then(Value::as_array) {
        Some(pairs) => pairs.iter().map(|pair| of_pair(view, pair)).collect::<Answer<_>>()?,
        None => store.workflows.values().collect(),
    };
    rows.sort_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    let mut named: Vec<u64> = rows.iter().flat_map(|row| row.statuses.iter().copied()).collect();
    named.sort_unstable();
    named.dedup();
    let statuses: Vec<Value> = named.into_iter().filter_map(|id| status(view, id)).collect();
    let workflows: Vec<Value> = rows.into_iter().map(whole).collect();
    Ok(Reply::ok(json!({ "statuses": statuses, "workflows": workflows })))
}

fn of_pair<'a>(view: View<'a>, pair: &Value) -> Answer<&'a WorkflowRow> {
    let number = |name: &str| pair.get(name).and_then(id_of);
    let (project, kind) =
        number("projectId").zip(number("issueTypeId")).ok_or_else(|| Problem::bad("Invalid pair."))?;
    let is_there = view.store.projects.get(&project).is_some_and(|project| project.issue_types.contains(&kind));
    let row = view.store.workflow_of(project, kind).filter(|_| is_there);
    row.ok_or_else(|| Problem::bad("The project and issue type were not found."))
}

/// What statuses and workflows are called by each other in one answer.
fn reference(kind: &str, id: u64) -> String {
    let first = if kind == "status" { 1 } else { 2 };
    format!("{first:08}-0000-4000-8000-{id:012}")
}

fn status(view: View<'_>, id: u64) -> Option<Value> {
    let status = view.store.statuses.get(&id)?;
    let category = match status.category {
        Category::New => "TODO",
        Category::Done => "DONE",
        _ => "IN_PROGRESS",
    };
    Some(json!({
        "id": id.to_string(), "name": status.name, "description": "", "statusCategory": category,
        "statusReference": reference("status", id), "scope": { "type": "GLOBAL" },
    }))
}

fn whole(row: &WorkflowRow) -> Value {
    let statuses = row.statuses.iter().map(|id| json!({ "statusReference": reference("status", *id) }));
    let initial = json!({
        "id": "1", "name": "Create", "description": "", "type": "INITIAL", "links": [],
        "toStatusReference": reference("status", row.initial),
    });
    json!({
        "id": reference("workflow", row.id), "name": row.name, "description": "", "isEditable": true,
        "scope": { "type": "GLOBAL" }, "version": { "id": reference("workflow", row.id), "versionNumber": 1 },
        "statuses": statuses.collect::<Value>(),
        "transitions": std::iter::once(initial).chain(row.transitions.iter().map(transition)).collect::<Value>(),
    })
}

fn transition(transition: &Transition) -> Value {
    let from = transition.from.iter().flatten();
    let links = from.map(|id| json!({ "fromStatusReference": reference("status", *id), "fromPort": 0, "toPort": 1 }));
    let mut shown = json!({
        "id": transition.id.to_string(), "name": transition.name, "description": "",
        "type": if transition.from.is_none() { "GLOBAL" } else { "DIRECTED" },
        "toStatusReference": reference("status", transition.to), "links": links.collect::<Value>(),
    });
    if transition.screen.is_some() {
        let screen = json!({ "ruleKey": "system:transition-screen", "parameters": { "screenId": "1" } });
        shown["transitionScreen"] = screen;
    }
    shown
}
