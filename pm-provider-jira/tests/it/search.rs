//! Listing issues, on the wire.

use chrono::DateTime;
use pm_provider::{ErrorKind, PmProvider, PmProviderExt, StatusCategory, TaskQuery};
use pm_provider_jira::{Flavor, JiraProvider};
use serde_json::{Value, json};
use std::sync::Arc;
use wiremock::matchers::{body_partial_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::site::Site;
use crate::support::{ann, answer, answer_once, bodies, cloud, count, data_center};

const SEARCH: &str = "/rest/api/3/search/jql";
const SERVER_SEARCH: &str = "/rest/api/2/search";

fn issue(id: u64, second: u64) -> Value {
    json!({ "id": id.to_string(), "key": format!("WEB-{id}"), "fields": {
        "summary": format!("number {id}"), "project": { "id": "10000", "key": "WEB" },
        "issuetype": { "id": "3", "name": "Task", "subtask": false },
        "status": { "id": "1", "name": "To Do", "statusCategory": { "key": "new" } },
        "created": format!("2026-01-01T00:00:{second:02}.000+0000"),
        "updated": format!("2026-01-01T00:00:{second:02}.000+0000") } })
}

async fn dictionaries(server: &MockServer, flavor: Flavor) {
    let version = if flavor == Flavor::Cloud { 3 } else { 2 };
    let at = |name: &str| format!("/rest/api/{version}/{name}");
    answer(server, "GET", &at("field"), 200, json!([])).await;
    answer(server, "GET", &at("priority"), 200, json!([{ "id": "1", "name": "High" }])).await;
    let statuses = json!([{ "id": "1", "name": "To Do", "statusCategory": { "key": "new" } },
        { "id": "5", "name": "Done", "statusCategory": { "key": "done" } }]);
    answer(server, "GET", &at("status"), 200, statuses).await;
    answer(server, "GET", &at("myself"), 200, ann(flavor)).await;
}

async fn site() -> (MockServer, Arc<JiraProvider>) {
    let (server, provider) = cloud().await;
    dictionaries(&server, Flavor::Cloud).await;
    (server, Arc::new(provider))
}

async fn token_page(server: &MockServer, before: Option<&str>, answer: Value) {
    let reply = ResponseTemplate::new(200).set_body_json(answer);
    let mock = Mock::given(method("POST")).and(path(SEARCH));
    match before {
        Some(token) => {
            mock.and(body_partial_json(json!({ "nextPageToken": token }))).respond_with(reply).with_priority(1)
        }
        None => mock.respond_with(reply).with_priority(5),
    }
    .mount(server)
    .await;
}

#[tokio::test]
async fn trap_the_new_search_names_its_fields_is_bounded_and_knows_no_offset() {
    let (server, provider) = site().await;
    token_page(&server, None, json!({ "issues": [issue(1, 1)], "nextPageToken": "a+/=", "isLast": false })).await;
    token_page(&server, Some("a+/="), json!({ "issues": [issue(2, 2)], "isLast": true })).await;
    let tasks = provider.list_tasks(TaskQuery::new()).await.unwrap();
    assert_eq!(tasks.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    let first = json!({ "jql": "created >= 0 ORDER BY created ASC, key ASC", "maxResults": 100,
        "fields": ["*all", "-comment", "-worklog"] });
    let mut second = first.clone();
    second["nextPageToken"] = json!("a+/=");
    assert_eq!(bodies(&server, "POST").await, [first, second]);
    assert_eq!(count(&server, "POST", "/rest/api/3/search").await, 0, "the old search is gone");
}

#[tokio::test]
async fn trap_tokens_that_go_round_in_circles_end_the_listing() {
    for (after, next) in [("a", "a"), ("b", "a")] {
        let (server, provider) = site().await;
        token_page(&server, None, json!({ "issues": [issue(1, 1)], "nextPageToken": "a" })).await;
        token_page(&server, Some("a"), json!({ "issues": [issue(2, 2)], "nextPageToken": after })).await;
        token_page(&server, Some("b"), json!({ "issues": [issue(3, 3)], "nextPageToken": next })).await;
        let error = provider.list_tasks(TaskQuery::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error}");
    }
}

#[tokio::test]
async fn trap_a_page_ends_a_listing_only_without_a_token() {
    let (server, provider) = site().await;
    token_page(&server, None, json!({ "issues": [issue(1, 1)], "nextPageToken": "a", "isLast": false })).await;
    token_page(&server, Some("a"), json!({ "issues": [], "nextPageToken": "b" })).await;
    token_page(&server, Some("b"), json!({ "issues": [issue(3, 3)], "nextPageToken": "c", "isLast": true })).await;
    assert_eq!(provider.list_tasks(TaskQuery::new()).await.unwrap().len(), 2, "the last page says that it is it");
}

#[tokio::test]
async fn trap_nothing_found_is_believed_when_we_are_somebody() {
    let (server, provider) = cloud().await;
    answer(&server, "POST", SEARCH, 200, json!({ "issues": [], "isLast": true })).await;
    answer_once(&server, "GET", "/rest/api/3/myself", 401, json!({})).await;
    let error = provider.tasks_page(&TaskQuery::new(), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    answer(&server, "GET", "/rest/api/3/myself", 200, ann(Flavor::Cloud)).await;
    assert!(provider.tasks_page(&TaskQuery::new(), None).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn filters_are_said_in_jiras_language() {
    let (server, provider) = site().await;
    answer(&server, "POST", SEARCH, 200, json!({ "issues": [], "isLast": true })).await;
    let since = DateTime::from_timestamp_millis(1_732_877_091_123).unwrap();
    let query = TaskQuery::in_project("10000").sprint("7").assignee("5b:\"x\"").parent("12").updated_since(since);
    let query = query.statuses([StatusCategory::Done]).labels(["a\"b"]).text("red roof");
    provider.tasks_page(&query, None).await.unwrap();
    provider.tasks_page(&TaskQuery::new().without_sprint().unassigned().top_level(), None).await.unwrap();
    let sent = bodies(&server, "POST").await;
    let expected = concat!(
        r#"project = 10000 AND assignee = "5b:\"x\"" AND sprint = 7 AND parent = 12 AND status in (5) AND "#,
        r#"labels = "a\"b" AND (summary ~ "red" OR description ~ "red") AND "#,
        r#"(summary ~ "roof" OR description ~ "roof") AND updated >= 1732877091123 ORDER BY created ASC, key ASC"#
    );
    assert_eq!(sent[0]["jql"], expected);
    let sprint = "(sprint is EMPTY OR (sprint not in (openSprints(), futureSprints()) AND status in (1)))";
    let empty = &format!("assignee is EMPTY AND {sprint} AND parent is EMPTY ORDER BY created ASC, key ASC");
    assert_eq!(sent[1]["jql"], *empty);
}

#[tokio::test]
async fn what_no_issue_can_have_is_not_asked_for() {
    let (server, provider) = site().await;
    for query in [
        TaskQuery::in_project("WEB"),
        TaskQuery::new().sprint("none"),
        TaskQuery::new().parent("WEB-1"),
        TaskQuery::new().statuses([StatusCategory::Cancelled]),
        TaskQuery::new().text("-- !"),
        TaskQuery::new().key("no key"),
    ] {
        assert!(provider.tasks_page(&query, None).await.unwrap().items.is_empty(), "{query:?}");
    }
    assert_eq!(count(&server, "POST", SEARCH).await, 0);
}

#[tokio::test]
async fn trap_a_value_that_is_not_there_is_refused_and_means_nothing_found() {
    let (server, provider) = site().await;
    let refusal = json!({ "errorMessages": ["The value '10000' does not exist for the field 'project'."] });
    answer(&server, "POST", SEARCH, 400, refusal).await;
    answer_once(&server, "GET", "/rest/api/3/project/10000", 404, json!({ "errorMessages": ["No project"] })).await;
    let page = provider.tasks_page(&TaskQuery::in_project("10000"), None).await.unwrap();
    assert!(page.items.is_empty());
    let error = provider.tasks_page(&TaskQuery::new(), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "a query of nothing that may be missing is told");
}

#[tokio::test]
async fn trap_labels_and_sprints_are_found_coarser_than_asked() {
    let (server, provider) = site().await;
    let mut exact = issue(1, 1);
    exact["fields"]["labels"] = json!(["Paint"]);
    let mut other = issue(2, 2);
    other["fields"]["labels"] = json!(["paint"]);
    answer(&server, "POST", SEARCH, 200, json!({ "issues": [exact, other], "isLast": true })).await;
    let page = provider.tasks_page(&TaskQuery::new().labels(["paint"]), None).await.unwrap();
    assert_eq!(page.items.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["2"]);
    assert_eq!(page.total, None);
}

#[tokio::test]
async fn trap_an_old_key_leads_to_an_issue_that_was_moved() {
    let (server, provider) = site().await;
    answer(&server, "GET", "/rest/api/3/issue/OLD-3", 200, issue(7, 1)).await;
    answer(&server, "GET", "/rest/api/3/issue/7", 200, issue(7, 1)).await;
    let page = provider.tasks_page(&TaskQuery::new().key("old-3"), None).await.unwrap();
    assert_eq!((page.items[0].id.as_str(), page.items[0].key.as_deref()), ("7", Some("WEB-7")));
    assert_eq!(provider.get_task(&"7".into()).await.unwrap().key.as_deref(), Some("WEB-7"));
    let error = provider.get_task(&"OLD-3".into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "a key is no id: it may lead to another issue tomorrow");
}

#[tokio::test]
async fn data_center_is_asked_by_offset_from_the_second_of_the_last_issue_on() {
    let (server, provider) = data_center().await;
    dictionaries(&server, Flavor::DataCenter).await;
    let page =
        |issues: Vec<Value>, total: u64| json!({ "startAt": 0, "maxResults": 2, "total": total, "issues": issues });
    answer_once(&server, "POST", SERVER_SEARCH, 200, page(vec![issue(1, 1), issue(2, 2)], 3)).await;
    let query = TaskQuery::new().page_size(2_u32);
    let first = provider.tasks_page(&query, None).await.unwrap();
    assert_eq!((first.items.len(), first.total), (2, Some(3)));
    answer(&server, "POST", SERVER_SEARCH, 200, page(vec![issue(2, 2), issue(3, 2)], 2)).await;
    let second = provider.tasks_page(&query, first.next).await.unwrap();
    assert_eq!(second.items.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["3"]);
    assert!(second.next.is_none() && second.total == Some(3));
    let sent = bodies(&server, "POST").await;
    assert_eq!((&sent[0]["startAt"], &sent[1]["startAt"]), (&json!(0), &json!(0)));
    assert_eq!(sent[1]["jql"], "created >= 1767225602000 ORDER BY created ASC, key ASC");
}

#[tokio::test]
async fn trap_what_was_just_written_is_found_though_the_index_lags() {
    let site = Site::cloud().await;
    let task = site.task("fresh").await;
    let found = site.provider.list_tasks(TaskQuery::in_project(&site.project)).await.unwrap();
    assert_eq!(found.len(), 1);
    site.provider.delete_task(&task.id, pm_provider::DeleteOptions::new()).await.unwrap();
    assert!(site.provider.list_tasks(TaskQuery::in_project(&site.project)).await.unwrap().is_empty());
}

#[tokio::test]
async fn on_data_center_nothing_is_lost_when_issues_go_while_they_are_listed() {
    let site = Site::data_center().await;
    let mut tasks = Vec::new();
    for number in 0..7 {
        tasks.push(site.task(&format!("number {number}")).await);
    }
    let query = TaskQuery::in_project(&site.project).page_size(2_u32);
    let first = site.provider.tasks_page(&query, None).await.unwrap();
    for gone in &tasks[..2] {
        site.provider.delete_task(&gone.id, pm_provider::DeleteOptions::new()).await.unwrap();
    }
    let (mut rest, mut cursor) = (Vec::new(), first.next);
    while let Some(at) = cursor {
        let page = site.provider.tasks_page(&query, Some(at)).await.unwrap();
        rest.extend(page.items.into_iter().map(|task| task.id));
        cursor = page.next;
    }
    assert_eq!(rest, tasks[2..].iter().map(|task| task.id.clone()).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_epic_that_is_hidden_from_us_spoils_no_read() {
    let (server, provider) = data_center().await;
    let schema = json!({ "type": "any", "custom": "com.pyxis.greenhopper.jira:gh-epic-link" });
    let epic_link = json!([{ "id": "customfield_10014", "name": "Epic Link", "schema": schema }]);
    answer(&server, "GET", "/rest/api/2/field", 200, epic_link).await;
    dictionaries(&server, Flavor::DataCenter).await;
    let with_epic = |id: u64, epic: &str| {
        let mut issue = issue(id, id);
        issue["fields"]["customfield_10014"] = json!(epic);
        issue
    };
    let refused = json!({ "errorMessages": ["An issue with key 'B-7' does not exist for field 'key'."], "errors": {} });
    answer(&server, "POST", SERVER_SEARCH, 400, refused).await;
    let page = json!({ "issues": [with_epic(1, "A-1"), with_epic(2, "B-7")], "total": 2 });
    let reply = ResponseTemplate::new(200).set_body_json(page);
    let listing = Mock::given(method("POST"))
        .and(path(SERVER_SEARCH))
        .and(body_partial_json(json!({ "fields": ["*all", "-comment", "-worklog"] })));
    listing.respond_with(reply).with_priority(1).mount(&server).await;
    answer(&server, "GET", "/rest/api/2/issue/A-1", 200, issue(10, 1)).await;
    answer(&server, "GET", "/rest/api/2/issue/B-7", 404, json!({ "errorMessages": ["Issue does not exist"] })).await;
    for _ in 0..2 {
        let tasks = provider.tasks_page(&TaskQuery::new(), None).await.unwrap().items;
        let parents: Vec<_> =
            tasks.iter().map(|task| task.parent_task_id.as_ref().map(pm_provider::TaskId::as_str)).collect();
        assert_eq!(parents, [Some("10"), None]);
    }
    assert_eq!(count(&server, "GET", "/rest/api/2/issue/B-7").await, 1, "it is not asked for with each page");
}
