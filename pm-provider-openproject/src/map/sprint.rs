//! Sprints: versions on every server, sprints on the newest.

use pm_http::Raw;
use pm_provider::value::micros;
use pm_provider::{PMSprint, SprintId};

use super::vocabulary::{sprint_choices, sprint_status, version_choices};
use crate::dto;
use crate::ids::SprintKey;
use crate::places::Places;

/// Makes a sprint of a version.
pub(crate) fn version(raw: Raw<dto::Version>, places: &Places) -> PMSprint {
    let Raw { item, raw } = raw;
    let status = sprint_status(version_choices(), item.status.as_deref().unwrap_or("open"));
    let id = SprintId::from(SprintKey::Version(item.id));
    let mut sprint = PMSprint::new(id, owner(item.links.defining_project.as_ref()), item.name, status).raw_data(raw);
    sprint.start_date = item.start_date;
    sprint.end_date = item.end_date;
    sprint.goal = super::text(item.description.as_ref());
    sprint.url = Some(places.page("versions", item.id));
    sprint.created_at = item.created_at.map(micros);
    sprint.updated_at = item.updated_at.map(micros);
    sprint
}

/// Makes a sprint of a sprint.
pub(crate) fn sprint(raw: Raw<dto::Sprint>, places: &Places) -> PMSprint {
    let Raw { item, raw } = raw;
    let word = item.links.status.as_ref().and_then(|link| link.href.as_deref()).map_or("", dto::last_segment);
    let status = sprint_status(sprint_choices(), word);
    let project = owner(item.links.defining_workspace.as_ref());
    let url = places.page(&format!("projects/{project}/sprints"), item.id);
    let id = SprintId::from(SprintKey::Sprint(item.id));
    let mut sprint = PMSprint::new(id, project, item.name, status).raw_data(raw);
    sprint.start_date = item.start_date;
    sprint.end_date = item.finish_date;
    sprint.goal = super::text(item.description.as_ref());
    sprint.url = Some(url);
    sprint.created_at = item.created_at.map(micros);
    sprint.updated_at = item.updated_at.map(micros);
    sprint
}

/// The project that a sprint belongs to; one that is hidden from us has no number.
fn owner(link: Option<&dto::Link>) -> String {
    link.and_then(dto::Link::id).map(|id| id.to_string()).unwrap_or_default()
}
