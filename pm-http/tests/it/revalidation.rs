//! Answers that are kept and only asked about.

use pm_http::{Client, Endpoint};
use serde_json::Value;

use crate::server::{Act, Server, answer};

const STATUSES: Endpoint = Endpoint::get("statuses");

/// Answers with what it has, or that there is nothing new.
async fn server() -> Server {
    Server::start(|number, request| {
        let version = if number < 3 { "\"one\"" } else { "W/\"two\"" };
        if request.contains(&format!("if-none-match: {version}\r\n")) {
            return Act::Answer(answer(304, &[("etag", version)], ""));
        }
        let body = format!("[{number}]");
        Act::Answer(answer(200, &[("etag", version), ("content-type", "application/json"), ("x-n", "1")], body))
    })
    .await
}

async fn ask(client: &Client) -> (u16, Value) {
    let reply = client.request(&STATUSES, &[]).revalidate().send().await.unwrap();
    assert_eq!(reply.header("x-n"), Some("1"));
    (reply.status(), reply.json().unwrap())
}

#[tokio::test]
async fn what_is_not_new_is_not_sent_again() {
    let server = server().await;
    let client = Client::builder("test", &server.url).build().unwrap();
    let mut read = Vec::new();
    for _ in 0..5 {
        read.push(ask(&client).await.1.to_string());
    }
    assert_eq!(read, ["[0]", "[0]", "[0]", "[3]", "[3]"]);
    let sent: Vec<_> = server.seen().iter().map(|request| request.contains("if-none-match")).collect();
    assert_eq!(sent, [false, true, true, true, true]);
}

#[tokio::test]
async fn other_requests_are_asked_in_full() {
    let server = server().await;
    let client = Client::builder("test", &server.url).build().unwrap();
    ask(&client).await;
    client.request(&STATUSES, &[]).send().await.unwrap();
    client.request(&STATUSES, &[]).query("page", 2).revalidate().send().await.unwrap();
    client.request(&STATUSES, &[]).header("x-as", "somebody").revalidate().send().await.unwrap();
    assert!(server.seen().iter().all(|request| !request.contains("if-none-match")));
}

#[tokio::test]
async fn nothing_new_without_having_asked_is_an_error() {
    let server = Server::start(|_, _| Act::Answer(answer(304, &[], ""))).await;
    let client = Client::builder("test", &server.url).build().unwrap();
    let error = client.request(&STATUSES, &[]).revalidate().send().await.unwrap_err();
    assert_eq!(error.http_status(), Some(304));
}
