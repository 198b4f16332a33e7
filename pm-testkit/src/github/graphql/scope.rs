//! What resolving a field goes by: the database, and who asks.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use super::errors::GraphError;
use super::object::{Object, Out};
use crate::github::access::{Caller, Rights};
use crate::github::limits::Primary;
use crate::github::model::{AccountKind, Issue, Repository};
use crate::github::node::{node_id, prefix};
use crate::github::projects_v2::Project;
use crate::github::store::{App, Store};

/// One request.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) app: &'a App,
    pub(super) caller: &'a Caller,
    /// What the call may return at most, and what it takes.
    pub(super) nodes: u64,
    pub(super) points: u64,
    /// The points of the hour, this call's included.
    pub(super) hour: Primary,
}

/// A request on one state of the database.
pub(super) struct Scope<'a> {
    pub(super) call: Call<'a>,
    pub(super) store: &'a Store,
    pub(super) now: DateTime<Utc>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(call: &Call<'a>, store: &'a Store) -> Self {
        Self { call: *call, store, now: call.app.now() }
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    pub(super) fn is_pull(&self, issue: u64) -> bool {
        self.store.issues.get(&issue).is_some_and(|issue| issue.pull.is_some())
    }

    /// An address of the site for people.
    pub(super) fn html(&self, path: &str) -> String {
        format!("https://github.com{path}")
    }

    /// A repository that the caller sees.
    pub(super) fn repository(&self, id: u64) -> Option<&'a Repository> {
        let found = self.store.repositories.get(&id)?;
        self.call.caller.may(self.store, found, Rights::Read).then_some(found)
    }

    /// An issue or a pull request that the caller sees.
    pub(super) fn issue(&self, id: u64) -> Option<&'a Issue> {
        self.store.issues.get(&id).filter(|issue| self.repository(issue.repository).is_some())
    }

    /// A project that the caller sees.
    pub(super) fn project(&self, id: u64) -> Option<&'a Project> {
        self.store.boards.projects.get(&id).filter(|project| project_rights(&self.call, self.store, project).is_some())
    }

    /// Where somebody's or something's page is.
    pub(super) fn path_of(&self, issue: &Issue) -> String {
        let kind = if issue.pull.is_some() { "pull" } else { "issues" };
        format!("/{}/{kind}/{}", self.full_name(issue.repository), issue.number)
    }

    pub(super) fn full_name(&self, repository: u64) -> String {
        self.store.repositories.get(&repository).map_or_else(String::new, |one| self.store.full_name(one))
    }

    pub(super) fn project_path(&self, project: &Project) -> String {
        let owner = self.store.accounts.get(&project.owner);
        let room = match owner.map(|owner| owner.kind) {
            Some(AccountKind::Organization) => "orgs",
            _ => "users",
        };
        format!("/{room}/{}/projects/{}", self.store.login(project.owner), project.number)
    }

    /// An account, unless it is gone.
    pub(super) fn account(&self, id: u64) -> Out {
        Out::maybe(self.store.accounts.contains_key(&id).then_some(Object::Account(id)))
    }

    /// What a test wants to go wrong: a field of an object that the caller's token is not let in to.
    pub(super) fn spoiled(&self, object: &Object, field: &str) -> Option<GraphError> {
        if self.store.spoiled.is_empty() {
            return None;
        }
        let node = object.node(self)?;
        let message = self.store.spoiled.get(&(node, field.to_owned()))?;
        Some(GraphError::forbidden(message))
    }
}

/// What the caller may do in a project; `None` where it is not even visible.
///
/// <https://docs.github.com/en/issues/planning-and-tracking-with-projects/managing-your-project/managing-access-to-your-projects>
pub(super) fn project_rights(call: &Call<'_>, store: &Store, project: &Project) -> Option<Rights> {
    let own = call.caller.account.and_then(|account| owner_rights(store, account, project.owner));
    let own = own.map(|rights| rights.min(call.caller.ceiling));
    own.or_else(|| project.public.then_some(Rights::Read))
}

/// What somebody may do in the projects of an owner.
pub(super) fn owner_rights(store: &Store, account: u64, owner: u64) -> Option<Rights> {
    let found = store.accounts.get(&owner)?;
    if owner == account || found.owners.contains(&account) {
        return Some(Rights::Admin);
    }
    let everywhere = store.accounts.get(&account).and_then(|account| account.everywhere);
    // Members of an organisation write in its projects, as the base role is at first.
    let member = found.members.contains(&account).then_some(Rights::Write);
    everywhere.max(member)
}

impl Object {
    /// The global id, for those that have one.
    pub(super) fn node(&self, scope: &Scope<'_>) -> Option<String> {
        Some(match self {
            Self::Account(id) => account_node(scope.store, *id),
            Self::Repository(id) => node_id(prefix::REPOSITORY, *id),
            Self::Issue(id) => issue_node(scope.store.issues.get(id)?),
            Self::Label(id) => node_id(prefix::LABEL, *id),
            Self::Milestone(id) => node_id(prefix::MILESTONE, *id),
            Self::Comment(id) => node_id(prefix::COMMENT, *id),
            Self::Project(id) => node_id(prefix::PROJECT, *id),
            Self::Field(id) => field_node(scope.store, *id),
            Self::Item(id) => node_id(prefix::PROJECT_ITEM, *id),
            Self::Draft(id) => node_id(prefix::DRAFT, *id),
            Self::FieldValue { item, field } => node_id(prefix::PROJECT_VALUE, item * 1_000_000 + field),
            Self::Query | Self::Connection(_) | Self::Edge(_) | Self::Missing(_) | Self::Ready { .. } => return None,
        })
    }

    /// What a global id names, if the caller sees it.
    pub(super) fn of_node(scope: &Scope<'_>, node: &str) -> Option<Self> {
        let (kind, id) = crate::github::node::read(node)?;
        let store = scope.store;
        let found = match kind {
            prefix::ACCOUNT_USER | prefix::ACCOUNT_BOT | prefix::ACCOUNT_ORGANIZATION => {
                store.accounts.get(&id).map(|_| Self::Account(id))
            }
            prefix::REPOSITORY => scope.repository(id).map(|_| Self::Repository(id)),
            prefix::ISSUE => scope.issue(id).map(|_| Self::Issue(id)),
            prefix::PULL_REQUEST => {
                store.issue_of_pull(id).and_then(|id| scope.issue(id)).map(|one| Self::Issue(one.id))
            }
            prefix::LABEL => store.labels.get(&id).map(|_| Self::Label(id)),
            prefix::MILESTONE => store.milestones.get(&id).map(|_| Self::Milestone(id)),
            prefix::COMMENT => store.comments.get(&id).map(|_| Self::Comment(id)),
            prefix::PROJECT => scope.project(id).map(|_| Self::Project(id)),
            prefix::PROJECT_FIELD | prefix::PROJECT_SELECT | prefix::PROJECT_ITERATION => {
                store.boards.fields.get(&id).and_then(|field| scope.project(field.project)).map(|_| Self::Field(id))
            }
            prefix::PROJECT_ITEM => {
                store.boards.items.get(&id).and_then(|item| scope.project(item.project)).map(|_| Self::Item(id))
            }
            prefix::DRAFT => {
                store.boards.items.get(&id).and_then(|item| scope.project(item.project)).map(|_| Self::Draft(id))
            }
            _ => None,
        };
        // An id of another kind of the same number is no id: `PR_…` for an issue.
        found.filter(|object| object.node(scope).as_deref() == Some(node))
    }
}

pub(super) fn issue_node(issue: &Issue) -> String {
    match &issue.pull {
        Some(pull) => node_id(prefix::PULL_REQUEST, pull.id),
        None => node_id(prefix::ISSUE, issue.id),
    }
}

fn account_node(store: &Store, id: u64) -> String {
    let kind = match store.accounts.get(&id).map(|account| account.kind) {
        Some(AccountKind::Organization) => prefix::ACCOUNT_ORGANIZATION,
        Some(AccountKind::Bot) => prefix::ACCOUNT_BOT,
        _ => prefix::ACCOUNT_USER,
    };
    node_id(kind, id)
}

fn field_node(store: &Store, id: u64) -> String {
    let kind = match store.boards.fields.get(&id).map(|field| field.kind.data_type()) {
        Some("SINGLE_SELECT") => prefix::PROJECT_SELECT,
        Some("ITERATION") => prefix::PROJECT_ITERATION,
        _ => prefix::PROJECT_FIELD,
    };
    node_id(kind, id)
}

/// A moment as the API writes it.
pub(super) fn time(moment: DateTime<Utc>) -> Out {
    Out::leaf(moment.to_rfc3339_opts(SecondsFormat::Secs, true))
}
