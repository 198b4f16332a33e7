//! What the server keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use chrono::{DateTime, FixedOffset, Utc};
use serde_json::{Map, Value};

use crate::file_store::StoredFile;

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(super) struct User {
    /// The account id (Cloud) or the user key (Data Center).
    pub(super) id: String,
    /// The user name, on Data Center alone.
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) email: String,
    /// Whether the profile hides the e-mail address from others.
    pub(super) hides_email: bool,
    pub(super) active: bool,
    /// `atlassian`, `app` or `customer`.
    pub(super) kind: &'static str,
    pub(super) admin: bool,
    /// The name of the time zone of the profile, and its offset.
    pub(super) time_zone: (String, FixedOffset),
    /// An API token (Cloud) or a personal access token (Data Center).
    pub(super) token: Option<String>,
    /// The password, on Data Center alone.
    pub(super) password: Option<String>,
}

/// What somebody may do in a project. Each role can do all that the ones before it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Browses.
    Viewer,
    /// Creates, edits, transitions, comments, links, logs work.
    Member,
    /// Deletes issues, edits the reporter and the project, manages sprints.
    Admin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Live,
    Archived,
    /// In the recycle bin.
    Deleted,
}

#[derive(Clone, Debug)]
pub(super) struct Project {
    pub(super) id: u64,
    pub(super) key: String,
    /// The keys that it had before; they still lead to it.
    pub(super) old_keys: Vec<String>,
    pub(super) name: String,
    /// Plain text on both flavors.
    pub(super) description: String,
    /// `software`, `business` or `service_desk`.
    pub(super) kind: String,
    pub(super) lead: String,
    pub(super) url: String,
    /// `PROJECT_LEAD` or `UNASSIGNED`.
    pub(super) default_assignee: &'static str,
    pub(super) stage: Stage,
    /// Issue types in their order.
    pub(super) issue_types: Vec<u64>,
    /// The workflow of each issue type that does not follow the site's first one.
    pub(super) workflows: BTreeMap<u64, u64>,
    /// The screens of each issue type that does not have the usual ones.
    pub(super) screens: BTreeMap<u64, Screens>,
    /// What every user with an account may do here.
    pub(super) everyone: Option<Role>,
    pub(super) members: BTreeMap<String, Role>,
    /// Whether those without an account may browse.
    pub(super) public: bool,
    /// The number of the last issue.
    pub(super) last_number: u64,
    pub(super) properties: BTreeMap<String, Value>,
}

/// The fields that can be set on create and on edit, by id.
#[derive(Clone, Debug, Default)]
pub(super) struct Screens {
    pub(super) create: BTreeSet<String>,
    pub(super) edit: BTreeSet<String>,
    pub(super) required: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub(super) struct IssueType {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) description: String,
    /// 1 for epics, 0 for the standard level, -1 for sub-tasks.
    pub(super) level: i64,
}

impl IssueType {
    pub(super) fn is_subtask(&self) -> bool {
        self.level < 0
    }
}

/// The four categories of statuses, fixed by the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Category {
    Undefined,
    New,
    Indeterminate,
    Done,
}

impl Category {
    /// Id, key, color and name: <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-workflow-status-categories/>.
    pub(super) fn words(self) -> (u64, &'static str, &'static str, &'static str) {
        match self {
            Self::Undefined => (1, "undefined", "medium-gray", "No Category"),
            Self::New => (2, "new", "blue-gray", "To Do"),
            Self::Indeterminate => (4, "indeterminate", "yellow", "In Progress"),
            Self::Done => (3, "done", "green", "Done"),
        }
    }

    pub(super) fn of_key(key: &str) -> Option<Self> {
        [Self::Undefined, Self::New, Self::Indeterminate, Self::Done].into_iter().find(|one| one.words().1 == key)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Status {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) category: Category,
}

#[derive(Clone, Debug)]
pub(super) struct Priority {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) color: &'static str,
}

#[derive(Clone, Debug)]
pub(super) struct Resolution {
    pub(super) id: u64,
    pub(super) name: String,
}

#[derive(Clone, Debug)]
pub(super) struct WorkflowRow {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) statuses: Vec<u64>,
    /// The status of new issues.
    pub(super) initial: u64,
    pub(super) transitions: Vec<Transition>,
}

#[derive(Clone, Debug)]
pub(super) struct Transition {
    pub(super) id: u64,
    pub(super) name: String,
    /// The statuses that it leads from; `None` for a global one.
    pub(super) from: Option<Vec<u64>>,
    pub(super) to: u64,
    /// The fields on its screen and whether they are required; `None` without a screen.
    pub(super) screen: Option<Vec<(String, bool)>>,
    pub(super) condition: Option<Condition>,
}

/// Who may use a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Only the assignee.
    Assignee,
    /// Only administrators of the project.
    Admin,
}

/// What a field holds. Stored values: see [`Issue::values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldKind {
    /// One line of plain text.
    Text,
    /// A document (version 3 of the API) or wiki markup (version 2).
    Rich,
    Number,
    Date,
    DateTime,
    User,
    /// One of the field's options.
    Select,
    /// Several of the field's options.
    MultiSelect,
    Labels,
    Priority,
    Resolution,
    Components,
    Versions,
    Sprint,
    Project,
    IssueType,
    Parent,
    TimeTracking,
    /// A key of an epic, on Data Center alone.
    EpicLink,
    Links,
    Attachments,
    Comments,
    Worklogs,
    /// Counted or derived: never written.
    ReadOnly,
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    /// `summary`, `customfield_10110`.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: FieldKind,
    /// The type of the field's schema: `string`, `array`, `user`.
    pub(super) schema: &'static str,
    /// The type of an array's elements.
    pub(super) items: Option<&'static str>,
    /// The number of a custom field and the key of its type: `com.pyxis.greenhopper.jira:gh-sprint`.
    pub(super) custom: Option<(u64, String)>,
    pub(super) options: Vec<FieldOption>,
}

#[derive(Clone, Debug)]
pub(super) struct FieldOption {
    pub(super) id: u64,
    pub(super) value: String,
    pub(super) disabled: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Component {
    pub(super) id: u64,
    pub(super) project: u64,
    pub(super) name: String,
}

#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) id: u64,
    pub(super) project: u64,
    pub(super) name: String,
    pub(super) released: bool,
    pub(super) archived: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Issue {
    pub(super) id: u64,
    pub(super) key: String,
    /// The keys that it had in other projects; they still lead to it.
    pub(super) old_keys: Vec<String>,
    pub(super) project: u64,
    pub(super) kind: u64,
    pub(super) status: u64,
    pub(super) parent: Option<u64>,
    pub(super) creator: Option<String>,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) status_changed: DateTime<Utc>,
    pub(super) resolution: Option<u64>,
    pub(super) resolved: Option<DateTime<Utc>>,
    /// The sprints that it was in and the one that it is in, which is the last one unless that one is closed.
    pub(super) sprints: Vec<u64>,
    /// Seconds.
    pub(super) original_estimate: Option<u64>,
    /// Seconds.
    pub(super) remaining_estimate: Option<u64>,
    /// All other fields by id; absent where there is no value.
    ///
    /// Text, rich text (a document on Cloud, a string on Data Center), numbers, dates and labels are kept as they come;
    /// users as their id, priorities, options, components and versions as their number (lists of those as arrays).
    pub(super) values: BTreeMap<String, Value>,
    pub(super) properties: BTreeMap<String, Value>,
}

impl Issue {
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.values.get(field).and_then(Value::as_str)
    }

    pub(super) fn number(&self, field: &str) -> Option<u64> {
        self.values.get(field).and_then(Value::as_u64)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) issue: u64,
    pub(super) author: Option<String>,
    pub(super) update_author: Option<String>,
    /// A document (Cloud) or a string (Data Center).
    pub(super) body: Value,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    /// `{"type": "role", "value": "Administrators"}` where only some see it.
    pub(super) visibility: Option<Map<String, Value>>,
    pub(super) public: bool,
    pub(super) properties: BTreeMap<String, Value>,
}

/// A file that hangs on an issue.
#[derive(Clone, Debug)]
pub(super) struct Attachment {
    pub(super) id: u64,
    pub(super) issue: u64,
    pub(super) author: Option<String>,
    pub(super) file: StoredFile,
    pub(super) created: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(super) struct Worklog {
    pub(super) id: u64,
    pub(super) issue: u64,
    pub(super) author: Option<String>,
    pub(super) comment: Value,
    pub(super) started: DateTime<Utc>,
    pub(super) seconds: u64,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(super) struct LinkType {
    pub(super) id: u64,
    pub(super) name: String,
    /// How the issue at the end reads: `is blocked by`.
    pub(super) inward: String,
    /// How the issue at the start reads: `blocks`.
    pub(super) outward: String,
}

/// A link between two issues: `from` blocks `to`.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) id: u64,
    pub(super) kind: u64,
    pub(super) from: u64,
    pub(super) to: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Board {
    pub(super) id: u64,
    pub(super) name: String,
    /// `scrum`, `kanban` or `simple`.
    pub(super) kind: String,
    /// The project whose issues it shows.
    pub(super) project: u64,
    /// The person whose board it is; else it belongs to the project.
    pub(super) owner: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SprintState {
    Future,
    Active,
    Closed,
}

impl SprintState {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Future => "future",
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Sprint {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) goal: String,
    pub(super) state: SprintState,
    pub(super) board: u64,
    pub(super) start: Option<DateTime<Utc>>,
    pub(super) end: Option<DateTime<Utc>>,
    pub(super) completed: Option<DateTime<Utc>>,
    pub(super) created: DateTime<Utc>,
}

/// A webhook that an administrator registered.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) events: Vec<String>,
    /// A JQL filter.
    pub(super) filter: String,
    pub(super) secret: Option<String>,
    pub(super) enabled: bool,
    pub(super) exclude_body: bool,
    pub(super) changed: DateTime<Utc>,
    pub(super) changed_by: String,
}

/// One entry of an issue's history.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) id: u64,
    pub(super) issue: u64,
    pub(super) author: Option<String>,
    pub(super) created: DateTime<Utc>,
    pub(super) items: Vec<ChangeItem>,
}

#[derive(Clone, Debug)]
pub(super) struct ChangeItem {
    /// The field's id.
    pub(super) field: String,
    /// Id and text before.
    pub(super) from: (Value, Value),
    /// Id and text after.
    pub(super) to: (Value, Value),
}

/// A background job that clients can follow.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) id: u64,
    pub(super) description: String,
    pub(super) submitted: DateTime<Utc>,
    pub(super) submitted_by: String,
    pub(super) done_at: Instant,
    pub(super) done: bool,
    /// The project that it deletes.
    pub(super) project: u64,
}
