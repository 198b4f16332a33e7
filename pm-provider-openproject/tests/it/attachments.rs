//! Attachments: from the server itself, from a store of another host, and from elsewhere than a work package.

use pm_provider::{ErrorKind, NewProject, PmProvider, PmProviderExt, TaskId};
use pm_provider_openproject::OpenProjectProvider;
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::openproject::FakeOpenProject;
use serde_json::json;
use std::sync::Arc;

use crate::support::{answer, provider, task, wire};

async fn with_file(external: bool) -> (FakeOpenProject, Arc<OpenProjectProvider>, TaskId) {
    let server = FakeOpenProject::builder().external_files(external).start().await.unwrap();
    let provider = provider(&server);
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap().id;
    let task = task(&provider, &project, "Paint").await.id;
    server.attach(task.as_str().parse().unwrap(), "plan.txt", "text/plain", "two coats").unwrap();
    (server, provider, task)
}

#[tokio::test]
async fn files_of_another_host_come_without_the_credential() {
    let (server, provider, task) = with_file(true).await;
    let file = provider.list_attachments(&task).await.unwrap().remove(0);
    // The store refuses whoever brings one.
    assert_eq!(provider.attachment_bytes(&task, &file.id, 100).await.unwrap(), b"two coats");
    assert_eq!(server.file_store().requests().len(), 1);
}

#[tokio::test]
async fn what_the_store_answers_is_told_without_the_link() {
    let (server, provider, task) = with_file(true).await;
    let file = provider.list_attachments(&task).await.unwrap().remove(0);
    server.file_store().add(FaultRule::new(HttpFault::Status { status: 403, applied: false }));
    let error = provider.attachment_bytes(&task, &file.id, 100).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::PermissionDenied, Some(403)));
    assert!(!format!("{error} {error:?}").contains("signature"), "{error}");
}

#[tokio::test]
async fn a_file_that_breaks_off_is_no_short_file() {
    for external in [false, true] {
        let (server, provider, task) = with_file(external).await;
        let file = provider.list_attachments(&task).await.unwrap().remove(0);
        let faults = if external { server.file_store() } else { server.faults() };
        faults.add(FaultRule::new(HttpFault::Truncate).path(if external { "/file/" } else { "/content" }));
        let error = provider.attachment_bytes(&task, &file.id, 100).await.unwrap_err();
        assert_eq!((error.kind(), error.provider()), (ErrorKind::Unavailable, Some("openproject")), "{error}");
    }
}

#[tokio::test]
async fn what_hangs_on_a_wiki_page_is_no_attachment_of_a_task() {
    let (server, provider) = wire().await;
    let page = json!({ "_type": "Attachment", "id": 3, "fileName": "a.txt", "fileSize": 1,
        "_links": { "container": { "href": "/api/v3/wiki_pages/7" } } });
    answer(&server, "GET", "/api/v3/attachments/3", 200, page).await;
    let attachments = provider.attachments().unwrap();
    let error = attachments.download_attachment(&"7".into(), &"3".into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}
