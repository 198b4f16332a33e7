//! Statuses and priorities: native names, and what code branches on.

use pm_provider::{
    Overrides, Priority, PriorityLevel, ProjectStatus, ProjectStatusCategory, SprintStatus, SprintStatusCategory,
    Status, StatusCategory,
};

use crate::dto;

/// The statuses and priorities of a server, in its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    pub(crate) statuses: Vec<Status>,
    pub(crate) priorities: Vec<Priority>,
}

impl Dictionary {
    /// Sorts what the server has into categories and levels.
    pub(crate) fn new(
        statuses: &[dto::Status],
        priorities: &[dto::Priority],
        of_statuses: &Overrides<StatusCategory>,
        of_priorities: &Overrides<PriorityLevel>,
    ) -> Self {
        let statuses = statuses.iter().map(|status| status_of(status, of_statuses)).collect();
        let mut active: Vec<_> = priorities.iter().filter(|priority| priority.is_active).collect();
        active.sort_by_key(|priority| priority.position);
        let priorities = active.into_iter().map(|priority| priority_of(priority, of_priorities)).collect();
        Self { statuses, priorities }
    }

    /// Says whether the status behind a link is known; no link is no status to be known.
    pub(crate) fn knows(&self, link: &dto::Link) -> bool {
        let id = link.id().map(|id| id.to_string());
        id.is_none() || self.statuses.iter().any(|status| status.id == id)
    }

    /// The status behind a link.
    pub(crate) fn status(&self, link: &dto::Link) -> Status {
        let id = link.id().map(|id| id.to_string());
        let known = self.statuses.iter().find(|status| id.is_some() && status.id == id);
        known.cloned().unwrap_or_else(|| {
            let status = Status::new(StatusCategory::Unknown, link.title.clone().unwrap_or_default());
            id.into_iter().fold(status, Status::id)
        })
    }

    /// The priority behind a link.
    pub(crate) fn priority(&self, link: &dto::Link) -> Option<Priority> {
        let id = link.id()?.to_string();
        let known = self.priorities.iter().find(|priority| priority.id.as_ref() == Some(&id));
        let unknown = || {
            let name = link.title.clone().unwrap_or_default();
            Priority::new(PriorityLevel::of_native(&name), name).id(id.clone())
        };
        Some(known.cloned().unwrap_or_else(unknown))
    }
}

/// A status says only whether it is closed and whether it is the default: names tell the rest, or the user does.
fn status_of(status: &dto::Status, overrides: &Overrides<StatusCategory>) -> Status {
    let native = StatusCategory::of_native(&status.name, status.is_closed);
    let by_name = if status.is_default && native == StatusCategory::InProgress { StatusCategory::Todo } else { native };
    let category = overrides.category_of(&status.name).unwrap_or(by_name);
    Status::new(category, status.name.clone()).id(status.id.to_string())
}

fn priority_of(priority: &dto::Priority, overrides: &Overrides<PriorityLevel>) -> Priority {
    let by_name = match PriorityLevel::of_native(&priority.name) {
        PriorityLevel::Unknown if priority.is_default => PriorityLevel::Normal,
        level => level,
    };
    let level = overrides.category_of(&priority.name).unwrap_or(by_name);
    Priority::new(level, priority.name.clone()).id(priority.id.to_string())
}

/// The statuses of a project: the same on every server, whose words are English in the API's ids.
const PROJECT_STATUSES: [(ProjectStatusCategory, &str, &str); 8] = [
    (ProjectStatusCategory::Active, "Not set", NOT_SET),
    (ProjectStatusCategory::Planned, "Not started", "not_started"),
    (ProjectStatusCategory::Active, "On track", "on_track"),
    (ProjectStatusCategory::Active, "At risk", "at_risk"),
    (ProjectStatusCategory::Active, "Off track", "off_track"),
    (ProjectStatusCategory::Completed, "Finished", "finished"),
    (ProjectStatusCategory::Cancelled, "Discontinued", "discontinued"),
    (ProjectStatusCategory::Archived, "Archived", ARCHIVED),
];

/// The id of the status of a project without one.
pub(crate) const NOT_SET: &str = "not_set";
/// The id of the status of a project that was put away, which is a flag of its own on the server.
pub(crate) const ARCHIVED: &str = "archived";

/// What a project's status can be.
pub(crate) fn project_choices() -> Vec<ProjectStatus> {
    PROJECT_STATUSES.iter().map(|(category, name, id)| ProjectStatus::new(*category, *name).id(*id)).collect()
}

/// The status of a project: archived, else what its link says.
pub(crate) fn project_status(active: bool, link: Option<&dto::Link>) -> ProjectStatus {
    let linked = link.and_then(|link| link.href.as_deref()).map(dto::last_segment);
    let id = if active { linked.unwrap_or(NOT_SET) } else { ARCHIVED };
    let known = project_choices().into_iter().find(|choice| choice.id.as_deref() == Some(id));
    known.unwrap_or_else(|| {
        let name = link.and_then(|link| link.title.clone()).unwrap_or_else(|| id.to_owned());
        ProjectStatus::new(ProjectStatusCategory::Unknown, name).id(id)
    })
}

/// What a version's status can be; nothing says that one is only planned.
pub(crate) fn version_choices() -> Vec<SprintStatus> {
    [
        (SprintStatusCategory::Active, "open"),
        (SprintStatusCategory::Active, "locked"),
        (SprintStatusCategory::Completed, "closed"),
    ]
    .into_iter()
    .map(|(category, word)| SprintStatus::new(category, word).id(word))
    .collect()
}

/// What a sprint's status can be.
pub(crate) fn sprint_choices() -> Vec<SprintStatus> {
    [
        (SprintStatusCategory::Planned, "In planning", "in_planning"),
        (SprintStatusCategory::Active, "Active", "active"),
        (SprintStatusCategory::Completed, "Completed", "completed"),
    ]
    .into_iter()
    .map(|(category, name, id)| SprintStatus::new(category, name).id(id))
    .collect()
}

/// The status with an id, or the id as an unknown one.
pub(crate) fn sprint_status(choices: Vec<SprintStatus>, id: &str) -> SprintStatus {
    let lower = id.to_lowercase();
    let known = choices.into_iter().find(|choice| choice.id.as_ref() == Some(&lower));
    known.unwrap_or_else(|| SprintStatus::new(SprintStatusCategory::Unknown, id).id(id))
}

/// The word that the server takes for the status of a version.
pub(crate) fn version_word(status: &SprintStatus) -> &str {
    status.id.as_deref().unwrap_or(&status.name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn status(id: u64, name: &str, is_closed: bool, is_default: bool) -> dto::Status {
        dto::Status { id, name: name.to_owned(), is_closed, is_default }
    }

    fn dictionary(overrides: &str) -> Dictionary {
        let statuses = [
            status(1, "New", false, true),
            status(2, "In progress", false, false),
            status(3, "On hold", false, false),
            status(4, "Closed", true, false),
            status(5, "Rejected", true, false),
            status(6, "Neu angelegt", false, true),
        ];
        let priority = |id, name: &str, is_active| dto::Priority {
            id,
            name: name.to_owned(),
            position: 10 - id,
            is_default: id == 3,
            is_active,
        };
        let priorities = [priority(1, "Immediate", true), priority(2, "Old", false), priority(3, "Üblich", true)];
        Dictionary::new(&statuses, &priorities, &overrides.parse().unwrap(), &Overrides::new())
    }

    #[test]
    fn names_say_what_open_and_closed_leave_open() {
        use StatusCategory::{Cancelled, Done, InProgress, Todo};
        let categories: Vec<_> = dictionary("").statuses.iter().map(|status| status.category).collect();
        assert_eq!(categories, [Todo, InProgress, InProgress, Done, Cancelled, Todo]);
    }

    #[test]
    fn users_know_better_than_names() {
        let dictionary = dictionary("On hold=backlog");
        assert_eq!(dictionary.statuses[2].category, StatusCategory::Backlog);
    }

    #[test]
    fn priorities_come_lowest_first_and_without_those_that_are_switched_off() {
        let priorities = dictionary("").priorities;
        let shown: Vec<_> = priorities.iter().map(|priority| (priority.name.as_str(), priority.level)).collect();
        assert_eq!(shown, [("Üblich", PriorityLevel::Normal), ("Immediate", PriorityLevel::Urgent)]);
    }

    #[test]
    fn a_status_that_nobody_listed_keeps_its_name() {
        let link = dto::Link { href: Some("/api/v3/statuses/99".to_owned()), title: Some("Odd".to_owned()) };
        let status = dictionary("").status(&link);
        assert_eq!((status.category, status.name.as_str()), (StatusCategory::Unknown, "Odd"));
        assert_eq!(status.id.as_deref(), Some("99"));
    }

    #[test]
    fn an_archived_project_is_archived_whatever_its_status() {
        let link = dto::Link { href: Some("/api/v3/project_statuses/at_risk".to_owned()), title: None };
        assert_eq!(project_status(false, Some(&link)).category, ProjectStatusCategory::Archived);
        assert_eq!(project_status(true, Some(&link)).name, "At risk");
        assert_eq!(project_status(true, None).category, ProjectStatusCategory::Active);
        let odd = dto::Link { href: Some("/api/v3/project_statuses/paused".to_owned()), title: None };
        assert_eq!(project_status(true, Some(&odd)).category, ProjectStatusCategory::Unknown);
    }
}
