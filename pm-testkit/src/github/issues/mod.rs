//! Issues, and pull requests as far as they are issues.
//!
//! <https://docs.github.com/en/rest/issues/issues>

mod create;
mod draft;
mod edit;
mod fields;
mod history;
mod list;
mod parts;
pub(super) mod render;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

pub(super) use create::{blank, empty};
pub(super) use draft::check_body;

use super::access::Caller;
use super::errors::Answer;
use super::reply::Reply;
use super::store::App;
use super::view::View;

/// The most characters of a title, and of a body (body: the vendor's message names it; title unverified).
const LONGEST_TITLE: usize = 256;
pub(super) const LONGEST_BODY: usize = 65_536;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/repositories/{repository}/issues", get(list::of_repository).post(create::create))
        .route("/repositories/{repository}/issues/{number}", get(show).patch(edit::edit))
        .route("/repositories/{repository}/issues/{number}/events", get(history::of_issue))
        .route("/repositories/{repository}/issues/events", get(history::of_repository))
        .merge(fields::routes())
        .merge(parts::routes())
        .route("/issues", get(list::mine))
        .route("/user/issues", get(list::mine))
        .route("/orgs/{organization}/issues", get(list::of_organization))
}

async fn show(State(app): State<App>, caller: Caller, Path((repository, number)): Path<(u64, u64)>) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, repository, number)?;
    Ok(Reply::ok(View::new(&store, &caller).issue(issue)))
}
