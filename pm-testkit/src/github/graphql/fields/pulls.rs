//! The fields of pull requests.

use super::super::coerce::Arguments;
use super::super::object::{Object, Out, Resolved};
use super::super::scope::{Scope, time};
use super::issues::{database_id, shared};
use super::unresolved;
use crate::github::model::Issue;
use crate::github::node::node_id;
use crate::github::pulls::{self, Check, Commit, Pull, Review, Status, references};

pub(in super::super) fn pull_request(scope: &Scope<'_>, id: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(issue) = scope.issue(id) else { return Ok(Out::Null) };
    let Some(pull) = &issue.pull else { return Ok(Out::Null) };
    let out = shared(scope, issue, field, arguments)
        .or_else(|| branches(scope, pull, field))
        .or_else(|| merging(scope, issue, pull, field))
        .or_else(|| reviewing(scope, issue, pull, field, arguments));
    if let Some(out) = out {
        return Ok(out);
    }
    Ok(match field {
        "databaseId" | "fullDatabaseId" => database_id(field, pull.id),
        "state" => Out::leaf(state(issue)),
        "isDraft" => Out::leaf(pull.draft),
        "additions" | "changedFiles" => Out::leaf(pull.commits.len()),
        "deletions" => Out::leaf(0),
        "maintainerCanModify" => Out::leaf(pull.maintainers_may_edit),
        "closingIssuesReferences" => {
            let by_hand = arguments.is_true("userLinkedOnly");
            let closes = if by_hand {
                pull.closes.clone()
            } else {
                references::closes(scope.store, issue).into_iter().collect()
            };
            Out::pages(closes.into_iter().filter(|id| scope.issue(*id).is_some()), Object::Issue)
        }
        "commits" => Out::counted(pull.commits.iter().map(|commit| pull_commit(scope, issue, commit))),
        "statusCheckRollup" => rollup(scope, issue, pull),
        _ => return unresolved("PullRequest", field),
    })
}

/// `OPEN`, `CLOSED` or `MERGED`.
pub(super) fn state(issue: &Issue) -> &'static str {
    match &issue.pull {
        Some(pull) if pull.merged.is_some() => "MERGED",
        _ if issue.open => "OPEN",
        _ => "CLOSED",
    }
}

fn branches(scope: &Scope<'_>, pull: &Pull, field: &str) -> Option<Out> {
    let repository =
        |id: Option<u64>| Out::maybe(id.and_then(|id| scope.repository(id)).map(|one| Object::Repository(one.id)));
    Some(match field {
        "headRefName" => Out::leaf(pull.head.name.as_str()),
        "headRefOid" => Out::leaf(pull.head.sha.as_str()),
        "headRepository" => repository(pull.head.repository),
        "headRepositoryOwner" => scope.account(pull.head.owner),
        "baseRefName" => Out::leaf(pull.base.name.as_str()),
        "baseRefOid" => Out::leaf(pull.base.sha.as_str()),
        "baseRepository" => repository(pull.base.repository),
        "isCrossRepository" => Out::leaf(pull.head.repository != pull.base.repository),
        _ => return None,
    })
}

fn merging(scope: &Scope<'_>, issue: &Issue, pull: &Pull, field: &str) -> Option<Out> {
    Some(match field {
        "merged" => Out::leaf(pull.merged.is_some()),
        "mergedAt" => pull.merged.map_or(Out::Null, time),
        "mergedBy" => pull.merged_by.map_or(Out::Null, |by| scope.account(by)),
        "mergeable" => Out::leaf(match (issue.open, pull.computing, pull.conflict) {
            (false, ..) | (_, 1.., _) => "UNKNOWN",
            (_, _, true) => "CONFLICTING",
            _ => "MERGEABLE",
        }),
        "mergeStateStatus" => Out::leaf(pulls::merge_state(issue, pull).to_uppercase()),
        _ => return None,
    })
}

fn reviewing(scope: &Scope<'_>, issue: &Issue, pull: &Pull, field: &str, arguments: &Arguments) -> Option<Out> {
    let show = |review: &Review| (review.id, review_object(scope, issue, review));
    Some(match field {
        "reviews" => {
            let states = arguments.texts("states");
            let wanted = pull.reviews.iter().filter(|one| states.is_empty() || states.contains(&one.state.as_str()));
            Out::Pages(wanted.map(show).collect())
        }
        "latestReviews" => Out::Pages(pulls::latest_reviews(pull).into_iter().map(show).collect()),
        "reviewRequests" => {
            let requests = pull.requested.iter().map(|id| (*id, request(scope, issue, *id)));
            Out::Pages(requests.collect())
        }
        "reviewDecision" => Out::leaf(pulls::decision(pull)),
        _ => return None,
    })
}

fn review_object(scope: &Scope<'_>, issue: &Issue, review: &Review) -> Object {
    let path = format!("{}#pullrequestreview-{}", scope.path_of(issue), review.id);
    let fields = vec![
        ("id", Out::leaf(node_id("PRR", review.id))),
        ("databaseId", database_id("databaseId", review.id)),
        ("fullDatabaseId", database_id("fullDatabaseId", review.id)),
        ("author", scope.account(review.author)),
        ("body", Out::leaf(review.body.as_str())),
        ("state", Out::leaf(review.state.as_str())),
        ("createdAt", time(review.submitted)),
        ("updatedAt", time(review.submitted)),
        ("publishedAt", time(review.submitted)),
        ("submittedAt", time(review.submitted)),
        ("pullRequest", Out::One(Object::Issue(issue.id))),
        ("url", Out::leaf(scope.html(&path))),
        ("resourcePath", Out::leaf(path)),
    ];
    Object::ready("PullRequestReview", fields)
}

fn request(scope: &Scope<'_>, issue: &Issue, account: u64) -> Object {
    let fields = vec![
        ("id", Out::leaf(node_id("RRR", account))),
        ("databaseId", database_id("databaseId", account)),
        ("asCodeOwner", Out::leaf(false)),
        ("requestedReviewer", scope.account(account)),
        ("pullRequest", Out::One(Object::Issue(issue.id))),
    ];
    Object::ready("ReviewRequest", fields)
}

fn pull_commit(scope: &Scope<'_>, issue: &Issue, commit: &Commit) -> Object {
    let path = format!("{}/commits/{}", scope.path_of(issue), commit.sha);
    let is_last = issue.pull.as_ref().is_some_and(|pull| pull.head.sha == commit.sha);
    let checked = issue.pull.as_ref().filter(|_| is_last);
    let fields = vec![
        ("id", Out::leaf(format!("PURC_{}", commit.sha))),
        (
            "commit",
            Out::One(commit_object(scope, issue, commit, checked.map_or(Out::Null, |pull| rollup(scope, issue, pull)))),
        ),
        ("pullRequest", Out::One(Object::Issue(issue.id))),
        ("url", Out::leaf(scope.html(&path))),
        ("resourcePath", Out::leaf(path)),
    ];
    Object::ready("PullRequestCommit", fields)
}

fn commit_object(scope: &Scope<'_>, issue: &Issue, commit: &Commit, rollup: Out) -> Object {
    let path = format!("/{}/commit/{}", scope.full_name(issue.repository), commit.sha);
    let fields = vec![
        ("id", Out::leaf(format!("C_{}", commit.sha))),
        ("oid", Out::leaf(commit.sha.as_str())),
        ("abbreviatedOid", Out::leaf(commit.sha.get(..7).unwrap_or_default())),
        ("message", Out::leaf(commit.message.as_str())),
        ("messageHeadline", Out::leaf(commit.message.lines().next().unwrap_or_default())),
        ("committedDate", time(commit.created)),
        ("statusCheckRollup", rollup),
        ("url", Out::leaf(scope.html(&path))),
    ];
    Object::ready("Commit", fields)
}

/// The checks and statuses of the last commit together; `null` where there are none.
fn rollup(scope: &Scope<'_>, issue: &Issue, pull: &Pull) -> Out {
    let Some(state) = pulls::rollup_state(pull) else { return Out::Null };
    let checks = pull.checks.iter().map(|check| check_object(scope, issue, check));
    let statuses = pull.statuses.iter().map(status_object);
    let commit = pull.commits.last().map(|commit| commit_object(scope, issue, commit, Out::Null));
    let fields = vec![
        ("id", Out::leaf(format!("SCR_{}", pull.head.sha))),
        ("state", Out::leaf(state)),
        ("contexts", Out::counted(checks.chain(statuses))),
        ("commit", Out::maybe(commit)),
    ];
    Out::One(Object::ready("StatusCheckRollup", fields))
}

fn check_object(scope: &Scope<'_>, issue: &Issue, check: &Check) -> Object {
    let path = format!("/{}/runs/{}", scope.full_name(issue.repository), check.id);
    let fields = vec![
        ("id", Out::leaf(node_id("CR", check.id))),
        ("databaseId", database_id("databaseId", check.id)),
        ("name", Out::leaf(check.name.as_str())),
        ("status", Out::leaf(check.status.to_uppercase())),
        ("conclusion", Out::leaf(check.conclusion.as_ref().map(|conclusion| conclusion.to_uppercase()))),
        ("startedAt", time(check.started)),
        ("completedAt", check.completed.map_or(Out::Null, time)),
        ("title", Out::Null),
        ("summary", Out::Null),
        ("url", Out::leaf(scope.html(&path))),
        ("detailsUrl", Out::leaf(scope.html(&path))),
        ("permalink", Out::leaf(scope.html(&path))),
    ];
    Object::ready("CheckRun", fields)
}

fn status_object(status: &Status) -> Object {
    let fields = vec![
        ("id", Out::leaf(node_id("SC", status.id))),
        ("context", Out::leaf(status.context.as_str())),
        ("state", Out::leaf(status.state.to_uppercase())),
        ("description", Out::leaf(status.description.clone())),
        ("targetUrl", Out::leaf(status.target.clone())),
        ("createdAt", time(status.created)),
    ];
    Object::ready("StatusContext", fields)
}
