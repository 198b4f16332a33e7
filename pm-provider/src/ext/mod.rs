//! What callers enjoy: whole listings, streams, look-ups by key, checks at start-up.

mod lookup;
mod stream;

use std::future::Future;
use std::sync::Arc;

use futures_core::stream::BoxStream;
use futures_util::TryStreamExt;

use self::lookup::Lookup;
use crate::ability::{Change, ChangeQuery};
use crate::capability::Needs;
use crate::error::{Error, Result};
use crate::model::{Attachment, Comment, PMProject, PMSprint, PMTask, PMUser, PullRequest, Relation};
use crate::provider::PmProvider;
use crate::query::{
    AttachmentQuery, CommentQuery, ProjectQuery, PullRequestQuery, RelationQuery, SprintQuery, TaskQuery, UserQuery,
};
use crate::value::{AttachmentId, TaskId};

/// Convenience on top of [`PmProvider`], for every `Arc` of one.
///
/// ```
/// use pm_provider::{PmProvider, PmProviderExt, Result, StatusCategory::Done, TaskPatch, TaskQuery};
/// use std::sync::Arc;
///
/// async fn close_all(provider: Arc<dyn PmProvider>, label: &str) -> Result<usize> {
///     let tasks = provider.list_tasks(TaskQuery::new().open().labels([label])).await?;
///     for task in &tasks {
///         provider.update_task(&task.id, TaskPatch::new().status(Done)).await?;
///     }
///     Ok(tasks.len())
/// }
/// ```
///
/// Lists and streams show no totals, so they ask for none: those are in the pages of [`PmProvider`].
pub trait PmProviderExt {
    /// Streams all projects that match, page after page, in flat memory.
    fn stream_projects(&self, query: ProjectQuery) -> BoxStream<'static, Result<PMProject>>;

    /// Streams all tasks that match.
    fn stream_tasks(&self, query: TaskQuery) -> BoxStream<'static, Result<PMTask>>;

    /// Streams all sprints that match.
    fn stream_sprints(&self, query: SprintQuery) -> BoxStream<'static, Result<PMSprint>>;

    /// Streams all users that match.
    fn stream_users(&self, query: UserQuery) -> BoxStream<'static, Result<PMUser>>;

    /// Streams the comments of a task or of a project; `Unsupported` where the backend has none.
    fn stream_comments(&self, query: CommentQuery) -> BoxStream<'static, Result<Comment>>;

    /// Streams the relations of a task or of a project; `Unsupported` where the backend has none.
    fn stream_relations(&self, query: RelationQuery) -> BoxStream<'static, Result<Relation>>;

    /// Streams the pull requests of a project; `Unsupported` where the backend has none.
    fn stream_pull_requests(&self, query: PullRequestQuery) -> BoxStream<'static, Result<PullRequest>>;

    /// Streams the attachments of a task; `Unsupported` where the backend has none.
    fn stream_attachments(&self, query: AttachmentQuery) -> BoxStream<'static, Result<Attachment>>;

    /// Streams the changes until there is no more at once; `Unsupported` where the backend has no feed.
    ///
    /// To come back later, use the pages of [`Changes`](crate::Changes) and keep their cursor.
    fn stream_changes(&self, query: ChangeQuery) -> BoxStream<'static, Result<Change>>;

    /// Lists all projects that match.
    fn list_projects(&self, query: ProjectQuery) -> impl Future<Output = Result<Vec<PMProject>>> + Send + 'static {
        self.stream_projects(query).try_collect()
    }

    /// Lists all tasks that match.
    fn list_tasks(&self, query: TaskQuery) -> impl Future<Output = Result<Vec<PMTask>>> + Send + 'static {
        self.stream_tasks(query).try_collect()
    }

    /// Lists all sprints that match.
    fn list_sprints(&self, query: SprintQuery) -> impl Future<Output = Result<Vec<PMSprint>>> + Send + 'static {
        self.stream_sprints(query).try_collect()
    }

    /// Lists all users that match.
    fn list_users(&self, query: UserQuery) -> impl Future<Output = Result<Vec<PMUser>>> + Send + 'static {
        self.stream_users(query).try_collect()
    }

    /// Lists the comments of a task, oldest first.
    fn list_comments(&self, task: impl Into<TaskId>) -> impl Future<Output = Result<Vec<Comment>>> + Send + 'static {
        self.stream_comments(CommentQuery::of_task(task)).try_collect()
    }

    /// Lists the relations of a task in both directions, oldest first.
    fn list_relations(&self, task: impl Into<TaskId>) -> impl Future<Output = Result<Vec<Relation>>> + Send + 'static {
        self.stream_relations(RelationQuery::of_task(task)).try_collect()
    }

    /// Lists the pull requests of a project.
    fn list_pull_requests(
        &self,
        query: PullRequestQuery,
    ) -> impl Future<Output = Result<Vec<PullRequest>>> + Send + 'static {
        self.stream_pull_requests(query).try_collect()
    }

    /// Lists the attachments of a task.
    fn list_attachments(
        &self,
        task: impl Into<TaskId>,
    ) -> impl Future<Output = Result<Vec<Attachment>>> + Send + 'static {
        self.stream_attachments(AttachmentQuery::of_task(task)).try_collect()
    }

    /// Downloads an attachment into memory, if it has no more than so many bytes; a larger one is `InvalidInput`.
    ///
    /// What may be large is better read chunk by chunk: [`Attachments::download_attachment`](crate::Attachments::download_attachment).
    fn attachment_bytes(
        &self,
        task: impl Into<TaskId>,
        id: impl Into<AttachmentId>,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>>> + Send + 'static;

    /// Finds the project with a key, without regard to case; none is `NotFound`, several are `Conflict`.
    fn project_by_key(&self, key: &str) -> impl Future<Output = Result<PMProject>> + Send + 'static;

    /// Finds the task with a key, without regard to case; none is `NotFound`, several are `Conflict`.
    fn task_by_key(&self, key: &str) -> impl Future<Output = Result<PMTask>> + Send + 'static;

    /// Finds the sprint with a key, without regard to case; none is `NotFound`, several are `Conflict`.
    fn sprint_by_key(&self, key: &str) -> impl Future<Output = Result<PMSprint>> + Send + 'static;

    /// Finds the user with a login, without regard to case; none is `NotFound`, several are `Conflict`.
    fn user_by_login(&self, login: &str) -> impl Future<Output = Result<PMUser>> + Send + 'static;

    /// Gets many tasks, a few at a time, each with its own result, in the order of the ids.
    fn get_tasks(
        &self,
        ids: impl IntoIterator<Item = TaskId> + Send + 'static,
    ) -> impl Future<Output = Vec<Result<PMTask>>> + Send + 'static;

    /// Lists every need that the backend does not meet, in one error and without a request.
    ///
    /// # Errors
    /// `Unsupported` when anything is lacking.
    fn require(&self, needs: &Needs) -> Result<()>;
}

impl<P: PmProvider + ?Sized> PmProviderExt for Arc<P> {
    fn stream_projects(&self, query: ProjectQuery) -> BoxStream<'static, Result<PMProject>> {
        let provider = Arc::clone(self);
        stream::pages(query.with_total(false), move |query, cursor| {
            let provider = Arc::clone(&provider);
            Box::pin(async move { provider.projects_page(&query, cursor).await })
        })
    }

    fn stream_tasks(&self, query: TaskQuery) -> BoxStream<'static, Result<PMTask>> {
        let provider = Arc::clone(self);
        stream::pages(query.with_total(false), move |query, cursor| {
            let provider = Arc::clone(&provider);
            Box::pin(async move { provider.tasks_page(&query, cursor).await })
        })
    }

    fn stream_sprints(&self, query: SprintQuery) -> BoxStream<'static, Result<PMSprint>> {
        let provider = Arc::clone(self);
        stream::pages(query.with_total(false), move |query, cursor| {
            let provider = Arc::clone(&provider);
            Box::pin(async move { provider.sprints_page(&query, cursor).await })
        })
    }

    fn stream_users(&self, query: UserQuery) -> BoxStream<'static, Result<PMUser>> {
        let provider = Arc::clone(self);
        stream::pages(query.with_total(false), move |query, cursor| {
            let provider = Arc::clone(&provider);
            Box::pin(async move { provider.users_page(&query, cursor).await })
        })
    }

    fn stream_comments(&self, query: CommentQuery) -> BoxStream<'static, Result<Comment>> {
        let Some(comments) = self.comments() else {
            return stream::failed(lacks(self.name(), "comments"));
        };
        stream::pages(query, move |query, cursor| {
            let comments = Arc::clone(&comments);
            Box::pin(async move { comments.comments_page(&query, cursor).await })
        })
    }

    fn stream_relations(&self, query: RelationQuery) -> BoxStream<'static, Result<Relation>> {
        let Some(relations) = self.relations() else {
            return stream::failed(lacks(self.name(), "relations"));
        };
        stream::pages(query, move |query, cursor| {
            let relations = Arc::clone(&relations);
            Box::pin(async move { relations.relations_page(&query, cursor).await })
        })
    }

    fn stream_pull_requests(&self, query: PullRequestQuery) -> BoxStream<'static, Result<PullRequest>> {
        let Some(pull_requests) = self.pull_requests() else {
            return stream::failed(lacks(self.name(), "pull_requests"));
        };
        stream::pages(query, move |query, cursor| {
            let pull_requests = Arc::clone(&pull_requests);
            Box::pin(async move { pull_requests.pull_requests_page(&query, cursor).await })
        })
    }

    fn stream_attachments(&self, query: AttachmentQuery) -> BoxStream<'static, Result<Attachment>> {
        let Some(attachments) = self.attachments() else {
            return stream::failed(lacks(self.name(), "attachments"));
        };
        stream::pages(query, move |query, cursor| {
            let attachments = Arc::clone(&attachments);
            Box::pin(async move { attachments.attachments_page(&query, cursor).await })
        })
    }

    fn stream_changes(&self, query: ChangeQuery) -> BoxStream<'static, Result<Change>> {
        match self.changes() {
            Some(changes) => stream::changes(changes, query),
            None => stream::failed(lacks(self.name(), "changes")),
        }
    }

    fn attachment_bytes(
        &self,
        task: impl Into<TaskId>,
        id: impl Into<AttachmentId>,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>>> + Send + 'static {
        let attachments = self.attachments().ok_or_else(|| lacks(self.name(), "attachments"));
        let (task, id) = (task.into(), id.into());
        async move { attachments?.download_attachment(&task, &id).await?.into_bytes(limit).await }
    }

    fn project_by_key(&self, key: &str) -> impl Future<Output = Result<PMProject>> + Send + 'static {
        let found = self.stream_projects(ProjectQuery::new().key(key).page_size(2_u32));
        lookup(self.name(), "project_by_key", "project", key).only(found)
    }

    fn task_by_key(&self, key: &str) -> impl Future<Output = Result<PMTask>> + Send + 'static {
        let found = self.stream_tasks(TaskQuery::new().key(key).page_size(2_u32));
        lookup(self.name(), "task_by_key", "task", key).only(found)
    }

    fn sprint_by_key(&self, key: &str) -> impl Future<Output = Result<PMSprint>> + Send + 'static {
        let found = self.stream_sprints(SprintQuery::new().key(key).page_size(2_u32));
        lookup(self.name(), "sprint_by_key", "sprint", key).only(found)
    }

    fn user_by_login(&self, login: &str) -> impl Future<Output = Result<PMUser>> + Send + 'static {
        let found = self.stream_users(UserQuery::new().login(login).page_size(2_u32));
        lookup(self.name(), "user_by_login", "user", login).only(found)
    }

    fn get_tasks(
        &self,
        ids: impl IntoIterator<Item = TaskId> + Send + 'static,
    ) -> impl Future<Output = Vec<Result<PMTask>>> + Send + 'static {
        let provider = Arc::clone(self);
        let ids: Vec<_> = ids.into_iter().collect();
        stream::fan_out(ids, move |id| {
            let provider = Arc::clone(&provider);
            Box::pin(async move { provider.get_task(&id).await })
        })
    }

    fn require(&self, needs: &Needs) -> Result<()> {
        needs.check(self.capabilities())
    }
}

fn lookup(provider: &str, operation: &'static str, what: &'static str, key: &str) -> Lookup {
    Lookup { provider: provider.to_owned(), operation, what, key: key.to_owned() }
}

/// The error for an ability that a backend has not.
fn lacks(provider: &str, ability: &str) -> Error {
    Error::unsupported(format!("`{provider}` has no ability `{ability}`")).in_provider(provider)
}
