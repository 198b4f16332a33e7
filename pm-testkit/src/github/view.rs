//! What rendering needs: the database, and who looks at it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::MutexGuard;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::access::{Caller, rights_of};
use super::model::{Account, AccountKind, Comment, IssueType, Label, Milestone, Repository};
use super::node::{node_id, prefix};
use super::store::Store;

/// Where people look at things.
pub(super) const WEB: &str = "https://github.com";

/// The database as a caller sees it.
pub(super) struct View<'a> {
    pub(super) store: &'a Store,
    pub(super) caller: &'a Caller,
    /// Open and closed issues of milestones, counted once.
    counts: RefCell<BTreeMap<u64, (usize, usize)>>,
}

/// A moment as the API writes it: `2026-05-01T07:00:00Z`.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The counts of reactions, of which nobody makes any here.
pub(super) fn reactions(url: &str) -> Value {
    json!({
        "url": format!("{url}/reactions"),
        "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "hooray": 0, "confused": 0, "heart": 0, "rocket": 0, "eyes": 0,
    })
}

impl<'a> View<'a> {
    pub(super) fn new(store: &'a MutexGuard<'_, Store>, caller: &'a Caller) -> Self {
        Self::of(store.deref(), caller)
    }

    pub(super) fn of(store: &'a Store, caller: &'a Caller) -> Self {
        Self { store, caller, counts: RefCell::default() }
    }

    pub(super) fn href(&self, path: &str) -> String {
        format!("{}{path}", self.caller.base)
    }

    /// The address of a repository in the API.
    pub(super) fn repository_href(&self, repository: &Repository) -> String {
        self.href(&format!("/repos/{}", self.store.full_name(repository)))
    }

    pub(super) fn repository_href_of(&self, repository: u64) -> String {
        let repository = self.store.repositories.get(&repository);
        repository.map(|repository| self.repository_href(repository)).unwrap_or_default()
    }

    /// The page of a repository.
    pub(super) fn repository_page(&self, repository: u64) -> String {
        let repository = self.store.repositories.get(&repository);
        repository.map(|one| format!("{WEB}/{}", self.store.full_name(one))).unwrap_or_default()
    }

    /// Somebody as issues and lists show them; `null` for nobody.
    pub(super) fn user(&self, id: Option<u64>) -> Value {
        id.and_then(|id| self.store.accounts.get(&id)).map(|account| self.simple_user(account)).unwrap_or_default()
    }

    pub(super) fn simple_user(&self, account: &Account) -> Value {
        let url = self.href(&format!("/users/{}", account.login));
        let kind = match account.kind {
            AccountKind::User => prefix::ACCOUNT_USER,
            AccountKind::Bot => prefix::ACCOUNT_BOT,
            AccountKind::Organization => prefix::ACCOUNT_ORGANIZATION,
        };
        json!({
            "login": account.login,
            "id": account.id,
            "node_id": node_id(kind, account.id),
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{}?v=4", account.id),
            "gravatar_id": "",
            "url": url,
            "html_url": format!("{WEB}/{}", account.login),
            "followers_url": format!("{url}/followers"),
            "following_url": format!("{url}/following{{/other_user}}"),
            "gists_url": format!("{url}/gists{{/gist_id}}"),
            "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{url}/subscriptions"),
            "organizations_url": format!("{url}/orgs"),
            "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events{{/privacy}}"),
            "received_events_url": format!("{url}/received_events"),
            "type": account.kind.name(),
            "user_view_type": "public",
            "site_admin": false,
        })
    }

    pub(super) fn label(&self, label: &Label) -> Value {
        let name = label.name.replace('%', "%25").replace(' ', "%20").replace('/', "%2F");
        json!({
            "id": label.id,
            "node_id": node_id(prefix::LABEL, label.id),
            "url": format!("{}/labels/{name}", self.repository_href_of(label.repository)),
            "name": label.name,
            "color": label.color,
            "default": label.default,
            "description": label.description,
        })
    }

    /// How many open and closed issues a milestone has, pull requests included.
    fn counts(&self, milestone: u64) -> (usize, usize) {
        if let Some(counts) = self.counts.borrow().get(&milestone) {
            return *counts;
        }
        let mut counts = (0, 0);
        for issue in self.store.issues.values().filter(|issue| issue.milestone == Some(milestone)) {
            if issue.open { counts.0 += 1 } else { counts.1 += 1 }
        }
        self.counts.borrow_mut().insert(milestone, counts);
        counts
    }

    pub(super) fn milestone(&self, milestone: &Milestone) -> Value {
        let url = format!("{}/milestones/{}", self.repository_href_of(milestone.repository), milestone.number);
        let (open, closed) = self.counts(milestone.id);
        json!({
            "url": url,
            "html_url": format!("{}/milestone/{}", self.repository_page(milestone.repository), milestone.number),
            "labels_url": format!("{url}/labels"),
            "id": milestone.id,
            "node_id": node_id(prefix::MILESTONE, milestone.id),
            "number": milestone.number,
            "title": milestone.title,
            "description": milestone.description,
            "creator": self.user(Some(milestone.creator)),
            "open_issues": open,
            "closed_issues": closed,
            "state": if milestone.open { "open" } else { "closed" },
            "created_at": time(milestone.created),
            "updated_at": time(milestone.updated),
            "due_on": milestone.due.map(time),
            "closed_at": milestone.closed.map(time),
        })
    }

    pub(super) fn comment(&self, comment: &Comment) -> Value {
        let Some(issue) = self.store.issues.get(&comment.issue) else { return Value::Null };
        let repository = self.repository_href_of(issue.repository);
        let url = format!("{repository}/issues/comments/{}", comment.id);
        let part = if issue.pull.is_some() { "pull" } else { "issues" };
        let page = format!("{}/{part}/{}", self.repository_page(issue.repository), issue.number);
        json!({
            "url": url,
            "html_url": format!("{page}#issuecomment-{}", comment.id),
            "issue_url": format!("{repository}/issues/{}", issue.number),
            "id": comment.id,
            "node_id": node_id(prefix::COMMENT, comment.id),
            "user": self.user(Some(comment.author)),
            "created_at": time(comment.created),
            "updated_at": time(comment.updated),
            "body": comment.body,
            "author_association": self.association(issue.repository, comment.author),
            "reactions": reactions(&url),
            "performed_via_github_app": null,
        })
    }

    /// How an author stands to a repository: <https://docs.github.com/en/graphql/reference/enums#commentauthorassociation>.
    pub(super) fn association(&self, repository: u64, author: u64) -> &'static str {
        let Some(repository) = self.store.repositories.get(&repository) else { return "NONE" };
        let owner = self.store.accounts.get(&repository.owner);
        let in_organization = owner.is_some_and(|one| one.owners.contains(&author) || one.members.contains(&author));
        match rights_of(self.store, author, repository) {
            _ if repository.owner == author => "OWNER",
            _ if in_organization => "MEMBER",
            Some(rights) if rights > super::access::Rights::Read => "COLLABORATOR",
            _ => "NONE",
        }
    }

    pub(super) fn issue_type(&self, kind: &IssueType) -> Value {
        json!({
            "id": kind.id,
            "node_id": node_id(prefix::ISSUE_TYPE, kind.id),
            "name": kind.name,
            "description": kind.description,
            "color": kind.color,
            "created_at": time(kind.created),
            "updated_at": time(kind.updated),
            "is_enabled": kind.enabled,
        })
    }
}
