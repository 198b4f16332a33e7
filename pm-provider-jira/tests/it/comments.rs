//! Comments on the wire.

use pm_provider::{CommentPatch, CommentQuery, Comments, DeleteOptions, ErrorKind, Field, NewComment, Visibility};
use pm_provider_jira::{Flavor, JiraProvider, RestrictedTo};
use serde_json::{Value, json};
use wiremock::MockServer;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::support::{ann, answer, answer_empty, bodies, cloud, count, data_center, queries, query, wire_config};

const LIST: &str = "/rest/api/3/issue/10010/comment";
const ONE: &str = "/rest/api/3/issue/10010/comment/10200";

fn document(text: &str) -> Value {
    json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }] })
}

fn comment(id: u64, body: Value) -> Value {
    let mut comment = json!({ "id": id.to_string(), "author": ann(Flavor::Cloud), "jsdPublic": true,
        "created": "2026-11-21T09:40:00.000+0000", "updated": "2026-11-21T10:40:00.000+0100" });
    comment["body"] = body;
    comment
}

fn listed(comments: &[Value]) -> Value {
    json!({ "startAt": 0, "maxResults": 100, "total": comments.len(), "comments": comments })
}

async fn restricting() -> (MockServer, JiraProvider) {
    let server = MockServer::start().await;
    let config = wire_config(&server, Flavor::Cloud).restricted_to(RestrictedTo::Role("Staff".to_owned()));
    (server, JiraProvider::new(config).unwrap())
}

#[tokio::test]
async fn comments_come_oldest_first() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", LIST, 200, listed(&[comment(10200, document("one"))])).await;
    let page = provider.comments_page(&CommentQuery::of_task("10010"), None).await.unwrap();
    let first = &page.items[0];
    assert_eq!((first.body.as_str(), first.author_name.as_deref(), page.total), ("one", Some("Ann Lee"), Some(1)));
    assert_eq!(first.created_at, first.updated_at, "one time in two zones");
    let expected = query(&[("orderBy", "created"), ("startAt", "0"), ("maxResults", "100")]);
    assert_eq!(queries(&server, LIST).await, [expected]);
}

#[tokio::test]
async fn trap_a_text_is_a_document_on_cloud_and_a_string_on_data_center() {
    let (server, provider) = cloud().await;
    answer(&server, "POST", LIST, 201, comment(10200, document("done"))).await;
    assert_eq!(provider.create_comment(NewComment::new("10010", "done")).await.unwrap().body, "done");
    assert_eq!(bodies(&server, "POST").await[0]["body"]["type"], "doc");
    let (server, provider) = data_center().await;
    answer(&server, "POST", "/rest/api/2/issue/10010/comment", 201, comment(10200, json!("done"))).await;
    assert_eq!(provider.create_comment(NewComment::new("10010", "done")).await.unwrap().body, "done");
    assert_eq!(bodies(&server, "POST").await[0]["body"], "done");
}

#[tokio::test]
async fn a_key_leaves_its_mark_in_a_property_and_is_looked_for_first() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/3/myself", 200, ann(Flavor::Cloud)).await;
    answer(&server, "GET", LIST, 200, listed(&[])).await;
    answer(&server, "POST", LIST, 201, comment(10200, document("done"))).await;
    let new = NewComment::new("10010", "done").idempotency_key("import:1");
    provider.create_comment(new.clone()).await.unwrap();
    let sent = bodies(&server, "POST").await.remove(0);
    let mark = sent["properties"][0].clone();
    assert_eq!(mark["key"], "pm-core");
    assert!(!mark.to_string().contains("import:1"), "the key itself stays here");
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/3/myself", 200, ann(Flavor::Cloud)).await;
    let mut made = comment(10200, document("done, and edited"));
    made["properties"] = json!([mark]);
    let mut copied = made.clone();
    copied["id"] = json!("10100");
    copied["author"] = json!({ "accountId": "somebody-else" });
    answer(&server, "GET", LIST, 200, listed(&[copied, made])).await;
    assert_eq!(provider.create_comment(new).await.unwrap().id.as_str(), "10200");
    assert_eq!(count(&server, "POST", LIST).await, 0);
    assert!(queries(&server, LIST).await[0].contains(&("expand".to_owned(), "properties".to_owned())));
}

#[tokio::test]
async fn marks_are_read_once_and_then_only_what_is_new() {
    let (server, provider) = cloud().await;
    let all: Vec<Value> = (0..250).map(|id| comment(10_000 + id, document("old"))).collect();
    let state = std::sync::Arc::new(std::sync::Mutex::new(all));
    let shown = std::sync::Arc::clone(&state);
    let show = move |request: &wiremock::Request| {
        let query =
            |name: &str| request.url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned());
        let mut rows = shown.lock().unwrap().clone();
        if query("orderBy").unwrap().starts_with('-') {
            rows.reverse();
        }
        let (start, most): (usize, usize) =
            (query("startAt").unwrap().parse().unwrap(), query("maxResults").unwrap().parse().unwrap());
        let page: Vec<_> = rows.iter().skip(start).take(most).cloned().collect();
        ResponseTemplate::new(200).set_body_json(json!({ "startAt": start, "total": rows.len(), "comments": page }))
    };
    Mock::given(method("GET")).and(path(LIST)).respond_with(show).mount(&server).await;
    let kept = std::sync::Arc::clone(&state);
    let keep = move |request: &wiremock::Request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let mut all = kept.lock().unwrap();
        let mut made = comment(10_000 + all.len() as u64, body["body"].clone());
        made["properties"] = body["properties"].clone();
        made["created"] = json!("2026-11-21T10:00:00.000+0000");
        all.push(made.clone());
        ResponseTemplate::new(201).set_body_json(made)
    };
    Mock::given(method("POST")).and(path(LIST)).respond_with(keep).mount(&server).await;
    let new = |key: u64| NewComment::new("10010", "done").idempotency_key(format!("import:{key}"));
    for key in 0..20 {
        provider.create_comment(new(key)).await.unwrap();
    }
    let reads = queries(&server, LIST).await.iter().filter(|query| !query.is_empty()).count();
    assert_eq!(reads, 3 + 19, "all of them once, in three pages, then one page for each key");
    let made = state.lock().unwrap()[253].clone();
    answer(&server, "GET", "/rest/api/3/issue/10010/comment/10253", 200, made).await;
    assert_eq!(provider.create_comment(new(3)).await.unwrap().id.as_str(), "10253", "a key that we used");
    // What another process wrote meanwhile is found in the newest page.
    let (_, stranger) = (provider.clone(), JiraProvider::new(wire_config(&server, Flavor::Cloud)).unwrap());
    let theirs = stranger.create_comment(new(77)).await.unwrap();
    assert_eq!(provider.create_comment(new(77)).await.unwrap().id, theirs.id);
    assert_eq!(count(&server, "POST", LIST).await, 21);
    // What was deleted is made anew.
    answer(&server, "GET", "/rest/api/3/issue/10010/comment/10254", 404, json!({ "errorMessages": ["gone"] })).await;
    state.lock().unwrap().remove(254);
    provider.create_comment(new(4)).await.unwrap();
    assert_eq!(count(&server, "POST", LIST).await, 22);
}

#[tokio::test]
async fn trap_a_comment_of_our_former_account_is_ours() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/3/myself", 200, ann(Flavor::Cloud)).await;
    answer(&server, "POST", LIST, 201, comment(10200, document("done"))).await;
    answer(&server, "GET", LIST, 200, listed(&[])).await;
    let new = NewComment::new("10010", "done").idempotency_key("import:1");
    provider.create_comment(new.clone()).await.unwrap();
    let mut made = comment(10200, document("done"));
    made["properties"] = bodies(&server, "POST").await[0]["properties"].clone();
    made["author"] = json!({ "accountId": "the-former-bot" });
    let (server, provider) = cloud().await;
    answer(&server, "GET", LIST, 200, listed(&[made])).await;
    assert_eq!(provider.create_comment(new).await.unwrap().id.as_str(), "10200");
    assert_eq!(count(&server, "POST", LIST).await, 0);
}

#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_found_by_a_mark_of_its_own() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/3/myself", 200, ann(Flavor::Cloud)).await;
    answer(&server, "GET", "/rest/api/2/serverInfo", 200, json!({ "deploymentType": "Cloud" })).await;
    answer(&server, "POST", LIST, 502, json!({})).await;
    // The list shows whatever was sent, as a server does that lost nothing but the answer.
    let state = std::sync::Arc::new(std::sync::Mutex::new(Vec::<Value>::new()));
    let kept = std::sync::Arc::clone(&state);
    let keep = move |request: &wiremock::Request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let mut made = comment(10200 + kept.lock().unwrap().len() as u64, body["body"].clone());
        made["properties"] = body["properties"].clone();
        kept.lock().unwrap().push(made);
        ResponseTemplate::new(502)
    };
    Mock::given(method("POST")).and(path(LIST)).respond_with(keep).with_priority(1).mount(&server).await;
    let show = move |_: &wiremock::Request| ResponseTemplate::new(200).set_body_json(listed(&state.lock().unwrap()));
    Mock::given(method("GET")).and(path(LIST)).respond_with(show).mount(&server).await;
    let one = provider.create_comment(NewComment::new("10010", "same")).await.unwrap();
    let two = provider.create_comment(NewComment::new("10010", "same")).await.unwrap();
    assert_eq!((one.id.as_str(), two.id.as_str()), ("10200", "10201"), "two of one text are told apart");
    assert_eq!(count(&server, "POST", LIST).await, 2);
}

#[tokio::test]
async fn restricted_comments_need_somebody_to_be_shown_to() {
    let (server, provider) = cloud().await;
    let new = NewComment::new("10010", "psst").visibility(Visibility::Restricted);
    let error = provider.create_comment(new.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(count(&server, "POST", LIST).await, 0);
    let (server, provider) = restricting().await;
    let mut made = comment(10200, document("psst"));
    made["visibility"] = json!({ "type": "role", "value": "Staff", "identifier": "Staff" });
    answer(&server, "POST", LIST, 201, made).await;
    assert_eq!(provider.create_comment(new).await.unwrap().visibility, Visibility::Restricted);
    assert_eq!(bodies(&server, "POST").await[0]["visibility"], json!({ "type": "role", "value": "Staff" }));
}

#[tokio::test]
async fn trap_an_update_without_a_word_about_it_would_show_a_restricted_comment() {
    let (server, provider) = cloud().await;
    let mut secret = comment(10200, document("psst"));
    secret["visibility"] = json!({ "type": "group", "value": "staff", "identifier": "abc" });
    answer(&server, "GET", ONE, 200, secret.clone()).await;
    answer(&server, "PUT", ONE, 200, secret).await;
    provider.update_comment(&"10010".into(), &"10200".into(), CommentPatch::new().body("shh")).await.unwrap();
    let sent = &bodies(&server, "PUT").await[0];
    assert_eq!(sent["visibility"], json!({ "type": "group", "value": "staff", "identifier": "abc" }));
    assert!(sent.get("properties").is_none(), "properties stay as they are");
}

#[tokio::test]
async fn comments_that_customers_do_not_see_are_restricted() {
    let (server, provider) = cloud().await;
    let mut internal = comment(10200, document("psst"));
    internal["jsdPublic"] = json!(false);
    answer(&server, "GET", ONE, 200, internal).await;
    let read = provider.get_comment(&"10010".into(), &"10200".into()).await.unwrap();
    assert_eq!(read.visibility, Visibility::Restricted);
}

#[tokio::test]
async fn trap_an_internal_comment_does_not_become_public_by_silence() {
    let (server, provider) = restricting().await;
    let mut internal = comment(10200, document("psst"));
    internal["jsdPublic"] = json!(false);
    answer(&server, "GET", ONE, 200, internal.clone()).await;
    answer(&server, "PUT", ONE, 200, internal).await;
    let patch = |visibility| CommentPatch::new().visibility(visibility);
    let error = provider.update_comment(&"10010".into(), &"10200".into(), patch(Visibility::Public)).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::Unsupported, Field::Visibility), "{error}");
    assert!(error.message().contains("internal"), "{error}");
    let same = provider.update_comment(&"10010".into(), &"10200".into(), patch(Visibility::Restricted)).await.unwrap();
    assert_eq!(same.visibility, Visibility::Restricted, "nothing had to change");
    assert_eq!(count(&server, "PUT", ONE).await, 0);
}

#[tokio::test]
async fn a_text_that_shows_as_it_should_is_not_written() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", ONE, 200, comment(10200, document("same"))).await;
    provider.update_comment(&"10010".into(), &"10200".into(), CommentPatch::new().body("same")).await.unwrap();
    assert_eq!(count(&server, "PUT", ONE).await, 0);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let (server, provider) = cloud().await;
    let missing =
        json!({ "errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {} });
    answer(&server, "GET", LIST, 404, missing.clone()).await;
    answer(&server, "POST", LIST, 404, missing.clone()).await;
    answer(&server, "DELETE", ONE, 404, missing).await;
    let error = provider.comments_page(&CommentQuery::of_task("10010"), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.message().contains("task") && error.message().contains("10010"), "{error}");
    let error = provider.create_comment(NewComment::new("10010", "x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = provider.delete_comment(&"10010".into(), &"10200".into(), DeleteOptions::new()).await.unwrap_err();
    assert!(error.message().contains("comment"), "{error}");
    let error = provider.get_comment(&"WEB-1".into(), &"10200".into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_comment_is_deleted_and_too_many_are_refused() {
    let (server, provider) = cloud().await;
    answer_empty(&server, "DELETE", ONE, 204).await;
    provider.delete_comment(&"10010".into(), &"10200".into(), DeleteOptions::new()).await.unwrap();
    let full = json!({ "errorMessages": [], "errors": { "comment": "the limit of comments is reached" } });
    answer(&server, "POST", LIST, 413, full).await;
    let error = provider.create_comment(NewComment::new("10010", "x")).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::Body));
}
