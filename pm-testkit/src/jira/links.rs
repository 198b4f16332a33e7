//! Links between issues.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-links/>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::issues::fields::brief;
use super::issues::history;
use super::issues::values::{Refusal, comment_body};
use super::model::{Issue, Link, LinkType, Role};
use super::reply::Reply;
use super::request::{Body, id_of, only};
use super::store::{App, Store};
use super::view::View;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/issueLink", post(create))
        .route("/issueLink/{id}", get(show).delete(delete))
        .route("/issueLinkType", get(kinds))
        .route("/issueLinkType/{id}", get(kind))
}

/// Links two issues: `outwardIssue` *is blocked by* `inwardIssue`, the one that blocks.
///
/// The answer is 201 without a body, for a link that was there already too: its id is only to be had by reading one of
/// the issues. Which end is which surprises many: `mozilla/jira-bugzilla-integration#1285`,
/// `atlassian/atlassian-mcp-server#112`.
async fn create(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &["type", "inwardIssue", "outwardIssue", "comment"])?;
    let mut store = app.lock();
    let kind = link_type(&store, body.get("type"))?.id;
    let from = end(&store, &caller, &body, "inwardIssue")?.clone();
    let to = end(&store, &caller, &body, "outwardIssue")?.clone();
    if from.id == to.id {
        // The words are unverified.
        return Err(Problem::bad("You cannot link an issue to itself."));
    }
    if !caller.may(&store, from.project, Role::Member) {
        return Err(Problem::new(404, format!("No Link Issue Permission for issue '{}'", from.key)));
    }
    let comment = comment(View::new(&app, &store, &caller), &body)?;
    let same = |link: &Link| link.kind == kind && link.from == from.id && link.to == to.id;
    if !store.links.values().any(same) {
        let id = store.next_id("links");
        store.links.insert(id, Link { id, kind, from: from.id, to: to.id });
        for issue in [&from, &to] {
            super::comments::touch(&app, &mut store, issue.clone());
        }
    }
    if let Some((text, visibility)) = comment {
        history::comment(&app, &mut store, &caller, to.id, text, visibility);
    }
    Ok(Reply::nothing_created())
}

type Remark = Option<(Value, Option<Map<String, Value>>)>;

fn comment(view: View<'_>, body: &Map<String, Value>) -> Answer<Remark> {
    let Some(comment) = body.get("comment").filter(|comment| !comment.is_null()) else { return Ok(None) };
    let text = comment_body(view, &comment["body"]).map_err(|refusal| match refusal {
        Refusal::Field(message) => Problem::field("comment", message),
        Refusal::Whole(message) => Problem::bad(message),
    })?;
    Ok(Some((text, comment["visibility"].as_object().cloned())))
}

/// A type by id or name; 404 for one that does not exist: `No issue link type with name 'X' found.` (unverified).
fn link_type<'a>(store: &'a Store, wanted: Option<&Value>) -> Answer<&'a LinkType> {
    let wanted = wanted.ok_or_else(|| Problem::bad("The issue link type is required."))?;
    let id = wanted.get("id").and_then(id_of);
    let name = wanted.get("name").and_then(Value::as_str).unwrap_or_default();
    let found = match id {
        Some(id) => store.link_types.get(&id),
        None => store.link_types.values().find(|kind| kind.name.eq_ignore_ascii_case(name)),
    };
    found.ok_or_else(|| Problem::new(404, format!("No issue link type with name '{name}' found.")))
}

/// One of the issues, by id or key.
fn end<'a>(store: &'a Store, caller: &Caller, body: &Map<String, Value>, member: &str) -> Answer<&'a Issue> {
    let issue = body.get(member).ok_or_else(|| Problem::bad(format!("The '{member}' of the link is required.")))?;
    let id = issue.get("id").and_then(id_of).map(|id| id.to_string());
    let name = id.or_else(|| issue.get("key").and_then(Value::as_str).map(str::to_owned));
    caller.issue(store, &name.unwrap_or_default())
}

async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let link = find(view, &id)?;
    let (from, to) = ends(view, link).ok_or_else(|| no_link(&id))?;
    Ok(Reply::ok(json!({
        "id": link.id.to_string(),
        "self": view.href(&format!("/issueLink/{}", link.id)),
        "type": store.link_types.get(&link.kind).map(|kind| render_kind(view, kind)),
        "inwardIssue": brief(view, from),
        "outwardIssue": brief(view, to),
    })))
}

async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let mut store = app.lock();
    let view = View::new(&app, &store, &caller);
    let link = find(view, &id)?.id;
    let (from, to) = ends(view, find(view, &id)?).ok_or_else(|| no_link(&id))?;
    if ![from, to].iter().any(|issue| caller.may(&store, issue.project, Role::Member)) {
        return Err(no_link(&id));
    }
    let both = [from.clone(), to.clone()];
    store.links.remove(&link);
    both.into_iter().for_each(|issue| super::comments::touch(&app, &mut store, issue));
    Ok(Reply::empty())
}

/// A link both of whose ends are visible: 400 for what is no number, 404 for what is not there.
fn find<'a>(view: View<'a>, id: &str) -> Answer<&'a Link> {
    let number: u64 = id.parse().map_err(|_| Problem::bad(format!("The issue link id '{id}' is not valid.")))?;
    let link = view.store.links.get(&number).filter(|link| ends(view, link).is_some());
    link.ok_or_else(|| no_link(id))
}

fn ends<'a>(view: View<'a>, link: &Link) -> Option<(&'a Issue, &'a Issue)> {
    let end = |id: &u64| view.store.issues().get(id).filter(|issue| view.caller.sees(view.store, issue));
    Some((end(&link.from)?, end(&link.to)?))
}

fn no_link(id: &str) -> Problem {
    Problem::new(404, format!("No issue link with id '{id}' exists."))
}

/// Lists the link types, under a name of their own.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-link-types/#api-rest-api-3-issuelinktype-get>
async fn kinds(State(app): State<App>, caller: Caller) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let kinds = store.link_types.values().map(|kind| render_kind(view, kind));
    Ok(Reply::ok(json!({ "issueLinkTypes": kinds.collect::<Vec<_>>() })))
}

async fn kind(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let found = id.parse().ok().and_then(|id: u64| store.link_types.get(&id));
    let found = found.ok_or_else(|| Problem::new(404, format!("No issue link type with id '{id}' found.")))?;
    Ok(Reply::ok(render_kind(View::new(&app, &store, &caller), found)))
}

fn render_kind(view: View<'_>, kind: &LinkType) -> Value {
    json!({
        "id": kind.id.to_string(),
        "name": kind.name,
        "inward": kind.inward,
        "outward": kind.outward,
        "self": view.href(&format!("/issueLinkType/{}", kind.id)),
    })
}
