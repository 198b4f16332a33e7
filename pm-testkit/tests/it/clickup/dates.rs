//! Dates without a time belong to the workspace's zone.

use chrono::{DateTime, Utc};
use pm_testkit::clickup::FakeClickUp;
use serde_json::json;

use super::Api;

fn at(text: &str) -> i64 {
    text.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
}

async fn stored(zone: &str, sent: &str) -> String {
    let api = Api::with(FakeClickUp::builder().zone(zone)).await;
    assert_eq!(api.get("/user").await.1["user"]["timezone"], zone);
    let task = api.plant(json!({ "name": "A", "due_date": at(sent) }));
    let due = api.server.task(&task).unwrap()["due_date"].as_str().unwrap().parse::<i64>().unwrap();
    DateTime::from_timestamp_millis(due).unwrap().to_rfc3339()
}

#[tokio::test]
async fn a_date_is_kept_at_four_in_the_morning_of_its_day() {
    let los_angeles = "America/Los_Angeles";
    assert_eq!(
        stored(los_angeles, "2026-05-01T00:00:00Z").await,
        "2026-04-30T11:00:00+00:00",
        "midnight of UTC is too early"
    );
    assert_eq!(stored(los_angeles, "2026-05-01T19:00:00Z").await, "2026-05-01T11:00:00+00:00", "local noon is right");
    assert_eq!(stored(los_angeles, "2026-12-01T20:00:00Z").await, "2026-12-01T12:00:00+00:00");
    assert_eq!(stored("Asia/Kolkata", "2026-05-01T06:30:00Z").await, "2026-04-30T22:30:00+00:00");
    assert_eq!(stored("Pacific/Auckland", "2026-05-01T00:00:00Z").await, "2026-04-30T16:00:00+00:00");
}

#[tokio::test]
async fn a_date_with_a_time_is_kept_as_it_is() {
    let api = Api::new().await;
    let due = at("2026-05-01T00:00:00Z");
    let task = api.plant(json!({ "name": "A", "due_date": due, "due_date_time": true, "start_date": due }));
    let shown = api.server.task(&task).unwrap();
    assert_eq!(shown["due_date"], due.to_string());
    assert_eq!(shown["start_date"], at("2026-04-30T11:00:00Z").to_string());
    let (_, cleared) = api.put(&format!("/task/{task}"), json!({ "due_date": null })).await;
    assert_eq!(cleared["due_date"], json!(null));
    assert!(FakeClickUp::builder().zone("Mars/Olympus").start().await.is_err());
}
