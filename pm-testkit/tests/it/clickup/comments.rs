//! Comments.

use std::time::Duration;

use serde_json::json;

use super::{Api, code, named};

#[tokio::test]
async fn comments_come_the_newest_first_and_go_on_behind_the_last_one() {
    let api = Api::new().await;
    let task = api.plant(named("A"));
    for index in 0..60 {
        api.server.add_comment(&task, &format!("Comment {index}"));
        if index % 3 == 0 {
            api.server.advance(Duration::from_millis(1));
        }
    }
    let (mut seen, mut query) = (Vec::new(), String::new());
    loop {
        let (_, page) = api.get(&format!("/task/{task}/comment{query}")).await;
        let page = page["comments"].as_array().unwrap().clone();
        let Some(last) = page.last() else { break };
        query = format!("?start={}&start_id={}", last["date"].as_str().unwrap(), last["id"].as_str().unwrap());
        assert!(page.len() <= 25);
        seen.extend(page.into_iter().map(|comment| comment["comment_text"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, (0..60).rev().map(|index| format!("Comment {index}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_comment_is_made_changed_answered_and_removed() {
    let api = Api::new().await;
    let task = api.plant(named("A"));
    let before = api.server.task(&task).unwrap()["date_updated"].clone();
    api.server.advance(Duration::from_secs(5));
    let (status, made) =
        api.post(&format!("/task/{task}/comment"), json!({ "comment_text": "One", "notify_all": false })).await;
    assert_eq!((status, made["id"].is_u64(), made["date"].is_i64()), (200, true, true), "numbers here");
    assert_eq!(api.server.task(&task).unwrap()["date_updated"], before, "the task does not tell");
    let comment = format!("/comment/{}", made["id"]);
    assert_eq!(api.put(&comment, json!({ "comment_text": "Two", "resolved": true })).await.0, 200);
    assert_eq!(
        api.post(&format!("{comment}/reply"), json!({ "comment_text": "Three", "notify_all": false })).await.0,
        200
    );
    let (_, page) = api.get(&format!("/task/{task}/comment")).await;
    let page = page["comments"].as_array().unwrap();
    assert_eq!((page.len(), &page[0]["comment_text"], &page[0]["reply_count"]), (1, &json!("Two"), &json!("1")));
    assert_eq!(api.get(&format!("{comment}/reply")).await.1["comments"][0]["comment_text"], "Three");
    assert_eq!(api.post(&format!("/task/{task}/comment"), json!({ "comment_text": " " })).await.0, 400);
    assert_eq!(api.delete(&comment).await.0, 200);
    assert_eq!(code(&api.delete(&comment).await).0, 404);
    assert!(api.server.comments(&task).is_empty());
}
