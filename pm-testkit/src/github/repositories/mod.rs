//! Repositories.
//!
//! <https://docs.github.com/en/rest/repos/repos>

mod list;
mod people;
mod render;
mod write;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};

pub(super) use write::rename;

use super::access::Caller;
use super::errors::Answer;
use super::reply::Reply;
use super::store::App;
use super::view::View;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/repositories/{repository}", get(show).patch(write::update).delete(write::delete))
        .route("/user/repos", get(list::mine).post(write::create))
        .route("/orgs/{organization}/repos", get(list::of_organization).post(write::create_in_organization))
        .route("/users/{login}/repos", get(list::of_user))
        .route("/installation/repositories", get(list::of_installation))
        .route("/app/installations/{installation}/access_tokens", post(super::apps::access_token))
        .merge(people::routes())
}

async fn show(State(app): State<App>, caller: Caller, Path(repository): Path<u64>) -> Answer<Reply> {
    let store = app.lock();
    let repository = caller.repository(&store, repository)?;
    Ok(Reply::ok(View::new(&store, &caller).full_repository(repository)))
}
