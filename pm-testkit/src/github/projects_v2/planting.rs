//! Projects that tests make by hand.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use super::model::FieldKind;
use super::{Content, Draft, Span, iterations, option};
use crate::github::FakeGitHub;
use crate::github::node::{node_id, prefix};
use crate::github::planting::ADMIN;
use crate::github::seed::SeedError;
use crate::github::store::Store;

/// A project of an owner as tests describe it.
///
/// ```
/// use pm_testkit::github::ProjectV2Seed;
///
/// let seed: ProjectV2Seed = serde_json::from_str(r#"{
///   "owner": "acme", "title": "Roadmap", "issues": ["acme/site#1"],
///   "fields": [
///     { "name": "Priority", "type": "SINGLE_SELECT", "options": ["High", "Low"] },
///     { "name": "Estimate", "type": "NUMBER" },
///     { "name": "Sprint", "type": "ITERATION", "iterations": [{ "title": "First", "start": "2026-05-04", "days": 14 }] }
///   ]
/// }"#)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProjectV2Seed {
    /// The login of a person or an organisation.
    pub owner: String,
    /// The title.
    pub title: String,
    /// Fields beside those that every project has.
    pub fields: Vec<ProjectV2FieldSeed>,
    /// Issues and pull requests: `owner/name#7`.
    pub issues: Vec<String>,
    /// The titles of drafts.
    pub drafts: Vec<String>,
    /// Whether everybody sees it.
    pub public: bool,
}

/// A field of a project as tests describe it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProjectV2FieldSeed {
    /// The name.
    pub name: String,
    /// `TEXT`, `NUMBER`, `DATE`, `SINGLE_SELECT` or `ITERATION`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The names of a single select's options.
    pub options: Vec<String>,
    /// The iterations, whether over or not.
    pub iterations: Vec<ProjectV2IterationSeed>,
}

/// An iteration as tests describe it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectV2IterationSeed {
    /// The title.
    pub title: String,
    /// The first day.
    pub start: NaiveDate,
    /// How many days it has.
    pub days: i64,
}

impl FakeGitHub {
    /// Makes a project of an owner; tells its global id.
    ///
    /// # Errors
    ///
    /// The owner, or an issue that is named, is not there.
    pub fn add_project_v2(&self, seed: &ProjectV2Seed) -> Result<String, SeedError> {
        let now = self.app.now();
        plant(&mut self.app.lock(), seed, now).map(|id| node_id(prefix::PROJECT, id))
    }

    /// Gives these fields to every project that is made from now on, as when an organisation has a template for its projects.
    pub fn set_project_v2_template(&self, fields: Vec<ProjectV2FieldSeed>) {
        self.app.lock().boards.template = fields;
    }

    /// Makes GraphQL refuse a field of an object, by its global id, from now on: the data beside it still comes, as when
    /// an organisation wants a token to sign in once more (`{"type": "FORBIDDEN", "path": […], "message": …}`).
    pub fn spoil(&self, node: &str, field: &str, message: &str) {
        self.app.lock().spoiled.insert((node.to_owned(), field.to_owned()), message.to_owned());
    }
}

/// Makes a project of an owner; tells its id.
pub(in crate::github) fn plant(store: &mut Store, seed: &ProjectV2Seed, now: DateTime<Utc>) -> Result<u64, SeedError> {
    let owner = store.account_named(&seed.owner).map(|account| account.id);
    let owner = owner.ok_or_else(|| SeedError::missing("the account", &seed.owner))?;
    let creator = store.account_named(ADMIN).map_or(owner, |account| account.id);
    let issues = seed.issues.iter().map(|name| issue_named(store, name)).collect::<Result<Vec<_>, _>>()?;
    let id = store.boards.add_project(owner, &seed.title, creator, now);
    add_fields(store, id, &seed.fields, now);
    for issue in issues {
        store.boards.add_item(id, Content::Issue(issue), creator, now);
    }
    for title in &seed.drafts {
        let (title, body, assignees) = (title.clone(), String::new(), Vec::new());
        store.boards.add_draft(id, Draft { title, body, assignees, creator, created: now, updated: now });
    }
    if let Some(project) = store.boards.projects.get_mut(&id) {
        project.public = seed.public;
    }
    Ok(id)
}

/// Adds fields to a project.
pub(in crate::github) fn add_fields(
    store: &mut Store,
    project: u64,
    fields: &[ProjectV2FieldSeed],
    now: DateTime<Utc>,
) {
    for field in fields {
        let kind = kind_of(store, field);
        store.boards.add_field(project, &field.name, kind, now);
    }
}

fn issue_named(store: &Store, name: &str) -> Result<u64, SeedError> {
    let found = name.split_once('#').and_then(|(repository, number)| {
        let repository = store.repository_named(repository)?.id;
        store.issue_at(repository, number.parse().ok()?)
    });
    found.map(|issue| issue.id).ok_or_else(|| SeedError::missing("the issue", name))
}

fn kind_of(store: &mut Store, seed: &ProjectV2FieldSeed) -> FieldKind {
    match seed.kind.as_str() {
        "NUMBER" => FieldKind::Number,
        "DATE" => FieldKind::Date,
        "SINGLE_SELECT" => {
            let names = seed.options.iter();
            FieldKind::Select(names.map(|name| option(store.boards.short_id(), name, "GRAY", "")).collect())
        }
        "ITERATION" => {
            let spans = seed.iterations.iter();
            let spans = spans.map(|one| Span { title: one.title.clone(), start: one.start, days: one.days }).collect();
            let first = seed.iterations.first().map(|one| (one.start, one.days));
            let (start, days) = first.unwrap_or((NaiveDate::MIN, 14));
            FieldKind::Iteration(iterations(start, days, spans, || store.boards.short_id()))
        }
        _ => FieldKind::Text,
    }
}
