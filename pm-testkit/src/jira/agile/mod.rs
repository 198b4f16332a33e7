//! Boards and sprints: `/rest/agile/1.0`.
//!
//! <https://developer.atlassian.com/cloud/jira/software/rest/>,
//! <https://docs.atlassian.com/jira-software/REST/9.17.0/>

mod boards;
mod issues;
mod moves;
mod sprints;

use axum::Router;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::model::{Board, Role, Sprint};
use super::store::{App, Store};
use super::view::View;

/// The most issues that move at once, and the longest page of boards and sprints.
const MOST: usize = 50;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/board", get(boards::list))
        .route("/board/{id}", get(boards::show).delete(boards::delete))
        .route("/board/{id}/project", get(boards::projects))
        .route("/board/{id}/sprint", get(boards::sprints))
        .route("/board/{id}/issue", get(issues::of_board))
        .route("/board/{id}/backlog", get(issues::of_backlog))
        .route("/board/{id}/sprint/{sprint}/issue", get(issues::of_board_sprint))
        .route("/sprint", post(sprints::create))
        .route("/sprint/{id}", get(sprints::show).post(sprints::update).put(sprints::replace).delete(sprints::delete))
        .route("/sprint/{id}/issue", get(issues::of_sprint).post(moves::to_sprint))
        .route("/backlog/issue", post(moves::to_backlog))
        .route("/backlog/{id}/issue", post(moves::to_board_backlog))
}

/// The board if its project is visible; else 404.
fn board<'a>(store: &'a Store, caller: &Caller, id: &str) -> Answer<&'a Board> {
    let found = id.parse().ok().and_then(|id: u64| store.boards.get(&id));
    let seen = found.filter(|board| caller.may(store, board.project, Role::Viewer));
    seen.ok_or_else(|| {
        let rule = "it either does not exist or you do not have permission to view it.";
        Problem::new(404, format!("The requested board cannot be viewed because {rule}"))
    })
}

/// The sprint if its board, or one of the issues in it, is visible; else 404 (its words are unverified).
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/#api-rest-agile-1-0-sprint-sprintid-get>
fn sprint<'a>(store: &'a Store, caller: &Caller, id: &str) -> Answer<&'a Sprint> {
    let found = id.parse().ok().and_then(|id: u64| store.sprints.get(&id));
    let seen = found.filter(|sprint| {
        let board = store.boards.get(&sprint.board);
        board.is_some_and(|board| caller.may(store, board.project, Role::Viewer))
            || store.issues().values().any(|issue| issue.sprints.contains(&sprint.id) && caller.sees(store, issue))
    });
    seen.ok_or_else(|| Problem::new(404, "Sprint does not exist."))
}

/// A board; only Cloud says where it is: in a project, or with a person.
fn render_board(view: View<'_>, board: &Board) -> Value {
    let mut shown = json!({
        "id": board.id,
        "self": href(view, &format!("/board/{}", board.id)),
        "name": board.name,
        "type": board.kind,
    });
    if let Some(location) = location(view, board).filter(|_| view.is_cloud()) {
        shown["location"] = location;
    }
    shown
}

fn location(view: View<'_>, board: &Board) -> Option<Value> {
    if let Some(owner) = board.owner.as_ref().and_then(|owner| view.store.users.get(owner)) {
        let (id, name) = (&owner.id, &owner.display_name);
        return Some(json!({ "userAccountId": id, "displayName": name, "name": name }));
    }
    let project = view.store.projects.get(&board.project)?;
    let title = format!("{} ({})", project.name, project.key);
    Some(json!({
        "projectId": project.id,
        "displayName": title,
        "projectName": project.name,
        "projectKey": project.key,
        "projectTypeKey": project.kind,
        "name": title,
    }))
}

/// A sprint; dates that it does not have are left out.
pub(super) fn render_sprint(view: View<'_>, sprint: &Sprint) -> Value {
    let mut shown = json!({
        "id": sprint.id,
        "self": href(view, &format!("/sprint/{}", sprint.id)),
        "state": sprint.state.name(),
        "name": sprint.name,
        "originBoardId": sprint.board,
        "goal": sprint.goal,
    });
    let dates = [("startDate", sprint.start), ("endDate", sprint.end), ("completeDate", sprint.completed)];
    for (name, at) in dates.into_iter().filter_map(|(name, at)| Some((name, at?))) {
        shown[name] = moment(view, at).into();
    }
    if view.is_cloud() {
        shown["createdDate"] = moment(view, sprint.created).into();
    }
    shown
}

/// Moments of sprints, unlike those of issues, have a colon in the offset, or are in UTC (on Cloud: unverified).
fn moment(view: View<'_>, at: chrono::DateTime<chrono::Utc>) -> String {
    match view.caller.account(view.store).filter(|_| !view.is_cloud()) {
        Some(user) => at.with_timezone(&user.time_zone.1).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
        None => at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
    }
}

fn href(view: View<'_>, path: &str) -> String {
    format!("{}/rest/agile/1.0{path}", view.caller.base)
}
