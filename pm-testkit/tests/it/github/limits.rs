//! Too many requests.

use std::time::Duration;

use futures_util::future::join_all;
use pm_testkit::github::FakeGitHub;
use reqwest::Method;
use serde_json::json;

use super::{Api, ISSUES, answer, read, web};

async fn statuses(api: &Api, count: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(api.post(ISSUES, json!({ "title": "A" })).await.0);
    }
    statuses
}

#[tokio::test]
async fn an_hour_has_so_many_requests() {
    let api = Api::with(FakeGitHub::builder().seed(read(&web())).primary_limit(3)).await;
    for left in ["2", "1", "0"] {
        let response = api.response(Method::GET, "/user", None).await;
        assert_eq!(
            (response.status().as_u16(), response.headers()["x-ratelimit-remaining"].to_str().unwrap()),
            (200, left)
        );
    }
    let refused = api.response(Method::GET, "/user", None).await;
    let reset: i64 = refused.headers()["x-ratelimit-reset"].to_str().unwrap().parse().unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["x-ratelimit-remaining"].to_str().unwrap()), (403, "0"));
    assert!(refused.headers().get("retry-after").is_none());
    assert!((3_590..=3_601).contains(&(reset - api.server.now().timestamp())));
    assert!(answer(refused).await.1["message"].as_str().unwrap().starts_with("API rate limit exceeded for user ID "));
    assert_eq!(api.get("/rate_limit").await.1["resources"]["core"]["remaining"], 0, "asking costs nothing");
    assert_eq!(api.by("mel", Method::GET, "/user", None).await.0, 200, "each has an hour of their own");
    assert_eq!(api.server.refused_by_primary_limit(), 1);
    api.server.advance(Duration::from_secs(3_601));
    assert_eq!(api.get("/user").await.0, 200);
}

#[tokio::test]
async fn eighty_contents_fit_into_a_minute_and_five_hundred_into_an_hour() {
    let api = Api::with(FakeGitHub::builder().seed(read(&web())).secondary_limits(true)).await;
    for minute in 0..7 {
        let allowed = if minute == 6 { 20 } else { 80 };
        let told = statuses(&api, allowed + 1).await;
        assert_eq!(told.iter().filter(|status| **status == 201).count(), allowed, "minute {minute}");
        assert_eq!(told.last(), Some(&403));
        api.server.advance(Duration::from_secs(61));
    }
    let refused = api.response(Method::POST, ISSUES, Some(json!({ "title": "A" }))).await;
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((3_100..3_200).contains(&wait), "{wait}");
    assert!(answer(refused).await.1["message"].as_str().unwrap().contains("secondary rate limit"));
    assert_eq!(api.server.issues("acme/web").len(), 500);
    assert_eq!(api.get(ISSUES).await.0, 200, "reading goes on");
    api.server.advance(Duration::from_secs(wait));
    assert_eq!(statuses(&api, 1).await, [201]);
}

#[tokio::test]
async fn points_run_out_and_come_back_at_the_tests_pace() {
    // A minute of the limits takes six seconds of the clock.
    let builder = FakeGitHub::builder().seed(read(&web())).secondary_limits(true).retry_after(false).time_scale(0.1);
    let api = Api::with(builder).await;
    let recolor = || api.response(Method::PATCH, "/repos/acme/web/labels/bug", Some(json!({ "color": "ff0000" })));
    let mut refused = Vec::new();
    for _ in 0..4 {
        let told = join_all((0..60).map(|_| recolor())).await;
        refused.extend(told.into_iter().filter(|response| response.status() == 403));
    }
    assert_eq!(refused.len(), 60, "180 writes of five points fit into a minute");
    let refused = refused.remove(0);
    assert!(refused.headers().get("retry-after").is_none(), "the body alone tells");
    assert_ne!(refused.headers()["x-ratelimit-remaining"], "0");
    assert!(answer(refused).await.1["message"].as_str().unwrap().contains("You have exceeded a secondary rate limit"));
    api.server.advance(Duration::from_secs(6));
    assert_eq!(recolor().await.status(), 200);
}

#[tokio::test]
async fn only_a_hundred_at_a_time() {
    let builder = FakeGitHub::builder().secondary_limits(true).answer_time(Duration::from_millis(500));
    let api = Api::with(builder).await;
    let told = join_all((0..120).map(|_| api.response(Method::GET, "/user", None))).await;
    let refused = told.iter().filter(|response| response.status() == 403).count();
    assert!((1..=20).contains(&refused), "{refused}");
    assert_eq!(api.server.refused_by_secondary_limits(), refused);
}

#[tokio::test]
async fn by_default_nothing_is_too_fast() {
    let api = Api::web().await;
    assert!(statuses(&api, 100).await.iter().all(|status| *status == 201));
    assert_eq!(api.server.refused_by_secondary_limits(), 0);
}
