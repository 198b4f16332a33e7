//! Limits: 100 requests a minute, and what the answers say of them.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use pm_provider::{PmProvider, ProjectId, TaskPatch};
use pm_provider_clickup::ClickUpProvider;
use pm_testkit::clickup::{FakeClickUp, Seed};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, config};

/// A minute is 0.6 seconds here.
const SCALE: f64 = 0.01;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_changes_take_as_long_as_they_must_and_nobody_is_refused() {
    let seed: Seed = r#"{"spaces": [{"name": "Garden", "lists": [{"name": "Beds"}]}]}"#.parse().unwrap();
    let server = FakeClickUp::builder().seed(seed).limit(100).time_scale(SCALE).start().await.unwrap();
    let tasks = server.add_tasks(&server.place_named("Beds").unwrap(), 150, 10);
    let provider = ClickUpProvider::new(config(&server).pace(SCALE)).unwrap();
    server.faults().forget_requests();
    let started = Instant::now();
    let provider = &provider;
    let changes = tasks
        .into_iter()
        .map(|id| async move { provider.update_task(&id.into(), TaskPatch::new().add_labels(["red"])).await });
    for changed in join_all(changes).await {
        assert_eq!(changed.unwrap().labels, ["red"]);
    }
    assert_eq!(server.refused_by_limit(), 0);
    let (minutes, took) = (server.requests().len() as f64 / 100.0, started.elapsed().as_secs_f64());
    assert!(took >= (minutes.floor() - 1.0) * 60.0 * SCALE, "{minutes} minutes took {took} seconds");
}

fn project() -> serde_json::Value {
    json!({ "id": "790", "name": "Garden", "private": false, "archived": false, "statuses": [] })
}

async fn clickup(scale: f64) -> (MockServer, ClickUpProvider) {
    let server = MockServer::start().await;
    let config = pm_provider_clickup::ClickUpConfig::new(pm_provider::Secret::new("pk_s3cr3t"));
    let provider =
        ClickUpProvider::new(config.base_url(server.uri()).team("9001").timezone("UTC").pace(scale)).unwrap();
    (server, provider)
}

#[tokio::test]
async fn a_429_is_waited_for_until_the_reset() {
    let (server, provider) = clickup(SCALE).await;
    answer(&server, "GET", "/api/v2/space/790", 200, project()).await;
    let reset = (chrono::Utc::now() + Duration::from_millis(300)).timestamp_millis();
    let limited = ResponseTemplate::new(429)
        .set_body_json(json!({ "err": "Rate limit reached", "ECODE": "APP_002" }))
        .insert_header("x-ratelimit-limit", "100")
        .insert_header("x-ratelimit-remaining", "0")
        .insert_header("x-ratelimit-reset", format!("{}.{:03}", reset / 1_000, reset % 1_000));
    let mock = Mock::given(method("GET")).and(path("/api/v2/space/790")).respond_with(limited);
    mock.up_to_n_times(1).with_priority(1).mount(&server).await;
    provider.get_project(&ProjectId::new("790")).await.unwrap();
    assert!(chrono::Utc::now().timestamp_millis() >= reset);
}

#[tokio::test]
async fn a_plan_with_more_requests_is_not_slowed_down() {
    // At 100 a minute, which is six seconds here, two of them would have to pass.
    let (server, provider) = clickup(0.1).await;
    let reply = ResponseTemplate::new(200)
        .set_body_json(project())
        .insert_header("x-ratelimit-limit", "1000")
        .insert_header("x-ratelimit-remaining", "900")
        .insert_header("x-ratelimit-reset", (chrono::Utc::now().timestamp() + 60).to_string());
    Mock::given(path("/api/v2/space/790")).respond_with(reply).mount(&server).await;
    let started = Instant::now();
    for _ in 0..250 {
        provider.get_project(&ProjectId::new("790")).await.unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
    assert_eq!(server.received_requests().await.unwrap().len(), 250);
}
