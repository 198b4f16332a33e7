//! The provider: thin, each method checks, calls and words the outcome.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::capability::ProjectSchema;
use pm_provider::{
    Batch, Capabilities, Changes, Clock, Comments, Cursor, DeleteOptions, Entity, Error, Health, NewProject, NewSprint,
    NewTask, NewUser, PMProject, PMSprint, PMTask, PMUser, Page, PmProvider, ProjectId, ProjectPatch, ProjectQuery,
    Relations, Result, SprintId, SprintPatch, SprintQuery, SyncSupport, SystemClock, TaskId, TaskPatch, TaskQuery,
    UserAdmin, UserId, UserQuery,
};
use sea_orm::DatabaseConnection;

use crate::capabilities::capabilities;
use crate::error::Failure;
use crate::idempotency;
use crate::store::{self, Done, Store, Transaction};
use crate::{InternalConfig, NAME, health, project, schema, sprint, task, user};

/// The embedded backend: projects, tasks, sprints, users, comments and relations in SQLite or PostgreSQL.
///
/// Cheap to clone: clones share the connections.
#[derive(Clone)]
pub struct InternalProvider {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    capabilities: Capabilities,
    user: Option<UserId>,
}

impl InternalProvider {
    /// Opens a database by its URL and brings its tables up to date.
    ///
    /// # Errors
    /// `Configuration` for an address or file that does not work, `Unauthenticated`, `Unavailable`.
    pub async fn open(config: &InternalConfig) -> Result<Self> {
        Self::open_with_clock(config, Arc::new(SystemClock)).await
    }

    pub(crate) async fn open_with_clock(config: &InternalConfig, clock: Arc<dyn Clock>) -> Result<Self> {
        let store = Store::open(&config.database_url, &config.options).await?;
        let store = store.clock(clock);
        Self::over(store, config.user.as_deref(), config.options.create_missing).await
    }

    /// Takes an application's own connection, whose tables must be there: call [`store::migrate`] where that is wanted.
    ///
    /// # Errors
    /// `Configuration` that names [`store::migrate`] when tables are missing.
    pub async fn from_connection(connection: DatabaseConnection) -> Result<Self> {
        Self::from_store(Store::new(connection), None).await
    }

    /// Takes a store, with its clock, and the login of the acting user.
    ///
    /// # Errors
    /// As [`from_connection`](Self::from_connection).
    pub async fn from_store(store: Store, user: Option<&str>) -> Result<Self> {
        store::check(store.connection()).await?;
        Self::over(store, user, true).await
    }

    /// Without the right to make anything a login that is new leaves the provider without an acting user.
    async fn over(store: Store, login: Option<&str>, create_missing: bool) -> Result<Self> {
        let capabilities = capabilities();
        let user = match login {
            Some(login) => acting_user(&store, &capabilities, login, create_missing).await?.map(|user| user.id),
            None => None,
        };
        Ok(Self { inner: Arc::new(Inner { store, capabilities, user }) })
    }

    /// The database underneath.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The acting user: the author of what is written, unless the caller names another.
    pub(crate) fn user(&self) -> Option<&UserId> {
        self.inner.user.as_ref()
    }

    pub(crate) async fn write<T, F, Work>(&self, operation: &str, body: F) -> Result<T>
    where
        F: Fn(Transaction) -> Work,
        Work: Future<Output = Result<Done<T>, Failure>>,
    {
        told(operation, self.inner.store.transact(body).await)
    }
}

/// Finds the acting user, or creates them where that is allowed; a start that finds them takes no lock.
async fn acting_user(store: &Store, capabilities: &Capabilities, login: &str, create: bool) -> Result<Option<PMUser>> {
    capabilities.check_create(&NewUser::new(login).login(login)).map_err(|error| error.in_provider(NAME))?;
    let found = user::query::find_by_login(store.connection(), login).await?;
    if found.is_some() || !create {
        return Ok(found);
    }
    let created = store.transact(|mut transaction| async move {
        let user = user::write::find_or_create(&mut transaction, login).await?;
        transaction.done(user)
    });
    match created.await {
        // Another program entered the same user between our look and our write.
        Err(failure) if idempotency::may_be_a_repeat(&failure) => {
            Ok(Some(user::query::find_by_login(store.connection(), login).await?.ok_or(failure)?))
        }
        made => Ok(Some(made?)),
    }
}

/// Words an outcome: where it happened and during what.
pub(crate) fn told<T>(operation: &str, outcome: Result<T, Failure>) -> Result<T> {
    outcome.map_err(|failure| Error::from(failure).during(operation))
}

impl fmt::Debug for InternalProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InternalProvider").field("store", &self.inner.store).field("user", &self.inner.user).finish()
    }
}

/// Runs a write in one transaction. The body is made anew for each attempt, so it borrows what it needs.
macro_rules! write {
    ($provider:ident, $operation:literal, |$transaction:ident| $body:expr) => {
        $provider
            .write($operation, |mut $transaction| async move {
                let value = $body.await?;
                $transaction.done(value)
            })
            .await
    };
}
pub(crate) use write;

#[async_trait]
impl PmProvider for InternalProvider {
    fn name(&self) -> &str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &self.inner.capabilities
    }

    async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        told("project_schema", schema::of_project(self.store().connection(), project).await).map(Arc::new)
    }

    async fn health_check(&self) -> Result<Health> {
        told("health_check", health::check(self.store().connection(), self.user()).await)
    }

    async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>> {
        self.capabilities().check_query(query)?;
        told("list_projects", project::query::page(self.store().connection(), query, cursor.as_ref()).await)
    }

    async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        told("get_project", project::query::get(self.store().connection(), id).await)
    }

    async fn create_project(&self, new: NewProject) -> Result<PMProject> {
        self.capabilities().check_create(&new)?;
        let new = &new;
        write!(self, "create_project", |transaction| project::write::create(&mut transaction, new))
    }

    async fn update_project(&self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject> {
        self.capabilities().check_update(&patch)?;
        let patch = &patch;
        write!(self, "update_project", |transaction| project::write::update(&mut transaction, id, patch))
    }

    async fn delete_project(&self, id: &ProjectId, options: DeleteOptions) -> Result<()> {
        self.capabilities().check_delete(Entity::Project, &options)?;
        let options = &options;
        write!(self, "delete_project", |transaction| project::delete::delete(&mut transaction, id, options))
    }

    async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>> {
        self.capabilities().check_query(query)?;
        told("list_tasks", task::query::page(self.store().connection(), query, cursor.as_ref()).await)
    }

    async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        told("get_task", task::query::get(self.store().connection(), id).await)
    }

    async fn create_task(&self, new: NewTask) -> Result<PMTask> {
        self.capabilities().check_create(&new)?;
        let new = &new;
        write!(self, "create_task", |transaction| task::write::create(&mut transaction, self.user(), new))
    }

    async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        self.capabilities().check_update(&patch)?;
        let patch = &patch;
        write!(self, "update_task", |transaction| task::write::update(&mut transaction, id, patch))
    }

    async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()> {
        self.capabilities().check_delete(Entity::Task, &options)?;
        let options = &options;
        write!(self, "delete_task", |transaction| task::delete::delete(&mut transaction, id, options))
    }

    async fn sprints_page(&self, query: &SprintQuery, cursor: Option<Cursor>) -> Result<Page<PMSprint>> {
        self.capabilities().check_query(query)?;
        told("list_sprints", sprint::query::page(self.store().connection(), query, cursor.as_ref()).await)
    }

    async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        told("get_sprint", sprint::query::get(self.store().connection(), id).await)
    }

    async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint> {
        self.capabilities().check_create(&new)?;
        let new = &new;
        write!(self, "create_sprint", |transaction| sprint::write::create(&mut transaction, new))
    }

    async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint> {
        self.capabilities().check_update(&patch)?;
        let patch = &patch;
        write!(self, "update_sprint", |transaction| sprint::write::update(&mut transaction, id, patch))
    }

    async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()> {
        self.capabilities().check_delete(Entity::Sprint, &options)?;
        let options = &options;
        write!(self, "delete_sprint", |transaction| sprint::delete::delete(&mut transaction, id, options))
    }

    async fn users_page(&self, query: &UserQuery, cursor: Option<Cursor>) -> Result<Page<PMUser>> {
        self.capabilities().check_query(query)?;
        told("list_users", user::query::page(self.store().connection(), query, cursor.as_ref()).await)
    }

    async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        told("get_user", user::query::get(self.store().connection(), id).await)
    }

    fn comments(&self) -> Option<Arc<dyn Comments>> {
        Some(Arc::new(self.clone()))
    }

    fn relations(&self) -> Option<Arc<dyn Relations>> {
        Some(Arc::new(self.clone()))
    }

    fn batch(&self) -> Option<Arc<dyn Batch>> {
        Some(Arc::new(self.clone()))
    }

    fn changes(&self) -> Option<Arc<dyn Changes>> {
        Some(Arc::new(self.clone()))
    }

    fn sync_support(&self) -> Option<Arc<dyn SyncSupport>> {
        Some(Arc::new(self.clone()))
    }

    fn user_admin(&self) -> Option<Arc<dyn UserAdmin>> {
        Some(Arc::new(self.clone()))
    }
}
