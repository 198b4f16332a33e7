//! What a server starts with, as people write it down.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The contents of a server, read from JSON.
///
/// Everything is optional. Lists of priorities and issue types replace the usual ones; users, custom fields, workflows
/// and projects come beside what every server has. People are named by their `name`, issues by key or summary, projects
/// by their key, everything else by its name.
///
/// ```
/// use pm_testkit::jira::Seed;
///
/// let seed: Seed = r#"{
///   "users": [{ "name": "grace", "display_name": "Grace Hopper", "email": "grace@example.net", "token": "of-ones-choice" }],
///   "custom_fields": [{ "name": "Region", "kind": "select", "options": ["North", "South"] }],
///   "workflows": { "Review": {
///     "statuses": [{ "name": "Open", "category": "new" }, { "name": "Closed", "category": "done" }],
///     "transitions": [
///       { "name": "Close", "from": ["Open"], "to": "Closed", "screen": [{ "field": "resolution", "required": true }] }
///     ]
///   } },
///   "projects": [{
///     "key": "WEB", "name": "Website", "private": true, "members": ["grace"],
///     "workflows": { "Bug": "Review" },
///     "boards": [{ "name": "WEB board", "sprints": [{ "name": "Sprint 1", "state": "active" }] }],
///     "issues": [
///       { "summary": "Paint the fence", "type": "Story", "status": "In Progress", "sprint": "Sprint 1" },
///       { "summary": "Buy paint", "type": "Subtask", "parent": "Paint the fence", "comments": ["blue"] }
///     ]
///   }]
/// }"#.parse()?;
/// # Ok::<(), pm_testkit::jira::SeedError>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    pub(super) users: Vec<SeedUser>,
    pub(super) priorities: Vec<String>,
    pub(super) issue_types: Vec<SeedIssueType>,
    pub(super) custom_fields: Vec<SeedField>,
    pub(super) workflows: BTreeMap<String, Workflow>,
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

/// Statuses and the ways between them, read from JSON.
///
/// The first status is that of new issues. A transition without `from` leads from everywhere. Its `screen` lists the
/// fields that can be given, some of them required; its `condition` is `assignee` or `admin`: who may use it.
///
/// ```
/// use pm_testkit::jira::Workflow;
///
/// let workflow: Workflow = r#"{
///   "statuses": [
///     { "name": "To Do", "category": "new" }, { "name": "Doing", "category": "indeterminate" },
///     { "name": "Done", "category": "done" }
///   ],
///   "transitions": [
///     { "name": "Start", "from": ["To Do"], "to": "Doing" },
///     { "name": "Finish", "from": ["Doing"], "to": "Done", "screen": [{ "field": "resolution", "required": true }] },
///     { "name": "Reopen", "to": "To Do", "condition": "admin" }
///   ]
/// }"#.parse()?;
/// # Ok::<(), pm_testkit::jira::SeedError>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Workflow {
    pub(super) statuses: Vec<SeedStatus>,
    pub(super) transitions: Vec<SeedTransition>,
}

impl FromStr for Workflow {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        let unreadable = |error| SeedError { message: format!("the workflow is not readable: {error}") };
        serde_json::from_str(text).map_err(unreadable)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedStatus {
    pub(super) name: String,
    /// `new`, `indeterminate`, `done` or `undefined`.
    pub(super) category: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedTransition {
    pub(super) name: String,
    pub(super) from: Option<Vec<String>>,
    pub(super) to: String,
    pub(super) screen: Option<Vec<SeedScreenField>>,
    pub(super) condition: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedScreenField {
    pub(super) field: String,
    pub(super) required: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedUser {
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) email: String,
    pub(super) hides_email: bool,
    pub(super) inactive: bool,
    pub(super) admin: bool,
    /// `atlassian` (the default), `app` or `customer`.
    pub(super) kind: Option<String>,
    pub(super) token: Option<String>,
    pub(super) password: Option<String>,
    pub(super) time_zone: Option<String>,
    /// The offset of the time zone; UTC where it is not given.
    pub(super) offset_minutes: i32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedIssueType {
    pub(super) name: String,
    #[serde(default)]
    pub(super) level: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedField {
    pub(super) name: String,
    pub(super) kind: SeedKind,
    #[serde(default)]
    pub(super) options: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum SeedKind {
    Text,
    TextArea,
    Number,
    Date,
    DateTime,
    User,
    Select,
    MultiSelect,
    Labels,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedProject {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) description: String,
    /// `software` where nothing is said.
    pub(super) kind: Option<String>,
    pub(super) lead: Option<String>,
    /// Only members see it; else everybody with an account works in it.
    pub(super) private: bool,
    /// Those without an account see it.
    pub(super) public: bool,
    pub(super) archived: bool,
    pub(super) old_keys: Vec<String>,
    pub(super) members: Vec<String>,
    pub(super) viewers: Vec<String>,
    pub(super) admins: Vec<String>,
    /// All of them where nothing is said.
    pub(super) issue_types: Vec<String>,
    /// The workflows of issue types that do not follow the usual one.
    pub(super) workflows: BTreeMap<String, String>,
    /// The screens of issue types that do not have the usual ones.
    pub(super) screens: BTreeMap<String, SeedScreens>,
    pub(super) components: Vec<String>,
    pub(super) versions: Vec<String>,
    pub(super) boards: Vec<SeedBoard>,
    pub(super) issues: Vec<SeedIssue>,
}

/// What differs from the usual screens, by field id or name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedScreens {
    pub(super) off_create: Vec<String>,
    pub(super) off_edit: Vec<String>,
    pub(super) required: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedBoard {
    pub(super) name: String,
    /// `scrum` (the default), `kanban` or `simple`.
    pub(super) kind: Option<String>,
    /// The person whose board it is; else it belongs to the project.
    pub(super) owner: Option<String>,
    pub(super) sprints: Vec<SeedSprint>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedSprint {
    pub(super) name: String,
    pub(super) goal: String,
    /// `future` (the default), `active` or `closed`.
    pub(super) state: Option<String>,
    pub(super) start: Option<DateTime<Utc>>,
    pub(super) end: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedIssue {
    pub(super) summary: String,
    /// Plain text: one paragraph.
    pub(super) description: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) status: Option<String>,
    pub(super) resolution: Option<String>,
    pub(super) priority: Option<String>,
    pub(super) assignee: Option<String>,
    pub(super) reporter: Option<String>,
    pub(super) parent: Option<String>,
    pub(super) sprint: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) due: Option<String>,
    /// The keys that it had before it came here.
    pub(super) old_keys: Vec<String>,
    pub(super) created: Option<DateTime<Utc>>,
    /// Other fields by id or name, as the database has them.
    pub(super) fields: Map<String, Value>,
    pub(super) properties: BTreeMap<String, Value>,
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
