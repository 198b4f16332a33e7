//! Comments of tasks: <https://developer.clickup.com/reference/gettaskcomments>.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::hooks;
use super::model::Comment;
use super::places::people;
use super::reply::Reply;
use super::request::{Body, Parameters};
use super::store::{App, Store};

/// How many comments a page has.
const PAGE: usize = 25;

fn shown(store: &Store, comment: &Comment) -> Value {
    let replies = store.comments.values().filter(|one| one.thread == Some(comment.id)).count();
    json!({
        "id": comment.id.to_string(),
        "comment": [{ "text": comment.text }],
        "comment_text": comment.text,
        "user": people::shown(store, comment.author),
        "group_assignee": null,
        "assignee": comment.assignee.map(|id| people::shown(store, id)),
        "assigned_by": comment.assignee.map(|_| people::shown(store, comment.author)),
        "resolved": comment.resolved,
        "reactions": [],
        "date": comment.date.to_string(),
        "reply_count": replies.to_string(),
    })
}

/// The newest first, 25 at a time. The next page begins behind the comment that `start` and `start_id` name together; one of
/// them alone changes nothing (unverified).
///
/// <https://developer.clickup.com/docs/task-comments-pagination>
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.read();
    let task = caller.task(&store, &id, &parameters)?.id;
    let behind = match (parameters.number("start")?, parameters.number("start_id")?) {
        (Some(date), Some(id)) => Some((date, u64::try_from(id).unwrap_or_default())),
        _ => None,
    };
    let older = |comment: &&Comment| behind.is_none_or(|behind| (comment.date, comment.id) < behind);
    let of_task = |comment: &&Comment| comment.task == task && comment.thread.is_none();
    let mut found: Vec<&Comment> = store.comments.values().filter(of_task).filter(older).collect();
    found.sort_by_key(|comment| std::cmp::Reverse((comment.date, comment.id)));
    let page: Vec<Value> = found.into_iter().take(PAGE).map(|comment| shown(&store, comment)).collect();
    Ok(Reply::ok(json!({ "comments": page })))
}

/// The answers to a comment, all at once.
pub(super) async fn replies(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.read();
    let thread = caller.comment(&store, &id)?.id;
    let found = store.comments.values().filter(|comment| comment.thread == Some(thread));
    Ok(Reply::ok(json!({ "comments": found.map(|comment| shown(&store, comment)).collect::<Vec<_>>() })))
}

/// What a comment says: plain text, or the texts of an array of parts.
fn text(body: &Body) -> Answer<String> {
    let parts = body.list("comment")?.iter().filter_map(|part| part["text"].as_str()).collect::<String>();
    let text = body.text("comment_text")?.map(str::to_owned).or_else(|| Some(parts).filter(|parts| !parts.is_empty()));
    text.filter(|text| !text.trim().is_empty()).ok_or_else(|| Problem::new(400, "Comment text is required", "COMM_001"))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let task = caller.task(&store, &id, &parameters)?.id;
    let reply = add(&mut store, (task, None), (caller.user, app.now()), &body)?;
    Ok(reply)
}

pub(super) async fn reply(State(app): State<App>, caller: Caller, Path(id): Path<String>, body: Body) -> Answer<Reply> {
    let mut store = app.write();
    let comment = caller.comment(&store, &id)?.clone();
    add(&mut store, (comment.task, Some(comment.id)), (caller.user, app.now()), &body)
}

fn add(store: &mut Store, (task, thread): (u64, Option<u64>), (author, now): (u64, i64), body: &Body) -> Answer<Reply> {
    let text = text(body)?;
    let assignee = body.get("assignee").and_then(Value::as_u64);
    let id = store.next_id("comments");
    let comment = Comment { id, task, thread, author, text, date: now, resolved: false, assignee };
    let item = json!({ "field": "comment", "comment": shown(store, &comment) });
    store.comments.insert(id, comment);
    // The task's own time of change stays: clients must not find comments by it (unverified).
    hooks::tell_of_task(store, "taskCommentPosted", (task, author), now, &[item]);
    // The id is a number here, although comments show it as a text.
    Ok(Reply::ok(json!({ "id": id, "hist_id": uuid::Uuid::now_v7().to_string(), "date": now })))
}

pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let mut comment = caller.comment(&store, &id)?.clone();
    if body.get("comment_text").is_some() || body.get("comment").is_some() {
        comment.text = text(&body)?;
    }
    if let Some(resolved) = body.flag("resolved")? {
        comment.resolved = resolved;
    }
    if let Some(assignee) = body.integer("assignee")? {
        comment.assignee = assignee.and_then(|id| u64::try_from(id).ok());
    }
    let (id, task) = (comment.id, comment.task);
    let item = json!({ "field": "comment", "comment": shown(&store, &comment) });
    store.comments.insert(id, comment);
    hooks::tell_of_task(&mut store, "taskCommentUpdated", (task, caller.user), app.now(), &[item]);
    Ok(Reply::empty())
}

pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.comment(&store, &id)?.id;
    store.comments.retain(|_, comment| comment.id != id && comment.thread != Some(id));
    Ok(Reply::empty())
}
