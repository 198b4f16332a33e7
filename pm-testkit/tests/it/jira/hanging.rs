//! Links, properties and logged work: what hangs on issues.

use reqwest::Method;
use serde_json::json;

use super::{Api, doc};

async fn two() -> Api {
    let api = Api::web().await;
    api.issue(json!({ "summary": "Blocker" })).await;
    api.issue(json!({ "summary": "Blocked" })).await;
    api
}

fn blocks() -> serde_json::Value {
    json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": "WEB-1" }, "outwardIssue": { "id": "10001" } })
}

#[tokio::test]
async fn the_inward_issue_is_the_one_that_blocks() {
    let api = two().await;
    let (status, body) = api.post("/issueLink", blocks()).await;
    assert_eq!((status, body), (201, json!(null)));
    let first = api.fields("WEB-1").await["issuelinks"][0].clone();
    assert_eq!((&first["outwardIssue"]["key"], first.get("inwardIssue")), (&json!("WEB-2"), None));
    assert_eq!(first["type"]["outward"], "blocks");
    let second = api.fields("WEB-2").await["issuelinks"][0].clone();
    assert_eq!((&second["inwardIssue"]["key"], second.get("outwardIssue")), (&json!("WEB-1"), None));
    let (_, link) = api.get(&format!("/issueLink/{}", first["id"].as_str().unwrap())).await;
    assert_eq!((&link["inwardIssue"]["key"], &link["outwardIssue"]["key"]), (&json!("WEB-1"), &json!("WEB-2")));
}

#[tokio::test]
async fn a_second_link_of_the_kind_is_the_first_one() {
    let api = two().await;
    let mut with = blocks();
    with["comment"] = json!({ "body": doc("because") });
    assert_eq!(api.post("/issueLink", blocks()).await.0, 201);
    assert_eq!(api.post("/issueLink", with).await.0, 201);
    let fields = api.fields("WEB-2").await;
    assert_eq!(fields["issuelinks"].as_array().unwrap().len(), 1);
    assert_eq!(fields["comment"]["total"], 1);
}

#[tokio::test]
async fn links_need_a_type_and_two_issues() {
    let api = two().await;
    let link = |kind: &str, from: &str, to: &str| json!({ "type": { "name": kind }, "inwardIssue": { "key": from }, "outwardIssue": { "key": to } });
    assert_eq!(api.post("/issueLink", link("Hugs", "WEB-1", "WEB-2")).await.0, 404);
    assert_eq!(api.post("/issueLink", link("Blocks", "WEB-1", "WEB-9")).await.0, 404);
    assert_eq!(api.post("/issueLink", link("Blocks", "WEB-1", "WEB-1")).await.0, 400);
    let (_, kinds) = api.get("/issueLinkType").await;
    assert_eq!(kinds["issueLinkTypes"][0]["inward"], "is blocked by");
    assert_eq!(api.get("/issueLink/x").await.0, 400);
    assert_eq!(api.delete("/issueLink/99").await.0, 404);
}

#[tokio::test]
async fn a_deleted_link_is_gone_from_both_ends() {
    let api = two().await;
    api.post("/issueLink", blocks()).await;
    let id = api.fields("WEB-1").await["issuelinks"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(api.delete(&format!("/issueLink/{id}")).await.0, 204);
    assert_eq!(api.fields("WEB-2").await["issuelinks"], json!([]));
    assert_eq!(api.get(&format!("/issueLink/{id}")).await.0, 404);
}

#[tokio::test]
async fn properties_of_issues_are_invisible_json() {
    let api = two().await;
    assert_eq!(api.put("/issue/WEB-1/properties/pm", json!({ "a": [1] })).await.0, 201);
    assert_eq!(api.put("/issue/10000/properties/pm", json!("new")).await.0, 200);
    assert_eq!(api.get("/issue/WEB-1/properties/pm").await, (200, json!({ "key": "pm", "value": "new" })));
    let (_, shown) = api.get("/issue/WEB-1?properties=pm&fields=summary").await;
    assert_eq!(shown["properties"], json!({ "pm": "new" }));
    let (_, keys) = api.get("/issue/WEB-1/properties").await;
    assert_eq!(keys["keys"][0]["key"], "pm");
    assert_eq!(api.put("/issue/WEB-1/properties/big", json!("x".repeat(32_768))).await.0, 400);
    assert_eq!(api.delete("/issue/WEB-1/properties/pm").await.0, 204);
    assert_eq!(api.get("/issue/WEB-1/properties/pm").await.0, 404);
    assert_eq!(api.as_nobody("/issue/WEB-1/properties").await.0, 404);
}

#[tokio::test]
async fn properties_of_projects_are_for_their_administrators() {
    let api = two().await;
    assert_eq!(api.put("/project/WEB/properties/pm", json!({ "a": 1 })).await.0, 201);
    assert_eq!(api.get("/project/10000/properties/pm").await.1["value"], json!({ "a": 1 }));
    assert_eq!(api.as_mel(Method::GET, "/project/WEB/properties", None).await.1["keys"][0]["key"], "pm");
    assert_eq!(api.as_mel(Method::PUT, "/project/WEB/properties/pm", Some(json!(2))).await.0, 403);
    assert_eq!(api.delete("/project/WEB/properties/pm").await.0, 204);
    assert_eq!(api.delete("/project/WEB/properties/pm").await.0, 404);
}

#[tokio::test]
async fn logged_work_adds_up_and_eats_the_estimate() {
    let api = two().await;
    let estimate = json!({ "fields": { "timetracking": { "originalEstimate": "5h", "remainingEstimate": "5h" } } });
    assert_eq!(api.put("/issue/WEB-1", estimate).await.0, 204);
    let logged = json!({ "timeSpent": "1h 30m", "started": "2026-11-20T09:00:00.000+0000", "comment": doc("dug") });
    let (status, made) = api.post("/issue/WEB-1/worklog", logged).await;
    assert_eq!((status, &made["timeSpentSeconds"], &made["issueId"]), (201, &json!(5400), &json!("10000")));
    let fields = api.fields("WEB-1").await;
    assert_eq!((&fields["timespent"], &fields["timeestimate"]), (&json!(5400), &json!(12_600)));
    assert_eq!(fields["worklog"]["total"], 1);
    let one = format!("/issue/WEB-1/worklog/{}", made["id"].as_str().unwrap());
    let left = format!("{one}?adjustEstimate=leave");
    assert_eq!(api.put(&left, json!({ "timeSpentSeconds": 7200 })).await.1["timeSpent"], "2h");
    assert_eq!(api.fields("WEB-1").await["timeestimate"], 12_600);
    assert_eq!(api.as_mel(Method::DELETE, &one, None).await.0, 400);
    assert_eq!(api.delete(&one).await.0, 204);
    assert_eq!(api.fields("WEB-1").await["timespent"], json!(null));
    assert_eq!(api.post("/issue/WEB-1/worklog", json!({ "timeSpent": "soon" })).await.0, 400);
}

#[tokio::test]
async fn changed_worklogs_are_listed_after_a_minute() {
    let api = two().await;
    api.post("/issue/WEB-1/worklog", json!({ "timeSpentSeconds": 60 })).await;
    let (_, page) = api.get("/worklog/updated?since=0").await;
    assert_eq!((&page["values"], &page["lastPage"]), (&json!([]), &json!(true)));
    let (status, list) = api.post("/worklog/list", json!({ "ids": [10000, 5] })).await;
    assert_eq!((status, list.as_array().unwrap().len()), (200, 1));
    assert_eq!(api.post("/worklog/list", json!({ "ids": [] })).await.0, 400);
}
