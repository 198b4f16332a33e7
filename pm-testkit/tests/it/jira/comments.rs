//! Comments and their properties.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, about, doc};

async fn commented() -> (Api, String) {
    let api = Api::web().await;
    let issue = api.issue(json!({})).await;
    for text in ["one", "two", "three"] {
        let (status, _) = api.post(&format!("/issue/{issue}/comment"), json!({ "body": doc(text) })).await;
        assert_eq!(status, 201);
    }
    (api, format!("/issue/{issue}/comment"))
}

fn texts(page: &Value) -> Vec<&str> {
    let rows = page["comments"].as_array().unwrap().iter();
    rows.map(|row| row["body"]["content"][0]["content"][0]["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn comments_come_in_pages_from_either_end() {
    let (api, comments) = commented().await;
    let (_, page) = api.get(&comments).await;
    assert_eq!(
        (texts(&page), &page["total"], &page["maxResults"]),
        (vec!["one", "two", "three"], &json!(3), &json!(100))
    );
    let (_, page) = api.get(&format!("{comments}?orderBy=-created&maxResults=2&startAt=1")).await;
    assert_eq!((texts(&page), &page["total"], &page["startAt"]), (vec!["two", "one"], &json!(3), &json!(1)));
    assert_eq!(api.get(&format!("{comments}?orderBy=author")).await.0, 400);
}

#[tokio::test]
async fn bodies_are_documents() {
    let (api, comments) = commented().await;
    for body in [json!("plain"), json!({ "type": "doc" }), json!(null)] {
        let refused = api.post(&comments, json!({ "body": body })).await;
        assert_eq!(refused.0, 400, "{refused:?}");
    }
    let refused = api.post(&comments, json!({ "body": "plain" })).await;
    assert_eq!(about(&refused, "comment"), (400, "Comment body is not valid!"));
    let unknown = json!({ "version": 1, "type": "doc", "content": [{ "type": "sparkle" }] });
    assert_eq!(api.post(&comments, json!({ "body": unknown })).await.0, 400);
}

#[tokio::test]
async fn properties_come_with_a_comment_and_by_themselves() {
    let (api, comments) = commented().await;
    let with = json!({ "body": doc("marked"), "properties": [{ "key": "pm", "value": { "key": "x" } }] });
    let (_, made) = api.post(&comments, with).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(made.get("properties"), None);
    let (_, shown) = api.get(&format!("{comments}/{id}?expand=properties")).await;
    assert_eq!(shown["properties"], json!([{ "key": "pm", "value": { "key": "x" } }]));
    let (_, value) = api.get(&format!("/comment/{id}/properties/pm")).await;
    assert_eq!(value, json!({ "key": "pm", "value": { "key": "x" } }));
    assert_eq!(api.put(&format!("/comment/{id}/properties/pm"), json!(1)).await.0, 200);
    assert_eq!(api.put(&format!("/comment/{id}/properties/other"), json!(2)).await.0, 201);
    let (_, keys) = api.get(&format!("/comment/{id}/properties")).await;
    assert_eq!((&keys["keys"][0]["key"], &keys["keys"][1]["key"]), (&json!("other"), &json!("pm")));
    assert_eq!(api.delete(&format!("/comment/{id}/properties/pm")).await.0, 204);
    assert_eq!(api.get(&format!("/comment/{id}/properties/pm")).await.0, 404);
}

#[tokio::test]
async fn some_comments_are_for_some() {
    let (api, comments) = commented().await;
    let hidden = json!({ "body": doc("secret"), "visibility": { "type": "role", "value": "Administrators" } });
    let (status, made) = api.post(&comments, hidden).await;
    assert_eq!((status, &made["visibility"]["value"]), (201, &json!("Administrators")));
    let (_, page) = api.as_mel(Method::GET, &comments, None).await;
    assert_eq!(page["total"], 3);
    let one = format!("{comments}/{}", made["id"].as_str().unwrap());
    assert_eq!(api.as_mel(Method::GET, &one, None).await.0, 404);
    let (_, opened) = api.put(&one, json!({ "body": doc("open") })).await;
    assert_eq!(opened.get("visibility"), None);
    let wrong = json!({ "body": doc("x"), "visibility": { "type": "planet", "value": "Mars" } });
    assert_eq!(api.post(&comments, wrong).await.0, 400);
}

#[tokio::test]
async fn others_comments_are_left_alone() {
    let (api, comments) = commented().await;
    let (_, page) = api.get(&comments).await;
    let one = format!("{comments}/{}", page["comments"][0]["id"].as_str().unwrap());
    let changed = Some(json!({ "body": doc("mine") }));
    assert_eq!(api.as_mel(Method::PUT, &one, changed.clone()).await.0, 400);
    assert_eq!(api.as_mel(Method::DELETE, &one, None).await.0, 400);
    let (status, own) = api.as_mel(Method::POST, &comments, changed.clone()).await;
    assert_eq!(status, 201);
    let own = format!("{comments}/{}", own["id"].as_str().unwrap());
    assert_eq!(api.as_mel(Method::PUT, &own, changed).await.0, 200);
    assert_eq!(api.as_mel(Method::DELETE, &own, None).await.0, 204);
    assert_eq!(api.delete(&one).await.0, 204);
    assert_eq!(api.delete(&one).await.0, 404);
}

#[tokio::test]
async fn comments_are_read_by_id_and_change_their_issue() {
    let (api, comments) = commented().await;
    let (_, page) = api.get(&comments).await;
    let ids: Vec<u64> =
        page["comments"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().parse().unwrap()).collect();
    let (status, list) = api.post("/comment/list", json!({ "ids": [ids[2], 1, ids[0]] })).await;
    assert_eq!((status, &list["total"]), (200, &json!(2)));
    assert_eq!(api.post("/comment/list", json!({ "ids": [] })).await.0, 400);
    let before = api.fields("WEB-1").await["updated"].clone();
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    api.delete(&format!("{comments}/{}", ids[0])).await;
    let fields = api.fields("WEB-1").await;
    assert_ne!(fields["updated"], before);
    assert_eq!(fields["comment"]["total"], 2);
}
