//! Projects.

use pm_http::Raw;
use pm_provider::{PMProject, Visibility};

use super::vocabulary::project_status;
use crate::dto;
use crate::places::Places;

/// Makes a project.
pub(crate) fn project(raw: Raw<dto::Project>, places: &Places) -> PMProject {
    let Raw { item, raw } = raw;
    let status = project_status(item.active.unwrap_or(true), item.links.status.as_ref());
    let mut project = PMProject::new(item.id.to_string(), item.name, status).raw_data(raw);
    project.description = super::text(item.description.as_ref());
    // Without a word from the server nobody may be told that everyone sees it.
    project.visibility = if item.public.unwrap_or(false) { Visibility::Public } else { Visibility::Restricted };
    project.url = Some(places.page("projects", item.identifier.as_deref().unwrap_or(&item.id.to_string())));
    project.key = item.identifier;
    project.created_at = item.created_at.map(pm_provider::value::micros);
    project.updated_at = item.updated_at.map(pm_provider::value::micros);
    project
}
