//! What is remembered about issues between requests.

use std::time::Duration;

use pm_http::CachedMap;
use pm_provider::ProjectSchema;

use super::marks::Shelf;

/// How long people and milestones that were there are believed to be there.
const THERE_FOR: Duration = Duration::from_secs(60);

/// What is remembered about issues.
pub(crate) struct Memory {
    /// Our marks, by repository.
    pub(super) marks: Shelf,
    /// The labels of a repository.
    pub(super) labels: CachedMap<u64, Vec<String>>,
    /// The issue types of an organisation, by its name; none where we may not read them.
    pub(super) types: CachedMap<String, Option<Vec<String>>>,
    /// Who can be assigned in a repository, by login in lower case.
    pub(super) assignable: CachedMap<(u64, String), ()>,
    /// The milestones that are there.
    pub(super) milestones: CachedMap<(u64, u64), ()>,
    pub(crate) schemas: CachedMap<u64, ProjectSchema>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            marks: Shelf::default(),
            labels: CachedMap::default(),
            types: CachedMap::default(),
            assignable: CachedMap::new(THERE_FOR),
            milestones: CachedMap::new(THERE_FOR),
            schemas: CachedMap::default(),
        }
    }
}
