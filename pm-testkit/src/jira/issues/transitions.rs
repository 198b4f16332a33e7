//! Moving issues from status to status.

use std::sync::MutexGuard;

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::model::{Category, Condition, Field, FieldKind, Issue, Role, Stage, Transition};
use super::super::reply::Reply;
use super::super::request::{Body, Parameters, id_of, only};
use super::super::store::{App, Store};
use super::super::view::View;
use super::create::{self, MEMBERS};
use super::draft::Draft;
use super::{history, meta};

/// Lists the transitions that the caller can perform now; none without the permission.
///
/// Required fields are told with `expand=transitions.fields` alone, and the way to statuses further off not at all.
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-transitions-get>
pub(in crate::jira) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, &issue)?;
    let view = View::new(&app, &store, &caller);
    let wanted = parameters.get("transitionId").map(str::to_owned);
    let shown = available(view, issue).into_iter();
    let shown = shown.filter(|transition| wanted.as_ref().is_none_or(|id| *id == transition.id.to_string()));
    let with_fields = parameters.expands("transitions.fields");
    let shown: Vec<Value> = shown.map(|transition| render(view, issue, transition, with_fields)).collect();
    Ok(Reply::ok(json!({ "expand": "transitions", "transitions": shown })))
}

/// The transitions that lead from an issue's status and whose conditions the caller meets.
pub(super) fn available<'a>(view: View<'a>, issue: &Issue) -> Vec<&'a Transition> {
    let live = view.store.projects.get(&issue.project).is_some_and(|project| project.stage == Stage::Live);
    let workflow = view.store.workflow_of(issue.project, issue.kind);
    if !live || !view.caller.may(view.store, issue.project, Role::Member) {
        return Vec::new();
    }
    let transitions = workflow.into_iter().flat_map(|workflow| &workflow.transitions);
    let leads = |transition: &&Transition| transition.from.as_ref().is_none_or(|from| from.contains(&issue.status));
    transitions.filter(leads).filter(|transition| meets(view, issue, transition)).collect()
}

fn meets(view: View<'_>, issue: &Issue, transition: &Transition) -> bool {
    match transition.condition {
        None => true,
        Some(Condition::Assignee) => issue.text("assignee") == view.caller.user.as_deref(),
        Some(Condition::Admin) => view.caller.may(view.store, issue.project, Role::Admin),
    }
}

/// A transition as it is listed.
pub(super) fn render(view: View<'_>, issue: &Issue, transition: &Transition, with_fields: bool) -> Value {
    let mut shown = json!({
        "id": transition.id.to_string(),
        "name": transition.name,
        "to": view.status_id(transition.to),
        "hasScreen": transition.screen.is_some(),
        "isGlobal": transition.from.is_none(),
        "isInitial": false,
        "isConditional": transition.condition.is_some(),
        "isAvailable": true,
        "isLooped": false,
    });
    if let Some(project) = view.store.projects.get(&issue.project).filter(|_| with_fields) {
        let fields = screen(view, transition).into_iter().map(|(field, required)| {
            (field.id.clone(), meta::on_screen(view, project, issue.kind, field, required).into())
        });
        shown["fields"] = fields.collect::<Map<String, Value>>().into();
    }
    shown
}

/// The fields of a transition's screen.
fn screen<'a>(view: View<'a>, transition: &Transition) -> Vec<(&'a Field, bool)> {
    let fields = transition.screen.iter().flatten();
    fields.filter_map(|(id, required)| Some((view.store.field(id)?, *required))).collect()
}

/// Performs a transition: 204, 400 for one that does not lead from here, 409 while another one is under way.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-transitions-post>
pub(in crate::jira) async fn perform(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, MEMBERS)?;
    let transition = body.get("transition").cloned().filter(Value::is_object);
    let transition = transition.ok_or_else(|| Problem::bad("Missing 'transition' identifier"))?;
    let id = begin(&app, &caller, &issue)?;
    let _busy = Busy { app: &app, issue: id };
    if !app.options.transition_time.is_zero() {
        tokio::time::sleep(app.options.transition_time).await;
    }
    let mut store = app.lock();
    apply(&app, &mut store, &caller, id, &transition, &body)?;
    store.notified += 1;
    drop(store);
    Ok(Reply::empty())
}

/// An issue whose transition is under way, until this is dropped.
struct Busy<'a> {
    app: &'a App,
    issue: u64,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.app.lock().busy.remove(&self.issue);
    }
}

fn begin(app: &App, caller: &Caller, issue: &str) -> Answer<u64> {
    let mut store = app.lock();
    let id = caller.issue(&store, issue)?.id;
    match store.busy.insert(id) {
        true => Ok(id),
        false => Err(Problem::conflict("The issue is being changed by another request. Try again.")),
    }
}

/// Moves an issue, with what the body sets of the transition's screen.
pub(super) fn apply(
    app: &App,
    store: &mut MutexGuard<'_, Store>,
    caller: &Caller,
    id: u64,
    transition: &Value,
    body: &Map<String, Value>,
) -> Answer<()> {
    let view = View::new(app, store, caller);
    let before = view.store.issues().get(&id).ok_or_else(Problem::no_issue)?;
    let wanted = transition.get("id").and_then(id_of);
    let found = available(view, before).into_iter().find(|transition| Some(transition.id) == wanted);
    let shown = transition.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    let unknown =
        || Problem::bad(format!("Transition id '{}' is not valid for this issue.", shown.unwrap_or_default()));
    let transition = found.ok_or_else(unknown)?;
    let on_it = screen(view, transition);
    let mut draft = Draft::new(view, before.clone());
    // Comments can come with any transition that has a screen.
    let on_screen = |field: &Field| {
        on_it.iter().any(|(shown, _)| shown.id == field.id)
            || field.kind == FieldKind::Comments && transition.screen.is_some()
    };
    draft.apply(body, &on_screen, &[])?;
    draft.require(on_it.iter().filter(|(_, required)| *required).map(|(field, _)| *field));
    let (mut issue, extras) = draft.finish()?;
    let chosen = issue.resolution != before.resolution;
    moved(view, &mut issue, transition, chosen);
    history::save(app, store, caller, issue);
    create::add_extras(app, store, caller, id, extras);
    Ok(())
}

/// What a workflow does by itself: it resolves issues that are done, and opens those that are not any more.
///
/// As the vendor's simplified workflow does, by post functions (unverified).
fn moved(view: View<'_>, issue: &mut Issue, transition: &Transition, chosen: bool) {
    let now = view.app.now();
    let category = |id: u64| view.store.statuses.get(&id).map(|status| status.category);
    if category(issue.status) != category(transition.to) {
        issue.status_changed = now;
    }
    issue.status = transition.to;
    if category(transition.to) == Some(Category::Done) {
        if !chosen && issue.resolution.is_none() {
            issue.resolution = view.store.resolutions.keys().next().copied();
        }
        issue.resolved = issue.resolved.or(issue.resolution.map(|_| now));
    } else {
        (issue.resolution, issue.resolved) = (None, None);
    }
}
