//! What a site starts with, as people write it down.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

/// The contents of a site, read from JSON.
///
/// Everything is optional. People are named by their name or their e-mail address, everything else by its name; lists of
/// statuses replace the usual ones.
///
/// ```
/// use pm_testkit::clickup::Seed;
///
/// let seed: Seed = r#"{
///   "users": [{ "username": "Grace Hopper", "email": "grace@example.net" }],
///   "spaces": [{
///     "name": "Garden",
///     "statuses": [{ "name": "to do", "type": "open" }, { "name": "planted", "type": "closed" }],
///     "custom_fields": [{ "name": "Bed", "type": "drop_down", "options": ["North", "South"] }],
///     "folders": [{ "name": "Sprints", "lists": [{ "name": "Sprint 1", "start": "2026-05-01", "due": "2026-05-14" }] }],
///     "lists": [{
///       "name": "Backlog",
///       "tasks": [
///         { "name": "Paint the fence", "assignees": ["grace@example.net"], "tags": ["colour"], "fields": { "Bed": "North" } },
///         { "name": "Buy paint", "parent": "Paint the fence", "due": "2026-05-02", "comments": ["blue"] }
///       ]
///     }]
///   }]
/// }"#.parse()?;
/// # Ok::<(), pm_testkit::clickup::SeedError>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    pub(super) users: Vec<SeedUser>,
    /// Names of the workspace's own types of tasks.
    pub(super) custom_items: Vec<String>,
    pub(super) custom_fields: Vec<SeedField>,
    pub(super) spaces: Vec<SeedSpace>,
}

impl Seed {
    /// A space to look around in.
    ///
    /// # Errors
    ///
    /// None: it is read as any other.
    pub fn sample() -> Result<Self, SeedError> {
        SAMPLE.parse()
    }
}

const SAMPLE: &str = r#"{
  "spaces": [{
    "name": "Engineering",
    "folders": [{ "name": "Sprints", "lists": [{ "name": "Sprint 1", "tasks": [{ "name": "Write the first page" }] }] }],
    "lists": [{
      "name": "Backlog",
      "tasks": [
        { "name": "Plan the release", "priority": 2, "assignees": ["Ada Lovelace"], "tags": ["release"] },
        { "name": "Ask for a date", "parent": "Plan the release", "due": "2026-12-01" },
        { "name": "Count the letters", "status": "complete", "comments": ["There are 26."] }
      ]
    }]
  }]
}"#;

/// A seed that could not be read, or that names something it does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError {
    message: String,
}

impl SeedError {
    pub(super) fn missing(what: &str, name: &str) -> Self {
        Self { message: format!("the seed names {what} `{name}`, which is not there") }
    }

    pub(super) fn refused(what: &str, why: &str) -> Self {
        Self { message: format!("the seed has {what}, which is refused: {why}") }
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
    pub(super) username: String,
    pub(super) email: String,
    pub(super) guest: bool,
    pub(super) token: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedStatus {
    pub(super) name: String,
    /// `open`, `custom`, `done` or `closed`.
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedField {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) options: Vec<String>,
    pub(super) required: bool,
    /// The types of tasks that have it, by their names.
    pub(super) custom_items: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedSpace {
    pub(super) name: String,
    pub(super) private: bool,
    pub(super) archived: bool,
    /// Who sees a private space.
    pub(super) members: Vec<String>,
    pub(super) statuses: Vec<SeedStatus>,
    pub(super) tags: Vec<String>,
    pub(super) custom_task_prefix: Option<String>,
    pub(super) custom_fields: Vec<SeedField>,
    pub(super) folders: Vec<SeedFolder>,
    pub(super) lists: Vec<SeedList>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedFolder {
    pub(super) name: String,
    pub(super) archived: bool,
    pub(super) statuses: Vec<SeedStatus>,
    pub(super) custom_fields: Vec<SeedField>,
    pub(super) lists: Vec<SeedList>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedList {
    pub(super) name: String,
    pub(super) content: String,
    pub(super) archived: bool,
    pub(super) start: Option<NaiveDate>,
    pub(super) due: Option<NaiveDate>,
    pub(super) statuses: Vec<SeedStatus>,
    pub(super) custom_fields: Vec<SeedField>,
    pub(super) tasks: Vec<SeedTask>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedTask {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) status: Option<String>,
    /// 1 urgent to 4 low.
    pub(super) priority: Option<u8>,
    pub(super) assignees: Vec<String>,
    pub(super) tags: Vec<String>,
    /// The name of an earlier task of the list.
    pub(super) parent: Option<String>,
    pub(super) start: Option<NaiveDate>,
    pub(super) due: Option<NaiveDate>,
    pub(super) points: Option<f64>,
    /// Milliseconds.
    pub(super) time_estimate: Option<i64>,
    pub(super) time_spent: Option<i64>,
    pub(super) archived: bool,
    pub(super) custom_item: Option<String>,
    /// Names of other lists that show it.
    pub(super) lists: Vec<String>,
    /// Values as requests have them; of drop-downs and labels, the names of options.
    pub(super) fields: BTreeMap<String, Value>,
    /// Names of tasks that it waits for.
    pub(super) waits_for: Vec<String>,
    /// Names of tasks that it is linked to.
    pub(super) linked_to: Vec<String>,
    pub(super) comments: Vec<String>,
}
