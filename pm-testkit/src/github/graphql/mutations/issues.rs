//! Issues are opened, changed, closed and deleted.

use super::{Change, Payload, no_node};
use crate::github::access::Rights;
use crate::github::changes::{self, announce};
use crate::github::graphql::coerce::Arguments;
use crate::github::graphql::errors::GraphError;
use crate::github::graphql::object::{Object, Out};
use crate::github::graphql::scope::Scope;
use crate::github::issues::empty;
use crate::github::model::{Issue, Reason};
use crate::github::store::Store;

/// What an input says of an issue's people and labels.
#[derive(Default)]
struct Marks {
    labels: Option<Vec<u64>>,
    assignees: Option<Vec<u64>>,
    milestone: Option<Option<u64>>,
}

impl Change<'_> {
    pub(super) fn create_issue(&self, store: &mut Store) -> Payload {
        let node = self.input.text("repositoryId").unwrap_or_default();
        let Object::Repository(repository) = self.object(store, "repositoryId")? else { return Err(no_node(node)) };
        let title = self.title("title")?;
        let marks = self.marks(store)?;
        if marks.labels.is_some() || marks.assignees.is_some() || marks.milestone.is_some() {
            self.allowed(store, self.rights(store, repository), Rights::Triage)?;
        }
        let (id, number) = (store.next_id("issues"), store.next_number(repository));
        let mut issue = empty(id, (repository, number), self.viewer, (title, self.now));
        issue.body = self.input.text("body").map(str::to_owned);
        apply(&mut issue, marks);
        store.insert_issue(issue);
        announce(store, self.call.caller, self.now, changes::Change::issue(id, "opened"));
        Ok(("CreateIssuePayload", vec![("issue", Out::One(Object::Issue(id)))]))
    }

    pub(super) fn update_issue(&self, store: &mut Store) -> Payload {
        let id = self.own_issue(store, "id")?;
        let title = self.input.get("title").map(|_| self.title("title")).transpose()?;
        let marks = self.marks(store)?;
        let state = self.input.text("state").map(|state| state == "OPEN");
        if let Some(issue) = store.issues.get_mut(&id) {
            issue.title = title.unwrap_or_else(|| issue.title.clone());
            if let Some(body) = self.input.text("body") {
                issue.body = Some(body.to_owned());
            }
            apply(issue, marks);
            issue.updated = self.now;
        }
        if let Some(open) = state {
            self.turn(store, id, (!open).then_some(Reason::Completed), open);
        }
        announce(store, self.call.caller, self.now, changes::Change::issue(id, "edited"));
        let fields = vec![("issue", Out::One(Object::Issue(id))), ("actor", Out::One(Object::Account(self.viewer)))];
        Ok(("UpdateIssuePayload", fields))
    }

    /// One that is closed already stays closed; its reason changes.
    pub(super) fn close_issue(&self, store: &mut Store) -> Payload {
        let id = self.own_issue(store, "issueId")?;
        let reason = match self.input.text("stateReason") {
            Some("NOT_PLANNED") => Reason::NotPlanned,
            Some("DUPLICATE") => Reason::Duplicate,
            _ => Reason::Completed,
        };
        self.turn(store, id, Some(reason), false);
        announce(store, self.call.caller, self.now, changes::Change::issue(id, "closed"));
        Ok(("CloseIssuePayload", vec![("issue", Out::One(Object::Issue(id)))]))
    }

    pub(super) fn reopen_issue(&self, store: &mut Store) -> Payload {
        let id = self.own_issue(store, "issueId")?;
        self.turn(store, id, None, true);
        announce(store, self.call.caller, self.now, changes::Change::issue(id, "reopened"));
        Ok(("ReopenIssuePayload", vec![("issue", Out::One(Object::Issue(id)))]))
    }

    /// Deletes an issue for good, which takes the rights of an administrator.
    ///
    /// <https://docs.github.com/en/issues/tracking-your-work-with-issues/administering-issues/deleting-an-issue>
    pub(super) fn delete_issue(&self, store: &mut Store) -> Payload {
        let node = self.input.text("issueId").unwrap_or_default();
        let Object::Issue(id) = self.object(store, "issueId")? else { return Err(no_node(node)) };
        let issue = store.issues.get(&id).filter(|issue| issue.pull.is_none()).ok_or_else(|| no_node(node))?;
        let repository = issue.repository;
        self.allowed(store, self.rights(store, repository), Rights::Admin)?;
        announce(store, self.call.caller, self.now, changes::Change::issue(id, "deleted"));
        store.delete_issue(id);
        store.boards.forget_issue(id);
        Ok(("DeleteIssuePayload", vec![("repository", Out::One(Object::Repository(repository)))]))
    }

    fn turn(&self, store: &mut Store, id: u64, reason: Option<Reason>, open: bool) {
        let Some(issue) = store.issues.get_mut(&id) else { return };
        if open && !issue.open {
            issue.reason = Some(Reason::Reopened);
        }
        if !open {
            issue.reason = reason;
            issue.closed = issue.closed.or(Some(self.now));
            issue.closed_by = issue.closed_by.or(Some(self.viewer));
        } else {
            (issue.closed, issue.closed_by) = (None, None);
        }
        issue.open = open;
        issue.updated = self.now;
    }

    fn rights(&self, store: &Store, repository: u64) -> Option<Rights> {
        store.repositories.get(&repository).and_then(|one| self.call.caller.rights(store, one))
    }

    /// An issue that the viewer wrote, or may change anyway.
    fn own_issue(&self, store: &Store, member: &str) -> Result<u64, GraphError> {
        let node = self.input.text(member).unwrap_or_default();
        let Object::Issue(id) = self.object(store, member)? else { return Err(no_node(node)) };
        let issue = store.issues.get(&id).filter(|issue| issue.pull.is_none()).ok_or_else(|| no_node(node))?;
        let needs = if issue.author == self.viewer { Rights::Read } else { Rights::Triage };
        self.allowed(store, self.rights(store, issue.repository), needs)?;
        Ok(id)
    }

    fn marks(&self, store: &Store) -> Result<Marks, GraphError> {
        let scope = Scope::new(self.call, store);
        let labels = ids(&scope, &self.input, "labelIds", |object| match object {
            Object::Label(id) => Some(id),
            _ => None,
        })?;
        let assignees = ids(&scope, &self.input, "assigneeIds", |object| match object {
            Object::Account(id) => Some(id),
            _ => None,
        })?;
        let milestone = match (self.input.has("milestoneId"), self.input.text("milestoneId")) {
            (false, _) => None,
            (true, None) => Some(None),
            (true, Some(node)) => match Object::of_node(&scope, node) {
                Some(Object::Milestone(id)) => Some(Some(id)),
                _ => return Err(no_node(node)),
            },
        };
        Ok(Marks { labels, assignees, milestone })
    }
}

fn ids(
    scope: &Scope<'_>,
    input: &Arguments,
    member: &str,
    id: impl Fn(Object) -> Option<u64>,
) -> Result<Option<Vec<u64>>, GraphError> {
    if input.get(member).is_none() {
        return Ok(None);
    }
    let nodes = input.texts(member).into_iter();
    let found = nodes.map(|node| Object::of_node(scope, node).and_then(&id).ok_or_else(|| no_node(node)));
    found.collect::<Result<Vec<_>, _>>().map(Some)
}

fn apply(issue: &mut Issue, marks: Marks) {
    issue.labels = marks.labels.unwrap_or_else(|| issue.labels.clone());
    issue.assignees = marks.assignees.unwrap_or_else(|| issue.assignees.clone());
    issue.milestone = marks.milestone.unwrap_or(issue.milestone);
}
