//! Sprints: those of Scrum boards.

mod create;
mod update;

use pm_http::page::{Listing, slice};
use pm_http::{Marker, Raw, named};
use pm_provider::{
    Cursor, DeleteOptions, Entity, Error, ErrorKind, Operation, PMSprint, Page, ProjectId, Result, SprintId,
    SprintQuery,
};
use serde_json::json;

use crate::api::{Api, found};
use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::{Board, Sprint};
use crate::page::has_words;
use crate::{NAME, endpoints, ids, map};

const LISTING: &str = "sprints";
/// How many issues move at once.
const MOVES: usize = 50;

impl Api {
    /// Lists one page of sprints.
    pub(crate) async fn sprints_page(&self, query: &SprintQuery, cursor: Option<&Cursor>) -> Result<Page<PMSprint>> {
        self.capabilities.check_query(query)?;
        let mut sprints = self.sprints_of(query.project.as_ref()).await?;
        sprints.retain(|sprint| accepts(query, sprint));
        let total = sprints.len() as u64;
        let size = self.page_size(query.page_size, MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, LISTING, query, size).direction(query.sort.direction);
        Ok(slice(&listing, cursor, sprints, |sprint| ids::number(sprint.id.as_str()))?.total(Some(total)))
    }

    /// All sprints of a project, or of all.
    pub(crate) async fn sprints_of(&self, project: Option<&ProjectId>) -> Result<Vec<PMSprint>> {
        let project = match project.map(|id| ids::number(id.as_str())) {
            Some(None) => return Ok(Vec::new()),
            other => other.flatten(),
        };
        let places = self.places().await?;
        let rows = self.sprint_rows(project).await?;
        Ok(rows.into_iter().map(|(row, project)| map::sprint(row, project, places)).collect())
    }

    /// The same as they come, each with its project.
    async fn sprint_rows(&self, project: Option<u64>) -> Result<Vec<(Raw<Sprint>, u64)>> {
        let mut rows = Vec::new();
        for board in self.boards_of(project).await?.iter() {
            let of = match project {
                Some(project) => Some(project),
                None => self.project_of(board).await?,
            };
            let Some(of) = of.filter(|of| !self.is_gone(*of)) else { continue };
            rows.extend(self.sprints_on(board.id).await?.into_iter().map(|row| (row, of)));
        }
        Ok(rows)
    }

    async fn project_of(&self, board: &Board) -> Result<Option<u64>> {
        match board.project() {
            Some(project) => Ok(Some(project)),
            None => self.project_of_board(board.id).await,
        }
    }

    /// The sprints that were made on a board. It shows those of other boards as well that an issue of its own was in:
    /// they are listed with theirs.
    pub(super) async fn sprints_on(&self, board: u64) -> Result<Vec<Raw<Sprint>>> {
        let rows: Result<Vec<Raw<Sprint>>> = self.all(&endpoints::LIST_SPRINTS, &[&board.to_string()], &[]).await;
        let own = |row: &Raw<Sprint>| row.item.origin_board_id.is_none_or(|origin| origin == board);
        match rows {
            Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(Vec::new()),
            Err(error) if error.kind() == ErrorKind::NotFound => self.is_no_board(board, error).await,
            rows => Ok(rows?.into_iter().filter(own).collect()),
        }
    }

    /// A board without a list of sprints has none only if it is gone.
    async fn is_no_board(&self, board: u64, error: Error) -> Result<Vec<Raw<Sprint>>> {
        let known: Result<Board> = self.get(&endpoints::GET_BOARD, &[&board.to_string()]).await;
        if found(known)?.is_some() { Err(error) } else { Ok(Vec::new()) }
    }

    /// Gets one sprint.
    pub(crate) async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        self.capabilities.check_operation(Entity::Sprint, Operation::Get)?;
        let (row, project) = self.sprint_row(ids::existing("sprint", id)?).await?;
        Ok(map::sprint(row, project, self.places().await?))
    }

    /// One sprint with the project that its board belongs to.
    pub(crate) async fn sprint_row(&self, id: u64) -> Result<(Raw<Sprint>, u64)> {
        let row: Result<Raw<Sprint>> = self.get(&endpoints::GET_SPRINT, &[&id.to_string()]).await;
        let row = row.map_err(|error| named(error, "sprint", id))?;
        let project = match row.item.origin_board_id {
            Some(board) => self.project_of_board(board).await?,
            None => None,
        };
        let project = project.filter(|project| !self.is_gone(*project));
        // A sprint can be seen by way of one of its issues alone; to us it belongs to nothing then.
        let lost =
            || Error::not_found("sprint", id).hint("its board, or the board's project, is not visible to this user");
        Ok((row, project.ok_or_else(lost)?))
    }

    /// Deletes a sprint; its open issues go to the backlog.
    pub(crate) async fn delete_sprint(&self, id: &SprintId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Sprint, options)?;
        let number = ids::existing("sprint", id)?;
        let answer = self.delete(&endpoints::DELETE_SPRINT, &[&number.to_string()], &[]).await;
        answer.map_err(|error| named(error, "sprint", id))
    }

    /// The oldest sprint with the mark of a key in its goal, of a project or of all.
    pub(crate) async fn marked_sprints(&self, project: Option<u64>, marker: &Marker) -> Result<Vec<Raw<Sprint>>> {
        let rows = self.sprint_rows(project).await?.into_iter().map(|(row, _)| row);
        let marked = rows.filter(|row| row.item.goal.as_deref().is_some_and(|text| marker.matches(text)));
        Ok(pm_http::creating::oldest(marked, |row: &Sprint| row.id).into_iter().collect())
    }

    /// Moves issues into a sprint, 50 at a time.
    pub(crate) async fn move_to_sprint(&self, sprint: u64, issues: &[u64]) -> Result<()> {
        for issues in issues.chunks(MOVES) {
            let path = sprint.to_string();
            self.tell(&endpoints::MOVE_TO_SPRINT, &[&path], &json!({"issues": texts(issues)})).await?;
        }
        Ok(())
    }

    /// Takes issues out of their sprints, 50 at a time.
    pub(crate) async fn move_to_backlog(&self, issues: &[u64]) -> Result<()> {
        for issues in issues.chunks(MOVES) {
            self.tell(&endpoints::MOVE_TO_BACKLOG, &[], &json!({"issues": texts(issues)})).await?;
        }
        Ok(())
    }
}

fn texts(issues: &[u64]) -> Vec<String> {
    issues.iter().map(ToString::to_string).collect()
}

fn accepts(query: &SprintQuery, sprint: &PMSprint) -> bool {
    let holds = |text: &String| has_words([Some(sprint.name.as_str()), sprint.goal.as_deref()], text);
    (query.statuses.is_empty() || query.statuses.contains(&sprint.status.category))
        && query.text.as_ref().is_none_or(holds)
}
