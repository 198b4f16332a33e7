//! Lists of issues: filters, order, pages.

use std::time::Duration;

use pm_testkit::github::FakeGitHub;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, ISSUES, answer, codes, each, link, read};

fn rows(count: usize) -> Value {
    let issues: Vec<Value> = (1..=count).map(|number| json!({ "title": format!("Issue {number}") })).collect();
    json!({ "repositories": [{ "name": "acme/web", "issues": issues }] })
}

#[tokio::test]
async fn filters_and_order() {
    let api = Api::web().await;
    api.issue(json!({ "title": "A", "labels": ["bug", "x"], "assignees": ["mel"] })).await;
    api.server.advance(Duration::from_secs(1));
    api.issue(json!({ "title": "B", "labels": ["bug"], "milestone": 1, "type": "Bug" })).await;
    api.server.advance(Duration::from_secs(1));
    let mel = api.by("mel", Method::POST, ISSUES, Some(json!({ "title": "C" }))).await.1;
    api.server.advance(Duration::from_secs(1));
    api.patch(&format!("{ISSUES}/1"), json!({ "state": "closed" })).await;
    let cases = [
        ("", vec![3, 2]),
        ("?state=all", vec![3, 2, 1]),
        ("?state=closed", vec![1]),
        ("?state=all&sort=created&direction=asc", vec![1, 2, 3]),
        ("?state=all&sort=updated", vec![1, 3, 2]),
        ("?state=all&labels=Bug", vec![2, 1]),
        ("?state=all&labels=bug,x", vec![1]),
        ("?state=all&assignee=none", vec![3, 2]),
        ("?state=all&assignee=*", vec![1]),
        ("?state=all&assignee=mel", vec![1]),
        ("?milestone=1", vec![2]),
        ("?milestone=none", vec![3]),
        ("?creator=mel", vec![3]),
        ("?type=bug", vec![2]),
        ("?state=all&since=1970-01-01T00:00:00Z", vec![]),
    ];
    for (query, numbers) in cases {
        let (_, list) = api.get(&format!("{ISSUES}{query}")).await;
        assert_eq!(each(&list, "number"), numbers, "{query}");
    }
    let since = mel["created_at"].as_str().unwrap();
    let (_, later) = api.get(&format!("{ISSUES}?state=all&since={since}")).await;
    assert_eq!(each(&later, "number"), [1], "after, not at the moment");
    let refused = api.get(&format!("{ISSUES}?state=both")).await;
    assert_eq!(codes(&refused), (422, vec!["Issue.state: invalid".to_owned()]));
    let (_, mine) = api.by("mel", Method::GET, "/issues?state=all", None).await;
    assert_eq!((each(&mine, "number"), &mine[0]["repository"]["full_name"]), (vec![json!(1)], &json!("acme/web")));
}

#[tokio::test]
async fn links_lead_on_by_cursor_and_tell_no_last_page() {
    let api = Api::seeded(rows(5)).await;
    let response = api.response(Method::GET, &format!("{ISSUES}?per_page=2&direction=asc"), None).await;
    assert_eq!((link(&response, "last"), link(&response, "prev")), (None, None));
    let next = link(&response, "next").unwrap();
    assert!(next.contains("/repositories/") && next.contains("&page=2&after="), "{next}");
    // What comes and goes in front of the cursor moves nothing.
    api.server.delete_issue("acme/web", 1);
    let second = api.response(Method::GET, &next, None).await;
    let (third, back) = (link(&second, "next").unwrap(), link(&second, "prev").unwrap());
    assert_eq!(each(&answer(second).await.1, "number"), [3, 4]);
    let third = api.response(Method::GET, &third, None).await;
    assert_eq!(link(&third, "next"), None);
    assert_eq!(each(&answer(third).await.1, "number"), [5]);
    assert_eq!(each(&api.get(&back).await.1, "number"), [2]);
    assert_eq!(api.get(&format!("{ISSUES}?after=nonsense")).await.0, 422);
}

#[tokio::test]
async fn older_servers_tell_the_last_page() {
    let api = Api::with(FakeGitHub::builder().last_links(true).seed(read(&rows(5)))).await;
    let response = api.response(Method::GET, &format!("{ISSUES}?per_page=2"), None).await;
    assert!(link(&response, "last").unwrap().ends_with("page=3"));
    assert_eq!(each(&api.get(&format!("{ISSUES}?per_page=2&page=3")).await.1, "number"), [1]);
}

#[tokio::test]
async fn page_numbers_end_at_ten_thousand_rows() {
    let api = Api::seeded(rows(10_150)).await;
    let far = format!("{ISSUES}?per_page=100&page=99&direction=asc");
    let response = api.response(Method::GET, &far, None).await;
    let next = link(&response, "next").unwrap();
    let (status, refused) = api.get(&format!("{ISSUES}?per_page=100&page=100&direction=asc")).await;
    let message = refused["message"].as_str().unwrap();
    assert_eq!(status, 422);
    assert!(message.starts_with("Pagination with the page parameter is not supported for large datasets"), "{message}");
    let (mut address, mut last) = (Some(next), Value::Null);
    while let Some(next) = address.take() {
        let response = api.response(Method::GET, &next, None).await;
        address = link(&response, "next");
        last = answer(response).await.1;
    }
    assert_eq!(each(&last, "number").last().unwrap(), 10_150);
    assert_eq!(last.as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_and_not_counted() {
    let api = Api::seeded(rows(3)).await;
    let first = api.response(Method::GET, ISSUES, None).await;
    let tag = first.headers()["etag"].clone();
    let left = first.headers()["x-ratelimit-remaining"].clone();
    let again =
        || api.request(Method::GET, ISSUES).bearer_auth(api.server.token()).header("if-none-match", &tag).send();
    let same = again().await.unwrap();
    assert_eq!((same.status().as_u16(), &same.headers()["x-ratelimit-remaining"]), (304, &left));
    assert_eq!(same.headers()["etag"], tag);
    assert!(same.bytes().await.unwrap().is_empty());
    api.patch(&format!("{ISSUES}/2"), json!({ "title": "Changed" })).await;
    assert_eq!(again().await.unwrap().status(), 200);
}

#[tokio::test]
async fn other_lists_tell_all_pages() {
    let api = Api::web().await;
    let response = api.response(Method::GET, "/repos/acme/web/labels?per_page=4&page=2", None).await;
    let ends = ["prev", "next", "last", "first"].map(|rel| link(&response, rel).unwrap());
    assert_eq!(ends.map(|link| link.chars().last().unwrap()), ['1', '3', '3', '1']);
    assert_eq!(answer(response).await.1.as_array().unwrap().len(), 4);
}
