//! A mock of the contract, for tests of applications (feature `mock`).

use std::sync::Arc;

use async_trait::async_trait;
use mockall::mock;

use crate::ability::{
    Attachments, Batch, Changes, Comments, PullRequests, Relations, SyncSupport, UserAdmin, WebhookAdmin, Webhooks,
};
use crate::capability::{Capabilities, ProjectSchema};
use crate::error::Result;
use crate::model::{Health, PMProject, PMSprint, PMTask, PMUser};
use crate::provider::PmProvider;
use crate::query::{Cursor, Page, ProjectQuery, SprintQuery, TaskQuery, UserQuery};
use crate::value::{ProjectId, SprintId, TaskId, UserId};
use crate::write::{DeleteOptions, NewProject, NewSprint, NewTask, ProjectPatch, SprintPatch, TaskPatch};

mock! {
    /// A provider whose answers a test sets, call by call.
    #[derive(Debug)]
    pub PmProvider {}

    #[async_trait]
    impl PmProvider for PmProvider {
        fn name(&self) -> &str;
        fn capabilities(&self) -> &Capabilities;
        fn requests_sent(&self) -> Option<u64>;
        async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>>;
        async fn health_check(&self) -> Result<Health>;
        async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>>;
        async fn get_project(&self, id: &ProjectId) -> Result<PMProject>;
        async fn create_project(&self, new: NewProject) -> Result<PMProject>;
        async fn update_project(&self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject>;
        async fn delete_project(&self, id: &ProjectId, options: DeleteOptions) -> Result<()>;
        async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>>;
        async fn get_task(&self, id: &TaskId) -> Result<PMTask>;
        async fn create_task(&self, new: NewTask) -> Result<PMTask>;
        async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask>;
        async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()>;
        async fn sprints_page(&self, query: &SprintQuery, cursor: Option<Cursor>) -> Result<Page<PMSprint>>;
        async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint>;
        async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint>;
        async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint>;
        async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()>;
        async fn users_page(&self, query: &UserQuery, cursor: Option<Cursor>) -> Result<Page<PMUser>>;
        async fn get_user(&self, id: &UserId) -> Result<PMUser>;
        fn comments(&self) -> Option<Arc<dyn Comments>>;
        fn relations(&self) -> Option<Arc<dyn Relations>>;
        fn batch(&self) -> Option<Arc<dyn Batch>>;
        fn changes(&self) -> Option<Arc<dyn Changes>>;
        fn sync_support(&self) -> Option<Arc<dyn SyncSupport>>;
        fn pull_requests(&self) -> Option<Arc<dyn PullRequests>>;
        fn attachments(&self) -> Option<Arc<dyn Attachments>>;
        fn webhooks(&self) -> Option<Arc<dyn Webhooks>>;
        fn webhook_admin(&self) -> Option<Arc<dyn WebhookAdmin>>;
        fn user_admin(&self) -> Option<Arc<dyn UserAdmin>>;
    }
}

/// A mock whose name, capabilities and abilities are set: it is called `mock` and has no optional ability.
///
/// What a test expects of the calls themselves it sets on top.
///
/// ```
/// use pm_provider::{PMTask, PmProvider, StatusCategory, mock_provider};
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut mock = mock_provider();
/// mock.expect_get_task().returning(|id| Ok(PMTask::new(id, "7", "Paint it", StatusCategory::Todo)));
/// assert_eq!(mock.get_task(&"1".into()).await.unwrap().title, "Paint it");
/// # });
/// ```
#[must_use]
pub fn mock_provider() -> MockPmProvider {
    let mut mock = MockPmProvider::new();
    mock.expect_name().return_const("mock".to_owned());
    mock.expect_capabilities().return_const(Capabilities::new("mock"));
    mock.expect_requests_sent().returning(|| None);
    mock.expect_comments().returning(|| None);
    mock.expect_relations().returning(|| None);
    mock.expect_batch().returning(|| None);
    mock.expect_changes().returning(|| None);
    mock.expect_sync_support().returning(|| None);
    mock.expect_pull_requests().returning(|| None);
    mock.expect_attachments().returning(|| None);
    mock.expect_webhooks().returning(|| None);
    mock.expect_webhook_admin().returning(|| None);
    mock.expect_user_admin().returning(|| None);
    mock
}
