//! The fields of projects, their fields and their items.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::coerce::Arguments;
use super::super::object::{Object, Out, Resolved};
use super::super::scope::{Scope, project_rights, time};
use super::issues::database_id;
use super::{common, unresolved};
use crate::github::access::Rights;
use crate::github::model::Issue;
use crate::github::projects_v2::{Content, Draft, Field, FieldKind, FieldValue, Item, Iteration, Iterations, Project};

pub(in super::super) fn project(scope: &Scope<'_>, id: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(project) = scope.store.boards.projects.get(&id) else { return Ok(Out::Null) };
    if let Some(out) = common(scope, &Object::Project(id), field, || scope.project_path(project)) {
        return Ok(out);
    }
    let boards = &scope.store.boards;
    Ok(match field {
        "databaseId" | "fullDatabaseId" => database_id(field, id),
        "number" => Out::leaf(project.number),
        "title" => Out::leaf(project.title.as_str()),
        "shortDescription" => Out::leaf(project.short_description.clone()),
        "readme" => Out::leaf(project.readme.clone()),
        "public" => Out::leaf(project.public),
        "template" => Out::leaf(false),
        "closed" => Out::leaf(project.closed.is_some()),
        "closedAt" => project.closed.map_or(Out::Null, time),
        "createdAt" => time(project.created),
        "updatedAt" => time(project.updated),
        "creator" => scope.account(project.creator),
        "owner" => scope.account(project.owner),
        "viewerCanUpdate" => Out::leaf(may(scope, project, Rights::Write)),
        "viewerCanClose" | "viewerCanReopen" => Out::leaf(may(scope, project, Rights::Admin)),
        "field" => {
            let found = boards.field_named(id, arguments.text("name").unwrap_or_default());
            Out::maybe(found.map(|field| Object::Field(field.id)))
        }
        "fields" => Out::pages(boards.fields_of(id).map(|field| field.id), Object::Field),
        "items" => Out::pages(items(scope, id), Object::Item),
        "repositories" => Out::pages(repositories(scope, id), Object::Repository),
        // Status updates are not kept.
        "statusUpdates" => Out::Pages(Vec::new()),
        _ => return unresolved("ProjectV2", field),
    })
}

fn may(scope: &Scope<'_>, project: &Project, rights: Rights) -> bool {
    project_rights(&scope.call, scope.store, project) >= Some(rights)
}

/// The items of a project that are not archived: the archive is another list, which the API does not show (unverified).
fn items(scope: &Scope<'_>, project: u64) -> impl Iterator<Item = u64> {
    scope.store.boards.items_of(project).filter(|item| !item.archived).map(|item| item.id)
}

/// The repositories of a project's items.
pub(super) fn repositories(scope: &Scope<'_>, project: u64) -> BTreeSet<u64> {
    let issues = scope.store.boards.items_of(project).filter_map(|item| match item.content {
        Content::Issue(id) => scope.issue(id),
        Content::Draft(_) => None,
    });
    issues.map(|issue| issue.repository).collect()
}

/// The items that an issue is, in projects that the caller sees.
pub(super) fn items_of_issue(scope: &Scope<'_>, issue: u64, archived: bool) -> Vec<u64> {
    let items = scope.store.boards.items.values();
    let items = items.filter(|item| matches!(item.content, Content::Issue(id) if id == issue));
    let items = items.filter(|item| (archived || !item.archived) && scope.project(item.project).is_some());
    items.map(|item| item.id).collect()
}

pub(in super::super) fn field_kind(scope: &Scope<'_>, id: u64) -> &'static str {
    match scope.store.boards.fields.get(&id).map(|field| &field.kind) {
        Some(FieldKind::Select(_)) => "ProjectV2SingleSelectField",
        Some(FieldKind::Iteration(_)) => "ProjectV2IterationField",
        _ => "ProjectV2Field",
    }
}

pub(in super::super) fn project_field(scope: &Scope<'_>, id: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(found) = scope.store.boards.fields.get(&id) else { return Ok(Out::Null) };
    Ok(match (field, &found.kind) {
        ("id", _) => Object::Field(id).node(scope).map_or(Out::Null, Out::leaf),
        ("databaseId", _) => database_id(field, id),
        ("name", _) => Out::leaf(found.name.as_str()),
        ("dataType", kind) => Out::leaf(kind.data_type()),
        ("project", _) => Out::One(Object::Project(found.project)),
        ("createdAt", _) => time(found.created),
        ("updatedAt", _) => time(found.updated),
        ("options", FieldKind::Select(options)) => {
            let names = arguments.texts("names");
            let wanted = options.iter().filter(|option| names.is_empty() || names.contains(&option.name.as_str()));
            Out::Many(wanted.map(option_object).collect())
        }
        ("configuration", FieldKind::Iteration(all)) => Out::One(configuration(scope, all)),
        _ => return unresolved("ProjectV2Field", field),
    })
}

fn option_object(option: &crate::github::projects_v2::SelectOption) -> Object {
    let fields = vec![
        ("id", Out::leaf(option.id.as_str())),
        ("name", Out::leaf(option.name.as_str())),
        ("nameHTML", Out::leaf(option.name.as_str())),
        ("color", Out::leaf(option.color.as_str())),
        ("description", Out::leaf(option.description.as_str())),
        ("descriptionHTML", Out::leaf(option.description.as_str())),
    ];
    Object::ready("ProjectV2SingleSelectFieldOption", fields)
}

/// The iterations to come and under way in one list, those that are over in another, the last one first.
fn configuration(scope: &Scope<'_>, all: &Iterations) -> Object {
    let (over, open): (Vec<&Iteration>, Vec<_>) = all.all.iter().partition(|one| one.is_completed(scope.today()));
    let list = |all: Vec<&Iteration>| Out::Many(all.into_iter().map(iteration).collect());
    let fields = vec![
        ("duration", Out::leaf(all.duration)),
        ("startDay", Out::leaf(all.start_day)),
        ("iterations", list(open)),
        ("completedIterations", list(over.into_iter().rev().collect())),
    ];
    Object::ready("ProjectV2IterationFieldConfiguration", fields)
}

fn iteration(one: &Iteration) -> Object {
    let fields = vec![
        ("id", Out::leaf(one.id.as_str())),
        ("title", Out::leaf(one.title.as_str())),
        ("titleHTML", Out::leaf(one.title.as_str())),
        ("startDate", Out::leaf(one.start.to_string())),
        ("duration", Out::leaf(one.duration)),
    ];
    Object::ready("ProjectV2IterationFieldIteration", fields)
}

pub(in super::super) fn item(scope: &Scope<'_>, id: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(item) = scope.store.boards.items.get(&id) else { return Ok(Out::Null) };
    Ok(match field {
        "id" => Object::Item(id).node(scope).map_or(Out::Null, Out::leaf),
        "databaseId" | "fullDatabaseId" => database_id(field, id),
        "type" => Out::leaf(item_type(scope, item)),
        "content" => match item.content {
            Content::Draft(_) => Out::One(Object::Draft(id)),
            Content::Issue(issue) => Out::maybe(scope.issue(issue).map(|_| Object::Issue(issue))),
        },
        "project" => Out::One(Object::Project(item.project)),
        "isArchived" => Out::leaf(item.archived),
        "creator" => scope.account(item.creator),
        "createdAt" => time(item.created),
        "updatedAt" => time(item.updated),
        "fieldValues" => {
            let fields = scope.store.boards.fields_of(item.project).filter(|field| has_value(scope, item, field));
            Out::pages(fields.map(|field| field.id), |field| Object::FieldValue { item: id, field })
        }
        "fieldValueByName" => {
            let name = arguments.text("name").unwrap_or_default();
            let found = scope.store.boards.field_named(item.project, name);
            let found = found.filter(|field| has_value(scope, item, field));
            Out::maybe(found.map(|field| Object::FieldValue { item: id, field: field.id }))
        }
        _ => return unresolved("ProjectV2Item", field),
    })
}

/// What cannot be seen is redacted: its item is there, its content is not.
fn item_type(scope: &Scope<'_>, item: &Item) -> &'static str {
    match item.content {
        Content::Draft(_) => "DRAFT_ISSUE",
        Content::Issue(id) if scope.issue(id).is_none() => "REDACTED",
        Content::Issue(id) if scope.is_pull(id) => "PULL_REQUEST",
        Content::Issue(_) => "ISSUE",
    }
}

/// The issue or pull request of an item, if it is one and visible.
fn issue_of<'a>(scope: &Scope<'a>, item: &Item) -> Option<&'a Issue> {
    match item.content {
        Content::Issue(id) => scope.issue(id),
        Content::Draft(_) => None,
    }
}

/// Whether an item says something in a field: empty ones are not among the values.
fn has_value(scope: &Scope<'_>, item: &Item, field: &Field) -> bool {
    let FieldKind::Shown(kind) = &field.kind else { return item.values.contains_key(&field.id) };
    let issue = issue_of(scope, item);
    match *kind {
        "TITLE" => true,
        "ASSIGNEES" => match &item.content {
            Content::Draft(draft) => !draft.assignees.is_empty(),
            Content::Issue(_) => issue.is_some_and(|issue| !issue.assignees.is_empty()),
        },
        "LABELS" => issue.is_some_and(|issue| !issue.labels.is_empty()),
        "MILESTONE" => issue.is_some_and(|issue| issue.milestone.is_some()),
        "REPOSITORY" => issue.is_some(),
        _ => false,
    }
}

pub(in super::super) fn value_kind(scope: &Scope<'_>, field: u64) -> &'static str {
    match scope.store.boards.fields.get(&field).map(|field| field.kind.data_type()) {
        Some("NUMBER") => "ProjectV2ItemFieldNumberValue",
        Some("DATE") => "ProjectV2ItemFieldDateValue",
        Some("SINGLE_SELECT") => "ProjectV2ItemFieldSingleSelectValue",
        Some("ITERATION") => "ProjectV2ItemFieldIterationValue",
        Some("ASSIGNEES") => "ProjectV2ItemFieldUserValue",
        Some("LABELS") => "ProjectV2ItemFieldLabelValue",
        Some("MILESTONE") => "ProjectV2ItemFieldMilestoneValue",
        Some("REPOSITORY") => "ProjectV2ItemFieldRepositoryValue",
        _ => "ProjectV2ItemFieldTextValue",
    }
}

pub(in super::super) fn field_value(scope: &Scope<'_>, (item, of): (u64, u64), field: &str) -> Resolved {
    let boards = &scope.store.boards;
    let (Some(found), Some(by)) = (boards.items.get(&item), boards.fields.get(&of)) else { return Ok(Out::Null) };
    let issue = issue_of(scope, found);
    Ok(match field {
        "id" => Object::FieldValue { item, field: of }.node(scope).map_or(Out::Null, Out::leaf),
        "databaseId" => database_id(field, item * 1_000_000 + of),
        "field" => Out::One(Object::Field(of)),
        "item" => Out::One(Object::Item(item)),
        "creator" => scope.account(found.creator),
        "createdAt" => time(found.created),
        "updatedAt" => time(found.written.get(&of).copied().unwrap_or(found.updated)),
        "users" => match &found.content {
            Content::Draft(draft) => Out::pages(draft.assignees.iter().copied(), Object::Account),
            Content::Issue(_) => {
                Out::pages(issue.map(|issue| issue.assignees.clone()).unwrap_or_default(), Object::Account)
            }
        },
        "labels" => Out::pages(issue.map(|issue| issue.labels.clone()).unwrap_or_default(), Object::Label),
        "milestone" => Out::maybe(issue.and_then(|issue| issue.milestone).map(Object::Milestone)),
        "repository" => Out::maybe(issue.map(|issue| Object::Repository(issue.repository))),
        "text" if by.kind == FieldKind::Shown("TITLE") => Out::leaf(title(scope, found)),
        _ => stored(found.values.get(&of), by, field),
    })
}

fn title(scope: &Scope<'_>, item: &Item) -> String {
    match &item.content {
        Content::Draft(draft) => draft.title.clone(),
        Content::Issue(id) => scope.store.issues.get(id).map(|issue| issue.title.clone()).unwrap_or_default(),
    }
}

/// The fields of a value that is kept with the item.
fn stored(value: Option<&FieldValue>, by: &Field, field: &str) -> Out {
    match (value, &by.kind, field) {
        (Some(FieldValue::Text(text)), _, "text") => Out::leaf(text.as_str()),
        (Some(FieldValue::Number(number)), _, "number") => Out::leaf(Value::from(*number)),
        (Some(FieldValue::Date(date)), _, "date") => Out::leaf(date.to_string()),
        (Some(FieldValue::Option(id)), FieldKind::Select(options), _) => {
            let Some(option) = options.iter().find(|option| option.id == *id) else { return Out::Null };
            match field {
                "optionId" => Out::leaf(id.as_str()),
                "name" | "nameHTML" => Out::leaf(option.name.as_str()),
                "color" => Out::leaf(option.color.as_str()),
                _ => Out::leaf(option.description.as_str()),
            }
        }
        (Some(FieldValue::Iteration(id)), FieldKind::Iteration(all), _) => {
            let Some(one) = all.all.iter().find(|one| one.id == *id) else { return Out::Null };
            match field {
                "iterationId" => Out::leaf(id.as_str()),
                "startDate" => Out::leaf(one.start.to_string()),
                "duration" => Out::leaf(one.duration),
                _ => Out::leaf(one.title.as_str()),
            }
        }
        _ => Out::Null,
    }
}

pub(in super::super) fn draft(scope: &Scope<'_>, id: u64, field: &str) -> Resolved {
    let Some(Item { content: Content::Draft(draft), project, .. }) = scope.store.boards.items.get(&id) else {
        return Ok(Out::Null);
    };
    let Draft { title, body, assignees, creator, created, updated } = draft;
    Ok(match field {
        "id" => Object::Draft(id).node(scope).map_or(Out::Null, Out::leaf),
        "title" => Out::leaf(title.as_str()),
        "body" | "bodyHTML" | "bodyText" => Out::leaf(body.as_str()),
        "assignees" => Out::pages(assignees.iter().copied(), Object::Account),
        "creator" => scope.account(*creator),
        "createdAt" => time(*created),
        "updatedAt" => time(*updated),
        "projectV2Items" => Out::pages([id], Object::Item),
        "projectsV2" => Out::pages([*project], Object::Project),
        _ => return unresolved("DraftIssue", field),
    })
}
