//! The provider's side: opening it, and filling its database.

use std::ops::Range;
use std::sync::Arc;

use pm_core::internal::InternalProvider;
use pm_core::internal::store::{self, StoreOptions};
use pm_core::{
    Batch, BatchOperation, BatchOptions, BatchOutcome, Error, Item, NewProject, NewTask, NewUser, PMTask, PmProvider,
    PmProviderExt, ProjectId, TaskId, TaskQuery, UserId, UserQuery,
};
use sea_orm::DatabaseConnection;

use crate::{Result, tasks};

/// How many tasks one batch holds.
pub(crate) const BATCH: usize = 1_000;
const USERS: usize = 8;
const KEY: &str = "SHOP";

/// Opens a database as an application would, but with one connection.
pub(crate) async fn open(url: &str) -> Result<Arc<dyn PmProvider>> {
    on(connect(url).await?).await
}

async fn connect(url: &str) -> Result<DatabaseConnection> {
    Ok(store::connect(url, &StoreOptions::default().max_connections(1)).await?)
}

/// Makes a provider on a connection, whose tables it brings up to date.
pub(crate) async fn on(connection: DatabaseConnection) -> Result<Arc<dyn PmProvider>> {
    store::migrate(&connection).await?;
    Ok(Arc::new(InternalProvider::from_connection(connection).await?))
}

/// Is what tasks need to stand on.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    pub(crate) project: ProjectId,
    pub(crate) users: Vec<UserId>,
    /// The tasks that are there already.
    pub(crate) ids: Vec<TaskId>,
}

impl Ground {
    /// Makes a project and a few users.
    pub(crate) async fn lay(provider: &Arc<dyn PmProvider>) -> Result<Self> {
        let admin = provider.user_admin().ok_or("the provider cannot write users")?;
        let mut users = Vec::with_capacity(USERS);
        for number in 0..USERS {
            let user = NewUser::new(format!("User {number}")).login(format!("user{number}"));
            users.push(admin.create_user(user).await?.id);
        }
        let project = provider.create_project(NewProject::new("Shop").key(KEY)).await?;
        Ok(Self { project: project.id, users, ids: Vec::new() })
    }

    /// Finds what another process laid; the connection for that is closed again.
    pub(crate) async fn find(url: &str) -> Result<Self> {
        let connection = connect(url).await?;
        let provider = on(connection.clone()).await?;
        let project = provider.project_by_key(KEY).await?.id;
        let users = provider.list_users(UserQuery::new()).await?.into_iter().map(|user| user.id).collect();
        let ids = provider.list_tasks(TaskQuery::in_project(&project)).await?.into_iter().map(|task| task.id).collect();
        connection.close().await?;
        Ok(Self { project, users, ids })
    }

    /// Makes the tasks of a batch.
    pub(crate) fn tasks(&self, numbers: Range<usize>) -> Vec<NewTask> {
        tasks::batch(&self.project, &self.users, numbers)
    }
}

/// Makes a project full of tasks, through the provider.
///
/// A connection that wrote it all has another past than one that only reads, in its caches above all; it is closed.
pub(crate) async fn fill(url: &str, count: usize) -> Result<Ground> {
    let connection = connect(url).await?;
    let provider = on(connection.clone()).await?;
    let ground = Ground::lay(&provider).await?;
    let batch = batch_of(&provider)?;
    for start in (0..count).step_by(BATCH) {
        let end = count.min(start + BATCH);
        insert(&*batch, operations(ground.tasks(start..end)), true).await?;
    }
    connection.close().await?;
    Ok(ground)
}

/// Gives the provider's ability to write many items at once.
pub(crate) fn batch_of(provider: &Arc<dyn PmProvider>) -> Result<Arc<dyn Batch>> {
    provider.batch().ok_or_else(|| "the provider has no batches".into())
}

/// Turns tasks into what a batch takes.
pub(crate) fn operations(tasks: Vec<NewTask>) -> Vec<BatchOperation> {
    tasks.into_iter().map(BatchOperation::from).collect()
}

/// Writes one batch; every item must succeed.
pub(crate) async fn insert(batch: &dyn Batch, operations: Vec<BatchOperation>, atomic: bool) -> Result<Vec<PMTask>> {
    let written = batch.apply_batch(operations, BatchOptions::new().atomic(atomic)).await?;
    let tasks = written.into_iter().map(|outcome| task_of(outcome?)).collect::<Result<_, Error>>()?;
    Ok(tasks)
}

fn task_of(outcome: BatchOutcome) -> Result<PMTask, Error> {
    match outcome {
        BatchOutcome::Written(Item::Task(task)) => Ok(*task),
        other => Err(Error::invalid_input(format!("the batch wrote no task but {other:?}"))),
    }
}
