//! Answers are plausible: clients can follow them, and they fit the schemas that they are made from.

use pm_contract::vendor::Vendor;
use pm_contract::{ContractServer, Description};
use serde_json::{Value, json};

use crate::support::{Sent, tracker, vendor};

async fn ask(server: &ContractServer, sent: Sent<'_>) -> (u16, Value) {
    let (status, text) = sent.send(server).await;
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_status_and_a_body_as_described() {
    let server = ContractServer::start(tracker(), 0).await.unwrap();
    let (status, list) = ask(&server, Sent::plain("GET", "/api/tasks")).await;
    assert_eq!((status, &list[0]["id"], &list[0]["due"]), (200, &json!(1), &json!("2026-01-05")));
    let (status, task) = ask(&server, Sent::json("POST", "/api/tasks", r#"{"title": "x"}"#)).await;
    assert_eq!((status, &task["owner"]["login"]), (201, &json!("the login")));
    assert_eq!(ask(&server, Sent::plain("DELETE", "/api/tasks/1")).await, (204, Value::Null));
    assert_eq!(ask(&server, Sent::plain("GET", "/api/nothing")).await.0, 404);
    assert_eq!(ask(&server, Sent::plain("PUT", "/api/tasks/1")).await.0, 405);
}

#[tokio::test]
async fn openproject_shows_what_was_written() {
    let Some(description) = vendor(Vendor::OpenProject) else { return };
    let server = ContractServer::start(description, 0).await.unwrap();
    let body = r#"{"subject": "Write it", "description": {"raw": "all"}, "_links": {"assignee": {"href": "/api/v3/users/7"}}}"#;
    let (status, created) = ask(&server, Sent::json("POST", "/api/v3/projects/1/work_packages", body)).await;
    assert_eq!((status, &created["id"], &created["subject"]), (200, &json!(1), &json!("Write it")));
    let (_, read) = ask(&server, Sent::plain("GET", "/api/v3/work_packages/1")).await;
    assert_eq!(
        (&read["description"]["raw"], &read["_links"]["assignee"]["href"]),
        (&json!("all"), &json!("/api/v3/users/7"))
    );
    assert_eq!(read["_links"]["status"]["href"], "/api/v3/statuses/1");
    let (_, list) = ask(&server, Sent::plain("GET", "/api/v3/work_packages?offset=1&pageSize=100")).await;
    assert_eq!((&list["total"], &list["count"], &list["pageSize"]), (&json!(1), &json!(1), &json!(100)));
    assert_eq!(list["_embedded"]["elements"][0]["subject"], "Write it");
    let (_, second) = ask(&server, Sent::plain("GET", "/api/v3/work_packages?offset=2&pageSize=100")).await;
    assert_eq!((&second["total"], &second["_embedded"]["elements"]), (&json!(1), &json!([])));
}

#[tokio::test]
async fn redmine_shows_what_was_written() {
    let Some(description) = vendor(Vendor::Redmine) else { return };
    let server = ContractServer::start(description, 0).await.unwrap();
    let body = r#"{"issue": {"project_id": 1, "subject": "Write it", "tracker_id": 3}}"#;
    let (status, created) = ask(&server, Sent::json("POST", "/issues.json", body)).await;
    assert_eq!((status, &created["issue"]["subject"]), (201, &json!("Write it")));
    assert_eq!(
        ask(&server, Sent::json("PUT", "/issues/1.json", r#"{"issue": {"notes": "Done", "done_ratio": 50}}"#)).await.0,
        204
    );
    let (_, read) = ask(&server, Sent::plain("GET", "/issues/1.json?include=journals")).await;
    let issue = &read["issue"];
    assert_eq!(
        (&issue["tracker"]["id"], &issue["done_ratio"], &issue["journals"][0]["notes"]),
        (&json!(3), &json!(50), &json!("Done"))
    );
    let (_, list) = ask(&server, Sent::plain("GET", "/issues.json?limit=100")).await;
    assert_eq!(
        (&list["total_count"], &list["limit"], &list["issues"][0]["subject"]),
        (&json!(1), &json!(100), &json!("Write it"))
    );
}

/// Its elements are described as projects, programs and portfolios at once, with a `_type` of one value each.
const CONTRADICTION: &str = "GET /api/v3/projects/available_parent_projects: ";

/// Every answer to a GET fits its own schema, and every link within it leads to a path that is described. Behind the check of
/// Jira's requests a fake server answers.
#[tokio::test]
async fn answers_fit_their_schemas() {
    for known in [Vendor::OpenProject, Vendor::Redmine] {
        let Some(description) = vendor(known) else { continue };
        let (mut misfits, lost) = misfits(&description);
        misfits.retain(|misfit| !misfit.starts_with(CONTRADICTION));
        assert_eq!(misfits, Vec::<String>::new(), "{known}");
        assert_eq!(lost, Vec::<String>::new(), "{known}");
    }
}

fn misfits(description: &Description) -> (Vec<String>, Vec<String>) {
    use pm_contract::answer::{Written, answer};
    let document = description.document();
    let (mut misfits, mut lost) = (Vec::new(), Vec::new());
    for operation in description.operations().iter().filter(|operation| operation.method == "GET") {
        let request = pm_contract::check::Incoming {
            method: "GET".to_owned(),
            path: operation.template.fill("1"),
            ..Default::default()
        };
        let answer = answer(description, operation, &request, &mut Written::default());
        let (Some(body), Some(schema)) = (&answer.body, schema_of(document, &operation.pointer, answer.status)) else {
            continue;
        };
        let problem = pm_contract::schema::compile(document, schema)
            .map(|it| it.iter_errors(body).next().map(|it| format!("{} {it}", it.instance_path())));
        misfits.extend(problem.unwrap_or_else(Some).map(|problem| format!("{}: {problem:.200}", operation.name())));
        let links = links(body)
            .into_iter()
            .filter(|link| matches!(description.find("GET", link), pm_contract::description::Match::Unknown));
        lost.extend(links.map(|link| format!("{}: {link}", operation.name())));
    }
    (misfits, lost)
}

fn schema_of<'a>(document: &'a Value, operation: &str, status: u16) -> Option<&'a Value> {
    let response =
        pm_contract::schema::resolve(document, document.pointer(&format!("{operation}/responses/{status}"))?);
    let (_, media) = response.get("content")?.as_object()?.iter().find(|(name, _)| name.ends_with("json"))?;
    media.get("schema")
}

fn links(value: &Value) -> Vec<String> {
    match value {
        Value::Object(object) => {
            let own = object.get("href").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(object.values().flat_map(links)).collect()
        }
        Value::Array(items) => items.iter().flat_map(links).collect(),
        _ => Vec::new(),
    }
}

/// Before a real server it checks, and that server answers.
#[tokio::test]
async fn a_check_before_a_real_server_lets_it_answer() {
    let real = ContractServer::start(tracker(), 0).await.unwrap();
    let before = ContractServer::before(tracker(), &real.url()).await.unwrap();
    let (status, task) = ask(&before, Sent::json("POST", "/api/tasks", r#"{"title": "x", "dew": 1}"#)).await;
    assert_eq!((status, &task["id"]), (201, &json!(1)));
    for server in [&real, &before] {
        let violations = server.report().violations;
        assert_eq!((violations.len(), violations[0].place.as_str()), (1, "body `/dew`"));
    }
}
