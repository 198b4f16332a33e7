//! Searches.

use std::time::Duration;

use pm_testkit::jira::FakeJira;
use serde_json::{Value, json};

use super::{Api, keys, read, whole};

fn many(count: usize) -> Value {
    let issues: Vec<Value> = (0..count).map(|number| json!({ "summary": format!("Number {number}") })).collect();
    json!({ "projects": [{ "key": "WEB", "issues": issues }] })
}

#[tokio::test]
async fn the_old_search_is_gone() {
    let api = Api::web().await;
    for answer in [api.get("/search?jql=project=WEB").await, api.post("/search", json!({ "jql": "x" })).await] {
        assert_eq!(answer.0, 410);
        assert!(whole(&answer).1.contains("/rest/api/3/search/jql"));
    }
}

#[tokio::test]
async fn pages_follow_tokens_and_tell_no_total() {
    let api = Api::seeded(many(5)).await;
    let body = |token: Option<&Value>| json!({ "jql": "project = WEB ORDER BY key", "fields": ["summary"], "maxResults": 2, "nextPageToken": token });
    let (mut token, mut found, mut pages) = (None, Vec::new(), 0);
    loop {
        let (status, page) = api.post("/search/jql", body(token.as_ref())).await;
        assert_eq!(status, 200, "{page}");
        assert_eq!((page.get("total"), page.get("startAt")), (None, None));
        found.extend(keys(&page));
        pages += 1;
        token = page.get("nextPageToken").cloned();
        assert_eq!(page["isLast"], token.is_none());
        if token.is_none() {
            break;
        }
    }
    assert_eq!((pages, found), (3, ["WEB-1", "WEB-2", "WEB-3", "WEB-4", "WEB-5"].map(str::to_owned).to_vec()));
    let (status, _) = api.post("/search/jql", body(Some(&json!("made-up")))).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn without_fields_there_are_ids_alone_and_pages_with_fields_are_short() {
    let api = Api::with(FakeJira::builder().search_page_size(3).seed(read(&many(5)))).await;
    let (_, found) = api.post("/search/jql", json!({ "jql": "project = WEB ORDER BY key" })).await;
    assert_eq!(found["issues"][0], json!({ "id": "10000" }));
    assert_eq!(found["issues"].as_array().unwrap().len(), 5);
    let (_, found) = api.get("/search/jql?jql=project%20%3D%20WEB&fields=*all&maxResults=5").await;
    assert_eq!((found["issues"].as_array().unwrap().len(), found["isLast"].clone()), (3, json!(false)));
}

#[tokio::test]
async fn unbounded_and_misspelt_searches_are_refused() {
    let api = Api::web().await;
    for jql in ["", "ORDER BY created"] {
        let refused = api.post("/search/jql", json!({ "jql": jql })).await;
        assert!(whole(&refused).1.starts_with("Unbounded JQL queries are not allowed"), "{refused:?}");
    }
    let refused = api.post("/search/jql", json!({ "jql": "project = WEB", "startAt": 0 })).await;
    assert_eq!(whole(&refused).0, 400);
    let refused = api.post("/search/jql", json!({ "jql": "project = NONE" })).await;
    assert_eq!(whole(&refused), (400, "The value 'NONE' does not exist for the field 'project'."));
    assert_eq!(api.post("/search/approximate-count", json!({ "jql": "order by key" })).await.0, 400);
}

#[tokio::test]
async fn the_index_lags_behind_unless_issues_are_reconciled() {
    let api = Api::with(FakeJira::builder().index_lag(Duration::from_millis(400)).seed(read(&many(1)))).await;
    api.issue(json!({ "summary": "New" })).await;
    assert_eq!(api.put("/issue/WEB-1", json!({ "fields": { "summary": "Changed" } })).await.0, 204);
    let search = |more: Value| {
        let mut body = json!({ "jql": "project = WEB ORDER BY key", "fields": ["summary"] });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let (_, late) = api.post("/search/jql", search(json!({}))).await;
    assert_eq!(
        (keys(&late), late["issues"][0]["fields"]["summary"].as_str()),
        (vec!["WEB-1".to_owned()], Some("Number 0"))
    );
    let (_, now) = api.post("/search/jql", search(json!({ "reconcileIssues": [10_000, 10_001] }))).await;
    assert_eq!((keys(&now).len(), now["issues"][0]["fields"]["summary"].as_str()), (2, Some("Changed")));
    assert_eq!(api.get("/issue/WEB-2").await.0, 200);
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert_eq!(api.found("project = WEB").await.len(), 2);
    assert_eq!(api.post("/search/approximate-count", json!({ "jql": "project = WEB" })).await.1, json!({ "count": 2 }));
    // A deleted issue is found for a while, too.
    assert_eq!(api.delete("/issue/WEB-2").await.0, 204);
    assert_eq!(api.found("project = WEB").await.len(), 2);
    let many: Vec<u64> = (1..52).collect();
    assert_eq!(api.post("/search/jql", search(json!({ "reconcileIssues": many }))).await.0, 400);
}

#[tokio::test]
async fn what_the_framework_cannot_read_is_refused_before_anything_else() {
    let api = Api::web().await;
    let refused = api.get("/search/jql?jql=project%3DWEB&maxResults=many").await;
    let detail = "Failed to convert 'maxResults' with value: 'many'";
    assert_eq!((refused.0, refused.1["detail"].as_str()), (400, Some(detail)));
    let search = |more: Value| api.post("/search/jql", more);
    assert_eq!(search(json!({ "jql": "project = WEB", "maxResults": 0 })).await.0, 400);
    assert_eq!(search(json!({ "jql": "project = WEB", "maxResults": 5001 })).await.0, 400);
    // An explicit null is not "nothing".
    assert_eq!(search(json!({ "jql": "project = WEB", "reconcileIssues": null })).await.0, 500);
    let request = api.request(reqwest::Method::POST, "/search/jql").body("{}");
    let request = request.basic_auth(api.server.username(), Some(api.server.api_token()));
    let refused = super::answer(request.send().await.unwrap()).await;
    assert_eq!((refused.0, refused.1["title"].as_str()), (415, Some("Unsupported Media Type")));
}
