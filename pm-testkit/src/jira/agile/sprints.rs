//! Sprints: only from future to active to closed.

use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::model::{Role, Sprint, SprintState};
use super::super::reply::Reply;
use super::super::request::{Body, id_of, only};
use super::super::store::{App, Store};
use super::super::view::View;
use super::moves;

const MEMBERS: [&str; 12] = [
    "id",
    "self",
    "name",
    "state",
    "startDate",
    "endDate",
    "completeDate",
    "createdDate",
    "activatedDate",
    "originBoardId",
    "goal",
    "autoStartStop",
];

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let sprint = super::sprint(&store, &caller, &id)?;
    Ok(Reply::ok(super::render_sprint(View::new(&app, &store, &caller), sprint)))
}

/// Makes a future sprint; name and board are required.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/#api-rest-agile-1-0-sprint-post>. Messages
/// here and below are unverified where no source is named.
pub(super) async fn create(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    caller.user()?;
    let body = body.object()?;
    only(&app, &body, &["name", "startDate", "endDate", "originBoardId", "goal", "autoStartStop"])?;
    let mut store = app.lock();
    let board = body.get("originBoardId").and_then(id_of).map(|id| id.to_string());
    let board = board.ok_or_else(|| Problem::field("originBoardId", "The origin board id is required."))?;
    let board = super::board(&store, &caller, &board)?.clone();
    if board.kind == "kanban" {
        return Err(Problem::bad("The board does not support sprints"));
    }
    needs_manager(&store, &caller, board.project)?;
    let name = name(&body)?.ok_or_else(|| Problem::field("name", "The sprint name is required."))?;
    let (start, end) = (date(&body, "startDate")?, date(&body, "endDate")?);
    check_dates(start, end)?;
    let id = store.next_small_id("sprints");
    let sprint = Sprint {
        id,
        name,
        goal: goal(&body),
        state: SprintState::Future,
        board: board.id,
        start,
        end,
        completed: None,
        created: app.now(),
    };
    store.sprints.insert(id, sprint.clone());
    Ok(Reply::created(super::render_sprint(View::new(&app, &store, &caller), &sprint)))
}

/// Changes what the body has.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/#api-rest-agile-1-0-sprint-sprintid-post>
pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<Reply> {
    write(&app, &caller, &id, body, false)
}

/// Makes the sprint what the body says: what the body leaves out is cleared.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/#api-rest-agile-1-0-sprint-sprintid-put>
pub(super) async fn replace(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<Reply> {
    write(&app, &caller, &id, body, true)
}

fn write(app: &App, caller: &Caller, id: &str, body: Body, whole: bool) -> Answer<Reply> {
    caller.user()?;
    let body = body.object()?;
    only(app, &body, &MEMBERS)?;
    let mut store = app.lock();
    let old = super::sprint(&store, caller, id)?.clone();
    let project = store.boards.get(&old.board).map(|board| board.project).unwrap_or_default();
    needs_manager(&store, caller, project)?;
    let new = changed(&old, &body, whole, app.now())?;
    store.sprints.insert(new.id, new.clone());
    Ok(Reply::ok(super::render_sprint(View::new(app, &store, caller), &new)))
}

/// What a sprint becomes. A completed one stays in the history of its issues, which leaves the open ones in the backlog
/// (`ankitpokhrel/jira-cli#756`).
fn changed(old: &Sprint, body: &Map<String, Value>, whole: bool, now: DateTime<Utc>) -> Answer<Sprint> {
    let said = |member: &str| whole || body.contains_key(member);
    let mut new = old.clone();
    match name(body)? {
        Some(name) => new.name = name,
        None if said("name") => return Err(Problem::field("name", "The sprint name is required.")),
        None => {}
    }
    if said("goal") {
        new.goal = goal(body);
    }
    // Of closed sprints only name and goal change; the rest is ignored.
    if old.state == SprintState::Closed {
        check_state(old, body)?;
        return Ok(new);
    }
    if said("startDate") {
        new.start = date(body, "startDate")?;
    }
    if said("endDate") {
        new.end = date(body, "endDate")?;
    }
    new.state = check_state(old, body)?;
    if new.state == SprintState::Active && (new.start.is_none() || new.end.is_none()) {
        return Err(Problem::bad("A sprint needs a start date and an end date to be active."));
    }
    if new.state == SprintState::Closed {
        new.completed = Some(now);
    }
    check_dates(new.start, new.end)?;
    Ok(new)
}

/// The state that the body asks for: the same one or the next one, nothing else.
fn check_state(old: &Sprint, body: &Map<String, Value>) -> Answer<SprintState> {
    let Some(wanted) = body.get("state").and_then(Value::as_str) else { return Ok(old.state) };
    let states = [SprintState::Future, SprintState::Active, SprintState::Closed];
    let wanted = states.into_iter().find(|state| state.name().eq_ignore_ascii_case(wanted));
    let wanted = wanted.ok_or_else(|| Problem::field("state", "The sprint state is not valid."))?;
    match (old.state, wanted) {
        (before, after) if before == after => Ok(after),
        (SprintState::Future, SprintState::Active) | (SprintState::Active, SprintState::Closed) => Ok(wanted),
        (before, after) => {
            let (before, after) = (before.name(), after.name());
            Err(Problem::bad(format!("The state of a sprint cannot change from '{before}' to '{after}'.")))
        }
    }
}

/// Deletes a sprint; its open issues go to the backlog.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/#api-rest-agile-1-0-sprint-sprintid-delete>
pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    caller.user()?;
    let mut store = app.lock();
    let sprint = super::sprint(&store, &caller, &id)?.clone();
    let project = store.boards.get(&sprint.board).map(|board| board.project).unwrap_or_default();
    needs_manager(&store, &caller, project)?;
    moves::forget(&app, &mut store, &caller, sprint.id);
    store.sprints.remove(&sprint.id);
    Ok(Reply::empty())
}

fn needs_manager(store: &Store, caller: &Caller, project: u64) -> Answer<()> {
    caller.needs(store, project, Role::Admin, "You do not have permission to manage sprints.")
}

/// The name, without spaces around it; `None` where there is none.
fn name(body: &Map<String, Value>) -> Answer<Option<String>> {
    let name = body.get("name").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    Ok(name.map(str::to_owned))
}

fn goal(body: &Map<String, Value>) -> String {
    body.get("goal").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A moment with an offset; an empty one is none.
fn date(body: &Map<String, Value>, member: &str) -> Answer<Option<DateTime<Utc>>> {
    let text = body.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    let read = |text: &str| {
        let vendors = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z");
        vendors.or_else(|_| DateTime::parse_from_rfc3339(text)).map(|at| at.to_utc())
    };
    text.map(|text| read(text).map_err(|_| Problem::field(member, "The date is not valid."))).transpose()
}

fn check_dates(start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> Answer<()> {
    match (start, end) {
        (Some(start), Some(end)) if start >= end => {
            Err(Problem::field("endDate", "The end date of a sprint must be after the start date."))
        }
        _ => Ok(()),
    }
}
