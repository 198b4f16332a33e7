//! What queries find.

use pm_testkit::jira::FakeJira;
use serde_json::{Value, json};

use super::{Api, doc, read, whole};

fn site() -> Value {
    json!({
        "users": [{ "name": "grace", "display_name": "Grace Hopper" }],
        "custom_fields": [{ "name": "Region", "kind": "select", "options": ["North", "South"] }],
        "projects": [
            { "key": "WEB", "name": "Website", "boards": [{ "name": "b", "sprints": [
                { "name": "Now", "state": "active" }, { "name": "Old", "state": "closed" }
            ] }], "issues": [
                { "summary": "Paint the fence", "type": "Story", "labels": ["blue", "fast"], "priority": "High",
                  "assignee": "grace", "due": "2026-11-20", "sprint": "Now", "created": "2026-11-01T10:00:30Z",
                  "description": "Use windows-blue paint" },
                { "summary": "Buy paint", "type": "Subtask", "parent": "Paint the fence", "status": "Done",
                  "resolution": "Done", "created": "2026-11-02T10:00:00Z" },
                { "summary": "Repaint windows", "labels": ["blue"], "priority": "Low", "sprint": "Old",
                  "created": "2026-11-03T10:00:00Z", "comments": ["a phrase of three words"] }
            ] },
            { "key": "AS", "name": "Assets", "issues": [{ "summary": "Other", "created": "2026-11-04T10:00:00Z" }] }
        ]
    })
}

async fn api() -> Api {
    Api::with(FakeJira::builder().seed(read(&site())).rate_limits(false)).await
}

async fn finds(api: &Api, jql: &str, expected: &[&str]) {
    assert_eq!(api.found(&format!("({jql}) ORDER BY created ASC")).await, expected, "{jql}");
}

async fn refuses(api: &Api, jql: &str, message: &str) {
    let refused = api.post("/search/jql", json!({ "jql": jql })).await;
    assert_eq!(whole(&refused), (400, message), "{jql}");
}

#[tokio::test]
async fn rows_are_found_by_name_key_and_id() {
    let api = api().await;
    finds(&api, "project = web", &["WEB-1", "WEB-2", "WEB-3"]).await;
    finds(&api, "project in (10001, Website)", &["WEB-1", "WEB-2", "WEB-3", "AS-1"]).await;
    finds(&api, "project = \"AS\"", &["AS-1"]).await;
    finds(&api, "type = story or issuetype in subTaskIssueTypes()", &["WEB-1", "WEB-2"]).await;
    finds(&api, "key in (web-1, 10003) or id = 10001", &["WEB-1", "WEB-2", "AS-1"]).await;
    finds(&api, "key > WEB-1", &["WEB-2", "WEB-3"]).await;
    finds(&api, "parent = WEB-1 or parent = 10000", &["WEB-2"]).await;
    finds(&api, "status = Done and statusCategory = done and resolution = Done", &["WEB-2"]).await;
    finds(&api, "resolution = Unresolved and project = WEB", &["WEB-1", "WEB-3"]).await;
    finds(&api, "priority > Medium", &["WEB-1"]).await;
    finds(&api, "assignee = 'Grace Hopper'", &["WEB-1"]).await;
    finds(&api, "creator = currentUser() and labels = fast", &["WEB-1"]).await;
}

#[tokio::test]
async fn sprints_are_found_with_their_history() {
    let api = api().await;
    finds(&api, "sprint = 1", &["WEB-1"]).await;
    finds(&api, "sprint in openSprints()", &["WEB-1"]).await;
    finds(&api, "sprint = Old", &["WEB-3"]).await;
    finds(&api, "sprint is empty and project = WEB", &["WEB-2"]).await;
}

#[tokio::test]
async fn what_is_empty_is_neither_equal_nor_different() {
    let api = api().await;
    finds(&api, "labels != fast", &["WEB-3"]).await;
    finds(&api, "not labels = fast", &["WEB-3"]).await;
    finds(&api, "labels not in (fast, slow)", &["WEB-3"]).await;
    finds(&api, "labels is empty", &["WEB-2", "AS-1"]).await;
    finds(&api, "labels in (fast, EMPTY)", &["WEB-1", "WEB-2", "AS-1"]).await;
    finds(&api, "not (labels is not empty or project = 'AS')", &["WEB-2"]).await;
    finds(&api, "not (assignee is empty and due is empty)", &["WEB-1"]).await;
    finds(&api, "not due > '2026-11-19'", &[]).await;
}

#[tokio::test]
async fn words_are_found_and_parts_of_words_are_not() {
    let api = api().await;
    finds(&api, "summary ~ paint", &["WEB-1", "WEB-2"]).await;
    finds(&api, "summary ~ 'pain*'", &["WEB-1", "WEB-2"]).await;
    finds(&api, "summary ~ PAI", &[]).await;
    finds(&api, "summary ~ 'fence paint'", &["WEB-1"]).await;
    finds(&api, r#"summary ~ "\"fence paint\"""#, &[]).await;
    finds(&api, r#"summary ~ "\"the fence\"""#, &["WEB-1"]).await;
    finds(&api, "text ~ windows", &["WEB-1", "WEB-3"]).await;
    finds(&api, "description ~ 'windows-blue'", &["WEB-1"]).await;
    finds(&api, r#"comment ~ "\"phrase of\"""#, &["WEB-3"]).await;
    finds(&api, "summary !~ paint", &["WEB-3", "AS-1"]).await;
    finds(&api, "description !~ paint", &[]).await;
    refuses(&api, "text ~ 'foo('", "Unable to parse the text 'foo(' for field 'text'.").await;
    finds(&api, r"text ~ 'foo\\('", &[]).await;
}

#[tokio::test]
async fn dates_are_milliseconds_or_minutes_in_the_users_zone() {
    let api = api().await;
    finds(&api, "created >= 1793527230000 and created < 1793527231000", &["WEB-1"]).await;
    finds(&api, "created > '2026-11-01 10:00' and created <= '2026/11/02 10:00'", &["WEB-1", "WEB-2"]).await;
    finds(&api, "created >= '2026-11-04'", &["AS-1"]).await;
    finds(&api, "due = '2026-11-20' and due >= '2026/11/20'", &["WEB-1"]).await;
    finds(&api, "updated <= now() and created >= -5200w and project = WEB", &["WEB-1", "WEB-2", "WEB-3"]).await;
    let mel = |jql: &str| json!({ "jql": jql, "fields": ["key"] });
    // Mel's profile says half past five hours before Greenwich.
    let (_, found) = api.as_mel(reqwest::Method::POST, "/search/jql", Some(mel("created = '2026-11-04 15:30'"))).await;
    assert_eq!(super::keys(&found), ["AS-1"]);
    let formats = "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a \
                   period format e.g. '-5d', '4w 2d'.";
    for wrong in ["2026-11-04T10:00:00Z", "2026-11-04 10:00:30", "yesterday"] {
        let message = format!("Date value '{wrong}' for field 'updated' is invalid. {formats}");
        refuses(&api, &format!("updated >= '{wrong}'"), &message).await;
    }
    refuses(
        &api,
        "created > startOfDay(soon)",
        "Duration for function 'startOfDay' should have the format (+/-)n(yMwdm), e.g -1M for 1 month earlier.",
    )
    .await;
}

#[tokio::test]
async fn custom_fields_have_names_and_numbers() {
    let api = api().await;
    let (region, points) = (api.field("Region").await, api.field("Story Points").await);
    let key =
        api.issue(json!({ region.clone(): { "value": "North" }, points.clone(): 3, "description": doc("x") })).await;
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    let number = |field: &str| field.trim_start_matches("customfield_").to_owned();
    finds(&api, "Region = north", &[&key]).await;
    finds(&api, &format!("cf[{}] in (North)", number(&region)), &[&key]).await;
    finds(&api, "'Story Points' >= 3 and 'story points' < 3.5", &[&key]).await;
    finds(&api, "\"Start date\" is empty and project = 'AS'", &["AS-1"]).await;
    refuses(&api, "Region = East", "The option 'East' for field 'Region' does not exist.").await;
    refuses(&api, "'Story Points' = many", "Value 'many' for the 'Story Points' field is not a valid number.").await;
    refuses(&api, "cf[1] = 1", "Field 'cf[1]' does not exist or you do not have permission to view it.").await;
}

#[tokio::test]
async fn what_does_not_exist_is_refused() {
    let api = api().await;
    refuses(&api, "nope = 1", "Field 'nope' does not exist or you do not have permission to view it.").await;
    refuses(&api, "project = NOPE", "The value 'NOPE' does not exist for the field 'project'.").await;
    refuses(&api, "status = 77", "A value with ID '77' does not exist for the field 'status'.").await;
    refuses(&api, "assignee = nobody", "The value 'nobody' does not exist for the field 'assignee'.").await;
    refuses(&api, "key = WEB-99", "An issue with key 'WEB-99' does not exist for field 'key'.").await;
    refuses(&api, "key in (0.0)", "The issue key '0.0' for field 'key' is invalid.").await;
    refuses(&api, "id = 99", "A value with ID '99' does not exist for the field 'id'.").await;
    refuses(&api, "assignee = bogus()", "Unable to find JQL function 'bogus()'.").await;
    refuses(&api, "project ~ WEB", "The operator '~' is not supported by the 'project' field.").await;
    refuses(&api, "summary = x", "The operator '=' is not supported by the 'summary' field.").await;
    refuses(&api, "project = WEB order by text", "Not able to sort using field 'text'.").await;
    refuses(&api, "created > now(1)", "Function 'now' expected '0' arguments but received '1'.").await;
    refuses(
        &api,
        "issue.property[pm].key = x",
        "Field 'issue.property[pm].key' does not exist or you do not have permission to view it.",
    )
    .await;
    let (_, both) = api.post("/search/jql", json!({ "jql": "nope = 1 or project = NOPE" })).await;
    assert_eq!(both["errorMessages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_order_is_what_the_query_says() {
    let api = api().await;
    let by = |order: &str| format!("project in (WEB, \"AS\") ORDER BY {order}");
    assert_eq!(api.found(&by("priority DESC, key ASC")).await, ["WEB-1", "AS-1", "WEB-2", "WEB-3"]);
    assert_eq!(api.found(&by("created")).await, ["AS-1", "WEB-3", "WEB-2", "WEB-1"]);
    assert_eq!(api.found(&by("summary")).await, ["WEB-2", "AS-1", "WEB-1", "WEB-3"]);
    assert_eq!(api.found(&by("due ASC, id DESC")).await, ["WEB-1", "WEB-3", "WEB-2", "AS-1"]);
    assert_eq!(api.found(&by("Rank")).await, ["WEB-1", "WEB-2", "WEB-3", "AS-1"]);
}
