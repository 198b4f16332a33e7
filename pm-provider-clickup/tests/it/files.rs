//! Files of tasks.

use pm_provider::{AttachmentQuery, Attachments, ErrorKind, TaskId};

use crate::support::{begin, task};

#[tokio::test]
async fn files_come_from_another_host_which_never_sees_the_token() {
    let (server, provider, project) = begin().await;
    let task = task(&provider, &project, "Paint").await;
    let content = b"%PDF-1.7 colours".to_vec();
    server.attach(task.id.as_str(), "colours & tones.pdf", "application/pdf", content.clone());
    server.attach(task.id.as_str(), "empty.txt", "text/plain", Vec::new());
    let page = provider.attachments_page(&AttachmentQuery::of_task(&task.id), None).await.unwrap();
    let shown: Vec<_> = page.items.iter().map(|file| (file.name.as_str(), file.size)).collect();
    assert_eq!(shown, [("colours & tones.pdf", Some(16)), ("empty.txt", Some(0))]);
    assert_eq!(page.items[0].author_name.as_deref(), Some("Ada Lovelace"));
    let file = provider.download_attachment(&task.id, &page.items[0].id).await.unwrap();
    assert_eq!(file.content_type.as_deref(), Some("application/pdf"));
    assert_eq!(file.into_bytes(1_000).await.unwrap(), content);
    assert_eq!(server.tokens_seen_by_storage(), 0);
}

#[tokio::test]
async fn a_file_of_another_task_is_not_found() {
    let (server, provider, project) = begin().await;
    let (one, other) = (task(&provider, &project, "one").await, task(&provider, &project, "other").await);
    server.attach(one.id.as_str(), "a.txt", "text/plain", b"a".to_vec());
    let page = provider.attachments_page(&AttachmentQuery::of_task(&one.id), None).await.unwrap();
    let error = provider.download_attachment(&other.id, &page.items[0].id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    for id in ["86czzzzzz", "../user", ""] {
        let error = provider.attachments_page(&AttachmentQuery::of_task(TaskId::new(id)), None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
    }
}
