//! Several issues at once.

use std::collections::BTreeMap;

use axum::extract::State;
use serde_json::{Value, json};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::reply::Reply;
use super::super::request::{Body, only};
use super::super::store::App;
use super::super::view::View;
use super::render::{Selection, render};
use super::{create as creating, search};

/// The most issues that one request creates.
const MOST_CREATED: usize = 50;

/// The most issues that one request fetches.
const MOST_FETCHED: usize = 100;

/// Creates up to 50 issues: 201 if any came to be, 400 if none. Errors name the place of the element.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulk-post>
pub(in crate::jira) async fn create(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &["issueUpdates"])?;
    let updates = body.get("issueUpdates").and_then(Value::as_array).ok_or_else(Problem::invalid_payload)?;
    if updates.is_empty() || updates.len() > MOST_CREATED {
        return Err(Problem::bad(format!("The number of issues must be between 1 and {MOST_CREATED}.")));
    }
    let mut store = app.lock();
    let (mut issues, mut errors) = (Vec::new(), Vec::new());
    for (number, update) in updates.iter().enumerate() {
        let update = update.as_object().ok_or_else(Problem::invalid_payload)?;
        match creating::one(&app, &mut store, &caller, update) {
            Ok(issue) => issues.push(issue),
            Err(problem) => errors.push(json!({
                "status": problem.status(), "elementErrors": problem.body(), "failedElementNumber": number
            })),
        }
    }
    let none = issues.is_empty();
    let told = json!({ "issues": issues, "errors": errors });
    Ok(if none { Reply::of(400, told) } else { Reply::created(told) })
}

/// Reads up to 100 issues as they are now, in the order of their ids; what is not there is left out.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulkfetch-post>.
/// Told as errors are those that are there but do not come along: by the description "due to a retriable error or payload
/// constraint". The message is unverified.
pub(in crate::jira) async fn fetch(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &["issueIdsOrKeys", "fields", "fieldsByKeys", "properties", "expand"])?;
    let names = body.get("issueIdsOrKeys").and_then(Value::as_array).ok_or_else(Problem::invalid_payload)?;
    if names.is_empty() || names.len() > MOST_FETCHED {
        return Err(Problem::bad(format!("The number of issue ids or keys must be between 1 and {MOST_FETCHED}.")));
    }
    let mut selection = search::selection(&body)?;
    if selection.fields.is_empty() {
        selection.fields.push("*navigable".to_owned());
    }
    selection = Selection { expand: search::texts(body.get("expand"))?, ..selection };
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let named = names.iter().map(|name| name.as_str().map_or_else(|| name.to_string(), str::to_owned));
    let found: BTreeMap<u64, _> =
        named.filter_map(|name| caller.issue(&store, &name).ok()).map(|issue| (issue.id, issue)).collect();
    let most = app.options.fetched.unwrap_or(MOST_FETCHED);
    let issues: Vec<Value> = found.values().take(most).map(|issue| render(view, issue, &selection)).collect();
    let error = |id: &u64| json!({ "id": id.to_string(), "errorMessage": "The response is too large." });
    let errors: Vec<Value> = found.keys().skip(most).map(error).collect();
    let mut told = json!({ "expand": "schema,names", "issues": issues });
    if !errors.is_empty() {
        told["issueErrors"] = errors.into();
    }
    Ok(Reply::ok(told))
}
