//! What filters and orders look at.

use std::cmp::Ordering;

use crate::openproject::filters::{Facet, Kind};
use crate::openproject::model::WorkPackage;
use crate::openproject::store::Store;
use crate::openproject::users::missing_last;

/// The filters, by the names of the vendor's list.
pub(super) const FILTERS: &[(&str, Kind)] = &[
    ("assignee", Kind::List),
    ("assigned_to", Kind::List),
    ("assignee_or_group", Kind::List),
    ("author", Kind::List),
    ("blocked", Kind::List),
    ("blocks", Kind::List),
    ("category", Kind::List),
    ("comment", Kind::Text),
    ("created_at", Kind::Time),
    ("description", Kind::Text),
    ("done_ratio", Kind::Number),
    ("due_date", Kind::Date),
    ("duration", Kind::Number),
    ("estimated_hours", Kind::Number),
    ("estimated_time", Kind::Number),
    ("follows", Kind::List),
    ("id", Kind::List),
    ("milestone", Kind::Flag),
    ("only_subproject", Kind::List),
    ("only_subproject_id", Kind::List),
    ("parent", Kind::List),
    ("percentage_done", Kind::Number),
    ("precedes", Kind::List),
    ("priority", Kind::List),
    ("project", Kind::List),
    ("project_id", Kind::List),
    ("relates", Kind::List),
    ("responsible", Kind::List),
    ("search", Kind::Search),
    ("start_date", Kind::Date),
    ("status", Kind::Status),
    ("subject", Kind::Text),
    ("subject_or_id", Kind::Search),
    ("subproject", Kind::List),
    ("subproject_id", Kind::List),
    ("type", Kind::List),
    ("typeahead", Kind::Search),
    ("updated_at", Kind::Time),
    ("version", Kind::List),
];

/// The filters that come with sprints and with labels.
pub(super) const SPRINT_FILTERS: &[(&str, Kind)] = &[("sprint", Kind::List), ("story_points", Kind::Number)];
pub(super) const LABEL_FILTERS: &[(&str, Kind)] = &[("labels", Kind::List), ("label", Kind::List)];

pub(super) const COLUMNS: &[&str] = &[
    "id",
    "subject",
    "status",
    "type",
    "priority",
    "assignee",
    "author",
    "responsible",
    "project",
    "parent",
    "version",
    "createdAt",
    "updatedAt",
    "startDate",
    "dueDate",
    "estimatedTime",
    "remainingTime",
    "storyPoints",
];

pub(super) const SELECTABLE: &[&str] = &[
    "id",
    "_type",
    "subject",
    "lockVersion",
    "startDate",
    "dueDate",
    "date",
    "createdAt",
    "updatedAt",
    "self",
    "project",
    "status",
    "type",
    "priority",
    "assignee",
    "author",
    "responsible",
    "parent",
    "version",
];

/// The value that a filter of this name looks at.
pub(super) fn facet(store: &Store, item: &WorkPackage, name: &str) -> Facet {
    let hours = |minutes: Option<u64>| minutes.map(|minutes| minutes as f64 / 60.0);
    match name {
        "assignee" | "assigned_to" | "assignee_or_group" => Facet::id(item.assignee),
        "author" => Facet::id(item.author),
        "responsible" => Facet::id(item.responsible),
        "category" => Facet::Ids(Vec::new()),
        "comment" => {
            let own = store.activities.values().filter(|activity| activity.work_package == item.id);
            Facet::Text(own.map(|activity| activity.comment.clone()).collect())
        }
        "created_at" => Facet::Time(item.created),
        "updated_at" => Facet::Time(item.updated),
        "start_date" => Facet::Date(item.start),
        "due_date" => Facet::Date(item.due),
        "duration" => Facet::Number(item.start.zip(item.due).map(|(start, due)| (due - start).num_days() as f64 + 1.0)),
        "estimated_hours" | "estimated_time" => Facet::Number(hours(item.work)),
        "done_ratio" | "percentage_done" => {
            let known = item.work.filter(|work| *work > 0).zip(item.remaining);
            Facet::Number(known.map(|(work, left)| (100 * work.saturating_sub(left) / work) as f64))
        }
        "story_points" => Facet::Number(item.story_points.map(|points| points as f64)),
        "milestone" => Facet::Flag(store.types.get(&item.kind).is_some_and(|kind| kind.milestone)),
        "parent" => Facet::id(item.parent),
        "priority" => Facet::id(item.priority),
        "project" | "project_id" | "only_subproject" | "only_subproject_id" => Facet::id(item.project),
        "status" => {
            let closed = store.statuses.get(&item.status).is_some_and(|status| status.closed);
            Facet::Closed { id: item.status, closed }
        }
        "subject" => Facet::text(&item.subject),
        "description" => Facet::text(&item.description),
        "subject_or_id" => Facet::Text(vec![item.subject.clone(), item.id.to_string()]),
        "search" | "typeahead" => {
            Facet::Text(vec![item.subject.clone(), item.description.clone(), item.id.to_string()])
        }
        "type" => Facet::id(item.kind),
        "version" => Facet::id(item.version),
        "sprint" => Facet::id(item.sprint),
        "labels" | "label" => Facet::Ids(item.labels.clone()),
        "id" => Facet::id(item.id),
        name => related(store, item, name).unwrap_or_else(|| custom(item, name)),
    }
}

/// The other ends of relations: `follows` is stored, `precedes` is its other direction.
fn related(store: &Store, item: &WorkPackage, name: &str) -> Option<Facet> {
    let (kind, reverse) = match name {
        "follows" | "blocks" => (name, false),
        "precedes" => ("follows", true),
        "blocked" => ("blocks", true),
        "relates" => {
            let own = store.relations.values().filter(|relation| relation.kind == "relates");
            let ends = own.filter_map(|relation| match item.id {
                id if id == relation.from => Some(relation.to),
                id if id == relation.to => Some(relation.from),
                _ => None,
            });
            return Some(Facet::Ids(ends.collect()));
        }
        _ => return None,
    };
    let own = store.relations.values().filter(|relation| relation.kind == kind);
    let ends = own.filter_map(|relation| match reverse {
        false => (relation.from == item.id).then_some(relation.to),
        true => (relation.to == item.id).then_some(relation.from),
    });
    Some(Facet::Ids(ends.collect()))
}

/// A custom field, whose name has lost its capital by now: `custom_field7`.
fn custom(item: &WorkPackage, name: &str) -> Facet {
    let value = item.custom.get(&name.replace("custom_field", "customField"));
    let text = value.filter(|value| !value.is_null()).map(|value| match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    });
    Facet::Text(text.into_iter().collect())
}

/// The order of two work packages by a column; missing values come last.
pub(super) fn compare(store: &Store, one: &WorkPackage, other: &WorkPackage, column: &str) -> Ordering {
    let person = |id: Option<u64>| id.and_then(|id| store.principals.get(&id)).map(|person| &person.name);
    let version = |id: Option<u64>| id.and_then(|id| store.versions.get(&id)).map(|version| &version.name);
    let project = |id: u64| store.projects.get(&id).map(|project| &project.name);
    match column {
        "subject" => one.subject.to_lowercase().cmp(&other.subject.to_lowercase()),
        "status" => one.status.cmp(&other.status),
        "type" => one.kind.cmp(&other.kind),
        "priority" => one.priority.cmp(&other.priority),
        "assignee" => missing_last(person(one.assignee), person(other.assignee)),
        "responsible" => missing_last(person(one.responsible), person(other.responsible)),
        "author" => missing_last(person(Some(one.author)), person(Some(other.author))),
        "project" => project(one.project).cmp(&project(other.project)),
        "parent" => missing_last(one.parent, other.parent),
        "version" => missing_last(version(one.version), version(other.version)),
        "createdAt" => one.created.cmp(&other.created),
        "updatedAt" => one.updated.cmp(&other.updated),
        "startDate" => missing_last(one.start, other.start),
        "dueDate" => missing_last(one.due, other.due),
        "estimatedTime" => missing_last(one.work, other.work),
        "remainingTime" => missing_last(one.remaining, other.remaining),
        "storyPoints" => missing_last(one.story_points, other.story_points),
        _ => one.id.cmp(&other.id),
    }
}
