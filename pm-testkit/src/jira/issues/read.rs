//! Reading one issue.

use axum::extract::{Path, State};

use super::super::access::Caller;
use super::super::errors::Answer;
use super::super::reply::Reply;
use super::super::request::Parameters;
use super::super::store::App;
use super::super::view::View;
use super::render::{Selection, render};

/// Shows an issue as it is now, by id or key, by a key that it had before it moved too: without a redirect, under its
/// present key.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-get>
pub(in crate::jira) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, &issue)?;
    let selection = Selection::read(&parameters, "*all");
    Ok(Reply::ok(render(View::new(&app, &store, &caller), issue, &selection)))
}
