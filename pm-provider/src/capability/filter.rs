//! Filters that a backend may or may not honour.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! filters {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// A filter of a query. One that a backend cannot honour is an error, never ignored.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Filter { $($(#[$doc])* $name,)* }

        impl Filter {
            /// Every filter there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word for it in JSON.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

filters! {
    /// Items of one project.
    Project = "project",
    /// The item with a key.
    Key = "key",
    /// Tasks of a sprint.
    Sprint = "sprint",
    /// Tasks of no sprint.
    NoSprint = "no_sprint",
    /// Tasks of a user.
    Assignee = "assignee",
    /// Tasks of nobody.
    Unassigned = "unassigned",
    /// Children of a task.
    Parent = "parent",
    /// Tasks without a parent.
    TopLevel = "top_level",
    /// Items in some status categories.
    Status = "status",
    /// Tasks with all of some labels.
    Labels = "labels",
    /// Items with a text in them.
    Text = "text",
    /// Items that changed since a time.
    UpdatedSince = "updated_since",
    /// The user with a login.
    Login = "login",
    /// The user with an e-mail address.
    Email = "email",
    /// Pull requests that are drafts, or are none.
    Draft = "draft",
    /// Pull requests of a user.
    Author = "author",
    /// Pull requests that bring in a branch.
    SourceBranch = "source_branch",
    /// Pull requests that go into a branch.
    TargetBranch = "target_branch",
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How `text` filters match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TextSearch {
    /// Anywhere in the text, without regard to case.
    #[default]
    Substring,
    /// By the backend's own idea of words.
    Words,
}
