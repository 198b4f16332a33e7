//! Lists of pull requests: <https://docs.github.com/en/rest/pulls/pulls#list-pull-requests>.

use axum::extract::{Path, State};

use crate::github::access::Caller;
use crate::github::errors::Answer;
use crate::github::model::Issue;
use crate::github::paging;
use crate::github::reply::Reply;
use crate::github::request::Parameters;
use crate::github::store::{App, Store};
use crate::github::view::View;

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    caller.repository(&store, repository)?;
    let state = parameters.one_of("state", &["open", "closed", "all"], "open")?;
    let sort = parameters.one_of("sort", &["created", "updated", "popularity", "long-running"], "created")?;
    // The last created ones come first where nothing is said, in other orders the first.
    let default = if sort == "created" { "desc" } else { "asc" };
    let descending = parameters.one_of("direction", &["asc", "desc"], default)? == "desc";
    let pulls = store.issues_of(repository).filter(|issue| issue.pull.is_some());
    let mut found: Vec<&Issue> = pulls
        .filter(|issue| state == "all" || issue.open == (state == "open"))
        .filter(|issue| fits(&store, issue, parameters.get("head"), parameters.get("base")))
        .collect();
    found.sort_by_key(|issue| match sort {
        "updated" => (issue.updated.timestamp(), issue.number),
        "popularity" => (i64::try_from(issue.comments.len()).unwrap_or(i64::MAX), issue.number),
        _ => (issue.created.timestamp(), issue.number),
    });
    if descending {
        found.reverse();
    }
    let view = View::new(&store, &caller);
    Ok(paging::numbered(&caller, &parameters, &found, |issue| view.listed_pull(issue)))
}

/// `head` is `owner:branch`; anything else is not taken notice of (unverified). `base` is a branch.
fn fits(store: &Store, issue: &Issue, head: Option<&str>, base: Option<&str>) -> bool {
    let Some(pull) = &issue.pull else { return false };
    let head = head
        .and_then(|head| head.split_once(':'))
        .is_none_or(|(owner, name)| store.login(pull.head.owner).eq_ignore_ascii_case(owner) && pull.head.name == name);
    head && base.is_none_or(|base| pull.base.name == base)
}
