//! What happened to issues.
//!
//! <https://docs.github.com/en/rest/issues/events>

use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::github::access::Caller;
use crate::github::errors::Answer;
use crate::github::model::Event;
use crate::github::node::{node_id, prefix};
use crate::github::paging::numbered;
use crate::github::reply::Reply;
use crate::github::request::Parameters;
use crate::github::store::App;
use crate::github::view::{View, time};

impl View<'_> {
    /// One entry of an issue's history.
    pub(in crate::github) fn event(&self, event: &Event) -> Value {
        let repository = self.store.issues.get(&event.issue).map(|issue| issue.repository).unwrap_or_default();
        let mut shown = json!({
            "id": event.id,
            "node_id": node_id(prefix::EVENT, event.id),
            "url": format!("{}/issues/events/{}", self.repository_href_of(repository), event.id),
            "actor": self.user(Some(event.actor)),
            "event": event.kind,
            "commit_id": null,
            "commit_url": null,
            "created_at": time(event.created),
            "performed_via_github_app": null,
        });
        for (name, value) in &event.details {
            shown[name] = match name.as_str() {
                "assignee" => self.user(value.as_u64()),
                "label" => json!({ "name": value["name"], "color": value["color"] }),
                _ => value.clone(),
            };
        }
        if event.details.contains_key("assignee") {
            shown["assigner"] = self.user(Some(event.actor));
        }
        shown
    }
}

pub(super) async fn of_issue(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, repository, number)?.id;
    let events: Vec<&Event> = store.events.values().filter(|event| event.issue == issue).collect();
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &events, |event| view.event(event)))
}

/// Those of a whole repository, the latest first, each with its issue.
pub(super) async fn of_repository(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    caller.repository(&store, repository)?;
    let inside = |event: &&Event| store.issues.get(&event.issue).is_some_and(|issue| issue.repository == repository);
    let events: Vec<&Event> = store.events.values().rev().filter(inside).collect();
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &events, |event| {
        let mut shown = view.event(event);
        shown["issue"] = view.issue_by_id(event.issue);
        shown
    }))
}
