//! Which fields can be set, and to what.

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::super::access::{Caller, is_assignable};
use super::super::errors::Answer;
use super::super::errors::Problem;
use super::super::model::{Field, FieldKind, Issue, IssueType, Project, Role, Screens};
use super::super::paging::Page;
use super::super::reply::Reply;
use super::super::request::Parameters;
use super::super::store::App;
use super::super::view::View;
use super::super::vocabulary::EPIC_NAME;
use super::fields;

/// The type of a field: `{"type": "array", "items": "string", "system": "labels"}`.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/>
pub(in crate::jira) fn schema(field: &Field) -> Value {
    let mut schema = json!({ "type": field.schema });
    if let Some(items) = field.items {
        schema["items"] = items.into();
    }
    match &field.custom {
        Some((number, kind)) => {
            schema["custom"] = kind.clone().into();
            schema["customId"] = (*number).into();
        }
        None => schema["system"] = field.id.clone().into(),
    }
    schema
}

/// What the verbs of `update` may be.
pub(in crate::jira) fn operations(field: &Field) -> &'static [&'static str] {
    match field.kind {
        FieldKind::Labels | FieldKind::MultiSelect | FieldKind::Components | FieldKind::Versions => {
            &["add", "set", "remove"]
        }
        FieldKind::TimeTracking => &["set", "edit"],
        FieldKind::Comments => &["add", "edit", "remove"],
        FieldKind::Links => &["add", "copy"],
        FieldKind::Worklogs => &["add", "edit", "remove"],
        FieldKind::Attachments => &["set", "copy"],
        FieldKind::ReadOnly => &[],
        _ => &["set"],
    }
}

/// The values that a field may have in a project, where they are few.
pub(in crate::jira) fn allowed(view: View<'_>, project: &Project, kind: u64, field: &Field) -> Option<Value> {
    let store = view.store;
    Some(match field.kind {
        FieldKind::Priority => store.priorities.values().map(|priority| view.priority(priority)).collect(),
        FieldKind::Resolution => store.resolutions.keys().map(|id| view.resolution_id(*id)).collect(),
        FieldKind::Select | FieldKind::MultiSelect => {
            let enabled = field.options.iter().filter(|option| !option.disabled);
            enabled.map(|option| fields::option(view, field, option.id)).collect()
        }
        FieldKind::Components => {
            let own = store.components.values().filter(|component| component.project == project.id);
            own.map(|component| fields::component(view, component.id)).collect()
        }
        FieldKind::Versions => {
            let own = store.versions.values().filter(|version| version.project == project.id && !version.archived);
            own.map(|version| fields::version(view, version.id)).collect()
        }
        FieldKind::IssueType => json!([view.issue_type_id(kind)]),
        FieldKind::Project => json!([view.project(project)]),
        _ => return None,
    })
}

/// One field of a screen.
pub(in crate::jira) fn on_screen(
    view: View<'_>,
    project: &Project,
    kind: u64,
    field: &Field,
    required: bool,
) -> Map<String, Value> {
    let default = match field.kind {
        FieldKind::Priority => view.store.default_priority.and_then(|id| view.store.priorities.get(&id)),
        _ => None,
    };
    let mut shown = Map::new();
    shown.insert("required".into(), required.into());
    shown.insert("schema".into(), schema(field));
    shown.insert("name".into(), field.name.clone().into());
    shown.insert("key".into(), field.id.clone().into());
    shown.insert("hasDefaultValue".into(), default.is_some().into());
    shown.insert("operations".into(), operations(field).into());
    if let Some(default) = default {
        shown.insert("defaultValue".into(), view.priority(default));
    }
    if let Some(allowed) = allowed(view, project, kind, field) {
        shown.insert("allowedValues".into(), allowed);
    }
    if field.kind == FieldKind::User {
        let path = format!("/user/assignable/search?project={}&query=", project.key);
        shown.insert("autoCompleteUrl".into(), view.href(&path).into());
    }
    shown
}

/// Whether a field can be set by the caller on a screen: reporters are for those who may modify them.
pub(in crate::jira) fn may_set(view: View<'_>, project: u64, field: &Field) -> bool {
    field.id != "reporter" || view.caller.may(view.store, project, Role::Admin)
}

/// The create screen of an issue type. A parent is required for sub-tasks, and has no place on epics.
///
/// On Data Center epics have a name of their own, which is required, and others a link to their epic:
/// `sooperset/mcp-atlassian#457`.
pub(in crate::jira) fn creatable<'a>(
    view: View<'a>,
    project: &'a Project,
    kind: u64,
) -> impl Iterator<Item = (&'a Field, bool)> {
    let screens: &Screens = view.store.screens_of(project.id, kind);
    let level = view.store.issue_types.get(&kind).map_or(0, |kind| kind.level);
    view.store.fields.iter().filter_map(move |field| {
        let epic_name = field.custom.as_ref().is_some_and(|(_, custom)| custom == EPIC_NAME);
        let fits = match field.kind {
            FieldKind::Parent => level < 0 || level == 0 && view.is_cloud(),
            FieldKind::Sprint => level >= 0,
            FieldKind::EpicLink => level == 0,
            _ => !epic_name || level == 1,
        };
        let there = fits && screens.create.contains(&field.id) && may_set(view, project.id, field);
        let required =
            screens.required.contains(&field.id) || field.kind == FieldKind::Parent && level < 0 || epic_name;
        there.then_some((field, required))
    })
}

/// The edit screen of an issue, as `fields` of the edit metadata.
pub(in crate::jira) fn editable(view: View<'_>, issue: &Issue) -> Value {
    let Some(project) = view.store.projects.get(&issue.project) else { return json!({}) };
    if !view.caller.may(view.store, project.id, Role::Member) {
        return json!({});
    }
    let screens = view.store.screens_of(project.id, issue.kind);
    let shown = view.store.fields.iter().filter(|field| screens.edit.contains(&field.id));
    let shown = shown.filter(|field| may_set(view, project.id, field));
    let shown = shown.map(|field| {
        let required = screens.required.contains(&field.id);
        let mut shown = on_screen(view, project, issue.kind, field, required);
        if field.kind == FieldKind::IssueType {
            let kinds = exchangeable(view, project, issue.kind);
            shown.insert("allowedValues".into(), kinds.map(|kind| view.issue_type(kind)).collect());
        }
        (field.id.clone(), shown.into())
    });
    shown.collect::<Map<String, Value>>().into()
}

/// The issue types that an issue can change to by an edit: of the same workflow, and sub-tasks for sub-tasks alone.
/// Everything else is a move, which the API of one issue does not do (unverified).
pub(super) fn exchangeable<'a>(view: View<'a>, project: &'a Project, kind: u64) -> impl Iterator<Item = &'a IssueType> {
    let workflow = move |kind: u64| view.store.workflow_of(project.id, kind).map(|workflow| workflow.id);
    let subtask = view.store.issue_types.get(&kind).is_some_and(IssueType::is_subtask);
    let kinds = project.issue_types.iter().filter_map(move |id| view.store.issue_types.get(id));
    kinds.filter(move |other| workflow(other.id) == workflow(kind) && other.is_subtask() == subtask)
}

/// Lists the issue types that can be created in a project, in pages.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-createmeta-projectidorkey-issuetypes-get>;
/// on Data Center the list is `values`, with `isLast`:
/// <https://confluence.atlassian.com/jiracore/createmeta-rest-endpoint-to-be-removed-975040986.html>.
pub(in crate::jira) async fn issue_types(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let project = caller.project(&store, &project)?;
    let page = Page::read(&parameters, 50, app.options.list_page)?;
    let may = caller.may(&store, project.id, Role::Member);
    let kinds: Vec<u64> = if may { project.issue_types.clone() } else { Vec::new() };
    let name = if view.is_cloud() { "issueTypes" } else { "values" };
    Ok(Reply::ok(page.with_total(name, &kinds, |kind| view.issue_type_id(*kind))))
}

/// Lists the fields of an issue type's create screen, in pages.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-createmeta-projectidorkey-issuetypes-issuetypeid-get>
pub(in crate::jira) async fn type_fields(
    State(app): State<App>,
    caller: Caller,
    Path((project, kind)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let project = caller.project(&store, &project)?;
    let kind = kind.parse::<u64>().ok().filter(|kind| project.issue_types.contains(kind));
    let kind = kind.ok_or_else(|| Problem::new(404, "The issue type could not be found in the project."))?;
    let page = Page::read(&parameters, 50, app.options.list_page)?;
    let may = caller.may(&store, project.id, Role::Member);
    let shown: Vec<(&Field, bool)> = creatable(view, project, kind).filter(|_| may).collect();
    let name = if view.is_cloud() { "fields" } else { "values" };
    Ok(Reply::ok(page.with_total(name, &shown, |(field, required)| {
        let mut shown = on_screen(view, project, kind, field, *required);
        shown.insert("fieldId".into(), field.id.clone().into());
        shown.into()
    })))
}

/// Shows which fields of an issue can be edited, and to what.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-editmeta-get>
pub(in crate::jira) async fn edit(State(app): State<App>, caller: Caller, Path(issue): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, &issue)?;
    let fields = editable(View::new(&app, &store, &caller), issue);
    Ok(Reply::ok(json!({ "fields": fields })))
}

/// Whether somebody may become the assignee of issues of a project.
pub(in crate::jira) fn assignable(view: View<'_>, project: u64, user: &str) -> bool {
    let pair = view.store.projects.get(&project).zip(view.store.users.get(user));
    pair.is_some_and(|(project, user)| is_assignable(user, project))
}
