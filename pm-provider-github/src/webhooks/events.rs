//! The events that tell of each kind of item.

use pm_provider::Entity;

/// The kinds of items that GitHub tells of.
pub(super) const KINDS: [Entity; 5] =
    [Entity::Task, Entity::Comment, Entity::Sprint, Entity::Project, Entity::Relation];

/// All events that tell of a kind of item; none for kinds that GitHub does not tell of. Items of Projects v2 are told of
/// by webhooks of organisations alone.
pub(super) fn events(entity: Entity) -> &'static [&'static str] {
    match entity {
        Entity::Task => &["issues", "sub_issues"],
        Entity::Comment => &["issue_comment"],
        Entity::Sprint => &["milestone"],
        Entity::Project => &["repository", "label"],
        Entity::Relation => &["issue_dependencies"],
        _ => &[],
    }
}
