//! Reviews, and who is asked for one: <https://docs.github.com/en/rest/pulls/reviews>,
//! <https://docs.github.com/en/rest/pulls/review-requests>.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::model::Review;
use super::pull;
use crate::github::access::{Caller, Rights};
use crate::github::errors::{Answer, Problem};
use crate::github::paging;
use crate::github::reply::Reply;
use crate::github::request::{Body, Parameters};
use crate::github::store::{App, Store};
use crate::github::view::View;

/// In the order in which they were given.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = pull(&store, &caller, repository, number)?;
    let reviews: Vec<&Review> = issue.pull.as_ref().map(|pull| pull.reviews.iter().collect()).unwrap_or_default();
    let view = View::new(&store, &caller);
    Ok(paging::numbered(&caller, &parameters, &reviews, |review| view.review(issue, review)))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let me = caller.account()?;
    let (id, author) = pull(&store, &caller, repository, number).map(|issue| (issue.id, issue.author))?;
    let text = body.text("body")?.flatten().unwrap_or_default();
    let state = match body.text("event")?.flatten().as_deref() {
        None => "PENDING",
        Some("APPROVE") => "APPROVED",
        Some("REQUEST_CHANGES") => "CHANGES_REQUESTED",
        Some("COMMENT") => "COMMENTED",
        Some(other) => return Err(Problem::invalid("PullRequestReview", "event", other)),
    };
    if author == me && matches!(state, "APPROVED" | "CHANGES_REQUESTED") {
        let what = if state == "APPROVED" { "approve" } else { "request changes on" };
        return Err(Problem::new(422, format!("Unprocessable Entity: Can not {what} your own pull request")));
    }
    let review = add(&app, &mut store, id, (me, state), text);
    let shown = store
        .issues
        .get(&id)
        .zip(review)
        .map_or(Value::Null, |(issue, review)| View::of(&store, &caller).review(issue, &review));
    Ok(Reply::ok(shown))
}

/// Adds a review; whoever gives one is not asked for it any more.
pub(super) fn add(app: &App, store: &mut Store, id: u64, (author, state): (u64, &str), body: String) -> Option<Review> {
    let (number, now) = (store.next_id("reviews"), app.now());
    let issue = store.issues.get_mut(&id)?;
    issue.updated = now;
    let pull = issue.pull.as_mut()?;
    let commit = pull.head.sha.clone();
    let review = Review { id: number, author, state: state.to_owned(), body, commit, submitted: now };
    pull.requested.retain(|account| *account != author);
    pull.reviews.push(review.clone());
    Some(review)
}

pub(super) async fn requested(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = pull(&store, &caller, repository, number)?;
    let asked = issue.pull.as_ref().map(|pull| pull.requested.clone()).unwrap_or_default();
    let view = View::new(&store, &caller);
    Ok(Reply::ok(json!({ "users": view.users(&asked), "teams": [] })))
}

pub(super) async fn request(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let id = change(&app, &mut store, (&caller, repository, number), &body, |asked, one| {
        if !asked.contains(&one) {
            asked.push(one);
        }
    })?;
    let view = View::new(&store, &caller);
    Ok(Reply::created(store.issues.get(&id).map_or(Value::Null, |issue| view.listed_pull(issue))))
}

pub(super) async fn unrequest(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let id = change(&app, &mut store, (&caller, repository, number), &body, |asked, one| {
        asked.retain(|other| *other != one);
    })?;
    let view = View::new(&store, &caller);
    Ok(Reply::ok(store.issues.get(&id).map_or(Value::Null, |issue| view.listed_pull(issue))))
}

fn change(
    app: &App,
    store: &mut Store,
    (caller, repository, number): (&Caller, u64, u64),
    body: &Body,
    each: impl Fn(&mut Vec<u64>, u64),
) -> Answer<u64> {
    caller.repository_for(store, repository, Rights::Write)?;
    let (id, author) = pull(store, caller, repository, number).map(|issue| (issue.id, issue.author))?;
    let logins = body.texts("reviewers")?.unwrap_or_default();
    let found = logins.iter().map(|login| store.account_named(login).map(|account| account.id));
    let found: Option<Vec<u64>> = found.collect();
    // The messages are those that people meet (`actions/toolkit#1063` and others).
    let outsider = "Reviews may only be requested from collaborators. One or more of the users or teams you specified \
                    is not a collaborator of the repository.";
    let found = found.ok_or_else(|| Problem::new(422, outsider))?;
    if found.contains(&author) {
        return Err(Problem::new(422, "Review cannot be requested from pull request author."));
    }
    let now = app.now();
    if let Some(issue) = store.issues.get_mut(&id) {
        issue.updated = now;
        if let Some(pull) = &mut issue.pull {
            found.into_iter().for_each(|one| each(&mut pull.requested, one));
        }
    }
    Ok(id)
}
