//! What happens, told to the hooks that listen: a delivery is kept for each, and nothing leaves the server.
//!
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads>

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::access::Caller;
use super::model::Delivery;
use super::store::Store;
use super::view::View;

/// Something that happened in a repository.
pub(super) struct Change {
    item: Item,
    action: &'static str,
    details: Value,
}

/// What it happened to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    /// An issue or a pull request, by its id.
    Issue(u64),
    Comment(u64),
    Label(u64),
    Milestone(u64),
    /// A sub-issue, with its parent.
    SubIssue {
        parent: u64,
        child: u64,
    },
    /// An issue that waits for another one.
    Dependency {
        blocked: u64,
        blocking: u64,
    },
    Repository(u64),
}

impl Change {
    pub(super) fn of(item: Item, action: &'static str) -> Self {
        Self { item, action, details: json!({}) }
    }

    pub(super) fn issue(id: u64, action: &'static str) -> Self {
        Self::of(Item::Issue(id), action)
    }

    /// Adds what the payload has beside the item.
    pub(super) fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

/// Keeps a delivery for each hook that listens to this.
pub(super) fn announce(store: &mut Store, caller: &Caller, now: DateTime<Utc>, change: Change) {
    let Some(repository) = repository_of(store, change.item) else { return };
    let event = event_of(store, change.item);
    let listens = |events: &[String]| events.iter().any(|one| one == "*" || one == event);
    let hooks = store.hooks.values().filter(|hook| hook.repository == repository && hook.active);
    let hooks: Vec<u64> = hooks.filter(|hook| listens(&hook.events)).map(|hook| hook.id).collect();
    if hooks.is_empty() {
        return;
    }
    let action = change.action;
    let payload = payload(store, caller, change);
    for hook in hooks {
        keep(store, now, hook, (event, Some(action)), payload.clone());
    }
}

/// Keeps a delivery, with what receivers answer at present.
pub(super) fn keep(
    store: &mut Store,
    now: DateTime<Utc>,
    hook: u64,
    (event, action): (&str, Option<&str>),
    payload: Value,
) -> u64 {
    let id = store.next_id("deliveries");
    let delivery = Delivery {
        id,
        hook,
        guid: uuid::Uuid::now_v7().to_string(),
        event: event.to_owned(),
        action: action.map(str::to_owned),
        payload,
        delivered: now,
        redelivery: false,
        status: store.receivers,
    };
    store.deliveries.insert(id, delivery);
    id
}

/// The name of the event that tells of an item.
fn event_of(store: &Store, item: Item) -> &'static str {
    match item {
        Item::Issue(id) if store.issues.get(&id).is_some_and(|issue| issue.pull.is_some()) => "pull_request",
        Item::Issue(_) => "issues",
        Item::Comment(_) => "issue_comment",
        Item::Label(_) => "label",
        Item::Milestone(_) => "milestone",
        Item::SubIssue { .. } => "sub_issues",
        Item::Dependency { .. } => "issue_dependencies",
        Item::Repository(_) => "repository",
    }
}

fn repository_of(store: &Store, item: Item) -> Option<u64> {
    let of_issue = |id: u64| store.issues.get(&id).map(|issue| issue.repository);
    match item {
        Item::Issue(id) => of_issue(id),
        Item::Comment(id) => of_issue(store.comments.get(&id)?.issue),
        Item::Label(id) => store.labels.get(&id).map(|label| label.repository),
        Item::Milestone(id) => store.milestones.get(&id).map(|milestone| milestone.repository),
        Item::SubIssue { parent, .. } => of_issue(parent),
        Item::Dependency { blocked, .. } => of_issue(blocked),
        Item::Repository(id) => Some(id),
    }
}

/// The body of a delivery, as the caller caused it.
pub(super) fn payload(store: &Store, caller: &Caller, change: Change) -> Value {
    let view = View::of(store, caller);
    let mut payload = json!({ "action": change.action });
    let issue = |id: u64| store.issues.get(&id).map(|issue| view.issue(issue)).unwrap_or_default();
    match change.item {
        Item::Issue(id) => {
            let name = if event_of(store, change.item) == "pull_request" { "pull_request" } else { "issue" };
            payload[name] = issue(id);
        }
        Item::Comment(id) => {
            let comment = store.comments.get(&id);
            payload["comment"] = comment.map(|comment| view.comment(comment)).unwrap_or_default();
            payload["issue"] = comment.map(|comment| issue(comment.issue)).unwrap_or_default();
        }
        Item::Label(id) => {
            payload["label"] = store.labels.get(&id).map(|label| view.label(label)).unwrap_or_default();
        }
        Item::Milestone(id) => {
            let milestone = store.milestones.get(&id);
            payload["milestone"] = milestone.map(|milestone| view.milestone(milestone)).unwrap_or_default();
        }
        Item::SubIssue { parent, child } => {
            payload["parent_issue_id"] = parent.into();
            payload["parent_issue"] = issue(parent);
            payload["sub_issue_id"] = child.into();
            payload["sub_issue"] = issue(child);
        }
        Item::Dependency { blocked, blocking } => {
            payload["blocked_issue_id"] = blocked.into();
            payload["blocked_issue"] = issue(blocked);
            payload["blocking_issue_id"] = blocking.into();
            payload["blocking_issue"] = issue(blocking);
        }
        Item::Repository(_) => {}
    }
    let details = if let Value::Object(details) = change.details { details } else { serde_json::Map::new() };
    for (name, value) in details {
        payload[&name] = match name.as_str() {
            "assignee" => view.user(value.as_u64()),
            "label" => {
                let label = value["id"].as_u64().and_then(|id| store.labels.get(&id));
                label.map(|label| view.label(label)).unwrap_or(value)
            }
            _ => value,
        };
    }
    let repository = repository_of(store, change.item).and_then(|id| store.repositories.get(&id));
    payload["repository"] = repository.map(|repository| view.repository(repository)).unwrap_or_default();
    payload["sender"] = view.user(caller.account);
    payload
}

/// The item of a family of events: `issues`, `issue_comment`, `label`, `milestone`, `repository`.
pub(super) fn item_of(store: &Store, event: &str, id: u64) -> Option<Item> {
    let found = match event {
        "issues" | "pull_request" => store.issues.contains_key(&id).then_some(Item::Issue(id)),
        "issue_comment" => store.comments.contains_key(&id).then_some(Item::Comment(id)),
        "label" => store.labels.contains_key(&id).then_some(Item::Label(id)),
        "milestone" => store.milestones.contains_key(&id).then_some(Item::Milestone(id)),
        "repository" => store.repositories.contains_key(&id).then_some(Item::Repository(id)),
        "sub_issues" => {
            let parent = store.issues.get(&id)?.parent?;
            Some(Item::SubIssue { parent, child: id })
        }
        "issue_dependencies" => {
            let blocking = store.issues.get(&id)?.blocked_by.first().copied()?;
            Some(Item::Dependency { blocked: id, blocking })
        }
        _ => None,
    };
    found.filter(|item| event_of(store, *item) == event)
}
