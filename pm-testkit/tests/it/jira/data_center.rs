//! Where Data Center differs.

use pm_testkit::jira::FakeJira;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, answer, keys, read, whole};

fn site() -> Value {
    json!({
        "users": [{ "name": "grace", "display_name": "Grace Hopper", "email": "g.hopper@example.net" }],
        "projects": [{ "key": "WEB", "name": "Website", "boards": [{ "name": "WEB board", "sprints": [
            { "name": "Now", "state": "active" }
        ] }], "issues": [
            { "summary": "First", "sprint": "Now", "assignee": "grace" },
            { "summary": "Second" }, { "summary": "Third" }
        ] }]
    })
}

async fn api() -> Api {
    Api::with(FakeJira::data_center_builder().seed(read(&site()))).await
}

#[tokio::test]
async fn the_server_says_what_it_is_and_takes_tokens_and_passwords() {
    let api = api().await;
    assert_eq!(api.get("/serverInfo").await.1["deploymentType"], "Server");
    let (status, me) = api.get("/myself").await;
    assert_eq!((status, &me["name"], me.get("accountId")), (200, &json!("admin"), None));
    let basic = api.request(Method::GET, "/myself").basic_auth(api.server.username(), Some(api.server.password()));
    assert_eq!(answer(basic.send().await.unwrap()).await.0, 200);
    let wrong = api.request(Method::GET, "/serverInfo").bearer_auth("wrong");
    assert_eq!(answer(wrong.send().await.unwrap()).await.0, 401);
}

#[tokio::test]
async fn what_cloud_has_is_not_there() {
    let api = api().await;
    assert_eq!(api.post("/search/jql", json!({ "jql": "project = WEB" })).await.0, 404);
    assert_eq!(api.get("//rest/api/3/myself").await.0, 404);
    assert_eq!(api.post("/issue/bulkfetch", json!({ "issueIdsOrKeys": ["WEB-1"] })).await.1, json!(null));
    assert_eq!(api.post("/comment/list", json!({ "ids": [1] })).await.1, json!(null));
    assert_eq!(api.get("/users/search").await.0, 404);
}

#[tokio::test]
async fn searches_have_offsets_and_totals_and_need_no_restriction() {
    let api = api().await;
    let body = json!({ "jql": "ORDER BY key", "startAt": 1, "maxResults": 1, "fields": ["summary"] });
    let (status, page) = api.post("/search", body).await;
    assert_eq!((status, keys(&page), &page["total"]), (200, vec!["WEB-2".to_owned()], &json!(3)));
    assert_eq!(page["issues"][0]["fields"], json!({ "summary": "Second" }));
    let (_, page) = api.get("/search?jql=project=WEB%20order%20by%20key&maxResults=0").await;
    assert_eq!((page["issues"].as_array().unwrap().len(), &page["total"]), (0, &json!(3)));
    let (_, page) = api.get("/search?jql=&maxResults=5000").await;
    assert_eq!(page["maxResults"], 1000);
}

#[tokio::test]
async fn members_of_cloud_are_refused() {
    let api = api().await;
    for member in ["properties", "fieldsByKeys", "nextPageToken", "reconcileIssues"] {
        let refused = api.post("/search", json!({ "jql": "", member: [] })).await;
        let begin =
            format!("Unrecognized field \"{member}\" (class com.atlassian.jira.rest.v2.search.SearchRequestBean)");
        assert!(whole(&refused).1.starts_with(&begin), "{refused:?}");
    }
}

#[tokio::test]
async fn wrong_queries_are_warnings_where_nobody_validates() {
    let api = api().await;
    let jql = "key in (WEB-1, WEB-99)";
    let refused = api.post("/search", json!({ "jql": jql })).await;
    assert_eq!(whole(&refused), (400, "An issue with key 'WEB-99' does not exist for field 'key'."));
    let (status, page) =
        api.post("/search", json!({ "jql": format!("{jql} OR key = WEB-2"), "validateQuery": false })).await;
    assert_eq!((status, page["warningMessages"].as_array().unwrap().len()), (200, 1));
}

#[tokio::test]
async fn users_have_names_and_keys() {
    let api = api().await;
    let (_, grace) = api.get("/user?username=grace").await;
    let key = grace["key"].as_str().unwrap();
    assert!(key.starts_with("JIRAUSER"));
    assert_eq!(api.get(&format!("/user?key={key}")).await.1["name"], "grace");
    assert_eq!(whole(&api.get("/user?username=nobody").await), (404, "The user named 'nobody' does not exist"));
    let (_, found) = api.get("/user/search?username=.").await;
    assert!(found.as_array().unwrap().len() >= 3, "{found}");
    let (_, found) = api.get("/user/assignable/search?project=WEB&username=hopper").await;
    assert_eq!(found[0]["name"], "grace");
    assert_eq!(keys(&api.get("/search?jql=assignee=grace").await.1), ["WEB-1"]);
    assert_eq!(api.get(&format!("/search?jql=assignee={key}")).await.0, 400);
}

#[tokio::test]
async fn texts_are_strings() {
    let api = api().await;
    let made = api.post("/issue/WEB-1/comment", json!({ "body": "h1. Hi" })).await;
    assert_eq!((made.0, &made.1["body"], made.1.get("jsdPublic")), (201, &json!("h1. Hi"), None));
    let refused = api.post("/issue/WEB-1/comment", json!({ "body": super::doc("x") })).await;
    assert_eq!(refused.0, 400);
    let (status, _) = api.put("/issue/WEB-1", json!({ "fields": { "description": "*bold*" } })).await;
    assert_eq!((status, &api.fields("WEB-1").await["description"]), (204, &json!("*bold*")));
}

#[tokio::test]
async fn boards_have_no_place_and_sprints_no_total() {
    let api = api().await;
    let (_, board) = api.get("//rest/agile/1.0/board/1").await;
    assert_eq!((&board["name"], board.get("location")), (&json!("WEB board"), None));
    let (_, projects) = api.get("//rest/agile/1.0/board/1/project").await;
    assert_eq!(projects["values"][0]["key"], "WEB");
    let (_, sprints) = api.get("//rest/agile/1.0/board/1/sprint").await;
    assert_eq!((sprints.get("total"), &sprints["isLast"]), (None, &json!(true)));
    let field = api.field("Sprint").await;
    let fields = api.fields("WEB-1").await;
    let text = fields[&field][0].as_str().unwrap();
    assert!(text.contains("[id=1,") && text.contains("state=ACTIVE"), "{text}");
}

#[tokio::test]
async fn create_metadata_is_a_list_of_values() {
    let api = api().await;
    let (_, types) = api.get("/issue/createmeta/WEB/issuetypes?maxResults=2").await;
    assert_eq!((types["values"].as_array().unwrap().len(), &types["isLast"]), (2, &json!(false)));
    let id = types["values"][0]["id"].as_str().unwrap();
    let (_, fields) = api.get(&format!("/issue/createmeta/10000/issuetypes/{id}?maxResults=200")).await;
    let fields = fields["values"].as_array().unwrap();
    assert!(fields.iter().any(|field| field["fieldId"] == "summary" && field["required"] == true));
}
