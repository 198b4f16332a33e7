//! Activities, which are comments and changes in one list:
//! <https://www.openproject.org/docs/api/endpoints/activities/>.

use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::fields;
use super::hal::{Reply, collection, formattable, link, path, time};
use super::model::{Activity, Permission};
use super::request::{Body, Parameters};
use super::store::{App, Store};

/// Lists the comments and changes of a work package, all at once, the oldest first.
pub(super) async fn list(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let item = caller.work_package(&store, &id)?.id;
    let own = store.activities.values().filter(|activity| activity.work_package == item);
    let elements = own.map(|activity| render(&store, caller, activity)).collect();
    Ok(Reply::ok(collection(&format!("/api/v3/work_packages/{item}/activities"), elements)))
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let activity = visible(&store, caller, &id)?;
    Ok(Reply::ok(render(&store, caller, activity)))
}

/// Adds a comment: `{"comment":{"raw":"…"}}`. The work package counts as updated; its `lockVersion` stays (unverified).
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    Body(body): Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let item = caller.work_package(&store, &id)?;
    let (id, project) = (item.id, item.project);
    caller.needs(&store, project, Permission::AddComments)?;
    let user = caller.user()?;
    let comment = comment_of(&body, &["comment", "internal"])?;
    let internal = body.get("internal").and_then(Value::as_bool).unwrap_or_default();
    let now = app.now();
    note_mails(&mut store, &parameters);
    let activity = record(&mut store, id, user, comment, Vec::new(), now);
    if let Some(activity) = store.activities.get_mut(&activity) {
        activity.internal = internal;
    }
    if let Some(item) = store.work_packages.get_mut(&id) {
        item.updated = now;
    }
    let shown = store.activities.get(&activity).map(|activity| render(&store, caller, activity));
    shown.map(Reply::created).ok_or_else(Problem::not_found)
}

/// Changes a comment: its author can, and administrators.
pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut activity = visible(&store, caller, &id)?.clone();
    if caller.0 != Some(activity.user) && !caller.is_admin(&store) {
        return Err(Problem::forbidden());
    }
    activity.comment = comment_of(&body, &["comment"])?;
    activity.updated = app.now();
    if let Some(item) = store.work_packages.get_mut(&activity.work_package) {
        item.updated = activity.updated;
    }
    let shown = render(&store, caller, &activity);
    store.activities.insert(activity.id, activity);
    Ok(Reply::ok(shown))
}

fn comment_of(body: &serde_json::Map<String, Value>, allowed: &[&str]) -> Answer<String> {
    if let Some(other) = body.keys().find(|name| !allowed.contains(&name.as_str()) && *name != "_type") {
        return Err(Problem::read_only(other));
    }
    let comment = fields::formattable("comment", body.get("comment").unwrap_or(&Value::Null))?;
    match comment.trim() {
        "" => Err(Problem::constraint("notes", "Notes can't be blank.")),
        _ => Ok(comment),
    }
}

fn visible<'a>(store: &'a Store, caller: Caller, id: &str) -> Answer<&'a Activity> {
    let activity = id.parse().ok().and_then(|id: u64| store.activities.get(&id)).ok_or_else(Problem::not_found)?;
    caller.work_package(store, &activity.work_package.to_string()).map(|_| activity)
}

/// Writes an entry into a work package's history. The vendor joins those of five minutes; here each stands alone.
pub(super) fn record(
    store: &mut Store,
    work_package: u64,
    user: u64,
    comment: String,
    details: Vec<String>,
    now: DateTime<Utc>,
) -> u64 {
    let id = store.next_id("activities");
    let earlier = store.activities.values().filter(|activity| activity.work_package == work_package).count();
    let version = earlier as u64 + 1;
    let activity =
        Activity { id, work_package, user, version, comment, details, internal: false, created: now, updated: now };
    store.activities.insert(id, activity);
    id
}

/// Counts whether a write sends mails: it does, unless it says `notify=false`.
///
/// <https://www.openproject.org/docs/api/endpoints/work-packages/>
pub(super) fn note_mails(store: &mut Store, parameters: &Parameters) {
    match parameters.get("notify") {
        Some("false") => store.silent += 1,
        _ => store.notified += 1,
    }
}

pub(super) fn render(store: &Store, caller: Caller, activity: &Activity) -> Value {
    let own = path("activities", activity.id);
    let name = store.principals.get(&activity.user).map_or("", |user| user.name.as_str());
    let item = store.work_packages.get(&activity.work_package);
    let mut links = json!({
        "self": { "href": own },
        "workPackage": link("work_packages", activity.work_package, item.map_or("", |item| item.subject.as_str())),
        "user": link("users", activity.user, name),
    });
    if caller.0 == Some(activity.user) {
        links["update"] = json!({ "href": own, "method": "patch" });
    }
    let details = activity.details.iter().map(|raw| json!({ "format": "custom", "raw": raw, "html": raw }));
    json!({
        "_type": if activity.comment.is_empty() { "Activity" } else { "Activity::Comment" },
        "id": activity.id,
        "version": activity.version,
        "comment": formattable(&activity.comment),
        "details": details.collect::<Vec<_>>(),
        "internal": activity.internal,
        "createdAt": time(activity.created),
        "updatedAt": time(activity.updated),
        "_links": links,
    })
}
