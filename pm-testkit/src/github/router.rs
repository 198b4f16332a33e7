//! All addresses.

use axum::Router;
use axum::middleware;
use axum::routing::{any, post};

use super::door::{self, Door};
use super::errors::Problem;
use super::store::App;
use super::{
    comments, dependencies, graphql, hooks, issue_types, issues, labels, milestones, pulls, rate_limit, repositories,
    sub_issues, users,
};
use crate::compression;

/// The door, with everything behind it. Repositories are found by their id there.
pub(super) fn router(app: App) -> Router {
    let routes = Router::new()
        .merge(comments::routes())
        .merge(dependencies::routes())
        .merge(hooks::routes())
        .merge(issue_types::routes())
        .merge(issues::routes())
        .merge(labels::routes())
        .merge(milestones::routes())
        .merge(rate_limit::routes())
        .merge(repositories::routes())
        .merge(pulls::routes())
        .route("/graphql", post(graphql::post))
        .merge(sub_issues::routes())
        .merge(users::routes())
        .fallback(|| async { Problem::not_found() })
        .with_state(app.clone());
    Router::new()
        .fallback(any(door::enter))
        .layer(middleware::from_fn(compression::compress))
        .with_state(Door { app, routes })
}
