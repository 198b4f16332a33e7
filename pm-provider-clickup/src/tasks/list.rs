//! Listing tasks: whatever ClickUp hides by default is asked for.
//!
//! Closed tasks, subtasks, archived tasks and tasks in several Lists are all left out unless one says otherwise
//! (<https://developer.clickup.com/reference/gettasks>); archived ones can be had List by List alone, by requests that
//! show nothing else.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::page::Listing;
use pm_http::{Raw, Request, unless_hidden, unless_missing};
use pm_provider::{Cursor, Direction, Match, PMTask, Page, Result, SortField, TaskQuery};

use super::filter::{Wanted, is_in_any, since};
use super::walk::{Ask, Place, Rows, Source, Walk};
use super::{folder, home, space};
use crate::api::Api;
use crate::dto::{PAGE, Task, Tasks};
use crate::ids::{self, Place as Project};
use crate::tree::List;
use crate::{NAME, ProjectLevel, endpoints};

const LISTING: &str = "tasks";
/// How many Lists are asked at once.
const AT_ONCE: usize = 8;

/// What a listing looks through.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// The one List; several where there is none.
    pub(crate) list: Option<String>,
    /// Parameters of the requests for what is not archived, where it is not one List.
    pub(crate) parameters: Vec<(&'static str, String)>,
    /// Parameters of all requests.
    pub(crate) filters: Vec<(&'static str, String)>,
    /// The Lists whose archived tasks are looked through as well.
    pub(crate) archived: Vec<String>,
    /// Those of them that are archived themselves, and whose tasks are shown nowhere else.
    pub(crate) hidden: Vec<String>,
    /// The first moment of the last change.
    pub(crate) since: Option<i64>,
    pub(crate) by: SortField,
    pub(crate) direction: Direction,
}

impl Scope {
    /// Looks through one List.
    pub(crate) fn of_list(list: &str) -> Self {
        Self { list: Some(list.to_owned()), archived: vec![list.to_owned()], ..Self::default() }
    }

    /// What is not put away in a project.
    pub(crate) fn of_live(project: &Project) -> Self {
        match project.level {
            ProjectLevel::Space => Self::default().with_parameter("space_ids[]", &project.id),
            ProjectLevel::Folder => Self::default().with_parameter("project_ids[]", &project.id),
            ProjectLevel::List => Self { list: Some(project.id.clone()), ..Self::default() },
        }
    }

    /// Adds a parameter of the requests for what is not put away.
    pub(crate) fn with_parameter(mut self, name: &'static str, value: &str) -> Self {
        self.parameters.push((name, value.to_owned()));
        self
    }

    pub(crate) fn sources(&self) -> Vec<Source> {
        let archived = self.archived.iter().cloned().map(Source::Archived);
        let hidden = self.hidden.iter().cloned().map(Source::Hidden);
        std::iter::once(Source::Main).chain(archived).chain(hidden).collect()
    }

    /// Looks through some Lists as well; those of Spaces that were put away are so, too.
    fn with_lists(mut self, lists: &[Arc<List>], away: &HashSet<String>) -> Self {
        self.archived.extend(lists.iter().map(|list| list.id.clone()));
        let hidden = lists.iter().filter(|list| list.archived || away.contains(&list.space));
        self.hidden.extend(hidden.map(|list| list.id.clone()));
        self
    }

    /// Whether every task of it is listed, whatever becomes of it.
    fn is_complete(&self) -> bool {
        self.filters.is_empty() && self.since.is_none()
    }
}

impl Api {
    /// Lists one page of tasks.
    pub(crate) async fn tasks_page(&self, query: &TaskQuery, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        self.capabilities.check_query(query)?;
        let listing = Listing::new(NAME, LISTING, query, 1);
        let place: Place = listing.open(cursor)?.unwrap_or_default();
        if let Some(key) = &query.key {
            return self.task_with_key(query, key, cursor).await;
        }
        // What it takes to read tasks is asked for along with where they are.
        let (scope, _) = futures_util::try_join!(self.scope_of(query), self.zone())?;
        let Some(scope) = scope else { return Ok(Page::default()) };
        let size = query.page_size.map(|size| size.max(1) as usize);
        let walk = Walk {
            by: scope.by,
            direction: scope.direction,
            size: size.filter(|size| *size < usize::MAX),
            page: PAGE,
            is_complete: scope.is_complete(),
            sources: scope.sources(),
        };
        let sprints = self.sprints_for(query).await?;
        let wanted = Wanted::new(query, &self.config.statuses);
        let accepts = |row: &Raw<Task>| self.accepts(&wanted, &row.item, &sprints);
        let found = walk.read(&place, |ask| self.fetch_tasks(&scope, ask), accepts).await?;
        let next = found.next.map(|next| listing.seal(&next)).transpose()?;
        let ahead = found.ahead.iter().map(|place| listing.seal(place)).collect::<Result<Vec<_>>>()?;
        let items = self.to_tasks(found.rows).await?;
        Ok(Page::new(items).next(next).ahead(ahead))
    }

    /// Only a question for tasks without a sprint needs to know which Lists are sprints.
    async fn sprints_for(&self, query: &TaskQuery) -> Result<HashSet<String>> {
        if query.sprint != Match::Unset {
            return Ok(HashSet::new());
        }
        let mut sprints = HashSet::new();
        for project in self.searched(query.project.as_ref()).await? {
            let lists = self.sprint_lists(&project).await?;
            sprints.extend(lists.iter().map(|list| list.id.clone()));
        }
        Ok(sprints)
    }

    fn accepts(&self, wanted: &Wanted<'_>, task: &Task, sprints: &HashSet<String>) -> bool {
        let own = folder(task);
        let Some(project) =
            space(task).and_then(|space| self.project_of(space, own.map(|folder| folder.id.as_str()), home(task)))
        else {
            return false;
        };
        let is_in_sprint =
            |task: &Task| is_in_any(task, sprints) || own.is_some_and(|own| self.is_sprint_folder(&own.id, &own.name));
        wanted.accepts(task, &project, is_in_sprint)
    }

    /// The task that people call so, or that has this id.
    async fn task_with_key(&self, query: &TaskQuery, key: &str, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        let key = key.trim();
        if cursor.is_some() || key.is_empty() {
            return Ok(Page::default());
        }
        let mut row = unless_hidden(self.task_row(key).await)?;
        let upper = key.to_uppercase();
        if row.is_none() && upper != key && !ids::is_task(key) {
            row = unless_hidden(self.task_row(&upper).await)?;
        }
        let is_it = |row: &Raw<Task>| {
            let called = row.item.custom_id.as_deref().unwrap_or(&row.item.id);
            called.to_lowercase() == key.to_lowercase() || row.item.id == key
        };
        let sprints = self.sprints_for(query).await?;
        let wanted = Wanted::new(query, &self.config.statuses);
        let row = row.filter(|row| is_it(row) && self.accepts(&wanted, &row.item, &sprints));
        Ok(Page::new(self.to_tasks(row.into_iter().collect()).await?))
    }

    /// The projects that are looked through: one that is named and not there is none.
    pub(crate) async fn searched(&self, project: Option<&pm_provider::ProjectId>) -> Result<Vec<Project>> {
        if let Some(project) = project {
            return match Project::read(project, &self.config) {
                Ok(place) => Ok(vec![place]),
                Err(error) if error.hint_text().is_some() => Err(error),
                Err(_) => Ok(Vec::new()),
            };
        }
        if let Some(space) = &self.config.space_id {
            return Ok(vec![Project::new(ProjectLevel::Space, space)]);
        }
        let spaces = self.spaces().await?;
        Ok(spaces.iter().map(|space| Project::new(ProjectLevel::Space, &space.id)).collect())
    }

    /// What a query looks through; `None` where nothing can be found.
    async fn scope_of(&self, query: &TaskQuery) -> Result<Option<Scope>> {
        let Some(mut scope) = self.place_of(query).await? else { return Ok(None) };
        (scope.by, scope.direction) = (query.sort.by, query.sort.direction);
        scope.since = since(query);
        if let Match::Is(user) = &query.assignee {
            if !ids::is_number(user.as_str()) {
                return Ok(None);
            }
            scope.filters.push(("assignees[]", user.to_string()));
        }
        // Whether ClickUp means any or all of several is not documented: the others are looked for here.
        if let Some(label) = query.labels.first() {
            scope.filters.push(("tags[]", label.to_lowercase()));
        }
        self.ask_for_statuses(query, &mut scope).await?;
        Ok(Some(scope))
    }

    async fn place_of(&self, query: &TaskQuery) -> Result<Option<Scope>> {
        if let Match::Is(sprint) = &query.sprint {
            let list = unless_hidden(self.list(sprint.as_str()).await)?;
            return Ok(list.filter(|list| list.is_sprint).map(|list| Scope::of_list(&list.id)));
        }
        if let Match::Is(parent) = &query.parent {
            let Some(row) = unless_hidden(self.task_row(parent.as_str()).await)? else { return Ok(None) };
            // Subtasks are at home in the List of their parent.
            let parameters = vec![("parent", row.item.id.clone())];
            let list = unless_hidden(self.list(home(&row.item)).await)?;
            let (scope, away) = (Scope { parameters, ..Scope::default() }, self.spaces_put_away().await?);
            return Ok(Some(
                list.map(|list| vec![list]).iter().fold(scope, |scope, lists| scope.with_lists(lists, &away)),
            ));
        }
        let projects = self.searched(query.project.as_ref()).await?;
        match (query.project.is_some(), projects.first()) {
            (_, None) => Ok(None),
            (true, Some(project)) => self.scope_of_project(project).await,
            (false, _) => self.scope_of_all(&projects).await.map(Some),
        }
    }

    async fn spaces_put_away(&self) -> Result<HashSet<String>> {
        let spaces = self.spaces().await?;
        Ok(spaces.iter().filter(|space| space.archived).map(|space| space.id.clone()).collect())
    }

    /// All that is in a project; `None` where there is none.
    pub(crate) async fn scope_of_project(&self, project: &Project) -> Result<Option<Scope>> {
        if project.level == ProjectLevel::List {
            return Ok(unless_hidden(self.list(&project.id).await)?.map(|list| Scope::of_list(&list.id)));
        }
        let Some(lists) = unless_hidden(self.lists_of(project).await)? else { return Ok(None) };
        Ok(Some(Scope::of_live(project).with_lists(&lists, &self.spaces_put_away().await?)))
    }

    /// All that we may see, or what is in the one Space that listings are bound to.
    pub(crate) async fn scope_of_all(&self, spaces: &[Project]) -> Result<Scope> {
        let mut scope = Scope::default();
        if self.config.space_id.is_some() {
            scope.parameters.extend(spaces.iter().map(|space| ("space_ids[]", space.id.clone())));
        }
        // A Space that went since is none of what there is.
        let lists =
            stream::iter(spaces.to_vec()).map(|space| async move { unless_hidden(self.lists_of(&space).await) });
        let lists: Vec<Option<Vec<Arc<List>>>> = lists.buffered(AT_ONCE).try_collect().await?;
        let away = self.spaces_put_away().await?;
        Ok(lists.iter().flatten().fold(scope, |scope, lists| scope.with_lists(lists, &away)))
    }

    /// Categories are ours: ClickUp is asked for the names of those statuses of the project that are in them.
    async fn ask_for_statuses(&self, query: &TaskQuery, scope: &mut Scope) -> Result<()> {
        let Some(project) = query.project.as_ref().filter(|_| !query.statuses.is_empty()) else { return Ok(()) };
        let Some(schema) = unless_hidden(self.project_schema(project).await)? else { return Ok(()) };
        let within = |category| query.statuses.contains(&category);
        if schema.statuses.iter().all(|status| within(status.category)) {
            return Ok(());
        }
        let names = schema.statuses.iter().filter(|status| within(status.category)).map(|status| status.name.clone());
        let names: HashSet<_> = names.collect();
        scope.filters.extend(names.into_iter().map(|name| ("statuses[]", name)));
        Ok(())
    }

    /// One page of a source.
    pub(crate) async fn fetch_tasks(&self, scope: &Scope, ask: Ask) -> Result<Rows> {
        let (list, is_archived) = match &ask.source {
            Source::Archived(list) => (Some(list.as_str()), true),
            Source::Hidden(list) => (Some(list.as_str()), false),
            Source::Main => (scope.list.as_deref(), false),
        };
        let request = match list {
            Some(list) => {
                let request = self.http.request(&endpoints::LIST_TASKS, &[list]);
                request.query("archived", is_archived).query("include_timl", true)
            }
            None => {
                let request = self.http.request(&endpoints::LIST_TEAM_TASKS, &[&self.team().await?]);
                with(request, &scope.parameters)
            }
        };
        let request = within(with(request, &scope.filters), scope, ask.behind).query("page", ask.page);
        // A List that went since holds nothing.
        let reply = match ask.source {
            Source::Main => unless_missing(request.send().await)?,
            _ => unless_hidden(request.send().await)?,
        };
        let Some(reply) = reply else { return Ok(Rows::default()) };
        let page: Tasks = reply.json()?;
        Ok(Rows { more: page.has_more(), rows: page.tasks })
    }

    /// All rows of a scope, the archived ones too, in the order of their creation.
    pub(crate) async fn all_tasks(&self, scope: &Scope) -> Result<Vec<Raw<Task>>> {
        let walk = Walk {
            by: scope.by,
            direction: scope.direction,
            size: None,
            page: PAGE,
            is_complete: false,
            sources: scope.sources(),
        };
        let (mut rows, mut place) = (Vec::new(), Place::default());
        loop {
            let found = walk.read(&place, |ask| self.fetch_tasks(scope, ask), |_| true).await?;
            rows.extend(found.rows);
            match found.next {
                Some(next) => place = next,
                None => return Ok(rows),
            }
        }
    }

    /// Every task whose home is a List: closed, archived and subtasks too. For deleting what must be empty.
    pub(crate) async fn tasks_at_home_in(&self, list: &List) -> Result<Vec<Raw<Task>>> {
        let rows = self.all_tasks(&Scope::of_list(&list.id)).await?;
        Ok(rows.into_iter().filter(|row| home(&row.item) == list.id).collect())
    }

    /// Says whether any of some Lists is home to a task; asks for no more than it must.
    pub(crate) async fn any_task_in(&self, lists: &[Arc<List>]) -> Result<bool> {
        for list in lists {
            let scope = Scope::of_list(&list.id);
            for source in scope.sources() {
                let rows = self.fetch_tasks(&scope, Ask { source, behind: None, page: 0 }).await?.rows;
                if rows.iter().any(|row| home(&row.item) == list.id) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

fn with<'a>(request: Request<'a>, parameters: &[(&'static str, String)]) -> Request<'a> {
    parameters.iter().fold(request, |request, (name, value)| request.query(name, value))
}

/// What all requests for tasks say: nothing is left to the defaults.
fn within<'a>(request: Request<'a>, scope: &Scope, behind: Option<i64>) -> Request<'a> {
    let by_change = scope.by == SortField::UpdatedAt;
    let is_falling = scope.direction == Direction::Descending;
    let request = request
        .query("include_closed", true)
        .query("subtasks", true)
        .query("include_markdown_description", true)
        .query("order_by", if by_change { "updated" } else { "created" })
        // Without it the newest come first.
        .query("reverse", !is_falling);
    // Both are strictly greater.
    let since = scope.since.map(|since| since - 1);
    let changed = if by_change && !is_falling { since.max(behind) } else { since };
    let request = changed.iter().fold(request, |request, time| request.query("date_updated_gt", time));
    match (behind, by_change, is_falling) {
        (Some(behind), false, false) => request.query("date_created_gt", behind),
        (Some(behind), false, true) => request.query("date_created_lt", behind),
        (Some(behind), true, true) => request.query("date_updated_lt", behind),
        _ => request,
    }
}
