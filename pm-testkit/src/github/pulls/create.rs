//! New pull requests: <https://docs.github.com/en/rest/pulls/pulls#create-a-pull-request>.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::model::{Branch, Commit, Pull, sha};
use crate::github::access::{Caller, Rights};
use crate::github::changes::{Change, announce};
use crate::github::errors::{Answer, Problem};
use crate::github::issues;
use crate::github::model::Repository;
use crate::github::reply::Reply;
use crate::github::request::Body;
use crate::github::store::{App, Store};
use crate::github::view::View;

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let author = caller.account()?;
    let place = caller.repository(&store, repository)?.clone();
    let (head, base) = ends(&store, &caller, &place, &body)?;
    let title = body.required("title")?;
    if title.trim().is_empty() {
        return Err(Problem::missing_field("PullRequest", "title"));
    }
    refuse_twin(&store, &place, &head, &base)?;
    let mut issue = issues::blank(&app, &mut store, (repository, author), title);
    issue.body = body.text("body")?.flatten();
    let commit = Commit { sha: head.sha.clone(), message: issue.title.clone(), author, created: issue.created };
    let mut pull = Pull::new(store.next_id("pulls"), (head, base), body.flag("draft")?.unwrap_or(false), commit);
    pull.maintainers_may_edit = body.flag("maintainer_can_modify")?.unwrap_or(true);
    issue.pull = Some(pull);
    let id = issue.id;
    store.insert_issue(issue);
    let now = app.now();
    announce(&mut store, &caller, now, Change::issue(id, "opened"));
    let view = View::new(&store, &caller);
    Ok(Reply::created(store.issues.get(&id).map_or(Value::Null, |issue| view.pull(issue))))
}

/// Both branches: those that are named in the body, if they are there.
fn ends(store: &Store, caller: &Caller, place: &Repository, body: &Body) -> Answer<(Branch, Branch)> {
    let (head, base) = (body.required("head")?, body.required("base")?);
    let invalid = |field: &str| {
        Problem::validation(vec![json!({ "resource": "PullRequest", "field": field, "code": "invalid" })])
    };
    let (owner, name) = match head.split_once(':') {
        Some((owner, name)) => (store.account_named(owner).ok_or_else(|| invalid("head"))?.id, name.to_owned()),
        None => (place.owner, head),
    };
    let fork = store.repositories.values().find(|one| one.owner == owner && one.name == place.name);
    let from = fork.ok_or_else(|| invalid("head"))?;
    if !caller.may(store, from, Rights::Write) {
        return Err(Problem::not_found());
    }
    if !has_branch(store, from, &name) {
        return Err(invalid("head"));
    }
    if !has_branch(store, place, &base) {
        return Err(invalid("base"));
    }
    if from.id == place.id && name == base {
        let message = format!("No commits between {base} and {name}");
        return Err(Problem::validation(vec![
            json!({ "resource": "PullRequest", "code": "custom", "message": message }),
        ]));
    }
    let head = branch(store, from, &name);
    Ok((head, branch(store, place, &base)))
}

/// A branch is there once it was pushed; names with `missing` in them never were.
fn has_branch(_: &Store, repository: &Repository, name: &str) -> bool {
    name == repository.default_branch || !(name.is_empty() || name.contains("missing"))
}

/// A branch with its last commit, which follows from the names.
pub(super) fn branch(store: &Store, repository: &Repository, name: &str) -> Branch {
    let last = store.issues.values().rev().filter_map(|issue| issue.pull.as_ref());
    let pushed = last.map(|pull| &pull.head).find(|head| head.repository == Some(repository.id) && head.name == name);
    let seed = name.bytes().fold(repository.id, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    Branch {
        repository: Some(repository.id),
        owner: repository.owner,
        name: name.to_owned(),
        sha: pushed.map_or_else(|| sha(seed), |head| head.sha.clone()),
    }
}

/// There is one open pull request at most between two branches.
fn refuse_twin(store: &Store, place: &Repository, head: &Branch, base: &Branch) -> Answer<()> {
    let open = store.issues_of(place.id).filter(|issue| issue.open).filter_map(|issue| issue.pull.as_ref());
    let same = |pull: &Pull| {
        pull.base.name == base.name && pull.head.name == head.name && pull.head.repository == head.repository
    };
    if !open.into_iter().any(same) {
        return Ok(());
    }
    let message = format!("A pull request already exists for {}:{}.", store.login(head.owner), head.name);
    Err(Problem::validation(vec![json!({ "resource": "PullRequest", "code": "custom", "message": message })]))
}
