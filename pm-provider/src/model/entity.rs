//! The kinds of items.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entity {
    /// A project: a space, a repository, a board.
    Project,
    /// A task: an issue, a work package, a card.
    Task,
    /// A sprint: a milestone, a version, an iteration.
    Sprint,
    /// A user.
    User,
    /// A comment on a task.
    Comment,
    /// A relation between two tasks.
    Relation,
    /// A pull request.
    PullRequest,
    /// A file that hangs on a task.
    Attachment,
}

impl Entity {
    /// The word for it, as in JSON: `pull_request`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Task => "task",
            Self::Sprint => "sprint",
            Self::User => "user",
            Self::Comment => "comment",
            Self::Relation => "relation",
            Self::PullRequest => "pull_request",
            Self::Attachment => "attachment",
        }
    }

    /// The word behind its article, for messages: `an attachment`.
    pub(crate) fn with_article(self) -> String {
        let article = if self == Self::Attachment { "an" } else { "a" };
        format!("{article} {}", self.word())
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
