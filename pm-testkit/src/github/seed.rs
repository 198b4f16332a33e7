//! What a server starts with, as people write it down.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use super::projects_v2::ProjectV2Seed;
use super::pulls::PullRequestSeed;

/// The contents of a server, read from JSON.
///
/// Everything is optional. Accounts and repositories come beside what every server has. Accounts are named by login,
/// repositories as `owner/name`, milestones by title, and issues of the same repository by title.
///
/// ```
/// use pm_testkit::github::Seed;
///
/// let seed: Seed = r#"{
///   "users": [{ "login": "grace", "name": "Grace Hopper", "token": "of-ones-choice" }],
///   "organizations": [{ "login": "navy", "owners": ["grace"], "issue_types": ["Task", "Bug"] }],
///   "repositories": [{
///     "name": "navy/cobol", "description": "A language", "collaborators": { "mel": "write" },
///     "milestones": [{ "title": "First", "due": "2026-05-01" }],
///     "issues": [
///       { "title": "Write the manual", "milestone": "First", "assignees": ["mel"], "labels": ["documentation"] },
///       { "title": "Draw the cover", "parent": "Write the manual", "type": "Task", "comments": ["A ship?"] },
///       { "title": "Print it", "blocked_by": ["Write the manual"], "state": "closed", "state_reason": "not_planned" }
///     ],
///     "pull_requests": [{ "title": "Begin the manual", "body": "Closes #1.", "head": "manual", "draft": true }]
///   }],
///   "projects": [{ "owner": "navy", "title": "Press", "issues": ["navy/cobol#1"], "drafts": ["Buy paper"] }]
/// }"#.parse()?;
/// # Ok::<(), pm_testkit::github::SeedError>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seed {
    pub(super) users: Vec<SeedUser>,
    pub(super) organizations: Vec<SeedOrganization>,
    pub(super) repositories: Vec<SeedRepository>,
    pub(super) projects: Vec<ProjectV2Seed>,
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

impl Seed {
    /// Two repositories with something in them, to look around in.
    ///
    /// # Errors
    ///
    /// None: it reads what is built in.
    pub fn sample() -> Result<Self, SeedError> {
        include_str!("sample.json").parse()
    }
}

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
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) bot: bool,
    pub(super) token: Option<String>,
    /// `read`, `triage`, `write`, `maintain` or `admin`, in all repositories that say nothing else.
    pub(super) rights: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedOrganization {
    pub(super) login: String,
    pub(super) owners: Vec<String>,
    pub(super) members: Vec<String>,
    /// `Task`, `Bug` and `Feature` where nothing is said.
    pub(super) issue_types: Option<Vec<String>>,
    pub(super) issue_fields: Vec<SeedField>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedField {
    pub(super) name: String,
    /// `text`, `number`, `date` or `single_select`.
    pub(super) data_type: String,
    pub(super) options: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedRepository {
    /// `owner/name`.
    pub(super) name: String,
    /// `owner/name` as it was before.
    pub(super) old_names: Vec<String>,
    pub(super) description: Option<String>,
    pub(super) private: bool,
    pub(super) archived: bool,
    pub(super) has_issues: bool,
    pub(super) collaborators: BTreeMap<String, String>,
    /// Beside those that every new repository has.
    pub(super) labels: Vec<String>,
    pub(super) milestones: Vec<SeedMilestone>,
    pub(super) issues: Vec<SeedIssue>,
    /// They get the numbers behind those of the issues.
    pub(super) pull_requests: Vec<PullRequestSeed>,
}

impl Default for SeedRepository {
    fn default() -> Self {
        Self {
            name: String::new(),
            old_names: Vec::new(),
            description: None,
            private: false,
            archived: false,
            has_issues: true,
            collaborators: BTreeMap::new(),
            labels: Vec::new(),
            milestones: Vec::new(),
            issues: Vec::new(),
            pull_requests: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedMilestone {
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) due: Option<NaiveDate>,
    pub(super) closed: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SeedIssue {
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) author: Option<String>,
    pub(super) assignees: Vec<String>,
    pub(super) labels: Vec<String>,
    pub(super) milestone: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    /// `open` (the default) or `closed`.
    pub(super) state: Option<String>,
    pub(super) state_reason: Option<String>,
    pub(super) parent: Option<String>,
    pub(super) blocked_by: Vec<String>,
    pub(super) comments: Vec<String>,
    pub(super) created: Option<DateTime<Utc>>,
}
