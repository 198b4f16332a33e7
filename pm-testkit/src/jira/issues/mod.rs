//! Issues.

mod assign;
mod bulk;
mod changelog;
mod create;
mod delete;
mod draft;
mod edit;
pub(super) mod fields;

pub(super) mod history;
pub(super) mod meta;
mod offset_search;
mod read;
pub(super) mod render;
pub(super) mod search;
mod transitions;
pub(super) mod values;

use axum::Router;
use axum::routing::{get, post, put};

use super::store::App;

/// The resources of issues, but for what hangs on them.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/issue", post(create::create))
        .route("/issue/bulk", post(bulk::create))
        .route("/issue/createmeta/{project}/issuetypes", get(meta::issue_types))
        .route("/issue/createmeta/{project}/issuetypes/{kind}", get(meta::type_fields))
        .route("/issue/{issue}", get(read::show).put(edit::edit).delete(delete::delete))
        .route("/issue/{issue}/editmeta", get(meta::edit))
        .route("/issue/{issue}/assignee", put(assign::assign))
        .route("/issue/{issue}/transitions", get(transitions::list).post(transitions::perform))
}

/// What Data Center alone has.
pub(super) fn data_center_routes() -> Router<App> {
    Router::new().route("/search", get(offset_search::by_query).post(offset_search::by_body))
}

/// What Cloud alone has.
pub(super) fn cloud_routes() -> Router<App> {
    Router::new()
        .route("/issue/{issue}/changelog", get(changelog::page))
        .route("/issue/bulkfetch", post(bulk::fetch))
        .route("/search/jql", get(search::by_query).post(search::by_body))
        .route("/search/approximate-count", post(search::count))
        .route("/search", get(search::gone).post(search::gone))
        .route("/search/id", post(search::gone))
}
