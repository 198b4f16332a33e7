//! What the server tells about itself.

use axum::extract::State;
use serde_json::json;

use super::Flavor;
use super::access::Caller;
use super::reply::Reply;
use super::store::App;
use super::users::time;

/// Tells version and kind of the server, to anybody.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-server-info/>; Data Center calls itself
/// `Server` (`TestPlanIt/testplanit#494`).
pub(super) async fn server_info(State(app): State<App>, caller: Caller) -> Reply {
    let store = app.lock();
    let (kind, version, numbers) = match app.options.flavor {
        Flavor::Cloud => ("Cloud", "1001.0.0-SNAPSHOT", json!([1001, 0, 0])),
        Flavor::DataCenter => ("Server", "9.12.5", json!([9, 12, 5])),
    };
    Reply::ok(json!({
        "baseUrl": caller.base,
        "version": version,
        "versionNumbers": numbers,
        "deploymentType": kind,
        "buildNumber": 100_292,
        "buildDate": "2026-11-02T00:00:00.000+0000",
        "serverTime": time(&store, &caller, app.now()),
        "scmInfo": "5f3c6e0c1ab5a4c1f7a5c5b9d2ab2d4f0d3c4c11",
        "serverTitle": "Jira",
    }))
}
