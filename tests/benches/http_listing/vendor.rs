//! The products that the server can play.

use std::str::FromStr;

/// Whose tasks are listed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Vendor {
    /// Pages of up to 100 by their number.
    OpenProject,
    /// Pages of up to 100 by the number of issues before.
    Redmine,
    /// Cloud: pages of up to 100, each with the token of the next.
    Jira,
    /// Pages of up to 100 with links to the next and the last.
    GitHub,
    /// Pages of 100 by their number, and by the time of the task before.
    ClickUp,
}

impl Vendor {
    /// All.
    pub(crate) const ALL: [Self; 5] = [Self::OpenProject, Self::Redmine, Self::Jira, Self::GitHub, Self::ClickUp];

    /// The name of its provider.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::OpenProject => "openproject",
            Self::Redmine => "redmine",
            Self::Jira => "jira",
            Self::GitHub => "github",
            Self::ClickUp => "clickup",
        }
    }
}

impl FromStr for Vendor {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|vendor| vendor.word() == word);
        let all = || Self::ALL.map(|vendor| format!("`{}`", vendor.word())).join(", ");
        known.ok_or_else(|| format!("`{word}` is no vendor; allowed are {}", all()))
    }
}
