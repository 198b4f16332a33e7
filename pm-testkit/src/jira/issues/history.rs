//! What a write leaves behind: a later time of change, and an entry in the issue's history.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::access::Caller;
use super::super::model::{Change, ChangeItem, Comment, Issue};
use super::super::store::{App, Store};

/// Writes a changed issue: its time of change is now, and its history tells what changed.
pub(in crate::jira) fn save(app: &App, store: &mut Store, caller: &Caller, mut issue: Issue) {
    let now = app.now();
    if let Some(before) = store.issues().get(&issue.id) {
        let items = differences(store, before, &issue);
        if !items.is_empty() {
            let id = store.next_id("changes");
            let change = Change { id, issue: issue.id, author: caller.user.clone(), created: now, items };
            store.changes.insert(id, change);
        }
    }
    issue.updated = now;
    store.save(issue);
}

fn differences(store: &Store, before: &Issue, after: &Issue) -> Vec<ChangeItem> {
    let name = |id: u64| (Value::from(id.to_string()), store.statuses.get(&id).map(|row| row.name.clone()).into());
    let mut items = Vec::new();
    if before.status != after.status {
        items.push(ChangeItem { field: "status".into(), from: name(before.status), to: name(after.status) });
    }
    let (old, new) = (flat(before), flat(after));
    let fields: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for field in fields {
        let side = |values: &BTreeMap<String, Value>| {
            let value = values.get(field).cloned().unwrap_or_default();
            (value.clone(), value)
        };
        if old.get(field) != new.get(field) {
            items.push(ChangeItem { field: field.clone(), from: side(&old), to: side(&new) });
        }
    }
    items
}

/// Everything but the status, by field.
fn flat(issue: &Issue) -> BTreeMap<String, Value> {
    let mut values = issue.values.clone();
    let own = [
        ("parent", issue.parent.map(Value::from)),
        ("resolution", issue.resolution.map(Value::from)),
        ("Sprint", (!issue.sprints.is_empty()).then(|| issue.sprints.clone().into())),
        ("timeoriginalestimate", issue.original_estimate.map(Value::from)),
        ("timeestimate", issue.remaining_estimate.map(Value::from)),
    ];
    values.extend(own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    values
}

/// Adds a comment that came with another write.
pub(in crate::jira) fn comment(
    app: &App,
    store: &mut Store,
    caller: &Caller,
    issue: u64,
    body: Value,
    visibility: Option<Map<String, Value>>,
) {
    let (id, now) = (store.next_id("comments"), app.now());
    let comment = Comment {
        id,
        issue,
        author: caller.user.clone(),
        update_author: caller.user.clone(),
        body,
        created: now,
        updated: now,
        visibility,
        public: true,
        properties: BTreeMap::new(),
    };
    store.comments.insert(id, comment);
}
