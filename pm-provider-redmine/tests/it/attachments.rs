//! Attachments: listed with their issue, downloaded by their exact name.

use pm_provider::{ErrorKind, PmProviderExt};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::support::{KEY, answer, plant, provider, server};

fn issue(attachments: &Value) -> Value {
    json!({ "issue": { "id": 7, "project": { "id": 1, "name": "Web" }, "status": { "id": 1, "name": "New" },
        "subject": "Paint", "attachments": attachments } })
}

fn file(id: u64, name: &str, size: u64) -> Value {
    json!({ "id": id, "filename": name, "filesize": size, "content_type": "", "description": "",
        "content_url": format!("https://elsewhere.example.org/attachments/download/{id}/{name}"),
        "author": { "id": 5, "name": "Bob Builder" }, "created_on": "2026-11-02T10:00:00Z" })
}

#[tokio::test]
async fn files_come_oldest_first_with_what_is_known_of_them() {
    let server = server().await;
    answer(&server, "GET", "/issues/7.json", 200, &issue(&json!([file(12, "b", 2), file(9, "a", 1)]))).await;
    let listed = provider(&server).list_attachments("7").await.unwrap();
    assert_eq!(listed.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["9", "12"]);
    let one = &listed[0];
    assert_eq!(
        (one.size, one.content_type.as_deref(), one.author_name.as_deref()),
        (Some(1), None, Some("Bob Builder"))
    );
    assert_eq!(one.url.as_deref(), Some(format!("{}/attachments/9", server.uri()).as_str()));
    let asked = &server.received_requests().await.unwrap()[0];
    assert_eq!(asked.url.query(), Some("include=attachments"));
}

#[tokio::test]
async fn a_name_is_one_part_of_the_path_and_the_address_is_ours() {
    let server = server().await;
    answer(&server, "GET", "/issues/7.json", 200, &issue(&json!([file(9, "plan ä#1.txt", 4)]))).await;
    let path = "/attachments/download/9/plan%20%C3%A4%231.txt";
    plant(&server, "GET", path, ResponseTemplate::new(200).set_body_string("text")).await;
    assert_eq!(provider(&server).attachment_bytes("7", "9", 10).await.unwrap(), b"text");
    let last = server.received_requests().await.unwrap().pop().unwrap();
    assert_eq!(last.headers["x-redmine-api-key"], KEY);
}

#[tokio::test]
async fn a_login_page_in_the_place_of_a_file_is_no_file() {
    let server = server().await;
    answer(&server, "GET", "/issues/7.json", 200, &issue(&json!([file(9, "a.txt", 4)]))).await;
    let page = ResponseTemplate::new(200).set_body_raw("<!DOCTYPE html><title>Sign in</title>", "text/html");
    plant(&server, "GET", "/attachments/download/9/a.txt", page).await;
    let error = provider(&server).attachment_bytes("7", "9", 1000).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidResponse, Some("download_attachment")), "{error}");
}

#[tokio::test]
async fn a_file_that_the_server_lost_is_not_found() {
    let server = server().await;
    answer(&server, "GET", "/issues/7.json", 200, &issue(&json!([file(9, "a.txt", 4)]))).await;
    plant(&server, "GET", "/attachments/download/9/a.txt", ResponseTemplate::new(404)).await;
    let attachments = provider(&server).attachments().unwrap();
    for id in ["9", "10"] {
        let error = attachments.download_attachment(&"7".into(), &id.into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
}
