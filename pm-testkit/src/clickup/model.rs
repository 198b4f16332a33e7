//! What the server's tables hold. Times are milliseconds since the epoch, as the API has them.

use std::collections::BTreeMap;

use axum::body::Bytes;
use serde_json::{Number, Value};

#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) id: u64,
    /// What people are called: neither unique nor something to sign in with.
    pub(super) username: String,
    pub(super) email: String,
    pub(super) color: &'static str,
    /// 1 owner, 2 admin, 3 member, 4 guest.
    pub(super) role: u8,
}

impl User {
    /// `Ada Lovelace` is `AL`.
    pub(super) fn initials(&self) -> String {
        let firsts = self.username.split_whitespace().filter_map(|word| word.chars().next());
        firsts.take(2).flat_map(char::to_uppercase).collect()
    }
}

/// What somebody signs in with.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) user: u64,
    /// One of an OAuth app, which goes behind `Bearer`; a personal one goes as it is.
    pub(super) oauth: bool,
}

/// The vendor's "team".
#[derive(Clone, Debug)]
pub(super) struct Workspace {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) members: Vec<u64>,
    /// Types of tasks beside the usual one, by their number.
    pub(super) custom_items: BTreeMap<u64, String>,
}

#[derive(Clone, Debug)]
pub(super) struct Space {
    pub(super) id: u64,
    pub(super) workspace: u64,
    pub(super) name: String,
    pub(super) private: bool,
    /// Who sees a private one.
    pub(super) members: Vec<u64>,
    pub(super) archived: bool,
    pub(super) statuses: Vec<Status>,
    /// Tags by their name, which is in lower case.
    pub(super) tags: BTreeMap<String, u64>,
    /// What custom ids of tasks begin with, and the last one's number.
    pub(super) prefix: Option<String>,
    pub(super) last_custom: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Folder {
    pub(super) id: u64,
    pub(super) space: u64,
    pub(super) name: String,
    pub(super) archived: bool,
    /// Its own; those of the space where there are none.
    pub(super) statuses: Option<Vec<Status>>,
}

#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) id: u64,
    pub(super) space: u64,
    pub(super) folder: Option<u64>,
    pub(super) name: String,
    pub(super) content: String,
    pub(super) archived: bool,
    /// The vendor calls a list's colour its status.
    pub(super) color: Option<String>,
    pub(super) priority: Option<u8>,
    pub(super) assignee: Option<u64>,
    pub(super) start: Option<i64>,
    pub(super) due: Option<i64>,
    pub(super) due_time: bool,
    /// Its own; those of the folder or the space where there are none.
    pub(super) statuses: Option<Vec<Status>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: StatusKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatusKind {
    Open,
    Custom,
    Done,
    Closed,
}

impl StatusKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Custom => "custom",
            Self::Done => "done",
            Self::Closed => "closed",
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Custom, Self::Done, Self::Closed].into_iter().find(|kind| kind.name() == name)
    }

    pub(super) fn color(self) -> &'static str {
        match self {
            Self::Open => "#87909e",
            Self::Custom => "#5f55ee",
            Self::Done => "#299764",
            Self::Closed => "#008844",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) id: u64,
    pub(super) custom_id: Option<String>,
    /// The type: 0 is an ordinary task, 1 a milestone, others are the workspace's.
    pub(super) item: u64,
    pub(super) name: String,
    /// The description, as Markdown.
    pub(super) text: String,
    pub(super) status: Status,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) closed: Option<i64>,
    pub(super) done: Option<i64>,
    pub(super) archived: bool,
    pub(super) creator: u64,
    pub(super) assignees: Vec<u64>,
    pub(super) tags: Vec<String>,
    pub(super) parent: Option<u64>,
    /// 1 urgent, 2 high, 3 normal, 4 low.
    pub(super) priority: Option<u8>,
    pub(super) start: Option<i64>,
    pub(super) due: Option<i64>,
    pub(super) points: Option<Number>,
    pub(super) estimate: Option<i64>,
    pub(super) spent: Option<i64>,
    /// Values of custom fields as they are shown, by the field's id.
    pub(super) fields: BTreeMap<String, Value>,
    /// The home list.
    pub(super) list: u64,
    /// Lists that show it beside.
    pub(super) also: Vec<u64>,
    pub(super) attachments: Vec<Attachment>,
}

impl Task {
    /// The id as the API has it: `86c0001ab`.
    pub(super) fn key(&self) -> String {
        task_key(self.id)
    }
}

/// Ids of tasks are digits and small letters, and begin so that none can be taken for a number.
const KEY: &str = "86c";

/// The id of a task as the API has it.
pub(super) fn task_key(id: u64) -> String {
    let digit = |place: u32| {
        let digit = u32::try_from(id / 36_u64.pow(place) % 36).unwrap_or_default();
        char::from_digit(digit, 36).unwrap_or('0')
    };
    KEY.chars().chain((0..6).rev().map(digit)).collect()
}

/// The number behind an id of a task.
pub(super) fn task_number(key: &str) -> Option<u64> {
    let digits = key.strip_prefix(KEY).filter(|digits| digits.len() == 6)?;
    u64::from_str_radix(digits, 36).ok()
}

#[derive(Clone, Debug)]
pub(super) struct Attachment {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) content_type: String,
    pub(super) content: Bytes,
    pub(super) date: i64,
    pub(super) user: u64,
}

/// One task that waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) task: u64,
    pub(super) depends_on: u64,
    pub(super) created: i64,
    pub(super) user: u64,
}

/// Two tasks that have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) created: i64,
    pub(super) user: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) task: u64,
    /// The comment that it answers.
    pub(super) thread: Option<u64>,
    pub(super) author: u64,
    pub(super) text: String,
    pub(super) date: i64,
    pub(super) resolved: bool,
    pub(super) assignee: Option<u64>,
}

/// Where a custom field or a webhook belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Workspace(u64),
    Space(u64),
    Folder(u64),
    List(u64),
    Task(u64),
}

/// A custom field.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) id: String,
    pub(super) name: String,
    /// `drop_down`, `short_text`, `users` and so on.
    pub(super) kind: String,
    pub(super) place: Place,
    pub(super) required: bool,
    /// Ids and names.
    pub(super) options: Vec<(String, String)>,
    /// The types of tasks that have it; all of them where there are none.
    pub(super) items: Vec<u64>,
    pub(super) created: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Hook {
    pub(super) id: String,
    pub(super) user: u64,
    pub(super) workspace: u64,
    pub(super) endpoint: String,
    pub(super) events: Vec<String>,
    pub(super) place: Place,
    pub(super) secret: String,
    /// `active`, `failing` or `suspended`.
    pub(super) status: String,
    pub(super) failures: u64,
}

/// What a hook was told, or would have been: nothing leaves the server.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) hook: String,
    pub(super) payload: Value,
}
