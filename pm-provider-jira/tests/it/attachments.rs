//! Attachments: from Cloud's store, and from Data Center itself.

use pm_provider::{ErrorKind, PmProviderExt};
use pm_provider_jira::{Flavor, JiraConfig, JiraProvider};
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::jira::FakeJira;
use serde_json::json;
use std::sync::Arc;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::support::{answer, cloud, data_center};

const SEED: &str = r#"{"projects": [{"key": "GAR", "name": "Garden", "issues": [{"summary": "Paint",
    "attachments": [{"name": "plan ä#1.txt", "content": "two coats"}]}]}]}"#;

async fn seeded(flavor: Flavor) -> (FakeJira, Arc<JiraProvider>) {
    let builder = if flavor == Flavor::Cloud { FakeJira::builder() } else { FakeJira::data_center_builder() };
    let server = builder.seed(SEED.parse().unwrap()).start().await.unwrap();
    let config = JiraConfig::new(server.url(), pm_provider::Secret::new(server.api_token())).flavor(flavor);
    let config = if flavor == Flavor::Cloud { config.username(server.username()) } else { config };
    (server, Arc::new(JiraProvider::new(config).unwrap()))
}

#[tokio::test]
async fn cloud_leads_to_its_store_and_the_token_stays_here() {
    let (server, provider) = seeded(Flavor::Cloud).await;
    let file = provider.list_attachments("10000").await.unwrap().remove(0);
    assert_eq!(
        (file.name.as_str(), file.size, file.content_type.as_deref()),
        ("plan ä#1.txt", Some(9), Some("text/plain"))
    );
    // The store refuses whoever brings a credential.
    assert_eq!(provider.attachment_bytes("10000", &file.id, 100).await.unwrap(), b"two coats");
    assert_eq!(server.file_store().requests().len(), 1);
    server.file_store().add(FaultRule::new(HttpFault::Status { status: 403, applied: false }));
    let error = provider.attachment_bytes("10000", &file.id, 100).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::PermissionDenied, Some(403)));
    assert!(!format!("{error} {error:?}").contains("signature"), "{error}");
}

#[tokio::test]
async fn a_data_center_gives_files_away_itself() {
    let (server, provider) = seeded(Flavor::DataCenter).await;
    let file = provider.list_attachments("10000").await.unwrap().remove(0);
    assert_eq!(provider.attachment_bytes("10000", &file.id, 100).await.unwrap(), b"two coats");
    assert_eq!(server.file_store().requests().len(), 0);
    server.faults().add(FaultRule::new(HttpFault::Html(200)).path("/secure/attachment/"));
    let error = provider.attachment_bytes("10000", &file.id, 1000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "a login page is no file: {error}");
}

#[tokio::test]
async fn what_attachments_are_switched_off_for_has_none() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/3/issue/7", 200, json!({ "id": "7", "key": "GAR-1" })).await;
    assert!(Arc::new(provider).list_attachments("7").await.unwrap().is_empty());
    let asked = &server.received_requests().await.unwrap()[0];
    assert_eq!(asked.url.query(), Some("fields=attachment"));
}

#[tokio::test]
async fn no_name_of_a_file_leads_to_another_page() {
    let (server, provider) = data_center().await;
    for (name, part) in [("..", "file"), (".", "file"), ("", "file"), ("a/../b", "a%2F..%2Fb")] {
        server.reset().await;
        let file = json!({ "id": 3, "filename": name, "size": 1, "content": "https://elsewhere.example.org/x" });
        let issue = json!({ "id": "7", "key": "GAR-1", "fields": { "attachment": [file] } });
        answer(&server, "GET", "/rest/api/2/issue/7", 200, issue).await;
        let reply = ResponseTemplate::new(200).set_body_string("x");
        Mock::given(method("GET"))
            .and(path(format!("/secure/attachment/3/{part}")))
            .respond_with(reply)
            .mount(&server)
            .await;
        let provider = Arc::new(provider.clone());
        assert_eq!(provider.attachment_bytes("7", "3", 10).await.unwrap(), b"x", "{name}");
    }
}
