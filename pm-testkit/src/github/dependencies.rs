//! Issues that wait for others.
//!
//! <https://docs.github.com/en/rest/issues/issue-dependencies>: the other end is named by its database id.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{delete, get};

use super::access::{Caller, Rights};
use super::changes::{Change, Item, announce};
use super::errors::{Answer, Problem};
use super::model::Issue;
use super::paging::numbered;
use super::reply::Reply;
use super::request::{Body, Parameters};
use super::store::{App, Store};
use super::view::View;

/// How many issues one can wait for, and how many can wait for one:
/// <https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/creating-issue-dependencies>.
const MOST: usize = 50;

pub(super) fn routes() -> Router<App> {
    let path = "/repositories/{repository}/issues/{number}/dependencies";
    Router::new()
        .route(&format!("{path}/blocked_by"), get(blocked_by).post(add))
        .route(&format!("{path}/blocked_by/{{id}}"), delete(remove))
        .route(&format!("{path}/blocking"), get(blocking))
}

async fn blocked_by(
    State(app): State<App>,
    caller: Caller,
    Path(place): Path<(u64, u64)>,
    parameters: Parameters,
) -> Answer<Reply> {
    list(&app, &caller, place, &parameters, |issue| &issue.blocked_by)
}

async fn blocking(
    State(app): State<App>,
    caller: Caller,
    Path(place): Path<(u64, u64)>,
    parameters: Parameters,
) -> Answer<Reply> {
    list(&app, &caller, place, &parameters, |issue| &issue.blocking)
}

fn list(
    app: &App,
    caller: &Caller,
    (repository, number): (u64, u64),
    parameters: &Parameters,
    of: impl Fn(&Issue) -> &Vec<u64>,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, repository, number)?;
    let others: Vec<&Issue> = of(issue).iter().filter_map(|id| caller.issue_by_id(&store, *id)).collect();
    let view = View::new(&store, caller);
    Ok(numbered(caller, parameters, &others, |other| view.issue(other)))
}

fn managed(store: &Store, caller: &Caller, (repository, number): (u64, u64)) -> Answer<u64> {
    let id = caller.issue(store, repository, number)?.id;
    caller.repository_for(store, repository, Rights::Triage).map(|_| id)
}

async fn add(State(app): State<App>, caller: Caller, Path(place): Path<(u64, u64)>, body: Body) -> Answer<Reply> {
    let mut store = app.lock();
    let blocked = managed(&store, &caller, place)?;
    let blocking = body.id("issue_id")?;
    block(&app, &mut store, &caller, (blocked, blocking))?;
    // The issue that blocks (unverified: the description calls it an issue).
    Ok(Reply::created(View::new(&store, &caller).issue_by_id(blocking)))
}

/// Lets one issue wait for another; 422 where it cannot.
pub(super) fn block(app: &App, store: &mut Store, caller: &Caller, (blocked, blocking): (u64, u64)) -> Answer<()> {
    let refused = |why: &str| Err(Problem::new(422, why));
    let other = caller.issue_by_id(store, blocking).ok_or_else(Problem::not_found)?;
    let own = store.issues.get(&blocked).ok_or_else(Problem::not_found)?;
    match () {
        // Both words are the vendor's: `cybersemics/em#5237`. The others are unverified.
        () if other.pull.is_some() => return refused("Target issue may only be an issue"),
        () if own.pull.is_some() => return refused("Source issue may only be an issue"),
        () if blocked == blocking => return refused("Target issue cannot be the same as the source issue"),
        () if own.blocked_by.contains(&blocking) => return refused("Target issue has already been taken"),
        () if own.blocked_by.len() >= MOST || other.blocking.len() >= MOST => {
            return refused("The maximum number of dependencies has been reached");
        }
        () => {}
    }
    let now = app.now();
    if let Some(issue) = store.issues.get_mut(&blocked) {
        issue.blocked_by.push(blocking);
        issue.updated = now;
    }
    if let Some(issue) = store.issues.get_mut(&blocking) {
        issue.blocking.push(blocked);
        issue.updated = now;
    }
    tell(app, store, caller, (blocked, blocking), ["blocked_by_added", "blocking_added"]);
    Ok(())
}

fn tell(
    app: &App,
    store: &mut Store,
    caller: &Caller,
    (blocked, blocking): (u64, u64),
    [own, other]: [&'static str; 2],
) {
    let (me, now) = (caller.account.unwrap_or_default(), app.now());
    store.record((blocked, me), now, own, serde_json::json!({}));
    store.record((blocking, me), now, other, serde_json::json!({}));
    announce(store, caller, now, Change::of(Item::Dependency { blocked, blocking }, own));
    announce(store, caller, now, Change::of(Item::Dependency { blocked, blocking }, other));
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number, blocking)): Path<(u64, u64, u64)>,
) -> Answer<Reply> {
    let mut store = app.lock();
    let blocked = managed(&store, &caller, (repository, number))?;
    unblock(&app, &mut store, &caller, (blocked, blocking))?;
    Ok(Reply::ok(View::new(&store, &caller).issue_by_id(blocking)))
}

/// Lets one issue wait for another no longer; 404 where it did not.
pub(super) fn unblock(app: &App, store: &mut Store, caller: &Caller, (blocked, blocking): (u64, u64)) -> Answer<()> {
    let now = app.now();
    let own = store.issues.get_mut(&blocked).filter(|issue| issue.blocked_by.contains(&blocking));
    let own = own.ok_or_else(Problem::not_found)?;
    own.blocked_by.retain(|id| *id != blocking);
    own.updated = now;
    if let Some(other) = store.issues.get_mut(&blocking) {
        other.blocking.retain(|id| *id != blocked);
        other.updated = now;
    }
    tell(app, store, caller, (blocked, blocking), ["blocked_by_removed", "blocking_removed"]);
    Ok(())
}
