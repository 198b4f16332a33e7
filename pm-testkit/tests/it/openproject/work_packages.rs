//! Writing work packages.

use pm_testkit::openproject::FakeOpenProject;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, error, href, read};

#[tokio::test]
async fn what_is_written_is_read_back() {
    let api = Api::garden().await;
    let task = api
        .task(json!({
            "subject": "Paint <it>", "description": { "raw": "**soon** & <well>" },
            "startDate": "2026-05-01", "duration": "P3D", "estimatedTime": "P1DT2H30M",
            "_links": { "type": href("/types/3"), "priority": href("/priorities/9"), "assignee": href("/users/5") },
        }))
        .await;
    assert_eq!(
        (task["id"].as_u64(), task["lockVersion"].as_u64(), task["dueDate"].as_str()),
        (Some(1), Some(0), Some("2026-05-03"))
    );
    assert_eq!((task["estimatedTime"].as_str(), task["remainingTime"].as_str()), (Some("PT26H30M"), Some("PT26H30M")));
    assert_eq!(task["description"]["raw"], "**soon** & <well>");
    assert_eq!(task["description"]["html"], "<p class=\"op-uc-p\">**soon** &amp; &lt;well&gt;</p>");
    assert_eq!(task["_links"]["assignee"], json!({ "href": "/api/v3/users/5", "title": "Ada Lovelace" }));
    assert_eq!(task["_links"]["status"]["title"], "New");
    assert_eq!(task["_links"]["parent"], json!({ "href": null }));
    assert_eq!(api.get("/work_packages/1").await.1, task);
}

#[tokio::test]
async fn updates_need_the_lock_version_that_was_read() {
    let api = Api::garden().await;
    api.task(json!({ "subject": "x" })).await;
    let (status, changed) = api.patch("/work_packages/1", json!({ "lockVersion": 0, "subject": "y" })).await;
    assert_eq!((status, changed["lockVersion"].as_u64()), (200, Some(1)));
    for body in [json!({ "lockVersion": 0, "subject": "z" }), json!({ "subject": "z" })] {
        assert_eq!(error(&api.patch("/work_packages/1", body).await), (409, "UpdateConflict", ""));
    }
    let (_, same) = api.patch("/work_packages/1", json!({ "lockVersion": 1, "subject": "y" })).await;
    assert_eq!((same["lockVersion"].as_u64(), &same["updatedAt"]), (Some(1), &changed["updatedAt"]));
}

#[tokio::test]
async fn read_only_and_unknown_properties_are_refused() {
    let api = Api::garden().await;
    let task = api.task(json!({ "subject": "x" })).await;
    for name in ["id", "createdAt", "spentTime", "percentageDone", "derivedEstimatedTime", "colour"] {
        let refused = api.patch("/work_packages/1", json!({ "lockVersion": 0, name: "PT1H" })).await;
        assert_eq!(error(&refused), (422, "PropertyIsReadOnly", name));
    }
    // Never send the whole object back.
    let refused = api.patch("/work_packages/1", task).await;
    assert_eq!(error(&refused), (422, "MultipleErrors", ""));
}

#[tokio::test]
async fn values_are_checked_and_named() {
    let api = Api::garden().await;
    let long = "x".repeat(256);
    for (body, identifier, attribute) in [
        (json!({ "subject": " " }), "PropertyConstraintViolation", "subject"),
        (json!({ "subject": long }), "PropertyConstraintViolation", "subject"),
        (json!({ "subject": "x", "description": "plain" }), "PropertyFormatError", "description"),
        (json!({ "subject": "x", "startDate": "2026-05-01T00:00:00Z" }), "PropertyFormatError", "startDate"),
        (json!({ "subject": "x", "estimatedTime": "8" }), "PropertyFormatError", "estimatedTime"),
        (
            json!({ "subject": "x", "startDate": "2026-05-02", "dueDate": "2026-05-01" }),
            "PropertyConstraintViolation",
            "dueDate",
        ),
        (
            json!({ "subject": "x", "startDate": "2026-05-01", "dueDate": "2026-05-02", "duration": "P5D" }),
            "PropertyConstraintViolation",
            "duration",
        ),
        (
            json!({ "subject": "x", "estimatedTime": "PT1H", "remainingTime": "PT2H" }),
            "PropertyConstraintViolation",
            "remainingTime",
        ),
        (json!({ "subject": "x", "_links": { "type": href("/types/7") } }), "PropertyConstraintViolation", "type"),
        (json!({ "subject": "x", "_links": { "status": href("/types/1") } }), "ResourceTypeMismatch", "status"),
        (json!({ "subject": "x", "_links": { "status": {} } }), "PropertyFormatError", "status"),
        (
            json!({ "subject": "x", "_links": { "parent": href("/work_packages/9") } }),
            "PropertyConstraintViolation",
            "parent",
        ),
    ] {
        let refused = api.post("/projects/1/work_packages", body.clone()).await;
        assert_eq!(error(&refused), (422, identifier, attribute), "{body}");
    }
    assert_eq!(api.filtered("/work_packages", json!([])).await.len(), 0);
}

#[tokio::test]
async fn the_workflow_refuses_a_status_and_the_form_says_which_are_left() {
    let seed = json!({ "projects": [{ "identifier": "garden", "work_packages": [{ "subject": "x" }] }] });
    let api = Api::with(FakeOpenProject::builder().workflow("New", ["In progress"]).seed(read(&seed))).await;
    let close = json!({ "lockVersion": 0, "_links": { "status": href("/statuses/12") } });
    assert_eq!(
        error(&api.patch("/work_packages/1", close.clone()).await),
        (422, "PropertyConstraintViolation", "status")
    );
    let (status, form) = api.post("/work_packages/1/form", close).await;
    let form = &form["_embedded"];
    assert_eq!((status, form["validationErrors"]["status"]["_type"].as_str()), (200, Some("Error")));
    let allowed = form["schema"]["status"]["_links"]["allowedValues"].as_array().unwrap();
    let names: Vec<_> = allowed.iter().map(|link| link["title"].as_str().unwrap()).collect();
    assert_eq!(names, ["New", "In progress"]);
    assert_eq!(form["payload"]["lockVersion"], 0);
    let next = json!({ "lockVersion": 0, "_links": { "status": href("/statuses/7") } });
    assert_eq!(api.patch("/work_packages/1", next).await.0, 200);
    let (_, valid) = api.post("/projects/1/work_packages/form", json!({ "subject": "y" })).await;
    assert_eq!(valid["_links"]["commit"], json!({ "href": "/api/v3/projects/1/work_packages", "method": "post" }));
    assert_eq!(valid["_embedded"]["schema"]["subject"]["maxLength"], 255);
    assert_eq!(api.get("/work_packages/schemas/1-2").await.1["date"]["type"], "Date");
}

#[tokio::test]
async fn a_read_only_status_freezes_everything_else() {
    let seed = json!({
        "statuses": [{ "name": "Open", "default": true }, { "name": "Frozen", "readonly": true }],
        "projects": [{ "identifier": "garden", "work_packages": [{ "subject": "x", "status": "Frozen" }] }],
    });
    let api = Api::seeded(seed).await;
    let refused = api.patch("/work_packages/1", json!({ "lockVersion": 0, "subject": "y" })).await;
    assert_eq!(error(&refused), (422, "PropertyIsReadOnly", "subject"));
    let thaw = json!({ "lockVersion": 0, "_links": { "status": href("/statuses/1") } });
    assert_eq!(api.patch("/work_packages/1", thaw).await.1["readonly"], false);
}

#[tokio::test]
async fn a_milestone_has_one_date() {
    let api = Api::garden().await;
    let milestone = |body: Value| {
        let mut body = body;
        body["subject"] = "x".into();
        body["_links"] = json!({ "type": href("/types/2") });
        body
    };
    let task = api.task(milestone(json!({ "date": "2026-05-01" }))).await;
    assert_eq!((task["date"].as_str(), task.get("startDate"), task.get("duration")), (Some("2026-05-01"), None, None));
    let refused = api.post("/projects/1/work_packages", milestone(json!({ "dueDate": "2026-05-01" }))).await;
    assert_eq!(error(&refused), (422, "PropertyIsReadOnly", "dueDate"));
    let refused = api.post("/projects/1/work_packages", json!({ "subject": "x", "date": "2026-05-01" })).await;
    assert_eq!(error(&refused), (422, "PropertyIsReadOnly", "date"));
}

#[tokio::test]
async fn a_child_changes_the_lock_version_of_its_parent() {
    let api = Api::garden().await;
    api.task(json!({ "subject": "parent", "estimatedTime": "PT1H" })).await;
    let child =
        json!({ "subject": "child", "estimatedTime": "PT2H", "_links": { "parent": href("/work_packages/1") } });
    api.task(child).await;
    let (_, parent) = api.get("/work_packages/1").await;
    assert_eq!((parent["lockVersion"].as_u64(), parent["derivedEstimatedTime"].as_str()), (Some(1), Some("PT3H")));
    assert_eq!(parent["_links"]["children"][0]["title"], "child");
    assert_eq!(api.get("/work_packages/2").await.1["_links"]["ancestors"][0]["href"], "/api/v3/work_packages/1");
    let refused = api.patch("/work_packages/1", json!({ "lockVersion": 0, "subject": "late" })).await;
    assert_eq!(error(&refused), (409, "UpdateConflict", ""));
    let circle = json!({ "lockVersion": 1, "_links": { "parent": href("/work_packages/2") } });
    assert_eq!(error(&api.patch("/work_packages/1", circle).await), (422, "PropertyConstraintViolation", "parent"));
}

#[tokio::test]
async fn an_automatic_parent_takes_its_dates_from_its_children() {
    let seed = json!({ "projects": [{ "identifier": "garden" }] });
    let api = Api::with(FakeOpenProject::builder().automatic_scheduling(true).seed(read(&seed))).await;
    api.task(json!({ "subject": "parent" })).await;
    let parent = json!({ "parent": href("/work_packages/1") });
    api.task(json!({ "subject": "child", "startDate": "2026-05-01", "dueDate": "2026-05-04", "_links": parent })).await;
    let (_, shown) = api.get("/work_packages/1").await;
    assert_eq!((shown["startDate"].as_str(), shown["dueDate"].as_str()), (Some("2026-05-01"), Some("2026-05-04")));
    let lock = shown["lockVersion"].clone();
    let refused = api.patch("/work_packages/1", json!({ "lockVersion": lock, "dueDate": "2026-06-01" })).await;
    assert_eq!(error(&refused), (422, "PropertyIsReadOnly", "dueDate"));
    let by_hand = json!({ "lockVersion": lock, "scheduleManually": true, "dueDate": "2026-06-01" });
    assert_eq!(api.patch("/work_packages/1", by_hand).await.1["dueDate"], "2026-06-01");
}

#[tokio::test]
async fn deleting_takes_the_children_along() {
    let api = Api::garden().await;
    for body in [
        json!({ "subject": "parent" }),
        json!({ "subject": "child", "_links": { "parent": href("/work_packages/1") } }),
        json!({ "subject": "grandchild", "_links": { "parent": href("/work_packages/2") } }),
        json!({ "subject": "other" }),
    ] {
        api.task(body).await;
    }
    assert_eq!(error(&api.as_ada(Method::DELETE, "/work_packages/1", None).await), (403, "MissingPermission", ""));
    assert_eq!(api.delete("/work_packages/1").await.0, 204);
    assert_eq!(api.filtered("/work_packages", json!([])).await, [4]);
    assert_eq!(error(&api.delete("/work_packages/1").await), (404, "NotFound", ""));
}

#[tokio::test]
async fn comments_and_changes_come_in_one_unpaginated_list() {
    let api = Api::garden().await;
    let task = api.task(json!({ "subject": "x" })).await;
    let (status, comment) = api.post("/work_packages/1/activities", json!({ "comment": { "raw": "**hello**" } })).await;
    assert_eq!(
        (status, comment["_type"].as_str(), comment["version"].as_u64()),
        (201, Some("Activity::Comment"), Some(2))
    );
    api.patch("/work_packages/1", json!({ "lockVersion": 0, "subject": "y" })).await;
    let (_, list) = api.get("/work_packages/1/activities").await;
    let comments: Vec<_> = list["_embedded"]["elements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["comment"]["raw"].as_str().unwrap())
        .collect();
    assert_eq!((comments, list.get("pageSize")), (vec!["", "**hello**", ""], None));
    let id = comment["id"].as_u64().unwrap();
    let (_, edited) = api.patch(&format!("/activities/{id}"), json!({ "comment": { "raw": "bye" } })).await;
    assert_eq!(
        (edited["comment"]["raw"].as_str(), edited["_links"]["user"]["title"].as_str()),
        (Some("bye"), Some("OpenProject Admin"))
    );
    let refused = api.post("/work_packages/1/activities", json!({ "comment": { "raw": " " } })).await;
    assert_eq!(refused.0, 422);
    assert!(api.get("/work_packages/1").await.1["updatedAt"].as_str() > task["updatedAt"].as_str());
}

#[tokio::test]
async fn mails_are_sent_unless_a_write_says_no() {
    let api = Api::garden().await;
    api.task(json!({ "subject": "loud" })).await;
    api.post("/projects/1/work_packages?notify=false", json!({ "subject": "quiet" })).await;
    api.post("/work_packages/1/activities?notify=false", json!({ "comment": { "raw": "quiet" } })).await;
    api.patch("/work_packages/2?notify=false", json!({ "lockVersion": 0, "subject": "still quiet" })).await;
    assert_eq!((api.server.notified_writes(), api.server.silent_writes()), (1, 3));
}

#[tokio::test]
async fn custom_fields_are_scalars_or_links_and_required_ones_are_asked_for() {
    let api = Api::seeded(json!({
        "custom_fields": [
            { "name": "Cost", "kind": "integer", "required": true },
            { "name": "Customer", "kind": "list", "options": ["Ada & Co", "Grace Ltd"] },
        ],
        "projects": [{ "identifier": "garden" }],
    }))
    .await;
    let refused = api.post("/projects/1/work_packages", json!({ "subject": "x" })).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "customField1"));
    let links = json!({ "customField2": href("/custom_options/2") });
    let task = api.task(json!({ "subject": "x", "customField1": 7, "_links": links })).await;
    assert_eq!(
        (task["customField1"].as_i64(), task["_links"]["customField2"]["title"].as_str()),
        (Some(7), Some("Grace Ltd"))
    );
    let refused = api.patch("/work_packages/1", json!({ "lockVersion": 0, "customField1": null })).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "customField1"));
    let (_, form) = api.post("/projects/1/work_packages/form", json!({})).await;
    let field = &form["_embedded"]["schema"]["customField2"];
    assert_eq!((field["name"].as_str(), field["location"].as_str()), (Some("Customer"), Some("_links")));
    assert_eq!(field["_embedded"]["allowedValues"][0]["value"], "Ada & Co");
}

#[tokio::test]
async fn moving_to_another_project_takes_the_children_along() {
    let api = Api::seeded(json!({ "projects": [
        { "identifier": "one", "work_packages": [{ "subject": "parent" }, { "subject": "child", "parent": "parent" }] },
        { "identifier": "two" },
    ] }))
    .await;
    let moved = json!({ "lockVersion": 0, "_links": { "project": href("/projects/2") } });
    assert_eq!(api.patch("/work_packages/1", moved).await.0, 200);
    let (_, child) = api.get("/work_packages/2").await;
    assert_eq!(
        (child["_links"]["project"]["href"].as_str(), child["lockVersion"].as_u64()),
        (Some("/api/v3/projects/2"), Some(1))
    );
}
