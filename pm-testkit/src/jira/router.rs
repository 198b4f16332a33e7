//! All addresses.

use axum::Router;
use axum::extract::State;
use axum::http::{Method, Uri};
use axum::middleware;
use axum::routing::get;

use super::access;
use super::errors::Problem;
use super::store::App;
use super::{
    Flavor, agile, attachments, comments, dictionaries, issues, limits, links, projects, properties, server_info,
    users, webhooks, worklogs,
};
use crate::compression;

/// Everything under `/rest`: version 3 of the platform on Cloud, version 2 on Data Center.
///
/// Cloud answers version 2 of what is the same in both: who one is, and what the server is.
pub(super) fn router(app: App) -> Router {
    let flavor = app.options.flavor;
    let versions = match flavor {
        Flavor::Cloud => Router::new().nest("/rest/api/3", platform(flavor)).nest("/rest/api/2", general()),
        Flavor::DataCenter => Router::new().nest("/rest/api/2", platform(flavor)).merge(attachments::pages()),
    };
    versions
        .nest("/rest/agile/1.0", agile::routes())
        .nest("/rest/webhooks/1.0", webhooks::routes())
        .fallback(dead_link)
        .layer(middleware::from_fn_with_state(app.clone(), limits::limit))
        .layer(middleware::from_fn_with_state(app.clone(), access::check_login))
        .layer(middleware::from_fn(compression::compress))
        .with_state(app)
}

/// 404 for an address that leads nowhere: Cloud's API tells so in the form of its framework (as measured by
/// `brekkylab/backlot`, `errors/atlassian.py`), everything else is a page.
async fn dead_link(State(app): State<App>, method: Method, uri: Uri) -> Problem {
    match app.options.flavor {
        Flavor::Cloud if uri.path().starts_with("/rest") => {
            let detail = format!("No endpoint {method} {}.", uri.path());
            Problem::framework(404, "Not Found", &detail, uri.path())
        }
        _ => Problem::raw(404, "text/html;charset=UTF-8", "<html><body>Oops, you've found a dead link.</body></html>"),
    }
}

fn platform(flavor: Flavor) -> Router<App> {
    let both = general()
        .merge(dictionaries::routes())
        .merge(issues::routes())
        .merge(projects::routes())
        .merge(comments::routes())
        .merge(attachments::routes())
        .merge(links::routes())
        .merge(properties::routes())
        .merge(worklogs::routes());
    match flavor {
        Flavor::DataCenter => both.merge(issues::data_center_routes()),
        Flavor::Cloud => both
            .merge(dictionaries::cloud_routes())
            .merge(issues::cloud_routes())
            .merge(comments::cloud_routes())
            .merge(attachments::cloud_routes())
            .merge(projects::cloud_routes())
            .merge(users::cloud_routes()),
    }
}

/// What both versions have in the same form.
fn general() -> Router<App> {
    Router::new().route("/serverInfo", get(server_info::server_info)).merge(users::routes())
}
