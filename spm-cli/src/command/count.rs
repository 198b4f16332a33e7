//! Counting what is there, as long as it is cheap.

use std::fmt;
use std::sync::Arc;

use pm_core::{Page, PmProvider, Result, SprintQuery, TaskQuery};

/// Items of the one page that is looked at.
const LOOKED_AT: u32 = 100;

/// How many items there are, as far as one request says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    Exactly(u64),
    MoreThan(u64),
}

impl Count {
    /// Counts tasks.
    pub(crate) async fn tasks(provider: &Arc<dyn PmProvider>, query: TaskQuery) -> Result<Self> {
        provider.tasks_page(&query.page_size(LOOKED_AT).with_total(true), None).await.map(Self::of)
    }

    /// Counts sprints.
    pub(crate) async fn sprints(provider: &Arc<dyn PmProvider>, query: SprintQuery) -> Result<Self> {
        provider.sprints_page(&query.page_size(LOOKED_AT).with_total(true), None).await.map(Self::of)
    }

    #[allow(clippy::needless_pass_by_value)]
    fn of<T>(page: Page<T>) -> Self {
        let seen = page.items.len() as u64;
        match (page.total, page.next) {
            (Some(total), _) => Self::Exactly(total),
            (None, None) => Self::Exactly(seen),
            (None, Some(_)) => Self::MoreThan(seen),
        }
    }

    /// Says whether there is none.
    pub(crate) fn is_none(self) -> bool {
        self == Self::Exactly(0)
    }

    /// The number with its word: `1 task`, `3 tasks`, `more than 100 tasks`.
    pub(crate) fn of_what(self, word: &str) -> String {
        let plural = if self == Self::Exactly(1) { "" } else { "s" };
        format!("{self} {word}{plural}")
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => count.fmt(f),
            Self::MoreThan(count) => write!(f, "more than {count}"),
        }
    }
}
