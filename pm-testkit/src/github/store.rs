//! The server's database.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::builder::Options;
use super::limits::Traffic;
use super::model::{
    Account, Comment, Delivery, Event, Hook, Issue, IssueField, IssueType, Label, Milestone, Place, Repository, Token,
};
use super::projects_v2::ProjectTables;

/// What every handler gets: the database and the settings of the site.
#[derive(Clone)]
pub(super) struct App {
    pub(super) options: Arc<Options>,
    store: Arc<Mutex<Store>>,
    /// How far tests have moved the clock.
    moved: Arc<Mutex<TimeDelta>>,
    /// Requests that are being answered.
    pub(super) under_way: Arc<AtomicUsize>,
}

impl App {
    pub(super) fn new(options: Options, store: Store) -> Self {
        Self {
            options: Arc::new(options),
            store: Arc::new(Mutex::new(store)),
            moved: Arc::new(Mutex::new(TimeDelta::zero())),
            under_way: Arc::default(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time by the server's clock, as exact as it is.
    pub(super) fn moment(&self) -> DateTime<Utc> {
        self.options.clock.now() + *self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time by the server's clock, in the database's seconds.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.moment().trunc_subsecs(0)
    }

    /// Moves the clock on.
    pub(super) fn advance(&self, time: TimeDelta) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }
}

/// All tables, by id.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) accounts: BTreeMap<u64, Account>,
    pub(super) tokens: BTreeMap<String, Token>,
    pub(super) repositories: BTreeMap<u64, Repository>,
    /// Issues and pull requests: one space of ids and, in each repository, of numbers.
    pub(super) issues: BTreeMap<u64, Issue>,
    /// What the numbers of a repository lead to.
    pub(super) places: BTreeMap<(u64, u64), Place>,
    pub(super) labels: BTreeMap<u64, Label>,
    pub(super) milestones: BTreeMap<u64, Milestone>,
    pub(super) comments: BTreeMap<u64, Comment>,
    pub(super) issue_types: BTreeMap<u64, IssueType>,
    pub(super) issue_fields: BTreeMap<u64, IssueField>,
    pub(super) events: BTreeMap<u64, Event>,
    pub(super) hooks: BTreeMap<u64, Hook>,
    pub(super) deliveries: BTreeMap<u64, Delivery>,
    pub(super) traffic: Traffic,
    /// Projects of owners.
    pub(super) boards: ProjectTables,
    /// Fields of objects, by their global ids, that GraphQL refuses, and what it says then.
    pub(super) spoiled: BTreeMap<(String, String), String>,
    /// What receivers of hooks answer.
    pub(super) receivers: u16,
    last_ids: BTreeMap<&'static str, u64>,
}

/// Where the ids of a table begin: issues, comments and labels have long left 32 bits behind.
fn first_id(table: &str) -> u64 {
    match table {
        "accounts" => 583_231,
        "repositories" => 1_296_269,
        "issues" => 3_012_345_678,
        "pulls" => 2_700_000_000,
        "comments" => 2_811_000_000,
        "labels" => 7_654_000_000,
        "milestones" => 13_000_000,
        "issue types" => 26_000_000,
        "events" => 19_000_000_000,
        "hooks" => 540_000_000,
        "deliveries" => 36_000_000_000,
        _ => 1_000,
    }
}

impl Store {
    /// An empty database, of a site whose hooks reach their receivers.
    pub(super) fn new() -> Self {
        Self { receivers: 200, ..Self::default() }
    }

    /// The next id of a table; ids are never used twice.
    pub(super) fn next_id(&mut self, table: &'static str) -> u64 {
        let last = self.last_ids.entry(table).or_insert_with(|| first_id(table));
        *last += 1;
        *last
    }

    /// The next number of a repository, for an issue or a pull request.
    pub(super) fn next_number(&mut self, repository: u64) -> u64 {
        match self.repositories.get_mut(&repository) {
            Some(repository) => {
                repository.last_number += 1;
                repository.last_number
            }
            None => 0,
        }
    }

    pub(super) fn account_named(&self, login: &str) -> Option<&Account> {
        self.accounts.values().find(|account| account.login.eq_ignore_ascii_case(login))
    }

    pub(super) fn login(&self, account: u64) -> &str {
        self.accounts.get(&account).map_or("ghost", |account| account.login.as_str())
    }

    /// `owner/name`.
    pub(super) fn full_name(&self, repository: &Repository) -> String {
        format!("{}/{}", self.login(repository.owner), repository.name)
    }

    /// A repository by the name that it has now.
    pub(super) fn repository_named(&self, full_name: &str) -> Option<&Repository> {
        let (owner, name) = full_name.split_once('/')?;
        let owner = self.account_named(owner)?.id;
        let fits = |one: &&Repository| one.owner == owner && one.name.eq_ignore_ascii_case(name);
        self.repositories.values().find(fits)
    }

    /// A repository by a name that it had before.
    pub(super) fn repository_once_named(&self, full_name: &str) -> Option<&Repository> {
        let fits = |one: &&Repository| one.old_names.iter().any(|old| old.eq_ignore_ascii_case(full_name));
        self.repositories.values().find(fits)
    }

    /// The issue or pull request of a number, if it is still there.
    pub(super) fn issue_at(&self, repository: u64, number: u64) -> Option<&Issue> {
        match self.places.get(&(repository, number)) {
            Some(Place::Here(id)) => self.issues.get(id),
            _ => None,
        }
    }

    /// The issues and pull requests of a repository, by number.
    pub(super) fn issues_of(&self, repository: u64) -> impl DoubleEndedIterator<Item = &Issue> {
        let places = self.places.range((repository, 0)..=(repository, u64::MAX));
        places.filter_map(|(_, place)| match place {
            Place::Here(id) => self.issues.get(id),
            Place::Moved(_) | Place::Deleted => None,
        })
    }

    /// A label of a repository, whatever the case of its name.
    pub(super) fn label_named(&self, repository: u64, name: &str) -> Option<&Label> {
        let fits = |label: &&Label| label.repository == repository && label.name.to_lowercase() == name.to_lowercase();
        self.labels.values().find(fits)
    }

    pub(super) fn milestone_at(&self, repository: u64, number: u64) -> Option<&Milestone> {
        self.milestones.values().find(|one| one.repository == repository && one.number == number)
    }

    /// An enabled issue type of the organisation that owns a repository.
    pub(super) fn issue_type_named(&self, repository: u64, name: &str) -> Option<&IssueType> {
        let owner = self.repositories.get(&repository)?.owner;
        let mut own = self.issue_types.values().filter(|kind| kind.organization == owner && kind.enabled);
        own.find(|kind| kind.name.eq_ignore_ascii_case(name))
    }

    /// Saves a new issue or pull request.
    pub(super) fn insert_issue(&mut self, issue: Issue) {
        self.places.insert((issue.repository, issue.number), Place::Here(issue.id));
        self.issues.insert(issue.id, issue);
    }

    /// Removes an issue for good; its number answers 410 from now on.
    pub(super) fn delete_issue(&mut self, id: u64) {
        let Some(issue) = self.issues.remove(&id) else { return };
        self.places.insert((issue.repository, issue.number), Place::Deleted);
        for comment in &issue.comments {
            self.comments.remove(comment);
        }
        let ends = issue.parent.iter().chain(&issue.children).chain(&issue.blocked_by).chain(&issue.blocking);
        for other in ends {
            let Some(other) = self.issues.get_mut(other) else { continue };
            other.parent = other.parent.filter(|parent| *parent != id);
            for list in [&mut other.children, &mut other.blocked_by, &mut other.blocking] {
                list.retain(|one| *one != id);
            }
        }
    }

    /// The issue that a pull request is, by the id that it has as a pull request.
    pub(super) fn issue_of_pull(&self, pull: u64) -> Option<u64> {
        let fits = |issue: &&Issue| issue.pull.as_ref().is_some_and(|one| one.id == pull);
        self.issues.values().find(fits).map(|issue| issue.id)
    }

    /// Moves an issue into another repository, where it gets a number; the old one leads to it from now on.
    ///
    /// Labels and the milestone go along as far as the other repository has them by the same name:
    /// <https://docs.github.com/en/issues/tracking-your-work-with-issues/administering-issues/transferring-an-issue-to-another-repository>.
    /// Whether the database id stays is unverified.
    pub(super) fn transfer_issue(&mut self, id: u64, to: u64) -> Option<u64> {
        let mut issue = self.issues.get(&id)?.clone();
        let number = self.next_number(to);
        self.places.insert((issue.repository, issue.number), Place::Moved(id));
        let names = issue.labels.iter().filter_map(|label| self.labels.get(label)).map(|label| label.name.clone());
        let names: Vec<String> = names.collect();
        issue.labels = names.iter().filter_map(|name| self.label_named(to, name)).map(|label| label.id).collect();
        let title = issue.milestone.and_then(|id| self.milestones.get(&id)).map(|milestone| milestone.title.clone());
        let same = |one: &&Milestone| one.repository == to && Some(&one.title) == title.as_ref();
        issue.milestone = self.milestones.values().find(same).map(|milestone| milestone.id);
        (issue.repository, issue.number) = (to, number);
        self.insert_issue(issue);
        Some(number)
    }

    /// Writes an entry of an issue's history.
    pub(super) fn record(&mut self, (issue, actor): (u64, u64), at: DateTime<Utc>, kind: &'static str, details: Value) {
        let id = self.next_id("events");
        let details = if let Value::Object(details) = details { details } else { Map::new() };
        self.events.insert(id, Event { id, issue, actor, kind, created: at, details });
    }
}
