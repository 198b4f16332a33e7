//! What a server starts with, as people write it down.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The contents of a server, read from JSON.
///
/// Everything is optional. Lists of statuses, types, priorities and labels replace the usual ones; users and projects
/// come beside the two users that every server has. People are named by their login, everything else by its name, and
/// projects by their identifier.
///
/// ```
/// use pm_testkit::openproject::Seed;
///
/// let seed: Seed = r#"{
///   "users": [{ "login": "grace", "name": "Grace Hopper", "api_key": "a-key-of-ones-choice" }],
///   "labels": ["urgent"],
///   "custom_fields": [{ "name": "Customer", "kind": "list", "options": ["Ada & Co"], "required": false }],
///   "projects": [{
///     "identifier": "garden", "name": "Garden", "members": ["grace"],
///     "versions": [{ "name": "Spring", "end_date": "2026-05-31" }],
///     "sprints": [{ "name": "Sprint 1", "status": "active" }],
///     "work_packages": [
///       { "subject": "Paint the fence", "status": "In progress", "assignee": "grace", "version": "Spring" },
///       { "subject": "Buy paint", "parent": "Paint the fence", "estimated_time": "PT2H", "comments": ["blue"] }
///     ]
///   }]
/// }"#.parse()?;
/// # Ok::<(), pm_testkit::openproject::SeedError>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    pub(super) users: Vec<SeedUser>,
    pub(super) statuses: Vec<SeedStatus>,
    pub(super) types: Vec<SeedType>,
    pub(super) priorities: Vec<SeedPriority>,
    pub(super) labels: Vec<String>,
    pub(super) custom_fields: Vec<SeedCustomField>,
    pub(super) projects: Vec<SeedProject>,
}

/// A seed that could not be read, or that names something it does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError {
    message: String,
}

impl SeedError {
    pub(super) fn missing(what: &str, name: &str) -> Self {
        Self { message: format!("the seed names {what} `{name}`, which is not there") }
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SeedError {}

impl FromStr for Seed {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        serde_json::from_str(text).map_err(|error| SeedError { message: format!("the seed is not readable: {error}") })
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedUser {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) hides_email: bool,
    pub(super) admin: bool,
    pub(super) locked: bool,
    pub(super) adds_projects: bool,
    /// `User`, `Group` or `PlaceholderUser`.
    pub(super) kind: Option<String>,
    pub(super) api_key: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedStatus {
    pub(super) name: String,
    pub(super) closed: bool,
    pub(super) default: bool,
    pub(super) readonly: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedType {
    pub(super) name: String,
    pub(super) milestone: bool,
    pub(super) default: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedPriority {
    pub(super) name: String,
    pub(super) default: bool,
    pub(super) inactive: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedCustomField {
    pub(super) name: String,
    pub(super) kind: SeedCustomKind,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) options: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SeedCustomKind {
    String,
    Integer,
    Float,
    Boolean,
    Date,
    List,
    User,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedProject {
    pub(super) identifier: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) public: bool,
    pub(super) archived: bool,
    pub(super) status: Option<String>,
    pub(super) parent: Option<String>,
    /// All types when empty is not meant: the default ones.
    pub(super) types: Vec<String>,
    pub(super) members: Vec<String>,
    pub(super) readers: Vec<String>,
    pub(super) versions: Vec<SeedVersion>,
    pub(super) sprints: Vec<SeedSprint>,
    pub(super) work_packages: Vec<SeedWorkPackage>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedVersion {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) start_date: Option<NaiveDate>,
    pub(super) end_date: Option<NaiveDate>,
    pub(super) status: Option<String>,
    pub(super) sharing: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedSprint {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) start_date: Option<NaiveDate>,
    pub(super) finish_date: Option<NaiveDate>,
    pub(super) status: Option<String>,
    /// Identifiers of other projects that can use it.
    pub(super) shared_with: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedWorkPackage {
    pub(super) subject: String,
    pub(super) description: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) status: Option<String>,
    pub(super) priority: Option<String>,
    pub(super) assignee: Option<String>,
    pub(super) parent: Option<String>,
    pub(super) version: Option<String>,
    pub(super) sprint: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) start_date: Option<NaiveDate>,
    pub(super) due_date: Option<NaiveDate>,
    pub(super) estimated_time: Option<String>,
    pub(super) remaining_time: Option<String>,
    /// Custom fields by `customFieldN`, as the database has them.
    pub(super) custom: Map<String, Value>,
    pub(super) comments: Vec<String>,
    pub(super) attachments: Vec<SeedAttachment>,
}

/// A file with a text in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedAttachment {
    pub(super) name: String,
    /// `text/plain` where nothing is said.
    pub(super) content_type: Option<String>,
    #[serde(default)]
    pub(super) content: String,
}
