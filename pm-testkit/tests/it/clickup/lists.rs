//! Lists of tasks: what they hide, and how they go on.

use pm_testkit::clickup::FakeClickUp;
use serde_json::{Value, json};

use super::{Api, code, named};

#[tokio::test]
async fn most_is_hidden_unless_it_is_asked_for() {
    let api = Api::new().await;
    let open = api.plant(named("Open"));
    api.plant(json!({ "name": "Closed", "status": "complete" }));
    api.plant(json!({ "name": "Child", "parent": open }));
    api.plant(json!({ "name": "Archived", "archived": true }));
    let elsewhere = api.server.add_task(&api.other, named("Elsewhere")).unwrap();
    api.server.add_to_list(&elsewhere, &api.list);
    let path = format!("/list/{}/task", api.list);
    assert_eq!(api.names(&path).await, ["Open"]);
    assert_eq!(api.names(&format!("{path}?include_closed=true")).await, ["Closed", "Open"]);
    assert_eq!(api.names(&format!("{path}?subtasks=true")).await, ["Child", "Open"]);
    assert_eq!(api.names(&format!("{path}?include_timl=true")).await, ["Elsewhere", "Open"]);
    assert_eq!(api.names(&format!("{path}?archived=true")).await, ["Archived"]);
    let team = format!("/team/{}/task", api.team);
    let all = format!("{team}?include_closed=true&subtasks=true&archived=true&include_timl=true");
    assert_eq!(api.names(&all).await, ["Elsewhere", "Child", "Closed", "Open"], "no archived ones here");
    assert_eq!(api.names(&format!("{team}?list_ids[]={}", api.other)).await, ["Elsewhere"]);
    assert_eq!(api.names(&format!("{team}?parent={open}")).await, ["Child"]);
    api.server.set_archived(&api.other, true);
    assert_eq!(api.names(&team).await, ["Open"], "what lies in an archived list is not shown");
}

#[tokio::test]
async fn a_page_has_a_hundred_tasks_and_the_first_is_zero() {
    let api = Api::new().await;
    api.server.add_tasks(&api.list, 250, 10);
    let mut seen = Vec::new();
    for (page, count, last) in [(0, 100, false), (1, 100, false), (2, 50, true), (3, 0, true)] {
        let (_, body) = api.get(&format!("/list/{}/task?page={page}&reverse=true", api.list)).await;
        let tasks = body["tasks"].as_array().unwrap().clone();
        assert_eq!((tasks.len(), &body["last_page"]), (count, &json!(last)), "page {page}");
        seen.extend(tasks.into_iter().map(|task| task["name"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, (0..250).map(|index| format!("Task {index}")).collect::<Vec<_>>(), "the oldest first");
    assert_eq!(api.get(&format!("/list/{}/task?page=-1", api.list)).await.0, 400);
    let silent = Api::with(FakeClickUp::builder().last_page(false)).await;
    assert_eq!(silent.get(&format!("/list/{}/task", silent.list)).await.1, json!({ "tasks": [] }));
}

#[tokio::test]
async fn filters_are_lists_and_windows_are_open() {
    let api = Api::new().await;
    let ada = api.server.user_id("ada").unwrap().parse::<u64>().unwrap();
    let one = api.plant(json!({ "name": "One", "assignees": [ada], "tags": ["Red", "soft"], "status": "in progress" }));
    let two = api.plant(json!({ "name": "Two", "tags": ["soft"], "due_date": 5_000, "due_date_time": true }));
    let three = api.plant(json!({ "name": "Three", "custom_item_id": 1 }));
    for (index, task) in [&one, &two, &three].into_iter().enumerate() {
        let time = 1_000 * (i64::try_from(index).unwrap() + 1);
        api.server.set_times(task, time, 10_000 - time);
    }
    let path = format!("/team/{}/task?space_ids[]={}", api.team, api.space);
    let names = async |query: &str| api.names(&format!("{path}&reverse=true&{query}")).await;
    assert_eq!(names("statuses[]=In%20Progress").await, ["One"]);
    assert_eq!(names(&format!("assignees[]={ada}")).await, ["One"]);
    assert_eq!(names("tags[]=red&tags[]=soft").await, ["One", "Two"]);
    assert_eq!(names("tags=red").await.len(), 3, "without brackets it is another parameter");
    assert_eq!(names("custom_items[]=1").await, ["Three"]);
    assert_eq!(names("date_created_gt=1000&date_created_lt=3000").await, ["Two"]);
    assert_eq!(names("date_updated_gt=7000").await, ["One", "Two"]);
    assert_eq!(names("due_date_gt=4999&due_date_lt=5001").await, ["Two"]);
    assert_eq!(names("order_by=updated").await, ["Three", "Two", "One"]);
    assert_eq!(api.names(&format!("{path}&order_by=updated")).await, ["One", "Two", "Three"]);
    assert_eq!(code(&api.get(&format!("{path}&order_by=name")).await).0, 400);
}

#[tokio::test]
async fn what_was_rendered_is_forgotten_with_the_next_write() {
    let api = Api::new().await;
    let task = api.plant(named("Before"));
    let path = format!("/list/{}/task?include_markdown_description=true", api.list);
    assert_eq!(api.names(&path).await, ["Before"]);
    api.put(&format!("/task/{task}"), json!({ "name": "After", "markdown_content": "**New**" })).await;
    let (_, page) = api.get(&path).await;
    assert_eq!(
        (&page["tasks"][0]["name"], &page["tasks"][0]["markdown_description"]),
        (&json!("After"), &json!("**New**"))
    );
    let plain = api.get(&format!("/list/{}/task", api.list)).await.1;
    assert_eq!(
        (plain["tasks"][0].get("markdown_description"), &plain["tasks"][0]["description"]),
        (None, &json!("New"))
    );
    let none: Option<&Value> = plain["tasks"][0].get("time_spent");
    assert_eq!(none, None, "absent where nobody tracked any");
}
