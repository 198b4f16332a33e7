//! Fills a database: with what every installation has, and with what a seed asks for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::attachments;
use super::builder::Options;
use super::defaults::{MEMBER, PROJECT_ADMIN, add_everybody, add_member, blank, default_types, identifier_of};
use super::duration;
use super::model::{
    Activity, CustomField, CustomKind, Label, Permission, Principal, PrincipalKind, Priority, Project, Role, Sprint,
    Status, Type, Version, WorkPackage,
};
use super::seed::{Seed, SeedCustomKind, SeedError, SeedProject, SeedUser, SeedWorkPackage};
use super::store::Store;
use crate::file_store::StoredFile;

/// The names of an installation's first statuses, and whether they are closed.
const STATUSES: [(&str, bool); 14] = [
    ("New", false),
    ("In specification", false),
    ("Specified", false),
    ("Confirmed", false),
    ("To be scheduled", false),
    ("Scheduled", false),
    ("In progress", false),
    ("Developed", false),
    ("In testing", false),
    ("Tested", false),
    ("Test failed", false),
    ("Closed", true),
    ("On hold", false),
    ("Rejected", true),
];

/// The names of an installation's first types, whether they are milestones, and whether new projects have them.
const TYPES: [(&str, bool, bool); 7] = [
    ("Task", false, true),
    ("Milestone", true, true),
    ("Phase", false, true),
    ("Feature", false, false),
    ("Epic", false, false),
    ("User story", false, false),
    ("Bug", false, false),
];

const READER: u64 = 5;

const READS: &[Permission] = &[Permission::ViewWorkPackages, Permission::ViewMembers, Permission::ViewTimeEntries];
const WORKS: &[Permission] = &[
    Permission::ViewWorkPackages,
    Permission::AddWorkPackages,
    Permission::EditWorkPackages,
    Permission::AddComments,
    Permission::ManageRelations,
    Permission::ViewMembers,
    Permission::LogTime,
    Permission::ViewTimeEntries,
    Permission::BeAssigned,
];
const RULES: &[Permission] = &[
    Permission::ViewWorkPackages,
    Permission::AddWorkPackages,
    Permission::EditWorkPackages,
    Permission::DeleteWorkPackages,
    Permission::AddComments,
    Permission::ManageRelations,
    Permission::ManageVersions,
    Permission::EditProject,
    Permission::ViewMembers,
    Permission::ManageMembers,
    Permission::LogTime,
    Permission::ViewTimeEntries,
    Permission::BeAssigned,
];

/// The keys of the two users that every server has.
pub(super) struct Keys {
    pub(super) admin: String,
    pub(super) member: String,
}

/// A key that nobody can guess: 64 hexadecimal digits, as the vendor's.
fn random_key() -> String {
    crate::secrets::random(4)
}

/// Makes the database of a new installation with the contents of a seed.
pub(super) fn plant(options: &Options, seed: &Seed) -> Result<(Store, Keys), SeedError> {
    let mut gardener = Gardener { store: Store::default(), now: options.clock.now(), options };
    let keys = Keys { admin: random_key(), member: random_key() };
    gardener.vocabulary(seed);
    gardener.people(seed, &keys);
    for project in &seed.projects {
        gardener.project(project)?;
    }
    Ok((gardener.store, keys))
}

struct Gardener<'a> {
    store: Store,
    now: DateTime<Utc>,
    options: &'a Options,
}

impl Gardener<'_> {
    fn vocabulary(&mut self, seed: &Seed) {
        let roles = [(PROJECT_ADMIN, "Project admin", RULES), (MEMBER, "Member", WORKS), (READER, "Reader", READS)];
        self.store.roles =
            roles.into_iter().map(|(id, name, permissions)| (id, Role { id, name, permissions })).collect();
        self.statuses(seed);
        self.types(seed);
        self.priorities(seed);
        for name in &seed.labels {
            let id = self.store.next_id("labels");
            self.store.labels.insert(id, Label { id, name: name.clone() });
        }
        for field in &seed.custom_fields {
            self.custom_field(field);
        }
    }

    fn statuses(&mut self, seed: &Seed) {
        let usual = STATUSES.iter().map(|(name, closed)| ((*name).to_owned(), *closed, *name == "New", false));
        let own = seed.statuses.iter().map(|own| (own.name.clone(), own.closed, own.default, own.readonly));
        let all: Vec<_> = if seed.statuses.is_empty() { usual.collect() } else { own.collect() };
        let has_default = all.iter().any(|(_, _, default, _)| *default);
        for (index, (name, closed, default, readonly)) in all.into_iter().enumerate() {
            let id = self.store.next_id("statuses");
            let default = default || !has_default && index == 0;
            self.store.statuses.insert(id, Status { id, name, closed, default, readonly });
        }
    }

    fn types(&mut self, seed: &Seed) {
        let usual = TYPES.iter().map(|(name, milestone, default)| ((*name).to_owned(), *milestone, *default));
        let own = seed.types.iter().map(|own| (own.name.clone(), own.milestone, own.default));
        let all: Vec<_> = if seed.types.is_empty() { usual.collect() } else { own.collect() };
        for (name, milestone, default) in all {
            let id = self.store.next_id("types");
            self.store.types.insert(id, Type { id, name, milestone, default });
        }
    }

    fn priorities(&mut self, seed: &Seed) {
        let usual = ["Low", "Normal", "High", "Immediate"].map(|name| (name.to_owned(), name == "Normal", true));
        let own = seed.priorities.iter().map(|own| (own.name.clone(), own.default, !own.inactive));
        let all: Vec<_> = if seed.priorities.is_empty() { usual.into() } else { own.collect() };
        for (name, default, active) in all {
            // The numbers of enumerations are shared with other lists, so that they do not start at 1.
            let id = self.store.next_id("priorities") + 6;
            self.store.priorities.insert(id, Priority { id, name, default, active });
        }
    }

    fn custom_field(&mut self, field: &super::seed::SeedCustomField) {
        let kind = match field.kind {
            SeedCustomKind::String => CustomKind::String,
            SeedCustomKind::Integer => CustomKind::Integer,
            SeedCustomKind::Float => CustomKind::Float,
            SeedCustomKind::Boolean => CustomKind::Boolean,
            SeedCustomKind::Date => CustomKind::Date,
            SeedCustomKind::List => CustomKind::List,
            SeedCustomKind::User => CustomKind::User,
        };
        let id = self.store.next_id("custom_fields");
        let mut options = Vec::new();
        for name in &field.options {
            options.push((self.store.next_id("custom_options"), name.clone()));
        }
        let field = CustomField { id, name: field.name.clone(), kind, required: field.required, options };
        self.store.custom_fields.insert(id, field);
    }

    fn people(&mut self, seed: &Seed, keys: &Keys) {
        let admin = SeedUser {
            login: "admin".into(),
            name: "OpenProject Admin".into(),
            email: "admin@example.net".into(),
            admin: true,
            api_key: Some(keys.admin.clone()),
            ..SeedUser::default()
        };
        let member = SeedUser {
            login: "ada".into(),
            name: "Ada Lovelace".into(),
            email: "ada@example.net".into(),
            api_key: Some(keys.member.clone()),
            ..SeedUser::default()
        };
        for person in [&admin, &member].into_iter().chain(&seed.users) {
            self.person(person);
        }
    }

    fn person(&mut self, seed: &SeedUser) {
        let kinds = [PrincipalKind::User, PrincipalKind::Group, PrincipalKind::PlaceholderUser];
        let named = seed.kind.as_deref().and_then(|name| kinds.into_iter().find(|kind| kind.name() == name));
        // The vendor's first numbers belong to its own anonymous and system users.
        let id = self.store.next_id("principals") + 3;
        let principal = Principal {
            id,
            kind: named.unwrap_or(PrincipalKind::User),
            login: seed.login.clone(),
            name: if seed.name.is_empty() { seed.login.clone() } else { seed.name.clone() },
            email: seed.email.clone(),
            hides_email: seed.hides_email,
            admin: seed.admin,
            locked: seed.locked,
            adds_projects: seed.adds_projects,
            api_key: seed.api_key.clone(),
            created: self.now,
            updated: self.now,
        };
        self.store.principals.insert(id, principal);
    }

    fn project(&mut self, seed: &SeedProject) -> Result<(), SeedError> {
        let parent = seed.parent.as_deref().map(|name| {
            let found = self.store.find_project(name).map(|project| project.id);
            found.ok_or_else(|| SeedError::missing("the project", name))
        });
        let parent = parent.transpose()?;
        let types = seed.types.iter().map(|name| named(&self.store.types, name, "the type", |kind| &kind.name));
        let types: Vec<u64> = types.collect::<Result<_, _>>()?;
        let id = self.store.next_id("projects");
        let project = Project {
            id,
            identifier: if seed.identifier.is_empty() { identifier_of(&seed.name) } else { seed.identifier.clone() },
            name: if seed.name.is_empty() { seed.identifier.clone() } else { seed.name.clone() },
            description: seed.description.clone(),
            active: !seed.archived,
            public: seed.public,
            status: seed.status.clone(),
            status_explanation: String::new(),
            parent,
            types: if types.is_empty() { default_types(&self.store) } else { types },
            created: self.now,
            updated: self.now,
            gone_at: None,
        };
        self.store.projects.insert(id, project);
        self.members(id, seed)?;
        self.schedule(id, seed);
        seed.work_packages.iter().try_for_each(|item| self.work_package(id, item))
    }

    fn members(&mut self, project: u64, seed: &SeedProject) -> Result<(), SeedError> {
        let members = seed.members.iter().map(|login| (login, MEMBER));
        for (login, role) in members.chain(seed.readers.iter().map(|login| (login, READER))) {
            let principal = named(&self.store.principals, login, "the user", |person| &person.login)?;
            add_member(&mut self.store, project, principal, role, self.now);
        }
        if self.options.everybody_is_member {
            add_everybody(&mut self.store, project, self.now);
        }
        Ok(())
    }

    fn schedule(&mut self, project: u64, seed: &SeedProject) {
        for version in &seed.versions {
            let id = self.store.next_id("versions");
            let version = Version {
                id,
                project,
                name: version.name.clone(),
                description: version.description.clone(),
                start: version.start_date,
                end: version.end_date,
                status: version.status.clone().unwrap_or_else(|| "open".into()),
                sharing: version.sharing.clone().unwrap_or_else(|| "none".into()),
                created: self.now,
                updated: self.now,
            };
            self.store.versions.insert(id, version);
        }
        for sprint in &seed.sprints {
            let id = self.store.next_id("sprints");
            let sprint = Sprint {
                id,
                project,
                name: sprint.name.clone(),
                description: sprint.description.clone(),
                start: sprint.start_date,
                finish: sprint.finish_date,
                status: sprint.status.clone().unwrap_or_else(|| "in_planning".into()),
                shared_with: sprint.shared_with.clone(),
                created: self.now,
                updated: self.now,
            };
            self.store.sprints.insert(id, sprint);
        }
    }

    fn work_package(&mut self, project: u64, seed: &SeedWorkPackage) -> Result<(), SeedError> {
        let store = &self.store;
        let mut item = blank(store, project, self.options);
        item.kind = chosen(&store.types, &seed.kind, "the type", |row| &row.name)?.unwrap_or(item.kind);
        item.status = chosen(&store.statuses, &seed.status, "the status", |row| &row.name)?.unwrap_or(item.status);
        let priority = chosen(&store.priorities, &seed.priority, "the priority", |row| &row.name)?;
        item.priority = priority.unwrap_or(item.priority);
        item.assignee = chosen(&store.principals, &seed.assignee, "the user", |row| &row.login)?;
        item.parent = chosen(&store.work_packages, &seed.parent, "the parent", |row| &row.subject)?;
        item.version = chosen(&store.versions, &seed.version, "the version", |row| &row.name)?;
        item.sprint = chosen(&store.sprints, &seed.sprint, "the sprint", |row| &row.name)?;
        let labels = seed.labels.iter().map(|name| named(&store.labels, name, "the label", |row| &row.name));
        item.labels = labels.collect::<Result<_, _>>()?;
        (item.start, item.due) = (seed.start_date, seed.due_date);
        item.work = seed.estimated_time.as_deref().and_then(duration::minutes);
        item.remaining = seed.remaining_time.as_deref().and_then(duration::minutes).or(item.work);
        item.custom = seed.custom.clone();
        (item.subject, item.description) = (seed.subject.clone(), seed.description.clone());
        (item.created, item.updated) = (self.now, self.now);
        item.id = self.store.next_id("work_packages");
        self.comments(&item, &seed.comments);
        for file in &seed.attachments {
            let kind = file.content_type.as_deref().unwrap_or("text/plain");
            let file = StoredFile::new(&file.name, kind, file.content.as_bytes());
            attachments::add(&mut self.store, item.id, file, self.now);
        }
        self.store.work_packages.insert(item.id, item);
        Ok(())
    }

    fn comments(&mut self, item: &WorkPackage, comments: &[String]) {
        let creation = (String::new(), vec!["The work package was created".to_owned()]);
        let spoken = comments.iter().map(|comment| (comment.clone(), Vec::new()));
        for (version, (comment, details)) in (1..).zip(std::iter::once(creation).chain(spoken)) {
            let id = self.store.next_id("activities");
            let (work_package, user, created) = (item.id, item.author, self.now);
            let activity = Activity {
                id,
                work_package,
                user,
                version,
                comment,
                details,
                internal: false,
                created,
                updated: created,
            };
            self.store.activities.insert(id, activity);
        }
    }
}

/// The row of a name that the seed may have.
fn chosen<T>(
    table: &BTreeMap<u64, T>,
    name: &Option<String>,
    what: &str,
    name_of: impl Fn(&T) -> &String,
) -> Result<Option<u64>, SeedError> {
    name.as_deref().map(|name| named(table, name, what, name_of)).transpose()
}

/// The newest row of a name: names are not unique.
fn named<T>(
    table: &BTreeMap<u64, T>,
    name: &str,
    what: &str,
    name_of: impl Fn(&T) -> &String,
) -> Result<u64, SeedError> {
    let found = table.iter().rev().find(|(_, row)| name_of(row) == name).map(|(id, _)| *id);
    found.ok_or_else(|| SeedError::missing(what, name))
}
