//! Listing work packages: every filter is said, nothing is left to the server's defaults.

use std::future::Future;

use chrono::{DateTime, Utc};
use pm_http::{Marker, Raw, unless_hidden};
use pm_provider::{Cursor, Match, PMTask, Page, Result, SortField, TaskQuery};

use crate::NAME;
use crate::api::Api;
use crate::dto::{Collection, WorkPackage};
use crate::filters::Filters;
use crate::ids::{self, SprintKey};
use crate::map::{self, is_ours, key_of};
use crate::markers::oldest;
use crate::page::{Ask, Listing};
use crate::{SprintBackend, endpoints};

const LISTING: &str = "tasks";

/// The time that a listing is sorted by.
type TimeOf = fn(&WorkPackage) -> Option<DateTime<Utc>>;

impl Api {
    /// Lists one page of tasks.
    pub(crate) async fn tasks_page(&self, query: &TaskQuery, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        self.capabilities.check_query(query)?;
        if let Some(key) = &query.key {
            return self.task_with_key(query, key, cursor).await;
        }
        let Some(filters) = self.task_filters(query).await? else { return nothing(query, cursor) };
        let (field, time): (_, TimeOf) = match query.sort.by {
            SortField::UpdatedAt => ("updatedAt", |row| row.updated_at),
            _ => ("createdAt", |row| row.created_at),
        };
        let (direction, size) = (query.sort.direction, self.page_size(query.page_size));
        let listing = Listing { name: LISTING, query, filters, field, direction, time, size };
        let mut rows = match listing.page(cursor, |ask| self.fetch_work_packages(ask)).await {
            Err(error) if error.http_status() == Some(400) && self.looks_for_nothing(query).await? => {
                return nothing(query, cursor);
            }
            answer => answer?,
        };
        let before = rows.rows.len();
        // Some servers put sub-projects in, as people see them in the web pages: those are other projects here.
        let project = query.project.as_ref().and_then(|id| ids::number(id.as_str()));
        rows.rows.retain(|row| {
            let own = row.item.links.project.id();
            // Shown times are cut to milliseconds, the server compares whole ones: what is shown counts.
            let recent = query.updated_since.is_none_or(|since| row.item.updated_at.is_none_or(|at| at >= since));
            // The filter by parent only knows `=` and `!`: tasks without one are picked out here.
            let has_parent = row.item.links.parent.as_ref().is_some_and(|link| link.href.is_some());
            let fits = query.parent != Match::Unset || !has_parent;
            (project.is_none() || project == own)
                && !self.is_gone(own)
                && recent
                && fits
                && has_labels(&row.item, &query.labels)
        });
        rows.left_out(before - rows.rows.len(), cursor.is_none());
        if query.parent == Match::Unset || query.labels.len() > 1 {
            rows.tell_no_total();
        }
        let items = self.to_tasks(std::mem::take(&mut rows.rows)).await?;
        Ok(rows.into_page(items))
    }

    /// Says whether a filter names what is not there: servers refuse such values instead of finding nothing.
    async fn looks_for_nothing(&self, query: &TaskQuery) -> Result<bool> {
        if let Match::Is(user) = &query.assignee
            && unless_hidden(self.get_user(user).await)?.is_none()
        {
            return Ok(true);
        }
        if let Match::Is(sprint) = &query.sprint
            && unless_hidden(self.get_sprint(sprint).await)?.is_none()
        {
            return Ok(true);
        }
        if let Match::Is(parent) = &query.parent
            && unless_hidden(self.get_task(parent).await)?.is_none()
        {
            return Ok(true);
        }
        match query.project.as_ref().and_then(|id| ids::number(id.as_str())) {
            Some(project) => Ok(!self.has_project(project).await?),
            None => Ok(false),
        }
    }

    /// One page of work packages.
    pub(crate) fn fetch_work_packages(
        &self,
        ask: Ask,
    ) -> impl Future<Output = Result<Collection<Raw<WorkPackage>>>> + Send + '_ {
        self.fetch(&endpoints::LIST_WORK_PACKAGES, &[], ask)
    }

    /// The task with a key is asked for by itself: an `id` filter with an unknown id can take everything
    /// (opf/openproject#20097).
    async fn task_with_key(&self, query: &TaskQuery, key: &str, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        if cursor.is_some() {
            return nothing(query, cursor);
        }
        let id = ids::task_number(key).map(|id| id.to_string());
        let semantic = || key.contains('-').then(|| key.trim().to_uppercase());
        let Some(id) = id.or_else(semantic) else { return Ok(Page::default()) };
        let row: Option<Raw<WorkPackage>> = unless_hidden(self.get(&endpoints::GET_WORK_PACKAGE, &[&id]).await)?;
        let is_it = |row: &Raw<WorkPackage>| {
            let (shown, wanted) = (key_of(&row.item).to_lowercase(), key.trim().to_lowercase());
            shown == wanted || row.item.id.to_string() == wanted.trim_start_matches('#')
        };
        let rows = row.filter(|row| is_it(row) && !self.is_gone(row.item.links.project.id()));
        let mut tasks = self.to_tasks(rows.into_iter().collect()).await?;
        tasks.retain(|task| accepts(query, task));
        Ok(Page::new(tasks))
    }

    /// The filters of a query; `None` where nothing can pass.
    async fn task_filters(&self, query: &TaskQuery) -> Result<Option<Filters>> {
        let mut filters = Filters::none();
        if let Some(project) = &query.project {
            let Some(id) = ids::number(project.as_str()) else { return Ok(None) };
            if self.is_gone(Some(id)) {
                return Ok(None);
            }
            filters = filters.is("project", [id]);
        }
        let Some(filters) = refer(filters, "assignee", &query.assignee, |id| ids::number(id.as_str())) else {
            return Ok(None);
        };
        let parent = if query.parent == Match::Unset { &Match::Any } else { &query.parent };
        let Some(filters) = refer(filters, "parent", parent, |id| ids::number(id.as_str())) else {
            return Ok(None);
        };
        let Some(filters) = self.sprint_filter(filters, query).await? else { return Ok(None) };
        let Some(filters) = self.status_filter(filters, query).await? else { return Ok(None) };
        let Some(mut filters) = self.label_filter(filters, query).await? else { return Ok(None) };
        if let Some(text) = &query.text {
            filters = filters.with("search", "**", [text]);
        }
        if let Some(since) = query.updated_since {
            filters = filters.since("updatedAt", since);
        }
        Ok(Some(filters))
    }

    async fn sprint_filter(&self, filters: Filters, query: &TaskQuery) -> Result<Option<Filters>> {
        Ok(match &query.sprint {
            Match::Is(sprint) => match SprintKey::parse(sprint.as_str()) {
                Some(SprintKey::Version(id)) => Some(filters.is("version", [id])),
                Some(SprintKey::Sprint(id)) => Some(filters.is("sprint", [id])),
                None => None,
            },
            Match::Unset if self.sprint_backend().await? == SprintBackend::Sprints => {
                Some(filters.unset("sprint").unset("version"))
            }
            Match::Unset => Some(filters.unset("version")),
            _ => Some(filters),
        })
    }

    /// Categories are ours: the server is asked for the statuses that are in them.
    async fn status_filter(&self, filters: Filters, query: &TaskQuery) -> Result<Option<Filters>> {
        if query.statuses.is_empty() {
            return Ok(Some(filters));
        }
        let dictionary = self.dictionary().await?;
        let within = dictionary.statuses.iter().filter(|status| query.statuses.contains(&status.category));
        let ids: Vec<_> = within.filter_map(|status| status.id.clone()).collect();
        Ok((!ids.is_empty()).then(|| filters.is("status", ids)))
    }

    /// The server finds tasks with any of some labels: it is asked for the first, the others are looked for here. A label
    /// that the server has not is on no task.
    async fn label_filter(&self, filters: Filters, query: &TaskQuery) -> Result<Option<Filters>> {
        let Some(first) = query.labels.first() else { return Ok(Some(filters)) };
        let labels = self.labels().await?;
        let known = labels.as_ref().as_ref().and_then(|labels| labels.iter().find(|label| label.name == *first));
        Ok(known.map(|label| filters.is("label", [label.id])))
    }

    /// The work package with the mark of a key, wherever it is in its description.
    ///
    /// Only what we wrote ourselves counts: else anybody could plant a mark. Of several the oldest does, as a copy made in
    /// the browser has the mark too.
    pub(crate) async fn marked_work_packages(
        &self,
        marker: &Marker,
        project: Option<u64>,
    ) -> Result<Vec<Raw<WorkPackage>>> {
        let filters = Filters::none().holds("description", marker.as_str());
        let filters = project.into_iter().fold(filters, |filters, id| filters.is("project", [id]));
        let me = self.me().await?;
        let rows = self.work_packages_with(filters).await?.into_iter();
        let ours = rows.filter(|row| is_ours(&me, row.item.links.author.as_ref()));
        let marked = ours.filter(|row| find_marked(row).as_ref() == Some(marker)).collect();
        Ok(oldest(marked, |row: &WorkPackage| row.created_at).into_iter().collect())
    }

    /// All work packages that filters find, in the order of their creation.
    pub(crate) async fn work_packages_with(&self, filters: Filters) -> Result<Vec<Raw<WorkPackage>>> {
        let query = TaskQuery::new();
        let listing = Listing {
            name: "every task",
            query: &query,
            filters,
            field: "createdAt",
            direction: pm_provider::Direction::Ascending,
            time: |row: &WorkPackage| row.created_at,
            size: self.page_size(None),
        };
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let page = listing.page(cursor.as_ref(), |ask| self.fetch_work_packages(ask)).await?;
            rows.extend(page.rows.into_iter().filter(|row| !self.is_gone(row.item.links.project.id())));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(rows);
            }
        }
    }
}

/// The mark in a work package.
pub(crate) fn find_marked(row: &Raw<WorkPackage>) -> Option<Marker> {
    map::marker(row.item.description.as_ref())
}

/// An empty page, for a query that nothing can pass; a cursor must still be one of it.
fn nothing(query: &TaskQuery, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
    if let Some(cursor) = cursor {
        cursor.open(NAME, LISTING, query)?;
    }
    Ok(Page::default())
}

fn refer<T>(filters: Filters, name: &str, wanted: &Match<T>, number: impl Fn(&T) -> Option<u64>) -> Option<Filters> {
    match wanted {
        Match::Is(id) => number(id).map(|id| filters.is(name, [id])),
        Match::Unset => Some(filters.unset(name)),
        _ => Some(filters),
    }
}

fn has_labels(item: &WorkPackage, wanted: &[String]) -> bool {
    let labels = item.links.labels.as_deref().unwrap_or_default();
    wanted.iter().all(|name| labels.iter().any(|label| label.title.as_ref() == Some(name)))
}

/// Says whether a task passes the filters, for the one that was asked for by its key.
fn accepts(query: &TaskQuery, task: &PMTask) -> bool {
    let holds = |text: &String| {
        let title = task.title.to_lowercase();
        let description = task.description.as_deref().unwrap_or_default().to_lowercase();
        text.to_lowercase().split_whitespace().all(|word| title.contains(word) || description.contains(word))
    };
    query.project.as_ref().is_none_or(|project| *project == task.project_id)
        && query.sprint.accepts(task.sprint_id.as_ref())
        && query.assignee.accepts(task.assignee_id())
        && query.parent.accepts(task.parent_task_id.as_ref())
        && (query.statuses.is_empty() || query.statuses.contains(&task.status.category))
        && query.labels.iter().all(|label| task.labels.contains(label))
        && query.text.as_ref().is_none_or(holds)
        && query.updated_since.is_none_or(|since| task.updated_at.is_some_and(|at| at >= since))
}
