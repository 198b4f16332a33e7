//! The hierarchy, and statuses that are inherited.

use pm_testkit::clickup::FakeClickUp;
use pm_testkit::clickup::Seed;
use serde_json::{Value, json};

use super::{Api, code, named};

fn statuses(place: &Value) -> Vec<(&str, &str)> {
    let shown = place["statuses"].as_array().unwrap().iter();
    shown.map(|status| (status["status"].as_str().unwrap(), status["type"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn statuses_come_from_the_nearest_place_that_has_some() {
    let api = Api::new().await;
    let folder = api.server.add_folder(&api.space, "Sprints");
    let inside = api.server.add_list(&folder, "Sprint 1");
    let of = async |list: &str| api.get(&format!("/list/{list}")).await.1;
    let usual = [("to do", "open"), ("in progress", "custom"), ("complete", "closed")];
    assert_eq!(statuses(&of(&inside).await), usual);
    api.server.set_statuses(&folder, &[("Queued", "open"), ("Shipped", "done")]);
    assert_eq!(statuses(&of(&inside).await), [("queued", "open"), ("shipped", "done")]);
    assert_eq!(of(&inside).await["override_statuses"], false);
    api.server.set_statuses(&inside, &[("new", "open"), ("old", "closed")]);
    assert_eq!(statuses(&of(&inside).await), [("new", "open"), ("old", "closed")]);
    assert_eq!(of(&inside).await["override_statuses"], true);
    assert_eq!(statuses(&of(&api.list).await), usual, "the space's own");
    let listed = api.get(&format!("/folder/{folder}/list")).await.1;
    assert_eq!(listed["lists"][0].get("statuses"), None, "lists of lists do not tell");
}

#[tokio::test]
async fn lists_without_a_folder_have_a_hidden_one_each() {
    let api = Api::new().await;
    let listed = api.get(&format!("/space/{}/list", api.space)).await.1;
    let folders: Vec<&Value> = listed["lists"].as_array().unwrap().iter().map(|list| &list["folder"]).collect();
    assert!(folders.iter().all(|folder| folder["hidden"] == true && folder["name"] == "hidden"));
    assert_ne!(folders[0]["id"], folders[1]["id"]);
    assert_eq!(api.get(&format!("/space/{}/folder", api.space)).await.1, json!({ "folders": [] }));
}

#[tokio::test]
async fn places_are_made_changed_and_removed() {
    let api = Api::new().await;
    let team = format!("/team/{}/space", api.team);
    let features = json!({ "due_dates": { "enabled": true } });
    let (_, space) = api.post(&team, json!({ "name": "Ops", "multiple_assignees": true, "features": features })).await;
    let space = format!("/space/{}", space["id"].as_str().unwrap());
    let (_, folder) = api.post(&format!("{space}/folder"), named("Plans")).await;
    let folder = format!("/folder/{}", folder["id"].as_str().unwrap());
    assert_eq!(code(&api.post(&format!("{space}/folder"), named("Plans")).await).0, 400, "names are taken");
    let body = json!({ "name": "Sprint 1", "content": "Goal", "due_date": 1_779_883_200_000_i64 });
    let (status, list) = api.post(&format!("{folder}/list"), body).await;
    assert_eq!((status, &list["content"], &list["start_date"]), (200, &json!("Goal"), &Value::Null));
    assert_eq!(list["folder"]["hidden"], false);
    let path = format!("/list/{}", list["id"].as_str().unwrap());
    assert_eq!(api.put(&path, json!({ "content": "No name" })).await.0, 400, "a name must be there");
    assert_eq!(api.put(&path, json!({ "name": "Sprint 2", "due_date": null })).await.1["due_date"], Value::Null);
    assert_eq!(api.put(&folder, named("Renamed")).await.1["name"], "Renamed");
    assert_eq!(api.get(&folder).await.1["lists"][0]["name"], "Sprint 2");
    assert_eq!(api.delete(&folder).await.0, 200);
    assert_eq!(api.get(&path).await.0, 404);
    assert_eq!(api.delete(&space).await.0, 200);
    assert_eq!(api.get(&space).await.0, 404);
}

#[tokio::test]
async fn archived_places_are_listed_by_themselves() {
    let api = Api::new().await;
    api.server.set_archived(&api.other, true);
    let lists = async |query: &str| {
        let (_, body) = api.get(&format!("/space/{}/list{query}", api.space)).await;
        body["lists"]
            .as_array()
            .unwrap()
            .iter()
            .map(|list| list["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(lists("").await, ["Backlog"]);
    assert_eq!(lists("?archived=true").await, ["Ideas"]);
}

#[tokio::test]
async fn a_seed_is_all_there() {
    let seed: Seed = json!({
        "users": [{ "username": "Grace Hopper", "email": "grace@example.net", "token": "pk_1_GRACE" }],
        "custom_items": ["Bug"],
        "spaces": [{
            "name": "Garden",
            "custom_task_prefix": "GAR",
            "custom_fields": [{ "name": "Bed", "type": "drop_down", "options": ["North", "South"] }],
            "folders": [{ "name": "Sprints", "lists": [{ "name": "Sprint 1", "start": "2026-05-01" }] }],
            "lists": [{ "name": "Backlog", "tasks": [
                { "name": "Paint", "assignees": ["grace"], "fields": { "Bed": "South" }, "custom_item": "Bug" },
                { "name": "Buy", "parent": "Paint", "waits_for": ["Paint"], "lists": ["Sprint 1"], "comments": ["blue"] },
            ] }],
        }],
    })
    .to_string()
    .parse()
    .unwrap();
    let api = Api::with(FakeClickUp::builder().seed(seed)).await;
    let tasks = api.server.tasks();
    assert_eq!(tasks[0]["custom_id"], "GAR-1");
    assert_eq!(tasks[0]["custom_fields"][0]["value"], 1, "shown by its place");
    assert_eq!(tasks[0]["assignees"][0]["email"], "grace@example.net");
    assert_eq!(tasks[1]["parent"], tasks[0]["id"]);
    assert_eq!(tasks[1]["locations"][0]["name"], "Sprint 1");
    assert_eq!(tasks[1]["dependencies"][0]["depends_on"], tasks[0]["id"]);
    assert_eq!(api.server.token_of("Grace Hopper").unwrap(), "pk_1_GRACE");
    let by_custom_id = format!("/task/gar-1?custom_task_ids=true&team_id={}", api.team);
    assert_eq!(api.get(&by_custom_id).await.1["name"], "Paint");
    assert_eq!(api.get("/task/GAR-1").await.0, 404);
    assert_eq!(api.get("/task/GAR-1?custom_task_ids=true").await.0, 400);
    assert!(Seed::sample().is_ok());
    let wrong =
        json!({ "spaces": [{ "name": "A", "lists": [{ "name": "B", "tasks": [{ "name": "C", "parent": "D" }] }] }] });
    let wrong = FakeClickUp::builder().seed(wrong.to_string().parse().unwrap()).start().await;
    assert!(wrong.unwrap_err().to_string().contains("`D`"));
}
