//! The fields of repositories.

use super::super::coerce::Arguments;
use super::super::errors::GraphError;
use super::super::object::{Object, Out, Resolved};
use super::super::scope::{Scope, time};
use super::{common, unresolved};
use crate::github::access::{Rights, is_assignable};
use crate::github::model::Issue;

pub(in super::super) fn repository(scope: &Scope<'_>, id: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(repository) = scope.repository(id) else { return Ok(Out::Null) };
    let full_name = scope.store.full_name(repository);
    if let Some(out) = common(scope, &Object::Repository(id), field, || format!("/{full_name}")) {
        return Ok(out);
    }
    Ok(match field {
        "databaseId" => Out::leaf(id),
        "name" => Out::leaf(repository.name.as_str()),
        "nameWithOwner" => Out::leaf(full_name),
        "description" => Out::leaf(repository.description.clone()),
        "owner" => scope.account(repository.owner),
        "isArchived" => Out::leaf(repository.archived),
        "isPrivate" => Out::leaf(repository.private),
        "hasIssuesEnabled" => Out::leaf(repository.has_issues),
        "createdAt" => time(repository.created),
        "updatedAt" => time(repository.updated),
        "viewerPermission" => Out::leaf(permission(scope.call.caller.rights(scope.store, repository))),
        "issue" => return numbered(scope, id, arguments, |issue| issue.pull.is_none(), "an Issue"),
        "pullRequest" => return numbered(scope, id, arguments, |issue| issue.pull.is_some(), "a PullRequest"),
        "issueOrPullRequest" => return numbered(scope, id, arguments, |_| true, "an issue or pull request"),
        "issues" => issues(scope, id, arguments),
        "pullRequests" => pull_requests(scope, id, arguments),
        "labels" => {
            let own = scope.store.labels.values().filter(|label| label.repository == id);
            Out::pages(own.map(|label| label.id), Object::Label)
        }
        "milestone" => {
            let number = arguments.number("number").and_then(|number| u64::try_from(number).ok());
            let found = number.and_then(|number| scope.store.milestone_at(id, number));
            Out::maybe(found.map(|milestone| Object::Milestone(milestone.id)))
        }
        "assignableUsers" => {
            let people = scope.store.accounts.keys().copied();
            Out::pages(people.filter(|account| is_assignable(scope.store, *account, repository)), Object::Account)
        }
        "projectV2" | "projectsV2" => linked_projects(scope, id, field, arguments)?,
        _ => return unresolved("Repository", field),
    })
}

fn permission(rights: Option<Rights>) -> Option<String> {
    rights.map(|rights| rights.name().to_uppercase())
}

fn numbered(
    scope: &Scope<'_>,
    repository: u64,
    arguments: &Arguments,
    fits: impl Fn(&&Issue) -> bool,
    article: &str,
) -> Resolved {
    let number = arguments.number("number").unwrap_or(0);
    let found = u64::try_from(number).ok().and_then(|number| scope.store.issue_at(repository, number)).filter(fits);
    let message = || format!("Could not resolve to {article} with the number of {number}.");
    found.map(|issue| Out::One(Object::Issue(issue.id))).ok_or_else(|| GraphError::not_found(message()))
}

/// Issues without pull requests, the first one first unless told otherwise.
fn issues(scope: &Scope<'_>, repository: u64, arguments: &Arguments) -> Out {
    let states = arguments.texts("states");
    let state = |issue: &Issue| if issue.open { "OPEN" } else { "CLOSED" };
    let issues = scope.store.issues_of(repository).filter(|issue| issue.pull.is_none());
    let mut found: Vec<&Issue> = issues.filter(|issue| states.is_empty() || states.contains(&state(issue))).collect();
    let order = arguments.get("orderBy");
    let part = |name: &str| order.and_then(|order| order.get(name)).and_then(serde_json::Value::as_str);
    found.sort_by_key(|issue| match part("field") {
        Some("UPDATED_AT") => (issue.updated.timestamp(), issue.number),
        Some("COMMENTS") => (i64::try_from(issue.comments.len()).unwrap_or(i64::MAX), issue.number),
        _ => (issue.created.timestamp(), issue.number),
    });
    if part("direction") == Some("DESC") {
        found.reverse();
    }
    Out::pages(found.into_iter().map(|issue| issue.id), Object::Issue)
}

fn pull_requests(scope: &Scope<'_>, repository: u64, arguments: &Arguments) -> Out {
    let states = arguments.texts("states");
    let pulls = scope.store.issues_of(repository).filter(|issue| issue.pull.is_some());
    let fits = |issue: &&Issue| states.is_empty() || states.contains(&super::pulls::state(issue));
    let named = |issue: &&Issue| {
        let Some(pull) = &issue.pull else { return false };
        arguments.text("headRefName").is_none_or(|name| pull.head.name == name)
            && arguments.text("baseRefName").is_none_or(|name| pull.base.name == name)
    };
    Out::pages(pulls.filter(fits).filter(named).map(|issue| issue.id), Object::Issue)
}

/// Projects that have an item of the repository. Links that are made by hand are not kept.
fn linked_projects(scope: &Scope<'_>, repository: u64, field: &str, arguments: &Arguments) -> Resolved {
    let projects = scope.store.boards.projects.values().filter(|one| scope.project(one.id).is_some());
    let linked = projects.filter(|one| super::boards::repositories(scope, one.id).contains(&repository));
    if field == "projectsV2" {
        return Ok(Out::pages(linked.map(|one| one.id), Object::Project));
    }
    let number = arguments.number("number").unwrap_or(0);
    let mut linked = linked;
    let found = linked.find(|one| i64::try_from(one.number) == Ok(number));
    let message = || format!("Could not resolve to a ProjectV2 with the number {number}.");
    found.map(|one| Out::One(Object::Project(one.id))).ok_or_else(|| GraphError::not_found(message()))
}
