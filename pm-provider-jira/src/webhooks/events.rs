//! The events that tell of each kind of item.

use pm_provider::Entity;

/// The kinds of items that Jira tells of.
pub(super) const KINDS: [Entity; 5] = [Entity::Task, Entity::Comment, Entity::Sprint, Entity::Project, Entity::User];

/// All events that tell of a kind of item; none for kinds that Jira does not tell of.
///
/// Projects of Cloud go into a recycle bin first, and into the archive: each way has an event of its own
/// (port-labs/ocean subscribes to all of them).
pub(super) fn events(entity: Entity, is_cloud: bool) -> &'static [&'static str] {
    match entity {
        Entity::Task => &["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"],
        Entity::Comment => &["comment_created", "comment_updated", "comment_deleted"],
        Entity::Sprint => &["sprint_created", "sprint_updated", "sprint_started", "sprint_closed", "sprint_deleted"],
        Entity::Project if is_cloud => &[
            "project_created",
            "project_updated",
            "project_deleted",
            "project_soft_deleted",
            "project_restored_deleted",
            "project_archived",
            "project_restored_archived",
        ],
        Entity::Project => &["project_created", "project_updated", "project_deleted"],
        Entity::User => &["user_created", "user_updated", "user_deleted"],
        _ => &[],
    }
}

/// Says whether a filter by project narrows what is told of a kind of item: of sprints, projects and people all is told.
pub(super) fn is_narrowed(entity: Entity) -> bool {
    matches!(entity, Entity::Task | Entity::Comment)
}
