//! Creating issues.

use std::collections::BTreeMap;
use std::sync::MutexGuard;

use axum::extract::State;
use serde_json::{Map, Value, json};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::model::{Field, Issue, IssueType, Project, Role, Stage};
use super::super::reply::Reply;
use super::super::request::{Body, id_of, only};
use super::super::store::{App, Store};
use super::super::view::View;
use super::draft::{Draft, Extra};
use super::{history, meta, transitions, values};

/// The members that a body for creating or editing an issue may have.
pub(super) const MEMBERS: &[&str] = &["fields", "update", "properties", "transition", "historyMetadata", "watchers"];

/// Creates an issue; the answer has its id and key alone.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-post>
pub(in crate::jira) async fn create(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    let mut store = app.lock();
    one(&app, &mut store, &caller, &body).map(Reply::created)
}

/// Creates one issue of a request and answers what it tells of it.
pub(super) fn one(
    app: &App,
    store: &mut MutexGuard<'_, Store>,
    caller: &Caller,
    body: &Map<String, Value>,
) -> Answer<Value> {
    only(app, body, MEMBERS)?;
    let properties = properties(body.get("properties"))?;
    let (mut issue, extras, transition) = prepare(app, store, caller, body)?;
    issue.properties = properties;
    issue.id = store.next_id("issues");
    if let Some(project) = store.projects.get_mut(&issue.project) {
        project.last_number += 1;
        issue.key = format!("{}-{}", project.key, project.last_number);
    }
    let (id, key) = (issue.id, issue.key.clone());
    store.save(issue);
    add_extras(app, store, caller, id, extras);
    let mut told = json!({
        "id": id.to_string(), "key": key, "self": View::new(app, store, caller).href(&format!("/issue/{id}"))
    });
    if let Some(transition) = transition {
        let outcome = transitions::apply(app, store, caller, id, &transition, &Map::new());
        let (status, errors) = match outcome {
            Ok(()) => (200, json!({ "errorMessages": [], "errors": {} })),
            Err(problem) => (problem.status(), problem.body()),
        };
        told["transition"] = json!({ "status": status, "errorCollection": errors });
    }
    store.notified += 1;
    Ok(told)
}

type Prepared = (Issue, Vec<Extra>, Option<Value>);

fn prepare(app: &App, store: &MutexGuard<'_, Store>, caller: &Caller, body: &Map<String, Value>) -> Answer<Prepared> {
    let view = View::new(app, store, caller);
    let fields = body.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
    let project = project(view, fields.get("project"))?;
    let kind = issue_type(view, project, fields.get("issuetype"))?;
    if !caller.may(store, project.id, Role::Member) {
        let status = if caller.user.is_some() { 400 } else { 401 };
        return Err(Problem::new(status, "You do not have permission to create issues in this project."));
    }
    if project.stage == Stage::Archived {
        return Err(Problem::field("project", "The project is archived, so issues cannot be created in it."));
    }
    let screen: Vec<(&Field, bool)> = meta::creatable(view, project, kind.id).collect();
    let mut draft = Draft::new(view, blank(view, project, kind));
    let on_screen = |field: &Field| screen.iter().any(|(shown, _)| shown.id == field.id);
    draft.apply(body, &on_screen, &["project", "issuetype"])?;
    for id in ["priority", "reporter"] {
        fill(&mut draft, id);
    }
    draft.require(screen.iter().filter(|(_, required)| *required).map(|(field, _)| *field));
    draft.check_parent();
    let (issue, extras) = draft.finish()?;
    Ok((issue, extras, body.get("transition").cloned().filter(|transition| !transition.is_null())))
}

/// A new issue before anything is set.
fn blank(view: View<'_>, project: &Project, kind: &IssueType) -> Issue {
    let now = view.app.now();
    let status = view.store.workflow_of(project.id, kind.id).map(|workflow| workflow.initial).unwrap_or_default();
    let mut values = BTreeMap::new();
    if let Some(assignee) = values::default_assignee(view, project.id) {
        values.insert("assignee".to_owned(), assignee.into());
    }
    Issue {
        id: 0,
        key: String::new(),
        old_keys: Vec::new(),
        project: project.id,
        kind: kind.id,
        status,
        parent: None,
        creator: view.caller.user.clone(),
        created: now,
        updated: now,
        status_changed: now,
        resolution: None,
        resolved: None,
        sprints: Vec::new(),
        original_estimate: None,
        remaining_estimate: None,
        values,
        properties: BTreeMap::new(),
    }
}

/// What a field has when nothing is said.
fn fill(draft: &mut Draft<'_>, id: &str) {
    let value = match id {
        "priority" => draft.view().store.default_priority.map(Value::from),
        _ => draft.view().caller.user.clone().map(Value::from),
    };
    if let Some(value) = value {
        draft.issue.values.entry(id.to_owned()).or_insert(value);
    }
}

/// The project by id or key; one that is invisible is none.
fn project<'a>(view: View<'a>, value: Option<&Value>) -> Answer<&'a Project> {
    let value = value.filter(|value| value.is_object());
    let named = value.and_then(|value| {
        let id = value.get("id").and_then(id_of).map(|id| id.to_string());
        id.or_else(|| value["key"].as_str().map(str::to_owned))
    });
    let found = named.and_then(|name| view.caller.project(view.store, &name).ok());
    found.ok_or_else(|| Problem::field("project", "Specify a valid project ID or key"))
}

/// The issue type by id or name, among those of the project.
fn issue_type<'a>(view: View<'a>, project: &Project, value: Option<&Value>) -> Answer<&'a IssueType> {
    let value = value.filter(|value| value.is_object());
    let value = value.ok_or_else(|| Problem::field("issuetype", "Specify an issue type"))?;
    let own = || project.issue_types.iter().filter_map(|id| view.store.issue_types.get(id));
    let found = match value.get("id").and_then(id_of) {
        Some(id) => own().find(|kind| kind.id == id),
        None => own().find(|kind| Some(kind.name.as_str()) == value["name"].as_str()),
    };
    found.ok_or_else(|| Problem::field("issuetype", "Specify a valid issue type"))
}

/// The properties of a body: `[{"key": "…", "value": …}]`.
pub(super) fn properties(value: Option<&Value>) -> Answer<BTreeMap<String, Value>> {
    let items = match value {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(Problem::invalid_payload()),
    };
    let pair = |item: &Value| {
        let key = item["key"].as_str().filter(|key| !key.is_empty() && key.chars().count() <= 255);
        let value = item.get("value").filter(|value| value.to_string().len() <= 32_768);
        key.map(str::to_owned).zip(value.cloned())
    };
    items.iter().map(pair).collect::<Option<_>>().ok_or_else(Problem::invalid_payload)
}

/// Writes the comments and links that came with a write.
pub(super) fn add_extras(
    app: &App,
    store: &mut MutexGuard<'_, Store>,
    caller: &Caller,
    issue: u64,
    extras: Vec<Extra>,
) {
    for extra in extras {
        match extra {
            Extra::Comment { body, visibility } => history::comment(app, store, caller, issue, body, visibility),
            Extra::Link { kind, outward, other } => {
                let id = store.next_id("links");
                let (from, to) = if outward { (issue, other) } else { (other, issue) };
                store.links.insert(id, super::super::model::Link { id, kind, from, to });
            }
        }
    }
}
