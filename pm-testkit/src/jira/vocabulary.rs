//! What every site has from the start: fields, issue types, statuses, priorities, resolutions, link types.

use super::Flavor;
use super::model::{Field, FieldKind};

/// The names of the first statuses with the keys of their categories: those of the vendor's simplified workflow.
pub(super) const STATUSES: [(&str, &str); 4] =
    [("To Do", "new"), ("In Progress", "indeterminate"), ("In Review", "indeterminate"), ("Done", "done")];

/// Priorities from the highest one, with their colors.
pub(super) const PRIORITIES: [(&str, &str); 5] =
    [("Highest", "#d04437"), ("High", "#f15C75"), ("Medium", "#f79232"), ("Low", "#707070"), ("Lowest", "#999999")];

pub(super) const RESOLUTIONS: [&str; 4] = ["Done", "Won't Do", "Duplicate", "Cannot Reproduce"];

/// Name, inward, outward.
pub(super) const LINK_TYPES: [(&str, &str, &str); 4] = [
    ("Blocks", "is blocked by", "blocks"),
    ("Cloners", "is cloned by", "clones"),
    ("Duplicate", "is duplicated by", "duplicates"),
    ("Relates", "relates to", "relates to"),
];

/// Issue types with their levels. Data Center's sub-tasks have a hyphen.
pub(super) fn issue_types(flavor: Flavor) -> [(&'static str, i64); 5] {
    let subtask = if flavor == Flavor::Cloud { "Subtask" } else { "Sub-task" };
    [("Epic", 1), ("Story", 0), ("Task", 0), ("Bug", 0), (subtask, -1)]
}

/// Id, name, kind, type, type of elements.
type SystemField = (&'static str, &'static str, FieldKind, &'static str, Option<&'static str>);

const SYSTEM: &[SystemField] = &[
    ("issuekey", "Key", FieldKind::ReadOnly, "", None),
    ("statuscategorychangedate", "Status Category Changed", FieldKind::ReadOnly, "datetime", None),
    ("issuetype", "Issue Type", FieldKind::IssueType, "issuetype", None),
    ("parent", "Parent", FieldKind::Parent, "issuelink", None),
    ("timespent", "Time Spent", FieldKind::ReadOnly, "number", None),
    ("project", "Project", FieldKind::Project, "project", None),
    ("fixVersions", "Fix versions", FieldKind::Versions, "array", Some("version")),
    ("aggregatetimespent", "Σ Time Spent", FieldKind::ReadOnly, "number", None),
    ("resolution", "Resolution", FieldKind::Resolution, "resolution", None),
    ("resolutiondate", "Resolved", FieldKind::ReadOnly, "datetime", None),
    ("workratio", "Work Ratio", FieldKind::ReadOnly, "number", None),
    ("watches", "Watchers", FieldKind::ReadOnly, "watches", None),
    ("lastViewed", "Last Viewed", FieldKind::ReadOnly, "datetime", None),
    ("created", "Created", FieldKind::ReadOnly, "datetime", None),
    ("priority", "Priority", FieldKind::Priority, "priority", None),
    ("labels", "Labels", FieldKind::Labels, "array", Some("string")),
    ("timeestimate", "Remaining Estimate", FieldKind::ReadOnly, "number", None),
    ("versions", "Affects versions", FieldKind::Versions, "array", Some("version")),
    ("issuelinks", "Linked Issues", FieldKind::Links, "array", Some("issuelinks")),
    ("assignee", "Assignee", FieldKind::User, "user", None),
    ("updated", "Updated", FieldKind::ReadOnly, "datetime", None),
    ("status", "Status", FieldKind::ReadOnly, "status", None),
    ("components", "Components", FieldKind::Components, "array", Some("component")),
    ("timeoriginalestimate", "Original estimate", FieldKind::ReadOnly, "number", None),
    ("description", "Description", FieldKind::Rich, "string", None),
    ("timetracking", "Time tracking", FieldKind::TimeTracking, "timetracking", None),
    ("security", "Security Level", FieldKind::ReadOnly, "securitylevel", None),
    ("attachment", "Attachment", FieldKind::Attachments, "array", Some("attachment")),
    ("summary", "Summary", FieldKind::Text, "string", None),
    ("creator", "Creator", FieldKind::ReadOnly, "user", None),
    ("subtasks", "Sub-tasks", FieldKind::ReadOnly, "array", Some("issuelinks")),
    ("reporter", "Reporter", FieldKind::User, "user", None),
    ("environment", "Environment", FieldKind::Rich, "string", None),
    ("duedate", "Due date", FieldKind::Date, "date", None),
    ("progress", "Progress", FieldKind::ReadOnly, "progress", None),
    ("aggregateprogress", "Σ Progress", FieldKind::ReadOnly, "progress", None),
    ("votes", "Votes", FieldKind::ReadOnly, "votes", None),
    ("comment", "Comment", FieldKind::Comments, "comments-page", None),
    ("worklog", "Log Work", FieldKind::Worklogs, "array", Some("worklog")),
];

pub(super) const SPRINT: &str = "com.pyxis.greenhopper.jira:gh-sprint";
pub(super) const EPIC_LINK: &str = "com.pyxis.greenhopper.jira:gh-epic-link";
pub(super) const EPIC_NAME: &str = "com.pyxis.greenhopper.jira:gh-epic-label";
const PREFIX: &str = "com.atlassian.jira.plugin.system.customfieldtypes:";

/// The custom type of a kind, the type of its schema and of its elements.
pub(super) fn custom_type(flavor: Flavor, kind: FieldKind) -> (String, &'static str, Option<&'static str>) {
    let (name, schema, items) = match kind {
        FieldKind::Rich => ("textarea", "string", None),
        FieldKind::Number => ("float", "number", None),
        FieldKind::Date => ("datepicker", "date", None),
        FieldKind::DateTime => ("datetime", "datetime", None),
        FieldKind::User => ("userpicker", "user", None),
        FieldKind::Select => ("select", "option", None),
        FieldKind::MultiSelect => ("multiselect", "array", Some("option")),
        FieldKind::Labels => ("labels", "array", Some("string")),
        // `ljay79/jira-tools#172` for Data Center.
        FieldKind::Sprint if flavor == Flavor::DataCenter => return (SPRINT.to_owned(), "array", Some("string")),
        FieldKind::Sprint => return (SPRINT.to_owned(), "array", Some("json")),
        FieldKind::EpicLink => return (EPIC_LINK.to_owned(), "any", None),
        _ => ("textfield", "string", None),
    };
    (format!("{PREFIX}{name}"), schema, items)
}

/// The custom fields that a site has from the start, with the names of their options. Their numbers differ from site to
/// site, so they begin where nobody expects them.
pub(super) fn custom_fields(flavor: Flavor) -> Vec<(&'static str, FieldKind, &'static [&'static str])> {
    let mut fields: Vec<(&str, FieldKind, &[&str])> = vec![
        ("Start date", FieldKind::Date, &[]),
        ("Sprint", FieldKind::Sprint, &[]),
        ("Story Points", FieldKind::Number, &[]),
        ("Severity", FieldKind::Select, &["Minor", "Major", "Critical"]),
        ("Platforms", FieldKind::MultiSelect, &["Linux", "macOS", "Windows"]),
        ("Budget", FieldKind::Number, &[]),
        ("Customer", FieldKind::Text, &[]),
        ("Acceptance criteria", FieldKind::Rich, &[]),
        ("Reviewer", FieldKind::User, &[]),
    ];
    if flavor == Flavor::DataCenter {
        fields.push(("Epic Link", FieldKind::EpicLink, &[]));
        fields.push(("Epic Name", FieldKind::Text, &[]));
    }
    fields
}

/// The fields of the vendor. Data Center has no date of the status category; its `parent` is in no list
/// (`AtlassianPS/JiraPS#29`).
pub(super) fn system_fields(flavor: Flavor) -> Vec<Field> {
    let absent = |id: &str| flavor == Flavor::DataCenter && id == "statuscategorychangedate";
    let fields = SYSTEM.iter().filter(|(id, ..)| !absent(id));
    let field = |(id, name, kind, schema, items): &SystemField| Field {
        id: (*id).to_owned(),
        name: (*name).to_owned(),
        kind: *kind,
        schema,
        items: *items,
        custom: None,
        options: Vec::new(),
    };
    fields.map(field).collect()
}
