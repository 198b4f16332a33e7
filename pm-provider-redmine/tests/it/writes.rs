//! Changes: what they keep, and what they refuse.

use pm_http::Marker;
use pm_provider::{ErrorKind, PmProvider, ProjectPatch, ProjectStatusCategory, TaskPatch};
use serde_json::{Value, json};

use crate::script::{answer, bodies, issue, wire, with};

#[tokio::test]
async fn a_project_is_not_closed_over_active_ones() {
    let (server, provider) = wire().await;
    answer(&server, "GET", "/projects/7.json", 200, json!({ "project": { "id": 7, "name": "Web", "status": 1 } }))
        .await;
    let below = json!([
        { "id": 8, "name": "Old", "status": 5, "parent": { "id": 7 } },
        { "id": 9, "name": "Shop", "status": 1, "parent": { "id": 7 } },
    ]);
    answer(&server, "GET", "/projects.json", 200, json!({ "projects": below, "total_count": 2 })).await;
    let patch = ProjectPatch::new().status(ProjectStatusCategory::Completed);
    let error = provider.update_project(&"7".into(), patch).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Conflict && error.to_string().contains("`9`"), "{error}");
    assert!(bodies(&server, "PUT").await.is_empty());
}

#[tokio::test]
async fn a_mark_that_people_wrote_below_goes_to_the_end() {
    let (server, provider) = wire().await;
    let mark = Marker::of("task", "import:1");
    let before = with(issue(12, "Paint"), "description", format!("One\r\n\r\n{}\r\n\r\nTwo", mark.line()).into());
    answer(&server, "GET", "/issues/12.json", 200, json!({ "issue": before })).await;
    answer(&server, "PUT", "/issues/12.json", 204, Value::Null).await;
    let shown = provider.get_task(&"12".into()).await.unwrap();
    assert_eq!(shown.description.as_deref(), Some("One\n\nTwo"));
    // The server does not show the change, which is an error of its own.
    provider.update_task(&"12".into(), TaskPatch::new().description("Three")).await.unwrap_err();
    assert_eq!(bodies(&server, "PUT").await[0]["issue"]["description"], mark.append("Three"));
}
