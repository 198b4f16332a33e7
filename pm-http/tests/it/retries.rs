//! What is sent again, when, and what is said in the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pm_http::{Client, ClientBuilder, Credential, Endpoint, ErrorReply, Quota, Reply, RetryPolicy, SecretSource};
use pm_provider::{BuildContext, Effect, Error, ErrorKind, Result, Retry, Secret, SecretReference, SecretResolver};
use pm_provider::{SecretReference as Reference, Settings};

use crate::server::{Act, Server, answer, json};

const READ: Endpoint = Endpoint::get("items");
const SEARCH: Endpoint = Endpoint::read("search");
const CHANGE: Endpoint = Endpoint::put("items/1");
const REMOVE: Endpoint = Endpoint::delete("items/1");
const CREATE: Endpoint = Endpoint::create("items");
const COMMENT: Endpoint = Endpoint::put("items/1").once();

fn policy() -> RetryPolicy {
    let pause = Duration::from_millis(5);
    RetryPolicy::new().attempts(3).first_pause(pause)
}

fn builder(server: &Server) -> ClientBuilder {
    Client::builder("test", &server.url).retry(policy())
}

async fn send(server: &Server, endpoint: &Endpoint) -> Result<Reply> {
    builder(server).build().unwrap().request(endpoint, &[]).send().await
}

/// How one attempt fails, how often it is then sent, and what is said.
type Row = (&'static str, fn() -> Act, [usize; 3], ErrorKind, bool);

/// Columns: reads, idempotent writes, creates; the last says whether a write may have been executed.
const TABLE: &[Row] = &[
    ("500", || Act::Answer(json(500, "{}")), [3, 3, 1], ErrorKind::Unavailable, true),
    ("502", || Act::Answer(json(502, "{}")), [3, 3, 1], ErrorKind::Unavailable, true),
    ("503", || Act::Answer(json(503, "{}")), [3, 3, 1], ErrorKind::Unavailable, true),
    ("504", || Act::Answer(json(504, "{}")), [3, 3, 1], ErrorKind::Timeout, true),
    ("408", || Act::Answer(json(408, "{}")), [3, 3, 1], ErrorKind::Timeout, true),
    ("501", || Act::Answer(json(501, "{}")), [1, 1, 1], ErrorKind::Unsupported, true),
    ("429", || Act::Answer(json(429, "{}")), [3, 3, 3], ErrorKind::RateLimited, false),
    ("400", || Act::Answer(json(400, "{}")), [1, 1, 1], ErrorKind::InvalidInput, false),
    ("401", || Act::Answer(json(401, "{}")), [1, 1, 1], ErrorKind::Unauthenticated, false),
    ("403", || Act::Answer(json(403, "{}")), [1, 1, 1], ErrorKind::PermissionDenied, false),
    ("404", || Act::Answer(json(404, "{}")), [1, 1, 1], ErrorKind::NotFound, false),
    ("409", || Act::Answer(json(409, "{}")), [1, 1, 1], ErrorKind::Conflict, false),
    ("412", || Act::Answer(json(412, "{}")), [1, 1, 1], ErrorKind::VersionConflict, false),
    ("dropped reply", || Act::BreakOff(Vec::new()), [3, 3, 1], ErrorKind::Unavailable, true),
    ("half a head", || Act::BreakOff(b"HTTP/1.1 200 O".to_vec()), [3, 3, 1], ErrorKind::Unavailable, true),
    ("half a body", half_a_body, [3, 3, 1], ErrorKind::Unavailable, true),
];

fn half_a_body() -> Act {
    let whole = json(200, "{\"title\": \"a long one\"}");
    Act::BreakOff(whole[..whole.len() - 9].to_vec())
}

#[tokio::test]
async fn the_table_of_failures_holds() {
    for row in TABLE {
        check_row(row, policy()).await;
    }
}

#[tokio::test]
async fn no_answer_is_one_more_row() {
    let row = ("no answer", (|| Act::Hang) as fn() -> Act, [3, 3, 1], ErrorKind::Timeout, true);
    check_row(&row, policy().timeout(Duration::from_millis(400))).await;
}

async fn check_row((name, act, sends, kind, may_be_done): &Row, policy: RetryPolicy) {
    let act = *act;
    for (endpoint, column) in [(READ, 0), (SEARCH, 0), (CHANGE, 1), (REMOVE, 1), (CREATE, 2), (COMMENT, 2)] {
        let server = Server::start(move |_, _| act()).await;
        let client = Client::builder("test", &server.url).retry(policy).build().unwrap();
        let error = client.request(&endpoint, &[]).send().await.unwrap_err();
        let case = format!("{name}, {} {:?}: {error}", endpoint.path, endpoint.repeat);
        assert_eq!(server.count(), sends[column], "{case}");
        assert_eq!(usize::try_from(client.requests_sent()), Ok(sends[column]), "{case}");
        assert_eq!(error.kind(), *kind, "{case}");
        let is_unknown = *may_be_done && endpoint.is_write();
        assert_eq!(*error.effect() == Effect::Unknown, is_unknown, "{case}");
    }
}

#[tokio::test]
async fn what_never_left_is_not_counted() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = Client::builder("test", &format!("http://{nobody}")).retry(policy()).build().unwrap();
    let error = client.request(&READ, &[]).send().await.unwrap_err();
    assert!(error.message().contains("cannot be reached"), "{error}");
    assert_eq!(client.requests_sent(), 0);
}

#[tokio::test]
async fn what_passes_is_not_seen() {
    for endpoint in [READ, CHANGE] {
        let server = Server::start(|number, _| match number {
            0 => Act::BreakOff(Vec::new()),
            1 => Act::Answer(json(503, "{}")),
            _ => Act::Answer(json(200, "[1]")),
        })
        .await;
        assert_eq!(send(&server, &endpoint).await.unwrap().body(), b"[1]");
        assert_eq!(server.count(), 3);
    }
}

#[tokio::test]
async fn nothing_happened_without_a_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}");
    let client = Client::builder("test", &url).retry(policy()).build().unwrap();
    let error = client.request(&CREATE, &[]).send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unavailable, &Effect::NotExecuted));
    // Even a create is sent as soon as somebody listens.
    let patient = policy().first_pause(Duration::from_millis(400)).attempts(5);
    let client = Client::builder("test", &url).retry(patient).build().unwrap();
    let (made, server) = tokio::join!(client.request(&CREATE, &[]).send(), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        Server::on(listener, |_, _| Act::Answer(json(201, "{}")))
    });
    assert_eq!((made.unwrap().status(), server.count()), (201, 1));
}

#[tokio::test]
async fn the_backend_says_how_long_to_wait() {
    // A date counts from the backend's own one, however wrong its clock is.
    let (date, retry) = ("Sat, 21 Nov 2020 10:00:00 GMT", "Sat, 21 Nov 2020 10:00:01 GMT");
    for value in ["1", retry] {
        let server = Server::start(move |number, _| match number {
            0 => Act::Answer(answer(429, &[("retry-after", value), ("date", date)], "")),
            _ => Act::Answer(json(201, "{}")),
        })
        .await;
        let started = Instant::now();
        send(&server, &CREATE).await.unwrap();
        assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_the_callers() {
    let limited = (429, ErrorKind::RateLimited, Effect::NotExecuted);
    let broken = (503, ErrorKind::Unavailable, Effect::Unknown);
    for ((status, kind, effect), seconds) in [(limited.clone(), 3600), (broken, 3600), (limited, u64::MAX)] {
        let after = seconds.to_string();
        let server = Server::start(move |_, _| Act::Answer(answer(status, &[("retry-after", &after)], ""))).await;
        let started = Instant::now();
        let error = send(&server, &CHANGE).await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(1));
        assert_eq!((error.kind(), error.effect(), server.count()), (kind, &effect, 1));
        assert_eq!(error.retry(), Retry::After(Duration::from_secs(seconds)));
    }
}

#[tokio::test]
async fn a_create_that_is_put_off_says_until_when() {
    let server = Server::start(|_, _| Act::Answer(answer(503, &[("retry-after", "1")], ""))).await;
    let error = send(&server, &CREATE).await.unwrap_err();
    assert_eq!((server.count(), error.retry()), (1, Retry::After(Duration::from_secs(1))));
    assert_eq!(error.effect(), &Effect::Unknown);
}

#[tokio::test]
async fn all_attempts_together_keep_the_deadline() {
    let server = Server::start(|_, _| Act::Hang).await;
    let (timeout, deadline) = (Duration::from_millis(300), Duration::from_millis(700));
    let policy = policy().attempts(100).timeout(timeout).deadline(deadline);
    let client = Client::builder("test", &server.url).retry(policy).build().unwrap();
    let started = Instant::now();
    let error = client.request(&READ, &[]).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
    assert!((2..=3).contains(&server.count()), "{}", server.count());
}

/// GitHub's way: 403 with a text.
fn limited(reply: &ErrorReply<'_>) -> Option<Error> {
    let is_limit = reply.body.starts_with(b"slow down");
    is_limit.then(|| Error::new(ErrorKind::RateLimited, "too many requests"))
}

#[tokio::test]
async fn a_limit_by_another_status_is_a_limit() {
    for status in [403, 503] {
        let server = Server::start(move |number, _| match number {
            0 | 1 => Act::Answer(answer(status, &[], "slow down")),
            _ => Act::Answer(json(201, "{}")),
        })
        .await;
        let client = builder(&server).errors(limited).build().unwrap();
        client.request(&CREATE, &[]).send().await.unwrap();
        assert_eq!(server.count(), 3);
    }
}

/// A backend that refuses what meets another change, and says so by 409.
fn met(reply: &ErrorReply<'_>) -> Option<Error> {
    (reply.status == 409).then(|| Error::new(ErrorKind::Conflict, "somebody is at it").with_retry(Retry::Now))
}

#[tokio::test]
async fn a_refusal_that_passes_is_met_by_sending_again_what_may_be_sent_twice() {
    for (endpoint, sends) in [(READ, 3), (SEARCH, 3), (CHANGE, 3), (REMOVE, 3), (CREATE, 1), (COMMENT, 1)] {
        let server = Server::start(|_, _| Act::Answer(json(409, "{}"))).await;
        let client = builder(&server).errors(met).build().unwrap();
        let error = client.request(&endpoint, &[]).send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted));
        assert_eq!(server.count(), sends, "{endpoint:?}");
    }
}

#[tokio::test]
async fn an_earlier_attempt_makes_a_later_answer_doubtful() {
    for (endpoint, status, kind) in [(REMOVE, 404, ErrorKind::NotFound), (CHANGE, 409, ErrorKind::Conflict)] {
        let server = Server::start(move |number, _| match number {
            0 => Act::BreakOff(Vec::new()),
            _ => Act::Answer(json(status, "{}")),
        })
        .await;
        let error = send(&server, &endpoint).await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (kind, &Effect::Unknown));
    }
}

/// A vault that has another secret each time, until the last.
#[derive(Debug)]
struct Vault {
    secrets: Vec<&'static str>,
    asked: AtomicUsize,
}

#[async_trait::async_trait]
impl SecretResolver for Vault {
    async fn resolve(&self, _reference: &SecretReference) -> Result<Secret> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst).min(self.secrets.len() - 1);
        Ok(Secret::new(self.secrets[number]))
    }
}

fn with_vault(server: &Server, secrets: Vec<&'static str>) -> (Client, Arc<Vault>) {
    let vault = Arc::new(Vault { secrets, asked: AtomicUsize::new(0) });
    let settings = Settings::new().reference("api_key", Reference::Application("token".into()));
    let context = BuildContext::new("test", settings, vault.clone());
    assert!(SecretSource::from_context(&context, "other").is_none());
    let source = SecretSource::from_context(&context, "api_key").unwrap();
    (builder(server).credential(Credential::bearer(source)).build().unwrap(), vault)
}

fn only_new(_number: usize, request: &str) -> Act {
    let is_new = request.contains("authorization: Bearer new-secret\r\n");
    Act::Answer(json(if is_new { 200 } else { 401 }, "{}"))
}

#[tokio::test]
async fn a_rotated_secret_is_fetched_once_more() {
    let server = Server::start(only_new).await;
    let (client, vault) = with_vault(&server, vec!["old-secret", "new-secret"]);
    assert_eq!(vault.asked.load(Ordering::SeqCst), 0, "building fetches nothing");
    for _ in 0..3 {
        client.request(&CREATE, &[]).send().await.unwrap();
    }
    assert_eq!((server.count(), vault.asked.load(Ordering::SeqCst)), (4, 2));
}

#[tokio::test]
async fn an_answer_for_a_secret_that_was_replaced_is_not_current() {
    // It answers anybody; the second request is the first one that is refused.
    let server = Server::start(|number, request| match number {
        0 => Act::Answer(json(200, "[]")),
        _ => only_new(number, request),
    })
    .await;
    let (client, _) = with_vault(&server, vec!["old-secret", "new-secret"]);
    let before = client.request(&READ, &[]).send().await.unwrap();
    assert!(client.is_current(&before));
    let age = client.credential_age();
    let after = client.request(&READ, &[]).send().await.unwrap();
    assert!(client.is_current(&after) && !client.is_current(&before));
    assert_eq!(client.credential_age(), age + 1);
}

#[tokio::test]
async fn many_requests_at_once_fetch_the_new_secret_once() {
    let server = Server::start(only_new).await;
    let (client, vault) = with_vault(&server, vec!["old-secret", "new-secret", "never"]);
    let sent = futures_util::future::join_all((0..8).map(|_| client.request(&READ, &[]).send())).await;
    assert!(sent.iter().all(Result::is_ok));
    assert_eq!(vault.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_wrong_secret_is_no_loop() {
    for (secrets, sends) in [(vec!["same"], 1), (vec!["a111", "b222", "c333", "d444"], 2)] {
        let server = Server::start(|_, _| Act::Answer(json(401, "{}"))).await;
        let (client, _) = with_vault(&server, secrets);
        let error = client.request(&READ, &[]).send().await.unwrap_err();
        assert_eq!((error.kind(), server.count()), (ErrorKind::Unauthenticated, sends));
        assert!(error.hint_text().is_some());
    }
}

#[tokio::test]
async fn an_allowance_that_is_used_up_is_waited_for() {
    let server = Server::start(|number, _| {
        let left = if number == 0 { "0" } else { "50" };
        Act::Answer(answer(200, &[("x-left", left), ("content-type", "application/json")], "{}"))
    })
    .await;
    let client = builder(&server)
        .limit_headers(|head| {
            let remaining = head.header("x-left")?.parse().ok()?;
            Some(Quota::new(remaining, Duration::from_millis(600)))
        })
        .build()
        .unwrap();
    let started = Instant::now();
    client.request(&READ, &[]).send().await.unwrap();
    assert!(started.elapsed() < Duration::from_millis(400));
    client.request(&READ, &[]).send().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(600));
}
