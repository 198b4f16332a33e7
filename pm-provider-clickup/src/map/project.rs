//! Projects: Spaces, Folders or Lists.

use chrono_tz::Tz;
use pm_http::Raw;
use pm_provider::{
    Overrides, PMProject, PriorityLevel, ProjectId, ProjectStatus, ProjectStatusCategory, RawData, UserId, Visibility,
};

use crate::ids::Place;
use crate::{ProjectLevel, dates, dto, places};

/// What a project's status can be: nothing says more of it than whether it was put away.
pub(crate) fn project_choices() -> Vec<ProjectStatus> {
    [ProjectStatusCategory::Active, ProjectStatusCategory::Archived].into_iter().map(ProjectStatus::from).collect()
}

fn status(archived: bool) -> ProjectStatusCategory {
    if archived { ProjectStatusCategory::Archived } else { ProjectStatusCategory::Active }
}

fn project(team: &str, level: ProjectLevel, id: &str, name: &str, archived: bool, raw: RawData) -> PMProject {
    let place = ProjectId::from(&Place::new(level, id));
    PMProject::new(place, name, status(archived)).raw_data(raw).url(places::project(team, level, id))
}

/// Makes a project of a Space.
pub(crate) fn space(team: &str, row: Raw<dto::Space>) -> PMProject {
    let Raw { item, raw } = row;
    let mut project = project(team, ProjectLevel::Space, &item.id, &item.name, item.archived, raw);
    project.visibility = if item.private { Visibility::Restricted } else { Visibility::Public };
    project
}

/// Makes a project of a Folder.
pub(crate) fn folder(team: &str, row: Raw<dto::Folder>) -> PMProject {
    let Raw { item, raw } = row;
    project(team, ProjectLevel::Folder, &item.id, &item.name, item.archived, raw)
}

/// Makes a project of a List.
pub(crate) fn list(team: &str, row: Raw<dto::List>, zone: Tz, priorities: &Overrides<PriorityLevel>) -> PMProject {
    let Raw { item, raw } = row;
    let mut project = project(team, ProjectLevel::List, &item.id, &item.name, item.archived, raw);
    project.description = super::text(item.content.as_deref());
    project.start_date = item.start_date.and_then(|time| dates::day(zone, time));
    project.end_date = item.due_date.and_then(|time| dates::day(zone, time));
    project.priority = item.priority.and_then(|priority| super::priority(&priority.priority, priorities));
    project.owner_id = item.assignee.filter(|user| !user.id.is_empty()).map(|user| UserId::new(user.id));
    project
}
