//! Texts where numbers are expected, and the other way round.

use pm_testkit::clickup::FakeClickUp;
use serde_json::{Value, json};

use super::Api;

#[tokio::test]
async fn types_can_be_others_than_promised() {
    let api = Api::with(FakeClickUp::builder().wrong_types(true)).await;
    let task = api.plant(json!({ "name": "123", "time_estimate": 60_000, "points": 2 }));
    let (_, shown) = api.get(&format!("/task/{task}")).await;
    assert_eq!((&shown["id"], &shown["name"]), (&json!(task), &json!("123")), "ids of tasks and names stay");
    assert!(shown["date_created"].is_i64() && shown["list"]["id"].is_i64() && shown["orderindex"].is_f64());
    assert_eq!((&shown["time_estimate"], &shown["points"]), (&json!("60000"), &json!("2")));
    assert_eq!((&shown["creator"]["username"], shown["creator"]["id"].is_string()), (&Value::Null, true));
    let (_, page) = api.get(&format!("/list/{}/task", api.list)).await;
    assert!(page["tasks"][0]["date_updated"].is_i64());
    assert!(page["tasks"][0]["x_unknown"].is_object());
}
