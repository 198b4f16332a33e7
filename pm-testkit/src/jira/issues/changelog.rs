//! The history of an issue.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::access::Caller;
use super::super::errors::Answer;
use super::super::model::{Change, ChangeItem, Issue};
use super::super::paging::Page;
use super::super::reply::Reply;
use super::super::request::Parameters;
use super::super::store::App;
use super::super::view::View;

/// Lists the changes of an issue from the oldest one, in pages.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-changelog-get>
pub(in crate::jira) async fn page(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, &issue)?;
    let view = View::new(&app, &store, &caller);
    let changes: Vec<&Change> = of(view, issue).collect();
    let page = Page::read(&parameters, 100, 100)?;
    let href = view.href(&format!("/issue/{}/changelog", issue.id));
    Ok(Reply::ok(page.linked(&href, &changes, |change| render(view, change))))
}

/// The history as a part of the issue: the newest change first.
pub(super) fn inside(view: View<'_>, issue: &Issue) -> Value {
    let mut changes: Vec<Value> = of(view, issue).map(|change| render(view, change)).collect();
    changes.reverse();
    json!({ "startAt": 0, "maxResults": changes.len(), "total": changes.len(), "histories": changes })
}

fn of<'a>(view: View<'a>, issue: &Issue) -> impl Iterator<Item = &'a Change> {
    let id = issue.id;
    view.store.changes.values().filter(move |change| change.issue == id)
}

fn render(view: View<'_>, change: &Change) -> Value {
    json!({
        "id": change.id.to_string(),
        "author": view.user(change.author.as_deref()),
        "created": view.time(change.created),
        "items": change.items.iter().map(|item| one(view, item)).collect::<Value>(),
    })
}

/// One field's change: ids under `from` and `to`, words under `fromString` and `toString`.
fn one(view: View<'_>, item: &ChangeItem) -> Value {
    let field = view.store.field(&item.field);
    let custom = field.is_some_and(|field| field.custom.is_some());
    let text = |value: &Value| match value {
        Value::Null => Value::Null,
        Value::String(text) => text.clone().into(),
        other => other.to_string().into(),
    };
    json!({
        "field": if custom { field.map(|field| field.name.clone()) } else { Some(item.field.clone()) },
        "fieldtype": if custom { "custom" } else { "jira" },
        "fieldId": item.field,
        "from": text(&item.from.0), "fromString": text(&item.from.1),
        "to": text(&item.to.0), "toString": text(&item.to.1),
    })
}
