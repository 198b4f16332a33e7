//! Reading projects.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::issues::fields;
use super::super::model::{Project, Role, Stage};
use super::super::paging::Page;
use super::super::reply::Reply;
use super::super::request::Parameters;
use super::super::store::App;
use super::super::view::View;

/// Lists the visible projects in pages, anonymously too: with wrong credentials an empty page (`gastownhall/beads#825`).
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-search-get>
pub(super) async fn search(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let mut found = store.projects.values().filter(|project| fits(view, &parameters, project)).collect::<Vec<_>>();
    order(view, &parameters, &mut found)?;
    let page = Page::read(&parameters, 50, app.options.list_page)?;
    let expand = parameters.list("expand");
    Ok(Reply::ok(page.linked(&view.href("/project/search"), &found, |project| {
        let mut shown = view.project(project);
        complete(view, project, &expand, &mut shown);
        shown
    })))
}

fn fits(view: View<'_>, parameters: &Parameters, project: &Project) -> bool {
    let stages = parameters.list("status");
    let stage = match project.stage {
        Stage::Live => "live",
        Stage::Archived => "archived",
        Stage::Deleted => "deleted",
    };
    let (ids, keys, kinds) = (parameters.list("id"), parameters.list("keys"), parameters.list("typeKey"));
    let text = parameters.get("query").unwrap_or_default().to_lowercase();
    let least = match parameters.get("action") {
        Some("create") => Role::Member,
        Some("edit") => Role::Admin,
        _ => Role::Viewer,
    };
    let staged = if stages.is_empty() { stage == "live" } else { stages.contains(&stage) };
    staged
        && (ids.is_empty() || ids.contains(&project.id.to_string().as_str()))
        && (keys.is_empty() || keys.contains(&project.key.as_str()))
        && (kinds.is_empty() || kinds.contains(&project.kind.as_str()))
        && (project.key.to_lowercase().contains(&text) || project.name.to_lowercase().contains(&text))
        && view.caller.role(view.store, project) >= Some(least)
}

fn order(view: View<'_>, parameters: &Parameters, found: &mut [&Project]) -> Answer<()> {
    let order = parameters.get("orderBy").unwrap_or("key");
    let (descending, name) = match order.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, order.trim_start_matches('+').trim()),
    };
    let issues = |project: &Project| view.store.issues().values().filter(|issue| issue.project == project.id).count();
    match name {
        "key" => found.sort_by(|a, b| a.key.cmp(&b.key)),
        "name" => found.sort_by_key(|project| project.name.to_lowercase()),
        "owner" => found.sort_by(|a, b| a.lead.cmp(&b.lead)),
        "issueCount" => found.sort_by_key(|project| issues(project)),
        "category" | "lastIssueUpdatedTime" | "archivedDate" | "deletedDate" => {}
        _ => return Err(Problem::bad(format!("The orderBy value '{order}' is not valid."))),
    }
    if descending {
        found.reverse();
    }
    Ok(())
}

/// What a list shows with `expand` alone.
fn complete(view: View<'_>, project: &Project, expand: &[&str], shown: &mut Value) {
    shown["expand"] = "description,lead,issueTypes,url,projectKeys,permissions,insight".into();
    shown["isPrivate"] = false.into();
    for name in expand {
        match *name {
            "description" => shown["description"] = project.description.clone().into(),
            "lead" => shown["lead"] = view.user(Some(&project.lead)),
            "url" => shown["url"] = project.url.clone().into(),
            "issueTypes" => shown["issueTypes"] = types(view, project),
            "projectKeys" => {
                let keys = std::iter::once(&project.key).chain(&project.old_keys);
                shown["projectKeys"] = keys.cloned().map(Value::from).collect();
            }
            _ => {}
        }
    }
}

fn types(view: View<'_>, project: &Project) -> Value {
    project.issue_types.iter().map(|id| view.issue_type_id(*id)).collect()
}

/// Lists all visible projects at once, in the old way.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-get>; archived
/// ones only for those who ask for them, on Data Center: `includeArchived`.
pub(super) async fn all(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let archived = parameters.is_true("includeArchived");
    let seen = store.projects.values().filter(|project| {
        let staged = project.stage == Stage::Live || archived && project.stage == Stage::Archived;
        staged && caller.role(&store, project).is_some()
    });
    let mut seen: Vec<&Project> = seen.collect();
    seen.sort_by_key(|project| project.name.to_lowercase());
    let expand = parameters.list("expand");
    let shown = seen.into_iter().map(|project| {
        let mut shown = view.project(project);
        complete(view, project, &expand, &mut shown);
        shown
    });
    Ok(Reply::ok(shown.collect::<Value>()))
}

/// Shows a project by id, key, or a key that it had.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-projectidorkey-get>
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let project = caller.project(&store, &project)?;
    Ok(Reply::ok(whole(view, project, &parameters.list("expand"))))
}

/// A project with everything, as it is shown alone.
pub(super) fn whole(view: View<'_>, project: &Project, expand: &[&str]) -> Value {
    let mut shown = view.project(project);
    complete(view, project, expand, &mut shown);
    shown["description"] = project.description.clone().into();
    shown["lead"] = view.user(Some(&project.lead));
    shown["issueTypes"] = types(view, project);
    shown["assigneeType"] = project.default_assignee.into();
    if !project.url.is_empty() {
        shown["url"] = project.url.clone().into();
    }
    let components = view.store.components.values().filter(|row| row.project == project.id);
    shown["components"] = components.map(|row| fields::component(view, row.id)).collect();
    let versions = view.store.versions.values().filter(|row| row.project == project.id);
    shown["versions"] = versions.map(|row| fields::version(view, row.id)).collect();
    shown["roles"] = json!({});
    shown["properties"] = json!({});
    if view.is_cloud() {
        shown["style"] = "classic".into();
    }
    shown
}

/// Lists the statuses of a project by issue type, in the order of each workflow.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-projectidorkey-statuses-get>
pub(super) async fn statuses(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let project = caller.project(&store, &project)?;
    let shown = project.issue_types.iter().filter_map(|id| store.issue_types.get(id)).map(|kind| {
        let workflow = store.workflow_of(project.id, kind.id);
        let statuses = workflow.into_iter().flat_map(|workflow| &workflow.statuses);
        json!({
            "self": view.href(&format!("/issuetype/{}", kind.id)), "id": kind.id.to_string(), "name": kind.name,
            "subtask": kind.is_subtask(), "statuses": statuses.map(|id| view.status_id(*id)).collect::<Value>(),
        })
    });
    Ok(Reply::ok(shown.collect::<Value>()))
}

pub(super) async fn components(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let project = caller.project(&store, &project)?.id;
    let view = View::new(&app, &store, &caller);
    let own = store.components.values().filter(|row| row.project == project);
    Ok(Reply::ok(own.map(|row| fields::component(view, row.id)).collect::<Value>()))
}

pub(super) async fn versions(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let project = caller.project(&store, &project)?.id;
    let view = View::new(&app, &store, &caller);
    let own = store.versions.values().filter(|row| row.project == project);
    Ok(Reply::ok(own.map(|row| fields::version(view, row.id)).collect::<Value>()))
}

/// Shows the levels of a project's issue types.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-projectid-hierarchy-get>
pub(super) async fn hierarchy(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let project = caller.project(&store, &project)?;
    let level = |(level, name): (i64, &str)| {
        let kinds = project.issue_types.iter().filter_map(|id| store.issue_types.get(id));
        let kinds = kinds.filter(|kind| kind.level == level);
        let kinds = kinds.map(|kind| json!({ "id": kind.id, "name": kind.name, "entityId": kind.id.to_string() }));
        json!({ "level": level, "name": name, "issueTypes": kinds.collect::<Value>() })
    };
    let levels: Value = [(-1, "Subtask"), (0, "Base"), (1, "Epic")].map(level).into_iter().collect();
    Ok(Reply::ok(json!({ "projectId": project.id, "hierarchy": levels })))
}
