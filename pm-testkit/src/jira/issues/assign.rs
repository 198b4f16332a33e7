//! Assigning issues.

use axum::extract::{Path, State};
use serde_json::Value;

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::model::{FieldKind, Role};
use super::super::reply::Reply;
use super::super::request::Body;
use super::super::store::App;
use super::super::view::View;
use super::history;
use super::values::{self, Refusal};

/// Assigns an issue by `accountId` (Cloud) or `name` (Data Center): null for nobody, `-1` for the default assignee.
///
/// It needs no edit screen. <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-assignee-put>
pub(in crate::jira) async fn assign(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let body = body.object()?;
    let mut store = app.lock();
    let mut issue = caller.issue(&store, &issue)?.clone();
    caller.needs(&store, issue.project, Role::Member, "You do not have permission to assign issues.")?;
    let view = View::new(&app, &store, &caller);
    let name = if view.is_cloud() { "accountId" } else { "name" };
    let named = body.get(name).ok_or_else(|| Problem::bad(format!("'{name}' is missing.")))?;
    let value = if named.is_null() { Value::Null } else { Value::Object(body.clone()) };
    let field = view.store.fields.iter().find(|field| field.id == "assignee" && field.kind == FieldKind::User);
    let read = field.map(|field| values::read(view, issue.project, field, &value)).unwrap_or(Ok(None));
    let read = read.map_err(|refusal| match refusal {
        Refusal::Field(message) => Problem::field("assignee", message),
        Refusal::Whole(message) => Problem::bad(message),
    })?;
    match read {
        Some(user) => issue.values.insert("assignee".to_owned(), user),
        None => issue.values.remove("assignee"),
    };
    history::save(&app, &mut store, &caller, issue);
    Ok(Reply::empty())
}
