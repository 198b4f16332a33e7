//! Creating and changing tasks.

use pm_testkit::clickup::FakeClickUp;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, code, named};

#[tokio::test]
async fn a_new_task_is_as_it_was_asked_for() {
    let api = Api::new().await;
    let ada = api.server.user_id("ada").unwrap().parse::<u64>().unwrap();
    let body = json!({
        "name": "Paint", "markdown_content": "# Why\n**Rust**", "description": "ignored", "status": "In Progress",
        "priority": 2, "assignees": [ada], "tags": ["Red Paint"], "points": 3, "time_estimate": 3_600_000,
    });
    let (status, task) = api.post(&format!("/list/{}/task", api.list), body).await;
    assert_eq!(status, 200, "{task}");
    assert!(task["id"].as_str().unwrap().starts_with("86c"));
    assert_eq!(
        (&task["markdown_description"], &task["status"]["status"]),
        (&json!("# Why\n**Rust**"), &json!("in progress"))
    );
    assert_eq!((&task["priority"]["id"], &task["priority"]["priority"]), (&json!("2"), &json!("high")));
    assert_eq!((&task["tags"][0]["name"], &task["assignees"][0]["id"]), (&json!("red paint"), &json!(ada)));
    assert!(task["date_created"].as_str().unwrap().parse::<i64>().is_ok(), "milliseconds in a text");
    let tags = api.get(&format!("/space/{}/tag", api.space)).await.1;
    assert_eq!(tags["tags"][0]["name"], "red paint", "the space has it as well");
    let list = format!("/list/{}/task", api.list);
    assert_eq!(api.post(&list, json!({})).await.0, 400);
    assert_eq!(code(&api.post(&list, json!({ "name": "A", "status": "odd" })).await), (400, "ITEM_114".to_owned()));
    assert_eq!(api.post(&list, json!({ "name": "A", "priority": 5 })).await.0, 400);
    assert_eq!(api.post(&list, json!({ "name": "A", "due_date": "1779883200000" })).await.0, 400);
    assert_eq!(api.post(&list, json!({ "name": "A", "assignees": [1] })).await.0, 400);
}

#[tokio::test]
async fn a_change_changes_what_it_names_and_ignores_the_rest() {
    let api = Api::new().await;
    let [ada, mel] = ["ada", "mel"].map(|name| api.server.user_id(name).unwrap().parse::<u64>().unwrap());
    let task =
        api.plant(json!({ "name": "A", "markdown_content": "Text", "priority": 1, "assignees": [ada], "tags": ["x"] }));
    let path = format!("/task/{task}");
    assert_eq!(code(&api.put(&path, json!({ "assignees": [mel] })).await).0, 400, "an object is wanted");
    let (_, changed) = api.put(&path, json!({ "assignees": { "add": [mel], "rem": [ada] }, "priority": null })).await;
    assert_eq!((&changed["assignees"][0]["id"], &changed["priority"]), (&json!(mel), &Value::Null));
    let ignored = json!({ "tags": ["y"], "markdown_content": "", "status": null });
    let (_, changed) = api.put(&path, ignored).await;
    assert_eq!(changed["tags"].as_array().unwrap().len(), 1);
    assert_eq!(changed["markdown_description"], "Text", "an empty text changes nothing");
    assert_eq!(api.put(&path, json!({ "markdown_content": " " })).await.1["markdown_description"], "");
    let (_, closed) = api.put(&path, json!({ "status": "COMPLETE" })).await;
    assert!(closed["date_closed"].is_string() && closed["date_done"].is_string());
    assert_eq!(api.put(&path, json!({ "status": "to do" })).await.1["date_closed"], Value::Null);
}

#[tokio::test]
async fn a_parent_is_in_the_same_list_and_never_left() {
    let api = Api::new().await;
    let parent = api.plant(named("Parent"));
    let foreign = api.server.add_task(&api.other, named("Elsewhere")).unwrap();
    let list = format!("/list/{}/task", api.list);
    let refused = api.post(&list, json!({ "name": "A", "parent": foreign })).await;
    assert_eq!(code(&refused), (400, "ITEM_137".to_owned()));
    let child = api.plant(json!({ "name": "Child", "parent": parent }));
    let (_, kept) = api.put(&format!("/task/{child}"), json!({ "parent": null })).await;
    assert_eq!((&kept["parent"], &kept["top_level_parent"]), (&json!(parent), &json!(parent)));
    assert_eq!(api.put(&format!("/task/{parent}"), json!({ "parent": child })).await.0, 400, "no circle");
    let (_, with) = api.get(&format!("/task/{parent}?include_subtasks=true")).await;
    assert_eq!(with["subtasks"][0]["id"], json!(child));
    api.delete(&format!("/task/{parent}")).await;
    assert_eq!(api.get(&format!("/task/{child}")).await.0, 404, "subtasks go as well");
}

#[tokio::test]
async fn a_task_has_one_home_and_other_lists_beside() {
    let api = Api::new().await;
    let task = api.plant(json!({ "name": "A", "status": "in progress" }));
    let child = api.plant(json!({ "name": "B", "parent": task }));
    let beside = format!("/list/{}/task/{task}", api.other);
    assert_eq!(api.ask(Method::POST, &beside, None).await.0, 200);
    assert_eq!(api.server.task(&task).unwrap()["locations"][0]["id"], json!(api.other));
    assert_eq!(api.delete(&format!("/list/{}/task/{task}", api.list)).await.0, 400, "home stays home");
    assert_eq!(api.delete(&beside).await.0, 200);
    let home = |list: &str| format!("/api/v3/workspaces/{}/tasks/{task}/home_list/{list}", api.team);
    let (status, moved) = api.put(&home(&api.other), json!({})).await;
    assert_eq!((status, &moved["data"]["new_list_id"]), (200, &json!(api.other)));
    assert_eq!(api.server.task(&child).unwrap()["list"]["id"], json!(api.other), "subtasks go along");
    api.server.set_statuses(&api.list, &[("new", "open"), ("old", "closed")]);
    let (status, refused) = api.put(&home(&api.list), json!({})).await;
    assert_eq!(
        (status, refused["message"].is_string(), refused.get("err")),
        (400, true, None),
        "another form of errors"
    );
    let (_, there) = api.get(&format!("/list/{}", api.list)).await;
    let from = api.server.task(&task).unwrap()["status"]["id"].clone();
    let mapping = json!({ "source_status_id": from, "destination_status_id": there["statuses"][0]["id"] });
    assert_eq!(api.put(&home(&api.list), json!({ "status_mappings": [mapping] })).await.0, 200);
    assert_eq!(api.server.task(&task).unwrap()["status"]["status"], "new");
    let plain = Api::with(FakeClickUp::builder().multiple_lists(false)).await;
    let task = plain.plant(named("A"));
    assert_eq!(plain.ask(Method::POST, &format!("/list/{}/task/{task}", plain.other), None).await.0, 400);
}

#[tokio::test]
async fn tags_are_put_on_and_taken_off_one_by_one() {
    let api = Api::new().await;
    let task = api.plant(named("A"));
    for tag in ["Red%20Paint", "a%2Fb"] {
        assert_eq!(api.ask(Method::POST, &format!("/task/{task}/tag/{tag}"), None).await.0, 200);
    }
    let tags = || {
        let task = api.server.task(&task).unwrap();
        task["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(tags(), ["red paint", "a/b"]);
    assert_eq!(api.delete(&format!("/task/{task}/tag/RED%20paint")).await.0, 200);
    assert_eq!(api.delete(&format!("/task/{task}/tag/nothing")).await.0, 200);
    assert_eq!(tags(), ["a/b"]);
}

#[tokio::test]
async fn tasks_wait_for_each_other_and_are_linked() {
    let api = Api::new().await;
    let [one, two] = ["One", "Two"].map(|name| api.plant(named(name)));
    let path = format!("/task/{one}/dependency");
    assert_eq!(api.post(&path, json!({ "depends_on": two })).await.0, 200);
    assert_eq!(api.post(&path, json!({ "dependency_of": two })).await.0, 400, "no circle");
    assert_eq!(api.post(&path, json!({ "depends_on": two, "dependency_of": two })).await.0, 400);
    let edge = |task: &str| api.server.task(task).unwrap()["dependencies"][0].clone();
    assert_eq!(edge(&one), edge(&two), "both tell it in the same words");
    assert_eq!(edge(&one)["depends_on"], json!(two));
    assert_eq!(api.delete(&format!("{path}?depends_on={two}")).await.0, 200);
    assert_eq!(edge(&two), Value::Null);
    assert_eq!(api.ask(Method::POST, &format!("/task/{one}/link/{two}"), None).await.0, 200);
    let link = |task: &str| api.server.task(task).unwrap()["linked_tasks"][0]["link_id"].clone();
    assert_eq!((link(&one), link(&two)), (json!(two), json!(one)));
    assert_eq!(api.delete(&format!("/task/{two}/link/{one}")).await.0, 200);
    assert_eq!(link(&one), Value::Null);
}
