//! The server's database.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use chrono::{DateTime, SubsecRound, Utc};

use super::builder::Options;
use super::model::{
    Activity, Attachment, CustomField, Label, Membership, Permission, Principal, Priority, Project, Relation, Role,
    Sprint, Status, TimeEntry, Type, Version, WorkPackage,
};
use crate::file_store::FileStore;

/// What every handler gets: the database and the settings of the installation.
#[derive(Clone)]
pub(super) struct App {
    pub(super) options: Arc<Options>,
    store: Arc<Mutex<Store>>,
    pub(super) files: Arc<FileStore>,
}

impl App {
    pub(super) fn new(options: Options, store: Store, files: FileStore) -> Self {
        Self { options: Arc::new(options), store: Arc::new(Mutex::new(store)), files: Arc::new(files) }
    }

    /// The database, without what background jobs have removed by now.
    pub(super) fn lock(&self) -> MutexGuard<'_, Store> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.run_jobs();
        store
    }

    /// The time by the server's clock, in the database's microseconds.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.options.clock.now().trunc_subsecs(6)
    }
}

/// All tables, by id.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) principals: BTreeMap<u64, Principal>,
    pub(super) projects: BTreeMap<u64, Project>,
    pub(super) statuses: BTreeMap<u64, Status>,
    pub(super) types: BTreeMap<u64, Type>,
    pub(super) priorities: BTreeMap<u64, Priority>,
    pub(super) versions: BTreeMap<u64, Version>,
    pub(super) sprints: BTreeMap<u64, Sprint>,
    pub(super) labels: BTreeMap<u64, Label>,
    pub(super) work_packages: BTreeMap<u64, WorkPackage>,
    pub(super) activities: BTreeMap<u64, Activity>,
    pub(super) attachments: BTreeMap<u64, Attachment>,
    pub(super) relations: BTreeMap<u64, Relation>,
    pub(super) roles: BTreeMap<u64, Role>,
    pub(super) memberships: BTreeMap<u64, Membership>,
    pub(super) time_entries: BTreeMap<u64, TimeEntry>,
    pub(super) custom_fields: BTreeMap<u64, CustomField>,
    /// How many writes asked for mails, and how many asked for none.
    pub(super) notified: usize,
    pub(super) silent: usize,
    last_ids: BTreeMap<&'static str, u64>,
}

impl Store {
    /// The next id of a table; ids are never used twice.
    pub(super) fn next_id(&mut self, table: &'static str) -> u64 {
        let last = self.last_ids.entry(table).or_default();
        *last += 1;
        *last
    }

    /// A project by its number or its identifier.
    pub(super) fn find_project(&self, id: &str) -> Option<&Project> {
        let by_number = id.parse().ok().and_then(|id: u64| self.projects.get(&id));
        by_number.or_else(|| self.projects.values().find(|project| project.identifier == id))
    }

    /// The sets of permissions that somebody's roles give in a project.
    pub(super) fn permissions_of(&self, principal: u64, project: u64) -> Vec<&'static [Permission]> {
        let of_both = |row: &&Membership| row.principal == principal && row.project == project;
        let roles = self.memberships.values().filter(of_both).flat_map(|row| &row.roles);
        roles.filter_map(|role| self.roles.get(role)).map(|role| role.permissions).collect()
    }

    /// A project's sub-projects of every depth.
    pub(super) fn project_descendants(&self, id: u64) -> Vec<u64> {
        let children = self.projects.values().filter(|project| project.parent == Some(id)).map(|project| project.id);
        children.flat_map(|child| std::iter::once(child).chain(self.project_descendants(child))).collect()
    }

    /// A project's parents, the root first.
    pub(super) fn project_ancestors(&self, id: u64) -> Vec<u64> {
        let mut chain: Vec<u64> =
            std::iter::successors(self.parent_project(id), |id| self.parent_project(*id)).collect();
        chain.reverse();
        chain
    }

    fn parent_project(&self, id: u64) -> Option<u64> {
        self.projects.get(&id).and_then(|project| project.parent)
    }

    pub(super) fn children(&self, id: u64) -> impl Iterator<Item = &WorkPackage> {
        self.work_packages.values().filter(move |item| item.parent == Some(id))
    }

    /// A work package's children of every depth.
    pub(super) fn descendants(&self, id: u64) -> Vec<u64> {
        self.children(id).flat_map(|child| std::iter::once(child.id).chain(self.descendants(child.id))).collect()
    }

    /// A work package's parents, the root first.
    pub(super) fn ancestors(&self, id: u64) -> Vec<u64> {
        let mut chain: Vec<u64> = std::iter::successors(self.parent(id), |id| self.parent(*id)).collect();
        chain.reverse();
        chain
    }

    fn parent(&self, id: u64) -> Option<u64> {
        self.work_packages.get(&id).and_then(|item| item.parent)
    }

    pub(super) fn spent_minutes(&self, id: u64) -> u64 {
        self.time_entries.values().filter(|entry| entry.work_package == id).map(|entry| entry.minutes).sum()
    }

    /// Removes a work package with all that hangs on it, but not its children.
    pub(super) fn remove_work_package(&mut self, id: u64) {
        self.work_packages.remove(&id);
        self.activities.retain(|_, activity| activity.work_package != id);
        self.attachments.retain(|_, attachment| attachment.work_package != id);
        self.relations.retain(|_, relation| relation.from != id && relation.to != id);
        self.time_entries.retain(|_, entry| entry.work_package != id);
    }

    /// Removes the projects whose time has come.
    fn run_jobs(&mut self) {
        let now = Instant::now();
        let due = |project: &&Project| project.gone_at.is_some_and(|at| at <= now);
        let gone: Vec<u64> = self.projects.values().filter(due).map(|project| project.id).collect();
        gone.into_iter().for_each(|id| self.remove_project(id));
    }

    fn remove_project(&mut self, id: u64) {
        let inside = self.work_packages.values().filter(|item| item.project == id).map(|item| item.id);
        inside.collect::<Vec<_>>().into_iter().for_each(|item| self.remove_work_package(item));
        self.versions.retain(|_, version| version.project != id);
        self.sprints.retain(|_, sprint| sprint.project != id);
        self.memberships.retain(|_, membership| membership.project != id);
        self.projects.remove(&id);
    }
}
