//! What the server keeps.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::access::Rights;
use super::pulls::Pull;

/// A person, a bot or an organisation: they share one space of names and of ids.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) id: u64,
    pub(super) login: String,
    pub(super) kind: AccountKind,
    pub(super) name: Option<String>,
    /// Shown only where the profile makes it public.
    pub(super) email: Option<String>,
    /// What the account may do in every repository that says nothing else.
    pub(super) everywhere: Option<Rights>,
    /// Of an organisation: its owners.
    pub(super) owners: Vec<u64>,
    /// Of an organisation: its members, without the owners.
    pub(super) members: Vec<u64>,
    pub(super) created: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccountKind {
    User,
    Bot,
    Organization,
}

impl AccountKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Bot => "Bot",
            Self::Organization => "Organization",
        }
    }
}

/// What somebody signs in with.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) account: u64,
    /// The most that the token may do, whatever its owner may.
    pub(super) ceiling: Rights,
    /// Of an installation of an app: when it ends.
    pub(super) expires: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
pub(super) struct Repository {
    pub(super) id: u64,
    pub(super) owner: u64,
    pub(super) name: String,
    /// `owner/name` as it was before: they still lead to it.
    pub(super) old_names: Vec<String>,
    pub(super) description: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) private: bool,
    pub(super) archived: bool,
    pub(super) disabled: bool,
    pub(super) has_issues: bool,
    pub(super) has_projects: bool,
    pub(super) has_wiki: bool,
    pub(super) default_branch: String,
    pub(super) topics: Vec<String>,
    pub(super) collaborators: BTreeMap<u64, Rights>,
    /// The number of the last issue or pull request.
    pub(super) last_number: u64,
    /// The number of the last milestone.
    pub(super) last_milestone: u64,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) pushed: DateTime<Utc>,
}

/// What a number of a repository leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// An issue or a pull request, by its id.
    Here(u64),
    /// An issue that is in another repository now, by its id.
    Moved(u64),
    /// An issue that somebody deleted.
    Deleted,
}

/// Why an issue is closed, or open again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Completed,
    NotPlanned,
    Duplicate,
    Reopened,
}

impl Reason {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::NotPlanned => "not_planned",
            Self::Duplicate => "duplicate",
            Self::Reopened => "reopened",
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        [Self::Completed, Self::NotPlanned, Self::Duplicate, Self::Reopened].into_iter().find(|one| one.name() == name)
    }
}

/// An issue, or the side of a pull request that is one.
#[derive(Clone, Debug)]
pub(super) struct Issue {
    /// The database id, which sub-issues and dependencies are named by.
    pub(super) id: u64,
    pub(super) repository: u64,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) open: bool,
    pub(super) reason: Option<Reason>,
    pub(super) author: u64,
    /// Labels by id, in the order in which they were put on.
    pub(super) labels: Vec<u64>,
    pub(super) assignees: Vec<u64>,
    /// A milestone by its id, not by its number.
    pub(super) milestone: Option<u64>,
    /// An issue type by its id: in repositories of organisations alone.
    pub(super) kind: Option<u64>,
    /// Values of the organisation's issue fields by the field's id.
    pub(super) fields: BTreeMap<u64, Value>,
    pub(super) locked: bool,
    pub(super) lock_reason: Option<String>,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) closed: Option<DateTime<Utc>>,
    pub(super) closed_by: Option<u64>,
    pub(super) parent: Option<u64>,
    /// Sub-issues by id, in their order.
    pub(super) children: Vec<u64>,
    /// Issues by id that must be closed first, and those that wait for this one.
    pub(super) blocked_by: Vec<u64>,
    pub(super) blocking: Vec<u64>,
    /// The issue of which this one is a duplicate.
    pub(super) duplicate_of: Option<u64>,
    pub(super) comments: Vec<u64>,
    /// What makes it a pull request.
    pub(super) pull: Option<Pull>,
}

#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) id: u64,
    pub(super) repository: u64,
    pub(super) name: String,
    pub(super) color: String,
    pub(super) description: Option<String>,
    /// One of those that every new repository has.
    pub(super) default: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Milestone {
    pub(super) id: u64,
    pub(super) repository: u64,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) open: bool,
    pub(super) due: Option<DateTime<Utc>>,
    pub(super) creator: u64,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) closed: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) issue: u64,
    pub(super) author: u64,
    pub(super) body: String,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

/// A kind of issue that an organisation has: `Task`, `Bug`, `Feature`.
#[derive(Clone, Debug)]
pub(super) struct IssueType {
    pub(super) id: u64,
    pub(super) organization: u64,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) color: Option<String>,
    pub(super) enabled: bool,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

/// A field of an organisation's issues.
#[derive(Clone, Debug)]
pub(super) struct IssueField {
    pub(super) id: u64,
    pub(super) organization: u64,
    pub(super) name: String,
    /// `text`, `single_select`, `number` or `date`.
    pub(super) data_type: String,
    /// Of a single select: ids and names.
    pub(super) options: Vec<(u64, String)>,
}

/// One entry of an issue's history.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) id: u64,
    pub(super) issue: u64,
    pub(super) actor: u64,
    /// `labeled`, `closed` and the like.
    pub(super) kind: &'static str,
    pub(super) created: DateTime<Utc>,
    /// What the kind has beside.
    pub(super) details: Map<String, Value>,
}

/// A webhook of a repository.
#[derive(Clone, Debug)]
pub(super) struct Hook {
    pub(super) id: u64,
    pub(super) repository: u64,
    pub(super) active: bool,
    pub(super) events: Vec<String>,
    pub(super) url: String,
    /// `json` or `form`.
    pub(super) content_type: String,
    pub(super) secret: Option<String>,
    pub(super) insecure_ssl: String,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
}

/// One time that a hook was called, or would have been: nothing leaves the server.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) id: u64,
    pub(super) hook: u64,
    /// The same for every attempt: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers>.
    pub(super) guid: String,
    pub(super) event: String,
    pub(super) action: Option<String>,
    pub(super) payload: Value,
    pub(super) delivered: DateTime<Utc>,
    pub(super) redelivery: bool,
    /// What the receiver answered.
    pub(super) status: u16,
}
