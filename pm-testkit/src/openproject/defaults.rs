//! What new projects and work packages are like before anything is said about them.

use chrono::{DateTime, Utc};

use super::builder::Options;
use super::model::{Membership, WorkPackage};
use super::store::Store;

/// The role of whoever creates a project, and that of other members.
pub(super) const PROJECT_ADMIN: u64 = 3;
pub(super) const MEMBER: u64 = 4;

/// The types that new projects have.
pub(super) fn default_types(store: &Store) -> Vec<u64> {
    let default = store.types.values().filter(|kind| kind.default).map(|kind| kind.id).collect::<Vec<_>>();
    if default.is_empty() { store.types.keys().copied().collect() } else { default }
}

/// An identifier as the vendor makes it from a name, of 100 characters at most (`to_localized_slug(limit:)` of its
/// source).
pub(super) fn identifier_of(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let identifier: String = words.join("-").chars().take(100).collect();
    match identifier.as_str() {
        "" => "project".to_owned(),
        _ => identifier,
    }
}

pub(super) fn add_member(store: &mut Store, project: u64, principal: u64, role: u64, now: DateTime<Utc>) {
    let id = store.next_id("memberships");
    let membership = Membership { id, project, principal, roles: vec![role], created: now, updated: now };
    store.memberships.insert(id, membership);
}

/// Makes everybody a member who is not one yet.
pub(super) fn add_everybody(store: &mut Store, project: u64, now: DateTime<Utc>) {
    let people: Vec<u64> = store.principals.keys().copied().collect();
    for person in people {
        if store.permissions_of(person, project).is_empty() {
            add_member(store, project, person, MEMBER, now);
        }
    }
}

/// A work package before anything was said about it: the defaults of the installation and the project.
pub(super) fn blank(store: &Store, project: u64, options: &Options) -> WorkPackage {
    let status = store.statuses.values().find(|status| status.default).map_or(1, |status| status.id);
    let priority = store.priorities.values().find(|row| row.default).or(store.priorities.values().next());
    let types = store.projects.get(&project).map(|project| project.types.as_slice()).unwrap_or_default();
    WorkPackage {
        id: 0,
        lock_version: 0,
        project,
        kind: types.first().copied().unwrap_or_default(),
        status,
        priority: priority.map_or(0, |row| row.id),
        author: store.principals.keys().next().copied().unwrap_or_default(),
        subject: String::new(),
        description: String::new(),
        assignee: None,
        responsible: None,
        parent: None,
        version: None,
        sprint: None,
        labels: Vec::new(),
        start: None,
        due: None,
        scheduled_by_hand: !options.automatic_scheduling,
        ignores_non_working_days: false,
        work: None,
        remaining: None,
        story_points: None,
        custom: serde_json::Map::new(),
        created: DateTime::UNIX_EPOCH,
        updated: DateTime::UNIX_EPOCH,
    }
}
