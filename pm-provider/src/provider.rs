//! What a backend implements.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::ability::{
    Attachments, Batch, Changes, Comments, PullRequests, Relations, SyncSupport, UserAdmin, WebhookAdmin, Webhooks,
};
use crate::capability::{Capabilities, ProjectSchema};
use crate::error::Result;
use crate::model::{Health, PMProject, PMSprint, PMTask, PMUser};
use crate::query::{Cursor, Page, ProjectQuery, SprintQuery, TaskQuery, UserQuery};
use crate::value::{ProjectId, SprintId, TaskId, UserId};
use crate::write::{DeleteOptions, NewProject, NewSprint, NewTask, ProjectPatch, SprintPatch, TaskPatch};

/// A project-management system, used as `Arc<dyn PmProvider>`.
///
/// Callers enjoy it through [`PmProviderExt`](crate::PmProviderExt); backends implement this, and prove it with the
/// conformance suite of `pm-testkit`, whose tests have the names of the rules below.
///
/// # Rules
/// The numbers are those of the conformance suite, `pm_testkit::conformance`: rule `r143` is its test
/// `r143_same_key_gives_the_same_item`.
///
/// - **Saying what one is** (r001–r009): names, abilities and capabilities agree. Every method first checks its input
///   against [`Capabilities`] (`check_create` and its like): what the backend cannot do is `Unsupported` before any
///   request, what nobody can do is `InvalidInput`.
/// - **Creating** (r010–r016): what is returned is what a later get shows. A project (of a task, of a sprint) or task (of a
///   comment) that is not there is `NotFound`; any other reference to nothing is `InvalidInput`. What is refused leaves
///   nothing behind.
/// - **Unknown ids** (r017–r019) are `NotFound`, whatever is done with them.
/// - **Updating** (r020–r065): only fields that the patch names change; a patch that changes nothing writes nothing; one
///   bad field spoils the whole patch. Raw data is kept byte for byte.
/// - **Sets** (r066–r074): labels and assignees are replaced or edited, keep their order and hold nothing twice.
/// - **Statuses and priorities** (r075–r089) are resolved and never guessed ([`Wanted`](crate::Wanted)).
///   `completed_at` is set when a task is done or given up, and emptied when it is taken up again.
///   A patch that leaves the task closed can say when that was (r244–r247), and so can a create of a closed one; for an
///   open task that is `InvalidInput` (r248).
/// - **Values** (r090–r100): texts in any script, dates that stay dates, times in UTC by the microsecond.
/// - **Listing** (r101–r135): a query without filters returns everything visible, closed items and sub-tasks included.
///   Following `next` visits every item that was there all along exactly once, at any page size. A cursor of another
///   query is `InvalidInput`. The default order is created ascending, then id; ties follow the direction. Filters
///   combine with *and*. A query may ask for the total (r260–r261): a hint that changes no item and no cursor.
/// - **Keys** (r136–r138): keys of projects are unique without regard to case, and so are logins (r176); a taken one is
///   `Conflict`. The backend never makes a key of a task twice.
/// - **Locking** (r139–r142): a stale `if_version` is `VersionConflict` and changes nothing.
/// - **Idempotency** (r143–r150, r249, r301): with a key the second create returns the first item as it is now, and `Conflict` if that
///   was deleted since; a mark ([`CreateGuarantee::Marker`](crate::CreateGuarantee::Marker)) is gone with its item, so that
///   the key makes a new one then. Each kind of item has keys of its own.
///   A key that is [said to be new](NewTask::new_key) need not be looked for, and is kept like any other.
/// - **Deleting** (r151–r160): what has contents (children of a task, tasks and sprints of a project) is `Conflict`
///   unless the options take the contents along. Comments and relations go with their task. The tasks of a deleted
///   sprint stay, without a sprint. A user whom something refers to stays (r177).
/// - **Places** (r161–r170): parent and sprint are of the task's own project; no task is, by whatever detour, its own parent.
/// - **People, comments, relations, batches, feed, sync** (r171–r217, r242–r243): see the traits of [`ability`](crate::ability).
///   Comments and relations of a whole project (r262–r269) come each once, oldest first; who would have to go task by
///   task for them does not have the filter.
/// - **Pull requests** (r270–r287) and **attachments** (r288–r300): see [`PullRequests`] and [`Attachments`].
/// - **Company** (r218–r224): a dropped future leaves all or nothing where the capabilities promise `atomic_writes`;
///   parallel updates of different fields are all kept.
/// - **Given keys** (r235–r241), where [`NewTask::key`] and [`NewSprint::key`] can be given: a key of the project's own
///   form in any case, `InvalidInput` of `key` that says the form otherwise. A key that an item has is `Conflict`, any
///   other is free; the backend's own keys go on behind the largest. An idempotency key that was used comes first.
/// - **Layers, JSON, errors** (r225–r234): an error names provider and operation; a refused call has the effect
///   [`NotExecuted`](crate::Effect::NotExecuted).
///
/// # Errors
/// Every method can answer `Unsupported`, `InvalidInput`, `NotFound` and `Conflict` as the rules say, and what happens
/// on the way: `Unauthenticated`, `PermissionDenied`, `RateLimited`, `Unavailable`, `Timeout`, `InvalidResponse`;
/// `ReadOnly` behind a layer of that name. [`Error::retry`](crate::Error::retry) says whether to try again,
/// [`Error::effect`](crate::Error::effect) what a failed write may have left behind.
#[async_trait]
pub trait PmProvider: Debug + Send + Sync + 'static {
    /// The name that `PM_PROVIDER` chooses it by.
    fn name(&self) -> &str;

    /// What it can do; needs no request.
    fn capabilities(&self) -> &Capabilities;

    /// How many requests it has sent to its server so far, repeats included; `None` where it has no server or does not count.
    fn requests_sent(&self) -> Option<u64> {
        None
    }

    /// What a project accepts: statuses, priorities, types, custom fields.
    async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>>;

    /// Asks the backend whether it is well, and who we are there.
    async fn health_check(&self) -> Result<Health>;

    /// Lists one page of projects.
    async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>>;

    /// Gets a project.
    async fn get_project(&self, id: &ProjectId) -> Result<PMProject>;

    /// Creates a project and returns it as it is stored.
    async fn create_project(&self, new: NewProject) -> Result<PMProject>;

    /// Changes a project and returns it as it is stored.
    async fn update_project(&self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject>;

    /// Deletes a project.
    async fn delete_project(&self, id: &ProjectId, options: DeleteOptions) -> Result<()>;

    /// Lists one page of tasks.
    async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>>;

    /// Gets a task.
    async fn get_task(&self, id: &TaskId) -> Result<PMTask>;

    /// Creates a task and returns it as it is stored.
    async fn create_task(&self, new: NewTask) -> Result<PMTask>;

    /// Changes a task and returns it as it is stored.
    async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask>;

    /// Deletes a task.
    async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()>;

    /// Lists one page of sprints.
    async fn sprints_page(&self, query: &SprintQuery, cursor: Option<Cursor>) -> Result<Page<PMSprint>>;

    /// Gets a sprint.
    async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint>;

    /// Creates a sprint and returns it as it is stored.
    async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint>;

    /// Changes a sprint and returns it as it is stored.
    async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint>;

    /// Deletes a sprint.
    async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()>;

    /// Lists one page of users.
    async fn users_page(&self, query: &UserQuery, cursor: Option<Cursor>) -> Result<Page<PMUser>>;

    /// Gets a user.
    async fn get_user(&self, id: &UserId) -> Result<PMUser>;

    /// Comments on tasks.
    fn comments(&self) -> Option<Arc<dyn Comments>> {
        None
    }

    /// Relations between tasks.
    fn relations(&self) -> Option<Arc<dyn Relations>> {
        None
    }

    /// Many writes at once.
    fn batch(&self) -> Option<Arc<dyn Batch>> {
        None
    }

    /// The change feed.
    fn changes(&self) -> Option<Arc<dyn Changes>> {
        None
    }

    /// What a sync engine needs.
    fn sync_support(&self) -> Option<Arc<dyn SyncSupport>> {
        None
    }

    /// Pull requests, read on demand.
    fn pull_requests(&self) -> Option<Arc<dyn PullRequests>> {
        None
    }

    /// Files that hang on tasks.
    fn attachments(&self) -> Option<Arc<dyn Attachments>> {
        None
    }

    /// Deliveries that the backend sends by itself.
    fn webhooks(&self) -> Option<Arc<dyn Webhooks>> {
        None
    }

    /// The webhooks that the backend sends, if its API creates them.
    fn webhook_admin(&self) -> Option<Arc<dyn WebhookAdmin>> {
        None
    }

    /// Writing users.
    fn user_admin(&self) -> Option<Arc<dyn UserAdmin>> {
        None
    }
}
