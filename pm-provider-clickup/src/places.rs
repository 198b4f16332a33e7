//! Where people find things in a browser.

use crate::ProjectLevel;

/// Where ClickUp's pages are; those of the API are elsewhere.
const WEB: &str = "https://app.clickup.com";

/// The page of a task.
pub(crate) fn task(id: &str) -> String {
    format!("{WEB}/t/{id}")
}

/// The page of a Space, a Folder or a List (`/v/s/`, `/v/f/`, `/v/li/`; unverified: only those of tasks are documented).
pub(crate) fn project(team: &str, level: ProjectLevel, id: &str) -> String {
    let kind = match level {
        ProjectLevel::Space => "s",
        ProjectLevel::Folder => "o/f",
        ProjectLevel::List => "l/li",
    };
    format!("{WEB}/{team}/v/{kind}/{id}")
}

/// The page of a List.
pub(crate) fn list(team: &str, id: &str) -> String {
    project(team, ProjectLevel::List, id)
}
