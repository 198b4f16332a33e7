//! Listing issues.

use pm_http::Raw;
use pm_http::page::{Listing, TokenPlace, token};
use pm_provider::{Cursor, Match, PMTask, Page, Result, StatusCategory, TaskQuery};

use super::MAX_PAGE_SIZE;
use super::pages::Second;
use super::search::{ALL_FIELDS, Ask};
use crate::api::{Api, found};
use crate::dto::Issue;
use crate::jql::{Jql, custom_field, list, quoted};
use crate::{NAME, ids};

const LISTING: &str = "tasks";

/// Separates the issues that a search is to look at anew from the token of the next page.
const BEHIND_FRESH: char = '|';

impl Api {
    /// Lists one page of tasks.
    pub(crate) async fn tasks_page(&self, query: &TaskQuery, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        self.capabilities.check_query(query)?;
        if let Some(key) = &query.key {
            return self.task_with_key(query, key, cursor).await;
        }
        let jql = self.task_filters(query).await?;
        if jql.finds_nothing() {
            return nothing(query, cursor);
        }
        let page = if self.flavor().await?.is_cloud() {
            self.tasks_by_token(query, cursor, jql).await
        } else {
            self.tasks_by_offset(query, cursor, jql).await
        };
        match page {
            Err(error) if error.http_status() == Some(400) && self.looks_for_nothing(query).await? => {
                nothing(query, cursor)
            }
            page => page,
        }
    }

    async fn tasks_by_token(&self, query: &TaskQuery, cursor: Option<&Cursor>, jql: Jql) -> Result<Page<PMTask>> {
        let size = self.page_size(query.page_size, MAX_PAGE_SIZE);
        let listing = Listing::new(NAME, LISTING, query, size as usize);
        let place: Option<TokenPlace> = listing.open(cursor)?;
        let (fresh, behind) = match place.as_ref().map(TokenPlace::token) {
            None => (self.issues.fresh(), None),
            Some(known) => {
                let (fresh, behind) = known.split_once(BEHIND_FRESH).ok_or_else(Cursor::malformed)?;
                (fresh.split(',').filter_map(ids::number).collect(), Some(behind))
            }
        };
        let direction = query.sort.direction;
        let jql = jql.order("created", direction).order("key", direction).to_string();
        let ask = Ask { jql: &jql, fields: ALL_FIELDS, marks: false, size };
        let found = self.search_by_token(ask, behind, &fresh).await?;
        let prefix = fresh.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
        let next = found.next_page_token.map(|token| format!("{prefix}{BEHIND_FRESH}{token}"));
        let tasks = self.accepted(query, found.issues).await?;
        // The search does not count, and what counts instead is said to be about right, and lags behind.
        let is_all = cursor.is_none() && next.is_none();
        let total = (query.with_total && is_all).then_some(tasks.len() as u64);
        Ok(token(&listing, place.as_ref(), tasks, next)?.total(total))
    }

    /// Offsets move when issues go: each page asks for what was created in the second of the last issue seen or later, and
    /// leaves out what was told of that second.
    async fn tasks_by_offset(&self, query: &TaskQuery, cursor: Option<&Cursor>, jql: Jql) -> Result<Page<PMTask>> {
        let size = self.page_size(query.page_size, MAX_PAGE_SIZE);
        let listing = Listing::new(NAME, LISTING, query, size as usize);
        let mut place: Second = listing.open(cursor)?.unwrap_or_default();
        let direction = query.sort.direction;
        let jql = place.bound(jql, direction);
        let jql = jql.order("created", direction).order("key", direction).to_string();
        let ask = Ask { jql: &jql, fields: ALL_FIELDS, marks: false, size };
        let (mut start, mut page) = self.search_behind(ask, &place).await?;
        let total = place.total.or((cursor.is_none()).then_some(page.total));
        let mut rows = Vec::new();
        let more = loop {
            let end = start + page.issues.len() as u64;
            let is_over = page.issues.is_empty() || end >= page.total;
            rows.extend(place.untold(page.issues));
            if rows.len() >= size as usize || is_over {
                break !is_over || rows.len() > size as usize;
            }
            start = end;
            page = self.search_by_offset(ask, start).await?;
        };
        rows.truncate(size as usize);
        place.total = total;
        place.tell(&rows);
        let next = if more { Some(listing.seal(&place)?) } else { None };
        let tasks = self.accepted(query, rows).await?;
        Ok(Page::new(tasks).next(next).total(total.filter(|_| is_exact(query))))
    }

    /// The tasks of some rows that pass what the query language says coarser, or not at all.
    async fn accepted(&self, query: &TaskQuery, rows: Vec<Raw<Issue>>) -> Result<Vec<PMTask>> {
        let mut tasks = self.to_tasks(self.unburied(rows)).await?;
        tasks.retain(|task| accepts(query, task));
        Ok(tasks)
    }

    /// The task with a key. One that was moved is found under its old key, as it is in the browser.
    async fn task_with_key(&self, query: &TaskQuery, key: &str, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        let key = key.trim();
        if cursor.is_some() || !is_key(key) {
            return nothing(query, cursor);
        }
        let row = found(self.issue(&key.to_uppercase()).await)?;
        let mut tasks = self.to_tasks(self.unburied(row.into_iter().collect())).await?;
        tasks.retain(|task| accepts(query, task) && has_words(query, task));
        let total = query.with_total.then_some(tasks.len() as u64);
        Ok(Page::new(tasks).total(total))
    }

    /// What a query asks for, in Jira's language.
    async fn task_filters(&self, query: &TaskQuery) -> Result<Jql> {
        let mut jql = Jql::new();
        if let Some(project) = &query.project {
            jql = match ids::number(project.as_str()).filter(|id| !self.is_gone(*id)) {
                Some(id) => jql.id("project", id),
                None => jql.nothing(),
            };
        }
        jql = match &query.assignee {
            Match::Is(user) => match found(self.user_in_query(user).await)? {
                Some(name) => jql.text("assignee", &name),
                None => jql.nothing(),
            },
            Match::Unset => jql.unset("assignee"),
            _ => jql,
        };
        jql = match &query.sprint {
            Match::Is(sprint) => ids::number(sprint.as_str()).map_or(jql.clone().nothing(), |id| jql.id("sprint", id)),
            Match::Unset => self.without_sprint(jql).await?,
            _ => jql,
        };
        jql = self.parent_filter(jql, query).await?;
        jql = self.status_filter(jql, query).await?;
        jql = query.labels.iter().fold(jql, |jql, label| jql.text("labels", label));
        jql = query.text.iter().fold(jql, |jql, text| jql.words(text));
        Ok(query.updated_since.into_iter().fold(jql, |jql, since| jql.since("updated", since)))
    }

    /// Jira keeps the sprints that are over: what is not done yet stands in the backlog again.
    async fn without_sprint(&self, jql: Jql) -> Result<Jql> {
        let statuses = self.all_statuses().await?;
        let open = statuses.iter().filter(|status| !status.category.is_closed());
        let mut open: Vec<u64> = open.filter_map(|status| ids::number(status.id.as_deref()?)).collect();
        open.sort_unstable();
        if open.is_empty() {
            return Ok(jql.unset("sprint"));
        }
        let is_left = format!("sprint not in (openSprints(), futureSprints()) AND status in ({})", list(&open));
        Ok(jql.clause(format!("(sprint is EMPTY OR ({is_left}))")))
    }

    /// On Data Center `parent` is that of sub-tasks, and cannot be asked to be empty; the epic is a field of its own.
    async fn parent_filter(&self, jql: Jql, query: &TaskQuery) -> Result<Jql> {
        let is_cloud = self.flavor().await?.is_cloud();
        let epic = if is_cloud { None } else { self.catalogue().await?.epic_link.as_deref().and_then(custom_field) };
        Ok(match (&query.parent, epic) {
            (Match::Is(parent), epic) => {
                let Some(id) = ids::number(parent.as_str()) else { return Ok(jql.nothing()) };
                let Some(epic) = epic else { return Ok(jql.id("parent", id)) };
                let Some(row) = found(self.issue(&id.to_string()).await)? else { return Ok(jql.nothing()) };
                let key = quoted(row.item.key.as_deref().unwrap_or_default());
                jql.clause(format!("(parent = {id} OR {epic} = {key})"))
            }
            (Match::Unset, _) if is_cloud => jql.unset("parent"),
            (Match::Unset, epic) => {
                let jql = jql.clause("issuetype in standardIssueTypes()");
                epic.into_iter().fold(jql, |jql, epic| jql.unset(&epic))
            }
            _ => jql,
        })
    }

    /// Categories are ours: Jira is asked for the statuses that are in them.
    async fn status_filter(&self, jql: Jql, query: &TaskQuery) -> Result<Jql> {
        if query.statuses.is_empty() {
            return Ok(jql);
        }
        let statuses = self.all_statuses().await?;
        let within = statuses.iter().filter(|status| query.statuses.contains(&status.category));
        let mut ids: Vec<u64> = within.filter_map(|status| ids::number(status.id.as_deref()?)).collect();
        ids.sort_unstable();
        if ids.is_empty() {
            return Ok(jql.nothing());
        }
        Ok(jql.clause(format!("status in ({})", list(&ids))))
    }

    /// Says whether a filter names what is not there: Jira refuses such values instead of finding nothing.
    async fn looks_for_nothing(&self, query: &TaskQuery) -> Result<bool> {
        if let Some(project) = query.project.as_ref().and_then(|id| ids::number(id.as_str()))
            && !self.has_project(project).await?
        {
            return Ok(true);
        }
        if let Match::Is(parent) = &query.parent
            && found(self.get_task(parent).await)?.is_none()
        {
            return Ok(true);
        }
        if let Match::Is(sprint) = &query.sprint
            && found(self.get_sprint(sprint).await)?.is_none()
        {
            return Ok(true);
        }
        match &query.assignee {
            Match::Is(user) => Ok(found(self.get_user(user).await)?.is_none()),
            _ => Ok(false),
        }
    }
}

/// An empty page, for a query that nothing can pass; a cursor must still be one of it.
fn nothing(query: &TaskQuery, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
    if let Some(cursor) = cursor {
        cursor.open(NAME, LISTING, query)?;
    }
    Ok(Page::default().total(query.with_total.then_some(0)))
}

/// Says whether a text has the form of a key: `WEB-12`.
fn is_key(text: &str) -> bool {
    let is_number = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    text.rsplit_once('-').is_some_and(|(project, number)| !project.is_empty() && is_number(number))
}

/// Says whether Jira finds exactly what a query asks for: sprints are also found by those that an issue was in, and labels
/// in any case of letters.
fn is_exact(query: &TaskQuery) -> bool {
    !matches!(query.sprint, Match::Is(_)) && query.labels.is_empty() && query.updated_since.is_none()
}

/// Says whether a task passes the filters, as it is shown.
fn accepts(query: &TaskQuery, task: &PMTask) -> bool {
    let has_category = |category: &StatusCategory| *category == task.status.category;
    query.project.as_ref().is_none_or(|project| *project == task.project_id)
        && query.sprint.accepts(task.sprint_id.as_ref())
        && query.assignee.accepts(task.assignee_id())
        && query.parent.accepts(task.parent_task_id.as_ref())
        && (query.statuses.is_empty() || query.statuses.iter().any(has_category))
        && query.labels.iter().all(|label| task.labels.contains(label))
        && query.updated_since.is_none_or(|since| task.updated_at.is_some_and(|at| at >= since))
}

/// Says whether a task has the words of a query, for the one that was asked for by its key.
fn has_words(query: &TaskQuery, task: &PMTask) -> bool {
    let Some(text) = &query.text else { return true };
    let title = task.title.to_lowercase();
    let description = task.description.as_deref().unwrap_or_default().to_lowercase();
    let text = text.to_lowercase();
    text.split_whitespace().all(|word| title.contains(word) || description.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_end_in_a_number() {
        for key in ["WEB-12", "my_proj-1", "A-B-3"] {
            assert!(is_key(key), "{key}");
        }
        for text in ["", "12", "WEB", "WEB-", "-1", "WEB-1a"] {
            assert!(!is_key(text), "{text}");
        }
    }
}
