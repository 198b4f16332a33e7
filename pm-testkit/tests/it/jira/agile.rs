//! Boards, sprints, and issues in them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, keys, whole};

const START: &str = "2026-11-02T09:00:00.000Z";
const END: &str = "2026-11-16T09:00:00.000Z";

fn site() -> Value {
    json!({ "projects": [
        { "key": "WEB", "name": "Website", "boards": [
            { "name": "WEB board", "sprints": [
                { "name": "Old", "state": "closed" }, { "name": "Now", "state": "active" }, { "name": "Next" }
            ] },
            { "name": "WEB flow", "kind": "kanban" }
        ], "issues": [
            { "summary": "Planned", "sprint": "Now" }, { "summary": "Done long ago", "sprint": "Old" },
            { "summary": "Waiting" }, { "summary": "A part", "type": "Subtask", "parent": "Planned" }
        ] },
        { "key": "APP", "name": "App", "private": true, "boards": [{ "name": "APP board" }] }
    ] })
}

async fn api() -> Api {
    Api::seeded(site()).await
}

fn names(page: &Value) -> Vec<&str> {
    page["values"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

/// The sprint field of an issue: ids and states.
async fn sprints(api: &Api, issue: &str) -> Vec<(u64, String)> {
    let field = api.field("Sprint").await;
    let fields = api.fields(issue).await;
    let rows = fields[&field].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| (row["id"].as_u64().unwrap(), row["state"].as_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn boards_are_found_by_project_kind_and_name() {
    let api = api().await;
    let (_, page) = api.get("//rest/agile/1.0/board").await;
    assert_eq!(names(&page), ["WEB board", "WEB flow", "APP board"]);
    assert_eq!((&page["total"], &page["isLast"], &page["maxResults"]), (&json!(3), &json!(true), &json!(50)));
    let (_, page) = api.get("//rest/agile/1.0/board?projectKeyOrId=WEB&type=scrum").await;
    assert_eq!(names(&page), ["WEB board"]);
    assert_eq!(page["values"][0]["location"]["projectId"], 10000);
    let (_, page) = api.get("//rest/agile/1.0/board?projectKeyOrId=10001").await;
    assert_eq!(names(&page), ["APP board"]);
    let (_, page) = api.get("//rest/agile/1.0/board?name=flow").await;
    assert_eq!(names(&page), ["WEB flow"]);
    let (_, page) = api.get("//rest/agile/1.0/board?startAt=1&maxResults=1").await;
    assert_eq!((names(&page), &page["isLast"]), (vec!["WEB flow"], &json!(false)));
    assert_eq!(api.get("//rest/agile/1.0/board?projectKeyOrId=NOPE").await.0, 400);
}

#[tokio::test]
async fn boards_of_others_are_hidden() {
    let api = api().await;
    let (_, page) = api.as_mel(Method::GET, "//rest/agile/1.0/board", None).await;
    assert_eq!(names(&page), ["WEB board", "WEB flow"]);
    assert_eq!(api.as_mel(Method::GET, "//rest/agile/1.0/board/3", None).await.0, 404);
    assert_eq!(api.as_nobody("//rest/agile/1.0/board").await.0, 401);
}

#[tokio::test]
async fn sprints_come_by_state_and_kanban_boards_have_none() {
    let api = api().await;
    let (_, page) = api.get("//rest/agile/1.0/board/1/sprint").await;
    assert_eq!(names(&page), ["Old", "Now", "Next"]);
    let (_, page) = api.get("//rest/agile/1.0/board/1/sprint?state=active,future").await;
    assert_eq!(names(&page), ["Now", "Next"]);
    let (_, page) = api.get("//rest/agile/1.0/board/1/sprint?maxResults=2").await;
    assert_eq!((names(&page), &page["isLast"]), (vec!["Old", "Now"], &json!(false)));
    assert_eq!(api.get("//rest/agile/1.0/board/1/sprint?state=open").await.0, 400);
    assert_eq!(whole(&api.get("//rest/agile/1.0/board/2/sprint").await), (400, "The board does not support sprints"));
    assert_eq!(api.get("//rest/agile/1.0/board/77/sprint").await.0, 404);
}

#[tokio::test]
async fn a_board_lists_sprints_of_others_that_its_issues_are_in() {
    let api = api().await;
    let (_, made) = api.post("//rest/agile/1.0/sprint", json!({ "name": "Guest", "originBoardId": 3 })).await;
    let moved =
        api.post(&format!("//rest/agile/1.0/sprint/{}/issue", made["id"]), json!({ "issues": ["WEB-3"] })).await;
    assert_eq!(moved.0, 204);
    let (_, page) = api.get("//rest/agile/1.0/board/1/sprint?state=future").await;
    assert_eq!(names(&page), ["Next", "Guest"]);
    assert_eq!(page["values"][1]["originBoardId"], 3);
}

#[tokio::test]
async fn boards_of_people_and_deleted_boards_leave_sprints_without_a_place() {
    let own = json!({ "name": "Mel's", "owner": "mel", "sprints": [{ "name": "Mine" }] });
    let api = Api::seeded(json!({ "projects": [
        { "key": "WEB", "boards": [own, { "name": "WEB board" }], "issues": [{ "summary": "In it", "sprint": "Mine" }] }
    ] }))
    .await;
    let (_, page) = api.get("//rest/agile/1.0/board?projectKeyOrId=WEB").await;
    let location = &page["values"][0]["location"];
    assert_eq!((location.get("projectId"), &location["displayName"]), (None, &json!("Mel Member")));
    assert_eq!(api.delete("//rest/agile/1.0/board/1").await.0, 204);
    assert_eq!(api.get("//rest/agile/1.0/board/1").await.0, 404);
    let (status, sprint) = api.get("//rest/agile/1.0/sprint/1").await;
    assert_eq!((status, &sprint["originBoardId"]), (200, &json!(1)));
    let (_, page) = api.get("//rest/agile/1.0/board/2/sprint").await;
    assert_eq!((names(&page), page.get("total")), (vec!["Mine"], None));
}

#[tokio::test]
async fn new_sprints_are_future_ones() {
    let api = api().await;
    let body = json!({ "name": "  Spring ", "originBoardId": 1, "goal": "Bloom", "startDate": START, "endDate": END });
    let (status, made) = api.post("//rest/agile/1.0/sprint", body).await;
    assert_eq!(
        (status, &made["state"], &made["name"], &made["goal"]),
        (201, &json!("future"), &json!("Spring"), &json!("Bloom"))
    );
    assert_eq!((&made["startDate"], &made["endDate"], &made["originBoardId"]), (&json!(START), &json!(END), &json!(1)));
    assert_eq!(api.post("//rest/agile/1.0/sprint", json!({ "name": "No board" })).await.0, 400);
    assert_eq!(api.post("//rest/agile/1.0/sprint", json!({ "originBoardId": 1 })).await.0, 400);
    assert_eq!(api.post("//rest/agile/1.0/sprint", json!({ "name": "x", "originBoardId": 2 })).await.0, 400);
    assert_eq!(api.post("//rest/agile/1.0/sprint", json!({ "name": "x", "originBoardId": 9 })).await.0, 404);
    let (status, _) = api
        .post("//rest/agile/1.0/sprint", json!({ "name": "x", "originBoardId": 1, "startDate": END, "endDate": START }))
        .await;
    assert_eq!(status, 400);
    let by_mel =
        api.as_mel(Method::POST, "//rest/agile/1.0/sprint", Some(json!({ "name": "x", "originBoardId": 1 }))).await;
    assert_eq!(by_mel.0, 403);
}

#[tokio::test]
async fn post_changes_what_it_has_and_put_clears_the_rest() {
    let api = api().await;
    let dates = json!({ "goal": "Bloom", "startDate": START, "endDate": END });
    api.post("//rest/agile/1.0/sprint/3", dates).await;
    let (status, partly) = api.post("//rest/agile/1.0/sprint/3", json!({ "name": "Later" })).await;
    assert_eq!(
        (status, &partly["name"], &partly["goal"], &partly["startDate"]),
        (200, &json!("Later"), &json!("Bloom"), &json!(START))
    );
    let (status, wholly) = api.put("//rest/agile/1.0/sprint/3", json!({ "name": "Later" })).await;
    assert_eq!((status, &wholly["goal"], wholly.get("startDate")), (200, &json!(""), None));
    assert_eq!(api.put("//rest/agile/1.0/sprint/3", json!({ "goal": "nameless" })).await.0, 400);
}

#[tokio::test]
async fn states_only_go_forward_and_starting_needs_dates() {
    let api = api().await;
    let state = |state: &str| json!({ "state": state });
    assert_eq!(api.post("//rest/agile/1.0/sprint/3", state("active")).await.0, 400);
    assert_eq!(api.post("//rest/agile/1.0/sprint/3", state("closed")).await.0, 400);
    let started = json!({ "state": "active", "startDate": START, "endDate": END });
    assert_eq!(api.post("//rest/agile/1.0/sprint/3", started).await.1["state"], "active");
    assert_eq!(api.post("//rest/agile/1.0/sprint/3", state("future")).await.0, 400);
    let (status, closed) = api.post("//rest/agile/1.0/sprint/3", state("closed")).await;
    assert_eq!((status, &closed["state"]), (200, &json!("closed")));
    assert!(closed["completeDate"].is_string());
    assert_eq!(api.post("//rest/agile/1.0/sprint/3", state("active")).await.0, 400);
    let late = json!({ "name": "Renamed", "endDate": "2027-01-01T00:00:00.000Z" });
    let (status, renamed) = api.post("//rest/agile/1.0/sprint/3", late).await;
    assert_eq!((status, &renamed["name"], &renamed["endDate"]), (200, &json!("Renamed"), &json!(END)));
}

#[tokio::test]
async fn issues_move_into_open_sprints_and_keep_closed_ones() {
    let api = api().await;
    let into = |sprint: u64| format!("//rest/agile/1.0/sprint/{sprint}/issue");
    assert_eq!(api.post(&into(3), json!({ "issues": ["WEB-1", "10001"] })).await.0, 204);
    assert_eq!(sprints(&api, "WEB-1").await, [(3, "future".to_owned())]);
    assert_eq!(sprints(&api, "WEB-2").await, [(1, "closed".to_owned()), (3, "future".to_owned())]);
    assert_eq!(sprints(&api, "WEB-4").await, [(3, "future".to_owned())]);
    assert_eq!(api.post("//rest/agile/1.0/backlog/issue", json!({ "issues": ["WEB-2"] })).await.0, 204);
    assert_eq!(sprints(&api, "WEB-2").await, [(1, "closed".to_owned())]);
    assert_eq!(api.post(&into(1), json!({ "issues": ["WEB-3"] })).await.0, 400);
    let part = api.post(&into(3), json!({ "issues": ["WEB-4"] })).await;
    assert!(whole(&part).1.starts_with("Sub-task cannot be associated"), "{part:?}");
    assert_eq!(api.post(&into(3), json!({ "issues": ["WEB-99"] })).await.0, 400);
    let many: Vec<&str> = vec!["WEB-3"; 51];
    assert_eq!(api.post(&into(3), json!({ "issues": many })).await.0, 400);
    assert_eq!(api.post("//rest/agile/1.0/backlog/issue", json!({ "issues": many })).await.0, 400);
    assert_eq!(sprints(&api, "WEB-3").await, []);
}

#[tokio::test]
async fn a_deleted_sprint_leaves_its_issues_behind() {
    let api = api().await;
    assert_eq!(api.as_mel(Method::DELETE, "//rest/agile/1.0/sprint/2", None).await.0, 403);
    assert_eq!(api.delete("//rest/agile/1.0/sprint/2").await.0, 204);
    assert_eq!(api.get("//rest/agile/1.0/sprint/2").await.0, 404);
    assert_eq!(sprints(&api, "WEB-1").await, []);
    assert_eq!(api.delete("//rest/agile/1.0/sprint/2").await.0, 404);
}

#[tokio::test]
async fn issues_are_listed_by_sprint_board_and_backlog() {
    let api = api().await;
    let (_, page) = api.get("//rest/agile/1.0/sprint/2/issue?fields=summary").await;
    assert_eq!((keys(&page), &page["total"]), (vec!["WEB-1".to_owned()], &json!(1)));
    let (_, page) = api.get("//rest/agile/1.0/board/1/issue?maxResults=2&jql=order%20by%20key%20desc").await;
    assert_eq!((keys(&page), &page["total"]), (vec!["WEB-4".to_owned(), "WEB-3".to_owned()], &json!(4)));
    let (_, page) = api.get("//rest/agile/1.0/board/1/backlog").await;
    assert_eq!(keys(&page), ["WEB-2", "WEB-3", "WEB-4"]);
    assert_eq!(api.get("//rest/agile/1.0/sprint/2/issue?jql=nope%3D1").await.0, 400);
}
