//! Boards and their sprints.

use serde::Deserialize;

use super::{Id, Moment};

/// A board.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Board {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// `scrum`, `kanban`, or `simple`: the board of a team-managed project, which may have sprints.
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<String>,
    /// Cloud and Data Center since 7.11; a board may belong to a person.
    #[serde(default)]
    pub(crate) location: Option<Location>,
}

/// What a board belongs to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Location {
    #[serde(default)]
    pub(crate) project_id: Option<Id>,
}

impl Board {
    /// The project that the board belongs to.
    pub(crate) fn project(&self) -> Option<u64> {
        self.location.as_ref()?.project_id.map(|id| id.0)
    }

    /// Says whether sprints can be on it.
    pub(crate) fn may_have_sprints(&self) -> bool {
        matches!(self.kind.as_deref(), Some("scrum" | "simple"))
    }
}

/// A sprint.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sprint {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// `future`, `active` or `closed`.
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) start_date: Option<Moment>,
    #[serde(default)]
    pub(crate) end_date: Option<Moment>,
    /// Cloud only.
    #[serde(default)]
    pub(crate) created_date: Option<Moment>,
    /// The board that it was made on; other boards show it as soon as an issue of theirs is in it.
    #[serde(default)]
    pub(crate) origin_board_id: Option<u64>,
    #[serde(default)]
    pub(crate) goal: Option<String>,
}
