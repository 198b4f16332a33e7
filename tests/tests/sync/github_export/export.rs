//! An export of a GitHub repository: a folder with what GitHub's REST API answers, an array in each file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::github_export::invented;

/// Names the folder with an export; without it a small invented one is used.
const FOLDER: &str = "PM_TEST_GITHUB_EXPORT";

/// What a folder holds, each row once, as GitHub wrote it.
pub(super) struct Export {
    /// `octo-org/web`.
    pub(super) full_name: String,
    /// Issues and pull requests, by number.
    pub(super) issues: BTreeMap<u64, Value>,
    /// Comments on both, by id: the order in which GitHub gave them.
    pub(super) comments: BTreeMap<u64, Value>,
    /// By number.
    pub(super) milestones: BTreeMap<u64, Value>,
    /// By login: everybody who has a page of their own here, or whom an item names.
    pub(super) people: BTreeMap<String, Value>,
}

impl Export {
    /// The export that people name, else the invented one.
    pub(super) fn wanted() -> Self {
        let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
            let folder = TempDir::new().unwrap();
            invented::write(folder.path());
            return Self::read(folder.path());
        };
        println!("the export of {}", folder.display());
        Self::read(&folder)
    }

    fn read(folder: &Path) -> Self {
        let issues = by("number", rows(folder, "issues"));
        let first = issues.values().next().expect("an export has issues");
        let full_name = behind(text(first, "repository_url"), "/repos/").to_owned();
        let comments = by("id", rows(folder, "comments"));
        let people = people(issues.values().chain(comments.values()), rows(folder, "users"));
        Self { full_name, issues, comments, milestones: by("number", rows(folder, "milestones")), people }
    }

    /// The rows that become tasks: pull requests are not among them.
    pub(super) fn true_issues(&self) -> impl Iterator<Item = &Value> {
        self.issues.values().filter(|issue| issue["pull_request"].is_null())
    }

    /// The comments on an issue.
    pub(super) fn comments_on(&self, issue: u64) -> impl Iterator<Item = &Value> {
        self.comments.values().filter(move |comment| on(comment) == issue)
    }

    /// Owner and name.
    pub(super) fn place(&self) -> (&str, &str) {
        self.full_name.split_once('/').expect("owner/name")
    }
}

/// A text of a row; an empty one where there is none.
pub(super) fn text<'a>(row: &'a Value, member: &str) -> &'a str {
    row[member].as_str().unwrap_or_default()
}

/// The number of an issue.
pub(super) fn number(issue: &Value) -> u64 {
    issue["number"].as_u64().unwrap_or_default()
}

/// The number of the issue that a comment is on.
pub(super) fn on(comment: &Value) -> u64 {
    behind(text(comment, "issue_url"), "/issues/").parse().unwrap_or_default()
}

/// The login of whoever wrote a row; `None` where the account is gone.
pub(super) fn author(row: &Value) -> Option<&str> {
    row["user"]["login"].as_str()
}

/// Whether people are assigned to an issue.
pub(super) fn is_assigned(issue: &Value) -> bool {
    issue["assignees"].as_array().is_some_and(|people| !people.is_empty())
}

/// The names of an issue's labels.
pub(super) fn labels(issue: &Value) -> BTreeSet<&str> {
    let labels = issue["labels"].as_array().into_iter().flatten();
    labels.filter_map(|label| label["name"].as_str()).collect()
}

fn behind<'a>(address: &'a str, part: &str) -> &'a str {
    address.split_once(part).map_or("", |(_, rest)| rest)
}

fn rows(folder: &Path, name: &str) -> Vec<Value> {
    let path = folder.join(name).with_extension("json");
    let said = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{} is no array: {error}", path.display()))
}

/// Each row once: exports that were put together may name one twice.
fn by(member: &str, rows: Vec<Value>) -> BTreeMap<u64, Value> {
    rows.into_iter().map(|row| (row[member].as_u64().expect("a number"), row)).collect()
}

/// A page of somebody's own says more than an item that names them.
fn people<'a>(rows: impl Iterator<Item = &'a Value>, pages: Vec<Value>) -> BTreeMap<String, Value> {
    let assigned = |row: &'a Value| row["assignees"].as_array().into_iter().flatten();
    let named = rows.flat_map(|row| assigned(row).chain([&row["user"]])).cloned();
    let known = named.chain(pages).filter_map(|user| Some((user["login"].as_str()?.to_owned(), user)));
    known.collect()
}
