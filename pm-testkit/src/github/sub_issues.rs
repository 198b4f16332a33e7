//! Issues within issues.
//!
//! <https://docs.github.com/en/rest/issues/sub-issues>: children are named by their database id, never by their number.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{delete, get, patch};

use super::access::{Caller, Rights};
use super::changes::{Change, Item, announce};
use super::errors::{Answer, Problem};
use super::model::Issue;
use super::paging::numbered;
use super::reply::Reply;
use super::request::{Body, Parameters};
use super::store::{App, Store};
use super::view::View;

/// How many children an issue has at most, and how many levels there are:
/// <https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/adding-sub-issues>.
const MOST: usize = 100;
const DEEPEST: usize = 8;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/repositories/{repository}/issues/{number}/parent", get(parent))
        .route("/repositories/{repository}/issues/{number}/sub_issues", get(list).post(add))
        .route("/repositories/{repository}/issues/{number}/sub_issues/priority", patch(reorder))
        .route("/repositories/{repository}/issues/{number}/sub_issue", delete(remove))
}

async fn parent(State(app): State<App>, caller: Caller, Path((repository, number)): Path<(u64, u64)>) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, repository, number)?;
    let parent = issue.parent.and_then(|parent| caller.issue_by_id(&store, parent)).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(View::new(&store, &caller).issue(parent)))
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, repository, number)?;
    let children: Vec<&Issue> = issue.children.iter().filter_map(|id| caller.issue_by_id(&store, *id)).collect();
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &children, |child| view.issue(child)))
}

/// The id of an issue whose children the caller may change.
fn managed(store: &Store, caller: &Caller, (repository, number): (u64, u64)) -> Answer<u64> {
    let issue = caller.issue(store, repository, number)?;
    caller.repository_for(store, repository, Rights::Triage)?;
    if issue.pull.is_some() { Err(Problem::not_found()) } else { Ok(issue.id) }
}

async fn add(State(app): State<App>, caller: Caller, Path(place): Path<(u64, u64)>, body: Body) -> Answer<Reply> {
    let mut store = app.lock();
    let parent = managed(&store, &caller, place)?;
    let child = body.id("sub_issue_id")?;
    let replaces = body.flag("replace_parent")?.unwrap_or(false);
    adopt(&app, &mut store, &caller, (parent, child), replaces)?;
    // The parent, with its new summary (unverified: the description calls it an issue).
    Ok(Reply::created(View::new(&store, &caller).issue_by_id(parent)))
}

/// Puts an issue into another one; 422 where it cannot be.
pub(super) fn adopt(
    app: &App,
    store: &mut Store,
    caller: &Caller,
    (parent, child): (u64, u64),
    replaces: bool,
) -> Answer<()> {
    check(store, caller, (parent, child), replaces)?;
    let now = app.now();
    let before = store.issues.get(&child).and_then(|child| child.parent);
    if let Some(before) = before {
        part(app, store, caller, (before, child));
    }
    for (id, mut change) in [
        (parent, Box::new(|issue: &mut Issue| issue.children.push(child)) as Box<dyn FnMut(&mut Issue)>),
        (child, Box::new(|issue: &mut Issue| issue.parent = Some(parent))),
    ] {
        if let Some(issue) = store.issues.get_mut(&id) {
            change(issue);
            issue.updated = now;
        }
    }
    let me = caller.account.unwrap_or_default();
    store.record((parent, me), now, "sub_issue_added", serde_json::json!({}));
    store.record((child, me), now, "parent_issue_added", serde_json::json!({}));
    let item = Item::SubIssue { parent, child };
    announce(store, caller, now, Change::of(item, "sub_issue_added"));
    announce(store, caller, now, Change::of(item, "parent_issue_added"));
    Ok(())
}

fn check(store: &Store, caller: &Caller, (parent, child): (u64, u64), replaces: bool) -> Answer<()> {
    // The words are the vendor's where they are known (`cli/cli#13413`), else (unverified).
    let refused = |why: &str| {
        let start = "An error occured while adding the sub-issue to the parent issue.";
        Err(Problem::new(422, format!("{start} {why}")))
    };
    let new = caller.issue_by_id(store, child).filter(|new| new.pull.is_none()).ok_or_else(Problem::not_found)?;
    let Some(place) = store.issues.get(&parent) else { return Err(Problem::not_found()) };
    let owner = |issue: &Issue| store.repositories.get(&issue.repository).map(|repository| repository.owner);
    let chain = || std::iter::successors(Some(place), |one| one.parent.and_then(|id| store.issues.get(&id)));
    match () {
        () if new.parent == Some(parent) => {
            refused("Issue may not contain duplicate sub-issues and Sub issue may only have one parent")
        }
        () if new.parent.is_some() && !replaces => refused("Sub issue may only have one parent"),
        () if chain().take(DEEPEST + 1).any(|one| one.id == child) => refused("Sub issue may not create a cycle"),
        () if owner(place) != owner(new) => refused("Sub issue must belong to the same repository owner"),
        () if place.children.len() >= MOST => refused("Parent may not have more than 100 sub-issues"),
        () if chain().count() + height(store, new) > DEEPEST => refused("Parent may not have more than 8 levels"),
        () => Ok(()),
    }
}

/// How many levels there are from an issue down.
fn height(store: &Store, issue: &Issue) -> usize {
    let children = issue.children.iter().filter_map(|id| store.issues.get(id));
    1 + children.map(|child| height(store, child)).max().unwrap_or(0)
}

/// Takes an issue out of another one.
pub(super) fn part(app: &App, store: &mut Store, caller: &Caller, (parent, child): (u64, u64)) {
    let now = app.now();
    if let Some(issue) = store.issues.get_mut(&parent) {
        issue.children.retain(|other| *other != child);
        issue.updated = now;
    }
    if let Some(issue) = store.issues.get_mut(&child) {
        issue.parent = None;
        issue.updated = now;
    }
    let me = caller.account.unwrap_or_default();
    store.record((parent, me), now, "sub_issue_removed", serde_json::json!({}));
    store.record((child, me), now, "parent_issue_removed", serde_json::json!({}));
    announce(store, caller, now, Change::of(Item::SubIssue { parent, child }, "sub_issue_removed"));
    announce(store, caller, now, Change::of(Item::SubIssue { parent, child }, "parent_issue_removed"));
}

async fn remove(State(app): State<App>, caller: Caller, Path(place): Path<(u64, u64)>, body: Body) -> Answer<Reply> {
    let mut store = app.lock();
    let parent = managed(&store, &caller, place)?;
    let child = body.id("sub_issue_id")?;
    if store.issues.get(&child).is_none_or(|child| child.parent != Some(parent)) {
        return Err(Problem::not_found());
    }
    part(&app, &mut store, &caller, (parent, child));
    Ok(Reply::ok(View::new(&store, &caller).issue_by_id(parent)))
}

async fn reorder(State(app): State<App>, caller: Caller, Path(place): Path<(u64, u64)>, body: Body) -> Answer<Reply> {
    let mut store = app.lock();
    let parent = managed(&store, &caller, place)?;
    let child = body.id("sub_issue_id")?;
    let (neighbor, behind) = match (body.get("after_id"), body.get("before_id")) {
        (Some(_), None) => (body.id("after_id")?, 1),
        (None, Some(_)) => (body.id("before_id")?, 0),
        _ => return Err(Problem::invalid_request("Exactly one of \"after_id\" and \"before_id\" must be supplied.")),
    };
    let issue = store.issues.get_mut(&parent).ok_or_else(Problem::not_found)?;
    let from = issue.children.iter().position(|id| *id == child).ok_or_else(Problem::not_found)?;
    issue.children.remove(from);
    match issue.children.iter().position(|id| *id == neighbor) {
        Some(to) => issue.children.insert(to + behind, child),
        None => {
            issue.children.insert(from, child);
            return Err(Problem::not_found());
        }
    }
    Ok(Reply::ok(View::new(&store, &caller).issue_by_id(parent)))
}
