//! Boards and sprints on the wire.

use pm_provider::{
    DeleteOptions, Effect, ErrorKind, Field, NewSprint, PmProvider, SprintPatch, SprintQuery, SprintStatusCategory,
    SprintStatusRef,
};
use pm_provider_jira::{Flavor, JiraProvider};
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::support::{
    ann, answer, answer_empty, answer_once, board, bodies, cloud, count, page, project, queries, query, sprint,
    wire_config,
};

const BOARDS: &str = "/rest/agile/1.0/board";
const SPRINT: &str = "/rest/agile/1.0/sprint/7";

async fn site(boards: &[Value], sprints: &[Value]) -> (MockServer, JiraProvider) {
    let (server, provider) = cloud().await;
    mount(&server, boards, sprints).await;
    (server, provider)
}

async fn mount(server: &MockServer, boards: &[Value], sprints: &[Value]) {
    answer(server, "GET", "/rest/api/3/myself", 200, ann(Flavor::Cloud)).await;
    answer(server, "GET", "/rest/api/3/project/10000", 200, project(10000, "WEB", "Web")).await;
    answer(server, "GET", BOARDS, 200, page(boards)).await;
    answer(server, "GET", "/rest/agile/1.0/board/1", 200, board(1, "scrum")).await;
    answer(server, "GET", "/rest/agile/1.0/board/1/sprint", 200, page(sprints)).await;
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

#[tokio::test]
async fn sprints_are_those_of_the_projects_own_boards() {
    let mut foreign = board(2, "scrum");
    foreign["location"]["projectId"] = json!(10001);
    let (server, provider) =
        site(&[board(1, "scrum"), foreign, board(3, "kanban")], &[sprint(8, "closed"), sprint(7, "active")]).await;
    let sprints = provider.sprints_page(&SprintQuery::in_project("10000"), None).await.unwrap();
    let ids: Vec<_> = sprints.items.iter().map(|sprint| (sprint.id.as_str(), sprint.status.category)).collect();
    assert_eq!(ids, [("7", SprintStatusCategory::Active), ("8", SprintStatusCategory::Completed)]);
    let first = &sprints.items[0];
    assert_eq!((first.start_date, first.end_date), (Some(day("2026-11-02")), Some(day("2026-11-13"))));
    assert_eq!((first.project_id.as_str(), first.goal.as_deref()), ("10000", None));
    assert!(first.created_at.is_some() && first.url.as_deref().unwrap().ends_with("rapidView=1"));
    let expected = query(&[("projectKeyOrId", "10000"), ("startAt", "0"), ("maxResults", "100")]);
    assert_eq!(queries(&server, BOARDS).await, [expected]);
    assert_eq!(count(&server, "GET", "/rest/agile/1.0/board/2/sprint").await, 0);
}

#[tokio::test]
async fn trap_a_board_shows_the_sprints_of_other_boards_too() {
    let mut guest = sprint(9, "active");
    guest["originBoardId"] = json!(2);
    let (_server, provider) = site(&[board(1, "scrum")], &[sprint(7, "future"), guest]).await;
    let sprints = provider.sprints_page(&SprintQuery::new(), None).await.unwrap().items;
    assert_eq!(sprints.iter().map(|sprint| sprint.id.as_str()).collect::<Vec<_>>(), ["7"]);
}

#[tokio::test]
async fn trap_some_boards_have_no_sprints() {
    let (server, provider) = site(&[board(1, "scrum"), board(4, "simple")], &[sprint(7, "future")]).await;
    let refusal = json!({ "errorMessages": ["The board does not support sprints"], "errors": {} });
    answer(&server, "GET", "/rest/agile/1.0/board/4/sprint", 400, refusal).await;
    assert_eq!(provider.sprints_page(&SprintQuery::in_project("10000"), None).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_list_by_offset_is_read_to_its_end() {
    let (server, provider) = site(&[board(1, "scrum")], &[]).await;
    let at = "/rest/agile/1.0/board/1/sprint";
    let part = |start: u64, id: u64, is_last: bool| json!({ "startAt": start, "maxResults": 1, "isLast": is_last, "values": [sprint(id, "future")] });
    answer_once(&server, "GET", at, 200, part(0, 7, false)).await;
    answer_once(&server, "GET", at, 200, part(1, 8, true)).await;
    assert_eq!(provider.sprints_page(&SprintQuery::in_project("10000"), None).await.unwrap().items.len(), 2);
    let starts: Vec<_> = queries(&server, at).await.into_iter().map(|query| query[0].1.clone()).collect();
    assert_eq!(starts, ["0", "1"]);
}

#[tokio::test]
async fn a_new_sprint_is_made_on_the_only_scrum_board() {
    let (server, provider) = site(&[board(1, "scrum"), board(4, "simple")], &[]).await;
    answer(&server, "POST", "/rest/agile/1.0/sprint", 201, sprint(7, "future")).await;
    let new = NewSprint::new("10000", "Sprint 7").start_date(day("2026-11-02")).end_date(day("2026-11-02"));
    assert_eq!(provider.create_sprint(new).await.unwrap().id.as_str(), "7");
    let expected = json!({ "name": "Sprint 7", "originBoardId": 1, "startDate": "2026-11-02T10:00:00.000Z",
        "endDate": "2026-11-02T10:30:00.000Z" });
    assert_eq!(bodies(&server, "POST").await, [expected]);
}

#[tokio::test]
async fn trap_which_board_must_be_clear() {
    let boards = [board(1, "scrum"), board(2, "scrum")];
    let (server, provider) = site(&boards, &[]).await;
    let error = provider.create_sprint(NewSprint::new("10000", "x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.message().contains("`1` (Board 1), `2` (Board 2)"), "{error}");
    assert_eq!(count(&server, "POST", "/rest/agile/1.0/sprint").await, 0);
    let provider = JiraProvider::new(wire_config(&server, Flavor::Cloud).board_id(2)).unwrap();
    answer(&server, "POST", "/rest/agile/1.0/sprint", 201, sprint(7, "future")).await;
    provider.create_sprint(NewSprint::new("10000", "x")).await.unwrap();
    assert_eq!(bodies(&server, "POST").await[0]["originBoardId"], 2);
    let (_server, provider) = site(&[board(3, "kanban")], &[]).await;
    let error = provider.create_sprint(NewSprint::new("10000", "x")).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::ProjectId));
}

#[tokio::test]
async fn a_sprint_that_is_to_run_is_made_and_then_started() {
    let (server, provider) = site(&[board(1, "scrum")], &[]).await;
    answer(&server, "POST", "/rest/agile/1.0/sprint", 201, sprint(7, "future")).await;
    answer(&server, "POST", SPRINT, 200, sprint(7, "active")).await;
    let running = SprintStatusRef::from(SprintStatusCategory::Active);
    let error = provider.create_sprint(NewSprint::new("10000", "x").status(running.clone())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "without dates");
    assert_eq!(count(&server, "POST", "/rest/agile/1.0/sprint").await, 0);
    let new = NewSprint::new("10000", "x").status(running).start_date(day("2026-11-02")).end_date(day("2026-11-13"));
    assert_eq!(provider.create_sprint(new).await.unwrap().status.category, SprintStatusCategory::Active);
    assert_eq!(bodies(&server, "POST").await[1], json!({ "state": "active" }));
}

#[tokio::test]
async fn a_sprint_that_cannot_be_started_was_made_all_the_same() {
    let (server, provider) = site(&[board(1, "scrum")], &[]).await;
    answer(&server, "POST", "/rest/agile/1.0/sprint", 201, sprint(7, "future")).await;
    answer(&server, "POST", SPRINT, 400, json!({ "errorMessages": ["another sprint is active"], "errors": {} })).await;
    let new = NewSprint::new("10000", "x").status(SprintStatusRef::from(SprintStatusCategory::Active));
    let error =
        provider.create_sprint(new.start_date(day("2026-11-02")).end_date(day("2026-11-13"))).await.unwrap_err();
    assert!(matches!(error.effect(), Effect::Partial { id, .. } if id == "7"), "{error:?}");
    assert_eq!(count(&server, "POST", "/rest/agile/1.0/sprint").await, 1);
}

#[tokio::test]
async fn trap_a_sprint_is_changed_by_post_since_put_empties_the_rest() {
    let (server, provider) = site(&[board(1, "scrum")], &[]).await;
    answer(&server, "GET", SPRINT, 200, sprint(7, "future")).await;
    answer(&server, "POST", SPRINT, 200, sprint(7, "future")).await;
    let patch = SprintPatch::new().name("Sprint 7").goal("Ship **it**").end_date(day("2026-11-20"));
    provider.update_sprint(&"7".into(), patch).await.unwrap();
    assert_eq!(
        bodies(&server, "POST").await,
        [json!({ "goal": "Ship **it**", "endDate": "2026-11-20T10:30:00.000Z" })]
    );
    provider.update_sprint(&"7".into(), SprintPatch::new().start_date(day("2026-11-02"))).await.unwrap();
    assert_eq!(count(&server, "POST", SPRINT).await, 1, "the day is that already");
}

#[tokio::test]
async fn only_a_full_update_empties_a_date() {
    let (server, provider) = site(&[board(1, "scrum")], &[]).await;
    answer(&server, "GET", SPRINT, 200, sprint(7, "future")).await;
    answer(&server, "PUT", SPRINT, 200, sprint(7, "future")).await;
    provider.update_sprint(&"7".into(), SprintPatch::new().clear_end_date()).await.unwrap();
    let expected = json!({ "id": 7, "name": "Sprint 7", "state": "future", "goal": "", "originBoardId": 1,
        "startDate": "2026-11-02T10:00:00.000Z" });
    assert_eq!(bodies(&server, "PUT").await, [expected]);
}

#[tokio::test]
async fn a_future_sprint_is_closed_by_way_of_an_active_one() {
    let (server, provider) = site(&[board(1, "scrum")], &[]).await;
    answer(&server, "GET", SPRINT, 200, sprint(7, "future")).await;
    answer(&server, "POST", SPRINT, 200, sprint(7, "closed")).await;
    answer_once(&server, "POST", SPRINT, 200, sprint(7, "active")).await;
    let over = SprintPatch::new().status(SprintStatusRef::from(SprintStatusCategory::Completed));
    let sprint = provider.update_sprint(&"7".into(), over).await.unwrap();
    assert_eq!(sprint.status.category, SprintStatusCategory::Completed);
    assert_eq!(bodies(&server, "POST").await, [json!({ "state": "active" }), json!({ "state": "closed" })]);
}

#[tokio::test]
async fn trap_changes_of_a_closed_sprint_would_be_ignored() {
    let (server, provider) = site(&[board(1, "scrum")], &[]).await;
    answer(&server, "GET", SPRINT, 200, sprint(7, "closed")).await;
    let error = provider.update_sprint(&"7".into(), SprintPatch::new().end_date(day("2026-12-01"))).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::EndDate));
    let again = SprintPatch::new().status(SprintStatusRef::from(SprintStatusCategory::Active));
    assert_eq!(provider.update_sprint(&"7".into(), again).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(count(&server, "POST", SPRINT).await, 0);
}

#[tokio::test]
async fn a_deleted_sprint_is_gone_and_an_unknown_one_is_not_found() {
    let (server, provider) = site(&[], &[]).await;
    answer_empty(&server, "DELETE", SPRINT, 204).await;
    provider.delete_sprint(&"7".into(), DeleteOptions::new()).await.unwrap();
    for id in ["8", "seven", ""] {
        let error = provider.delete_sprint(&id.into(), DeleteOptions::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
    }
}

#[tokio::test]
async fn trap_a_sprint_that_is_started_meanwhile_moves_to_the_front() {
    let (server, provider) = site(&[board(1, "scrum")], &[sprint(7, "active"), sprint(8, "future")]).await;
    let at = "/rest/agile/1.0/board/1/sprint";
    let part = |id: u64, is_last: bool| json!({ "isLast": is_last, "values": [sprint(id, "future")] });
    answer_once(&server, "GET", at, 200, part(8, false)).await;
    answer_once(&server, "GET", at, 200, part(8, true)).await;
    let sprints = provider.sprints_page(&SprintQuery::in_project("10000"), None).await.unwrap().items;
    assert_eq!(sprints.iter().map(|sprint| sprint.id.as_str()).collect::<Vec<_>>(), ["7", "8"]);
    assert_eq!(count(&server, "GET", at).await, 3);
}

#[tokio::test]
async fn trap_a_list_that_breaks_off_is_not_over() {
    let (server, provider) = site(&[board(1, "scrum")], &[]).await;
    let at = "/rest/agile/1.0/board/1/sprint";
    answer_once(&server, "GET", at, 200, json!({ "isLast": false, "values": [sprint(7, "future")] })).await;
    answer_once(&server, "GET", at, 400, json!({ "errorMessages": ["no"] })).await;
    let error = provider.sprints_page(&SprintQuery::in_project("10000"), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn trap_no_boards_is_not_what_each_refusal_says() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", BOARDS, 404, json!({ "errorMessages": ["dead link"] })).await;
    answer(&server, "GET", "/rest/api/3/project/10000", 200, project(10000, "WEB", "Web")).await;
    assert!(provider.sprints_page(&SprintQuery::in_project("10000"), None).await.is_err());
    let nowhere = provider.sprints_page(&SprintQuery::in_project("10001"), None).await.unwrap();
    assert!(nowhere.items.is_empty(), "such a project is not there at all");
}

#[tokio::test]
async fn the_board_of_the_settings_is_not_passed_over_in_silence() {
    let (server, _) = site(&[board(1, "scrum")], &[]).await;
    let mut foreign = board(2, "scrum");
    foreign["location"]["projectId"] = json!(10001);
    answer(&server, "GET", "/rest/agile/1.0/board/2", 200, foreign).await;
    answer(&server, "POST", "/rest/agile/1.0/sprint", 201, sprint(7, "future")).await;
    let on = |id: u64| JiraProvider::new(wire_config(&server, Flavor::Cloud).board_id(id)).unwrap();
    let error = on(99).create_sprint(NewSprint::new("10000", "x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.message().contains("`10000`") && error.message().contains("`99`"), "{error}");
    assert!(bodies(&server, "POST").await.is_empty());
    on(2).create_sprint(NewSprint::new("10000", "x")).await.unwrap();
    assert_eq!(bodies(&server, "POST").await[0]["originBoardId"], 1, "2 is for another project");
}

#[tokio::test]
async fn trap_an_older_sprint_of_the_same_name_is_not_the_one_that_was_lost() {
    let mut older = sprint(6, "future");
    older["name"] = json!("Sprint 7");
    for name in ["startDate", "endDate", "createdDate"] {
        older[name] = Value::Null;
    }
    let (server, provider) = site(&[board(1, "scrum")], &[older]).await;
    answer(&server, "POST", "/rest/agile/1.0/sprint", 504, json!({})).await;
    let error = provider.create_sprint(NewSprint::new("10000", "Sprint 7")).await.unwrap_err();
    assert_eq!(*error.effect(), Effect::Unknown);
}
