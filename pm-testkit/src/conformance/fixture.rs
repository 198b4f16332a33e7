//! What rules need before they can begin: projects, tasks, people; and whole listings.

use std::future::Future;

use pm_provider::{Comment, Field, PMUser};
use pm_provider::{
    CommentQuery, Cursor, Entity, Error, Filter, NewProject, NewSprint, NewTask, NewUser, Operation, PMProject,
    PMSprint, PMTask, Page, ProjectId, ProjectQuery, ProjectSchema, SprintQuery, Support, TaskId, TaskQuery, UserId,
    UserQuery,
};
use std::sync::Arc;

use super::Subject;
use super::expect::{broken, done};
use super::items::{token, unique};
use super::verdict::{Outcome, Stop};

/// A listing with more pages than this does not end.
const PAGES: usize = 20_000;

impl Subject {
    /// A project that this rule has for itself, or the one that the subject names.
    pub(super) async fn own_project(&self) -> Outcome<ProjectId> {
        if let Some(project) = &self.project {
            return Ok(project.clone());
        }
        self.requires(Entity::Project, Operation::Create).await?;
        Ok(self.create_project(self.new_project()).await?.id)
    }

    /// A second project beside the first, where projects can be created.
    pub(super) async fn other_project(&self) -> Outcome<ProjectId> {
        self.requires(Entity::Project, Operation::Create).await?;
        Ok(self.create_project(self.new_project()).await?.id)
    }

    /// A project to be created, with a key that no other rule uses, where keys can be given.
    pub(super) fn new_project(&self) -> NewProject {
        let new = NewProject::new(unique("Conformance"));
        let takes_keys = self.provider.capabilities().entity(Entity::Project).field(Field::Key).on_create;
        if takes_keys == Support::Yes { new.key(project_key()) } else { new }
    }

    /// Creates a project that is taken away after the rule.
    pub(super) async fn create_project(&self, new: NewProject) -> Result<PMProject, Error> {
        let project = self.provider.create_project(new).await?;
        self.note_project(&project.id);
        Ok(project)
    }

    /// Creates a task that is taken away after the rule.
    pub(super) async fn create_task(&self, new: NewTask) -> Result<PMTask, Error> {
        let task = self.provider.create_task(new).await?;
        self.note_task(&task.id);
        Ok(task)
    }

    /// Creates a task with nothing but a title.
    pub(super) async fn task(&self, project: &ProjectId, title: &str) -> Outcome<PMTask> {
        self.requires(Entity::Task, Operation::Create).await?;
        done("creating a task", self.create_task(NewTask::new(project, title)).await)
    }

    /// Creates several tasks, one after the other.
    pub(super) async fn tasks(&self, project: &ProjectId, count: usize) -> Outcome<Vec<PMTask>> {
        let mut tasks = Vec::with_capacity(count);
        for index in 0..count {
            tasks.push(self.task(project, &format!("number {index}")).await?);
        }
        self.settled().await;
        Ok(tasks)
    }

    /// Creates a sprint with nothing but a name.
    pub(super) async fn sprint(&self, project: &ProjectId, name: &str) -> Outcome<PMSprint> {
        self.requires(Entity::Sprint, Operation::Create).await?;
        let sprint = done("creating a sprint", self.provider.create_sprint(NewSprint::new(project, name)).await)?;
        self.note_sprint(&sprint.id);
        Ok(sprint)
    }

    /// Several users: new ones where they can be created, else some of those who are there.
    pub(super) async fn people(&self, count: usize) -> Outcome<Vec<UserId>> {
        if let Some(admin) = self.provider.user_admin() {
            let mut users = Vec::with_capacity(count);
            for _ in 0..count {
                let new = NewUser::new(unique("Person")).login(format!("login-{}", token()));
                let user = done("creating a user", admin.create_user(new).await)?;
                self.note_user(&user.id);
                users.push(user.id);
            }
            return Ok(users);
        }
        self.requires(Entity::User, Operation::List).await?;
        let page = self.provider.users_page(&self.users_query(), None).await?;
        let users: Vec<_> = page.items.into_iter().filter(|user| user.active).map(|user| user.id).take(count).collect();
        if users.len() == count { Ok(users) } else { Err(Stop::Unsupported(format!("{count} users"))) }
    }

    fn users_query(&self) -> UserQuery {
        let can_filter = self.provider.capabilities().entity(Entity::User).filters.contains(&Filter::Project);
        match &self.project {
            Some(project) if can_filter => UserQuery::new().project(project),
            _ => UserQuery::new(),
        }
    }

    /// One user.
    pub(super) async fn person(&self) -> Outcome<UserId> {
        self.people(1).await?.pop().ok_or_else(|| Stop::Unsupported("a user".to_owned()))
    }

    /// What the project accepts.
    pub(super) async fn schema(&self, project: &ProjectId) -> Outcome<Arc<ProjectSchema>> {
        done("reading the schema of a project", self.provider.project_schema(project).await)
    }

    /// Waits until the backend's index has caught up.
    pub(super) async fn settled(&self) {
        if !self.settle.is_zero() {
            tokio::time::sleep(self.settle).await;
        }
    }

    /// Lists the rule's own tasks that match, page after page.
    pub(super) async fn list_tasks(&self, query: &TaskQuery) -> Outcome<Vec<PMTask>> {
        let tasks = self.list_all_tasks(query).await?;
        Ok(tasks.into_iter().filter(|task| self.owns_task(&task.id)).collect())
    }

    /// Lists all tasks that match, those of others in a shared project too.
    pub(super) async fn list_all_tasks(&self, query: &TaskQuery) -> Outcome<Vec<PMTask>> {
        self.requires(Entity::Task, Operation::List).await?;
        everything(|cursor| self.provider.tasks_page(query, cursor)).await
    }

    /// The ids of the rule's own tasks that match, in order.
    pub(super) async fn task_ids(&self, query: &TaskQuery) -> Outcome<Vec<TaskId>> {
        Ok(self.list_tasks(query).await?.into_iter().map(|task| task.id).collect())
    }

    /// Lists the rule's own sprints that match.
    pub(super) async fn list_sprints(&self, query: &SprintQuery) -> Outcome<Vec<PMSprint>> {
        self.requires(Entity::Sprint, Operation::List).await?;
        let sprints = everything(|cursor| self.provider.sprints_page(query, cursor)).await?;
        Ok(sprints.into_iter().filter(|sprint| self.owns_sprint(&sprint.id)).collect())
    }

    /// Lists all projects that match.
    pub(super) async fn list_projects(&self, query: &ProjectQuery) -> Outcome<Vec<PMProject>> {
        self.requires(Entity::Project, Operation::List).await?;
        everything(|cursor| self.provider.projects_page(query, cursor)).await
    }

    /// Lists all users that match.
    pub(super) async fn list_users(&self, query: &UserQuery) -> Outcome<Vec<PMUser>> {
        self.requires(Entity::User, Operation::List).await?;
        everything(|cursor| self.provider.users_page(query, cursor)).await
    }

    /// Lists all comments of a task.
    pub(super) async fn list_comments(&self, query: &CommentQuery) -> Outcome<Vec<Comment>> {
        let comments = self.comments()?;
        everything(|cursor| comments.comments_page(query, cursor)).await
    }
}

/// A project key that nobody else has: ten letters, which is what Jira takes everywhere, and as long as they can be there.
pub(super) fn project_key() -> String {
    let token = token();
    let letters = token[1..].bytes().map(|digit| match digit {
        b'0'..=b'9' => char::from(b'G' + (digit - b'0')),
        letter => char::from(letter.to_ascii_uppercase()),
    });
    std::iter::once('C').chain(letters).collect()
}

/// Follows `next` to the end and returns every item.
pub(super) async fn everything<T, F, Answer>(fetch: F) -> Outcome<Vec<T>>
where
    F: FnMut(Option<Cursor>) -> Answer,
    Answer: Future<Output = Result<Page<T>, Error>>,
{
    Ok(pages_from(None, fetch).await?.into_iter().flat_map(|page| page.items).collect())
}

/// Follows `next` to the end and returns every page.
pub(super) async fn pages_from<T, F, Answer>(start: Option<Cursor>, mut fetch: F) -> Outcome<Vec<Page<T>>>
where
    F: FnMut(Option<Cursor>) -> Answer,
    Answer: Future<Output = Result<Page<T>, Error>>,
{
    let (mut cursor, mut pages) = (start, Vec::new());
    loop {
        let page = done("listing a page", fetch(cursor).await)?;
        cursor = page.next.clone();
        pages.push(page);
        if cursor.is_none() {
            return Ok(pages);
        }
        if pages.len() > PAGES {
            return Err(broken("a listing that ends", format!("more than {PAGES} pages")));
        }
    }
}
