//! The entry point and the installation's settings.

use axum::extract::State;
use serde_json::json;

use super::access::Caller;
use super::hal::{Reply, link};
use super::store::App;

/// Says what the instance is called; its version is for admins (unverified).
///
/// <https://www.openproject.org/docs/api/endpoints/root/>
pub(super) async fn root(State(app): State<App>, caller: Caller) -> Reply {
    let store = app.lock();
    let mut links = json!({
        "self": { "href": "/api/v3" },
        "configuration": { "href": "/api/v3/configuration" },
        "memberships": { "href": "/api/v3/memberships" },
        "priorities": { "href": "/api/v3/priorities" },
        "relations": { "href": "/api/v3/relations" },
        "statuses": { "href": "/api/v3/statuses" },
        "time_entries": { "href": "/api/v3/time_entries" },
        "types": { "href": "/api/v3/types" },
        "userPreferences": { "href": "/api/v3/my_preferences" },
        "workPackages": { "href": "/api/v3/work_packages" },
    });
    if let Some(user) = caller.0.and_then(|id| store.principals.get(&id)) {
        links["user"] = link("users", user.id, &user.name);
    }
    let mut root = json!({ "_type": "Root", "instanceName": "OpenProject", "_links": links });
    if caller.is_admin(&store) {
        root["coreVersion"] = (if app.options.sprints { "17.6.0" } else { "14.6.3" }).into();
    }
    Reply::ok(root)
}

/// <https://www.openproject.org/docs/api/endpoints/configuration/>
pub(super) async fn configuration(State(app): State<App>, _: Caller) -> Reply {
    Reply::ok(json!({
        "_type": "Configuration",
        "maximumAttachmentFileSize": 5_242_880,
        "perPageOptions": [app.options.page_size, 100],
        "durationFormat": "hours_only",
        "activeFeatureFlags": [],
        "_links": { "self": { "href": "/api/v3/configuration" } },
    }))
}
