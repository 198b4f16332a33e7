//! Issues into sprints and out of them.

use axum::extract::{Path, State};
use serde_json::Value;

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::issues::history;
use super::super::model::{Issue, IssueType, Role, SprintState};
use super::super::reply::Reply;
use super::super::request::{Body, only};
use super::super::store::{App, Store};

/// Puts up to 50 issues into a sprint that is not closed.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/#api-rest-agile-1-0-sprint-sprintid-issue-post>.
/// Messages of this file are unverified.
pub(super) async fn to_sprint(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<Reply> {
    caller.user()?;
    let mut store = app.lock();
    let sprint = super::sprint(&store, &caller, &id)?.clone();
    let issues = issues(&app, &store, &caller, body)?;
    if sprint.state == SprintState::Closed {
        return Err(Problem::bad("Issue can be assigned only active or future sprints."));
    }
    for issue in &issues {
        put(&app, &mut store, &caller, *issue, Some(sprint.id));
    }
    Ok(Reply::empty())
}

/// Takes up to 50 issues out of the sprints that are not closed.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-backlog/#api-rest-agile-1-0-backlog-issue-post>
pub(super) async fn to_backlog(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    caller.user()?;
    let mut store = app.lock();
    for issue in issues(&app, &store, &caller, body)? {
        put(&app, &mut store, &caller, issue, None);
    }
    Ok(Reply::empty())
}

/// The same for the backlog of one board.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-backlog/#api-rest-agile-1-0-backlog-boardid-issue-post>
pub(super) async fn to_board_backlog(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<Reply> {
    caller.user()?;
    let mut store = app.lock();
    let project = super::board(&store, &caller, &id)?.project;
    for issue in issues(&app, &store, &caller, body)? {
        if store.issues().get(&issue).is_some_and(|issue| issue.project == project) {
            put(&app, &mut store, &caller, issue, None);
        }
    }
    Ok(Reply::empty())
}

/// The issues that a body names by key or id, all of them or an error.
fn issues(app: &App, store: &Store, caller: &Caller, body: Body) -> Answer<Vec<u64>> {
    let body = body.object()?;
    only(app, &body, &["issues", "rankBeforeIssue", "rankAfterIssue", "rankCustomFieldId"])?;
    let names = body.get("issues").and_then(Value::as_array).ok_or_else(Problem::invalid_payload)?;
    if names.len() > super::MOST {
        return Err(Problem::bad(format!("At most {} issues can be moved at once.", super::MOST)));
    }
    names.iter().map(|name| movable(store, caller, name)).collect()
}

fn movable(store: &Store, caller: &Caller, name: &Value) -> Answer<u64> {
    let name = name.as_str().ok_or_else(Problem::invalid_payload)?;
    let missing = || Problem::bad(format!("Issue '{name}' does not exist or you do not have permission to see it."));
    let issue = caller.issue(store, name).map_err(|_| missing())?;
    caller.needs(store, issue.project, Role::Member, "You do not have permission to edit this issue.")?;
    match store.issue_types.get(&issue.kind).is_some_and(IssueType::is_subtask) {
        true => Err(Problem::bad(
            "Sub-task cannot be associated to a sprint. It's associated to the same sprint as its parent.",
        )),
        false => Ok(issue.id),
    }
}

/// Moves an issue with its sub-tasks: closed sprints stay in its history, open ones are left.
fn put(app: &App, store: &mut Store, caller: &Caller, id: u64, sprint: Option<u64>) {
    let family: Vec<u64> = std::iter::once(id).chain(store.subtasks(id).map(|child| child.id)).collect();
    for id in family {
        let Some(issue) = store.issues().get(&id) else { continue };
        let closed = |id: &u64| store.sprints.get(id).is_some_and(|sprint| sprint.state == SprintState::Closed);
        let mut sprints: Vec<u64> = issue.sprints.iter().copied().filter(closed).collect();
        sprints.extend(sprint);
        if sprints != issue.sprints {
            let changed = Issue { sprints, ..issue.clone() };
            history::save(app, store, caller, changed);
        }
    }
}

/// Takes a sprint that goes away out of all issues.
pub(super) fn forget(app: &App, store: &mut Store, caller: &Caller, sprint: u64) {
    let inside: Vec<Issue> = store.issues().values().filter(|issue| issue.sprints.contains(&sprint)).cloned().collect();
    for issue in inside {
        let sprints = issue.sprints.iter().copied().filter(|id| *id != sprint).collect();
        history::save(app, store, caller, Issue { sprints, ..issue });
    }
}
