//! Boards: what sprints are made on.

use std::sync::Arc;

use pm_provider::{Error, Field, Result};

use crate::api::{Api, found};
use crate::dto::{Board, Project};
use crate::endpoints;

impl Api {
    /// The boards of a project that may have sprints; those of all projects without one.
    ///
    /// The server gives all boards that show issues of the project; a board of another project has sprints of that one.
    pub(crate) async fn boards_of(&self, project: Option<u64>) -> Result<Arc<Vec<Board>>> {
        let place = self.project_boards.of(project.unwrap_or_default());
        let boards = place.get(self.read_boards(project)).await?;
        // The board of a new project comes a little later than the project.
        if boards.is_empty() {
            place.forget().await;
        }
        Ok(boards)
    }

    async fn read_boards(&self, project: Option<u64>) -> Result<Vec<Board>> {
        let query: Vec<_> = project.into_iter().map(|id| ("projectKeyOrId", id.to_string())).collect();
        let boards: Vec<Board> = match (self.all(&endpoints::LIST_BOARDS, &[], &query).await, project) {
            // That is how the server says that it does not know the project, but not the only thing that it says so.
            (Err(error), Some(project)) if matches!(error.http_status(), Some(400 | 404)) => {
                return if self.has_project(project).await? { Err(error) } else { Ok(Vec::new()) };
            }
            (boards, _) => boards?,
        };
        let is_here = |board: &Board| project.is_none_or(|project| board.project().is_none_or(|own| own == project));
        Ok(boards.into_iter().filter(|board| board.may_have_sprints() && is_here(board)).collect())
    }

    /// The board that sprints of a project are made on: the one that the settings name, except in projects that it does not
    /// belong to; else the only one.
    pub(crate) async fn board_for(&self, project: u64) -> Result<u64> {
        let boards = self.boards_of(Some(project)).await?;
        if let Some(wanted) = self.config.board_id
            && (boards.iter().any(|board| board.id == wanted) || !self.is_of_another(wanted, project).await?)
        {
            return Ok(wanted);
        }
        let own: Vec<_> = boards.iter().filter(|board| board.project().is_some()).collect();
        let those = if own.is_empty() { boards.iter().collect() } else { own };
        let scrum: Vec<_> = those.iter().copied().filter(|board| board.kind.as_deref() == Some("scrum")).collect();
        the_only_one(project, if scrum.is_empty() { &those } else { &scrum })
    }

    /// Says whether the board of the settings belongs to another project, or shows others alone: sprints of this one cannot
    /// be meant to be on it then. Whatever else is the matter with it is an error.
    async fn is_of_another(&self, board: u64, project: u64) -> Result<bool> {
        let wrong = |what: &str| {
            let message = format!("no sprint of the project `{project}` can be made on the board `{board}`: {what}");
            Err(Error::configuration(message).hint("name another board with JIRA_BOARD_ID, or none"))
        };
        let path = board.to_string();
        let Some(known) = found(self.boards.of(board).get(self.get(&endpoints::GET_BOARD, &[&path])).await)? else {
            return wrong("it is not there, or not visible to this user");
        };
        if known.project().is_some_and(|own| own != project) {
            return Ok(true);
        }
        if !known.may_have_sprints() {
            return wrong("it is no Scrum board");
        }
        let shown: Option<Vec<Project>> = found(self.all(&endpoints::LIST_BOARD_PROJECTS, &[&path], &[]).await)?;
        match shown.unwrap_or_default() {
            shown if shown.iter().any(|row| row.id.0 == project) => Ok(false),
            shown if shown.is_empty() => wrong("it shows no project"),
            _ => Ok(true),
        }
    }

    /// The project whose sprints are on a board: that which the board belongs to, else the first whose issues it shows.
    pub(crate) async fn project_of_board(&self, board: u64) -> Result<Option<u64>> {
        let path = board.to_string();
        let known = found(self.boards.of(board).get(self.get(&endpoints::GET_BOARD, &[&path])).await)?;
        let Some(known) = known else { return Ok(None) };
        if let Some(project) = known.project() {
            return Ok(Some(project));
        }
        let shown: Option<Vec<Project>> = found(self.all(&endpoints::LIST_BOARD_PROJECTS, &[&path], &[]).await)?;
        Ok(shown.and_then(|projects| projects.first().map(|project| project.id.0)))
    }
}

/// The only board of several, where it is.
fn the_only_one(project: u64, boards: &[&Board]) -> Result<u64> {
    match boards {
        [board] => Ok(board.id),
        [] => {
            let error = Error::invalid_input(format!("the project `{project}` has no Scrum board to make sprints on"));
            Err(error.on_field(Field::ProjectId, "it has no Scrum board").hint("make one in Jira"))
        }
        several => {
            let named = |board: &&Board| format!("`{}` ({})", board.id, board.name.as_deref().unwrap_or("no name"));
            let names: Vec<_> = several.iter().map(named).collect();
            let message = format!("the project `{project}` has several boards: {}", names.join(", "));
            Err(Error::configuration(message).hint("say which one with JIRA_BOARD_ID"))
        }
    }
}
