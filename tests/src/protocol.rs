//! What `pm-test-worker` and the tests tell each other: a JSON object per line.

use std::time::{SystemTime, UNIX_EPOCH};

use pm_core::{Change, ChangeKind, Item};
use serde::{Deserialize, Serialize};

/// What a worker says on its standard output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It is set up and waits for a line on its standard input.
    Ready,
    /// It is about to make a write.
    Begins(Act),
    /// The provider said that the write was made.
    Wrote {
        /// The item that was written.
        id: String,
        /// The item's version, where it has one.
        version: Option<u64>,
        /// When the call was made, in microseconds.
        begun: u64,
        /// When the answer came, in microseconds.
        ended: u64,
    },
    /// The provider said that this batch of tasks was made.
    Batch(usize),
    /// A page of the change feed was read.
    Page(Vec<Seen>),
    /// The provider gave an error, as a person would read it.
    Failed(String),
    /// The worker has done everything.
    Finished,
}

/// One write of a worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Creates a task.
    Create {
        /// Its title.
        title: String,
    },
    /// Changes the title of a task, and its status.
    Rename {
        /// The task.
        task: String,
        /// The new title.
        title: String,
    },
    /// Comments on a task.
    Comment {
        /// The task.
        task: String,
    },
    /// Puts the worker's next label on the task that all workers share, and takes its last one off.
    Label {
        /// The label.
        label: String,
    },
    /// Deletes a task.
    Delete {
        /// The task.
        task: String,
    },
}

/// One change, as the reader of the feed saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The kind of item.
    pub entity: String,
    /// The item.
    pub id: String,
    /// The item's version, where it has one.
    pub version: Option<u64>,
    /// Whether it is gone.
    pub deleted: bool,
}

impl Seen {
    /// Takes down what a change says.
    #[must_use]
    pub fn from_change(change: &Change) -> Self {
        let reference = change.reference();
        let version = match &change.kind {
            ChangeKind::Written(item) => version_of(item),
            _ => None,
        };
        let deleted = matches!(change.kind, ChangeKind::Deleted(_));
        Self { entity: reference.entity().to_string(), id: reference.id().to_owned(), version, deleted }
    }
}

fn version_of(item: &Item) -> Option<u64> {
    match item {
        Item::Project(project) => number_of(project.version.as_ref()),
        Item::Task(task) => number_of(task.version.as_ref()),
        Item::Sprint(sprint) => number_of(sprint.version.as_ref()),
        _ => None,
    }
}

/// The number in a version of the embedded backend, which counts an item's writes.
///
/// # Panics
/// When it is no number.
#[must_use]
pub fn number_of(version: Option<&pm_core::Version>) -> Option<u64> {
    version.map(|version| version.as_str().parse().expect("versions of the embedded backend are numbers"))
}

/// Now, in microseconds, by the clock that all processes of this machine share.
#[must_use]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
