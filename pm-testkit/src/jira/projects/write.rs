//! Creating and changing projects.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::super::Flavor;
use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::model::{Board, Project, Role, Stage};
use super::super::reply::Reply;
use super::super::request::{Body, Parameters, only};
use super::super::store::{App, Store};
use super::super::view::View;
use super::read::whole;

const MEMBERS: &[&str] = &[
    "key",
    "name",
    "description",
    "leadAccountId",
    "lead",
    "projectTypeKey",
    "projectTemplateKey",
    "url",
    "assigneeType",
    "avatarId",
    "issueSecurityScheme",
    "permissionScheme",
    "notificationScheme",
    "categoryId",
    "workflowScheme",
    "issueTypeScreenScheme",
    "issueTypeScheme",
    "fieldConfigurationScheme",
    "fieldScheme",
    "releasedProjectKeys",
];

/// Creates a project, for administrators; a template of the software kind comes with a board.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-post>
pub(super) async fn create(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, MEMBERS)?;
    let mut store = app.lock();
    caller.needs_admin(&store)?;
    let mut problems = check_names(&app, &store, &body, None, true);
    let lead = lead(&app, &store, &body);
    let missing = || match app.options.flavor {
        Flavor::Cloud => Problem::field("leadAccountId", "The project lead is required."),
        Flavor::DataCenter => Problem::field("projectLead", "You must specify a valid project lead."),
    };
    if lead.is_none() {
        problems.push(missing());
    }
    let kind = kind(&body);
    if kind.is_none() {
        problems.push(Problem::field("projectTypeKey", "A valid project type key or template key is required."));
    }
    Problem::all(problems)?;
    let (Some(lead), Some(kind)) = (lead, kind) else { return Err(missing()) };
    let id = store.next_id("projects");
    let project = row(&store, id, &body, lead, kind);
    let key = project.key.clone();
    store.projects.insert(id, project);
    add_board(&mut store, id, &key, &body);
    let href = View::new(&app, &store, &caller).href(&format!("/project/{id}"));
    Ok(Reply::created(json!({ "self": href, "id": id, "key": key })))
}

fn row(store: &Store, id: u64, body: &Map<String, Value>, lead: String, kind: &str) -> Project {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Project {
        id,
        key: text("key"),
        old_keys: Vec::new(),
        name: text("name"),
        description: text("description"),
        kind: kind.to_owned(),
        lead,
        url: text("url"),
        default_assignee: if text("assigneeType") == "PROJECT_LEAD" { "PROJECT_LEAD" } else { "UNASSIGNED" },
        stage: Stage::Live,
        issue_types: store.issue_types.keys().copied().collect(),
        workflows: BTreeMap::new(),
        screens: BTreeMap::new(),
        // What the vendor's default permission scheme gives to everybody with an account.
        everyone: Some(Role::Member),
        members: BTreeMap::new(),
        public: false,
        last_number: 0,
        properties: BTreeMap::new(),
    }
}

/// The templates of the software kind bring a board: a Scrum one, or a Kanban one.
///
/// That boards come with them, and their names, is unverified.
fn add_board(store: &mut Store, project: u64, key: &str, body: &Map<String, Value>) {
    let template = body.get("projectTemplateKey").and_then(Value::as_str).unwrap_or_default();
    let kind = match template {
        _ if template.contains("scrum") => "scrum",
        _ if template.contains("kanban") => "kanban",
        _ => return,
    };
    let id = store.next_small_id("boards");
    store.boards.insert(id, Board { id, name: format!("{key} board"), kind: kind.to_owned(), project, owner: None });
}

/// The type by its own key, or by that of a template.
fn kind(body: &Map<String, Value>) -> Option<&'static str> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    match (text("projectTypeKey"), text("projectTemplateKey")) {
        (Some("software"), _) => Some("software"),
        (Some("business"), _) => Some("business"),
        (Some("service_desk"), _) => Some("service_desk"),
        (Some(_), _) | (None, None) => None,
        (None, Some(template)) if template.starts_with("com.pyxis.greenhopper.jira:") => Some("software"),
        (None, Some(template)) if template.starts_with("com.atlassian.servicedesk:") => Some("service_desk"),
        (None, Some(template)) if template.starts_with("com.atlassian.jira-core-project-templates:") => {
            Some("business")
        }
        (None, Some(_)) => None,
    }
}

/// The lead by account id (Cloud) or name (Data Center).
fn lead(app: &App, store: &Store, body: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    match app.options.flavor {
        Flavor::Cloud => text("leadAccountId").filter(|id| store.users.contains_key(*id)).map(str::to_owned),
        Flavor::DataCenter => {
            let name = text("lead")?;
            store.users.values().find(|user| user.name == name).map(|user| user.id.clone())
        }
    }
}

/// What is wrong with name and key.
///
/// Keys: <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-post>;
/// the words are those of the vendor's dialog.
fn check_names(app: &App, store: &Store, body: &Map<String, Value>, own: Option<u64>, all: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let others = || store.projects.values().filter(move |project| Some(project.id) != own);
    match body.get("name").map(|name| name.as_str().unwrap_or_default()) {
        Some(name) if name.trim().is_empty() => {
            problems.push(Problem::field("projectName", "You must specify a valid project name."));
        }
        Some(name) if name.chars().count() > 80 => {
            problems.push(Problem::field("projectName", "The project name must not exceed 80 characters in length."));
        }
        Some(name) if others().any(|project| project.name.eq_ignore_ascii_case(name)) => {
            problems.push(Problem::field("projectName", "A project with that name already exists."));
        }
        None if all => problems.push(Problem::field("projectName", "You must specify a valid project name.")),
        _ => {}
    }
    match body.get("key").map(|key| key.as_str().unwrap_or_default()) {
        Some(key) if !is_key(app, key) => {
            let rule = "Project keys must start with an uppercase letter, followed by one or more uppercase alphanumeric \
                        characters.";
            problems.push(Problem::field("projectKey", rule));
        }
        Some(key) if key.len() > 10 => {
            problems.push(Problem::field("projectKey", "The project key must not exceed 10 characters in length."));
        }
        Some(key) => {
            let taken = others().find(|project| project.key == key || project.old_keys.iter().any(|old| old == key));
            if let Some(project) = taken {
                let message = format!("Project '{}' uses this project key.", project.name);
                problems.push(Problem::field("projectKey", message));
            }
        }
        None if all => problems.push(Problem::field(
            "projectKey",
            "You must specify a unique project key, at least 2 \
                                                                   characters long, containing only uppercase letters.",
        )),
        None => {}
    }
    problems
}

/// Whether a key fits the pattern: on Data Center that of a new installation, `([A-Z][A-Z]+)`, without digits.
///
/// <https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format-938847081.html>
fn is_key(app: &App, key: &str) -> bool {
    let digits = app.options.flavor == Flavor::Cloud;
    let rest = |c: char| c.is_ascii_uppercase() || digits && c.is_ascii_digit();
    key.len() > 1 && key.starts_with(|c: char| c.is_ascii_uppercase()) && key.chars().all(rest)
}

/// Changes a project, for its administrators; a key for those of the site, and its issues get it too.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-projectidorkey-put>
pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    parameters: Parameters,
    body: Body,
) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, MEMBERS)?;
    let mut store = app.lock();
    caller.user()?;
    let mut project = caller.project(&store, &project)?.clone();
    caller.needs(&store, project.id, Role::Admin, "You cannot edit the configuration of this project.")?;
    let mut problems = check_names(&app, &store, &body, Some(project.id), false);
    let names_lead = body.contains_key("leadAccountId") || body.contains_key("lead");
    match lead(&app, &store, &body) {
        Some(lead) => project.lead = lead,
        None if names_lead => problems.push(Problem::field("projectLead", "You must specify a valid project lead.")),
        None => {}
    }
    Problem::all(problems)?;
    set(&mut project, &body);
    let key = body.get("key").and_then(Value::as_str).filter(|key| *key != project.key).map(str::to_owned);
    if let Some(key) = key {
        caller.needs_admin(&store)?;
        rename(&mut store, &mut project, &key);
    }
    store.projects.insert(project.id, project.clone());
    let view = View::new(&app, &store, &caller);
    Ok(Reply::ok(whole(view, &project, &parameters.list("expand"))))
}

fn set(project: &mut Project, body: &Map<String, Value>) {
    let text = |name: &str| body.get(name).map(|value| value.as_str().unwrap_or_default().to_owned());
    if let Some(name) = text("name") {
        project.name = name;
    }
    if let Some(description) = text("description") {
        project.description = description;
    }
    if let Some(url) = text("url") {
        project.url = url;
    }
    match text("assigneeType").as_deref() {
        Some("PROJECT_LEAD") => project.default_assignee = "PROJECT_LEAD",
        Some("UNASSIGNED") => project.default_assignee = "UNASSIGNED",
        _ => {}
    }
}

/// Gives a project another key; the old one still leads to it and to its issues.
fn rename(store: &mut Store, project: &mut Project, key: &str) {
    let inside: Vec<_> = store.issues().values().filter(|issue| issue.project == project.id).cloned().collect();
    for mut issue in inside {
        let number = issue.key.rsplit('-').next().unwrap_or_default();
        let renamed = format!("{key}-{number}");
        issue.old_keys.push(std::mem::replace(&mut issue.key, renamed));
        store.save(issue);
    }
    let old = std::mem::replace(&mut project.key, key.to_owned());
    project.old_keys.push(old);
}
