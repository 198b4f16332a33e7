//! Properties of issues, comments and projects: JSON under a key that no screen shows.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-properties/>,
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comment-properties/>,
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-properties/>

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::comments::is_visible;
use super::errors::{Answer, Problem};
use super::model::{Comment, Issue, Project, Role};
use super::reply::Reply;
use super::request::Body;
use super::store::{App, Store};
use super::view::View;

/// The longest key and the longest value.
const LONGEST_KEY: usize = 255;
const LONGEST_VALUE: usize = 32_768;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/issue/{issue}/properties", get(of_issue))
        .route("/issue/{issue}/properties/{key}", get(issue_value).put(set_issue).delete(unset_issue))
        .route("/project/{project}/properties", get(of_project))
        .route("/project/{project}/properties/{key}", get(project_value).put(set_project).delete(unset_project))
        .route("/comment/{id}/properties", get(of_comment))
        .route("/comment/{id}/properties/{key}", get(comment_value).put(set_comment).delete(unset_comment))
}

/// The properties that a body brings: `"properties": [{"key": …, "value": …}]`.
pub(super) fn given(body: &Map<String, Value>) -> Answer<BTreeMap<String, Value>> {
    let Some(list) = body.get("properties").filter(|list| !list.is_null()) else { return Ok(BTreeMap::new()) };
    let list = list.as_array().ok_or_else(Problem::invalid_payload)?;
    let pair = |pair: &Value| {
        let key = pair.get("key").and_then(Value::as_str).ok_or_else(Problem::invalid_payload)?;
        let value = pair.get("value").cloned().ok_or_else(Problem::invalid_payload)?;
        check(key, &value)?;
        Ok((key.to_owned(), value))
    };
    list.iter().map(pair).collect()
}

/// Messages here and below are unverified.
fn check(key: &str, value: &Value) -> Answer<()> {
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Problem::bad(format!("The property key must have between 1 and {LONGEST_KEY} characters.")));
    }
    match value.to_string().len() > LONGEST_VALUE {
        true => Err(Problem::bad(format!("The property value must not be longer than {LONGEST_VALUE} characters."))),
        false => Ok(()),
    }
}

async fn of_issue(State(app): State<App>, caller: Caller, Path(issue): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, &issue)?;
    let view = View::new(&app, &store, &caller);
    Ok(keys(&view.href(&format!("/issue/{}/properties", issue.id)), &issue.properties))
}

async fn issue_value(
    State(app): State<App>,
    caller: Caller,
    Path((issue, key)): Path<(String, String)>,
) -> Answer<Reply> {
    let store = app.lock();
    value(&caller.issue(&store, &issue)?.properties, &key)
}

/// Writes a property: 201 for a new one, 200 for one that was there. The issue counts as changed (unverified).
async fn set_issue(
    State(app): State<App>,
    caller: Caller,
    Path((issue, key)): Path<(String, String)>,
    Body(value): Body,
) -> Answer<Reply> {
    check(&key, &value)?;
    let mut store = app.lock();
    let mut issue = editable(&store, &caller, &issue)?;
    let before = issue.properties.insert(key, value);
    super::comments::touch(&app, &mut store, issue);
    Ok(written(before.is_some()))
}

async fn unset_issue(
    State(app): State<App>,
    caller: Caller,
    Path((issue, key)): Path<(String, String)>,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut issue = editable(&store, &caller, &issue)?;
    issue.properties.remove(&key).ok_or_else(|| missing(&key))?;
    super::comments::touch(&app, &mut store, issue);
    Ok(Reply::empty())
}

fn editable(store: &Store, caller: &Caller, issue: &str) -> Answer<Issue> {
    let issue = caller.issue(store, issue)?;
    caller.needs(store, issue.project, Role::Member, "You do not have permission to edit this issue.")?;
    Ok(issue.clone())
}

async fn of_project(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let project = caller.project(&store, &project)?;
    let view = View::new(&app, &store, &caller);
    Ok(keys(&view.href(&format!("/project/{}/properties", project.id)), &project.properties))
}

async fn project_value(
    State(app): State<App>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
) -> Answer<Reply> {
    let store = app.lock();
    value(&caller.project(&store, &project)?.properties, &key)
}

async fn set_project(
    State(app): State<App>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
    Body(value): Body,
) -> Answer<Reply> {
    check(&key, &value)?;
    let mut store = app.lock();
    let before = own_project(&mut store, &caller, &project)?.properties.insert(key, value);
    Ok(written(before.is_some()))
}

async fn unset_project(
    State(app): State<App>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
) -> Answer<Reply> {
    let mut store = app.lock();
    own_project(&mut store, &caller, &project)?.properties.remove(&key).ok_or_else(|| missing(&key))?;
    Ok(Reply::empty())
}

/// The project for those who administer it.
fn own_project<'a>(store: &'a mut Store, caller: &Caller, project: &str) -> Answer<&'a mut Project> {
    let id = caller.project(store, project)?.id;
    caller.needs(store, id, Role::Admin, "You do not have permission to edit this project.")?;
    store.projects.get_mut(&id).ok_or_else(|| Problem::no_project(project))
}

async fn of_comment(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let comment = comment(view, &id)?;
    Ok(keys(&view.href(&format!("/comment/{id}/properties")), &comment.properties))
}

async fn comment_value(
    State(app): State<App>,
    caller: Caller,
    Path((id, key)): Path<(String, String)>,
) -> Answer<Reply> {
    let store = app.lock();
    value(&comment(View::new(&app, &store, &caller), &id)?.properties, &key)
}

async fn set_comment(
    State(app): State<App>,
    caller: Caller,
    Path((id, key)): Path<(String, String)>,
    Body(value): Body,
) -> Answer<Reply> {
    check(&key, &value)?;
    let mut store = app.lock();
    let mut comment = own_comment(View::new(&app, &store, &caller), &id)?;
    let before = comment.properties.insert(key, value);
    store.comments.insert(comment.id, comment);
    Ok(written(before.is_some()))
}

async fn unset_comment(
    State(app): State<App>,
    caller: Caller,
    Path((id, key)): Path<(String, String)>,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut comment = own_comment(View::new(&app, &store, &caller), &id)?;
    comment.properties.remove(&key).ok_or_else(|| missing(&key))?;
    store.comments.insert(comment.id, comment);
    Ok(Reply::empty())
}

fn comment<'a>(view: View<'a>, id: &str) -> Answer<&'a Comment> {
    let found = id.parse().ok().and_then(|id: u64| view.store.comments.get(&id));
    let seen = found.filter(|comment| is_visible(view, comment));
    seen.ok_or_else(|| Problem::new(404, format!("Can not find a comment for the id: {id}.")))
}

fn own_comment(view: View<'_>, id: &str) -> Answer<Comment> {
    let comment = comment(view, id)?;
    let project = view.store.issues().get(&comment.issue).map(|issue| issue.project).unwrap_or_default();
    let role = if comment.author == view.caller.user { Role::Member } else { Role::Admin };
    view.caller.needs(view.store, project, role, "You do not have the permission to edit this comment.")?;
    Ok(comment.clone())
}

fn keys(href: &str, properties: &BTreeMap<String, Value>) -> Reply {
    let keys = properties.keys().map(|key| json!({ "self": format!("{href}/{key}"), "key": key }));
    Reply::ok(json!({ "keys": keys.collect::<Vec<_>>() }))
}

fn value(properties: &BTreeMap<String, Value>, key: &str) -> Answer<Reply> {
    let value = properties.get(key).ok_or_else(|| missing(key))?;
    Ok(Reply::ok(json!({ "key": key, "value": value })))
}

fn missing(key: &str) -> Problem {
    Problem::new(404, format!("The property with key '{key}' does not exist."))
}

/// The answers have no body that clients could rely on.
fn written(before: bool) -> Reply {
    match before {
        true => Reply::ok(json!({})),
        false => Reply::created(json!({})),
    }
}
