//! The events that tell of each kind of item.

use pm_provider::Entity;

use crate::ProjectLevel;

/// The kinds of items that ClickUp tells of, where a project is of a level.
pub(super) fn kinds(level: ProjectLevel) -> Vec<Entity> {
    let all = [Entity::Task, Entity::Comment, Entity::Sprint, Entity::Project];
    all.into_iter().filter(|entity| !events(*entity, level).is_empty()).collect()
}

/// All events that tell of a kind of item; none for kinds that ClickUp does not tell of.
pub(super) fn events(entity: Entity, level: ProjectLevel) -> &'static [&'static str] {
    match (entity, level) {
        (Entity::Task, _) => &[
            "taskCreated",
            "taskUpdated",
            "taskDeleted",
            "taskPriorityUpdated",
            "taskStatusUpdated",
            "taskAssigneeUpdated",
            "taskDueDateUpdated",
            "taskTagUpdated",
            "taskMoved",
            "taskTimeEstimateUpdated",
            "taskTimeTrackedUpdated",
        ],
        (Entity::Comment, _) => &["taskCommentPosted", "taskCommentUpdated"],
        (Entity::Sprint, ProjectLevel::Space | ProjectLevel::Folder) | (Entity::Project, ProjectLevel::List) => {
            &["listCreated", "listUpdated", "listDeleted"]
        }
        (Entity::Project, ProjectLevel::Folder) => &["folderCreated", "folderUpdated", "folderDeleted"],
        (Entity::Project, ProjectLevel::Space) => &["spaceCreated", "spaceUpdated", "spaceDeleted"],
        _ => &[],
    }
}
