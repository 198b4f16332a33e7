//! Pull requests: lists, single ones, new ones, their reviews and their checks.
//!
//! <https://docs.github.com/en/rest/pulls>

mod checks;
mod create;
mod edit;
mod list;
mod merge;
mod model;
mod planting;
pub(super) mod references;
mod render;
mod reviews;
mod verdict;

pub use planting::PullRequestSeed;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::Value;

pub(super) use model::{Check, Commit, Pull, Review, Status};
pub(super) use planting::plant;
pub(super) use verdict::{decision, latest_reviews, merge_state, rollup_state};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::model::Issue;
use super::reply::Reply;
use super::store::{App, Store};
use super::view::View;

/// The routes of pull requests, by the id of their repository.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/repositories/{repository}/pulls", get(list::list).post(create::create))
        .route("/repositories/{repository}/pulls/{number}", get(show).patch(edit::edit))
        .route("/repositories/{repository}/pulls/{number}/commits", get(checks::commits))
        .route("/repositories/{repository}/pulls/{number}/merge", get(merge::is_merged).put(merge::merge))
        .route("/repositories/{repository}/pulls/{number}/reviews", get(reviews::list).post(reviews::create))
        .route(
            "/repositories/{repository}/pulls/{number}/requested_reviewers",
            get(reviews::requested).post(reviews::request).delete(reviews::unrequest),
        )
        .route("/repositories/{repository}/commits/{commit}/check-runs", get(checks::check_runs))
        .route("/repositories/{repository}/commits/{commit}/status", get(checks::combined_status))
        .route("/repositories/{repository}/commits/{commit}/statuses", get(checks::statuses))
}

/// One pull request. Its mergeability is computed in the background, which the first one to ask sets off: `mergeable`
/// is `null` until then.
///
/// <https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request>
async fn show(State(app): State<App>, caller: Caller, Path((repository, number)): Path<(u64, u64)>) -> Answer<Reply> {
    let mut store = app.lock();
    let id = pull(&store, &caller, repository, number)?.id;
    let shown = {
        let view = View::of(&store, &caller);
        store.issues.get(&id).map_or(Value::Null, |issue| view.pull(issue))
    };
    if let Some(pull) = store.issues.get_mut(&id).and_then(|issue| issue.pull.as_mut()) {
        pull.computing = pull.computing.saturating_sub(1);
    }
    Ok(Reply::ok(shown))
}

/// The pull request of a number; 404 for an issue.
fn pull<'a>(store: &'a Store, caller: &Caller, repository: u64, number: u64) -> Answer<&'a Issue> {
    let issue = caller.issue(store, repository, number)?;
    if issue.pull.is_some() { Ok(issue) } else { Err(Problem::not_found()) }
}
