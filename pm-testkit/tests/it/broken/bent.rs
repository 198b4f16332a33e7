//! A provider that forwards everything, but for what hooks bend.

use std::collections::BTreeSet;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use pm_provider::{
    Ability, Attachment, AttachmentContent, AttachmentId, AttachmentQuery, Attachments, Batch, BatchOperation,
    BatchOptions, BatchOutcome, Capabilities, ChangeFacts, ChangePage, ChangeQuery, Changes, Comment, CommentId,
    CommentPatch, CommentQuery, Comments, Cursor, DeleteOptions, Error, ErrorKind, Existence, Freshness, Health, Item,
    ItemRef, LinkedPullRequests, Marked, MarkerQuery, NewComment, NewProject, NewPullRequest, NewRelation, NewSprint,
    NewTask, NewUser, PMProject, PMSprint, PMTask, PMUser, Page, PmProvider, ProjectId, ProjectPatch, ProjectQuery,
    ProjectSchema, PullRequest, PullRequestDetails, PullRequestQuery, PullRequests, Relation, RelationId,
    RelationQuery, Relations, Result, SprintId, SprintPatch, SprintQuery, SyncSupport, TaskId, TaskPatch, TaskQuery,
    UserAdmin, UserId, UserPatch, UserQuery,
};

/// Generates the hooks of a trait, one per asynchronous method, and the wrapper that calls them.
macro_rules! bent {
    (
        $wrapper:ident, $hooks:ident, $trait:ident, $member:ident,
        { $(fn $method:ident($($arg:ident: $type:ty as $owned:ty),*) -> $answer:ty;)* }
        $($rest:item)*
    ) => {
        /// What is called instead of the methods of the trait.
        #[derive(Default)]
        pub(super) struct $hooks {
            $(
                #[allow(clippy::type_complexity)]
                pub(super) $method: Option<
                    Box<dyn Fn(Arc<dyn $trait>, $($owned),*) -> BoxFuture<'static, Result<$answer>> + Send + Sync>,
                >,
            )*
        }

        /// The trait, bent.
        pub(super) struct $wrapper {
            inner: Arc<dyn $trait>,
            hooks: Arc<Hooks>,
        }

        impl fmt::Debug for $wrapper {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($wrapper))
            }
        }

        #[async_trait]
        impl $trait for $wrapper {
            $(
                async fn $method(&self, $($arg: $type),*) -> Result<$answer> {
                    match &self.hooks.$member.$method {
                        Some(hook) => hook(Arc::clone(&self.inner), $($arg.to_owned()),*).await,
                        None => self.inner.$method($($arg),*).await,
                    }
                }
            )*

            $($rest)*
        }
    };
}

/// Everything that can be bent.
#[derive(Default)]
pub(super) struct Hooks {
    /// Another name.
    pub(super) name: Option<String>,
    /// Other capabilities, one after the other.
    pub(super) capabilities: Vec<Capabilities>,
    pub(super) asked: AtomicUsize,
    /// Abilities that are there, but not given out.
    pub(super) hidden: BTreeSet<Ability>,
    /// Whether batches are applied before anybody awaits them.
    pub(super) eager_batch: bool,
    /// Whether pull requests are opened before anybody awaits them.
    pub(super) eager_pull_requests: bool,
    /// Other facts about the change feed.
    pub(super) facts: Option<ChangeFacts>,
    pub(super) provider: ProviderHooks,
    pub(super) comments: CommentsHooks,
    pub(super) relations: RelationsHooks,
    pub(super) batch: BatchHooks,
    pub(super) changes: ChangesHooks,
    pub(super) sync: SyncHooks,
    pub(super) pull_requests: PullRequestHooks,
    pub(super) attachments: AttachmentHooks,
    pub(super) users: UserHooks,
}

/// Wraps a provider.
pub(super) fn wrap(inner: Arc<dyn PmProvider>, hooks: Hooks) -> Arc<dyn PmProvider> {
    Arc::new(BentProvider { inner, hooks: Arc::new(hooks) })
}

macro_rules! accessor {
    ($name:ident, $trait:ident, $wrapper:ident, $ability:ident) => {
        fn $name(&self) -> Option<Arc<dyn $trait>> {
            if self.hooks.hidden.contains(&Ability::$ability) {
                return None;
            }
            Some(Arc::new($wrapper { inner: self.inner.$name()?, hooks: Arc::clone(&self.hooks) }))
        }
    };
}

bent! {
    BentProvider, ProviderHooks, PmProvider, provider,
    {
        fn project_schema(project: &ProjectId as ProjectId) -> Arc<ProjectSchema>;
        fn health_check() -> Health;
        fn projects_page(query: &ProjectQuery as ProjectQuery, cursor: Option<Cursor> as Option<Cursor>) -> Page<PMProject>;
        fn get_project(id: &ProjectId as ProjectId) -> PMProject;
        fn create_project(new: NewProject as NewProject) -> PMProject;
        fn update_project(id: &ProjectId as ProjectId, patch: ProjectPatch as ProjectPatch) -> PMProject;
        fn delete_project(id: &ProjectId as ProjectId, options: DeleteOptions as DeleteOptions) -> ();
        fn tasks_page(query: &TaskQuery as TaskQuery, cursor: Option<Cursor> as Option<Cursor>) -> Page<PMTask>;
        fn get_task(id: &TaskId as TaskId) -> PMTask;
        fn create_task(new: NewTask as NewTask) -> PMTask;
        fn update_task(id: &TaskId as TaskId, patch: TaskPatch as TaskPatch) -> PMTask;
        fn delete_task(id: &TaskId as TaskId, options: DeleteOptions as DeleteOptions) -> ();
        fn sprints_page(query: &SprintQuery as SprintQuery, cursor: Option<Cursor> as Option<Cursor>) -> Page<PMSprint>;
        fn get_sprint(id: &SprintId as SprintId) -> PMSprint;
        fn create_sprint(new: NewSprint as NewSprint) -> PMSprint;
        fn update_sprint(id: &SprintId as SprintId, patch: SprintPatch as SprintPatch) -> PMSprint;
        fn delete_sprint(id: &SprintId as SprintId, options: DeleteOptions as DeleteOptions) -> ();
        fn users_page(query: &UserQuery as UserQuery, cursor: Option<Cursor> as Option<Cursor>) -> Page<PMUser>;
        fn get_user(id: &UserId as UserId) -> PMUser;
    }

    fn name(&self) -> &str {
        self.hooks.name.as_deref().unwrap_or_else(|| self.inner.name())
    }

    fn capabilities(&self) -> &Capabilities {
        let turn = self.hooks.asked.fetch_add(1, Ordering::Relaxed) % self.hooks.capabilities.len().max(1);
        self.hooks.capabilities.get(turn).unwrap_or_else(|| self.inner.capabilities())
    }

    accessor!{comments, Comments, BentComments, Comments}
    accessor!{relations, Relations, BentRelations, Relations}
    fn batch(&self) -> Option<Arc<dyn Batch>> {
        let hidden = self.hooks.hidden.contains(&Ability::Batch);
        let inner = self.inner.batch().filter(|_| !hidden)?;
        if self.hooks.eager_batch {
            return Some(Arc::new(EagerBatch(inner)));
        }
        Some(Arc::new(BentBatch { inner, hooks: Arc::clone(&self.hooks) }))
    }
    accessor!{changes, Changes, BentChanges, Changes}
    fn pull_requests(&self) -> Option<Arc<dyn PullRequests>> {
        let hidden = self.hooks.hidden.contains(&Ability::PullRequests);
        let inner = self.inner.pull_requests().filter(|_| !hidden)?;
        if self.hooks.eager_pull_requests {
            return Some(Arc::new(EagerPullRequests(inner)));
        }
        Some(Arc::new(BentPullRequests { inner, hooks: Arc::clone(&self.hooks) }))
    }
    accessor!{attachments, Attachments, BentAttachments, Attachments}
    accessor!{sync_support, SyncSupport, BentSync, SyncSupport}
    accessor!{user_admin, UserAdmin, BentUsers, UserAdmin}
}

bent! {
    BentComments, CommentsHooks, Comments, comments,
    {
        fn comments_page(query: &CommentQuery as CommentQuery, cursor: Option<Cursor> as Option<Cursor>) -> Page<Comment>;
        fn get_comment(task: &TaskId as TaskId, id: &CommentId as CommentId) -> Comment;
        fn create_comment(new: NewComment as NewComment) -> Comment;
        fn update_comment(task: &TaskId as TaskId, id: &CommentId as CommentId, patch: CommentPatch as CommentPatch) -> Comment;
        fn delete_comment(task: &TaskId as TaskId, id: &CommentId as CommentId, options: DeleteOptions as DeleteOptions) -> ();
    }
}

bent! {
    BentRelations, RelationsHooks, Relations, relations,
    {
        fn relations_page(query: &RelationQuery as RelationQuery, cursor: Option<Cursor> as Option<Cursor>) -> Page<Relation>;
        fn create_relation(new: NewRelation as NewRelation) -> Relation;
        fn delete_relation(task: &TaskId as TaskId, id: &RelationId as RelationId) -> ();
    }
}

bent! {
    BentBatch, BatchHooks, Batch, batch,
    {
        fn apply_batch(operations: Vec<BatchOperation> as Vec<BatchOperation>, options: BatchOptions as BatchOptions) -> Vec<Result<BatchOutcome>>;
    }
}

bent! {
    BentChanges, ChangesHooks, Changes, changes,
    {
        fn changes_page(query: &ChangeQuery as ChangeQuery, cursor: Option<Cursor> as Option<Cursor>) -> ChangePage;
        fn latest(query: &ChangeQuery as ChangeQuery) -> Cursor;
    }

    fn facts(&self) -> ChangeFacts {
        self.hooks.facts.clone().unwrap_or_else(|| self.inner.facts())
    }
}

bent! {
    BentSync, SyncHooks, SyncSupport, sync,
    {
        fn get_many(items: &[ItemRef] as Vec<ItemRef>) -> Vec<Item>;
        fn exists(items: &[ItemRef] as Vec<ItemRef>) -> Vec<Existence>;
        fn find_by_marker(query: &MarkerQuery as MarkerQuery) -> Vec<Marked>;
        fn preview_task(project: &ProjectId as ProjectId, patch: TaskPatch as TaskPatch) -> TaskPatch;
        fn preview_project(project: &ProjectId as ProjectId, patch: ProjectPatch as ProjectPatch) -> ProjectPatch;
        fn preview_sprint(project: &ProjectId as ProjectId, patch: SprintPatch as SprintPatch) -> SprintPatch;
    }
}

bent! {
    BentPullRequests, PullRequestHooks, PullRequests, pull_requests,
    {
        fn pull_requests_page(query: &PullRequestQuery as PullRequestQuery, cursor: Option<Cursor> as Option<Cursor>) -> Page<PullRequest>;
        fn get_pull_request(project: &ProjectId as ProjectId, number: u64 as u64, freshness: Freshness as Freshness) -> PullRequestDetails;
        fn pull_requests_of_task(task: &TaskId as TaskId, freshness: Freshness as Freshness) -> LinkedPullRequests;
        fn create_pull_request(new: NewPullRequest as NewPullRequest) -> PullRequest;
    }
}

bent! {
    BentAttachments, AttachmentHooks, Attachments, attachments,
    {
        fn attachments_page(query: &AttachmentQuery as AttachmentQuery, cursor: Option<Cursor> as Option<Cursor>) -> Page<Attachment>;
        fn download_attachment(task: &TaskId as TaskId, id: &AttachmentId as AttachmentId) -> AttachmentContent;
    }
}

bent! {
    BentUsers, UserHooks, UserAdmin, users,
    {
        fn create_user(new: NewUser as NewUser) -> PMUser;
        fn update_user(id: &UserId as UserId, patch: UserPatch as UserPatch) -> PMUser;
        fn delete_user(id: &UserId as UserId) -> ();
    }
}

/// Applies a batch when it is asked for, not when its future is awaited; written by hand, because `async` would wait.
#[derive(Debug)]
struct EagerBatch(Arc<dyn Batch>);

type Results = Result<Vec<Result<BatchOutcome>>>;

impl Batch for EagerBatch {
    fn apply_batch<'me, 'answer>(
        &'me self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Pin<Box<dyn Future<Output = Results> + Send + 'answer>>
    where
        'me: 'answer,
        Self: 'answer,
    {
        let applied = self.0.apply_batch(operations, options).now_or_never();
        Box::pin(async move { applied.unwrap_or_else(|| Err(Error::new(ErrorKind::Internal, "not at once"))) })
    }
}

/// Opens a pull request when it is asked for, not when its future is awaited.
#[derive(Debug)]
struct EagerPullRequests(Arc<dyn PullRequests>);

/// What a call gives once it is awaited.
type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

impl PullRequests for EagerPullRequests {
    fn pull_requests_page<'me, 'query, 'answer>(
        &'me self,
        query: &'query PullRequestQuery,
        cursor: Option<Cursor>,
    ) -> Later<'answer, Page<PullRequest>>
    where
        'me: 'answer,
        'query: 'answer,
        Self: 'answer,
    {
        self.0.pull_requests_page(query, cursor)
    }

    fn get_pull_request<'me, 'project, 'answer>(
        &'me self,
        project: &'project ProjectId,
        number: u64,
        freshness: Freshness,
    ) -> Later<'answer, PullRequestDetails>
    where
        'me: 'answer,
        'project: 'answer,
        Self: 'answer,
    {
        self.0.get_pull_request(project, number, freshness)
    }

    fn pull_requests_of_task<'me, 'task, 'answer>(
        &'me self,
        task: &'task TaskId,
        freshness: Freshness,
    ) -> Later<'answer, LinkedPullRequests>
    where
        'me: 'answer,
        'task: 'answer,
        Self: 'answer,
    {
        self.0.pull_requests_of_task(task, freshness)
    }

    fn create_pull_request<'me, 'answer>(&'me self, new: NewPullRequest) -> Later<'answer, PullRequest>
    where
        'me: 'answer,
        Self: 'answer,
    {
        let opened = self.0.create_pull_request(new).now_or_never();
        Box::pin(async move { opened.unwrap_or_else(|| Err(Error::new(ErrorKind::Internal, "not at once"))) })
    }
}
