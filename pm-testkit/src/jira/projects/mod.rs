//! Projects.

mod read;
mod remove;
mod workflows;
mod write;

use axum::Router;
use axum::routing::{get, post};

use super::store::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/project", get(read::all).post(write::create))
        .route("/project/{project}", get(read::show).put(write::update).delete(remove::delete))
        .route("/project/{project}/statuses", get(read::statuses))
        .route("/project/{project}/components", get(read::components))
        .route("/project/{project}/versions", get(read::versions))
        .route("/project/{project}/archive", post(remove::archive).put(remove::archive))
        .route("/project/{project}/restore", post(remove::restore).put(remove::restore))
}

/// What Cloud alone has.
pub(super) fn cloud_routes() -> Router<App> {
    Router::new()
        .route("/project/search", get(read::search))
        .route("/project/{project}/delete", post(remove::delete_later))
        .route("/project/{project}/hierarchy", get(read::hierarchy))
        .route("/task/{task}", get(remove::task))
        .route("/workflow/search", get(workflows::search))
        .route("/workflows", post(workflows::read))
}
