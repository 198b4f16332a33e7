//! Changes to pull requests: <https://docs.github.com/en/rest/pulls/pulls#update-a-pull-request>.

use axum::extract::{Path, State};
use serde_json::Value;

use super::pull;
use crate::github::access::{Caller, Rights};
use crate::github::errors::{Answer, Problem};
use crate::github::reply::Reply;
use crate::github::request::Body;
use crate::github::store::App;
use crate::github::view::View;

pub(super) async fn edit(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let me = caller.account()?;
    let (id, author) = pull(&store, &caller, repository, number).map(|issue| (issue.id, issue.author))?;
    let place = caller.repository(&store, repository)?;
    if author != me && !caller.may(&store, place, Rights::Write) {
        return Err(Problem::not_found());
    }
    let (title, text) = (body.text("title")?.flatten(), body.text("body")?);
    let open = match body.text("state")?.flatten().as_deref() {
        None => None,
        Some("open") => Some(true),
        Some("closed") => Some(false),
        Some(other) => return Err(Problem::invalid("PullRequest", "state", other)),
    };
    let base = body.text("base")?.flatten();
    let now = app.now();
    if let Some(issue) = store.issues.get_mut(&id) {
        issue.title = title.unwrap_or_else(|| issue.title.clone());
        issue.body = text.unwrap_or_else(|| issue.body.clone());
        if let Some(open) = open.filter(|open| *open != issue.open) {
            issue.open = open;
            issue.closed = (!open).then_some(now);
            issue.closed_by = (!open).then_some(me);
        }
        if let (Some(pull), Some(base)) = (&mut issue.pull, base) {
            pull.base.name = base;
        }
        issue.updated = now;
    }
    let view = View::new(&store, &caller);
    Ok(Reply::ok(store.issues.get(&id).map_or(Value::Null, |issue| view.pull(issue))))
}
