//! OpenProject's provider against OpenProject's description.

use std::sync::Arc;

use pm_contract::ContractServer;
use pm_contract::vendor::Vendor;
use pm_core::{ErrorKind, PmProvider, PmProviderExt, TaskPatch, UserQuery};
use pm_provider_openproject::OpenProjectProvider;
use pm_tests::remote;
use serde_json::json;

use crate::contract::{assert_all_described, assert_all_seen_and_right, description};
use crate::contract_drive::{Ids, drive};

#[tokio::test]
async fn everything_that_it_sends_is_described() {
    let Some(description) = description(Vendor::OpenProject) else { return };
    assert_all_described(&description, OpenProjectProvider::endpoints());
    let server = ContractServer::start(description, 0).await.unwrap();
    let mut wrong = Vec::new();
    for (backend, sprint) in [("versions", "version:1"), ("sprints", "sprint:1")] {
        let provider =
            remote::open("openproject", &server.url(), "contract", &[("SPRINT_BACKEND", backend)]).await.unwrap();
        refuse_what_is_only_asked_after_a_refusal(&server, &provider).await;
        wrong.extend(drive(&provider, Ids::ones(sprint)).await);
    }
    println!("{}", wrong.join("\n"));
    assert_all_seen_and_right(&server, OpenProjectProvider::endpoints());
    assert_eq!(wrong, Vec::<String>::new());
}

/// People who are no administrators see principals instead of users; what a workflow allows is asked when it does not; the
/// content of a file only where the file is the task's.
async fn refuse_what_is_only_asked_after_a_refusal(server: &ContractServer, provider: &Arc<dyn PmProvider>) {
    let error = |kind: &str, attribute: &str| {
        json!({
            "_type": "Error", "errorIdentifier": format!("urn:openproject-org:api:v3:errors:{kind}"), "message": "No",
            "_embedded": {"details": {"attribute": attribute}},
        })
    };
    server.refuse_next("GET", "/api/v3/users", 403, error("MissingPermission", ""));
    provider.list_users(UserQuery::new()).await.unwrap();
    // A file that is made up hangs on nothing.
    let file = json!({"id": 1, "fileName": "a.txt", "_links": {"container": {"href": "/api/v3/work_packages/1"}}});
    server.refuse_next("GET", "/api/v3/attachments/1", 200, file);
    provider.attachments().unwrap().download_attachment(&"1".into(), &"1".into()).await.unwrap();
    server.refuse_next("PATCH", "/api/v3/work_packages/1", 422, error("PropertyConstraintViolation", "status"));
    let refused = provider.update_task(&"1".into(), TaskPatch::new().title("Other")).await;
    assert!(refused.is_err_and(|error| error.kind() == ErrorKind::InvalidInput));
}
