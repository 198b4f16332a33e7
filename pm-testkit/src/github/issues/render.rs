//! Issues as the API shows them.

use serde_json::{Value, json};

use crate::github::model::{Issue, IssueField, Reason};
use crate::github::node::{node_id, prefix};
use crate::github::view::{View, reactions, time};

impl View<'_> {
    /// An issue with everything that a list or a single one shows.
    pub(in crate::github) fn issue(&self, issue: &Issue) -> Value {
        let repository = self.repository_href_of(issue.repository);
        let url = format!("{repository}/issues/{}", issue.number);
        let mut shown = json!({
            "url": url,
            "repository_url": repository,
            "labels_url": format!("{url}/labels{{/name}}"),
            "comments_url": format!("{url}/comments"),
            "events_url": format!("{url}/events"),
            "timeline_url": format!("{url}/timeline"),
            "html_url": self.issue_page(issue),
            "id": issue.id,
            "node_id": issue_node(issue),
            "number": issue.number,
            "title": issue.title,
            "user": self.user(Some(issue.author)),
            "labels": self.labels_of(issue),
            "state": if issue.open { "open" } else { "closed" },
            "state_reason": issue.reason.map(Reason::name),
            "locked": issue.locked,
            "active_lock_reason": issue.lock_reason,
            "assignee": self.user(issue.assignees.first().copied()),
            "assignees": self.users(&issue.assignees),
            "milestone": self.milestone_of(issue),
            "comments": issue.comments.len(),
            "created_at": time(issue.created),
            "updated_at": time(issue.updated),
            "closed_at": issue.closed.map(time),
            "closed_by": self.user(issue.closed_by),
            "author_association": self.association(issue.repository, issue.author),
            "body": issue.body,
            "reactions": reactions(&url),
            "performed_via_github_app": null,
        });
        match &issue.pull {
            Some(_) => self.add_pull(issue, &mut shown),
            None => self.add_relations(issue, &mut shown),
        }
        shown
    }

    /// The same by its id; `null` where there is none.
    pub(in crate::github) fn issue_by_id(&self, id: u64) -> Value {
        self.store.issues.get(&id).map(|issue| self.issue(issue)).unwrap_or_default()
    }

    /// What tells a pull request among issues.
    fn add_pull(&self, issue: &Issue, shown: &mut Value) {
        let Some(pull) = &issue.pull else { return };
        let page = self.issue_page(issue);
        shown["draft"] = pull.draft.into();
        shown["pull_request"] = json!({
            "url": format!("{}/pulls/{}", self.repository_href_of(issue.repository), issue.number),
            "html_url": page,
            "diff_url": format!("{page}.diff"),
            "patch_url": format!("{page}.patch"),
            "merged_at": pull.merged.map(time),
        });
    }

    /// What issues have and pull requests have not.
    fn add_relations(&self, issue: &Issue, shown: &mut Value) {
        let is_open = |id: &&u64| self.store.issues.get(id).is_some_and(|other| other.open);
        let closed = issue.children.iter().filter(|id| !is_open(id)).count();
        let percent = (closed * 100).checked_div(issue.children.len()).unwrap_or(0);
        shown["sub_issues_summary"] =
            json!({ "total": issue.children.len(), "completed": closed, "percent_completed": percent });
        shown["issue_dependencies_summary"] = json!({
            "blocked_by": issue.blocked_by.iter().filter(is_open).count(),
            "total_blocked_by": issue.blocked_by.len(),
            "blocking": issue.blocking.iter().filter(is_open).count(),
            "total_blocking": issue.blocking.len(),
        });
        if let Some(parent) = issue.parent.and_then(|parent| self.store.issues.get(&parent)) {
            let repository = self.repository_href_of(parent.repository);
            shown["parent_issue_url"] = format!("{repository}/issues/{}", parent.number).into();
        }
        let kind = issue.kind.and_then(|kind| self.store.issue_types.get(&kind));
        shown["type"] = kind.map(|kind| self.issue_type(kind)).unwrap_or_default();
        let owner = self.store.repositories.get(&issue.repository).map(|repository| repository.owner);
        if self.store.issue_fields.values().any(|field| Some(field.organization) == owner) {
            shown["issue_field_values"] = self.field_values(issue).into();
        }
    }

    /// The values of an organisation's fields: <https://docs.github.com/en/rest/issues/issue-field-values>.
    pub(in crate::github) fn field_values(&self, issue: &Issue) -> Vec<Value> {
        let values = issue.fields.iter();
        let values = values.filter_map(|(id, value)| Some((self.store.issue_fields.get(id)?, value)));
        values.map(|(field, value)| field_value(field, value)).collect()
    }

    /// The page of an issue or a pull request.
    pub(in crate::github) fn issue_page(&self, issue: &Issue) -> String {
        let part = if issue.pull.is_some() { "pull" } else { "issues" };
        format!("{}/{part}/{}", self.repository_page(issue.repository), issue.number)
    }

    pub(in crate::github) fn labels_of(&self, issue: &Issue) -> Vec<Value> {
        let labels = issue.labels.iter().filter_map(|id| self.store.labels.get(id));
        labels.map(|label| self.label(label)).collect()
    }

    pub(in crate::github) fn milestone_of(&self, issue: &Issue) -> Value {
        let milestone = issue.milestone.and_then(|id| self.store.milestones.get(&id));
        milestone.map(|milestone| self.milestone(milestone)).unwrap_or_default()
    }

    pub(in crate::github) fn users(&self, ids: &[u64]) -> Vec<Value> {
        ids.iter().filter_map(|id| self.store.accounts.get(id)).map(|account| self.simple_user(account)).collect()
    }
}

/// The node id of an issue, or of the pull request that it is.
pub(in crate::github) fn issue_node(issue: &Issue) -> String {
    match &issue.pull {
        Some(pull) => node_id(prefix::PULL_REQUEST, pull.id),
        None => node_id(prefix::ISSUE, issue.id),
    }
}

fn field_value(field: &IssueField, value: &Value) -> Value {
    let mut shown = json!({
        "issue_field_id": field.id,
        "issue_field_name": field.name,
        "node_id": node_id(prefix::ISSUE_FIELD, field.id),
        "data_type": field.data_type,
        "value": value,
    });
    if let Some((id, name)) = field.options.iter().find(|(_, name)| value == name.as_str()) {
        shown["single_select_option"] = json!({ "id": id, "name": name, "color": "gray" });
    }
    shown
}
