//! From what people write to items: an id, a key, a name.

use std::sync::Arc;

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use pm_core::capability::Filter;
use pm_core::{
    Entity, Error, ErrorKind, PMProject, PMSprint, PMTask, PMUser, PmProvider, PmProviderExt, ProjectId, ProjectQuery,
    SprintQuery, SprintStatusCategory, TaskQuery, UserId, UserQuery,
};

use crate::command::args::State;
use crate::exit::Code;
use crate::failure::{Failure, Result};

/// How many of several hits a message names.
const NAMED: usize = 5;

/// Finds items by what people write.
#[derive(Clone, Debug)]
pub(crate) struct Finder {
    provider: Arc<dyn PmProvider>,
}

impl Finder {
    pub(crate) fn new(provider: Arc<dyn PmProvider>) -> Self {
        Self { provider }
    }

    /// A project by key, id or name.
    pub(crate) async fn project(&self, word: &str) -> Result<PMProject> {
        let word = given("project", word)?;
        if self.filters(Entity::Project, Filter::Key)
            && let Some(project) = seen(self.provider.project_by_key(word).await)?
        {
            return Ok(project);
        }
        if let Some(project) = seen(self.provider.get_project(&word.into()).await)? {
            return Ok(project);
        }
        let mut query = ProjectQuery::new();
        if self.filters(Entity::Project, Filter::Text) {
            query = query.text(word);
        }
        let hits = named(self.provider.stream_projects(query), word, |project| vec![&project.name]).await?;
        only("project", word, hits, |project| project.key.as_deref().unwrap_or(project.id.as_str()))
            .map_err(|failure| failure.or_hint("`spm project list --state all` shows them"))
    }

    /// The project that was named, if one was.
    pub(crate) async fn project_if(&self, word: Option<&str>) -> Result<Option<PMProject>> {
        match word {
            Some(word) => self.project(word).await.map(Some),
            None => Ok(None),
        }
    }

    /// The project that was named, else the only open one.
    pub(crate) async fn project_or_only(&self, word: Option<&str>) -> Result<PMProject> {
        if let Some(word) = word {
            return self.project(word).await;
        }
        match <[PMProject; 1]>::try_from(self.some_open_projects().await?) {
            Ok([only]) => Ok(only),
            Err(none) if none.is_empty() => {
                let failure = Failure::new(Code::NotFound, "there is no open project");
                Err(failure.hint("make one: `spm project create NAME`"))
            }
            Err(several) => Err(which_project(&several)),
        }
    }

    /// Open projects, as many as it takes to say that there are several.
    async fn some_open_projects(&self) -> Result<Vec<PMProject>> {
        let open = State::Open.of_projects();
        let mut query = ProjectQuery::new();
        if self.filters(Entity::Project, Filter::Status) {
            query = query.statuses(open.clone()).page_size(NAMED as u32 + 1);
        }
        let is_open = move |project: &PMProject| std::future::ready(open.contains(&project.status.category));
        let projects = self.provider.stream_projects(query).try_filter(is_open).take(NAMED + 1);
        Ok(projects.try_collect().await?)
    }

    /// A task by key, id, number in a project, or title; a bare number does where there is only one project.
    ///
    /// With a project, a task of another one is refused.
    pub(crate) async fn task(&self, word: &str, project: Option<&PMProject>) -> Result<PMTask> {
        let task = self.task_seen_from(word, project).await?;
        match project {
            Some(project) if task.project_id != project.id => Err(elsewhere("task", word, project)),
            _ => Ok(task),
        }
    }

    /// The same where the project only says what numbers and titles mean.
    pub(crate) async fn task_seen_from(&self, word: &str, project: Option<&PMProject>) -> Result<PMTask> {
        let word = given("task", word)?;
        // Ids are numbers in many a backend: what a person calls 12 is the task with that number, where there is one.
        let home = match (project, number(word)) {
            (None, Some(_)) => self.some_open_projects().await?,
            _ => Vec::new(),
        };
        let seen_from = project.or_else(|| home.first().filter(|_| home.len() == 1));
        if let Some(task) = self.task_by_key(word, seen_from).await? {
            return Ok(task);
        }
        if let Some(task) = seen(self.provider.get_task(&word.into()).await)? {
            return Ok(task);
        }
        if project.is_none() && number(word).is_some() {
            return Err(if home.len() > 1 {
                which_project(&home).during(format!("task `{word}`"))
            } else {
                missing("task", word)
            });
        }
        let mut query = TaskQuery::new();
        query.project = project.map(|project| project.id.clone());
        if !self.filters(Entity::Task, Filter::Text) {
            return Err(missing("task", word));
        }
        let hits = named(self.provider.stream_tasks(query.text(word)), word, |task| vec![&task.title]).await?;
        only("task", word, hits, |task| task.key.as_deref().unwrap_or(task.id.as_str()))
    }

    async fn task_by_key(&self, word: &str, project: Option<&PMProject>) -> Result<Option<PMTask>> {
        if !self.filters(Entity::Task, Filter::Key) {
            return Ok(None);
        }
        let key = match (project.and_then(|project| project.key.as_deref()), number(word)) {
            // Repositories have a slash in their keys, and their issues are numbered behind a `#`.
            (Some(key), Some(number)) if key.contains('/') => format!("{key}#{number}"),
            (Some(key), Some(number)) => format!("{key}-{number}"),
            _ => word.to_owned(),
        };
        match seen(self.provider.task_by_key(&key).await)? {
            // `#12` is the whole key where projects have none of their own in it.
            None if word.starts_with('#') && key != word => seen(self.provider.task_by_key(word).await),
            found => Ok(found),
        }
    }

    /// A sprint by key, id or name, or `@current`; names are looked for in one project where one is known.
    pub(crate) async fn sprint(&self, word: &str, project: Option<&PMProject>) -> Result<PMSprint> {
        let word = given("sprint", word)?;
        if word == "@current" {
            return self.current_sprint(project.map(|project| &project.id)).await;
        }
        let sprint = self.sprint_seen_from(word, project).await?;
        match project {
            Some(project) if sprint.project_id != project.id => Err(elsewhere("sprint", word, project)),
            _ => Ok(sprint),
        }
    }

    async fn sprint_seen_from(&self, word: &str, project: Option<&PMProject>) -> Result<PMSprint> {
        if self.filters(Entity::Sprint, Filter::Key)
            && let Some(sprint) = seen(self.provider.sprint_by_key(word).await)?
        {
            return Ok(sprint);
        }
        if let Some(sprint) = seen(self.provider.get_sprint(&word.into()).await)? {
            return Ok(sprint);
        }
        let mut query = SprintQuery::new();
        query.project = project.map(|project| project.id.clone());
        if self.filters(Entity::Sprint, Filter::Text) {
            query = query.text(word);
        }
        let hits = named(self.provider.stream_sprints(query), word, |sprint| vec![&sprint.name]).await?;
        only("sprint", word, hits, |sprint| sprint.key.as_deref().unwrap_or(sprint.id.as_str()))
            .map_err(|failure| failure.or_hint("`spm sprint list --state all` shows them"))
    }

    /// The only active sprint.
    async fn current_sprint(&self, project: Option<&ProjectId>) -> Result<PMSprint> {
        let mut query = SprintQuery::new();
        query.project = project.cloned();
        if self.filters(Entity::Sprint, Filter::Status) {
            query = query.statuses([SprintStatusCategory::Active]);
        }
        let active = |sprint: &PMSprint| std::future::ready(sprint.status.category == SprintStatusCategory::Active);
        let hits: Vec<_> = self.provider.stream_sprints(query).try_filter(active).try_collect().await?;
        if hits.is_empty() {
            let failure = Failure::new(Code::NotFound, "`@current` is nothing: no sprint is active");
            return Err(failure.hint("`spm sprint edit SPRINT --status active` starts one"));
        }
        only("sprint", "@current", hits, |sprint| sprint.key.as_deref().unwrap_or(&sprint.name))
    }

    /// The ids of several users.
    pub(crate) async fn users(&self, words: &[String]) -> Result<Vec<UserId>> {
        let mut ids = Vec::new();
        for word in words {
            ids.push(self.user(word).await?.id);
        }
        Ok(ids)
    }

    /// A user by `@me`, login, id, e-mail address or name.
    pub(crate) async fn user(&self, word: &str) -> Result<PMUser> {
        let word = given("user", word)?;
        if word == "@me" {
            return self.me().await;
        }
        let word = word.strip_prefix('@').unwrap_or(word);
        if self.filters(Entity::User, Filter::Login)
            && let Some(user) = seen(self.provider.user_by_login(word).await)?
        {
            return Ok(user);
        }
        if let Some(user) = seen(self.provider.get_user(&word.into()).await)? {
            return Ok(user);
        }
        let hits = self.users_called(word).await?;
        only("user", word, hits, |user| user.login.as_deref().unwrap_or(user.id.as_str()))
            .map_err(|failure| failure.or_hint("`spm user list` shows them"))
    }

    async fn users_called(&self, word: &str) -> Result<Vec<PMUser>> {
        let mut query = UserQuery::new();
        if word.contains('@') && self.filters(Entity::User, Filter::Email) {
            query = query.email(word);
        } else if self.filters(Entity::User, Filter::Text) {
            query = query.text(word);
        }
        named(self.provider.stream_users(query), word, |user| {
            [Some(&user.name), user.login.as_ref(), user.email.as_ref()].into_iter().flatten().collect()
        })
        .await
    }

    /// Who we are.
    pub(crate) async fn me(&self) -> Result<PMUser> {
        self.provider.health_check().await?.user.ok_or_else(|| {
            Failure::settings(format!("`@me` is nobody: `{}` does not know who we are", self.provider.name()))
                .hint("for the internal database, set PM_USER to your login; a command that writes enters you")
        })
    }

    fn filters(&self, entity: Entity, filter: Filter) -> bool {
        self.provider.capabilities().entity(entity).filters.contains(&filter)
    }
}

/// The digits of `12` and `#12`.
fn number(word: &str) -> Option<&str> {
    let digits = word.strip_prefix('#').unwrap_or(word);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

fn given<'a>(what: &str, word: &'a str) -> Result<&'a str> {
    let word = word.trim();
    if word.is_empty() {
        return Err(Failure::usage(format!("the name of a {what} is empty")));
    }
    Ok(word)
}

/// What is not there is no error yet: it may be found another way. Nor is a word that cannot be an id.
fn seen<T>(found: Result<T, Error>) -> Result<Option<T>> {
    match found {
        Ok(item) => Ok(Some(item)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The items that are called so, without regard to case.
async fn named<T>(
    items: BoxStream<'static, Result<T, Error>>,
    word: &str,
    names: impl Fn(&T) -> Vec<&String>,
) -> Result<Vec<T>> {
    let wanted = word.to_lowercase();
    let is_called = |item: &T| names(item).iter().any(|name| name.to_lowercase() == wanted);
    Ok(items.try_filter(|item| std::future::ready(is_called(item))).try_collect().await?)
}

fn only<T>(what: &str, word: &str, mut hits: Vec<T>, key: impl Fn(&T) -> &str) -> Result<T> {
    match hits.len() {
        1 => Ok(hits.remove(0)),
        0 => Err(missing(what, word)),
        count => {
            let keys: Vec<_> = hits.iter().take(NAMED).map(key).collect();
            let message = format!("`{word}` names {count} {what}s: {}", keys.join(", "));
            Err(Failure::new(Code::Conflict, message).hint("use the key or the id"))
        }
    }
}

fn which_project(several: &[PMProject]) -> Failure {
    let keys: Vec<_> = several.iter().take(NAMED).map(|one| one.key.as_deref().unwrap_or(&one.name)).collect();
    let (count, more) = match several.len() {
        count if count <= NAMED => (count.to_string(), ""),
        _ => (format!("more than {NAMED}"), ", …"),
    };
    Failure::usage(format!("which project? There are {count}: {}{more}", keys.join(", "))).hint("say --project KEY")
}

fn elsewhere(what: &str, word: &str, project: &PMProject) -> Failure {
    let project = project.key.as_deref().unwrap_or(&project.name);
    Failure::new(Code::NotFound, format!("the {what} `{word}` is not in the project `{project}`"))
}

fn missing(what: &str, word: &str) -> Failure {
    Failure::new(Code::NotFound, format!("there is no {what} `{word}`"))
}
