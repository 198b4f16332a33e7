//! What Redmine sends, as far as it is read.
//!
//! Members that not every version sends, or not to every user, are optional. Source: the API views of Redmine 5.0.4 and
//! <https://www.redmine.org/projects/redmine/wiki/Rest_api>.

use chrono::{DateTime, NaiveDate, Utc};
use pm_http::Raw;
use serde::Deserialize;
use serde_json::Value;

/// `{"issue": …}`.
#[derive(Debug, Deserialize)]
pub(crate) struct OneIssue {
    pub(crate) issue: Raw<IssueDto>,
}

/// `{"issues": […], "total_count": …}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Issues {
    pub(crate) issues: Vec<Raw<IssueDto>>,
    #[serde(default)]
    pub(crate) total_count: Option<u64>,
}

/// A link to another item: `{"id": 1, "name": "Web"}`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct Reference {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) name: Option<String>,
}

/// A status; versions before 5.0 say only in the list of all statuses whether it closes.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct StatusDto {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) is_closed: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct IssueDto {
    pub(crate) id: u64,
    pub(crate) project: Reference,
    #[serde(default)]
    pub(crate) tracker: Option<Reference>,
    pub(crate) status: StatusDto,
    #[serde(default)]
    pub(crate) priority: Option<Reference>,
    #[serde(default)]
    pub(crate) author: Option<Reference>,
    #[serde(default)]
    pub(crate) assigned_to: Option<Reference>,
    #[serde(default)]
    pub(crate) fixed_version: Option<Reference>,
    #[serde(default)]
    pub(crate) parent: Option<Reference>,
    pub(crate) subject: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) start_date: Option<NaiveDate>,
    #[serde(default)]
    pub(crate) due_date: Option<NaiveDate>,
    #[serde(default)]
    pub(crate) is_private: Option<bool>,
    #[serde(default)]
    pub(crate) estimated_hours: Option<f64>,
    #[serde(default)]
    pub(crate) spent_hours: Option<f64>,
    #[serde(default)]
    pub(crate) custom_fields: Vec<CustomValueDto>,
    #[serde(default)]
    pub(crate) created_on: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) updated_on: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) closed_on: Option<DateTime<Utc>>,
    // Only where they are asked for.
    #[serde(default)]
    pub(crate) children: Vec<Child>,
    #[serde(default)]
    pub(crate) journals: Vec<Raw<JournalDto>>,
    #[serde(default)]
    pub(crate) attachments: Vec<Raw<AttachmentDto>>,
    #[serde(default)]
    pub(crate) relations: Vec<Raw<RelationDto>>,
    #[serde(default)]
    pub(crate) allowed_statuses: Option<Vec<StatusDto>>,
}

/// A file (`render_api_attachment_attributes` in `app/helpers/attachments_helper.rb`).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AttachmentDto {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) filename: String,
    #[serde(default)]
    pub(crate) filesize: Option<u64>,
    #[serde(default)]
    pub(crate) content_type: Option<String>,
    #[serde(default)]
    pub(crate) author: Option<Reference>,
    #[serde(default)]
    pub(crate) created_on: Option<DateTime<Utc>>,
}

impl IssueDto {
    /// Whether a user made it; of some it is not known who did.
    pub(crate) fn is_by(&self, user: u64) -> bool {
        self.author.as_ref().is_none_or(|author| author.id == user)
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Child {
    pub(crate) id: u64,
}

/// The value of a custom field: a text, or a list where the field takes several.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct CustomValueDto {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) value: Value,
}

/// An entry of the history; one with `notes` is a comment.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JournalDto {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) user: Option<Reference>,
    #[serde(default)]
    pub(crate) notes: Option<String>,
    #[serde(default)]
    pub(crate) created_on: Option<DateTime<Utc>>,
    /// From 5.1 on.
    #[serde(default)]
    pub(crate) updated_on: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) private_notes: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RelationDto {
    pub(crate) id: u64,
    pub(crate) issue_id: u64,
    pub(crate) issue_to_id: u64,
    pub(crate) relation_type: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OneRelation {
    pub(crate) relation: Raw<RelationDto>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Relations {
    #[serde(default)]
    pub(crate) relations: Vec<Raw<RelationDto>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OneProject {
    pub(crate) project: Raw<ProjectDto>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Projects {
    pub(crate) projects: Vec<Raw<ProjectDto>>,
    #[serde(default)]
    pub(crate) total_count: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ProjectDto {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) identifier: Option<String>,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) status: Option<u64>,
    #[serde(default)]
    pub(crate) is_public: Option<bool>,
    #[serde(default)]
    pub(crate) parent: Option<Reference>,
    #[serde(default)]
    pub(crate) created_on: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) updated_on: Option<DateTime<Utc>>,
    // Only where they are asked for.
    #[serde(default)]
    pub(crate) trackers: Vec<Reference>,
    #[serde(default)]
    pub(crate) issue_custom_fields: Vec<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OneVersion {
    pub(crate) version: Raw<VersionDto>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Versions {
    pub(crate) versions: Vec<Raw<VersionDto>>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct VersionDto {
    pub(crate) id: u64,
    pub(crate) project: Reference,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) due_date: Option<NaiveDate>,
    #[serde(default)]
    pub(crate) created_on: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) updated_on: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OneUser {
    pub(crate) user: Raw<UserDto>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Users {
    pub(crate) users: Vec<Raw<UserDto>>,
    #[serde(default)]
    pub(crate) total_count: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct UserDto {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) login: Option<String>,
    #[serde(default)]
    pub(crate) firstname: Option<String>,
    #[serde(default)]
    pub(crate) lastname: Option<String>,
    #[serde(default)]
    pub(crate) mail: Option<String>,
    #[serde(default)]
    pub(crate) avatar_url: Option<String>,
    /// Shown to administrators, and to the user.
    #[serde(default)]
    pub(crate) admin: Option<bool>,
    /// 1 active, 2 registered, 3 locked; shown to administrators, and not in lists.
    #[serde(default)]
    pub(crate) status: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Memberships {
    pub(crate) memberships: Vec<MembershipDto>,
    #[serde(default)]
    pub(crate) total_count: Option<u64>,
}

/// A member is a user or a group.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct MembershipDto {
    #[serde(default)]
    pub(crate) user: Option<Raw<Reference>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Statuses {
    pub(crate) issue_statuses: Vec<StatusDto>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Trackers {
    pub(crate) trackers: Vec<TrackerDto>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TrackerDto {
    #[serde(default)]
    pub(crate) default_status: Option<Reference>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Priorities {
    pub(crate) issue_priorities: Vec<PriorityDto>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PriorityDto {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// From 4.0 on; inactive ones are kept for old issues.
    #[serde(default)]
    pub(crate) active: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CustomFieldList {
    #[serde(default)]
    pub(crate) custom_fields: Vec<CustomFieldDto>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CustomFieldDto {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) customized_type: Option<String>,
    #[serde(default)]
    pub(crate) field_format: String,
    #[serde(default)]
    pub(crate) is_required: bool,
    #[serde(default)]
    pub(crate) multiple: bool,
    #[serde(default)]
    pub(crate) possible_values: Vec<PossibleValueDto>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PossibleValueDto {
    pub(crate) value: String,
    #[serde(default)]
    pub(crate) label: Option<String>,
}

/// Only whether there are any is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct TimeEntries {
    #[serde(default)]
    pub(crate) time_entries: Vec<serde::de::IgnoredAny>,
}

/// `{"errors": […]}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Errors {
    #[serde(default)]
    pub(crate) errors: Vec<String>,
}
