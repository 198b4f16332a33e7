//! How much of the hour is left.
//!
//! <https://docs.github.com/en/rest/rate-limit/rate-limit>: asking costs nothing.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::limits;
use super::reply::Reply;
use super::store::App;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/rate_limit", get(show))
}

async fn show(State(app): State<App>, caller: Caller) -> Reply {
    let resource = |name: &'static str| {
        let state = limits::state(&app, &caller, name);
        let reset = limits::seconds_up(state.reset);
        json!({ "limit": state.limit, "used": state.used, "remaining": state.remaining(), "reset": reset })
    };
    let resources: Map<String, Value> =
        ["core", "graphql", "search"].map(|name| (name.to_owned(), resource(name))).into_iter().collect();
    Reply::ok(json!({ "resources": resources, "rate": resource("core") }))
}
