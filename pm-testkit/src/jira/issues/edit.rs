//! Editing issues.

use axum::extract::{Path, State};
use serde_json::{Map, Value};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::model::{Field, Issue, IssueType, Role, Stage};
use super::super::reply::Reply;
use super::super::request::{Body, Parameters, id_of, only};
use super::super::store::App;
use super::super::view::View;
use super::create::{self, MEMBERS};
use super::draft::{Draft, Extra};
use super::render::{Selection, render};
use super::{history, meta, values};

/// Edits the fields of an issue's edit screen and its properties; a transition in the body is ignored.
///
/// 204, or 200 with the issue for `returnIssue=true`, which Data Center does not know.
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put>
pub(in crate::jira) async fn edit(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    parameters: Parameters,
    body: Body,
) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, MEMBERS)?;
    let mut store = app.lock();
    let id = caller.issue(&store, &issue)?.id;
    let (mut issue, extras) = changed(View::new(&app, &store, &caller), id, &body)?;
    let silent = parameters.get("notifyUsers") == Some("false");
    if silent && !caller.may(&store, issue.project, Role::Admin) {
        let message = "To discard the user notification either admin or project admin permissions are required.";
        return Err(Problem::forbidden(message));
    }
    issue.properties.extend(create::properties(body.get("properties"))?);
    history::save(&app, &mut store, &caller, issue);
    create::add_extras(&app, &mut store, &caller, id, extras);
    if silent {
        store.silent += 1;
    } else {
        store.notified += 1;
    }
    let view = View::new(&app, &store, &caller);
    if view.is_cloud() && parameters.is_true("returnIssue") {
        let expand = parameters.list("expand").into_iter().map(str::to_owned).collect();
        let selection = Selection { fields: vec!["*all".to_owned()], properties: Vec::new(), expand };
        let issue = caller.issue(&store, &id.to_string())?;
        return Ok(Reply::ok(render(view, issue, &selection)));
    }
    Ok(Reply::empty())
}

fn changed(view: View<'_>, id: u64, body: &Map<String, Value>) -> Answer<(Issue, Vec<Extra>)> {
    let issue = view.store.issues().get(&id).ok_or_else(Problem::no_issue)?;
    let live = view.store.projects.get(&issue.project).is_some_and(|project| project.stage == Stage::Live);
    // Without the permission no field is on the screen: the vendor says no more than that.
    let may = live && view.caller.may(view.store, issue.project, Role::Member);
    let mut draft = Draft::new(view, issue.clone());
    let kind = issue_type(view, &mut draft, body);
    let screens = view.store.screens_of(issue.project, kind);
    let on_screen =
        |field: &Field| may && screens.edit.contains(&field.id) && meta::may_set(view, issue.project, field);
    let skipped: &[&str] = if may { &["issuetype"] } else { &[] };
    draft.apply(body, &on_screen, skipped)?;
    let required: Vec<&Field> = touched(view, body).filter(|field| screens.required.contains(&field.id)).collect();
    draft.require(required);
    if draft.issue.parent != issue.parent || kind != issue.kind {
        draft.check_parent();
        let subtask = view.store.issue_types.get(&kind).is_some_and(IssueType::is_subtask);
        if subtask && draft.issue.parent.is_none() {
            draft.orphan();
        }
    }
    draft.finish()
}

/// The fields that a body names.
fn touched<'a>(view: View<'a>, body: &'a Map<String, Value>) -> impl Iterator<Item = &'a Field> {
    let names = ["fields", "update"].into_iter().filter_map(|name| body.get(name)?.as_object());
    names.flat_map(Map::keys).filter_map(move |id| view.store.field(id))
}

/// The issue type that the issue will have.
///
/// The words are those of the vendor's messages for `issuetype`.
fn issue_type(view: View<'_>, draft: &mut Draft<'_>, body: &Map<String, Value>) -> u64 {
    let now = draft.issue.kind;
    let Some(wanted) = body.get("fields").and_then(|fields| fields.get("issuetype")) else { return now };
    let Some(project) = view.store.projects.get(&draft.issue.project) else { return now };
    let (id, name) = (wanted.get("id").and_then(id_of), wanted["name"].as_str());
    let fits = |kind: &&IssueType| id.map_or(Some(kind.name.as_str()) == name, |id| kind.id == id);
    match meta::exchangeable(view, project, now).find(fits) {
        Some(kind) => {
            draft.issue.kind = kind.id;
            kind.id
        }
        None => {
            let message = "The issue type selected is invalid.".to_owned();
            draft.refuse("issuetype", values::Refusal::Field(message));
            now
        }
    }
}
