//! Boards.

use axum::extract::{Path, State};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::model::{Board, Role, Sprint, SprintState};
use super::super::paging::Page;
use super::super::reply::Reply;
use super::super::request::Parameters;
use super::super::store::App;
use super::super::view::View;

/// Lists boards: `type`, `name` (a part of it) and `projectKeyOrId` narrow the list.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/#api-rest-agile-1-0-board-get>
pub(super) async fn list(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let page = Page::read(&parameters, super::MOST, super::MOST)?;
    let kinds = parameters.list("type");
    if let Some(kind) = kinds.iter().find(|kind| !["scrum", "kanban", "simple"].contains(kind)) {
        return Err(Problem::bad(format!("The board type '{kind}' is not valid.")));
    }
    let project = parameters.get("projectKeyOrId").filter(|project| !project.is_empty());
    let project = project.map(|project| match caller.project(&store, project) {
        Ok(project) => Ok(project.id),
        // The words are unverified.
        Err(_) => Err(Problem::bad(format!("No project could be found with key or id '{project}'."))),
    });
    let project = project.transpose()?;
    let name = parameters.get("name").unwrap_or_default().to_lowercase();
    let fits = |board: &&Board| {
        caller.may(&store, board.project, Role::Viewer)
            && (kinds.is_empty() || kinds.contains(&board.kind.as_str()))
            && board.name.to_lowercase().contains(&name)
            && project.is_none_or(|project| project == board.project)
    };
    let boards: Vec<&Board> = store.boards.values().filter(fits).collect();
    let view = View::new(&app, &store, &caller);
    Ok(Reply::ok(page.with_total("values", &boards, |board| super::render_board(view, board))))
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let board = super::board(&store, &caller, &id)?;
    Ok(Reply::ok(super::render_board(View::new(&app, &store, &caller), board)))
}

/// Deletes a board. Its sprints stay where issues are in them, with an origin that nobody can look up (unverified).
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/#api-rest-agile-1-0-board-boardid-delete>
pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    caller.user()?;
    let mut store = app.lock();
    let board = super::board(&store, &caller, &id)?.clone();
    caller.needs(&store, board.project, Role::Admin, "You do not have permission to delete this board.")?;
    store.boards.remove(&board.id);
    Ok(Reply::empty())
}

/// Lists the projects of a board: on Data Center the only way to learn where it is.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/#api-rest-agile-1-0-board-boardid-project-get>
pub(super) async fn projects(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let board = super::board(&store, &caller, &id)?;
    let page = Page::read(&parameters, super::MOST, super::MOST)?;
    let projects: Vec<_> = store.projects.get(&board.project).into_iter().collect();
    let view = View::new(&app, &store, &caller);
    Ok(Reply::ok(page.with_total("values", &projects, |project| view.project(project))))
}

/// Lists the sprints of a board in the order closed, active, future. `state` may name several states.
///
/// There is no total: only `isLast` tells the end (`pycontribs/jira#2395` pages without one).
///
/// A board lists sprints that began elsewhere too, once one of its issues is in them; `originBoardId` tells them apart
/// (`faros-ai/airbyte-connectors#1466`). Kanban boards have no sprints: 400.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/#api-rest-agile-1-0-board-boardid-sprint-get>
pub(super) async fn sprints(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let board = super::board(&store, &caller, &id)?;
    if board.kind == "kanban" {
        return Err(Problem::bad("The board does not support sprints"));
    }
    let page = Page::read(&parameters, super::MOST, super::MOST)?;
    let states = parameters.list("state");
    let known = [SprintState::Future, SprintState::Active, SprintState::Closed].map(SprintState::name);
    if let Some(state) = states.iter().find(|state| !known.contains(state)) {
        // The words are unverified.
        return Err(Problem::bad(format!("The sprint state '{state}' is not valid.")));
    }
    let visits = |sprint: &Sprint| {
        let mut issues = store.issues().values().filter(|issue| issue.project == board.project);
        issues.any(|issue| issue.sprints.contains(&sprint.id))
    };
    let fits = |sprint: &&Sprint| {
        (sprint.board == board.id || visits(sprint)) && (states.is_empty() || states.contains(&sprint.state.name()))
    };
    let mut sprints: Vec<&Sprint> = store.sprints.values().filter(fits).collect();
    sprints.sort_by_key(|sprint| std::cmp::Reverse(place(sprint.state)));
    let view = View::new(&app, &store, &caller);
    let mut body = page.with_total("values", &sprints, |sprint| super::render_sprint(view, sprint));
    if let Some(body) = body.as_object_mut() {
        // Examples of the documents have one; answers of real sites do not.
        body.remove("total");
    }
    Ok(Reply::ok(body))
}

fn place(state: SprintState) -> u8 {
    match state {
        SprintState::Closed => 2,
        SprintState::Active => 1,
        SprintState::Future => 0,
    }
}
