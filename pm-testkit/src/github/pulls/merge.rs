//! Merging: <https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request>.

use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde_json::json;

use super::model::sha;
use super::{pull, references};
use crate::github::access::{Caller, Rights};
use crate::github::errors::{Answer, Problem};
use crate::github::model::{Issue, Reason};
use crate::github::reply::Reply;
use crate::github::request::Body;
use crate::github::store::{App, Store};

/// 204 for one that is merged, 404 for others.
pub(super) async fn is_merged(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
) -> Answer<Reply> {
    let store = app.lock();
    let merged = pull(&store, &caller, repository, number)?.pull.as_ref().is_some_and(|pull| pull.merged.is_some());
    if merged { Ok(Reply::empty()) } else { Err(Problem::not_found()) }
}

pub(super) async fn merge(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let me = caller.account()?;
    caller.repository_for(&store, repository, Rights::Write)?;
    let issue = pull(&store, &caller, repository, number)?;
    let (id, head) = (issue.id, issue.pull.as_ref().map(|pull| pull.head.sha.clone()));
    if !is_mergeable(issue) {
        return Err(Problem::new(405, "Pull Request is not mergeable"));
    }
    if body.text("sha")?.flatten().is_some_and(|expected| Some(&expected) != head.as_ref()) {
        return Err(Problem::new(409, "Head branch was modified. Review and try the merge again."));
    }
    let now = app.now();
    let merged = close(&mut store, id, me, now);
    Ok(Reply::ok(json!({ "sha": merged, "merged": true, "message": "Pull Request successfully merged" })))
}

fn is_mergeable(issue: &Issue) -> bool {
    issue.open && issue.pull.as_ref().is_some_and(|pull| !pull.conflict && !pull.draft)
}

/// Merges a pull request, and closes the issues that it closes. Tells the commit that it made.
pub(super) fn close(store: &mut Store, id: u64, by: u64, now: DateTime<Utc>) -> String {
    let commit = sha(id ^ 0x006d_6572_6765);
    let closes = store.issues.get(&id).map(|issue| references::closes(store, issue)).unwrap_or_default();
    for other in std::iter::once(id).chain(closes) {
        let Some(issue) = store.issues.get_mut(&other).filter(|issue| issue.open) else { continue };
        issue.open = false;
        issue.closed = Some(now);
        issue.closed_by = Some(by);
        issue.updated = now;
        match &mut issue.pull {
            Some(pull) => {
                pull.merged = Some(now);
                pull.merged_by = Some(by);
                pull.merge_sha = Some(commit.clone());
            }
            None => issue.reason = Some(Reason::Completed),
        }
    }
    commit
}
