//! Who may ask for what, and what requests must look like.

use std::time::Duration;

use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::openproject::FakeOpenProject;
use reqwest::Method;
use serde_json::json;

use super::{Api, error, href, ids};

#[tokio::test]
async fn credentials_are_a_basic_pair_or_a_bearer_token() {
    let api = Api::start().await;
    let (status, root) = api.get("").await;
    assert_eq!((status, root["_type"].as_str(), root["coreVersion"].is_string()), (200, Some("Root"), true));
    let bearer = api.request(Method::GET, "/users/me").bearer_auth(api.server.api_key()).send().await.unwrap();
    assert_eq!(bearer.status(), 200);
    for request in [
        api.request(Method::GET, "/users/me"),
        api.request(Method::GET, "/users/me").basic_auth("apikey", Some("wrong")),
        api.request(Method::GET, "/users/me").basic_auth("admin", Some(api.server.api_key())),
    ] {
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), 401);
        assert!(refused.headers().contains_key("www-authenticate"));
        assert!(refused.text().await.unwrap().contains("errors:Unauthenticated"));
    }
    let debug = format!("{:?}", api.server);
    assert!(!debug.contains(api.server.api_key()), "{debug}");
}

#[tokio::test]
async fn anonymous_requests_get_public_data_where_that_is_allowed() {
    let seed = json!({ "projects": [{ "identifier": "open", "public": true }, { "identifier": "closed" }] });
    let api = Api::with(FakeOpenProject::builder().login_required(false).seed(super::read(&seed))).await;
    let (status, projects) = api.as_nobody("/projects").await;
    assert_eq!((status, ids(&projects)), (200, vec![1]));
    // The trap: 200 does not say that the credentials are good.
    assert_eq!(api.as_nobody("").await.0, 200);
    assert_eq!(error(&api.as_nobody("/users/me").await), (401, "Unauthenticated", ""));
    let wrong = api.request(Method::GET, "/projects").basic_auth("apikey", Some("wrong")).send().await.unwrap();
    assert_eq!(wrong.status(), 401);
}

#[tokio::test]
async fn the_invisible_is_not_found_and_the_forbidden_is_forbidden() {
    let api = Api::seeded(json!({ "projects": [
        { "identifier": "secret", "work_packages": [{ "subject": "Hidden" }] },
        { "identifier": "read-only", "readers": ["ada"], "work_packages": [{ "subject": "Seen" }] },
    ] }))
    .await;
    let get = |path: &'static str| api.as_ada(Method::GET, path, None);
    assert_eq!(error(&get("/projects/1").await), (404, "NotFound", ""));
    assert_eq!(error(&get("/work_packages/1").await), (404, "NotFound", ""));
    assert_eq!(error(&get("/projects/1/work_packages").await), (404, "NotFound", ""));
    assert_eq!(get("/work_packages/2").await.0, 200);
    let create = Some(json!({ "subject": "x", "_links": { "project": href("/projects/1") } }));
    assert_eq!(error(&api.as_ada(Method::POST, "/work_packages", create).await), (404, "NotFound", ""));
    let create = Some(json!({ "subject": "x", "_links": { "project": href("/projects/2") } }));
    assert_eq!(error(&api.as_ada(Method::POST, "/work_packages", create).await), (403, "MissingPermission", ""));
    let edit = Some(json!({ "lockVersion": 0, "subject": "Mine" }));
    let refused = api.as_ada(Method::PATCH, "/work_packages/2", edit).await;
    assert_eq!(error(&refused), (403, "MissingPermission", ""));
    let refused = api.as_ada(Method::POST, "/projects", Some(json!({ "name": "Mine" }))).await;
    assert_eq!(error(&refused), (403, "MissingPermission", ""));
    let refused = api.as_ada(Method::DELETE, "/projects/2", None).await;
    assert_eq!(error(&refused), (403, "MissingPermission", ""));
}

#[tokio::test]
async fn users_are_for_administrators_and_others_use_principals() {
    let api = Api::seeded(json!({
        "users": [
            { "login": "grace", "name": "Grace Hopper", "email": "grace@example.net", "hides_email": true },
            { "login": "far", "name": "Far Away" },
            { "login": "crew", "name": "Crew", "kind": "Group" },
        ],
        "projects": [{ "identifier": "garden", "members": ["ada", "grace", "crew"] }],
    }))
    .await;
    assert_eq!(ids(&api.get("/users").await.1), [4, 5, 6, 7]);
    assert_eq!(error(&api.as_ada(Method::GET, "/users", None).await), (403, "MissingPermission", ""));
    let (_, principals) = api.as_ada(Method::GET, "/principals", None).await;
    assert_eq!(ids(&principals), [5, 6, 8]);
    let (_, grace) = api.as_ada(Method::GET, "/users/6", None).await;
    assert_eq!((grace["name"].as_str(), grace.get("email"), grace.get("login")), (Some("Grace Hopper"), None, None));
    assert_eq!(api.get("/users/6").await.1["email"], "grace@example.net");
    assert_eq!(error(&api.as_ada(Method::GET, "/users/7", None).await), (404, "NotFound", ""));
    let users = json!([{ "type": { "operator": "=", "values": ["User"] } }]);
    assert_eq!(api.filtered("/principals", users).await, [4, 5, 6, 7]);
    let (_, assignees) = api.as_ada(Method::GET, "/projects/1/available_assignees", None).await;
    // The administrator is no member, so that not even she can be assigned.
    assert_eq!(ids(&assignees), [5, 6, 8]);
    let refused =
        api.post("/projects/1/work_packages", json!({ "subject": "x", "_links": { "assignee": href("/users/4") } }));
    assert_eq!(error(&refused.await), (422, "PropertyConstraintViolation", "assignee"));
    let group = api.task(json!({ "subject": "x", "_links": { "assignee": href("/groups/8") } })).await;
    assert_eq!(group["_links"]["assignee"]["href"], "/api/v3/groups/8");
}

#[tokio::test]
async fn writes_need_a_json_content_type_deletes_too() {
    let api = Api::garden().await;
    let send = |method: Method, kind: Option<&'static str>| {
        let request = api.request(method, "/projects").basic_auth("apikey", Some(api.server.api_key()));
        match kind {
            Some(kind) => request.header("content-type", kind).body("{").send(),
            None => request.send(),
        }
    };
    let missing = send(Method::POST, None).await.unwrap();
    assert_eq!(missing.status(), 406);
    assert_eq!(missing.text().await.unwrap(), "Missing content-type header");
    let wrong = send(Method::POST, Some("text/plain")).await.unwrap();
    assert_eq!(wrong.status(), 415);
    assert!(wrong.text().await.unwrap().contains("errors:TypeNotSupported"));
    let broken = send(Method::POST, Some("application/json")).await.unwrap();
    assert_eq!(broken.status(), 400);
    assert!(broken.text().await.unwrap().contains("errors:InvalidRequestBody"));
    let delete = api.request(Method::DELETE, "/projects/1").basic_auth("apikey", Some(api.server.api_key()));
    assert_eq!(delete.send().await.unwrap().status(), 406);
    assert_eq!(error(&api.get("/nowhere").await), (404, "NotFound", ""));
}

#[tokio::test]
async fn deleted_projects_are_archived_at_once_and_gone_a_moment_later() {
    let api = Api::with(FakeOpenProject::builder().deletion_delay(Duration::from_millis(200))).await;
    let (status, project) = api.post("/projects", json!({ "name": "Garden & Co" })).await;
    assert_eq!((status, project["identifier"].as_str()), (201, Some("garden-co")));
    api.task(json!({ "subject": "x" })).await;
    assert_eq!(api.delete("/projects/1").await.0, 204);
    let (status, archived) = api.get("/projects/1").await;
    assert_eq!((status, archived["active"].as_bool()), (200, Some(false)));
    assert_eq!(api.get("/work_packages/1").await.0, 404);
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(api.get("/projects/1").await.0, 404);
}

#[tokio::test]
async fn a_project_whose_versions_are_used_elsewhere_cannot_be_deleted() {
    let api = Api::seeded(json!({ "projects": [
        { "identifier": "one", "versions": [{ "name": "Shared", "sharing": "system" }] },
        { "identifier": "two", "work_packages": [{ "subject": "x", "version": "Shared" }] },
    ] }))
    .await;
    assert_eq!(error(&api.delete("/projects/1").await), (422, "PropertyConstraintViolation", "base"));
    // Neither can the version, until nothing is in it.
    assert_eq!(error(&api.delete("/versions/1").await), (422, "PropertyConstraintViolation", "base"));
    let free = json!({ "lockVersion": 0, "_links": { "version": { "href": null } } });
    assert_eq!(api.patch("/work_packages/1", free).await.0, 200);
    assert_eq!(api.delete("/versions/1").await.0, 204);
    assert_eq!(api.delete("/projects/1").await.0, 204);
}

#[tokio::test]
async fn projects_are_checked_and_have_no_lock_version() {
    let api = Api::garden().await;
    let refused = api.post("/projects", json!({ "name": " " })).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "name"));
    let refused = api.post("/projects", json!({ "name": "Garden", "identifier": "garden" })).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "identifier"));
    let refused = api.post("/projects", json!({ "name": "", "identifier": "Not Good" })).await;
    assert_eq!(error(&refused), (422, "MultipleErrors", ""));
    assert_eq!(refused.1["_embedded"]["errors"].as_array().unwrap().len(), 2);
    let status = json!({ "status": href("/project_statuses/on_track") });
    let (_, changed) = api.patch("/projects/1", json!({ "active": false, "_links": status })).await;
    assert_eq!((changed["active"].as_bool(), changed.get("lockVersion")), (Some(false), None));
    assert_eq!(changed["_links"]["status"]["title"], "On track");
    let refused = api.patch("/projects/1", json!({ "id": 7 })).await;
    assert_eq!(error(&refused), (422, "PropertyIsReadOnly", "id"));
}

#[tokio::test]
async fn a_lost_reply_leaves_exactly_one_work_package() {
    let api = Api::garden().await;
    let lost =
        api.server.faults().add(FaultRule::new(HttpFault::DropReply).method("POST").path("/work_packages").nth(1));
    let request =
        api.request(Method::POST, "/projects/1/work_packages").basic_auth("apikey", Some(api.server.api_key()));
    assert!(request.json(&json!({ "subject": "Once" })).send().await.is_err());
    assert_eq!((lost.fired(), api.filtered("/work_packages", json!([])).await), (1, vec![1]));
    assert_eq!(api.server.requests().first().unwrap().status, None);
}
