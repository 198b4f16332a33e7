//! Listing issues.

use std::sync::Arc;

use pm_http::page::{Listing, slice};
use pm_http::{Raw, unless_hidden};
use pm_provider::{
    Cursor, Direction, Error, ErrorKind, Match, PMTask, Page, Result, SprintId, StatusCategory, TaskId, TaskQuery,
    UserId,
};

use super::filter::{Filters, accepts};
use super::walk::{Ask, Found, MOST_ROWS, Place, Rows, Walk};
use crate::api::Api;
use crate::dto::Issue;
use crate::ids::{self, RepositoryId};
use crate::repositories::Repository;
use crate::{NAME, endpoints, map};

const LISTING: &str = "tasks";

impl Api {
    /// Lists one page of tasks.
    pub(crate) async fn tasks_page(&self, query: &TaskQuery, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        self.capabilities.check_query(query)?;
        let size = self.page_size(query.page_size);
        let listing = Listing::new(NAME, LISTING, query, size as usize).direction(query.sort.direction);
        if let Some(key) = &query.key {
            listing.open::<Place>(cursor)?;
            return self.task_with_key(query, key, cursor.is_some()).await;
        }
        if let Match::Is(parent) = &query.parent {
            return self.children_page(&listing, parent, cursor).await;
        }
        let place: Option<Place> = listing.open(cursor)?;
        let repositories = self.listed_repositories(query, place.is_none()).await?;
        let filters = self.filters(query).await?;
        let first = || repositories.first().map(|repository| Place::start(repository.id));
        let Some(place) = place.or_else(first).filter(|_| !filters.finds_nothing()) else { return Ok(Page::default()) };
        self.page_of(query, &listing, &repositories, &filters, &place).await
    }

    /// The page of a place in some repositories, one after the other.
    async fn page_of(
        &self,
        query: &TaskQuery,
        listing: &Listing<'_, TaskQuery>,
        repositories: &[Arc<Repository>],
        filters: &Filters,
        place: &Place,
    ) -> Result<Page<PMTask>> {
        let at = repositories.iter().position(|repository| repository.id == place.repository);
        // The repository went while it was being listed.
        let Some(at) = at else { return Ok(Page::default()) };
        let repository = &repositories[at];
        let walk = Walk { size: listing.size as u64, direction: listing.direction, is_complete: filters.is_none() };
        let found = walk.read(place, |ask| self.rows(repository, filters, listing.direction, ask)).await;
        let Found { rows, next, mut ahead } = self.or_nothing(query, found)?;
        if place.is_start() && next.is_some() && ahead.is_empty() && walk.has_ahead() {
            ahead = walk.ahead(repository.id, self.pages_at_most(repository, walk).await?);
        }
        let mut tasks = self.to_tasks(repository, rows).await?;
        tasks.retain(|task| accepts(query, task));
        let is_all = place.rows == 0 && next.is_none() && repositories.len() == 1;
        let following = repositories.get(at + 1).map(|repository| Place::start(repository.id));
        let next = next.or(following).map(|place| listing.seal(&place)).transpose()?;
        let ahead = ahead.iter().map(|place| listing.seal(place)).collect::<Result<_>>()?;
        let total = (query.with_total && is_all).then_some(tasks.len() as u64);
        Ok(Page::new(tasks).next(next).ahead(ahead).total(total))
    }

    /// How many pages there are at most. Lists tell it no longer (google/go-github#3564), but numbers are given in
    /// turn: there are no more rows than the newest of them says.
    async fn pages_at_most(&self, repository: &Repository, walk: Walk) -> Result<u64> {
        let ask = Ask { page: Some(1), size: 1, after: None };
        let newest = self.rows(repository, &Filters::default(), Direction::Descending, ask).await?;
        let number = newest.rows.first().map_or(0, |row| row.item.number);
        Ok(number.div_ceil(walk.size))
    }

    /// The repositories that the settings make projects.
    pub(crate) async fn all_repositories(&self) -> Result<Vec<Arc<Repository>>> {
        Ok(self.repository_rows().await?.iter().map(|row| self.learn(&row.item)).collect())
    }

    /// A milestone or a person of whom the server knows nothing is an error there, and finds nothing.
    fn or_nothing(&self, query: &TaskQuery, found: Result<Found>) -> Result<Found> {
        match found {
            // One of many repositories may be gone by the time that it is listed.
            Err(error) if query.project.is_none() && error.kind() == ErrorKind::NotFound => Ok(Found::default()),
            Err(error)
                if error.http_status() == Some(422)
                    && (matches!(query.sprint, Match::Is(_)) || matches!(query.assignee, Match::Is(_))) =>
            {
                Ok(Found::default())
            }
            found => found,
        }
    }

    /// One request for issues. The answer is kept: an unchanged page costs nothing of the primary limit.
    pub(crate) async fn rows(
        &self,
        repository: &Repository,
        filters: &Filters,
        direction: Direction,
        ask: Ask,
    ) -> Result<Rows> {
        match self.page_by(repository, filters, direction, &ask).await {
            // Where page numbers end sooner than is known, the links lead there all the same.
            Err(error) if ask.after.is_none() && is_too_far(&error, &ask) => {
                self.page_by_links(repository, filters, direction, &ask).await
            }
            rows => rows,
        }
    }

    async fn page_by(
        &self,
        repository: &Repository,
        filters: &Filters,
        direction: Direction,
        ask: &Ask,
    ) -> Result<Rows> {
        let request = self.in_repository(repository, &endpoints::LIST_ISSUES, &[]).revalidate();
        let has_state = filters.parameters().any(|(name, _)| name == "state");
        let request = if has_state { request } else { request.query("state", "all") };
        let request = filters.parameters().fold(request, |request, (name, value)| request.query(name, value));
        let request = request.query("sort", "created").query("direction", word(direction));
        let request = request.query("per_page", ask.size);
        let request = ask.after.iter().fold(request, |request, after| request.query("after", after));
        let request =
            ask.page.filter(|page| *page > 1).iter().fold(request, |request, page| request.query("page", page));
        let reply = request.send().await?;
        let rows: Vec<Raw<Issue>> = reply.json()?;
        Ok(Rows::new(rows, reply.header("link")))
    }

    /// Goes to a page by the cursors of all pages before it.
    async fn page_by_links(
        &self,
        repository: &Repository,
        filters: &Filters,
        direction: Direction,
        ask: &Ask,
    ) -> Result<Rows> {
        let wanted = ask.page.unwrap_or(1);
        let mut rows = Rows::default();
        for page in 1..=wanted {
            let step = Ask { page: Some(page), after: rows.after.take(), ..ask.clone() };
            rows = self.page_by(repository, filters, direction, &step).await?;
            if !rows.more && page < wanted {
                return Ok(Rows::default());
            }
        }
        Ok(rows)
    }

    /// The repositories that the settings make projects, as they were when a listing began: its pages ask no more.
    async fn repositories_of_listing(&self, begins: bool) -> Result<Vec<Arc<Repository>>> {
        if let (Some(owner), Some(name)) = (&self.config.repo_owner, &self.config.repo_name) {
            return Ok(vec![self.repository(&RepositoryId::Name(owner.clone(), name.clone())).await?]);
        }
        if begins {
            self.listed.put(self.all_repositories().await?).await;
        }
        Ok(self.listed.get(self.all_repositories()).await?.to_vec())
    }

    /// The repositories that a query is about.
    async fn listed_repositories(&self, query: &TaskQuery, begins: bool) -> Result<Vec<Arc<Repository>>> {
        let mut wanted = match &query.project {
            Some(project) => match RepositoryId::read(project.as_str()) {
                Some(id) => unless_hidden(self.repository(&id).await)?.into_iter().collect(),
                None => Vec::new(),
            },
            None => self.repositories_of_listing(begins).await?,
        };
        wanted.retain(|repository| repository.has_issues && !self.is_gone(repository.id));
        if let Match::Is(sprint) = &query.sprint {
            let home = self.repository_of_sprint(sprint).await?;
            wanted.retain(|repository| Some(repository.id) == home);
        }
        Ok(wanted)
    }

    async fn repository_of_sprint(&self, sprint: &SprintId) -> Result<Option<u64>> {
        let Some(milestone) = ids::milestone(sprint.as_str()) else { return Ok(None) };
        Ok(unless_hidden(self.repository(&milestone.repository).await)?.map(|repository| repository.id))
    }

    /// What of a query GitHub filters.
    async fn filters(&self, query: &TaskQuery) -> Result<Filters> {
        let mut filters = Filters::default();
        if !query.statuses.is_empty() {
            self.filter_statuses(&mut filters, &query.statuses);
        }
        match &query.sprint {
            Match::Is(sprint) => match ids::milestone(sprint.as_str()) {
                Some(milestone) => filters.set("milestone", milestone.number.to_string()),
                None => filters.refuse_all(),
            },
            Match::Unset => filters.set("milestone", "none"),
            _ => {}
        }
        match &query.assignee {
            Match::Is(user) => match self.login_if_there(user).await? {
                Some(login) => filters.set("assignee", login),
                None => filters.refuse_all(),
            },
            Match::Unset => filters.set("assignee", "none"),
            _ => {}
        }
        filters.labels(&query.labels);
        query.updated_since.into_iter().for_each(|since| filters.since(since));
        Ok(filters)
    }

    fn filter_statuses(&self, filters: &mut Filters, wanted: &[StatusCategory]) {
        let all = map::statuses(&self.config.statuses);
        let ids = all.iter().filter(|status| wanted.contains(&status.category));
        filters.states(ids.filter_map(|status| status.id.as_deref()));
    }

    async fn login_if_there(&self, user: &UserId) -> Result<Option<String>> {
        unless_hidden(self.login_of(user).await)
    }

    /// The task with a key: `owner/name#7`, in any case.
    async fn task_with_key(&self, query: &TaskQuery, key: &str, is_later: bool) -> Result<Page<PMTask>> {
        let key = key.trim();
        if is_later || !key.contains('/') || ids::issue(key).is_none() {
            return Ok(Page::default());
        }
        let Some(housed) = self.issue_if_there(&TaskId::new(key)).await? else { return Ok(Page::default()) };
        let task = self.to_task(housed).await?;
        let wanted = match &query.project {
            Some(project) => self.is_project(project, &task).await?,
            None => true,
        };
        let tasks: Vec<_> = Some(task).filter(|task| wanted && accepts(query, task)).into_iter().collect();
        let total = query.with_total.then_some(tasks.len() as u64);
        Ok(Page::new(tasks).total(total))
    }

    async fn is_project(&self, project: &pm_provider::ProjectId, task: &PMTask) -> Result<bool> {
        let Some(id) = RepositoryId::read(project.as_str()) else { return Ok(false) };
        let repository = unless_hidden(self.repository(&id).await)?;
        Ok(repository.is_some_and(|repository| repository.project_id() == task.project_id))
    }

    /// The sub-issues of an issue. GitHub lists them in an order of people's own.
    async fn children_page(
        &self,
        listing: &Listing<'_, TaskQuery>,
        parent: &TaskId,
        cursor: Option<&Cursor>,
    ) -> Result<Page<PMTask>> {
        listing.open::<(i64, u64, u64)>(cursor)?;
        let query = listing.query;
        let Some(parent) = self.issue_if_there(parent).await? else { return Ok(Page::default()) };
        let mut tasks = self.children_of(&parent).await?;
        // The parent may have been named by another id than its own.
        let own = query.clone().parent(parent.id());
        tasks.retain(|task| accepts(&own, task));
        if let Some(project) = &query.project {
            let home = RepositoryId::read(project.as_str());
            let home = match home {
                Some(id) => unless_hidden(self.repository(&id).await)?.map(|repository| repository.project_id()),
                None => None,
            };
            tasks.retain(|task| Some(&task.project_id) == home.as_ref());
        }
        slice(listing, cursor, tasks, age)
    }

    /// All sub-issues of an issue, whatever repository they are in.
    pub(crate) async fn children_of(&self, parent: &super::Housed) -> Result<Vec<PMTask>> {
        let number = parent.row.item.number.to_string();
        let request = self.in_repository(&parent.repository, &endpoints::LIST_SUB_ISSUES, &[&number]);
        let rows: Vec<Raw<Issue>> = self.all(&endpoints::LIST_SUB_ISSUES, request).await?;
        self.to_tasks_anywhere(&parent.repository, rows).await
    }

    /// Makes tasks of issues that may be in several repositories.
    pub(crate) async fn to_tasks_anywhere(
        &self,
        asked: &Arc<Repository>,
        rows: Vec<Raw<Issue>>,
    ) -> Result<Vec<PMTask>> {
        let mut tasks = Vec::with_capacity(rows.len());
        for row in rows {
            let home = self.home(asked, &row.item.repository_url).await?;
            tasks.extend(self.to_tasks(&home, vec![row]).await?);
        }
        Ok(tasks)
    }
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Descending => "desc",
        _ => "asc",
    }
}

/// By creation, then repository and number.
fn age(task: &PMTask) -> (i64, u64, u64) {
    let number = ids::issue(task.id.as_str()).map(|issue| issue.number).unwrap_or_default();
    let repository = ids_number(task.project_id.as_str());
    (task.created_at.map_or(0, |time| time.timestamp()), repository, number)
}

fn ids_number(id: &str) -> u64 {
    pm_http::ids::number(id).unwrap_or_default()
}

/// Says whether a page was refused because its number is too large.
fn is_too_far(error: &Error, ask: &Ask) -> bool {
    let told = error.http_status() == Some(422) && error.message().contains("agination");
    let is_behind = ask.page.is_some_and(|page| page * ask.size >= MOST_ROWS);
    ask.page.is_some_and(|page| page > 1) && (told || (is_behind && error.http_status() == Some(422)))
}
