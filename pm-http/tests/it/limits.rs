//! How many requests at once, how many a minute, and who waits for whom.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use pm_http::{Client, Endpoint, Limits, Pace, RetryPolicy};
use pm_provider::{Effect, ErrorKind, Retry};

use crate::server::{Act, Server, answer, json};

const READ: Endpoint = Endpoint::get("items");
const CREATE: Endpoint = Endpoint::create("items");

async fn slow() -> Server {
    Server::start(|_, _| Act::Late(Duration::from_millis(100), json(200, "[]"))).await
}

fn client(server: &Server, limits: Limits) -> Client {
    Client::builder("test", &server.url).limits(limits).build().unwrap()
}

/// How many tenths of a second that many requests take.
async fn tenths(client: &Client, endpoint: Endpoint, requests: usize) -> u128 {
    let started = Instant::now();
    let sent = join_all((0..requests).map(|_| client.request(&endpoint, &[]).send())).await;
    assert!(sent.iter().all(Result::is_ok));
    started.elapsed().as_millis() / 100
}

#[tokio::test]
async fn only_so_many_run_at_once() {
    let server = slow().await;
    let two = client(&server, Limits::new().concurrency(2));
    assert!(tenths(&two, READ, 8).await >= 4);
    let most = client(&server, Limits::new().concurrency(8));
    assert!(tenths(&most, READ, 8).await < tenths(&two, READ, 16).await);
}

#[tokio::test]
async fn writes_have_a_bound_of_their_own() {
    let server = slow().await;
    let client = client(&server, Limits::new().concurrency(8).writes(1));
    let (writes, reads) = tokio::join!(tenths(&client, CREATE, 6), tenths(&client, READ, 4));
    assert!(writes >= 6, "{writes}");
    assert!(reads < writes, "{reads}");
}

#[tokio::test]
async fn clients_may_share_their_limits() {
    let server = slow().await;
    let limits = Limits::new().concurrency(1).shared();
    let (one, other) = (client(&server, limits.clone()), client(&server, limits));
    let started = Instant::now();
    tokio::join!(tenths(&one, READ, 2), tenths(&other, READ, 2));
    assert!(started.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn a_minute_has_so_many_requests() {
    let server = Server::start(|_, _| Act::Answer(json(200, "[]"))).await;
    // Twelve at once, then two a second.
    let client = client(&server, Limits::new().requests_per_minute(120));
    assert!(tenths(&client, READ, 15).await >= 13);
}

#[tokio::test]
async fn a_turn_that_comes_too_late_is_said_at_once() {
    let server = Server::start(|_, _| Act::Answer(json(200, "[]"))).await;
    let policy = RetryPolicy::new().timeout(Duration::from_secs(1)).deadline(Duration::from_secs(2));
    let limits = Limits::new().requests_per_minute(1);
    let client = Client::builder("test", &server.url).limits(limits).retry(policy).build().unwrap();
    client.request(&CREATE, &[]).send().await.unwrap();
    let started = Instant::now();
    let error = client.request(&CREATE, &[]).send().await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!((error.kind(), error.effect()), (ErrorKind::RateLimited, &Effect::NotExecuted));
    assert!(matches!(error.retry(), Retry::After(pause) if pause > Duration::from_secs(50)), "{error:?}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn one_that_is_told_to_wait_makes_all_wait() {
    let server = Server::start(|number, _| match number {
        0 => Act::Answer(answer(429, &[("retry-after", "1")], "")),
        _ => Act::Answer(json(200, "[]")),
    })
    .await;
    let limits = Limits::new().shared();
    let (one, other) = (client(&server, limits.clone()), client(&server, limits));
    let started = Instant::now();
    let (first, second) = tokio::join!(one.request(&READ, &[]).send(), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        other.request(&READ, &[]).send().await.map(|_| started.elapsed())
    });
    first.unwrap();
    assert!(second.unwrap() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_pause_is_told_to_all_at_once() {
    let server = Server::start(|_, _| Act::Answer(answer(429, &[("retry-after", "60")], ""))).await;
    let policy = RetryPolicy::new().timeout(Duration::from_secs(1)).deadline(Duration::from_secs(2));
    let limits = Limits::new().concurrency(1).writes(1);
    let client = Client::builder("test", &server.url).limits(limits).retry(policy).build().unwrap();
    client.request(&READ, &[]).send().await.unwrap_err();
    let started = Instant::now();
    for error in join_all((0..5).map(|_| client.request(&CREATE, &[]).send())).await {
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::RateLimited, &Effect::NotExecuted));
        assert!(matches!(error.retry(), Retry::After(pause) if pause > Duration::from_secs(50)), "{error:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(10) && server.count() == 1);
}

#[tokio::test]
async fn who_waits_in_vain_is_told_when_to_come_back() {
    let server = Server::start(|_, _| Act::Late(Duration::from_secs(1), json(200, "[]"))).await;
    let limits = Limits::new().concurrency(1).shared();
    let hasty = RetryPolicy::never().timeout(Duration::from_millis(30)).deadline(Duration::from_millis(30));
    let hasty = Client::builder("test", &server.url).limits(limits.clone()).retry(hasty).build().unwrap();
    let patient = client(&server, limits);
    let create = || async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        hasty.request(&CREATE, &[]).send().await.unwrap_err()
    };
    let (_, late) = tokio::join!(patient.request(&CREATE, &[]).send(), create());
    assert_eq!((late.kind(), late.effect()), (ErrorKind::RateLimited, &Effect::NotExecuted));
    assert!(matches!(late.retry(), Retry::After(pause) if pause > Duration::ZERO), "{late:?}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn who_sleeps_holds_nobody_up() {
    // The writes' only permit is free while one that is told to wait sleeps.
    let server = Server::start(|number, _| match number {
        0 => Act::Late(Duration::from_millis(100), answer(429, &[("retry-after", "1")], "")),
        _ => Act::Answer(json(200, "[]")),
    })
    .await;
    let client = client(&server, Limits::new().concurrency(1).writes(1));
    let started = Instant::now();
    let sent = join_all((0..4).map(|_| client.request(&CREATE, &[]).send())).await;
    assert!(sent.iter().all(Result::is_ok));
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_secs(1) && elapsed < Duration::from_secs(4), "{elapsed:?}");
    assert_eq!(server.count(), 5);
}

#[tokio::test]
async fn a_dropped_request_gives_its_turn_back() {
    let server = Server::start(|number, _| match number {
        0..4 => Act::Hang,
        _ => Act::Answer(json(200, "[]")),
    })
    .await;
    let client = client(&server, Limits::new().concurrency(2).writes(2));
    for _ in 0..2 {
        let dropped = join_all((0..2).map(|_| client.request(&CREATE, &[]).send()));
        assert!(tokio::time::timeout(Duration::from_millis(200), dropped).await.is_err());
    }
    let sent = tokio::time::timeout(Duration::from_secs(5), client.request(&CREATE, &[]).send()).await;
    assert!(sent.unwrap().is_ok());
}

#[tokio::test]
async fn a_pause_may_be_meant_for_one_kind_of_request_or_for_one_alone() {
    use pm_http::Pause;
    for (word, others_of_its_kind_wait) in [("endpoint", true), ("request", false)] {
        let server = Server::start(move |number, _| match number {
            0 => Act::Answer(answer(429, &[("retry-after", "1"), ("x-scope", word)], "{}")),
            _ => Act::Answer(json(200, "[]")),
        })
        .await;
        let scope = |reply: &pm_http::ErrorReply<'_>| match reply.header("x-scope") {
            Some("endpoint") => Pause::Endpoint,
            _ => Pause::Request,
        };
        let client = Client::builder("test", &server.url).pauses(scope).build().unwrap();
        const ONE: Endpoint = Endpoint::get("items/{id}");
        let limited = client.request(&ONE, &["1"]).send();
        let others = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let started = Instant::now();
            client.request(&READ, &[]).send().await.unwrap();
            let other_kind = started.elapsed();
            client.request(&ONE, &["2"]).send().await.unwrap();
            (other_kind, started.elapsed())
        };
        let (limited, (other_kind, same_kind)) = tokio::join!(limited, others);
        assert!(limited.is_ok(), "{word}");
        assert!(other_kind < Duration::from_millis(600), "{word}: {other_kind:?}");
        assert_eq!(same_kind > Duration::from_millis(500), others_of_its_kind_wait, "{word}: {same_kind:?}");
    }
}

fn created(endpoint: &Endpoint) -> u32 {
    u32::from(endpoint.is_write())
}

#[tokio::test]
async fn creates_keep_the_pace_and_reads_go_on() {
    let server = Server::start(|_, _| Act::Answer(json(200, "[]"))).await;
    let pace = Pace::new(created).at_most(3, Duration::from_secs(60)).least_gap(Duration::from_secs(10));
    // A hundredth of it: three in 0.6 seconds, a tenth of a second apart.
    let client = client(&server, Limits::new().concurrency(8).writes(8).pace(pace).time_scale(0.01));
    let (creates, reads) = tokio::join!(tenths(&client, CREATE, 5), tenths(&client, READ, 20));
    assert!((7..=12).contains(&creates), "{creates}");
    assert!(reads <= 2, "{reads}");
}

#[tokio::test]
async fn a_pace_that_lasts_too_long_is_said_before_anything_is_sent() {
    let server = Server::start(|_, _| Act::Answer(json(200, "[]"))).await;
    let policy = RetryPolicy::new().timeout(Duration::from_secs(1)).deadline(Duration::from_secs(2));
    let limits = Limits::new().writes(1).pace(Pace::new(created).at_most(1, Duration::from_secs(3600)));
    let client = Client::builder("test", &server.url).limits(limits).retry(policy).build().unwrap();
    client.request(&CREATE, &[]).send().await.unwrap();
    let started = Instant::now();
    let error = client.request(&CREATE, &[]).send().await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!((error.kind(), error.effect()), (ErrorKind::RateLimited, &Effect::NotExecuted));
    assert!(matches!(error.retry(), Retry::After(pause) if pause > Duration::from_secs(3500)), "{error:?}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn waits_that_nobody_announced_grow() {
    // Limited twice, then well, then limited once more.
    let server = Server::start(|number, _| {
        let is_limited = matches!(number, 0 | 1 | 3);
        Act::Answer(if is_limited { answer(429, &[], "slow down") } else { json(200, "[]") })
    })
    .await;
    let limits = Limits::new().unannounced(Duration::from_secs(40)).time_scale(0.01);
    let client = client(&server, limits);
    let started = Instant::now();
    client.request(&CREATE, &[]).send().await.unwrap();
    let first = started.elapsed().as_millis();
    assert!(first >= 1200, "0.4 seconds, then 0.8: {first}");
    let started = Instant::now();
    client.request(&CREATE, &[]).send().await.unwrap();
    let second = started.elapsed().as_millis();
    assert!(second >= 400 && second < first, "0.4 seconds again, and not 1.6: {second}");
    assert_eq!(server.count(), 5);
}

/// GraphQL's way to say no: status 200, and the reason in the body.
fn said_in_the_body(reply: &pm_http::ErrorReply<'_>) -> Option<pm_provider::Error> {
    let is_limit = reply.body.windows(7).any(|word| word == b"LIMITED");
    is_limit.then(|| {
        pm_provider::Error::new(ErrorKind::RateLimited, "limited").with_retry(Retry::After(Duration::from_millis(200)))
    })
}

#[tokio::test]
async fn a_refusal_may_have_a_status_that_says_that_all_is_well() {
    let server = Server::start(|number, _| {
        let body = if number == 0 { r#"{"errors": [{"type": "LIMITED"}]}"# } else { "{}" };
        Act::Answer(json(200, body))
    })
    .await;
    let build = |retry| Client::builder("test", &server.url).retry(retry).refusals(said_in_the_body).build().unwrap();
    let started = Instant::now();
    // Nothing was done, so that a create is sent again as well.
    assert!(build(RetryPolicy::new()).request(&CREATE, &[]).send().await.is_ok());
    assert!(started.elapsed() >= Duration::from_millis(200));
    assert_eq!(server.count(), 2);
    let other = Server::start(|_, _| Act::Answer(json(200, r#"{"errors": [{"type": "LIMITED"}]}"#))).await;
    let once =
        Client::builder("test", &other.url).retry(RetryPolicy::never()).refusals(said_in_the_body).build().unwrap();
    let error = once.request(&CREATE, &[]).send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::RateLimited, &Effect::NotExecuted));
    assert_eq!(error.http_status(), Some(200));
}
