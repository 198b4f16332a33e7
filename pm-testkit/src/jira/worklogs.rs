//! Work logged on issues.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-worklogs/>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::duration;
use super::errors::{Answer, Problem};
use super::issues::values::{Refusal, comment_body, moment};
use super::model::{Issue, Role, Worklog};
use super::paging::Page;
use super::reply::Reply;
use super::request::{Body, Parameters, id_of, only};
use super::store::{App, Store};
use super::view::View;

const MEMBERS: [&str; 6] = ["comment", "started", "timeSpent", "timeSpentSeconds", "visibility", "properties"];

/// The most worklogs of a page of changes.
const MOST: usize = 1000;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/issue/{issue}/worklog", get(list).post(create))
        .route("/issue/{issue}/worklog/{id}", get(show).put(update).delete(delete))
        .route("/worklog/updated", get(changed))
        .route("/worklog/list", post(by_ids))
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, &issue)?;
    let page = Page::read(&parameters, 5000, 5000)?;
    let view = View::new(&app, &store, &caller);
    let logged = of_issue(&store, issue);
    Ok(Reply::ok(page.with_total("worklogs", &logged, |worklog| render(view, worklog))))
}

fn of_issue<'a>(store: &'a Store, issue: &Issue) -> Vec<&'a Worklog> {
    let mut own: Vec<&Worklog> = store.worklogs.values().filter(|worklog| worklog.issue == issue.id).collect();
    own.sort_by_key(|worklog| (worklog.started, worklog.id));
    own
}

async fn show(State(app): State<App>, caller: Caller, Path((issue, id)): Path<(String, String)>) -> Answer<Reply> {
    let store = app.lock();
    let worklog = find(&store, &caller, &issue, &id)?;
    Ok(Reply::ok(render(View::new(&app, &store, &caller), worklog)))
}

/// Logs work; the remaining estimate shrinks by as much unless `adjustEstimate` says otherwise.
///
/// Messages of this file are unverified.
async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    parameters: Parameters,
    body: Body,
) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &MEMBERS)?;
    let mut store = app.lock();
    let issue = caller.issue(&store, &issue)?.clone();
    caller.needs(&store, issue.project, Role::Member, "You do not have the permission to log work on this issue.")?;
    let seconds = seconds(&body)?.ok_or_else(|| Problem::field("timeLogged", "You must specify a time spent."))?;
    let comment = text(View::new(&app, &store, &caller), &body)?.unwrap_or_default();
    let now = app.now();
    let started = started(&body)?.unwrap_or(now);
    let id = store.next_id("worklogs");
    let author = caller.user.clone();
    let worklog = Worklog { id, issue: issue.id, author, comment, started, seconds, created: now, updated: now };
    store.worklogs.insert(id, worklog.clone());
    let change = i64::try_from(seconds).unwrap_or_default();
    adjust(&app, &mut store, issue, &parameters, -change)?;
    Ok(Reply::created(render(View::new(&app, &store, &caller), &worklog)))
}

async fn update(
    State(app): State<App>,
    caller: Caller,
    Path((issue, id)): Path<(String, String)>,
    parameters: Parameters,
    body: Body,
) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &MEMBERS)?;
    let mut store = app.lock();
    let old = find(&store, &caller, &issue, &id)?.clone();
    let issue = owned(&store, &caller, &old, "update")?;
    let comment = text(View::new(&app, &store, &caller), &body)?;
    let new = Worklog {
        seconds: seconds(&body)?.unwrap_or(old.seconds),
        comment: comment.unwrap_or_else(|| old.comment.clone()),
        started: started(&body)?.unwrap_or(old.started),
        updated: app.now(),
        ..old.clone()
    };
    store.worklogs.insert(new.id, new.clone());
    let change = i64::try_from(old.seconds).unwrap_or_default() - i64::try_from(new.seconds).unwrap_or_default();
    adjust(&app, &mut store, issue, &parameters, change)?;
    Ok(Reply::ok(render(View::new(&app, &store, &caller), &new)))
}

async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path((issue, id)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.lock();
    let old = find(&store, &caller, &issue, &id)?.clone();
    let issue = owned(&store, &caller, &old, "delete")?;
    store.worklogs.remove(&old.id);
    adjust(&app, &mut store, issue, &parameters, i64::try_from(old.seconds).unwrap_or_default())?;
    Ok(Reply::empty())
}

/// Changes the remaining estimate: `auto`, `leave`, `new` with `newEstimate`.
fn adjust(app: &App, store: &mut Store, mut issue: Issue, parameters: &Parameters, seconds: i64) -> Answer<()> {
    match parameters.get("adjustEstimate").unwrap_or("auto") {
        "auto" => {
            let shifted = |left: u64| left.saturating_add_signed(seconds);
            issue.remaining_estimate = issue.remaining_estimate.map(shifted);
        }
        "new" => {
            let new = parameters.get("newEstimate").and_then(duration::parse);
            let missing = || Problem::field("newEstimate", "You must specify the new estimate.");
            issue.remaining_estimate = Some(new.ok_or_else(missing)?);
        }
        _ => {}
    }
    super::comments::touch(app, store, issue);
    Ok(())
}

fn owned(store: &Store, caller: &Caller, worklog: &Worklog, verb: &str) -> Answer<Issue> {
    let issue = store.issues().get(&worklog.issue).ok_or_else(Problem::no_issue)?;
    let own = worklog.author.is_some() && worklog.author == caller.user;
    let role = if own { Role::Member } else { Role::Admin };
    match caller.may(store, issue.project, role) {
        true => Ok(issue.clone()),
        false => Err(Problem::bad(format!("You do not have permission to {verb} this worklog."))),
    }
}

fn find<'a>(store: &'a Store, caller: &Caller, issue: &str, id: &str) -> Answer<&'a Worklog> {
    let issue = caller.issue(store, issue)?;
    let worklog = id.parse().ok().and_then(|id: u64| store.worklogs.get(&id));
    let own = worklog.filter(|worklog| worklog.issue == issue.id);
    own.ok_or_else(|| Problem::new(404, format!("Cannot find worklog with id: '{id}'.")))
}

/// The time spent: in words, or in seconds, of which the vendor keeps whole minutes (unverified).
fn seconds(body: &Map<String, Value>) -> Answer<Option<u64>> {
    let said = match (body.get("timeSpent"), body.get("timeSpentSeconds")) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => None,
        (Some(words), None) => words.as_str().and_then(duration::parse),
        (None, Some(seconds)) => seconds.as_u64().map(|seconds| seconds / 60 * 60),
    };
    let wrong = || Problem::field("timeLogged", "Invalid time duration entered.");
    said.filter(|seconds| *seconds > 0).map(Some).ok_or_else(wrong)
}

fn started(body: &Map<String, Value>) -> Answer<Option<DateTime<Utc>>> {
    let text = body.get("started").and_then(Value::as_str);
    let wrong = || Problem::field("started", "The date is not valid.");
    text.map(|text| moment(text).ok_or_else(wrong)).transpose()
}

fn text(view: View<'_>, body: &Map<String, Value>) -> Answer<Option<Value>> {
    let Some(comment) = body.get("comment").filter(|comment| !comment.is_null() && *comment != "") else {
        return Ok(None);
    };
    comment_body(view, comment).map(Some).map_err(|refusal| match refusal {
        Refusal::Field(message) => Problem::field("comment", message),
        Refusal::Whole(message) => Problem::bad(message),
    })
}

pub(super) fn render(view: View<'_>, worklog: &Worklog) -> Value {
    let author = view.user(worklog.author.as_deref());
    let mut shown = json!({
        "self": view.href(&format!("/issue/{}/worklog/{}", worklog.issue, worklog.id)),
        "author": author,
        "updateAuthor": author,
        "created": view.time(worklog.created),
        "updated": view.time(worklog.updated),
        "started": view.time(worklog.started),
        "timeSpent": duration::pretty(worklog.seconds),
        "timeSpentSeconds": worklog.seconds,
        "id": worklog.id.to_string(),
        "issueId": worklog.issue.to_string(),
    });
    if !worklog.comment.is_null() {
        shown["comment"] = worklog.comment.clone();
    }
    shown
}

/// Worklogs as a field of an issue: the first twenty.
pub(super) fn field(view: View<'_>, issue: &Issue) -> Value {
    let logged = of_issue(view.store, issue);
    Page { start: 0, size: 20 }.with_total("worklogs", &logged, |worklog| render(view, worklog))
}

/// Lists the worklogs changed after `since`, the oldest first, without those of the last minute.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-worklogs/#api-rest-api-3-worklog-updated-get>
async fn changed(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let since = parameters.get("since").map_or(Ok(0), str::parse).map_err(|_| Problem::empty(404))?;
    let until = (app.now() - TimeDelta::minutes(1)).timestamp_millis();
    let at = |worklog: &Worklog| worklog.updated.timestamp_millis();
    let fits = |worklog: &&Worklog| at(worklog) > since && at(worklog) <= until && sees(&store, &caller, worklog);
    let mut found: Vec<&Worklog> = store.worklogs.values().filter(fits).collect();
    found.sort_by_key(|worklog| worklog.updated);
    let page = &found[..found.len().min(MOST)];
    let href = View::new(&app, &store, &caller).href("/worklog/updated");
    let last = page.len() == found.len();
    let youngest = page.last().map_or(since, |worklog| at(worklog));
    let row = |worklog: &&Worklog| json!({ "worklogId": worklog.id, "updatedTime": at(worklog), "properties": [] });
    let mut body = json!({
        "values": page.iter().map(row).collect::<Vec<_>>(),
        "since": since,
        "until": youngest,
        "self": format!("{href}?since={since}"),
        "lastPage": last,
    });
    if !last {
        body["nextPage"] = format!("{href}?since={youngest}").into();
    }
    Ok(Reply::ok(body))
}

/// Shows up to 1,000 worklogs by id: a bare list.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-worklogs/#api-rest-api-3-worklog-list-post>
async fn by_ids(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    caller.user()?;
    let body = body.object()?;
    only(&app, &body, &["ids"])?;
    let ids = body.get("ids").and_then(Value::as_array).ok_or_else(Problem::invalid_payload)?;
    if ids.is_empty() || ids.len() > MOST {
        return Err(Problem::bad("The number of worklog ids must be between 1 and 1000."));
    }
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let found = ids.iter().filter_map(id_of).filter_map(|id| store.worklogs.get(&id));
    let seen = found.filter(|worklog| sees(&store, &caller, worklog));
    Ok(Reply::ok(seen.map(|worklog| render(view, worklog)).collect::<Value>()))
}

fn sees(store: &Store, caller: &Caller, worklog: &Worklog) -> bool {
    store.issues().get(&worklog.issue).is_some_and(|issue| caller.sees(store, issue))
}
