//! Ten requests, each wrong in one way: every one is caught, and a right one is not.

use pm_contract::vendor::Vendor;
use pm_contract::{ContractServer, Description};

use crate::support::{Sent, findings_of, tracker, vendor};

/// What is wrong, the request, and what the one line about it has to say.
type Planted = (&'static str, Sent<'static>, &'static str);

async fn all_are_caught(description: Description, right: &[Sent<'static>], planted: [Planted; 10]) {
    let server = ContractServer::start(description, 0).await.unwrap();
    for sent in right {
        assert_eq!(findings_of(&server, *sent).await, Vec::<String>::new(), "{sent:?}");
    }
    for (wrong, sent, expected) in planted {
        let found = findings_of(&server, sent).await;
        assert_eq!(found.len(), 1, "{wrong}: {found:?}");
        assert!(found[0].contains(expected), "{wrong}: `{}` lacks `{expected}`", found[0]);
    }
    assert!(!server.report().is_clean());
}

#[tokio::test]
async fn small_tracker() {
    let right = [
        Sent::plain("GET", "/api/tasks?state=open&limit=5&include=labels,comments"),
        Sent::plain("GET", "/api/tasks/1"),
        Sent::plain("DELETE", "/api/tasks/1"),
        Sent::json("POST", "/api/tasks", r#"{"title": "x", "due": null, "owner": null, "plan": {"hours": 1.5}}"#),
        Sent::json("POST", "/api/tasks", r#"{"title": "x", "owner": {"login": "ada"}}"#)
            .typed("application/json; charset=utf-8"),
    ];
    let planted = [
        (
            "misspelt field",
            Sent::json("POST", "/api/tasks", r#"{"title": "x", "dew": null}"#),
            "body `/dew`: no schema",
        ),
        (
            "field in the wrong place",
            Sent::json("POST", "/api/tasks", r#"{"title": "x", "plan": {"due": null}}"#),
            "body `/plan/due`: no schema",
        ),
        ("wrong type", Sent::json("POST", "/api/tasks", r#"{"title": 7}"#), "body `/title`: 7 is not of type"),
        (
            "unknown query parameter",
            Sent::plain("GET", "/api/tasks?stat=open"),
            "query `stat`: the operation has no such",
        ),
        ("value that is not allowed", Sent::plain("GET", "/api/tasks?include=labels,colours"), "query `include`: "),
        ("missing body", Sent::plain("POST", "/api/tasks"), "body: required, but missing"),
        (
            "wrong content type",
            Sent::json("POST", "/api/tasks", r#"{"title": "x"}"#).typed("text/plain"),
            "header `content-type`: `text/plain`",
        ),
        ("wrong method", Sent::plain("PUT", "/api/tasks/1"), "PUT /api/tasks/{id}: method: no such method, but `GET`"),
        ("unknown path", Sent::plain("GET", "/api/task"), "GET /api/task: path: no such path"),
        ("missing required", Sent::json("POST", "/api/tasks", r#"{"due": null}"#), "\"title\" is a required property"),
    ];
    all_are_caught(tracker(), &right, planted).await;
}

#[tokio::test]
async fn openproject() {
    let Some(description) = vendor(Vendor::OpenProject) else { return };
    let right = [
        Sent::plain(
            "GET",
            "/api/v3/work_packages?filters=%5B%5D&sortBy=%5B%5B%22id%22,%22asc%22%5D%5D&offset=1&pageSize=20",
        ),
        Sent::json("POST", "/api/v3/projects/1/work_packages?notify=false", r#"{"subject": "x"}"#),
        Sent::json(
            "POST",
            "/api/v3/work_packages",
            r#"{"subject": "x", "description": {"raw": "y"}, "dueDate": null, "date": "2026-11-21", "estimatedTime": "PT1H30M",
                "customField3": "a", "_links": {"project": {"href": "/api/v3/projects/1"}, "assignee": {"href": null},
                "customField4": {"href": "/api/v3/custom_options/1"}}}"#,
        ),
        Sent::json(
            "PATCH",
            "/api/v3/work_packages/7",
            r#"{"lockVersion": 1, "_links": {"version": {"href": "/api/v3/versions/1"}}}"#,
        ),
        Sent::json("POST", "/api/v3/projects/1/work_packages/form", "{}"),
    ];
    let create = |body| Sent::json("POST", "/api/v3/projects/1/work_packages", body);
    let planted = [
        ("misspelt field", create(r#"{"subject": "x", "descripton": {"raw": "y"}}"#), "body `/descripton`: no schema"),
        (
            "field in the wrong place",
            create(r#"{"subject": "x", "_links": {"subject": {"href": "/"}}}"#),
            "body `/_links/subject`: no schema",
        ),
        ("wrong type", create(r#"{"subject": 7}"#), "body `/subject`: 7 is not of type"),
        (
            "unknown query parameter",
            Sent::plain("GET", "/api/v3/work_packages?page=2"),
            "query `page`: the operation has no such",
        ),
        (
            "filter values that are no list of texts",
            Sent::plain(
                "GET",
                "/api/v3/work_packages?filters=%5B%7B%22status%22:%7B%22operator%22:%22=%22,%22values%22:%221%22%7D%7D%5D",
            ),
            "query `filters`: filter `status`: values are no list of texts",
        ),
        ("missing body", Sent::plain("PATCH", "/api/v3/work_packages/7"), "body: required, but missing"),
        (
            "wrong content type",
            create(r#"{"subject": "x"}"#).typed("text/plain"),
            "header `content-type`: `text/plain`",
        ),
        (
            "wrong method",
            Sent::plain("PUT", "/api/v3/work_packages/7"),
            "method: no such method, but `GET`, `DELETE`, `PATCH`",
        ),
        ("unknown path", Sent::plain("GET", "/api/v3/workpackages"), "path: no such path"),
        (
            "missing required",
            Sent::json("PATCH", "/api/v3/work_packages/7", r#"{"subject": "x"}"#),
            "\"lockVersion\" is a required",
        ),
    ];
    all_are_caught(description, &right, planted).await;
}

#[tokio::test]
async fn redmine() {
    let Some(description) = vendor(Vendor::Redmine) else { return };
    let right = [
        Sent::plain("GET", "/issues.json?status_id=*&sort=id&limit=100&offset=0&cf_3=a&include=relations,attachments"),
        Sent::plain("GET", "/users/current.json").with("x-redmine-switch-user", "ada"),
        Sent::json(
            "POST",
            "/issues.json",
            r#"{"issue": {"project_id": 1, "subject": "x", "due_date": null, "custom_fields": [{"id": 1, "value": "a"}]}}"#,
        ),
        Sent::json("POST", "/issues.json", r#"{"issue": {"project_id": "demo", "subject": "x"}}"#),
    ];
    let create = |body| Sent::json("POST", "/issues.json", body);
    let planted = [
        (
            "misspelt field",
            create(r#"{"issue": {"project_id": 1, "subject": "x", "descripton": "y"}}"#),
            "body `/issue/descripton`: no schema",
        ),
        (
            "field in the wrong place",
            create(r#"{"issue": {"project_id": 1, "subject": "x"}, "priority_id": 1}"#),
            "body `/priority_id`: no schema",
        ),
        (
            "wrong type",
            create(r#"{"issue": {"project_id": 1, "subject": 7}}"#),
            "body `/issue/subject`: 7 is not of type",
        ),
        (
            "unknown query parameter",
            Sent::plain("GET", "/issues.json?page=2"),
            "query `page`: the operation has no such",
        ),
        (
            "value that is not allowed",
            Sent::plain("GET", "/issues.json?include=relations,colours"),
            "query `include`: ",
        ),
        ("missing body", Sent::plain("PUT", "/issues/7.json"), "body: required, but missing"),
        (
            "wrong content type",
            create(r#"{"issue": {"project_id": 1, "subject": "x"}}"#).typed("text/plain"),
            "header `content-type`: `text/plain`",
        ),
        ("wrong method", Sent::plain("PATCH", "/issues/7.json"), "method: no such method, but "),
        ("unknown path", Sent::plain("GET", "/tasks.json"), "path: no such path"),
        ("missing required", create(r#"{"issue": {"project_id": 1}}"#), "\"subject\" is a required property"),
    ];
    all_are_caught(description, &right, planted).await;
}
