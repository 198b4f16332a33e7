//! Deleting what has contents: nothing is deleted that was not meant, and nothing is kept silent.

use std::sync::Mutex;
use std::time::Duration;

use pm_provider::{DeleteOptions, Effect, ErrorKind, NewTask, PMTask, PmProvider, PmProviderExt, TaskQuery};
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::jira::{FakeJira, Seed};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, Request, Respond, ResponseTemplate};

use crate::site::Site;
use crate::support::{answer, cloud, count, data_center, queries};

async fn below(site: &Site, parent: &PMTask, title: &str) -> PMTask {
    site.provider.create_task(NewTask::new(&site.project, title).parent_task_id(&parent.id)).await.unwrap()
}

async fn epic(site: &Site) -> PMTask {
    site.provider.create_task(NewTask::new(&site.project, "Epic").task_type("Epic")).await.unwrap()
}

#[tokio::test]
async fn what_fails_after_children_were_deleted_is_partial() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let epic = epic(&site).await;
        for title in ["a", "b", "c"] {
            below(&site, &epic, title).await;
        }
        let refused = HttpFault::Status { status: 403, applied: false };
        site.server.faults().add(FaultRule::new(refused).method("DELETE").path("/issue/").nth(3).times(1));
        let error = site.provider.delete_task(&epic.id, DeleteOptions::with_contents()).await.unwrap_err();
        let Effect::Partial { id, applied, failed } = error.effect() else { panic!("{error:?}") };
        assert_eq!((id.as_str(), applied.len(), failed.len()), (epic.id.as_str(), 2, 1));
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert_eq!(site.provider.list_tasks(TaskQuery::in_project(&site.project)).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_child_that_somebody_else_deleted_is_no_failure() {
    let site = Site::cloud().await;
    let epic = epic(&site).await;
    below(&site, &epic, "a").await;
    let missing = HttpFault::Status { status: 404, applied: true };
    site.server.faults().add(FaultRule::new(missing).method("DELETE").path("/issue/").nth(1));
    site.provider.delete_task(&epic.id, DeleteOptions::with_contents()).await.unwrap();
    assert!(site.provider.list_tasks(TaskQuery::in_project(&site.project)).await.unwrap().is_empty());
}

#[tokio::test]
async fn everything_below_goes_along_however_many_levels_there_are() {
    let seed: Seed = r#"{
        "issue_types": [{ "name": "Initiative", "level": 2 }, { "name": "Epic", "level": 1 },
            { "name": "Task", "level": 0 }, { "name": "Subtask", "level": -1 }],
        "projects": [{ "key": "TOP", "name": "Top", "issues": [
            { "summary": "initiative", "type": "Initiative" },
            { "summary": "epic", "type": "Epic", "parent": "initiative" },
            { "summary": "story", "type": "Task", "parent": "epic" },
            { "summary": "part", "type": "Subtask", "parent": "story" },
            { "summary": "other", "type": "Task" }
        ] }]
    }"#
    .parse()
    .unwrap();
    let site = Site::of(FakeJira::builder().seed(seed)).await;
    let all = site.provider.list_tasks(TaskQuery::new()).await.unwrap();
    assert_eq!(all.len(), 5);
    let top = all.iter().find(|task| task.title == "initiative").unwrap();
    site.provider.delete_task(&top.id, DeleteOptions::with_contents()).await.unwrap();
    // The index lags, and Jira does not say which sub-tasks went along.
    tokio::time::sleep(Duration::from_millis(400)).await;
    let left = site.provider.list_tasks(TaskQuery::new()).await.unwrap();
    assert_eq!(left.iter().map(|task| task.title.as_str()).collect::<Vec<_>>(), ["other"]);
}

#[tokio::test]
async fn trap_a_sub_task_that_nobody_saw_is_not_deleted_along() {
    let (server, provider) = cloud().await;
    let at = "/rest/api/3/issue/10010";
    let fields = json!({ "summary": "x", "subtasks": [], "project": { "id": "10000" },
        "issuetype": { "id": "3", "name": "Task", "subtask": false, "hierarchyLevel": 0 } });
    answer(&server, "GET", at, 200, json!({ "id": "10010", "key": "WEB-1", "fields": fields })).await;
    let said = json!({ "errorMessages": ["The issue 'WEB-1' has subtasks."], "errors": {} });
    answer(&server, "DELETE", at, 400, said).await;
    let error = provider.delete_task(&"10010".into(), DeleteOptions::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted), "{error}");
    let sent = queries(&server, at).await;
    assert!(sent.iter().flatten().any(|(name, value)| name == "deleteSubtasks" && value == "false"), "{sent:?}");
}

#[tokio::test]
async fn trap_a_project_is_not_empty_because_the_index_shows_what_was_deleted_first() {
    let site = Site::of(FakeJira::builder().index_lag(Duration::from_secs(1))).await;
    let mut tasks = Vec::new();
    for number in 0..14 {
        tasks.push(site.task(&format!("number {number}")).await);
    }
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for gone in &tasks[..12] {
        site.provider.delete_task(&gone.id, DeleteOptions::new()).await.unwrap();
    }
    let error = site.provider.delete_project(&site.project, DeleteOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
}

/// A search by offset with two rows a page, of which the first one goes and another one comes after the first page.
struct Shifting(Mutex<Vec<u64>>);

impl Respond for Shifting {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let asked: Value = serde_json::from_slice(&request.body).unwrap();
        let since = asked["jql"].as_str().unwrap().split("created >= ").nth(1);
        let since = since.map_or(0, |rest| rest.split(' ').next().unwrap().parse::<u64>().unwrap());
        let mut ids = self.0.lock().unwrap();
        let found: Vec<u64> = ids.iter().copied().filter(|id| id * 1_000 >= since).collect();
        let start = usize::try_from(asked["startAt"].as_u64().unwrap()).unwrap();
        let row = |id: &u64| {
            json!({ "id": id.to_string(), "key": format!("WEB-{id}"), "fields": {
                "created": format!("1970-01-01T00:00:{id:02}.000+0000"),
                "issuetype": { "id": "3", "name": "Task", "subtask": false } } })
        };
        let rows: Vec<Value> = found.iter().skip(start).take(2).map(row).collect();
        let answer = json!({ "issues": rows, "total": found.len(), "startAt": start });
        if start == 0 && ids.contains(&1) {
            ids.retain(|id| *id != 1);
            ids.push(6);
        }
        ResponseTemplate::new(200).set_body_json(answer)
    }
}

#[tokio::test]
async fn no_child_is_missed_where_one_goes_and_one_comes_while_they_are_listed() {
    let (server, provider) = data_center().await;
    let schema = json!({ "type": "any", "custom": "com.pyxis.greenhopper.jira:gh-epic-link" });
    let epic_link = json!([{ "id": "customfield_10014", "name": "Epic Link", "schema": schema }]);
    answer(&server, "GET", "/rest/api/2/field", 200, epic_link).await;
    let fields = json!({ "summary": "x", "project": { "id": "10000" }, "issuetype": { "id": "1", "name": "Epic" } });
    answer(&server, "GET", "/rest/api/2/issue/100", 200, json!({ "id": "100", "key": "WEB-100", "fields": fields }))
        .await;
    let search = Mock::given(method("POST")).and(path("/rest/api/2/search"));
    search.respond_with(Shifting(Mutex::new((1..=5).collect()))).mount(&server).await;
    Mock::given(method("DELETE")).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    provider.delete_task(&"100".into(), DeleteOptions::with_contents()).await.unwrap();
    for id in [2, 3, 4, 5, 6, 100] {
        assert_eq!(count(&server, "DELETE", &format!("/rest/api/2/issue/{id}")).await, 1, "{id}");
    }
}
