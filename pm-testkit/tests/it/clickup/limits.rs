//! Too many requests.

use std::time::Duration;

use pm_testkit::clickup::FakeClickUp;
use reqwest::Method;
use serde_json::Value;

use super::{Api, answer};

#[tokio::test]
async fn a_minute_has_so_many_requests_of_a_token() {
    let api = Api::with(FakeClickUp::builder().limit(3)).await;
    let ask = async |token: &str| api.response_as(token, Method::GET, "/user", None).await;
    let token = api.server.token();
    for left in ["2", "1", "0"] {
        let response = ask(&token).await;
        assert_eq!(
            (response.status().as_u16(), response.headers()["x-ratelimit-remaining"].to_str().unwrap()),
            (200, left)
        );
        assert_eq!(response.headers()["x-ratelimit-limit"], "3");
    }
    let refused = ask(&token).await;
    let reset: i64 = refused.headers()["x-ratelimit-reset"].to_str().unwrap().parse().unwrap();
    assert!((55..=61).contains(&(reset - api.server.now().timestamp())), "seconds since the epoch");
    assert!(refused.headers().get("retry-after").is_none());
    let (status, body): (u16, Value) = answer(refused).await;
    assert_eq!(
        (status, body["err"].as_str(), body["ECODE"].as_str()),
        (429, Some("Rate limit reached"), Some("APP_002"))
    );
    assert_eq!(ask(&api.server.member_token()).await.status(), 200, "each token has a minute of its own");
    assert_eq!(api.server.refused_by_limit(), 1);
    api.server.advance(Duration::from_secs(61));
    assert_eq!(ask(&token).await.status(), 200);
}

#[tokio::test]
async fn without_a_limit_requests_are_counted_alone() {
    let api = Api::new().await;
    for _ in 0..120 {
        assert_eq!(api.get("/user").await.0, 200);
    }
    let response = api.response_as(&api.server.token(), Method::GET, "/user", None).await;
    assert_eq!((response.status().as_u16(), &response.headers()["x-ratelimit-limit"]), (200, &"100".parse().unwrap()));
}

#[tokio::test]
async fn a_minute_can_be_short() {
    let api = Api::with(FakeClickUp::builder().limit(1).time_scale(0.005)).await;
    assert_eq!(api.get("/user").await.0, 200);
    assert_eq!(api.get("/user").await.0, 429);
    tokio::time::sleep(Duration::from_millis(320)).await;
    assert_eq!(api.get("/user").await.0, 200);
}
