//! Sprints, labels, relations, members, time, webhooks, compression.

use hmac::{Hmac, KeyInit, Mac};
use pm_testkit::openproject::FakeOpenProject;
use reqwest::Method;
use serde_json::{Value, json};
use sha1::Sha1;

use super::{Api, encode, error, href, ids, read};

#[tokio::test]
async fn sprints_can_be_read_and_assigned_and_nothing_else() {
    let api = Api::seeded(json!({ "projects": [
        { "identifier": "garden", "sprints": [
            { "name": "One", "status": "active", "start_date": "2026-05-01", "finish_date": "2026-05-14", "shared_with": ["house"] },
            { "name": "Two" },
        ] },
        { "identifier": "house" },
    ] }))
    .await;
    let (_, sprints) = api.get("/sprints").await;
    assert_eq!((ids(&sprints), sprints["pageSize"].as_u64()), (vec![1, 2], Some(20)));
    let (_, sprint) = api.get("/sprints/1").await;
    assert_eq!(sprint["_links"]["status"]["href"], "urn:openproject-org:api:v3:sprints:status:active");
    assert_eq!(sprint["_links"]["definingWorkspace"]["href"], "/api/v3/projects/1");
    assert_eq!(ids(&api.get("/projects/2/sprints").await.1), [1]);
    let defined = json!([{ "definingWorkspace": { "operator": "=", "values": ["2"] } }]);
    assert_eq!(api.filtered("/sprints", defined).await.len(), 0);
    let planned = json!({ "subject": "x", "storyPoints": 3, "_links": { "sprint": href("/sprints/2") } });
    let task = api.task(planned.clone()).await;
    assert_eq!((task["storyPoints"].as_i64(), task["_links"]["sprint"]["title"].as_str()), (Some(3), Some("Two")));
    assert_eq!(api.filtered("/work_packages", json!([{ "sprint": { "operator": "=", "values": ["2"] } }])).await, [1]);
    assert_eq!(
        error(&api.post("/projects/2/work_packages", planned).await),
        (422, "PropertyConstraintViolation", "sprint")
    );
    assert_eq!(api.post("/sprints", json!({ "name": "Three" })).await.0, 405);
}

#[tokio::test]
async fn older_servers_have_neither_sprints_nor_labels() {
    let seed =
        json!({ "labels": ["urgent"], "projects": [{ "identifier": "garden", "sprints": [{ "name": "One" }] }] });
    let api = Api::with(FakeOpenProject::builder().sprints(false).labels(false).seed(read(&seed))).await;
    for path in ["/sprints", "/sprints/1", "/projects/1/sprints", "/labels", "/workspaces/1/work_packages"] {
        assert_eq!(error(&api.get(path).await), (404, "NotFound", ""), "{path}");
    }
    let task = api.task(json!({ "subject": "x" })).await;
    assert_eq!(
        (task["_links"].get("sprint"), task["_links"].get("labels"), task.get("storyPoints")),
        (None, None, None)
    );
    let refused = api.post("/projects/1/work_packages", json!({ "subject": "x", "_links": { "labels": [] } })).await;
    assert_eq!(error(&refused), (422, "PropertyIsReadOnly", "labels"));
    assert_eq!(
        error(&api.refused("/work_packages", json!([{ "sprint": { "operator": "*" } }])).await),
        (400, "InvalidQuery", "")
    );
}

#[tokio::test]
async fn labels_are_links_in_a_list() {
    let api = Api::seeded(json!({ "labels": ["urgent", "later"], "projects": [{ "identifier": "garden" }] })).await;
    assert_eq!(ids(&api.get("/labels").await.1), [1, 2]);
    let both = json!([href("/labels/1"), href("/labels/2")]);
    let task = api.task(json!({ "subject": "x", "_links": { "labels": both } })).await;
    assert_eq!(task["_links"]["labels"][1], json!({ "href": "/api/v3/labels/2", "title": "later" }));
    let all = |ids: Value| json!([{ "labels": { "operator": "&=", "values": ids } }]);
    assert_eq!(api.filtered("/work_packages", all(json!(["1", "2"]))).await, [1]);
    let (_, none) = api.patch("/work_packages/1", json!({ "lockVersion": 0, "_links": { "labels": [] } })).await;
    assert_eq!(none["_links"]["labels"], json!([]));
}

#[tokio::test]
async fn relations_have_two_names_and_one_direction() {
    let api = Api::garden().await;
    for subject in ["a", "b", "c"] {
        api.task(json!({ "subject": subject })).await;
    }
    let relate =
        |kind: &str, to: u64| json!({ "type": kind, "_links": { "to": href(&format!("/work_packages/{to}")) } });
    let (status, relation) = api.post("/work_packages/1/relations", relate("precedes", 2)).await;
    assert_eq!(
        (status, relation["type"].as_str(), relation["reverseType"].as_str()),
        (201, Some("follows"), Some("precedes"))
    );
    assert_eq!(
        (relation["_links"]["from"]["title"].as_str(), relation["_links"]["to"]["title"].as_str()),
        (Some("b"), Some("a"))
    );
    assert_eq!(error(&api.post("/work_packages/2/relations", relate("relates", 1)).await), (409, "UpdateConflict", ""));
    assert_eq!(api.post("/work_packages/3/relations", relate("follows", 2)).await.0, 201);
    assert_eq!(error(&api.post("/work_packages/1/relations", relate("follows", 3)).await), (409, "UpdateConflict", ""));
    let refused = api.post("/work_packages/1/relations", relate("adores", 3)).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "type"));
    let involved = json!([{ "involved": { "operator": "=", "values": ["2"] } }]);
    assert_eq!(api.filtered("/relations", involved).await, [1, 2]);
    assert_eq!(ids(&api.get("/work_packages/1/relations").await.1), [1]);
    let (_, changed) = api.patch("/relations/1", json!({ "lag": 2, "description": "then" })).await;
    assert_eq!((changed["lag"].as_u64(), changed["description"].as_str()), (Some(2), Some("then")));
    let refused = api.patch("/relations/1", json!({ "lag": -1 })).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "lag"));
    assert_eq!(api.delete("/relations/1").await.0, 204);
    assert_eq!(api.delete("/relations/1").await.0, 404);
}

#[tokio::test]
async fn a_successor_cannot_start_before_its_predecessor_ends() {
    let api = Api::garden().await;
    api.task(json!({ "subject": "first", "startDate": "2026-05-01", "dueDate": "2026-05-05" })).await;
    api.task(json!({ "subject": "second" })).await;
    api.post("/work_packages/2/relations", json!({ "type": "follows", "_links": { "to": href("/work_packages/1") } }))
        .await;
    let refused = api.patch("/work_packages/2", json!({ "lockVersion": 0, "startDate": "2026-05-05" })).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "startDate"));
    assert_eq!(api.patch("/work_packages/2", json!({ "lockVersion": 0, "startDate": "2026-05-06" })).await.0, 200);
}

#[tokio::test]
async fn members_can_be_added_changed_and_removed() {
    let api = Api::seeded(json!({ "projects": [{ "identifier": "garden" }] })).await;
    let links = json!({ "project": href("/projects/1"), "principal": href("/users/5"), "roles": [href("/roles/4")] });
    let (status, row) = api.post("/memberships", json!({ "_links": links.clone() })).await;
    assert_eq!((status, row["_links"]["principal"]["title"].as_str()), (201, Some("Ada Lovelace")));
    let refused = api.post("/memberships", json!({ "_links": links })).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "principal"));
    assert_eq!(api.as_ada(Method::GET, "/projects/1", None).await.0, 200);
    let (_, reader) = api.patch("/memberships/1", json!({ "_links": { "roles": [href("/roles/5")] } })).await;
    assert_eq!(reader["_links"]["roles"][0]["title"], "Reader");
    let members = json!([{ "project": { "operator": "=", "values": ["1"] } }]);
    assert_eq!(api.filtered("/memberships", members).await, [1]);
    assert_eq!(api.delete("/memberships/1").await.0, 204);
    assert_eq!(api.as_ada(Method::GET, "/projects/1", None).await.0, 404);
}

#[tokio::test]
async fn spent_time_comes_from_time_entries_alone() {
    let api = Api::garden().await;
    api.task(json!({ "subject": "x" })).await;
    let entry = |hours: &str| {
        json!({ "hours": hours, "spentOn": "2026-05-01", "comment": { "raw": "dug" },
                "_links": { "workPackage": href("/work_packages/1"), "activity": href("/time_entries/activities/3") } })
    };
    let (status, logged) = api.post("/time_entries", entry("PT1H30M")).await;
    assert_eq!(
        (status, logged["hours"].as_str(), logged["_links"]["activity"]["title"].as_str()),
        (201, Some("PT1H30M"), Some("Development"))
    );
    assert_eq!(api.get("/work_packages/1").await.1["spentTime"], "PT1H30M");
    assert_eq!(error(&api.post("/time_entries", entry("90")).await), (422, "PropertyFormatError", "hours"));
    let refused = api.as_ada(Method::DELETE, "/time_entries/1", None).await;
    assert_eq!(error(&refused), (403, "MissingPermission", ""));
    let mine = json!([{ "entityId": { "operator": "=", "values": ["1"] } }]);
    assert_eq!(api.filtered("/time_entries", mine).await, [1]);
    api.delete("/work_packages/1").await;
    assert_eq!(api.get("/time_entries/1").await.0, 404);
}

#[tokio::test]
async fn webhooks_are_signed_over_the_very_bytes() {
    let api = Api::garden().await;
    api.task(json!({ "subject": "x" })).await;
    let delivery = api.server.webhook("work_package:updated", 1, Some("secret")).unwrap();
    let body: Value = serde_json::from_slice(&delivery.body).unwrap();
    assert_eq!(
        (body["action"].as_str(), body["work_package"]["subject"].as_str()),
        (Some("work_package:updated"), Some("x"))
    );
    let mut mac = Hmac::<Sha1>::new_from_slice(b"secret").unwrap();
    mac.update(&delivery.body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(delivery.header("x-op-signature"), Some(format!("sha1={digits}").as_str()));
    let project = api.server.webhook("project:created", 1, None).unwrap();
    assert_eq!(project.header("x-op-signature"), None);
    assert!(api.server.webhook("work_package:updated", 9, None).is_none());
    assert!(api.server.webhook("weather:changed", 1, None).is_none());
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_take_it() {
    use std::io::Read as _;

    let api = Api::start().await;
    let ask = |encoding: &'static str| {
        let request = api.request(Method::GET, "/statuses").basic_auth("apikey", Some(api.server.api_key()));
        request.header("accept-encoding", encoding).send()
    };
    let packed = ask("gzip, deflate").await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.bytes().await.unwrap().as_ref()).read_to_string(&mut text).unwrap();
    let plain = ask("identity").await.unwrap();
    assert!(!plain.headers().contains_key("content-encoding"));
    assert_eq!(plain.text().await.unwrap(), text);
}

#[tokio::test]
async fn a_seed_that_names_the_unknown_is_refused() {
    let start = |seed: Value| FakeOpenProject::builder().seed(read(&seed)).start();
    let broken = json!({ "projects": [{ "identifier": "garden", "members": ["nobody"] }] });
    assert_eq!(start(broken).await.unwrap_err().to_string(), "the seed names the user `nobody`, which is not there");
    let error = r#"{ "colour": 1 }"#.parse::<pm_testkit::openproject::Seed>().unwrap_err().to_string();
    assert!(error.starts_with("the seed is not readable: unknown field `colour`"), "{error}");
    let api = Api::seeded(json!({ "users": [{ "login": "grace", "name": "Grace Hopper", "api_key": "mine" }] })).await;
    let me = api.request(Method::GET, "/users/me").basic_auth("apikey", Some("mine")).send().await.unwrap();
    assert_eq!(me.json::<Value>().await.unwrap()["name"], "Grace Hopper");
    assert_eq!(api.get(&format!("/users?filters={}", encode("[]"))).await.1["total"], 3);
}
