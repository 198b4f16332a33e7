//! What a client sees of each fault, and what the server did all the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Json;
use axum::Router;
use axum::routing::post;
use pm_testkit::http_fault::{FaultRule, Faults, FaultyServer, HttpFault};
use reqwest::{Client, Response, redirect::Policy};
use serde_json::{Value, json};

/// A server that counts what it did, behind faults.
struct Counting {
    server: FaultyServer,
    done: Arc<AtomicUsize>,
    client: Client,
}

impl Counting {
    async fn start() -> Self {
        let done = Arc::new(AtomicUsize::new(0));
        let counter = done.clone();
        let count = move || async move { Json(json!({ "done": counter.fetch_add(1, Ordering::SeqCst) + 1 })) };
        let router = Router::new().route("/items", post(count.clone()).get(count));
        let server = FaultyServer::start(router, Faults::new()).await.unwrap();
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { server, done, client }
    }

    fn plan(&self, fault: HttpFault) {
        self.server.faults().add(FaultRule::new(fault).times(1));
    }

    async fn post(&self) -> reqwest::Result<Response> {
        self.client.post(format!("{}/items?page=1", self.server.url())).send().await
    }

    fn done(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }
}

/// Whether the connection ended before any byte of an answer.
fn is_closed(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        let text = error.to_string();
        if text.contains("connection closed") || text.contains("reset") {
            return true;
        }
        source = error.source();
    }
    false
}

#[tokio::test]
async fn a_dropped_request_does_nothing_and_closes_the_connection() {
    let counting = Counting::start().await;
    counting.plan(HttpFault::DropRequest);
    assert!(is_closed(&counting.post().await.unwrap_err()));
    assert_eq!(counting.done(), 0);
    assert_eq!(counting.post().await.unwrap().status(), 200);
    assert_eq!(counting.done(), 1);
}

#[tokio::test]
async fn a_dropped_reply_is_applied_and_closes_the_connection() {
    let counting = Counting::start().await;
    counting.plan(HttpFault::DropReply);
    assert!(is_closed(&counting.post().await.unwrap_err()));
    assert_eq!(counting.done(), 1);
}

#[tokio::test]
async fn a_status_comes_with_or_without_the_write() {
    let counting = Counting::start().await;
    counting.plan(HttpFault::Status { status: 500, applied: false });
    assert_eq!(counting.post().await.unwrap().status(), 500);
    assert_eq!(counting.done(), 0);
    counting.plan(HttpFault::Status { status: 502, applied: true });
    assert_eq!(counting.post().await.unwrap().status(), 502);
    assert_eq!(counting.done(), 1);
}

#[tokio::test]
async fn busy_answers_name_the_pause() {
    let counting = Counting::start().await;
    counting.plan(HttpFault::TooManyRequests { retry_after: Duration::from_secs(7) });
    counting.plan(HttpFault::ServiceUnavailable { retry_after: Some(Duration::from_secs(3)), applied: true });
    // Both match the first request; the one that was added first wins, and the other is spent with it.
    let busy = counting.post().await.unwrap();
    assert_eq!((busy.status().as_u16(), busy.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(counting.done(), 0);
    counting.plan(HttpFault::ServiceUnavailable { retry_after: Some(Duration::from_secs(3)), applied: true });
    let busy = counting.post().await.unwrap();
    assert_eq!((busy.status().as_u16(), busy.headers()["retry-after"].to_str().unwrap()), (503, "3"));
    assert_eq!(counting.done(), 1);
}

#[tokio::test]
async fn a_truncated_body_is_shorter_than_it_says() {
    let counting = Counting::start().await;
    counting.plan(HttpFault::Truncate);
    let reply = counting.post().await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.content_length()), (200, Some(10)));
    let mut reply = reply;
    assert_eq!(reply.chunk().await.unwrap().unwrap().as_ref(), b"{\"don");
    assert!(reply.chunk().await.is_err());
    assert_eq!(counting.done(), 1);
}

#[tokio::test]
async fn answers_can_be_something_else_than_json() {
    let counting = Counting::start().await;
    counting.plan(HttpFault::Html(502));
    let page = counting.post().await.unwrap();
    assert_eq!(
        (page.status().as_u16(), page.headers()["content-type"].to_str().unwrap()),
        (502, "text/html; charset=utf-8")
    );
    assert!(page.text().await.unwrap().contains("<html>"));
    counting.plan(HttpFault::Redirect("https://elsewhere.test/login".to_owned()));
    let redirect = counting.post().await.unwrap();
    assert_eq!(redirect.status(), 302);
    assert_eq!(redirect.headers()["location"], "https://elsewhere.test/login");
    assert_eq!(counting.done(), 0);
    counting.plan(HttpFault::Garbage);
    assert!(counting.post().await.unwrap().json::<Value>().await.is_err());
    counting.plan(HttpFault::WrongContentType);
    assert_eq!(counting.post().await.unwrap().headers()["content-type"], "text/plain");
    assert_eq!(counting.done(), 2);
}

#[tokio::test]
async fn a_client_that_gives_up_does_not_stop_a_slow_server() {
    let counting = Counting::start().await;
    counting.plan(HttpFault::SlowReply(Duration::from_secs(60)));
    let request = counting.client.post(format!("{}/items", counting.server.url()));
    assert!(request.timeout(Duration::from_millis(200)).send().await.unwrap_err().is_timeout());
    assert_eq!(counting.done(), 1);
}

#[tokio::test]
async fn latency_delays_and_meets_other_faults() {
    let counting = Counting::start().await;
    counting.plan(HttpFault::Latency(Duration::from_millis(60)));
    counting.plan(HttpFault::Status { status: 500, applied: false });
    let start = Instant::now();
    assert_eq!(counting.post().await.unwrap().status(), 500);
    assert!(start.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn rules_pick_by_method_path_and_count_and_the_log_shows_it() {
    let counting = Counting::start().await;
    let faults = counting.server.faults().clone();
    let lost = faults.add("status=500:POST:/items:2:2".parse().unwrap());
    let other = faults.add("status=501:DELETE".parse().unwrap());
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(counting.post().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 500, 500, 200]);
    assert_eq!((lost.fired(), other.fired(), faults.fired()), (2, 0, 2));
    let log = faults.requests();
    assert_eq!((log.len(), log[0].target.as_str(), log[0].path()), (4, "/items?page=1", "/items"));
    assert_eq!((log[0].status, log[1].status), (Some(200), Some(500)));
    assert_eq!((log[0].fault.clone(), faults.requests_of("POST", "items").len()), (None, 4));
    faults.add(FaultRule::new(HttpFault::DropReply));
    faults.clear();
    faults.forget_requests();
    assert_eq!(counting.post().await.unwrap().status(), 200);
    assert_eq!((faults.requests().len(), lost.fired()), (1, 2));
}

#[test]
fn rules_are_read_as_people_write_them() {
    let rule = |text: &str| text.parse::<FaultRule>();
    let plain = FaultRule::new;
    assert_eq!(rule("drop-request"), Ok(plain(HttpFault::DropRequest)));
    assert_eq!(
        rule("latency=200ms:*:/projects"),
        Ok(plain(HttpFault::Latency(Duration::from_millis(200))).path("/projects"))
    );
    assert_eq!(
        rule("redirect=http://localhost:1/x:GET::1"),
        Ok(plain(HttpFault::Redirect("http://localhost:1/x".to_owned())).method("GET").nth(1))
    );
    let wrong = |text: &str| rule(text).unwrap_err().to_string();
    assert!(wrong("drop").starts_with("`drop` is not a fault: one of `drop-request`"));
    assert!(wrong("status").starts_with("`status` needs a value"));
    assert!(wrong("status=20").starts_with("`20` is not an HTTP status"));
    assert!(wrong("garbage:FETCH").starts_with("`FETCH` is not a method"));
    assert!(wrong("garbage:GET:/x:0").starts_with("`0` does not count requests"));
    assert!(wrong("garbage:GET:/x:1:1:1").starts_with("`1` is too much"));
    assert!(wrong("latency=5").starts_with("`5` is not a time"));
    assert!(wrong("truncate=5").starts_with("`truncate` takes no value"));
}

#[cfg(feature = "proxy")]
#[tokio::test]
async fn a_proxy_loses_the_reply_of_a_real_server() {
    use pm_testkit::proxy::FaultyProxy;

    let counting = Counting::start().await;
    let proxy = FaultyProxy::to(&counting.server.url()).await.unwrap();
    let post = || counting.client.post(format!("{}/items?page=2", proxy.url())).send();
    assert_eq!(post().await.unwrap().json::<Value>().await.unwrap(), json!({ "done": 1 }));
    proxy.faults().add(FaultRule::new(HttpFault::DropReply).times(1));
    assert!(is_closed(&post().await.unwrap_err()));
    assert_eq!(counting.done(), 2);
    assert_eq!(counting.server.faults().requests()[1].target, "/items?page=2");
    assert!(FaultyProxy::to("https://elsewhere.test").await.unwrap_err().to_string().contains("http://host:port"));
}
