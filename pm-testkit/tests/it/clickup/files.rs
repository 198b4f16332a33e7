//! Attachments lie on another host.

use super::{Api, named};

#[tokio::test]
async fn an_attachment_is_downloaded_without_a_token() {
    let api = Api::new().await;
    let task = api.plant(named("A"));
    assert_eq!(api.get(&format!("/task/{task}")).await.1.get("attachments"), None, "absent where there are none");
    api.server.attach(&task, "a plan.pdf", "application/pdf", b"%PDF".to_vec());
    let (_, shown) = api.get(&format!("/task/{task}")).await;
    let file = &shown["attachments"][0];
    assert_eq!((file["title"].as_str(), file["size"].as_u64()), (Some("a plan.pdf"), Some(4)));
    let url = file["url"].as_str().unwrap();
    assert!(url.starts_with(&api.server.storage_url()) && !url.starts_with(&api.server.url()));
    let response = api.client.get(url).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/pdf");
    assert_eq!(response.bytes().await.unwrap().as_ref(), b"%PDF");
    assert_eq!(api.server.tokens_seen_by_storage(), 0);
    api.client.get(url).header("authorization", api.server.token()).send().await.unwrap();
    assert_eq!(api.server.tokens_seen_by_storage(), 1);
    let (_, listed) = api.get(&format!("/list/{}/task", api.list)).await;
    assert_eq!(listed["tasks"][0].get("attachments"), None, "lists do not show them");
}
