//! Commits, and what was found out about them: <https://docs.github.com/en/rest/checks/runs>,
//! <https://docs.github.com/en/rest/commits/statuses>.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::model::{Check, Commit, Pull, Status};
use super::pull;
use super::verdict::combine;
use crate::github::access::Caller;
use crate::github::errors::{Answer, Problem};
use crate::github::model::Issue;
use crate::github::paging::{self, Page};
use crate::github::reply::Reply;
use crate::github::request::Parameters;
use crate::github::store::{App, Store};
use crate::github::view::View;

/// At most 250 commits of a pull request are listed.
pub(super) async fn commits(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = pull(&store, &caller, repository, number)?;
    let commits: Vec<&Commit> =
        issue.pull.as_ref().map(|pull| pull.commits.iter().take(250).collect()).unwrap_or_default();
    let view = View::new(&store, &caller);
    Ok(paging::numbered(&caller, &parameters, &commits, |commit| view.commit(issue, commit)))
}

/// The pull request whose last commit is named, by its digits or by its branch.
fn with_head<'a>(store: &'a Store, repository: u64, commit: &str) -> Option<(&'a Issue, &'a Pull)> {
    let pulls = store.issues_of(repository).filter_map(|issue| Some((issue, issue.pull.as_ref()?)));
    pulls.rev().find(|(_, pull)| pull.head.sha == commit || pull.head.name == commit)
}

/// Any commit that the repository has; 422 for digits that it has not.
fn found<'a>(
    store: &'a Store,
    caller: &Caller,
    (repository, commit): (u64, &str),
) -> Answer<Option<(&'a Issue, &'a Pull)>> {
    let place = caller.repository(store, repository)?;
    let head = with_head(store, repository, commit);
    let known = head.is_some() || commit == place.default_branch;
    let based = || {
        let mut pulls = store.issues_of(repository).filter_map(|issue| issue.pull.as_ref());
        pulls.any(|pull| pull.base.sha == commit || pull.commits.iter().any(|one| one.sha == commit))
    };
    if known || based() { Ok(head) } else { Err(Problem::new(422, format!("No commit found for SHA: {commit}"))) }
}

/// Runs in an object with their number: lists of checks are no arrays.
pub(super) async fn check_runs(
    State(app): State<App>,
    caller: Caller,
    Path((repository, commit)): Path<(u64, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let head = found(&store, &caller, (repository, &commit))?;
    let view = View::new(&store, &caller);
    let named = |check: &&Check| parameters.get("check_name").is_none_or(|name| check.name == name);
    let runs: Vec<Value> = head
        .map(|(issue, pull)| pull.checks.iter().filter(named).map(|check| view.check_run(issue, pull, check)).collect())
        .unwrap_or_default();
    let total = runs.len();
    let (page, links) = inside(&caller, &parameters, runs);
    Ok(Reply::linked(json!({ "total_count": total, "check_runs": page }), links))
}

/// The last status of each context, and the worst of them: `pending` where there are none.
pub(super) async fn combined_status(
    State(app): State<App>,
    caller: Caller,
    Path((repository, commit)): Path<(u64, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let head = found(&store, &caller, (repository, &commit))?;
    let view = View::new(&store, &caller);
    let statuses = head.map(|(_, pull)| latest(pull)).unwrap_or_default();
    let state = combine(statuses.iter().map(|status| match status.state.as_str() {
        "error" => "failure",
        state => state,
    }));
    let sha = head.map_or(commit.clone(), |(_, pull)| pull.head.sha.clone());
    let total = statuses.len();
    let shown = head.map(|(issue, pull)| statuses.iter().map(|one| view.status(issue, pull, one)).collect());
    let (page, links) = inside(&caller, &parameters, shown.unwrap_or_default());
    let repository = caller.repository(&store, repository)?;
    let href = view.repository_href(repository);
    let body = json!({
        "state": state.unwrap_or("PENDING").to_lowercase(),
        "statuses": page,
        "sha": sha,
        "total_count": total,
        "repository": view.repository(repository),
        "commit_url": format!("{href}/commits/{sha}"),
        "url": format!("{href}/commits/{sha}/status"),
    });
    Ok(Reply::linked(body, links))
}

/// Every status that was ever put on a commit, the last one first.
pub(super) async fn statuses(
    State(app): State<App>,
    caller: Caller,
    Path((repository, commit)): Path<(u64, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let Some((issue, pull)) = found(&store, &caller, (repository, &commit))? else { return Ok(Reply::ok(json!([]))) };
    let view = View::new(&store, &caller);
    let all: Vec<&Status> = pull.statuses.iter().rev().collect();
    Ok(paging::numbered(&caller, &parameters, &all, |status| view.status(issue, pull, status)))
}

fn latest(pull: &Pull) -> Vec<&Status> {
    let later = |at: usize, context: &str| pull.statuses[at + 1..].iter().any(|other| other.context == context);
    let all = pull.statuses.iter().enumerate();
    all.filter(|(at, status)| !later(*at, &status.context)).map(|(_, status)| status).collect()
}

/// A page of what stands inside an object, with the links of a list.
fn inside(caller: &Caller, parameters: &Parameters, items: Vec<Value>) -> (Vec<Value>, Vec<(&'static str, String)>) {
    let page = Page::read(parameters);
    let links = paging::numbered_links(caller, parameters, items.len());
    let shown = items.into_iter().skip((page.number - 1).saturating_mul(page.size)).take(page.size);
    (shown.collect(), links)
}
