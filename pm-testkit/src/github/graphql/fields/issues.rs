//! The fields of issues and of what hangs on them.

use super::super::coerce::Arguments;
use super::super::object::{Object, Out, Resolved};
use super::super::scope::{Scope, time};
use super::{common, unresolved};
use crate::github::model::{Issue, Reason};
use crate::github::pulls::references;

pub(in super::super) fn issue(scope: &Scope<'_>, id: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(issue) = scope.issue(id) else { return Ok(Out::Null) };
    if let Some(out) = shared(scope, issue, field, arguments) {
        return Ok(out);
    }
    Ok(match field {
        "databaseId" | "fullDatabaseId" => database_id(field, id),
        "state" => Out::leaf(if issue.open { "OPEN" } else { "CLOSED" }),
        "stateReason" => Out::leaf(reason(issue.reason, arguments.is_true("enableDuplicate"))),
        "parent" => Out::maybe(issue.parent.and_then(|parent| scope.issue(parent)).map(|one| Object::Issue(one.id))),
        "subIssues" => Out::pages(issue.children.iter().copied(), Object::Issue),
        "closedByPullRequestsReferences" => closing(scope, issue, arguments),
        "viewerCanUpdate" => Out::leaf(may(scope, issue, crate::github::access::Rights::Triage)),
        "viewerCanDelete" => Out::leaf(may(scope, issue, crate::github::access::Rights::Admin)),
        _ => return unresolved("Issue", field),
    })
}

fn may(scope: &Scope<'_>, issue: &Issue, rights: crate::github::access::Rights) -> bool {
    let repository = scope.store.repositories.get(&issue.repository);
    repository.is_some_and(|repository| scope.call.caller.may(scope.store, repository, rights))
}

/// What issues and pull requests have in common.
pub(super) fn shared(scope: &Scope<'_>, issue: &Issue, field: &str, arguments: &Arguments) -> Option<Out> {
    let object = Object::Issue(issue.id);
    if let Some(out) = common(scope, &object, field, || scope.path_of(issue)) {
        return Some(out);
    }
    Some(match field {
        "number" => Out::leaf(issue.number),
        "title" => Out::leaf(issue.title.as_str()),
        "body" | "bodyText" => Out::leaf(issue.body.clone().unwrap_or_default()),
        "author" => scope.account(issue.author),
        "repository" => Out::One(Object::Repository(issue.repository)),
        "assignees" => Out::pages(issue.assignees.iter().copied(), Object::Account),
        "labels" => Out::pages(issue.labels.iter().copied(), Object::Label),
        "milestone" => Out::maybe(issue.milestone.map(Object::Milestone)),
        "comments" => Out::pages(issue.comments.iter().copied(), Object::Comment),
        "closed" => Out::leaf(!issue.open),
        "closedAt" => issue.closed.map_or(Out::Null, time),
        "locked" => Out::leaf(issue.locked),
        "createdAt" => time(issue.created),
        "updatedAt" => time(issue.updated),
        "projectItems" => {
            let archived = arguments.get("includeArchived").and_then(serde_json::Value::as_bool).unwrap_or(true);
            Out::pages(super::boards::items_of_issue(scope, issue.id, archived), Object::Item)
        }
        "timelineItems" => timeline(scope, issue, arguments),
        _ => return None,
    })
}

/// Ids are whole numbers of 32 bits in one field and texts in the other; what does not fit is left out.
pub(super) fn database_id(field: &str, id: u64) -> Out {
    match field {
        "fullDatabaseId" => Out::leaf(id.to_string()),
        _ => i32::try_from(id).map_or(Out::Null, Out::leaf),
    }
}

/// `DUPLICATE` is told only to those who ask for it; others hear of `NOT_PLANNED`.
fn reason(reason: Option<Reason>, with_duplicate: bool) -> Option<&'static str> {
    Some(match reason? {
        Reason::Completed => "COMPLETED",
        Reason::Reopened => "REOPENED",
        Reason::Duplicate if with_duplicate => "DUPLICATE",
        Reason::NotPlanned | Reason::Duplicate => "NOT_PLANNED",
    })
}

/// The pull requests that close an issue: open and merged ones, with `includeClosedPrs` the others too.
fn closing(scope: &Scope<'_>, issue: &Issue, arguments: &Arguments) -> Out {
    let closed = arguments.is_true("includeClosedPrs");
    let by_hand = arguments.is_true("userLinkedOnly");
    let pulls = scope.store.issues.values().filter_map(|other| Some((other, other.pull.as_ref()?)));
    let wanted = pulls.filter(|(other, pull)| closed || other.open || pull.merged.is_some());
    let closing = wanted.filter(|(other, pull)| {
        let linked = pull.closes.contains(&issue.id);
        linked || !by_hand && references::closes(scope.store, other).contains(&issue.id)
    });
    Out::pages(closing.filter(|(other, _)| scope.issue(other.id).is_some()).map(|(other, _)| other.id), Object::Issue)
}

/// The history of an issue, of which cross references alone are kept.
fn timeline(scope: &Scope<'_>, issue: &Issue, arguments: &Arguments) -> Out {
    let kinds = arguments.texts("itemTypes");
    if !kinds.is_empty() && !kinds.contains(&"CROSS_REFERENCED_EVENT") {
        return Out::Pages(Vec::new());
    }
    let references = references::to(scope.store, issue).into_iter();
    let visible = references.filter(|reference| scope.issue(reference.source).is_some());
    Out::counted(visible.map(|reference| cross_reference(scope, issue, &reference)))
}

fn cross_reference(scope: &Scope<'_>, target: &Issue, reference: &references::Reference) -> Object {
    let source = scope.store.issues.get(&reference.source);
    let elsewhere = source.is_some_and(|source| source.repository != target.repository);
    let closes = source.is_some_and(|source| references::closes(scope.store, source).contains(&target.id));
    let path = source.map(|source| scope.path_of(source)).unwrap_or_default();
    let id = crate::github::node::node_id("CRE", reference.source.wrapping_add(target.id));
    let fields = vec![
        ("id", Out::leaf(id)),
        ("actor", scope.account(reference.actor)),
        ("createdAt", time(reference.at)),
        ("referencedAt", time(reference.at)),
        ("isCrossRepository", Out::leaf(elsewhere)),
        ("willCloseTarget", Out::leaf(closes)),
        ("source", Out::One(Object::Issue(reference.source))),
        ("target", Out::One(Object::Issue(target.id))),
        ("url", Out::leaf(scope.html(&path))),
        ("resourcePath", Out::leaf(path)),
    ];
    Object::ready("CrossReferencedEvent", fields)
}

pub(in super::super) fn label(scope: &Scope<'_>, id: u64, field: &str) -> Resolved {
    let Some(label) = scope.store.labels.get(&id) else { return Ok(Out::Null) };
    let path = || format!("/{}/labels/{}", scope.full_name(label.repository), label.name);
    if let Some(out) = common(scope, &Object::Label(id), field, path) {
        return Ok(out);
    }
    Ok(match field {
        "name" => Out::leaf(label.name.as_str()),
        "color" => Out::leaf(label.color.as_str()),
        "description" => Out::leaf(label.description.clone()),
        "isDefault" => Out::leaf(label.default),
        "repository" => Out::One(Object::Repository(label.repository)),
        // When labels were made is not kept.
        "createdAt" | "updatedAt" => Out::Null,
        _ => return unresolved("Label", field),
    })
}

pub(in super::super) fn milestone(scope: &Scope<'_>, id: u64, field: &str) -> Resolved {
    let Some(milestone) = scope.store.milestones.get(&id) else { return Ok(Out::Null) };
    let path = || format!("/{}/milestone/{}", scope.full_name(milestone.repository), milestone.number);
    if let Some(out) = common(scope, &Object::Milestone(id), field, path) {
        return Ok(out);
    }
    Ok(match field {
        "number" => Out::leaf(milestone.number),
        "title" => Out::leaf(milestone.title.as_str()),
        "description" => Out::leaf(milestone.description.clone()),
        "state" => Out::leaf(if milestone.open { "OPEN" } else { "CLOSED" }),
        "closed" => Out::leaf(!milestone.open),
        "closedAt" => milestone.closed.map_or(Out::Null, time),
        "dueOn" => milestone.due.map_or(Out::Null, time),
        "creator" => scope.account(milestone.creator),
        "createdAt" => time(milestone.created),
        "updatedAt" => time(milestone.updated),
        "repository" => Out::One(Object::Repository(milestone.repository)),
        _ => return unresolved("Milestone", field),
    })
}

pub(in super::super) fn comment(scope: &Scope<'_>, id: u64, field: &str) -> Resolved {
    let Some(comment) = scope.store.comments.get(&id) else { return Ok(Out::Null) };
    let issue = scope.store.issues.get(&comment.issue);
    let path = || format!("{}#issuecomment-{id}", issue.map(|issue| scope.path_of(issue)).unwrap_or_default());
    if let Some(out) = common(scope, &Object::Comment(id), field, path) {
        return Ok(out);
    }
    Ok(match field {
        "databaseId" | "fullDatabaseId" => database_id(field, id),
        "body" => Out::leaf(comment.body.as_str()),
        "author" => scope.account(comment.author),
        "issue" => Out::One(Object::Issue(comment.issue)),
        "createdAt" => time(comment.created),
        "updatedAt" => time(comment.updated),
        _ => return unresolved("IssueComment", field),
    })
}
