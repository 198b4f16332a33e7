//! Comments on issues and pull requests.
//!
//! <https://docs.github.com/en/rest/issues/comments>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::{Value, json};

use super::access::{Caller, Rights};
use super::changes::{Change, Item, announce};
use super::errors::{Answer, Problem};
use super::issues::check_body;
use super::model::Comment;
use super::paging::numbered;
use super::reply::Reply;
use super::request::{Body, Parameters};
use super::store::{App, Store};
use super::view::View;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/repositories/{repository}/issues/{number}/comments", get(of_issue).post(create))
        .route("/repositories/{repository}/issues/comments", get(of_repository))
        .route("/repositories/{repository}/issues/comments/{id}", get(show).patch(update).delete(delete))
}

async fn of_issue(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, repository, number)?;
    let since = parameters.time("since")?;
    let comments = issue.comments.iter().filter_map(|id| store.comments.get(id));
    let comments: Vec<&Comment> =
        comments.filter(|comment| since.is_none_or(|since| comment.updated >= since)).collect();
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &comments, |comment| view.comment(comment)))
}

async fn of_repository(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    caller.repository(&store, repository)?;
    let since = parameters.time("since")?;
    let sort = parameters.one_of("sort", &["created", "updated"], "created")?;
    let inside = |comment: &&Comment| {
        let issue = store.issues.get(&comment.issue);
        issue.is_some_and(|issue| issue.repository == repository) && since.is_none_or(|since| comment.updated >= since)
    };
    let mut comments: Vec<&Comment> = store.comments.values().filter(inside).collect();
    comments.sort_by_key(|comment| (if sort == "updated" { comment.updated } else { comment.created }, comment.id));
    if parameters.get("direction") == Some("desc") {
        comments.reverse();
    }
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &comments, |comment| view.comment(comment)))
}

async fn show(State(app): State<App>, caller: Caller, Path((repository, id)): Path<(u64, u64)>) -> Answer<Reply> {
    let store = app.lock();
    let comment = find(&store, &caller, repository, id)?;
    Ok(Reply::ok(View::new(&store, &caller).comment(comment)))
}

/// A comment of a repository that the caller sees.
fn find<'a>(store: &'a Store, caller: &Caller, repository: u64, id: u64) -> Answer<&'a Comment> {
    caller.repository(store, repository)?;
    let comment = store.comments.get(&id).ok_or_else(Problem::not_found)?;
    let issue = store.issues.get(&comment.issue).filter(|issue| issue.repository == repository);
    issue.map(|_| comment).ok_or_else(Problem::not_found)
}

/// Everybody who reads an issue may comment on it, those without push access only while it is not locked.
async fn create(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let author = caller.account()?;
    let issue = caller.issue(&store, repository, number)?;
    let place = caller.repository(&store, repository)?;
    if issue.locked && !caller.may(&store, place, Rights::Write) {
        return Err(Problem::forbidden("Unable to create comment because issue is locked."));
    }
    let (issue, text, now) = (issue.id, text(&body)?, app.now());
    let id = add(&mut store, (issue, author), text, now);
    announce(&mut store, &caller, now, Change::of(Item::Comment(id), "created"));
    Ok(Reply::created(shown(&View::new(&store, &caller), id)))
}

/// Writes a comment: the issue has changed by that.
pub(super) fn add(
    store: &mut Store,
    (issue, author): (u64, u64),
    body: String,
    now: chrono::DateTime<chrono::Utc>,
) -> u64 {
    let id = store.next_id("comments");
    store.comments.insert(id, Comment { id, issue, author, body, created: now, updated: now });
    if let Some(issue) = store.issues.get_mut(&issue) {
        issue.comments.push(id);
        issue.updated = now;
    }
    id
}

fn text(body: &Body) -> Answer<String> {
    let text = body.required("body")?;
    if text.trim().is_empty() {
        return Err(Problem::custom("IssueComment", "body", "body cannot be blank"));
    }
    check_body("IssueComment", &text).map(|()| text)
}

/// The comment, if the caller wrote it or may push.
fn editable(store: &Store, caller: &Caller, repository: u64, id: u64) -> Answer<Comment> {
    let comment = find(store, caller, repository, id)?;
    let place = caller.repository(store, repository)?;
    match caller.account()? == comment.author || caller.may(store, place, Rights::Write) {
        true => Ok(comment.clone()),
        false => Err(Problem::needs_rights()),
    }
}

async fn update(
    State(app): State<App>,
    caller: Caller,
    Path((repository, id)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut comment = editable(&store, &caller, repository, id)?;
    let before = std::mem::replace(&mut comment.body, text(&body)?);
    comment.updated = app.now();
    store.comments.insert(id, comment);
    let changes = json!({ "changes": { "body": { "from": before } } });
    announce(&mut store, &caller, app.now(), Change::of(Item::Comment(id), "edited").with(changes));
    Ok(Reply::ok(shown(&View::new(&store, &caller), id)))
}

async fn delete(State(app): State<App>, caller: Caller, Path((repository, id)): Path<(u64, u64)>) -> Answer<Reply> {
    let mut store = app.lock();
    let comment = editable(&store, &caller, repository, id)?;
    announce(&mut store, &caller, app.now(), Change::of(Item::Comment(id), "deleted"));
    store.comments.remove(&id);
    if let Some(issue) = store.issues.get_mut(&comment.issue) {
        issue.comments.retain(|other| *other != id);
    }
    Ok(Reply::empty())
}

fn shown(view: &View<'_>, id: u64) -> Value {
    view.store.comments.get(&id).map(|comment| view.comment(comment)).unwrap_or_default()
}
