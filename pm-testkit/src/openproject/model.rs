//! What the server keeps.

use std::time::Instant;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};

use crate::file_store::StoredFile;

/// What can be assigned: <https://www.openproject.org/docs/api/endpoints/principals/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PrincipalKind {
    User,
    Group,
    PlaceholderUser,
}

impl PrincipalKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::PlaceholderUser => "PlaceholderUser",
        }
    }

    pub(super) fn resource(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Group => "groups",
            Self::PlaceholderUser => "placeholder_users",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Principal {
    pub(super) id: u64,
    pub(super) kind: PrincipalKind,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) email: String,
    /// Whether others may see the address.
    pub(super) hides_email: bool,
    pub(super) admin: bool,
    pub(super) locked: bool,
    /// The global permission to create projects.
    pub(super) adds_projects: bool,
    pub(super) api_key: Option<String>,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(super) struct Project {
    pub(super) id: u64,
    pub(super) identifier: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) active: bool,
    pub(super) public: bool,
    pub(super) status: Option<String>,
    pub(super) status_explanation: String,
    pub(super) parent: Option<u64>,
    pub(super) types: Vec<u64>,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    /// When the background job removes it.
    pub(super) gone_at: Option<Instant>,
}

#[derive(Clone, Debug)]
pub(super) struct Status {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) closed: bool,
    pub(super) default: bool,
    pub(super) readonly: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Type {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) milestone: bool,
    /// Whether new projects have it.
    pub(super) default: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Priority {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) default: bool,
    pub(super) active: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) id: u64,
    pub(super) project: u64,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) start: Option<NaiveDate>,
    pub(super) end: Option<NaiveDate>,
    /// `open`, `locked` or `closed`.
    pub(super) status: String,
    /// `none`, `descendants`, `hierarchy`, `tree` or `system`.
    pub(super) sharing: String,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(super) struct Sprint {
    pub(super) id: u64,
    pub(super) project: u64,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) start: Option<NaiveDate>,
    pub(super) finish: Option<NaiveDate>,
    /// `in_planning`, `active` or `completed`.
    pub(super) status: String,
    /// The identifiers of other projects that can use it.
    pub(super) shared_with: Vec<String>,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) id: u64,
    pub(super) name: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct WorkPackage {
    pub(super) id: u64,
    pub(super) lock_version: u64,
    pub(super) project: u64,
    pub(super) kind: u64,
    pub(super) status: u64,
    pub(super) priority: u64,
    pub(super) author: u64,
    pub(super) subject: String,
    pub(super) description: String,
    pub(super) assignee: Option<u64>,
    pub(super) responsible: Option<u64>,
    pub(super) parent: Option<u64>,
    pub(super) version: Option<u64>,
    pub(super) sprint: Option<u64>,
    pub(super) labels: Vec<u64>,
    pub(super) start: Option<NaiveDate>,
    /// The date of a milestone as well.
    pub(super) due: Option<NaiveDate>,
    pub(super) scheduled_by_hand: bool,
    pub(super) ignores_non_working_days: bool,
    /// Minutes of work and of what remains of it.
    pub(super) work: Option<u64>,
    pub(super) remaining: Option<u64>,
    pub(super) story_points: Option<i64>,
    /// `customFieldN` by its name: a scalar, or ids of options or users.
    pub(super) custom: Map<String, Value>,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

/// A comment, a set of changes, or both: the vendor keeps them in one list.
#[derive(Clone, Debug)]
pub(super) struct Activity {
    pub(super) id: u64,
    pub(super) work_package: u64,
    pub(super) user: u64,
    pub(super) version: u64,
    pub(super) comment: String,
    pub(super) details: Vec<String>,
    pub(super) internal: bool,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

/// A file that hangs on a work package.
#[derive(Clone, Debug)]
pub(super) struct Attachment {
    pub(super) id: u64,
    pub(super) work_package: u64,
    pub(super) author: u64,
    pub(super) file: StoredFile,
    pub(super) created: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) id: u64,
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) kind: String,
    pub(super) description: Option<String>,
    pub(super) lag: Option<u64>,
}

#[derive(Clone, Debug)]
pub(super) struct Role {
    pub(super) id: u64,
    pub(super) name: &'static str,
    pub(super) permissions: &'static [Permission],
}

/// What a role allows, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    ViewWorkPackages,
    AddWorkPackages,
    EditWorkPackages,
    DeleteWorkPackages,
    AddComments,
    ManageRelations,
    ManageVersions,
    EditProject,
    ViewMembers,
    ManageMembers,
    LogTime,
    ViewTimeEntries,
    /// Not a permission of the vendor's: its roles say whether their members can be assigned.
    BeAssigned,
}

#[derive(Clone, Debug)]
pub(super) struct Membership {
    pub(super) id: u64,
    pub(super) project: u64,
    pub(super) principal: u64,
    pub(super) roles: Vec<u64>,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(super) struct TimeEntry {
    pub(super) id: u64,
    pub(super) work_package: u64,
    pub(super) user: u64,
    pub(super) activity: u64,
    pub(super) minutes: u64,
    pub(super) spent_on: NaiveDate,
    pub(super) comment: String,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

/// The kind of a custom field's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CustomKind {
    String,
    Integer,
    Float,
    Boolean,
    Date,
    List,
    User,
}

#[derive(Clone, Debug)]
pub(super) struct CustomField {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) kind: CustomKind,
    pub(super) required: bool,
    /// The choices of a list, with ids of their own.
    pub(super) options: Vec<(u64, String)>,
}

impl CustomField {
    pub(super) fn key(&self) -> String {
        format!("customField{}", self.id)
    }
}
