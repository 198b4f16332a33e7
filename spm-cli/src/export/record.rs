//! The lines of an export.

use std::collections::BTreeMap;

use pm_core::{Comment, PMProject, PMSprint, PMTask, PMUser, Relation};
use serde::{Deserialize, Serialize};

/// The version of the format that is written; a reader refuses a newer one.
pub(crate) const VERSION: u32 = 1;

/// One line, externally tagged: `{"task": {…}}`. Raw data inside keeps every value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Record {
    /// The first line.
    Export(Header),
    User(PMUser),
    Project(PMProject),
    Sprint(PMSprint),
    Task(Box<PMTask>),
    Comment(Comment),
    Relation(Relation),
    /// The last line: an export without it was cut off.
    End(Counts),
}

impl Record {
    /// The id by which other records, and a second import, know the item.
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::User(user) => Some(user.id.as_str()),
            Self::Project(project) => Some(project.id.as_str()),
            Self::Sprint(sprint) => Some(sprint.id.as_str()),
            Self::Task(task) => Some(task.id.as_str()),
            Self::Comment(comment) => Some(comment.id.as_str()),
            Self::Relation(_) | Self::Export(_) | Self::End(_) => None,
        }
    }

    /// The kind of item, in the plural; nothing for the first and the last line.
    pub(crate) fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Export(_) | Self::End(_) => None,
            Self::User(_) => Some("users"),
            Self::Project(_) => Some("projects"),
            Self::Sprint(_) => Some("sprints"),
            Self::Task(_) => Some("tasks"),
            Self::Comment(_) => Some("comments"),
            Self::Relation(_) => Some("relations"),
        }
    }
}

/// What the file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// The version of the format.
    pub(crate) version: u32,
    /// The backend that it was taken from.
    pub(crate) provider: String,
}

impl Header {
    pub(crate) fn of(provider: &str) -> Self {
        Self { version: VERSION, provider: provider.to_owned() }
    }
}

/// How many items of each kind there are.
pub(crate) type Counts = BTreeMap<String, u64>;
