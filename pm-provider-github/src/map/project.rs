//! Repositories as projects.

use pm_http::{Marker, Raw};
use pm_provider::{PMProject, ProjectStatus, ProjectStatusCategory, UserId, Visibility};

use crate::dto::Repository;

/// The id of the status of repositories that were archived.
pub(crate) const ARCHIVED: &str = "archived";

/// The statuses that a repository can have.
pub(crate) fn project_choices() -> Vec<ProjectStatus> {
    vec![
        ProjectStatus::new(ProjectStatusCategory::Active, "Active").id("active"),
        ProjectStatus::new(ProjectStatusCategory::Archived, "Archived").id(ARCHIVED),
    ]
}

/// A repository as a project.
///
/// Its owner is a user or an organisation: only a user is somebody whom the contract's users know.
pub(crate) fn project(raw: Raw<Repository>) -> PMProject {
    let Raw { item, raw } = raw;
    let is_archived = item.archived == Some(true);
    let status = project_choices().into_iter().find(|status| (status.id.as_deref() == Some(ARCHIVED)) == is_archived);
    let status = status.unwrap_or_else(|| ProjectStatus::new(ProjectStatusCategory::Unknown, "Unknown"));
    let mut project = PMProject::new(item.id.to_string(), item.name, status).raw_data(raw);
    project.key = Some(item.full_name);
    let text = item.description.map(|text| Marker::take_out(&text).0.into_owned());
    project.description = text.filter(|text| !text.is_empty());
    let owner = item.owner.filter(|owner| !owner.is_organisation());
    project.owner_id = owner.and_then(|owner| owner.id).map(|id| UserId::new(id.to_string()));
    project.visibility = if item.private == Some(true) { Visibility::Restricted } else { Visibility::Public };
    project.url = item.html_url;
    project.created_at = item.created_at;
    project.updated_at = item.updated_at;
    project
}
