//! Projects.

use pm_http::{Marker, Raw};
use pm_provider::{PMProject, ProjectStatus, ProjectStatusCategory, UserId};

use crate::dto::{Project, User};
use crate::places::Places;

/// The id of the status of projects that were put away.
pub(crate) const ARCHIVED: &str = "archived";

/// The statuses that a project can have: Jira knows no others.
pub(crate) fn project_choices() -> Vec<ProjectStatus> {
    vec![
        ProjectStatus::new(ProjectStatusCategory::Active, "Live").id("live"),
        ProjectStatus::new(ProjectStatusCategory::Archived, "Archived").id(ARCHIVED),
    ]
}

/// A project. Its description is plain text on both, and Markdown is shown as it stands.
pub(crate) fn project(raw: Raw<Project>, places: &Places) -> PMProject {
    let Raw { item, raw } = raw;
    let is_archived = item.archived == Some(true);
    let status = project_choices().into_iter().find(|status| (status.id.as_deref() == Some(ARCHIVED)) == is_archived);
    let status = status.unwrap_or_else(|| ProjectStatus::new(ProjectStatusCategory::Unknown, "Unknown"));
    let mut project = PMProject::new(item.id.to_string(), item.name, status).raw_data(raw);
    let text = item.description.map(|text| Marker::take_out(&text).0.into_owned());
    project.description = text.filter(|text| !text.is_empty());
    project.owner_id = item.lead.as_ref().and_then(User::id).map(UserId::new);
    project.url = places.browse(&item.key);
    project.key = Some(item.key);
    project
}
