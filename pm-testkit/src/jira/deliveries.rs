//! Webhook deliveries as the vendor sends them, to test a receiver.
//!
//! Bodies and headers: <https://developer.atlassian.com/cloud/jira/platform/webhooks/>. Nothing is delivered by itself.

use pm_provider::WebhookDelivery;
use serde_json::{Value, json};

use super::access::Caller;
use super::agile;
use super::comments;
use super::issues::fields::brief;
use super::issues::render::{Selection, render};
use super::jql;
use super::model::{Change, Field, FieldKind, Issue};
use super::request::Parameters;
use super::store::App;
use super::view::View;
use super::worklogs;
use crate::secrets::sha256_signature;

/// Renders the delivery of an event about an item, as an administrator caused it; `None` for an unknown family or item.
pub(super) fn delivery(app: &App, base: String, event: &str, id: u64, secret: Option<&str>) -> Option<WebhookDelivery> {
    let body = body(app, base, event, id)?.to_string();
    let delivery = WebhookDelivery::new(body.clone())
        .with_header("Content-Type", "application/json; charset=UTF-8")
        .with_header("X-Atlassian-Webhook-Identifier", uuid::Uuid::now_v7().to_string())
        .with_header("X-Atlassian-Webhook-Flow", "Primary");
    Some(match secret.and_then(|secret| sha256_signature(secret, body.as_bytes())) {
        Some(signature) => delivery.with_header("X-Hub-Signature", signature),
        None => delivery,
    })
}

fn body(app: &App, base: String, event: &str, id: u64) -> Option<Value> {
    let store = app.lock();
    let admin = store.users.values().find(|user| user.admin).map(|user| user.id.clone());
    let caller = Caller::inside(admin.clone(), base);
    let view = View::new(app, &store, &caller);
    let (name, item) = item(view, event, id)?;
    let mut body = json!({ "timestamp": app.now().timestamp_millis(), "webhookEvent": event, name: item });
    match name {
        "issue" => {
            body["user"] = view.user(admin.as_deref());
            body["issue_event_type_name"] = event.trim_start_matches("jira:").into();
            if event == "jira:issue_updated" {
                body["issue_event_type_name"] = "issue_generic".into();
                body["changelog"] = changelog(view, id);
            }
        }
        "comment" => {
            let issue = store.comments.get(&id).and_then(|comment| store.issues().get(&comment.issue));
            body["issue"] = issue.map(|issue| old_version(brief(view, issue))).unwrap_or_default();
            body["eventType"] = "primaryAction".into();
        }
        _ => {}
    }
    Some(body)
}

/// The item of an event under its name in the body.
fn item(view: View<'_>, event: &str, id: u64) -> Option<(&'static str, Value)> {
    let store = view.store;
    match event.trim_start_matches("jira:").split_once('_')?.0 {
        "issue" => Some(("issue", issue(view, store.issues().get(&id)?))),
        "comment" => {
            let shown = comments::render(view, store.comments.get(&id)?, &Parameters::default());
            Some(("comment", plain(old_version(shown), "body")))
        }
        "worklog" => Some(("worklog", plain(old_version(worklogs::render(view, store.worklogs.get(&id)?)), "comment"))),
        "sprint" => Some(("sprint", agile::render_sprint(view, store.sprints.get(&id)?))),
        "project" => {
            let project = store.projects.get(&id)?;
            let mut shown = old_version(view.project(project));
            // A number here, a string everywhere else.
            shown["id"] = project.id.into();
            shown["projectLead"] = view.user(Some(&project.lead));
            Some(("project", shown))
        }
        "issuelink" => {
            let link = store.links.get(&id)?;
            let kind = store.link_types.get(&link.kind)?;
            let names = json!({
                "id": kind.id, "name": kind.name, "outwardName": kind.outward, "inwardName": kind.inward,
                "isSubTaskLinkType": false, "isSystemLinkType": false,
            });
            let ends = json!({
                "id": link.id, "sourceIssueId": link.from, "destinationIssueId": link.to, "issueLinkType": names
            });
            Some(("issueLink", ends))
        }
        _ => None,
    }
}

/// An issue in version 2 of the API, whose texts are strings on Cloud too (unverified for newer sites).
fn issue(view: View<'_>, issue: &Issue) -> Value {
    let selection = Selection { fields: vec!["*all".to_owned()], ..Selection::default() };
    let mut shown = old_version(render(view, issue, &selection));
    for field in view.store.fields.iter().filter(|field| field.kind == FieldKind::Rich) {
        let fields = shown["fields"].take();
        shown["fields"] = plain(fields, &field.id);
    }
    shown
}

/// Turns a document among the members of an object into text.
fn plain(mut object: Value, member: &str) -> Value {
    if let Some(document) = object.get_mut(member).filter(|value| value.is_object()) {
        *document = jql::plain(document).trim().into();
    }
    object
}

/// Addresses of version 2, whatever the flavor.
fn old_version(value: Value) -> Value {
    match value {
        Value::String(text) => text.replace("/rest/api/3/", "/rest/api/2/").into(),
        Value::Array(items) => items.into_iter().map(old_version).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, old_version(value))).collect(),
        other => other,
    }
}

/// The last entry of the issue's history.
fn changelog(view: View<'_>, issue: u64) -> Value {
    let own = view.store.changes.values().filter(|change| change.issue == issue);
    own.max_by_key(|change| change.id).map(|change| entry(view, change)).unwrap_or_default()
}

fn entry(view: View<'_>, change: &Change) -> Value {
    let items = change.items.iter().map(|item| {
        let own = |field: &&Field| field.id == item.field || field.name == item.field;
        let field = view.store.fields.iter().find(own);
        json!({
            "field": field.map_or(&item.field, |field| &field.name),
            "fieldtype": if field.is_some_and(|field| field.custom.is_some()) { "custom" } else { "jira" },
            "fieldId": field.map_or(&item.field, |field| &field.id),
            "from": item.from.0,
            "fromString": item.from.1,
            "to": item.to.0,
            "toString": item.to.1,
        })
    });
    json!({ "id": change.id.to_string(), "items": items.collect::<Vec<_>>() })
}
