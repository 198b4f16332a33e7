//! What all projects share: fields, issue types, statuses, priorities, resolutions, permissions.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::{Map, Value, json};

use super::Flavor;
use super::access::Caller;
use super::errors::{Answer, Problem};
use super::issues::meta;
use super::model::{Field, FieldKind, Project, Role, Stage};
use super::paging::Page;
use super::reply::Reply;
use super::request::Parameters;
use super::store::App;
use super::view::View;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/field", get(fields))
        .route("/issuetype", get(issue_types))
        .route("/issuetype/{id}", get(issue_type))
        .route("/status", get(statuses))
        .route("/status/{name}", get(status))
        .route("/statuscategory", get(status_categories))
        .route("/priority", get(priorities))
        .route("/priority/search", get(priority_page))
        .route("/priority/{id}", get(priority))
        .route("/resolution", get(resolutions))
        .route("/mypermissions", get(permissions))
}

/// What Cloud alone has.
pub(super) fn cloud_routes() -> Router<App> {
    Router::new()
        .route("/field/search", get(field_page))
        .route("/issuetype/project", get(types_of_project))
        .route("/resolution/search", get(resolution_page))
}

/// Lists all fields, to anybody.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/#api-rest-api-3-field-get>
async fn fields(State(app): State<App>) -> Reply {
    let store = app.lock();
    let hidden = |field: &&Field| app.options.flavor == Flavor::DataCenter && field.kind == FieldKind::Parent;
    Reply::ok(store.fields.iter().filter(|field| !hidden(field)).map(field).collect::<Value>())
}

fn field(field: &Field) -> Value {
    let custom = field.custom.as_ref().map(|(number, _)| *number);
    let mut clauses = match custom {
        Some(number) => vec![format!("cf[{number}]")],
        None if field.id == "issuekey" => ["id", "issue", "issuekey", "key"].map(str::to_owned).to_vec(),
        None => vec![field.id.clone()],
    };
    if custom.is_some() {
        clauses.push(field.name.clone());
    }
    let mut shown = json!({
        "id": field.id, "key": field.id, "name": field.name, "custom": custom.is_some(), "orderable": true,
        "navigable": true, "searchable": true, "clauseNames": clauses,
    });
    // The key of issues has no type; nor has the parent in the vendor's list.
    if !matches!(field.id.as_str(), "issuekey" | "parent") {
        shown["schema"] = meta::schema(field);
    }
    shown
}

/// Lists fields in pages, by kind and text.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/#api-rest-api-3-field-search-get>
async fn field_page(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let kinds = parameters.list("type");
    let (ids, text) = (parameters.list("id"), parameters.get("query").unwrap_or_default().to_lowercase());
    let fits = |shown: &&Field| {
        let kind = if shown.custom.is_some() { "custom" } else { "system" };
        (kinds.is_empty() || kinds.contains(&kind))
            && (ids.is_empty() || ids.contains(&shown.id.as_str()))
            && shown.name.to_lowercase().contains(&text)
    };
    let found: Vec<&Field> = store.fields.iter().filter(fits).collect();
    let page = Page::read(&parameters, 50, app.options.list_page)?;
    Ok(Reply::ok(page.linked(
        &view.href("/field/search"),
        &found,
        |shown| json!({ "id": shown.id, "name": shown.name, "schema": meta::schema(shown), "description": "" }),
    )))
}

/// Lists the issue types of all projects that the caller sees.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-types/>
async fn issue_types(State(app): State<App>, caller: Caller) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let all = caller.user.is_some();
    let seen: Vec<&Project> = visible(&store, &caller);
    let shown = store
        .issue_types
        .values()
        .filter(|kind| all || seen.iter().any(|project| project.issue_types.contains(&kind.id)));
    Ok(Reply::ok(shown.map(|kind| view.issue_type(kind)).collect::<Value>()))
}

fn visible<'a>(store: &'a super::store::Store, caller: &Caller) -> Vec<&'a Project> {
    let live = store.projects.values().filter(|project| project.stage != Stage::Deleted);
    live.filter(|project| caller.role(store, project).is_some()).collect()
}

async fn issue_type(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let kind = id.parse().ok().and_then(|id: u64| store.issue_types.get(&id));
    let missing = || Problem::new(404, format!("The issue type with id '{id}' does not exist"));
    Ok(Reply::ok(View::new(&app, &store, &caller).issue_type(kind.ok_or_else(missing)?)))
}

/// Lists the issue types of one project, of one level if asked for.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-types/#api-rest-api-3-issuetype-project-get>
async fn types_of_project(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let project = caller.project(&store, parameters.get("projectId").unwrap_or_default())?;
    let level: Option<i64> = parameters.get("level").and_then(|level| level.parse().ok());
    let kinds = project.issue_types.iter().filter_map(|id| store.issue_types.get(id));
    let kinds = kinds.filter(|kind| level.is_none_or(|level| kind.level == level));
    let view = View::new(&app, &store, &caller);
    Ok(Reply::ok(kinds.map(|kind| view.issue_type(kind)).collect::<Value>()))
}

/// Lists all statuses.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-workflow-statuses/>
async fn statuses(State(app): State<App>, caller: Caller) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    Ok(Reply::ok(store.statuses.values().map(|status| view.status(status)).collect::<Value>()))
}

async fn status(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let by_id = name.parse().ok().and_then(|id: u64| store.statuses.get(&id));
    let found = by_id.or_else(|| store.statuses.values().find(|status| status.name == name));
    let missing = || Problem::new(404, format!("The status with id or name '{name}' does not exist."));
    Ok(Reply::ok(View::new(&app, &store, &caller).status(found.ok_or_else(missing)?)))
}

async fn status_categories(State(app): State<App>, caller: Caller) -> Answer<Reply> {
    use super::model::Category::{Done, Indeterminate, New, Undefined};

    caller.user()?;
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let shown = [Undefined, New, Indeterminate, Done].map(|category| {
        let (id, key, color, name) = category.words();
        let href = view.href(&format!("/statuscategory/{id}"));
        json!({ "self": href, "id": id, "key": key, "colorName": color, "name": name })
    });
    Ok(Reply::ok(shown.into_iter().collect::<Value>()))
}

/// Lists the priorities from the highest one.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-priorities/>
async fn priorities(State(app): State<App>, caller: Caller) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let shown = store.priorities.values().map(|row| described(view.priority(row), row.color));
    Ok(Reply::ok(shown.collect::<Value>()))
}

fn described(mut shown: Value, color: &str) -> Value {
    shown["statusColor"] = color.into();
    shown["description"] = "".into();
    shown
}

async fn priority_page(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let rows: Vec<_> = store.priorities.values().collect();
    let page = Page::read(&parameters, 50, app.options.list_page)?;
    let default = store.default_priority;
    Ok(Reply::ok(page.linked(&view.href("/priority/search"), &rows, |row| {
        let mut shown = described(view.priority(row), row.color);
        shown["isDefault"] = (Some(row.id) == default).into();
        shown
    })))
}

async fn priority(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let row = id.parse().ok().and_then(|id: u64| store.priorities.get(&id));
    let row = row.ok_or_else(|| Problem::new(404, format!("The priority with id '{id}' does not exist")))?;
    Ok(Reply::ok(described(View::new(&app, &store, &caller).priority(row), row.color)))
}

async fn resolutions(State(app): State<App>, caller: Caller) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    Ok(Reply::ok(store.resolutions.keys().map(|id| view.resolution_id(*id)).collect::<Value>()))
}

async fn resolution_page(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let rows: Vec<u64> = store.resolutions.keys().copied().collect();
    let page = Page::read(&parameters, 50, app.options.list_page)?;
    Ok(Reply::ok(page.linked(&view.href("/resolution/search"), &rows, |id| view.resolution_id(*id))))
}

/// What each role may do, by the key of the permission.
const PERMISSIONS: [(&str, Option<Role>); 14] = [
    ("BROWSE_PROJECTS", Some(Role::Viewer)),
    ("CREATE_ISSUES", Some(Role::Member)),
    ("EDIT_ISSUES", Some(Role::Member)),
    ("ASSIGN_ISSUES", Some(Role::Member)),
    ("TRANSITION_ISSUES", Some(Role::Member)),
    ("ADD_COMMENTS", Some(Role::Member)),
    ("LINK_ISSUES", Some(Role::Member)),
    ("WORK_ON_ISSUES", Some(Role::Member)),
    ("DELETE_ISSUES", Some(Role::Admin)),
    ("MODIFY_REPORTER", Some(Role::Admin)),
    ("MANAGE_SPRINTS_PERMISSION", Some(Role::Admin)),
    ("ADMINISTER_PROJECTS", Some(Role::Admin)),
    ("ADMINISTER", None),
    ("CREATE_PROJECT", None),
];

/// Tells which permissions the caller has, globally, in a project or for an issue.
///
/// Cloud wants to be told which ones: <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/>.
async fn permissions(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let wanted = parameters.list("permissions");
    let view = View::new(&app, &store, &caller);
    if wanted.is_empty() && view.is_cloud() {
        return Err(Problem::bad("The 'permissions' query parameter is required."));
    }
    if let Some(unknown) = wanted.iter().find(|name| !PERMISSIONS.iter().any(|(key, _)| key == *name)) {
        return Err(Problem::bad(format!("Unrecognized permission: {unknown}")));
    }
    let named = [parameters.get("projectKey"), parameters.get("projectId")].into_iter().flatten().next();
    let issue = [parameters.get("issueKey"), parameters.get("issueId")].into_iter().flatten().next();
    let project = match (named, issue) {
        (Some(name), _) => Some(caller.project(&store, name)?.id),
        (None, Some(name)) => Some(caller.issue(&store, name)?.project),
        (None, None) => None,
    };
    let held = |role: Option<Role>| match (role, project) {
        (None, _) => caller.is_admin(&store),
        (Some(role), Some(project)) => caller.may(&store, project, role),
        (Some(role), None) => store.projects.values().any(|project| caller.may(&store, project.id, role)),
    };
    let shown = PERMISSIONS.iter().filter(|(key, _)| wanted.is_empty() || wanted.contains(key));
    let shown = shown.enumerate().map(|(number, (key, role))| {
        let kind = if role.is_some() { "PROJECT" } else { "GLOBAL" };
        let value = json!({
            "id": number.to_string(), "key": key, "name": key, "type": kind, "description": "",
            "havePermission": held(*role),
        });
        ((*key).to_owned(), value)
    });
    Ok(Reply::ok(json!({ "permissions": shown.collect::<Map<String, Value>>() })))
}
