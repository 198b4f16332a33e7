//! The value of each field as the API shows it.

use serde_json::{Map, Value, json};

use super::super::attachments;
use super::super::comments;
use super::super::duration;
use super::super::model::{Field, FieldKind, Issue, Link};
use super::super::view::View;
use super::super::worklogs;

/// The value of one field; `None` where the field is left out of the answer.
pub(super) fn value(view: View<'_>, issue: &Issue, field: &Field) -> Option<Value> {
    let stored = || issue.values.get(&field.id).cloned().unwrap_or_default();
    Some(match field.kind {
        FieldKind::Text | FieldKind::Rich | FieldKind::Number | FieldKind::Date | FieldKind::EpicLink => stored(),
        FieldKind::DateTime => date_time(view, &stored()),
        FieldKind::Labels if field.custom.is_some() => stored(),
        FieldKind::Labels => list(stored()),
        FieldKind::User => view.user(issue.text(&field.id)),
        FieldKind::Select => stored().as_u64().map(|id| option(view, field, id)).unwrap_or_default(),
        FieldKind::MultiSelect => match stored() {
            Value::Array(ids) => ids.iter().filter_map(Value::as_u64).map(|id| option(view, field, id)).collect(),
            _ => Value::Null,
        },
        FieldKind::Priority => {
            let priority = issue.number(&field.id).and_then(|id| view.store.priorities.get(&id));
            priority.map(|priority| view.priority(priority)).unwrap_or_default()
        }
        FieldKind::Resolution => issue.resolution.map(|id| view.resolution_id(id)).unwrap_or_default(),
        FieldKind::Components => ids(&stored()).map(|id| component(view, id)).collect(),
        FieldKind::Versions => ids(&stored()).map(|id| version(view, id)).collect(),
        FieldKind::Sprint => sprints(view, issue),
        FieldKind::Project => {
            view.store.projects.get(&issue.project).map(|project| view.project(project)).unwrap_or_default()
        }
        FieldKind::IssueType => view.issue_type_id(issue.kind),
        FieldKind::Parent => {
            return issue.parent.and_then(|id| view.store.issues().get(&id)).map(|parent| brief(view, parent));
        }
        FieldKind::TimeTracking => time_tracking(view, issue),
        FieldKind::Links => links(view, issue),
        FieldKind::Attachments => attachments::field(view, issue),
        FieldKind::Comments => comments::field(view, issue),
        FieldKind::Worklogs => worklogs::field(view, issue),
        FieldKind::ReadOnly => return derived(view, issue, &field.id),
    })
}

/// Fields that are counted or derived.
fn derived(view: View<'_>, issue: &Issue, field: &str) -> Option<Value> {
    let spent = || match view.store.time_spent(issue.id) {
        0 => Value::Null,
        seconds => seconds.into(),
    };
    Some(match field {
        "status" => view.status_id(issue.status),
        "created" => view.time(issue.created).into(),
        "updated" => view.time(issue.updated).into(),
        "resolutiondate" => issue.resolved.map(|at| view.time(at).into()).unwrap_or_default(),
        "statuscategorychangedate" => view.time(issue.status_changed).into(),
        "creator" => view.user(issue.creator.as_deref()),
        "timespent" | "aggregatetimespent" => spent(),
        "timeestimate" => issue.remaining_estimate.into(),
        "timeoriginalestimate" => issue.original_estimate.into(),
        "subtasks" => view.store.subtasks(issue.id).map(|child| brief(view, child)).collect(),
        "workratio" => (-1).into(),
        "watches" => {
            json!({ "self": view.href(&format!("/issue/{}/watchers", issue.key)), "watchCount": 0, "isWatching": false })
        }
        "votes" => json!({ "self": view.href(&format!("/issue/{}/votes", issue.key)), "votes": 0, "hasVoted": false }),
        "progress" | "aggregateprogress" => json!({ "progress": 0, "total": 0 }),
        "security" | "lastViewed" => Value::Null,
        // The key is no member of `fields`.
        _ => return None,
    })
}

/// Another issue as links, parents and sub-tasks show it.
pub(in crate::jira) fn brief(view: View<'_>, issue: &Issue) -> Value {
    let shown = |field: &str| view.store.field(field).and_then(|field| value(view, issue, field)).unwrap_or_default();
    json!({
        "id": issue.id.to_string(),
        "key": issue.key,
        "self": view.href(&format!("/issue/{}", issue.id)),
        "fields": {
            "summary": shown("summary"), "status": shown("status"), "priority": shown("priority"),
            "issuetype": shown("issuetype"),
        },
    })
}

fn date_time(view: View<'_>, stored: &Value) -> Value {
    let at = stored.as_str().and_then(|text| text.parse::<chrono::DateTime<chrono::Utc>>().ok());
    at.map(|at| view.time(at).into()).unwrap_or_default()
}

fn list(stored: Value) -> Value {
    if stored.is_array() { stored } else { json!([]) }
}

fn ids(stored: &Value) -> impl Iterator<Item = u64> {
    stored.as_array().into_iter().flatten().filter_map(Value::as_u64)
}

/// An option of a field.
pub(in crate::jira) fn option(view: View<'_>, field: &Field, id: u64) -> Value {
    let value = field.options.iter().find(|option| option.id == id).map(|option| option.value.clone());
    json!({
        "self": view.href(&format!("/customFieldOption/{id}")), "value": value.unwrap_or_default(), "id": id.to_string()
    })
}

pub(in crate::jira) fn component(view: View<'_>, id: u64) -> Value {
    let name = view.store.components.get(&id).map(|component| component.name.clone()).unwrap_or_default();
    json!({ "self": view.href(&format!("/component/{id}")), "id": id.to_string(), "name": name })
}

pub(in crate::jira) fn version(view: View<'_>, id: u64) -> Value {
    let Some(version) = view.store.versions.get(&id) else { return Value::Null };
    json!({
        "self": view.href(&format!("/version/{id}")), "id": id.to_string(), "description": "", "name": version.name,
        "archived": version.archived, "released": version.released,
    })
}

/// The sprints of an issue, past ones included: objects on Cloud; on Data Center the text of the vendor's class.
///
/// The text: `CognizantOneDevOps/Insights#114`; which further members newer versions have, and that the order is that in
/// which the issue was in them, is unverified.
fn sprints(view: View<'_>, issue: &Issue) -> Value {
    let rows: Vec<_> = issue.sprints.iter().filter_map(|id| view.store.sprints.get(id)).collect();
    if rows.is_empty() {
        return Value::Null;
    }
    let moment =
        |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
    let shown = |sprint: &&super::super::model::Sprint| {
        let (start, end, done) = (moment(sprint.start), moment(sprint.end), moment(sprint.completed));
        if view.is_cloud() {
            let mut object = json!({
                "id": sprint.id, "name": sprint.name, "state": sprint.state.name(), "boardId": sprint.board,
                "goal": sprint.goal,
            });
            for (name, at) in [("startDate", start), ("endDate", end), ("completeDate", done)] {
                if let Some(at) = at {
                    object[name] = at.into();
                }
            }
            return object;
        }
        let or_null = |at: Option<String>| at.unwrap_or_else(|| "<null>".to_owned());
        let state = sprint.state.name().to_uppercase();
        format!(
            "com.atlassian.greenhopper.service.sprint.Sprint@{:x}[id={},rapidViewId={},state={state},name={},startDate={},\
             endDate={},completeDate={},activatedDate=<null>,sequence={},goal={},autoStartStop=false,synced=false]",
            sprint.id + 0x1f3a, sprint.id, sprint.board, sprint.name, or_null(start), or_null(end), or_null(done),
            sprint.id, sprint.goal,
        )
        .into()
    };
    rows.iter().map(shown).collect()
}

/// Estimates and time spent in words and seconds; members without a value are left out.
fn time_tracking(view: View<'_>, issue: &Issue) -> Value {
    let spent = Some(view.store.time_spent(issue.id)).filter(|seconds| *seconds > 0);
    let times = [
        ("originalEstimate", issue.original_estimate),
        ("remainingEstimate", issue.remaining_estimate),
        ("timeSpent", spent),
    ];
    let mut shown = Map::new();
    for (name, seconds) in times {
        if let Some(seconds) = seconds {
            shown.insert(name.to_owned(), duration::pretty(seconds).into());
            shown.insert(format!("{name}Seconds"), seconds.into());
        }
    }
    shown.into()
}

fn links(view: View<'_>, issue: &Issue) -> Value {
    let mine = view.store.links.values().filter(|link| link.from == issue.id || link.to == issue.id);
    mine.filter_map(|link| link_from(view, issue, link)).collect()
}

/// A link as the issue at one of its ends shows it, if the other end is visible.
fn link_from(view: View<'_>, issue: &Issue, link: &Link) -> Option<Value> {
    let outward = link.from == issue.id;
    let other = view.store.issues().get(if outward { &link.to } else { &link.from })?;
    let kind = view.store.link_types.get(&link.kind)?;
    if !view.caller.sees(view.store, other) {
        return None;
    }
    let end = if outward { "outwardIssue" } else { "inwardIssue" };
    Some(json!({
        "id": link.id.to_string(),
        "self": view.href(&format!("/issueLink/{}", link.id)),
        "type": {
            "id": kind.id.to_string(), "name": kind.name, "inward": kind.inward, "outward": kind.outward,
            "self": view.href(&format!("/issueLinkType/{}", kind.id)),
        },
        end: brief(view, other),
    }))
}
