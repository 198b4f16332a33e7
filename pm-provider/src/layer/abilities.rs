//! The forwarding wrappers of the optional abilities.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Answered, Gate};
use crate::ability::{
    Attachments, Batch, BatchOperation, BatchOptions, BatchOutcome, ChangeFacts, ChangePage, ChangeQuery, Changes,
    Comments, Existence, Item, ItemRef, Marked, MarkerQuery, NewWebhook, PullRequests, Relations, SyncSupport,
    UserAdmin, Webhook, WebhookAdmin, WebhookAttempt,
};
use crate::capability::Operation;
use crate::error::Result;
use crate::model::{
    Attachment, AttachmentContent, Comment, Entity, LinkedPullRequests, PMUser, PullRequest, PullRequestDetails,
    Relation,
};
use crate::query::{AttachmentQuery, CommentQuery, Cursor, Freshness, Page, PullRequestQuery, RelationQuery};
use crate::registry::Secret;
use crate::value::{AttachmentId, CommentId, ProjectId, RelationId, TaskId, UserId, WebhookId};
use crate::write::{
    CommentPatch, DeleteOptions, NewComment, NewPullRequest, NewRelation, NewUser, ProjectPatch, SprintPatch,
    TaskPatch, UserPatch,
};

/// An ability behind an interceptor.
#[derive(Debug)]
pub(super) struct Wrapped<A: ?Sized> {
    gate: Gate,
    inner: Arc<A>,
}

impl<A: ?Sized> Wrapped<A> {
    pub(super) fn new(inner: Arc<A>, gate: &Gate) -> Arc<Self> {
        Arc::new(Self { gate: gate.clone(), inner })
    }
}

/// What a listing within a task or a project is about.
fn scope<'q>(task: Option<&'q TaskId>, project: Option<&'q ProjectId>) -> Option<&'q str> {
    task.map(TaskId::as_str).or(project.map(ProjectId::as_str))
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Comments for Wrapped<dyn Comments> {
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<Cursor>) -> Result<Page<Comment>> {
        let call = self.inner.comments_page(query, cursor);
        self.gate.pass(Entity::Comment, Operation::List, scope(query.task.as_ref(), query.project.as_ref()), call).await
    }

    async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        let call = self.inner.get_comment(task, id);
        self.gate.pass(Entity::Comment, Operation::Get, Some(id.as_str()), call).await
    }

    async fn create_comment(&self, new: NewComment) -> Result<Comment> {
        let call = self.inner.create_comment(new);
        self.gate.pass_create(Entity::Comment, |made: &Comment| made.id.clone(), call).await
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<Comment> {
        let call = self.inner.update_comment(task, id, patch);
        self.gate.pass(Entity::Comment, Operation::Update, Some(id.as_str()), call).await
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: DeleteOptions) -> Result<()> {
        let call = self.inner.delete_comment(task, id, options);
        self.gate.pass(Entity::Comment, Operation::Delete, Some(id.as_str()), call).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Relations for Wrapped<dyn Relations> {
    async fn relations_page(&self, query: &RelationQuery, cursor: Option<Cursor>) -> Result<Page<Relation>> {
        let subject = scope(query.task.as_ref(), query.project.as_ref());
        self.gate.pass(Entity::Relation, Operation::List, subject, self.inner.relations_page(query, cursor)).await
    }

    async fn create_relation(&self, new: NewRelation) -> Result<Relation> {
        let call = self.inner.create_relation(new);
        self.gate.pass_create(Entity::Relation, |made: &Relation| made.id.clone(), call).await
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        let call = self.inner.delete_relation(task, id);
        self.gate.pass(Entity::Relation, Operation::Delete, Some(id.as_str()), call).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Batch for Wrapped<dyn Batch> {
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        let call = self.inner.apply_batch(operations, options);
        let tell = |parts: &Vec<Result<BatchOutcome>>| Answered::batch(parts);
        self.gate.pass_told("apply_batch", true, None, call, tell).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Changes for Wrapped<dyn Changes> {
    fn facts(&self) -> ChangeFacts {
        self.inner.facts()
    }

    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<Cursor>) -> Result<ChangePage> {
        self.gate.pass_named("changes_page", false, None, self.inner.changes_page(query, cursor)).await
    }

    async fn latest(&self, query: &ChangeQuery) -> Result<Cursor> {
        self.gate.pass_named("latest_change", false, None, self.inner.latest(query)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SyncSupport for Wrapped<dyn SyncSupport> {
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>> {
        self.gate.pass_named("get_many", false, only_id(items), self.inner.get_many(items)).await
    }

    async fn exists(&self, items: &[ItemRef]) -> Result<Vec<Existence>> {
        self.gate.pass_named("exists", false, only_id(items), self.inner.exists(items)).await
    }

    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        self.gate.pass_named("find_by_marker", false, None, self.inner.find_by_marker(query)).await
    }

    async fn preview_task(&self, project: &ProjectId, patch: TaskPatch) -> Result<TaskPatch> {
        let call = self.inner.preview_task(project, patch);
        self.gate.pass_named("preview_task", false, Some(project.as_str()), call).await
    }

    async fn preview_project(&self, project: &ProjectId, patch: ProjectPatch) -> Result<ProjectPatch> {
        let call = self.inner.preview_project(project, patch);
        self.gate.pass_named("preview_project", false, Some(project.as_str()), call).await
    }

    async fn preview_sprint(&self, project: &ProjectId, patch: SprintPatch) -> Result<SprintPatch> {
        let call = self.inner.preview_sprint(project, patch);
        self.gate.pass_named("preview_sprint", false, Some(project.as_str()), call).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl PullRequests for Wrapped<dyn PullRequests> {
    async fn pull_requests_page(&self, query: &PullRequestQuery, cursor: Option<Cursor>) -> Result<Page<PullRequest>> {
        let call = self.inner.pull_requests_page(query, cursor);
        self.gate.pass(Entity::PullRequest, Operation::List, Some(query.project.as_str()), call).await
    }

    async fn get_pull_request(
        &self,
        project: &ProjectId,
        number: u64,
        freshness: Freshness,
    ) -> Result<PullRequestDetails> {
        let subject = number.to_string();
        let call = self.inner.get_pull_request(project, number, freshness);
        self.gate.pass(Entity::PullRequest, Operation::Get, Some(&subject), call).await
    }

    async fn pull_requests_of_task(&self, task: &TaskId, freshness: Freshness) -> Result<LinkedPullRequests> {
        let call = self.inner.pull_requests_of_task(task, freshness);
        self.gate.pass_named("list_pull_requests_of_task", false, Some(task.as_str()), call).await
    }

    async fn create_pull_request(&self, new: NewPullRequest) -> Result<PullRequest> {
        let call = self.inner.create_pull_request(new);
        self.gate.pass_create(Entity::PullRequest, |made: &PullRequest| made.number, call).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Attachments for Wrapped<dyn Attachments> {
    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<Cursor>) -> Result<Page<Attachment>> {
        let call = self.inner.attachments_page(query, cursor);
        self.gate.pass(Entity::Attachment, Operation::List, Some(query.task.as_str()), call).await
    }

    /// The interceptor stands around the opening: the chunks come afterwards, for as long as the caller takes.
    async fn download_attachment(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        let call = self.inner.download_attachment(task, id);
        self.gate.pass_named("download_attachment", false, Some(id.as_str()), call).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl UserAdmin for Wrapped<dyn UserAdmin> {
    async fn create_user(&self, new: NewUser) -> Result<PMUser> {
        let call = self.inner.create_user(new);
        self.gate.pass_create(Entity::User, |made: &PMUser| made.id.clone(), call).await
    }

    async fn update_user(&self, id: &UserId, patch: UserPatch) -> Result<PMUser> {
        self.gate.pass(Entity::User, Operation::Update, Some(id.as_str()), self.inner.update_user(id, patch)).await
    }

    async fn delete_user(&self, id: &UserId) -> Result<()> {
        self.gate.pass(Entity::User, Operation::Delete, Some(id.as_str()), self.inner.delete_user(id)).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl WebhookAdmin for Wrapped<dyn WebhookAdmin> {
    async fn list_webhooks(&self) -> Result<Vec<Webhook>> {
        self.gate.pass_named("list_webhooks", false, None, self.inner.list_webhooks()).await
    }

    async fn create_webhook(&self, new: NewWebhook) -> Result<Webhook> {
        let call = self.inner.create_webhook(new);
        self.gate.pass_told("create_webhook", true, None, call, |made: &Webhook| Answered::made(&made.id)).await
    }

    async fn delete_webhook(&self, id: &WebhookId) -> Result<()> {
        self.gate.pass_named("delete_webhook", true, Some(id.as_str()), self.inner.delete_webhook(id)).await
    }

    async fn webhook_secret(&self, id: &WebhookId) -> Result<Secret> {
        self.gate.pass_named("webhook_secret", false, Some(id.as_str()), self.inner.webhook_secret(id)).await
    }

    async fn list_deliveries(&self, id: &WebhookId) -> Result<Vec<WebhookAttempt>> {
        self.gate.pass_named("list_deliveries", false, Some(id.as_str()), self.inner.list_deliveries(id)).await
    }

    async fn redeliver(&self, id: &WebhookId, attempt: &str) -> Result<()> {
        self.gate.pass_named("redeliver", true, Some(id.as_str()), self.inner.redeliver(id, attempt)).await
    }
}

/// The id of what a call is about, where that is one item alone.
fn only_id(items: &[ItemRef]) -> Option<&str> {
    match items {
        [item] => Some(item.id()),
        _ => None,
    }
}
