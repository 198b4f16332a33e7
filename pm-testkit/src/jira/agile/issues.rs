//! Issues by board and sprint: still pages by offset.

use axum::extract::{Path, State};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::issues::render::{Selection, render};
use super::super::issues::search::searchable;
use super::super::jql::{self, Scope};
use super::super::model::{Issue, SprintState};
use super::super::paging::Page;
use super::super::reply::Reply;
use super::super::request::Parameters;
use super::super::store::{App, Store};
use super::super::view::View;

/// Lists the issues of a sprint, those of other boards too.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/#api-rest-agile-1-0-sprint-sprintid-issue-get>
pub(super) async fn of_sprint(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let sprint = super::sprint(&store, &caller, &id)?.id;
    list(View::new(&app, &store, &caller), &parameters, |issue| issue.sprints.contains(&sprint))
}

pub(super) async fn of_board_sprint(
    State(app): State<App>,
    caller: Caller,
    Path((id, sprint)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let project = super::board(&store, &caller, &id)?.project;
    let sprint = super::sprint(&store, &caller, &sprint)?.id;
    let inside = |issue: &Issue| issue.project == project && issue.sprints.contains(&sprint);
    list(View::new(&app, &store, &caller), &parameters, inside)
}

pub(super) async fn of_board(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let project = super::board(&store, &caller, &id)?.project;
    list(View::new(&app, &store, &caller), &parameters, |issue| issue.project == project)
}

/// Lists the issues of a board that are in no sprint that is not closed.
///
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/#api-rest-agile-1-0-board-boardid-backlog-get>
pub(super) async fn of_backlog(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let project = super::board(&store, &caller, &id)?.project;
    let inside = |issue: &Issue| issue.project == project && !is_planned(&store, issue);
    list(View::new(&app, &store, &caller), &parameters, inside)
}

fn is_planned(store: &Store, issue: &Issue) -> bool {
    let mut sprints = issue.sprints.iter().filter_map(|id| store.sprints.get(id));
    sprints.any(|sprint| sprint.state != SprintState::Closed)
}

/// A page of issues by rank, or in the order of a query.
fn list(view: View<'_>, parameters: &Parameters, inside: impl Fn(&Issue) -> bool) -> Answer<Reply> {
    let page = Page::read(parameters, super::MOST, view.app.options.list_page)?;
    let query = jql::parse(parameters.get("jql").unwrap_or_default()).map_err(|error| Problem::bad(error.message))?;
    let scope = Scope { store: view.store, caller: view.caller, flavor: view.app.options.flavor, now: view.app.now() };
    let plan = scope.plan(&query).map_err(|wrong| Problem::several(400, wrong))?;
    let seen = view.store.searched(&[]).into_iter().filter(|issue| searchable(view, issue));
    let mut issues: Vec<&Issue> = seen.filter(|issue| inside(issue) && plan.finds(issue)).collect();
    match query.order.is_empty() {
        true => issues.sort_by_key(|issue| issue.id),
        false => plan.sort(&mut issues),
    }
    let selection = Selection::read(parameters, "*navigable");
    Ok(Reply::ok(page.with_total("issues", &issues, |issue| render(view, issue, &selection))))
}
